"""Models whose groups are made of whole units, that is, of whole groups of correlated residuals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.engine.errors import InvalidModel, WeightsNotSupported
from xmixed.engine.model import Level, Model, RandomEffects, Residuals
from xmixed.engine.products.grouping import enclosing, nest
from xmixed.engine.products.indicators import without_crossing
from xmixed.engine.products.weights import Weights
from xmixed.engine.residuals.precision import element_count
from xmixed.engine.residuals.structures import structure_of

_MOST_ELEMENTS = 20_000_000
# Codes of cells for each row, up to which empty ones may be among them.
_MOST_EMPTY = 4


def refuse_row_weights(model: Model) -> None:
    """Raise WeightsNotSupported for weights of observations whose residuals are correlated."""
    weighted = model.weights is not None or (model.cells is not None and model.cells.weighted)
    if weighted and model.residuals is not None and structure_of(model.residuals).correlated:
        raise WeightsNotSupported("weights of observations are not supported with correlated residuals")


def refuse_timed_cells(model: Model) -> None:
    """Raise InvalidModel for cells of observations whose residuals depend on t()."""
    if model.cells is not None and model.residuals is not None and structure_of(model.residuals).timed:
        raise InvalidModel("residuals that depend on t() need the observations")


def crosses_units(model: Model) -> bool:
    """Whether levels that cross each other, or the units, are to be swept as they are.

    Not so with effects that are equally correlated, or where the inverse of a unit's covariance matrix has
    too many elements: then they become columns. So they do with weights that `crossed_weights` has none for.
    """
    residuals, used = model.residuals, [level for level in model.levels if level.equations]
    if residuals is None or not used or any(level.within is not None for level in used):
        return False
    if model.cells is not None:
        return False
    structure = structure_of(residuals)
    if structure.correlated and not all(_whole(level, residuals) for level in used):
        sizes = np.bincount(residuals.groups, minlength=residuals.n_groups)
        return element_count(structure, sizes) <= _MOST_ELEMENTS
    if nest(tuple(sorted(used, key=lambda level: level.n_groups)), len(model.y)) is not None:
        return False
    sizes = np.bincount(residuals.groups, minlength=residuals.n_groups)
    return element_count(structure, sizes) <= _MOST_ELEMENTS


def eliminated_level(model: Model, levels: Sequence[Level]) -> int | None:
    """The place of the level with the most random effects among those made of whole units, if any."""
    residuals = model.residuals
    assert residuals is not None
    free = not structure_of(residuals).correlated
    places = [place for place, level in enumerate(levels) if free or _whole(level, residuals)]
    return max(places, key=lambda place: _effects(levels[place]), default=None)


def counts_whole_units(model: Model, weights: Weights, level: Level | None) -> bool:
    """Whether all rows of a unit count alike, and the level that is eliminated, if any, is made of units."""
    residuals = model.residuals
    assert residuals is not None
    if not structure_of(residuals).correlated:
        return True
    own = np.zeros(residuals.n_groups)
    own[residuals.groups] = weights.whole_rows
    alike = bool((own[residuals.groups] == weights.whole_rows).all())
    return alike and (level is None or _whole(level, residuals))


def unit_level(residuals: Residuals) -> Level:
    """The units as a level whose random effects are zero: what can be eliminated where no level can."""
    codes = np.unique(residuals.groups, return_inverse=True)[1]
    return Level(np.ravel(codes), int(codes.max()) + 1, (RandomEffects((None,), "identity"),))


def _effects(level: Level) -> int:
    return level.n_groups * sum(len(equation.columns) for equation in level.equations)


def _whole(level: Level, residuals: Residuals) -> bool:
    return enclosing(level.groups, residuals.groups, residuals.n_groups) is not None


def whole_units(model: Model) -> Model:
    """The model with every group of every level made of whole groups of correlated residuals.

    Independent residuals have no groups of their own: any will do. What the smallest groups have in common
    with by() groups is taken.
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
    if residuals.by is not None:
        codes, count = _cells(codes, count, residuals)
    return replace(nested, residuals=replace(residuals, groups=codes, n_groups=count))


def _cells(codes: np.ndarray, count: int, residuals: Residuals) -> tuple[np.ndarray, int]:
    """Codes and number of what groups have in common with by() groups."""
    assert residuals.by is not None
    cells = codes.astype(np.int64) * residuals.n_by + residuals.by
    if count * residuals.n_by <= _MOST_EMPTY * len(codes):
        return cells, count * residuals.n_by
    kinds, cells = np.unique(cells, return_inverse=True)
    return np.ravel(cells), len(kinds)
