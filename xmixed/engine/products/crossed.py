"""Cross-products of groupings that are not nested: sparse between the eliminated level and the others."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from xmixed.engine.products.cells import CellScatter
from xmixed.engine.products.columns import ColumnStore
from xmixed.engine.products.crossproducts import CrossProducts, LevelProducts
from xmixed.engine.products.row_pairs import RowPairs
from xmixed.engine.products.weights import Weights

# Blocks of columns small enough for a dense accumulator to stay in cache, large enough to be worth a call.
_BLOCK = 500
_PARALLEL_ELEMENTS = 1 << 17
# Matrices of the dense effects that a fit has at a time.
_MATRICES = 3
# Elements of a matrix that is full whatever its zeros, share of nonzero ones from which it is, and elements
# up to which it may be.
_SMALL, _DENSE, _LARGEST = 30_000, 0.2, 20_000_000


class SparsePattern:
    """The pattern of a sparse (r, m) matrix whose values change: products over its nonzero elements.

    Attributes
    ----------
    shape : (r, m)
    rows, indices : (nnz,) arrays
        Row and column of each element, row by row.
    indptr : (r+1,) array
    is_full : bool
        Whether a full array serves better: few elements, whose cost is that of calls, or few zeros.
    """

    def __init__(self, indptr: np.ndarray, indices: np.ndarray, m: int) -> None:
        self.shape = (len(indptr) - 1, m)
        self.indptr, self.indices = indptr, indices
        self.rows = np.repeat(np.arange(self.shape[0]), np.diff(indptr))
        size = self.shape[0] * m
        self.is_full = size <= _SMALL or (len(indices) > _DENSE * size and size <= _LARGEST)
        count = max(1, min(8, m // _BLOCK))
        self.edges = np.linspace(0, m, count + 1).astype(np.intp)
        by_column = np.argsort(indices, kind="stable")
        self._transposed = by_column
        self._column_starts = np.searchsorted(indices[by_column], np.arange(m + 1))
        self._row_of_transposed = self.rows[by_column].astype(indices.dtype)
        bounds = zip(self.edges[:-1], self.edges[1:], strict=True)
        self._blocks = [self._block(first, last) for first, last in bounds]

    def _block(self, first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Elements of the columns first..last-1: their places, columns and row starts."""
        places = np.flatnonzero((self.indices >= first) & (self.indices < last))
        starts = np.zeros(self.shape[0] + 1, self.indices.dtype)
        np.cumsum(np.bincount(self.rows[places], minlength=self.shape[0]), out=starts[1:])
        return places, (self.indices[places] - first).astype(self.indices.dtype), starts

    def matrix(self, data: np.ndarray) -> Any:
        """The matrix with these values: scipy's CSR, or an array."""
        if self.is_full:
            full = np.zeros(self.shape)
            full[self.rows, self.indices] = data
            return full
        from scipy.sparse import csr_matrix

        return csr_matrix((data, self.indices, self.indptr), shape=self.shape)

    def gram(self, left: np.ndarray, right: np.ndarray, symmetric: bool = True) -> np.ndarray:
        """L'R, dense (m, m), for two matrices of this pattern; only half of a symmetric one is computed."""
        if self.is_full:
            return self.matrix(left).T @ self.matrix(right)
        result = np.empty((self.shape[1], self.shape[1]))

        def place(block: np.ndarray, at_i: slice, at_j: slice) -> None:
            result[at_i, at_j] = block

        self._products(left, right, symmetric, place)
        return result

    def gram_dot(self, left: np.ndarray, right: np.ndarray, other: np.ndarray, symmetric: bool) -> float:
        """Sum of the elements of L'R times those of an (m, m) matrix, block by block."""
        if self.is_full:
            return float(np.vdot(self.matrix(left), self.matrix(right) @ other.T))
        sums: list[float] = []

        def place(block: np.ndarray, at_i: slice, at_j: slice) -> None:
            sums.append(float(np.einsum("xy,xy->", block, other[at_i, at_j])))

        self._products(left, right, symmetric, place)
        return sum(sums)

    def two_grams(
        self, left: np.ndarray, first: np.ndarray, second: np.ndarray, start: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """start - L'R, in its place, and L'Q, both symmetric: two real products ride on one complex one."""
        if self.is_full:
            whole = self.matrix(left).T
            start -= whole @ self.matrix(first)
            return start, whole @ self.matrix(second)
        difference, product = start, np.empty_like(start)

        def place(block: np.ndarray, at_i: slice, at_j: slice) -> None:
            difference[at_i, at_j] -= np.real(block)
            product[at_i, at_j] = np.imag(block)

        self._products(left, first + 1j * second, True, place)
        return difference, product

    def _products(
        self,
        left: np.ndarray,
        right: np.ndarray,
        symmetric: bool,
        place: Callable[[np.ndarray, slice, slice], None],
    ) -> None:
        """Hand every block of L'R to `place`."""
        count = len(self._blocks)
        rights = [self._right_block(j, right) for j in range(count)]
        lefts = [self._left_block(i, left) for i in range(count)]

        def work(job: tuple[int, int]) -> None:
            i, j = job
            at_i, at_j = slice(*self.edges[i : i + 2]), slice(*self.edges[j : j + 2])
            block = (lefts[i] @ rights[j]).toarray()
            place(block, at_i, at_j)
            if symmetric and i != j:
                place(block.T, at_j, at_i)

        jobs = [(i, j) for i in range(count) for j in range(i + 1 if symmetric else count)]
        _for_each(work, jobs, parallel=len(right) >= _PARALLEL_ELEMENTS)

    def _left_block(self, i: int, data: np.ndarray) -> Any:
        from scipy.sparse import csr_matrix

        first, last = self.edges[i : i + 2]
        starts = self._column_starts[first : last + 1]
        inside = slice(starts[0], starts[-1])
        values = data[self._transposed[inside]]
        shape = (last - first, self.shape[0])
        return csr_matrix((values, self._row_of_transposed[inside], starts - starts[0]), shape=shape)

    def _right_block(self, j: int, data: np.ndarray) -> Any:
        from scipy.sparse import csr_matrix

        places, columns, starts = self._blocks[j]
        width = self.edges[j + 1] - self.edges[j]
        return csr_matrix((data[places], columns, starts), shape=(self.shape[0], width))


def physical_memory() -> float:
    """Bytes of the machine; infinite where it does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE")) * float(os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def _for_each(work: Callable[[Any], None], jobs: list[Any], parallel: bool) -> None:
    """Run the jobs; scipy's sparse products let go of the interpreter lock, so two threads halve the time."""
    if not parallel or len(jobs) < 2:
        for job in jobs:
            work(job)
        return
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, job) for job in jobs]:
            done.result()


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The groups of one level: codes (n,) 0..n_groups-1 and its working columns of Z."""

    codes: np.ndarray
    n_groups: int
    columns: list[int]


@dataclass(frozen=True, slots=True, eq=False)
class CrossedProducts:
    """All cross-products of crossed levels, working units.

    Attributes
    ----------
    levels : tuple of LevelProducts
        In the model's order; `ZtZ` (q, q, G), `ZtW` (q, p+1, G) with W = [X, y].
    XyXy : (p+1, p+1) array
    order : tuple of int
        Positions of the levels: the eliminated one first, then the dense ones.
    parts : tuple of slice
        Where each dense level stands among the m dense columns, column by column: (q, G) flattened.
    pattern : SparsePattern
        Of Z0'Z1, (G0, m).
    B : (q0, nnz) array
        Its values for each column of Z0.
    Z1tZ1 : (m, m) array, sparse or dense
    fitted : (q0, p+1, G0) array or None
        Coefficients b: the columns are W + Z0 b, and W'W stands in `XyXy`. None: they are zero.
    pairs : RowPairs or None
        Of `B` where Z0 has one column, and B'DB is wanted often; None: products are formed anew.
    """

    levels: tuple[LevelProducts, ...]
    XyXy: np.ndarray
    order: tuple[int, ...]
    parts: tuple[slice, ...]
    pattern: SparsePattern
    B: np.ndarray
    Z1tZ1: Any
    fitted: np.ndarray | None = None
    pairs: RowPairs | None = None

    def between_dense(self) -> np.ndarray:
        """Z1'Z1, a new dense (m, m) array."""
        return self.Z1tZ1.copy() if isinstance(self.Z1tZ1, np.ndarray) else self.Z1tZ1.toarray()


