"""By-groups that lie together in the data, and what is computed within all of them at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xmixed.statistics.grouping import order_of_codes


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
    def of_sorted(cls, columns: list[np.ndarray], n: int) -> Partition:
        """Return the groups of equal values in columns of shape (n,) by which the rows are sorted."""
        step = np.zeros(max(0, n - 1), dtype=bool)
        for column in columns:
            step |= column[1:] != column[:-1]
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


def running_sum(values: np.ndarray, partition: Partition) -> np.ndarray:
    """Return cumulative sums that begin anew in each group, rounded as if each were summed alone.

    Groups of a like size are laid out as the rows of one matrix: at most twice the data, in a few steps.
    """
    out = np.empty(partition.n)
    classes = np.frexp(partition.sizes)[1]
    for size_class in np.unique(classes):
        groups = np.flatnonzero(classes == size_class)
        sizes, starts = partition.sizes[groups], partition.starts[groups]
        within = np.arange(sizes.max())
        inside = within < sizes[:, None]
        rows = (starts[:, None] + within)[inside]
        table = np.zeros(inside.shape)
        table[inside] = values[rows]
        out[rows] = np.cumsum(table, axis=1)[inside]
    return out
