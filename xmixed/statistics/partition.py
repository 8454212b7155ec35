"""By-groups that lie together in the data, and what is computed within all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from xmixed.statistics.grouping import order_of_codes
from xmixed.statistics.ordering import as_integers

_CELLS = 1 << 17
"""Rows of groups that are laid out at a time."""


@dataclass(slots=True, eq=False)
class Partition:
    """Groups of consecutive rows; what belongs to every row is made when first asked for.

    Attributes
    ----------
    starts : ndarray of int, shape (g,)
        First row of each group, ascending from 0.
    n : int
        Number of rows.
    """

    starts: np.ndarray
    n: int
    _group: np.ndarray | None = field(default=None, init=False, repr=False)

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.starts)

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each group, shape (g,)."""
        return np.diff(self.starts, append=self.n)

    @property
    def group(self) -> np.ndarray:
        """Number of the group of each row, shape (n,)."""
        if self._group is None:
            self._group = np.repeat(np.arange(self.count), self.sizes)
        return self._group

    @property
    def first(self) -> np.ndarray:
        """First row of the group of each row, shape (n,)."""
        return np.repeat(self.starts, self.sizes)

    @property
    def size(self) -> np.ndarray:
        """Size of the group of each row, shape (n,)."""
        return np.repeat(self.sizes, self.sizes)

    @property
    def slices(self) -> list[slice]:
        """Rows of each group."""
        bounds = [*self.starts.tolist(), self.n]
        return [slice(bounds[i], bounds[i + 1]) for i in range(len(bounds) - 1)]

    @classmethod
    def of_sorted(cls, columns: list[np.ndarray], n: int, order: np.ndarray | None = None) -> Partition:
        """Return the groups of equal values in columns of shape (n,) by which the rows are sorted.

        With an order the columns are sorted in that order.
        """
        step = np.zeros(max(0, n - 1), dtype=bool)
        for column in columns:
            ranked = column if order is None else column[order]
            step |= ranked[1:] != ranked[:-1]
        starts = np.concatenate([np.zeros(min(n, 1), dtype=np.intp), np.flatnonzero(step) + 1])
        return cls(starts.astype(np.intp), n)

    @classmethod
    def of_codes(cls, codes: np.ndarray, count: int) -> tuple[Partition, np.ndarray]:
        """Return the groups of codes 0 ... count - 1 and the stable order that lays them together.

        Codes without rows make no group.
        """
        order = order_of_codes(codes, count)
        sizes = np.bincount(codes, minlength=count)
        sizes = sizes[sizes > 0]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else np.zeros(0)
        return cls(starts.astype(np.intp), len(codes)), order

    def reduce(self, operation: np.ufunc, values: np.ndarray) -> np.ndarray:
        """Return a reduction (`np.add`, `np.maximum`) of rows within each group, shape (g,)."""
        return operation.reduceat(values, self.starts) if self.count else values[:0]


def running_sum(values: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return cumulative sums that begin anew in each group, rounded as if each were summed alone.

    `values` (n,) lie together by groups of `sizes` (g,) rows.
    """
    exact = _sums_of_integers(values, sizes)
    if exact is not None:
        return exact
    out = values.astype(np.float64)
    for rows in _some_groups(out, sizes, 0.0):
        np.cumsum(rows, axis=1, out=rows)
    return out


def _sums_of_integers(values: np.ndarray, sizes: np.ndarray) -> np.ndarray | None:
    """Return cumulative sums within groups where no sum of any rows is rounded, else None."""
    whole = as_integers(values) if len(values) else None
    if whole is None or len(whole) * max(abs(int(whole.min())), abs(int(whole.max()))) >= 1 << 53:
        return None
    total = np.cumsum(whole)
    ends = np.cumsum(sizes)[sizes > 0]
    before = np.concatenate([[0], total[ends[:-1] - 1]])
    total -= np.repeat(before, sizes[sizes > 0])
    return total.astype(np.float64)


def sort_within(values: np.ndarray, sizes: np.ndarray) -> None:
    """Sort doubles (n,) that lie together by groups of `sizes` (g,) rows within each group, in place."""
    for rows in _some_groups(values, sizes, np.inf):
        rows.sort(axis=1)


def _some_groups(values: np.ndarray, sizes: np.ndarray, padding: float) -> Iterator[np.ndarray]:
    """Yield groups of a like size as the rows of a matrix, padded at the end; what is done to it is kept.

    A group takes at most twice its rows, and not many are laid out at a time.
    """
    ends = np.cumsum(sizes)
    group = row = 0
    while group < len(sizes):
        last = max(int(np.searchsorted(ends, row + _CELLS, side="right")), group + 1)
        some = values[row : ends[last - 1]]
        if last == group + 1:
            yield some.reshape(1, -1)
        else:
            yield from _matrices(some, sizes[group:last], padding)
        group, row = last, int(ends[last - 1])


def _matrices(values: np.ndarray, sizes: np.ndarray, padding: float) -> Iterator[np.ndarray]:
    classes = np.frexp(sizes)[1]
    if sizes.max() * len(sizes) <= 2 * len(values):  # one table will do
        classes[:] = 0
    for size_class in np.unique(classes[sizes > 1]):
        alike = classes == size_class
        rows = slice(None) if alike.all() else np.repeat(alike, sizes)
        own = sizes[alike]
        inside = np.arange(own.max()) < own[:, None]
        table = np.full(inside.shape, padding)
        table[inside] = values[rows]
        yield table
        values[rows] = table[inside]
