"""Weights of observations and groups: equation (14) of the manual.

The weights of observations multiply their rows of the cross-products; those of a group multiply all that it
adds to a group above it, its log determinant too. A row counts in the sums over the groups of a level as
often as its own weight and those of the groups below that level say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.engine.errors import InvalidModel, NonFiniteData, WeightsNotSupported
from xmixed.engine.model import Level, Model
from xmixed.engine.products.grouping import Nesting, enclosing


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What the sweeps multiply by; groups and rows in sorted order, or as they come where levels cross.

    Attributes
    ----------
    total : float
        How many observations the rows stand for.
    rows : per level (n,) arrays
        Weight of each row within the groups of that level.
    whole_rows : (n,) array
        Weight of each row in all.
    to_above : to_above[l][m], (G_l,) array
        How often each group of level l counts within its group of the level m above it. Where levels cross:
        one array for the level whose groups have weights, how often each counts in sums over the others'.
    groups : per level (G_l,) arrays
        How often each group counts in all.
    """

    total: float
    rows: tuple[np.ndarray, ...]
    whole_rows: np.ndarray
    to_above: tuple[tuple[np.ndarray, ...], ...]
    groups: tuple[np.ndarray, ...]

    def of_level(self, level: int) -> Weights:
        """The weights of a problem that has one of the levels only."""
        return Weights(self.total, (self.rows[level],), self.whole_rows, ((),), (self.groups[level],))

    def with_level(self, groups: int) -> Weights:
        """The weights with one level more, last, whose groups have none."""
        rows = (*self.rows, self.whole_rows)
        return Weights(
            self.total, rows, self.whole_rows, (*self.to_above, ()), (*self.groups, np.ones(groups))
        )

    def divided(self, scale: float) -> Weights:
        """The weights with those of the highest groups divided by a number."""
        groups = tuple(counts / scale for counts in self.groups)
        return Weights(self.total / scale, self.rows, self.whole_rows / scale, self.to_above, groups)


def is_weighted(model: Model) -> bool:
    """Whether the model has weights of any kind."""
    if model.cells is not None and model.cells.weighted:
        return True
    return model.weights is not None or any(level.weights is not None for level in model.levels)


def refuse_weights(model: Model) -> None:
    """Refuse weights where they are not defined.

    Raises
    ------
    WeightsNotSupported
        REML.
    InvalidModel
        Weights that are not positive numbers.
    """
    if not is_weighted(model):
        return
    if model.method == "reml":
        raise WeightsNotSupported("weights are not supported with restricted maximum likelihood")
    _check(model)


def sweep_weights(model: Model, numbered: Sequence[tuple[int, Level]], nesting: Nesting) -> Weights | None:
    """The weights of a model whose sweeps see the levels `numbered`, top to bottom; None where it has none.

    The number of a level is its place in the model, from 1; minus that for one that stands for the covariance
    of effects within larger groups. Weights of a level without random effects multiply those of the groups,
    or rows, that it is made of.

    Raises
    ------
    WeightsNotSupported
        Where such a level crosses those below it.
    NonFiniteData
        Products of weights that overflow or vanish.
    """
    if not is_weighted(model):
        return None
    count = len(numbered)
    own = [_sorted(level, labels) for (_, level), labels in zip(numbered, nesting.labels, strict=True)]
    weight = np.ones(len(model.y)) if model.weights is None else model.weights.astype(np.float64)
    for place, level in enumerate(model.levels, 1):
        if level.weights is None or level.equations:
            continue
        below = next((at for at, (number, _) in enumerate(numbered) if abs(number) > place), None)
        if below is None:
            weight *= level.weights[level.groups]
        else:
            inner = numbered[below][1]
            holder = enclosing(level.groups, inner.groups, inner.n_groups)
            if holder is None:
                raise WeightsNotSupported("weights are not supported at a level that crosses another")
            own[below] *= level.weights[holder[nesting.labels[below]]]
    to_above = tuple(
        tuple(_product(own, nesting, m + 1, level) for m in range(level)) for level in range(count)
    )
    groups = tuple(_product(own, nesting, 0, level) for level in range(count))
    weight = weight if nesting.order is None else weight[nesting.order]
    of_rows = _counts(model, nesting)
    if not count:
        _refuse_extremes(weight * of_rows)
        return Weights(float((weight * of_rows).sum()), (), weight, (), ())
    bottom = count - 1
    place_of_row = np.repeat(np.arange(len(own[bottom])), np.diff(nesting.row_starts, append=len(weight)))
    rows = tuple(weight * to_above[bottom][m][place_of_row] for m in range(bottom))
    whole = weight * groups[bottom][place_of_row]
    _refuse_extremes(whole * of_rows)
    return Weights(float((whole * of_rows).sum()), (*rows, weight), whole, to_above, groups)


