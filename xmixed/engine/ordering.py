"""A model's levels in an order that the sweeps can take: nested, crossed or as columns; their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.errors import InvalidModel
from xmixed.engine.model import Level, Model
from xmixed.engine.products.enclosing import enclosing_level, members
from xmixed.engine.products.grouping import Nesting, nest
from xmixed.engine.products.indicators import falls_apart, without_crossing
from xmixed.engine.products.weights import Weights, crossed_weights, is_weighted, sweep_weights
from xmixed.engine.residuals.units import (
    counts_whole_units,
    crosses_units,
    eliminated_level,
    unit_level,
    whole_units,
)


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """The levels as the sweeps see them.

    Attributes
    ----------
    model : Model
        With levels that must not cross others as columns.
    numbered : tuple of (int, Level)
        See `_numbered`; 0 is the number of units that are eliminated though they have no random effects.
    nesting : Nesting or None
        None where the levels are crossed.
    weights : Weights or None
    weight_scale : float
        What the given weights were divided by.
    size : float
        n, or the sum of weights.
    first : int or None
        Where levels cross: the position of the one that must be eliminated; None where any may be.
    """

    model: Model
    numbered: tuple[tuple[int, Level], ...]
    nesting: Nesting | None
    weights: Weights | None
    weight_scale: float
    size: float
    first: int | None

    @property
    def counts(self) -> tuple[np.ndarray, ...] | None:
        """How often groups count, by level."""
        return None if self.weights is None else self.weights.groups


def ordered(model: Model, by_columns: bool, relative_weights: bool) -> Order:
    """Put the levels in an order that the sweeps can take, those as columns for which there is none."""
    crossing = None if by_columns or not crosses_units(model) else _crossing_units(model, relative_weights)
    if crossing is not None:
        return crossing
    model, numbered, nesting, weights = _arranged(whole_units(model))
    scale = 1.0
    if weights is not None and relative_weights:
        weights, scale = _relative(weights, model.n)
    first = None
    if nesting is None and weights is not None:
        first = next((at for at, counts in enumerate(weights.to_above) if counts), None)
    size = model.n if weights is None else weights.total
    return Order(model, numbered, nesting, weights, scale, size, first)


def _crossing_units(model: Model, relative_weights: bool) -> Order | None:
    """Levels that cross each other or the units: one that is made of whole units is to be eliminated.

    None where weights do not let the levels stand so.
    """
    assert model.residuals is not None
    numbered = _numbered(model)
    first = eliminated_level(model, [level for _, level in numbered])
    weights, scale = None, 1.0
    if is_weighted(model):
        weights = crossed_weights(model, numbered)
        if weights is None:
            return None
        first = next((at for at, counts in enumerate(weights.to_above) if counts), first)
        if not counts_whole_units(model, weights, None if first is None else numbered[first][1]):
            return None
        if relative_weights:
            weights, scale = _relative(weights, len(model.y))
    if first is None:
        first = len(numbered)
        numbered.append((0, unit_level(model.residuals)))
        weights = None if weights is None else weights.with_level(numbered[-1][1].n_groups)
    size = len(model.y) if weights is None else weights.total
    return Order(model, tuple(numbered), None, weights, scale, size, first)


def _relative(weights: Weights, n: int) -> tuple[Weights, float]:
    """Weights divided by their mean, and that mean."""
    scale = weights.total / n
    return weights if scale == 1.0 else weights.divided(scale), scale


def _arranged(
    model: Model,
) -> tuple[Model, tuple[tuple[int, Level], ...], Nesting | None, Weights | None]:
    """The model, its levels as the sweeps see them, their nesting and weights."""
    n, numbered = len(model.y), _numbered(model)
    nesting = nest(tuple(level for _, level in numbered), n)
    numbers = [abs(number) for number, _ in numbered]
    if nesting is None and falls_apart(model):
        return _arranged(without_crossing(model))
    if not is_weighted(model):
        return model, tuple(numbered), nesting, None
    if nesting is None or numbers != sorted(numbers):
        weights = crossed_weights(model, numbered) if model.residuals is None else None
        if weights is not None:
            return model, tuple(numbered), None, weights
        model = without_crossing(model)
        numbered = _numbered(model)
        nesting = nest(tuple(level for _, level in numbered), n)
        if nesting is None:
            raise InvalidModel("exchangeable effects cross the groups of other levels")
    return model, tuple(numbered), nesting, sweep_weights(model, numbered, nesting)


def _numbered(model: Model) -> list[tuple[int, Level]]:
    """The levels that the sweeps see, largest groups first, with their numbers in the model.

    Those that stand for the covariance of effects within larger groups have the number with a minus. They
    come above the level they belong to: without its v - c, a negative c would not be a covariance matrix.
    """
    numbered = [(i + 1, level) for i, level in enumerate(model.levels) if level.equations]
    numbered += [(-i, enclosing_level(level)) for i, level in numbered if members(level) > 1]
    return sorted(numbered, key=lambda pair: pair[1].n_groups)