def crossed_products(
    store: ColumnStore,
    groups: tuple[Grouping, ...],
    x: list[int],
    y: int,
    offset: np.ndarray | None = None,
    weights: Weights | None = None,
) -> CrossProducts:
    """Z'Z, Z'[X, y] of every level and [X, y]'[X, y], in one pass over the data.

    Parameters
    ----------
    x, y : working columns of X and y
    offset : (p,) array or None
        Coefficients b: y - Xb takes the place of y.
    weights : Weights or None
    """
    used = list(dict.fromkeys([column for group in groups for column in group.columns] + x))
    place = {column: i for i, column in enumerate(used)}
    x_places, y_place = [place[column] for column in x], len(used)
    levels = []
    for group in groups:
        q = len(group.columns)
        levels.append(
            LevelProducts(np.zeros((q, q, group.n_groups)), np.zeros((q, len(x) + 1, group.n_groups)))
        )
    total = np.zeros((len(x) + 1, len(x) + 1))
    for row, values in store.chunks(None, [*used, y]):
        if offset is not None and len(x):
            values[y_place] -= offset @ values[x_places]
        Xy, part = values[[*x_places, y_place]], slice(row, row + values.shape[1])
        counted = values if store.cells is None else values * store.cells.counts[part]
        left = counted[[*x_places, y_place]]
        total += (left if weights is None else left * weights.whole_rows[part]) @ Xy.T
        for position, (group, level) in enumerate(zip(groups, levels, strict=True)):
            codes, own = group.codes[part], [place[column] for column in group.columns]
            Z = values[own]
            for a, given in enumerate(counted[own]):
                z = given if weights is None else given * weights.rows[position][part]
                for b in range(a + 1):
                    level.ZtZ[a, b] += np.bincount(codes, z * Z[b], group.n_groups)
                for j, w in enumerate(Xy):
                    level.ZtW[a, j] += np.bincount(codes, z * w, group.n_groups)
    scatter = store.scatter([*used, y])
    if scatter is not None:
        if offset is not None:
            scatter = scatter.less(y_place, x_places, offset)
        total += scatter.total([*x_places, y_place])
        for group, level in zip(groups, levels, strict=True):
            own = [place[column] for column in group.columns]
            _add_within(level, group, scatter, own, [*x_places, y_place])
    for level in levels:
        for a in range(len(level.ZtZ)):
            level.ZtZ[:a, a] = level.ZtZ[a, :a]
    return CrossProducts(tuple(levels), total)


