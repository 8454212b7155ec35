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
from xmixed.engine.model import Level, Model, RandomEffects
from xmixed.engine.products.enclosing import enclosing_level, members
from xmixed.engine.products.grouping import enclosing, nest

_MOST_COLUMNS = 400
# Groups that fall into so many parts, each with so few columns, are swept part by part.
_LEAST_EFFECTS, _LEAST_PARTS, _WIDEST_PART = 1500, 20, 30
_MOST_BYTES = 4e9


@dataclass(frozen=True, slots=True, eq=False)
class _Partition:
    """Groups of rows: codes (n,), and how many."""

    groups: np.ndarray
    n_groups: int


def without_crossing(model: Model) -> Model:
    """The model with the levels that cross others as columns.

    So are those whose groups happen to be nested in groups of a later level, where weights of that level, or
    of one in between, must not count them.

    Raises
    ------
    InvalidModel
        Random coefficients that cross, or more columns than fit.
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
    while (pair := _first_conflict(model, levels, used)) is not None:
        chosen, other = _chosen(model.levels, held, *pair)
        held.setdefault(chosen, []).append(other)
        inner = [part for k in held[chosen] for part in _partitions(levels[k])]
        if units is not None:
            inner.append(units)
        levels[chosen] = _with_indicators(model.levels[chosen], inner)
    _refuse_large(model, levels, [levels[i] for i in held])
    return replace(model, levels=tuple(levels))


def falls_apart(model: Model) -> bool:
    """Whether levels cross within many small parts of the data only, as teachers and pupils within schools.

    Columns within each part are then cheaper than one dense system of them all.
    """
    levels = [level for level in model.levels if level.equations]
    if any(level.within is not None for level in levels):
        return False
    *dense, _ = sorted(
        levels, key=lambda level: level.n_groups * sum(len(e.columns) for e in level.equations)
    )
    if sum(level.n_groups for level in dense) < _LEAST_EFFECTS:
        return False
    if not all(map(_has_intercepts_alone, dense)):
        return False
    holder, count = _smallest_holders(levels)
    if count < _LEAST_PARTS:
        return False
    for level in dense:
        holder_of = np.zeros(level.n_groups, np.intp)
        holder_of[level.groups] = holder
        if np.bincount(holder_of, minlength=count).max() > _WIDEST_PART:
            return False
    return True


def _refuse_large(model: Model, levels: Sequence[Level], made: Sequence[Level]) -> None:
    """Refuse indicator columns that, with the cross-products of the groups within them, take gigabytes."""
    width = sum(len(level.equations[0].columns) for level in made)
    inner = max((level.n_groups for level in levels if level.equations), default=1)
    squares = 0
    if model.residuals is not None:
        inner, squares = max(inner, model.residuals.n_groups), 4 * width
    if 8.0 * width * (len(model.y) + (8 + squares) * inner) > _MOST_BYTES:
        raise InvalidModel(f"{width} random effects of a group cross others: more than 4 GB would be needed")


def _first_conflict(model: Model, levels: Sequence[Level], used: Sequence[int]) -> tuple[int, int] | None:
    """Two levels that no order of the sweeps can serve, by their places in the model."""
    parts = {i: _partitions(levels[i]) for i in used}
    weighted = any(level.weights is not None for level in model.levels)
    if not weighted:
        sweeps = [
            *(levels[i] for i in used),
            *(enclosing_level(levels[i]) for i in used if len(parts[i]) > 1),
        ]
        if nest(tuple(sorted(sweeps, key=_size)), len(model.y)) is not None:
            return None
    for i in used:
        for j in (k for k in used if k > i):
            if all(_holds(levels[i], part) for part in parts[j]):
                continue
            counted = any(level.weights is not None for level in model.levels[i + 1 : j + 1])
            if counted or any(_cross(one, other) for one in parts[i] for other in parts[j]):
                return i, j
    return None


def _partitions(level: Level) -> list[Level | _Partition]:
    """The groups of a level, and those within which its effects are equally correlated."""
    return [level] if members(level) == 1 or level.within is None else [level, _Partition(*level.within)]


def _size(level: Level) -> int:
    return level.n_groups


def _cross(one: Level | _Partition, other: Level | _Partition) -> bool:
    return not (_holds(one, other) or _holds(other, one))


def _holds(outer: Level | _Partition, inner: Level | _Partition) -> bool:
    """Whether every inner group lies in one outer group."""
    return enclosing(outer.groups, inner.groups, inner.n_groups) is not None


def _chosen(levels: Sequence[Level], held: dict[int, list[int]], i: int, j: int) -> tuple[int, int]:
    """Which of two levels in conflict becomes columns, and the other one.

    Columns stand above all that they cross. The effects of a level that weights count must stay below those
    weights.
    """
    choices = []
    if levels[i].weights is None:
        choices.append((i not in held, levels[i].n_groups, i, j))
    if all(level.weights is None for level in levels[i : j + 1]):
        choices.append((j not in held, levels[j].n_groups, j, i))
    if not choices:
        raise WeightsNotSupported("weights are not supported at a level that crosses another")
    able = [choice for choice in choices if _has_intercepts_alone(levels[choice[2]])]
    _, _, chosen, other = min(able or choices)
    return chosen, other


def _has_intercepts_alone(level: Level) -> bool:
    return all(len(equation.columns) == 1 and equation.columns[0] is None for equation in level.equations)


def _with_indicators(level: Level, inner: Sequence[Level | _Partition]) -> Level:
    """The level's intercepts as indicators within the smallest groups that hold whole inner ones."""
    if level.weights is not None:
        raise WeightsNotSupported("weights are not supported at a level that crosses another")
    if not _has_intercepts_alone(level):
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
