"""Working columns: which centred or raw column each place in X, Z and y reads.

Raw cross-products of data far from zero lose their digits, so y and X are centred where X holds
the constant, and Z where its level does. A column that several places use is stored once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from xmixed.engine.errors import NonFiniteData
from xmixed.engine.model import Cells
from xmixed.engine.products.cells import CellScatter, combination

# 4 MB of working columns at a time stay in the processor's cache.
_CHUNK_ELEMENTS = 1 << 19

# Sums of squares below this have lost digits to underflow.
_TINY = 1e-290


def refuse_tiny(arrays: Sequence[np.ndarray | None], squares: np.ndarray) -> None:
    """Raise NonFiniteData where a column varies, but by so little that its squares underflow.

    Parameters
    ----------
    squares : (len(arrays),) array
        Sums of squares of the columns, centred or not.
    """
    tiny = squares < _TINY
    for place in np.flatnonzero(tiny).tolist() if tiny.any() else ():
        array = arrays[place]
        if array is not None and array.size and array.min() != array.max():
            raise NonFiniteData("a column varies by so little that its squares underflow")


@dataclass(slots=True, eq=False)
class ColumnStore:
    """The distinct working columns of a model.

    Attributes
    ----------
    n : int
        Rows.
    arrays : list of (n,) arrays or None
        The caller's columns; None is the constant.
    centers : list of float
        What is subtracted from each; 0 where it is used raw.
    cells : Cells or None
        What the rows stand for; None where each is one observation.
    """

    n: int
    cells: Cells | None = None
    arrays: list[np.ndarray | None] = field(default_factory=list)
    centers: list[float] = field(default_factory=list)
    _index: dict[tuple[int, bool], int] = field(default_factory=dict)

    def add(self, column: np.ndarray | None, centred: bool) -> int:
        """Index of the working column for `column`, entering it when it is new."""
        key = (0 if column is None else id(column), centred and column is not None)
        if key not in self._index:
            self._index[key] = len(self.arrays)
            self.arrays.append(column)
            mean = 0.0
            if column is not None and centred:
                mean = self.mean(column)
            self.centers.append(mean)
        return self._index[key]

    def append(self, column: np.ndarray) -> int:
        """Index of a column made of others, which is used as it is."""
        self.arrays.append(column)
        self.centers.append(0.0)
        return len(self.arrays) - 1

    def mean(self, column: np.ndarray) -> float:
        """Mean of a column over the observations."""
        if self.cells is None:
            return float(np.add.reduce(column, dtype=np.float64)) / len(column)
        counts = self.cells.counts
        return self.cells.origin(column) + float(counts @ column) / float(counts.sum())

    def subtracted(self, index: int) -> float:
        """What is subtracted from the caller's array to make a working column."""
        taken = 0.0 if self.cells is None else self.cells.origin(self.arrays[index])
        return self.centers[index] - taken

    def scatter(self, wanted: Sequence[int], order: np.ndarray | None = None) -> CellScatter | None:
        """What some columns have within cells, by their places in `wanted`; None where rows are no cells."""
        if self.cells is None:
            return None
        cells = self.cells
        return CellScatter(cells, tuple(combination(cells, self.arrays[at]) for at in wanted), order)

    def values(self, index: int) -> np.ndarray | None:
        """A whole working column; None is the constant."""
        array = self.arrays[index]
        if array is None:
            return None
        return np.subtract(array, self.subtracted(index), dtype=np.float64)

    def chunks(self, order: np.ndarray | None, wanted: Sequence[int]) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (first row, values (len(wanted), rows)) until all rows, in `order`, are through."""
        taken = [self.subtracted(index) for index in wanted]
        size = max(1024, _CHUNK_ELEMENTS // max(1, len(wanted)))
        for row in range(0, self.n, size):
            end = min(row + size, self.n)
            rows = slice(row, end) if order is None else order[row:end]
            values = np.empty((len(wanted), end - row))
            for target, index, center in zip(values, wanted, taken, strict=True):
                array = self.arrays[index]
                if array is None:
                    target.fill(1.0)
                elif center:
                    np.subtract(array[rows], center, out=target, dtype=np.float64)
                else:
                    target[:] = array[rows]
            yield row, values


@dataclass(frozen=True, slots=True, eq=False)
class WorkingColumn:
    """A column as the sweeps have it.

    Attributes
    ----------
    array : (n,) array or None
        The caller's; None is the constant.
    center, divisor : float
        An infinite divisor makes a null column exact zeros.
    """

    array: np.ndarray | None
    center: float
    divisor: float

    def values(self, rows: slice) -> np.ndarray:
        """The column in some rows, whose numbers the slice gives."""
        if self.array is None:
            return np.full(rows.stop - rows.start, 1.0 / self.divisor)
        return np.subtract(self.array[rows], self.center, dtype=np.float64) / self.divisor

    def times(self, values: np.ndarray | float, rows: slice) -> np.ndarray | float:
        """The column in some rows times other values, of these rows or one for all."""
        if self.array is None:
            return values * (1.0 / self.divisor)
        found = np.subtract(self.array[rows], self.center, dtype=np.float64)
        found *= values
        found /= self.divisor
        return found
