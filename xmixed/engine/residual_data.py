"""Residual structures in a problem: units, their place in the levels, and products at given parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.columns import ColumnStore
from xmixed.engine.crossproducts import CrossProducts, LevelProducts
from xmixed.engine.errors import InvalidModel
from xmixed.engine.grouping import Nesting, nest
from xmixed.engine.model import Level, Model, RandomEffects, Residuals
from xmixed.engine.residual_matrices import Table, parameter_table
from xmixed.engine.residual_products import Products, UnitProducts, make_products

# More indicator columns than this in one group would cost gigabytes.
_MOST_COLUMNS = 400


@dataclass(frozen=True, slots=True, eq=False)
class ResidualData:
    """What a problem knows of its residuals.

    Attributes
    ----------
    residuals : Residuals
    table : Table
    products : Products
    n_units : int
        U.
    sizes : tuple of int
        Columns of Z of each level, top to bottom.
    groups : tuple of (U,) arrays
        For each level, position of the group that holds each unit; units are sorted by them.
    """

    residuals: Residuals
    table: Table
    products: Products
    n_units: int
    sizes: tuple[int, ...]
    groups: tuple[np.ndarray, ...]

    def cross_products(self, found: UnitProducts) -> CrossProducts:
        """M of the units summed into the groups of each level."""
        levels, Q = [], sum(self.sizes)
        for position, (q, groups) in enumerate(zip(self.sizes, self.groups, strict=True)):
            first = sum(self.sizes[position + 1 :])
            rows = found.ZtD[first : first + q, first:]
            starts = np.flatnonzero(np.diff(groups, prepend=-1))
            if len(starts) < len(groups):
                rows = np.add.reduceat(rows, starts, axis=2)
            levels.append(LevelProducts(rows[:, :q], rows[:, q:]))
        assert len(found.ZtD) == Q
        return CrossProducts(tuple(levels), found.XyXy)


def simplified(model: Model) -> Model:
    """The model with units fit for the sweeps: every group of every level is made of whole units.

    Levels that cross the units, as the values of a factor do, become columns of indicators of the smallest
    groups that hold both.
    """
    residuals = model.residuals
    if residuals is None:
        return model
    levels = list(model.levels)
    used = [i for i, level in enumerate(levels) if level.equations]
    if residuals.structure == "independent":
        chosen = _finest(levels, used)
        codes, count = (np.zeros(len(model.y), np.intp), 1) if chosen is None else chosen
        residuals = replace(residuals, groups=codes, n_groups=count)
    for i in used:
        if levels[i].within is not None or not _nested(residuals.groups, residuals.n_groups, levels[i]):
            levels[i] = _with_indicators(levels[i], residuals)
    if nest(tuple(levels[i] for i in used), len(model.y)) is None:
        whole = np.zeros(len(model.y), np.intp)
        for i in used:
            inner = [j for j in used if levels[j].n_groups > levels[i].n_groups]
            if any(not _nested(levels[j].groups, levels[j].n_groups, levels[i]) for j in inner):
                levels[i] = _with_indicators(model.levels[i], replace(residuals, groups=whole, n_groups=1))
    if nest(tuple(levels[i] for i in used), len(model.y)) is None:
        raise InvalidModel("random effects cross the groups within which residuals are correlated")
    return replace(model, levels=tuple(levels), residuals=residuals)


def _finest(levels: list[Level], used: list[int]) -> tuple[np.ndarray, int] | None:
    if not used:
        return None
    level = max((levels[i] for i in used), key=lambda level: level.n_groups)
    return level.groups, level.n_groups


def _nested(groups: np.ndarray, n_groups: int, outer: Level) -> bool:
    """Whether every one of the groups (codes by row) lies in one group of the level."""
    parent = np.zeros(n_groups, outer.groups.dtype)
    parent[groups] = outer.groups
    return bool(np.array_equal(parent[groups], outer.groups))


def _with_indicators(level: Level, residuals: Residuals) -> Level:
    """The level's intercepts as columns of indicators within groups that hold whole units."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if any(equation.columns != (None,) for equation in level.equations):
        raise InvalidModel("random coefficients cross the groups within which residuals are correlated")
    size = level.n_groups + residuals.n_groups
    ends = (level.groups, level.n_groups + residuals.groups)
    if level.within is not None:
        within, n_within = level.within
        size += n_within
        ends = (
            np.concatenate([ends[0], ends[0]]),
            np.concatenate([ends[1], level.n_groups + residuals.n_groups + within]),
        )
    graph = coo_matrix((np.ones(len(ends[0]), np.int8), ends), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    if level.within is not None:
        within, n_within = level.within
        if len(np.unique(labels[level.groups])) != len(np.unique(within)):
            raise InvalidModel("exchangeable effects cross the groups within which residuals are correlated")
    present, holder = np.unique(labels[level.groups], return_inverse=True)
    order = np.argsort(labels[: level.n_groups], kind="stable")
    sorted_labels = labels[order]
    first = np.flatnonzero(np.diff(sorted_labels, prepend=-1))
    place = np.empty(level.n_groups, np.intp)
    counts = np.diff(np.append(first, level.n_groups))
    place[order] = np.arange(level.n_groups) - np.repeat(first, counts)
    rank = place[level.groups]
    width = int(rank.max()) + 1
    if width > _MOST_COLUMNS:
        raise InvalidModel(
            f"more than {_MOST_COLUMNS} random effects cross the groups of correlated residuals"
        )
    columns = tuple((rank == k).astype(np.float64) for k in range(width))
    structure = "identity" if level.within is None else "exchangeable"
    return Level(np.ravel(holder), len(present), (RandomEffects(columns, structure),))


def residual_data(
    residuals: Residuals,
    store: ColumnStore,
    nesting: Nesting,
    levels: Sequence[Level],
    columns: tuple[list[list[int]], list[int], int],
    divisors: tuple[list[np.ndarray], np.ndarray, float],
    offset: np.ndarray,
) -> ResidualData:
    """Gather working columns unit by unit.

    Parameters
    ----------
    levels : those of the nesting
    columns : working columns of Z by level, of X, and of y
    divisors : their scales, infinite for a null column
    offset : (p,) array
        Coefficients b: y - Xb takes the place of y.
    """
    z, x, y = columns
    z_scales, x_scale, y_scale = divisors
    codes = residuals.groups
    present = np.bincount(codes, minlength=residuals.n_groups) > 0
    representative = np.zeros(residuals.n_groups, np.intp)
    representative[codes] = np.arange(store.n)
    units = np.flatnonzero(present)
    row = representative[units]
    positions = []
    for level, labels in zip(levels, nesting.labels, strict=True):
        position = np.zeros(level.n_groups, np.intp)
        position[labels] = np.arange(len(labels))
        positions.append(position[level.groups[row]])
    order = np.arange(len(units)) if not positions else np.lexsort(positions[::-1])
    rank = np.zeros(residuals.n_groups, np.intp)
    rank[units[order]] = np.arange(len(units))
    by_unit = rank[codes]
    keys = (by_unit,) if residuals.time is None else (residuals.time, by_unit)
    rows = np.lexsort(keys)
    starts = np.searchsorted(by_unit[rows], np.arange(len(units)))
    Q = sum(len(part) for part in z)
    D = np.empty((Q + len(x) + 1, store.n))
    place = 0
    for part, scales in zip(reversed(z), reversed(z_scales), strict=True):
        for column, scale in zip(part, scales, strict=True):
            D[place] = _column(store, column, rows) / scale
            place += 1
    outcome = _column(store, y, rows)
    for column, scale, b in zip(x, x_scale, offset, strict=True):
        values = _column(store, column, rows)
        outcome = outcome - b * values
        D[place] = values / scale
        place += 1
    D[place] = outcome / y_scale
    table = parameter_table(residuals)
    products = make_products(residuals, table, rows, starts, D, Q)
    sizes = tuple(len(part) for part in z)
    groups = tuple(position[order] for position in positions)
    return ResidualData(residuals, table, products, len(units), sizes, groups)


def _column(store: ColumnStore, column: int, rows: np.ndarray) -> np.ndarray:
    values = store.values(column)
    return np.ones(len(rows)) if values is None else values[rows]
