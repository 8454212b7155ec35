"""B'DB for one sparse matrix B with few elements in a row and many diagonal matrices D.

Each element of the result is a sum over rows of products of two of a row's elements, times the row's number
in D: one sparse matrix of all these products, formed once, times D's diagonal.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

# Products of two elements up to which they are kept, at 12 bytes each.
_MOST = 2_000_000


class RowPairs:
    """Products of the elements of each row of B, (r, m); they are formed when they are first asked for."""

    def __init__(self, indptr: np.ndarray, indices: np.ndarray, values: np.ndarray, m: int) -> None:
        self.indptr, self.indices, self.values, self.m = indptr.astype(np.int32), indices, values, m
        self._rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int32), np.diff(indptr))

    @staticmethod
    def of(indptr: np.ndarray, indices: np.ndarray, values: np.ndarray, m: int) -> RowPairs | None:
        """Those of a matrix in rows whose columns are in order; None where there are too many."""
        lengths = np.diff(indptr).astype(np.int64)
        count = int((lengths * (lengths - 1)).sum()) // 2
        few = count <= _MOST and m * m < np.iinfo(np.int32).max
        return RowPairs(indptr, indices, values, m) if few else None

    def gram(self, diagonal: np.ndarray) -> np.ndarray:
        """The part of B'DB on and above the diagonal, zeros below; (m, m)."""
        found = (self._matrix @ diagonal).reshape(self.m, self.m)
        np.fill_diagonal(found, self._own(diagonal))
        return found

    def gram_dot(self, diagonal: np.ndarray, other: np.ndarray) -> float:
        """Sum of the elements of B'DB times those of a symmetric (m, m) matrix."""
        between = float((self._matrix.T @ other.ravel()) @ diagonal)
        return 2.0 * between + float(self._own(diagonal) @ other.diagonal())

    def _own(self, diagonal: np.ndarray) -> np.ndarray:
        """The diagonal of B'DB."""
        return np.bincount(self.indices, self.values**2 * diagonal[self._rows], self.m)

    @cached_property
    def _matrix(self) -> Any:
        """Products of two different elements by place in B'DB and row, (m m, r): scipy's CSC."""
        from scipy.sparse import csc_matrix

        elements = np.arange(len(self.indices), dtype=np.int32)
        # Each element with those of its row before it.
        partners = elements - self.indptr[self._rows]
        ends = np.cumsum(partners, dtype=np.int32)
        second = np.repeat(elements, partners)
        first = np.arange(len(second), dtype=np.int32)
        first -= np.repeat(ends - elements, partners)
        places = self.indices[first]
        places *= np.int32(self.m)
        places += self.indices[second]
        values = self.values[first]
        del first
        values *= self.values[second]
        columns = np.concatenate([np.zeros(1, np.int32), ends])[self.indptr]
        return csc_matrix((values, places, columns), shape=(self.m * self.m, len(columns) - 1))
