"""By-groups that lie together in the data, and what is computed within all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from xmixed.statistics.grouping import order_of_codes
from xmixed.statistics.ordering import as_integers

_CELLS = 1 << 17
"""Rows of groups that are laid out at a time."""
_SHORT = 64
"""Rows up to which groups are summed where they lie."""
_ENOUGH = 128
"""Groups from which on a step through all of them costs less than the sums of one by one."""


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
    out = np.empty(len(values))
    with np.errstate(over="ignore", invalid="ignore"):  # windows reach into other groups
        for groups, rows in _portions(sizes):
            _sum_portion(values[rows.start :], sizes[groups], out[rows])
    return out


def _sum_portion(values: np.ndarray, sizes: np.ndarray, out: np.ndarray) -> None:
    """Put the running sums of some groups into `out`; more values may follow theirs."""
    own = values[: len(out)]
    if len(sizes) == 1:
        np.cumsum(own, out=out)
        return
    starts = np.cumsum(sizes) - sizes
    short = sizes <= _SHORT
    if short.any():
        out[:] = own
        _add_steps(out, starts[short], sizes[short])
    if short.all():
        return
    longest = sizes.max()
    if len(values) < starts[-1] + longest:
        values = np.concatenate([own, np.zeros(longest)])
    for alike in _classes(np.where(short, 0, sizes)):
        rows = slice(None) if alike.all() else np.repeat(alike, sizes)
        out[rows] = _running_sum_of_few(values, starts[alike], sizes[alike])


def _add_steps(values: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> None:
    """Make running sums of short groups in place, a step through all that are as long at a time."""
    for step in range(1, int(sizes.max(initial=0))):
        longer = sizes > step
        starts, sizes = starts[longer], sizes[longer]
        rows = starts + step
        values[rows] += values[rows - 1]


def _running_sum_of_few(values: np.ndarray, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return the running sums of groups of a like size, one behind the other.

    The k-th rows of all groups stand together, so that a step adds one row to the next in all groups at once.
    """
    longest = int(sizes.max())
    if len(sizes) < _ENOUGH:
        sums = np.cumsum(sliding_window_view(values, longest)[starts], axis=1)
    else:
        steps = np.empty((longest, len(sizes)))
        steps[:] = sliding_window_view(values, longest)[starts].T
        for k in range(1, longest):
            np.add(steps[k], steps[k - 1], out=steps[k])
        sums = steps.T
    return sums[np.arange(longest) < sizes[:, None]]


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
    for groups, rows in _portions(sizes):
        if len(sizes[groups]) == 1:
            yield values[rows].reshape(1, -1)
        else:
            yield from _matrices(values[rows], sizes[groups], padding)


def _portions(sizes: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Yield some groups at a time, and their rows."""
    ends = np.cumsum(sizes)
    group = row = 0
    while group < len(sizes):
        last = max(int(np.searchsorted(ends, row + _CELLS, side="right")), group + 1)
        yield slice(group, last), slice(row, int(ends[last - 1]))
        group, row = last, int(ends[last - 1])


def _classes(sizes: np.ndarray) -> Iterator[np.ndarray]:
    """Yield which groups have a like size, shape (g,): a matrix of them has at most twice their rows."""
    classes = np.frexp(sizes)[1]
    if sizes.max() * len(sizes) <= 2 * sizes.sum():  # one matrix will do
        classes[:] = 0
    for size_class in np.unique(classes[sizes > 0]):
        yield (classes == size_class) & (sizes > 0)


def _matrices(values: np.ndarray, sizes: np.ndarray, padding: float) -> Iterator[np.ndarray]:
    for alike in _classes(sizes):
        rows = slice(None) if alike.all() else np.repeat(alike, sizes)
        own = sizes[alike]
        inside = np.arange(own.max()) < own[:, None]
        table = np.full(inside.shape, padding)
        table[inside] = values[rows]
        yield table
        values[rows] = table[inside]