def _add_within(
    level: LevelProducts, group: Grouping, scatter: CellScatter, z: list[int], Xy: list[int]
) -> None:
    """Add what varies within cells to a level's products; `z` and `Xy` are places in the scatter."""
    for a, first in enumerate(z):
        targets = [(level.ZtZ, a, b, z[b]) for b in range(a + 1)]
        targets += [(level.ZtW, a, j, second) for j, second in enumerate(Xy)]
        for target, row, column, second in targets:
            found = scatter(first, second)
            if found is not None:
                target[row, column] += np.bincount(group.codes, found, group.n_groups)


def cross_levels(
    products: CrossProducts,
    store: ColumnStore,
    groups: tuple[Grouping, ...],
    scales: list[np.ndarray],
    weights: Weights | None = None,
    eliminated: int | None = None,
) -> CrossedProducts:
    """Add the products between levels, in the scaled columns of `products`.

    Parameters
    ----------
    scales : per level (q,) arrays
        What each column of Z is divided by; infinite for a null column.
    weights : Weights or None
    eliminated : int or None
        The level that must be eliminated; None: the one with the most random effects.
    """
    sizes = [len(group.columns) * group.n_groups for group in groups]
    order = tuple(sorted(range(len(groups)), key=lambda level: (level != eliminated, -sizes[level])))
    first, dense = order[0], order[1:]
    ends = np.cumsum([0, *(sizes[level] for level in dense)])
    if _MATRICES * 8.0 * float(ends[-1]) ** 2 > physical_memory():
        raise MemoryError("the crossed system does not fit in memory")
    parts = tuple(slice(int(a), int(b)) for a, b in zip(ends[:-1], ends[1:], strict=True))
    between = _Between(store, groups, scales, weights)
    rows = [
        [between(first, a, level, b) for level in dense for b in range(len(groups[level].columns))]
        for a in range(len(groups[first].columns))
    ]
    from scipy.sparse import hstack

    stacked: list[Any] = [hstack(row, format="csr") for row in rows]
    for matrix in stacked:
        matrix.sort_indices()
    pattern = SparsePattern(stacked[0].indptr, stacked[0].indices, int(ends[-1]))
    Z1tZ1 = _among_dense(products, between, dense)
    B = np.stack([matrix.data for matrix in stacked])
    kept = len(B) == 1 and not pattern.is_full
    pairs = RowPairs.of(pattern.indptr, pattern.indices, B[0], pattern.shape[1]) if kept else None
    return CrossedProducts(products.levels, products.XyXy, order, parts, pattern, B, Z1tZ1, pairs=pairs)


