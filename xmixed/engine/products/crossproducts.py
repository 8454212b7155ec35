"""Cross-products of the data, formed once per fit.

Of the bottom level l only Z_l'[Z_l, Z_(l-1) ... Z_1, X, y] is kept for each group, of a higher level
the same with what is above it, and [X, y]'[X, y] once for all the data: 300 fixed columns and
50,000 groups must not cost 50,000 matrices of 300 x 300.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.batched import semidefinite_cholesky, solve_lower
from xmixed.engine.model import Cells
from xmixed.engine.products.cells import CellScatter
from xmixed.engine.products.columns import ColumnStore
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.products.weights import Weights
from xmixed.engine.storage import IN_MEMORY, Storage


@dataclass(frozen=True, slots=True, eq=False)
class LevelProducts:
    """Cross-products of one level's groups, working units.

    Attributes
    ----------
    ZtZ : (q, q, G) array
        Z_l'Z_l.
    ZtW : (q, w, G) array
        Z_l'[Z_(l-1) ... Z_1, X, y]: the levels above from the nearest up, then X, then y.
    """

    ZtZ: np.ndarray
    ZtW: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class CrossProducts:
    """All cross-products.

    Attributes
    ----------
    levels : tuple of LevelProducts, top to bottom
    XyXy : (p+1, p+1) array
        [X, y]'[X, y].
    eliminated : (q, q + w, G) array or None
        See `eliminated`, of the bottom level; None where it has not been formed.
    """

    levels: tuple[LevelProducts, ...]
    XyXy: np.ndarray
    eliminated: np.ndarray | None = None


_BLOCK = 1 << 16
"""Groups that are eliminated at a time."""
_FEW_ROWS = 2000
"""Rows, or groups, up to which one call for all products takes less time than one for each."""


def eliminated(level: LevelProducts, storage: Storage = IN_MEMORY) -> np.ndarray:
    """[R, C] of a level's groups, (q, q + w, G): R'R = Z'Z and R'C = Z'W.

    Of many groups in blocks, so that nothing else is of their size.
    """
    q, w, groups = level.ZtW.shape
    kind = np.result_type(level.ZtZ, level.ZtW)
    shape = (q, q + w, groups)
    stacked = storage.empty(shape) if kind == np.float64 else np.empty(shape, kind)
    for first in range(0, groups, _BLOCK):
        part = slice(first, first + _BLOCK)
        lower = semidefinite_cholesky(level.ZtZ[:, :, part])
        stacked[:, :q, part] = lower.transpose(1, 0, 2)
        stacked[:, q:, part] = solve_lower(lower, level.ZtW[:, :, part], singular=True)
    return stacked


class LevelSums:
    """Accumulates the distinct column products of one level."""

    def __init__(
        self, z: list[int], w: list[int], row_starts: np.ndarray, storage: Storage = IN_MEMORY
    ) -> None:
        self.z, self.w, self.row_starts, self.storage = z, w, row_starts, storage
        wanted = [(a, b) for a in z for b in (*z, *w)]
        self.pairs = list(dict.fromkeys((min(pair), max(pair)) for pair in wanted))
        self.sums = storage.zeros((len(self.pairs), len(row_starts)))
        self._sides = [a for a, _ in self.pairs], [b for _, b in self.pairs]

    def add(
        self, row: int, values: np.ndarray, constant: int | None, weights: np.ndarray | None = None
    ) -> None:
        """Add the rows of one chunk; a group may continue in the next chunk."""
        rows = values.shape[1]
        first = int(np.searchsorted(self.row_starts, row, side="right")) - 1
        stop = int(np.searchsorted(self.row_starts, row + rows, side="left"))
        local = self.row_starts[first:stop] - row
        local[0] = 0
        if rows <= _FEW_ROWS:
            # Of few rows all products at once: their time is that of calls.
            left, right = self._sides
            terms = values.take(left, axis=0)
            if weights is not None:
                terms *= weights
            terms *= values.take(right, axis=0)
            self.sums[:, first:stop] += np.add.reduceat(terms, local, axis=1)
            return
        buffer = np.empty(rows)
        for total, (a, b) in zip(self.sums, self.pairs, strict=True):
            if a == constant and b == constant and weights is None:
                total[first:stop] += np.diff(local, append=rows)
                continue
            if weights is not None:
                terms = np.multiply(values[a] * weights, values[b], out=buffer)
            elif a == constant or b == constant:
                terms = values[b if a == constant else a]
            else:
                terms = np.multiply(values[a], values[b], out=buffer)
            total[first:stop] += np.add.reduceat(terms, local)

    def add_within(self, scatter: CellScatter, weights: np.ndarray | None) -> None:
        """Add what varies within cells, whose means were added before."""
        for total, (a, b) in zip(self.sums, self.pairs, strict=True):
            found = scatter(a, b)
            if found is not None:
                found = found if weights is None else found * weights
                total += np.add.reduceat(found, self.row_starts)

    def products(self) -> LevelProducts:
        position = {pair: i for i, pair in enumerate(self.pairs)}

        def gather(left: list[int], right: list[int]) -> np.ndarray:
            found = self.storage.empty((len(left), len(right), self.sums.shape[1]))
            places = [position[min(a, b), max(a, b)] for a in left for b in right]
            if self.sums.shape[1] <= _FEW_ROWS:
                found.reshape(len(places), -1)[...] = self.sums.take(places, axis=0)
                return found
            for target, place in zip(found.reshape(len(places), -1), places, strict=True):
                target[:] = self.sums[place]
            return found

        return LevelProducts(gather(self.z, self.z), gather(self.z, self.w))


def cross_products(
    store: ColumnStore,
    nesting: Nesting,
    z: list[list[int]],
    x: list[int],
    y: int,
    offset: np.ndarray | None = None,
    weights: Weights | None = None,
) -> CrossProducts:
    """Form the cross-products in one pass over the data.

    Parameters
    ----------
    z : list over levels (top to bottom) of lists of working columns
    x, y : working columns of X and y
    offset : (p,) array or None
        Coefficients b: y - Xb takes the place of y.
    weights : Weights or None
    """
    used = list(dict.fromkeys([column for level in z for column in level] + x))
    place = {column: i for i, column in enumerate(used)}
    x_places = [place[column] for column in x]
    y_place = len(used)
    bottom = len(z) - 1
    sums, storage = [], IN_MEMORY if store.cells is None else store.cells.storage
    for number, columns in enumerate(z):
        above = [place[column] for level in reversed(z[:number]) for column in level]
        starts = nesting.row_starts
        if number < bottom:
            starts = starts[nesting.starts(number, bottom)]
        sums.append(
            LevelSums([place[column] for column in columns], [*above, *x_places, y_place], starts, storage)
        )
    constant = next((place[column] for column in used if store.arrays[column] is None), None)
    counts = _row_counts(nesting, weights, store.cells, len(z))
    total = np.zeros((len(x) + 1, len(x) + 1))
    for row, values in store.chunks(nesting.order, [*used, y]):
        if offset is not None and len(x):
            values[y_place] -= offset @ values[x_places]
        part = slice(row, row + values.shape[1])
        for level, own in zip(sums, counts, strict=False):
            level.add(row, values, constant, None if own is None else own[part])
        Xy, own = values[[*x_places, y_place]], counts[-1]
        total += (Xy if own is None else Xy * own[part]) @ Xy.T
    scatter = store.scatter([*used, y], nesting.order)
    if scatter is not None:
        if offset is not None:
            scatter = scatter.less(y_place, x_places, offset)
        for number, level in enumerate(sums):
            level.add_within(scatter, None if weights is None else weights.rows[number])
        total += scatter.total([*x_places, y_place], None if weights is None else weights.whole_rows)
    return CrossProducts(tuple(level.products() for level in sums), total)


def _row_counts(
    nesting: Nesting, weights: Weights | None, cells: Cells | None, levels: int
) -> list[np.ndarray | None]:
    """How often each row counts within the groups of every level, and, last, in all."""
    found: list[np.ndarray | None] = [None] * (levels + 1)
    if weights is not None:
        found = [*weights.rows, weights.whole_rows]
    if cells is None:
        return found
    own = cells.counts if nesting.order is None else cells.counts[nesting.order]
    return [own if weight is None else weight * own for weight in found]
