"""Residual structures in a problem: units, their place in the levels, and products at given parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.errors import NonFiniteData
from xmixed.engine.model import Level, Residuals
from xmixed.engine.products.cells import CellScatter, combined
from xmixed.engine.products.columns import ColumnStore
from xmixed.engine.products.crossed import CrossedProducts, Grouping
from xmixed.engine.products.crossproducts import CrossProducts, LevelProducts
from xmixed.engine.products.grouping import Nesting, rows_in_order
from xmixed.engine.products.weights import Weights
from xmixed.engine.residuals.base import ResidualStructure, Table
from xmixed.engine.residuals.crossed_rows import CrossedRows, LevelRows
from xmixed.engine.residuals.few_rows import FewRows, few_rows, has_few_rows
from xmixed.engine.residuals.precision import precision
from xmixed.engine.residuals.products import Products, UnitProducts, Units
from xmixed.engine.residuals.structures import structure_of, table_of

_SMALLEST_UNIT = 1e-150
# Share of a column's sum of squares that is rounding of it.
_SPANNED = 1e-28


@dataclass(frozen=True, slots=True, eq=False)
class ResidualData:
    """What a problem knows of its residuals.

    Attributes
    ----------
    residuals : Residuals
        t() as the search counts it.
    time_unit : float
        What t() was divided by.
    structure : ResidualStructure
    table : Table
    units : Units
    """

    residuals: Residuals
    time_unit: float
    structure: ResidualStructure
    table: Table
    units: Units

    @property
    def n_units(self) -> int:
        """U."""
        return len(self.units.starts)


@dataclass(frozen=True, slots=True, eq=False)
class CrossedResidualData(ResidualData):
    """Where levels cross each other, or the units: see `CrossedRows`, and `FewRows` where rows are few."""

    rows: CrossedRows
    few_rows: FewRows | None


@dataclass(frozen=True, slots=True, eq=False)
class NestedResidualData(ResidualData):
    """Where units lie in groups of nested levels.

    Attributes
    ----------
    products : Products
    sizes : tuple of int
        Columns of Z of each level, top to bottom.
    groups : tuple of (U,) arrays
        For each level, position of the group that holds each unit; units are sorted by them.
    counts : tuple of (U,) arrays or None
        For each level, how often each unit counts within its group; None where all count once.
    fitted : (q, w, G) array or None
        Coefficients B of the columns W above the bottom level on its Z, where the products are of W - ZB.
    left : float
        Share of the outcome's sum of squares that W - ZB has; 1 where `fitted` is None.
    few_rows : FewRows or None
    X : (p, n) array or None
        Rows as in `units.rows`, where these are few.
    columns : (Q+p+1, n) array or None
        Z of all levels from the bottom, X and y as the products have them, where rows are few.
    """

    products: Products
    sizes: tuple[int, ...]
    groups: tuple[np.ndarray, ...]
    counts: tuple[np.ndarray, ...] | None
    fitted: np.ndarray | None
    left: float
    few_rows: FewRows | None = None
    X: np.ndarray | None = None
    columns: np.ndarray | None = None

    def cross_products(self, found: UnitProducts) -> CrossProducts:
        """M of the units summed into the groups of each level."""
        levels, Q = [], sum(self.sizes)
        for position, (q, groups) in enumerate(zip(self.sizes, self.groups, strict=True)):
            first = sum(self.sizes[position + 1 :])
            rows = found.ZtD[first : first + q, first:]
            if self.counts is not None:
                rows = rows * self.counts[position]
            starts = np.flatnonzero(np.diff(groups, prepend=-1))
            if len(starts) < len(groups):
                rows = np.add.reduceat(rows, starts, axis=2)
            levels.append(LevelProducts(rows[:, :q], rows[:, q:]))
        assert len(found.ZtD) == Q
        return CrossProducts(tuple(levels), found.XyXy)


def make_products(
    residuals: Residuals, structure: ResidualStructure, table: Table, units: Units, D: np.ndarray, Q: int
) -> Products:
    """Cross-products of a structure, whichever way it takes.

    Parameters
    ----------
    D : (c, n) array
        Working columns in the order of `units.rows`.
    Q : int
        How many of them are of Z.
    """
    by = np.zeros(len(units.rows), np.intp)
    if residuals.by is not None:
        by = residuals.by[units.rows].astype(np.intp)
    return structure.products(residuals, table, units, by, D, Q)


def residual_data(
    residuals: Residuals,
    store: ColumnStore,
    nesting: Nesting,
    levels: Sequence[Level],
    columns: tuple[list[list[int]], list[int], int],
    divisors: tuple[list[np.ndarray], np.ndarray, float],
    offset: np.ndarray,
    weights: Weights | None,
    fitted: np.ndarray | None,
) -> NestedResidualData:
    """Gather working columns unit by unit.

    Parameters
    ----------
    levels : those of the nesting
    columns : working columns of Z by level, of X, and of y
    divisors : their scales, infinite for a null column
    offset : (p,) array
        Coefficients b: y - Xb takes the place of y.
    weights : Weights or None
    fitted : (q, w, G) array or None
        See `NestedResidualData`.
    """
    z, x, y = columns
    z_scales, x_scale, y_scale = divisors
    rows, starts, groups = _arranged(residuals, nesting, levels, store.n)
    observations = None if store.cells is None else store.cells.counts[rows]
    units, counts = Units(rows, starts, observations=observations), None
    if weights is not None:
        units, counts = _counted(residuals, units, nesting, weights)
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
    units = replace(units, scatter=_scatter(store, rows, columns, divisors, offset))
    structure = structure_of(residuals)
    residuals, unit = _in_units(residuals, structure)
    table = table_of(residuals, structure)
    sizes = tuple(len(part) for part in z)
    few, X = None, None
    if weights is None and store.cells is None and has_few_rows(structure, table, len(rows)):
        levels_by_row = _level_rows(D.copy(), units, sizes, groups)
        few = few_rows(structure, residuals, table, units, residuals.by_codes[rows], levels_by_row)
        X = D[Q:-1].copy()
    left = 1.0 if fitted is None else _take_out(D, fitted[:, :, np.repeat(groups[-1], units.sizes)])
    products = make_products(residuals, structure, table, units, D, Q)
    if few is None or not products.cost_by_rows:
        few = X = None
    own = None if few is None else D
    return NestedResidualData(
        residuals, unit, structure, table, units, products, sizes, groups, counts, fitted, left, few, X, own
    )


def _level_rows(
    D: np.ndarray, units: Units, sizes: tuple[int, ...], groups: tuple[np.ndarray, ...]
) -> list[LevelRows]:
    """The levels by row, top to bottom."""
    found, last = [], sum(sizes)
    for q, own in zip(sizes, groups, strict=True):
        codes = np.repeat(own, units.sizes)
        found.append(LevelRows(codes, int(own.max()) + 1, D[last - q : last]))
        last -= q
    return found


def _take_out(D: np.ndarray, fitted: np.ndarray) -> float:
    """Columns W less ZB, in place, with exact zeros for those that Z spans, and what share of y is left.

    `fitted`: (q, w, n).
    """
    Z, W = D[: len(fitted)], D[len(fitted) :]
    before = np.einsum("wn,wn->w", W, W)
    W -= np.einsum("qn,qwn->wn", Z, fitted)
    after = np.einsum("wn,wn->w", W, W)
    W[:-1][after[:-1] <= _SPANNED * before[:-1]] = 0.0
    return max(float(after[-1] / before[-1]), _SPANNED)


def crossed_residual_data(
    residuals: Residuals,
    store: ColumnStore,
    groupings: tuple[Grouping, ...],
    columns: tuple[list[list[int]], list[int], int],
    divisors: tuple[list[np.ndarray], np.ndarray, float],
    offset: np.ndarray,
    base: CrossedProducts,
    weights: Weights | None,
) -> CrossedResidualData:
    """Working columns and groups row by row, for levels that cross each other or the units; see above."""
    z, x, y = columns
    z_scales, x_scale, y_scale = divisors
    structure = structure_of(residuals)
    if structure.correlated:
        groups = residuals.groups
        rows = rows_in_order(groups, groups if residuals.time is None else residuals.time)
        starts = np.flatnonzero(np.diff(residuals.groups[rows], prepend=-1))
    else:
        rows = starts = np.arange(store.n)
    units = Units(rows, starts)
    levels = [
        LevelRows(
            grouping.codes[rows],
            grouping.n_groups,
            np.stack([_column(store, c, rows) / scale for c, scale in zip(part, scales, strict=True)]),
            None if weights is None else weights.rows[place][rows],
        )
        for place, (grouping, part, scales) in enumerate(zip(groupings, z, z_scales, strict=True))
    ]
    fixed = np.empty((len(x) + 1, store.n))
    fixed[-1] = _column(store, y, rows)
    for place, (column, scale, b) in enumerate(zip(x, x_scale, offset, strict=True)):
        values = _column(store, column, rows)
        fixed[-1] -= b * values
        fixed[place] = values / scale
    fixed[-1] /= y_scale
    residuals, unit = _in_units(residuals, structure)
    table = structure.table(residuals)
    by = residuals.by_codes[rows]
    counts = np.ones(store.n) if weights is None else weights.whole_rows[rows]
    elements = precision(structure, residuals, table, units, by, counts)
    crossed = CrossedRows(levels, fixed, elements, base, counts)
    few = None if weights is not None else few_rows(structure, residuals, table, units, by, levels)
    return CrossedResidualData(residuals, unit, structure, table, units, crossed, few)


def _scatter(
    store: ColumnStore,
    rows: np.ndarray,
    columns: tuple[list[list[int]], list[int], int],
    divisors: tuple[list[np.ndarray], np.ndarray, float],
    offset: np.ndarray,
) -> CellScatter | None:
    """What the columns D have within cells; arguments as of `residual_data`."""
    z, x, y = columns
    z_scales, x_scale, y_scale = divisors
    plain = store.scatter([*(column for part in reversed(z) for column in part), *x, y])
    if plain is None:
        return None
    first = len(plain.columns) - 1 - len(x)
    plain = plain.less(len(plain.columns) - 1, range(first, first + len(x)), offset)
    scales = np.concatenate([np.zeros(0), *reversed(z_scales), x_scale, [y_scale]])
    pairs = zip(plain.columns, 1.0 / scales, strict=True)
    scaled = tuple(combined([(column, float(factor))]) for column, factor in pairs)
    return CellScatter(plain.cells, scaled, rows)


def _in_units(residuals: Residuals, structure: ResidualStructure) -> tuple[Residuals, float]:
    """The residuals with t() as the search counts it, and what it was divided by."""
    unit = 1.0 if residuals.time is None else structure.time_unit(residuals)
    if residuals.time is None or unit == 1.0:
        return residuals, 1.0
    if unit < _SMALLEST_UNIT:
        raise NonFiniteData("gaps in t() are so small that rho per unit of t() is no number")
    return replace(residuals, time=(residuals.time - residuals.time.min()) / unit), unit


def _arranged(
    residuals: Residuals, nesting: Nesting, levels: Sequence[Level], n: int
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """Rows unit by unit (n,), where units start (U,), and positions of their groups by level."""
    codes = residuals.groups
    present = np.bincount(codes, minlength=residuals.n_groups) > 0
    representative = np.zeros(residuals.n_groups, np.intp)
    representative[codes] = np.arange(n)
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
    rows = rows_in_order(by_unit, by_unit if residuals.time is None else residuals.time)
    starts = np.searchsorted(by_unit[rows], np.arange(len(units)))
    return rows, starts, tuple(position[order] for position in positions)


def _counted(
    residuals: Residuals, units: Units, nesting: Nesting, weights: Weights
) -> tuple[Units, tuple[np.ndarray, ...]]:
    """The units with their weights, and how often they count within the groups of every level.

    Rows of independent residuals have weights of their own; those of a unit of correlated ones share one.
    """
    rows = units.rows
    if nesting.order is not None:
        place = np.empty(len(rows), np.intp)
        place[nesting.order] = np.arange(len(rows))
        rows = place[rows]
    by_level = [weight[rows] for weight in weights.rows]
    whole = weights.whole_rows[rows]
    if structure_of(residuals).correlated:
        starts = units.starts
        counts = tuple(weight[starts] for weight in by_level)
        return Units(units.rows, starts, None, whole[starts]), counts
    own = by_level[-1] if by_level else whole
    counts = tuple((weight / own)[units.starts] for weight in by_level)
    return replace(units, row_weights=own, counts=(whole / own)[units.starts]), counts


def _column(store: ColumnStore, column: int, rows: np.ndarray) -> np.ndarray:
    values = store.values(column)
    return np.ones(len(rows)) if values is None else values[rows]