def _counts(model: Model, nesting: Nesting) -> np.ndarray | float:
    """How many observations each row stands for, sorted; of cells with weights, the sum of these."""
    if model.cells is None:
        return 1.0
    return model.cells.counts if nesting.order is None else model.cells.counts[nesting.order]


def crossed_weights(model: Model, numbered: Sequence[tuple[int, Level]]) -> Weights | None:
    """The weights of a model whose levels cross each other, rows and groups as the caller has them.

    Those of observations and those of the groups of its last level, whose effects are integrated first: all
    others stand outside them. None where the weights are others, where effects are equally correlated, or
    where rows are cells.
    """
    if model.cells is not None or any(number < 0 for number, _ in numbered):
        return None
    last = max(number for number, _ in numbered)
    weight = np.ones(len(model.y)) if model.weights is None else model.weights.astype(np.float64)
    inner = model.levels[last - 1]
    count: np.ndarray | None = None
    for place, level in enumerate(model.levels, 1):
        if level.weights is None:
            continue
        if sum(number >= place for number, _ in numbered) > 1:
            return None
        if place > last:
            weight *= level.weights[level.groups]
            continue
        holder = enclosing(level.groups, inner.groups, inner.n_groups)
        if holder is None:
            return None
        count = level.weights[holder] if count is None else count * level.weights[holder]
    whole = weight if count is None else weight * count[inner.groups]
    of_rows = 1.0 if model.cells is None else model.cells.counts
    _refuse_extremes(whole * of_rows)
    ones = [np.ones(level.n_groups) for _, level in numbered]
    own = [number == last and count is not None for number, _ in numbered]
    return Weights(
        float((whole * of_rows).sum()),
        tuple(weight if counted else whole for counted in own),
        whole,
        tuple((count,) if counted and count is not None else () for counted in own),
        tuple(
            count if counted and count is not None else one for counted, one in zip(own, ones, strict=True)
        ),
    )


def _refuse_extremes(whole: np.ndarray) -> None:
    if not (np.isfinite(whole.sum()) and (whole > 0).all()):
        raise NonFiniteData("products of weights are too large or too small for numbers")


def _check(model: Model) -> None:
    for weights, size in [
        (model.weights, len(model.y)),
        *((level.weights, level.n_groups) for level in model.levels),
    ]:
        if weights is None:
            continue
        if weights.shape != (size,) or not (np.isfinite(weights).all() and (weights > 0).all()):
            raise InvalidModel("weights are positive numbers, one for each observation or group")


def _sorted(level: Level, labels: np.ndarray) -> np.ndarray:
    return np.ones(len(labels)) if level.weights is None else level.weights[labels].astype(np.float64)


def _product(own: list[np.ndarray], nesting: Nesting, first: int, level: int) -> np.ndarray:
    """Product of each group's own weight and those of the groups it lies in, up to level `first`."""
    result = own[level].copy()
    for above in range(first, level):
        result *= own[above][nesting.ancestors(above, level)]
    return result
