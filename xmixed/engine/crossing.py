"""Levels that cross others made into columns, so that what remains is nested.

The values of a factor that cross the groups of correlated residuals, or groups below a weighted level, have
no sweep of their own: their intercepts become columns of indicators within the smallest groups that hold all
that they cross. Exact, and meant for factors of at most some hundreds of values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.errors import InvalidModel, WeightsNotSupported
from xmixed.engine.grouping import nest
from xmixed.engine.model import Level, Model, RandomEffects

# More indicator columns than this in one group would cost gigabytes.
_MOST_COLUMNS = 400


@dataclass(frozen=True, slots=True, eq=False)
class _Partition:
    """Groups of rows: codes (n,), and how many."""

    groups: np.ndarray
    n_groups: int


def whole_units(model: Model) -> Model:
    """The model with every group of every level made of whole groups of correlated residuals.

    Independent residuals have no groups of their own: any will do, and the smallest are taken.
    """
    residuals = model.residuals
    if residuals is None:
        return model
    if residuals.structure == "independent":
        used = [level for level in model.levels if level.equations]
        finest = max(used, key=lambda level: level.n_groups, default=None)
        codes, count = (
            (np.zeros(len(model.y), np.intp), 1) if finest is None else (finest.groups, finest.n_groups)
        )
        residuals = replace(residuals, groups=codes, n_groups=count)
        model = replace(model, residuals=residuals)
    return without_crossing(model)


def without_crossing(model: Model) -> Model:
    """The model with the levels that cross others as columns.

    Raises
    ------
    InvalidModel
        Random coefficients that cross, or more than 400 columns.
    WeightsNotSupported
        A level that has weights crosses another.
    """
    levels = list(model.levels)
    used = [i for i, level in enumerate(levels) if level.equations]
    held: dict[int, list[int]] = {}
    units = None if model.residuals is None else _Partition(model.residuals.groups, model.residuals.n_groups)
    for i in used:
        if units is not None and not _holds(levels[i], units):
            held[i] = []
            levels[i] = _with_indicators(model.levels[i], [units])
    while (
        nest(tuple(sorted((levels[i] for i in used), key=lambda level: level.n_groups)), len(model.y)) is None
    ):
        pair = next((pair for pair in _pairs(used) if _cross(levels[pair[0]], levels[pair[1]])), None)
        if pair is None:
            raise InvalidModel("group codes leave numbers out")
        chosen, other = _chosen(model.levels, held, *pair)
        held.setdefault(chosen, []).append(other)
        inner: list[Level | _Partition] = [levels[k] for k in held[chosen]]
        if units is not None:
            inner.append(units)
        levels[chosen] = _with_indicators(model.levels[chosen], inner)
    return replace(model, levels=tuple(levels))


def _pairs(used: Sequence[int]) -> list[tuple[int, int]]:
    return [(i, j) for i in used for j in used if i < j]


def _holds(outer: Level | _Partition, inner: Level | _Partition) -> bool:
    """Whether every inner group lies in one outer group."""
    parent = np.zeros(inner.n_groups, outer.groups.dtype)
    parent[inner.groups] = outer.groups
    return bool(np.array_equal(parent[inner.groups], outer.groups))


def _cross(one: Level, other: Level) -> bool:
    return not (_holds(one, other) or _holds(other, one))


def _chosen(levels: Sequence[Level], held: dict[int, list[int]], i: int, j: int) -> tuple[int, int]:
    """Which of two crossing levels becomes columns, and the other one.

    Columns stand above all that they cross. The effects of a level that weights count must stay below those
    weights.
    """
    if i in held or j in held:
        return (i, j) if i in held else (j, i)
    choices = []
    if levels[i].weights is None:
        choices.append((levels[i].n_groups, i, j))
    if all(level.weights is None for level in levels[i : j + 1]):
        choices.append((levels[j].n_groups, j, i))
    if not choices:
        raise WeightsNotSupported("weights are not supported at a level that crosses another")
    _, chosen, other = min(choices)
    return chosen, other


def _with_indicators(level: Level, inner: Sequence[Level | _Partition]) -> Level:
    """The level's intercepts as indicators within the smallest groups that hold whole inner ones."""
    if any(equation.columns != (None,) for equation in level.equations):
        raise InvalidModel("random coefficients cross other groups")
    within = [] if level.within is None else [_Partition(*level.within)]
    holder, count = _smallest_holders([level, *inner, *within])
    if level.within is not None and count != len(np.unique(level.within[0])):
        raise InvalidModel("exchangeable effects cross the groups of other levels")
    holder_of = np.zeros(level.n_groups, np.intp)
    holder_of[level.groups] = holder
    present = np.bincount(level.groups, minlength=level.n_groups) > 0
    order = np.flatnonzero(present)[np.argsort(holder_of[present], kind="stable")]
    sizes = np.bincount(holder_of[order], minlength=count)
    place = np.zeros(level.n_groups, np.intp)
    place[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    width = int(sizes.max())
    if width > _MOST_COLUMNS:
        raise InvalidModel(f"more than {_MOST_COLUMNS} random effects cross other groups")
    rank = place[level.groups]
    columns = tuple((rank == k).astype(np.float64) for k in range(width))
    structure = "identity" if level.within is None else "exchangeable"
    return Level(holder, count, (RandomEffects(columns, structure),))


def _smallest_holders(partitions: Sequence[Level | _Partition]) -> tuple[np.ndarray, int]:
    """Codes (n,) and number of the smallest groups made of whole groups of every partition."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    firsts = np.cumsum([0, *(partition.n_groups for partition in partitions)])
    own = partitions[0].groups
    ends = [
        np.concatenate([own] * (len(partitions) - 1)),
        np.concatenate(
            [first + other.groups for first, other in zip(firsts[1:], partitions[1:], strict=False)]
        ),
    ]
    graph = coo_matrix((np.ones(len(ends[0]), np.int8), tuple(ends)), shape=(firsts[-1], firsts[-1]))
    _, labels = connected_components(graph, directed=False)
    present, holder = np.unique(labels[own], return_inverse=True)
    return np.ravel(holder), len(present)
