"""Models whose groups are made of whole units, that is, of whole groups of correlated residuals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.engine.errors import InvalidModel, WeightsNotSupported
from xmixed.engine.model import Model
from xmixed.engine.products.indicators import without_crossing
from xmixed.engine.residuals.structures import structure_of


def refuse_row_weights(model: Model) -> None:
    """Raise WeightsNotSupported for weights of observations whose residuals are correlated."""
    weighted = model.weights is not None or (model.cells is not None and model.cells.weighted)
    if weighted and model.residuals is not None and structure_of(model.residuals).correlated:
        raise WeightsNotSupported("weights of observations are not supported with correlated residuals")


def refuse_timed_cells(model: Model) -> None:
    """Raise InvalidModel for cells of observations whose residuals depend on t()."""
    if model.cells is not None and model.residuals is not None and structure_of(model.residuals).timed:
        raise InvalidModel("residuals that depend on t() need the observations")


def whole_units(model: Model) -> Model:
    """The model with every group of every level made of whole groups of correlated residuals.

    Independent residuals have no groups of their own: any will do, and the smallest are taken.
    """
    residuals = model.residuals
    if residuals is None:
        return model
    if structure_of(residuals).correlated:
        return without_crossing(model)
    nested = without_crossing(replace(model, residuals=None))
    used = [level for level in nested.levels if level.equations]
    finest = max(used, key=lambda level: level.n_groups, default=None)
    whole = (np.zeros(len(model.y), np.intp), 1)
    codes, count = whole if finest is None else (finest.groups, finest.n_groups)
    return replace(nested, residuals=replace(residuals, groups=codes, n_groups=count))