class _Between:
    """Products between single columns of two levels, scaled; rows as often as within groups of the first."""

    def __init__(
        self,
        store: ColumnStore,
        groups: tuple[Grouping, ...],
        scales: list[np.ndarray],
        weights: Weights | None,
    ) -> None:
        self.store, self.groups, self.scales, self.weights = store, groups, scales, weights

    def __call__(self, f: int, a: int, g: int, b: int) -> Any:
        """Z_fa'Z_gb by pair of groups, a canonical CSR matrix."""
        from scipy.sparse import coo_matrix

        left, right = self.groups[f], self.groups[g]
        z, w = self.store.values(left.columns[a]), self.store.values(right.columns[b])
        values = None if self.weights is None else self.weights.rows[f]
        for column in (z, w):
            if column is not None:
                values = column if values is None else values * column
        if values is None:
            values = np.ones(self.store.n)
        if self.store.cells is not None:
            within = self.store.scatter([left.columns[a], right.columns[b]])
            found = None if within is None else within(0, 1)
            values = values * self.store.cells.counts + (0.0 if found is None else found)
        shape = (left.n_groups, right.n_groups)
        result: Any = coo_matrix((values, (left.codes, right.codes)), shape=shape).tocsr()
        result.sum_duplicates()
        result.data /= self.scales[f][a] * self.scales[g][b]
        return result


def _among_dense(products: CrossProducts, between: _Between, dense: tuple[int, ...]) -> Any:
    """Z1'Z1 of the dense levels, (m, m), sparse."""
    from scipy.sparse import bmat, diags

    columns = [(level, a) for level in dense for a in range(len(products.levels[level].ZtZ))]
    blocks: list[list[Any]] = [[None] * len(columns) for _ in columns]
    for i, (f, a) in enumerate(columns):
        for j, (g, b) in enumerate(columns[: i + 1]):
            same = f == g
            blocks[i][j] = diags(products.levels[f].ZtZ[a, b]) if same else between(f, a, g, b)
            blocks[j][i] = blocks[i][j].T
    return bmat(blocks, format="csr")
