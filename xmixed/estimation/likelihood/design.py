"""The rows of a likelihood model: columns standardised block by block, weights, offset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.blocks import Column, blocks


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns as the search sees them: centred where there is a constant, and scaled.

    Attributes
    ----------
    columns : tuple of p columns
        None is the constant.
    n : int
        Rows.
    weights : ndarray, shape (n,), or None
    offset : ndarray, shape (n,), or None
    centers, scales : ndarray, shape (p,)
        A standardised column is (x - center) / scale.
    """

    columns: tuple[Column, ...]
    n: int
    weights: np.ndarray | None
    offset: np.ndarray | None
    centers: np.ndarray
    scales: np.ndarray

    @classmethod
    def of(
        cls,
        columns: Sequence[Column],
        n: int,
        weights: np.ndarray | None = None,
        offset: np.ndarray | None = None,
        centred: bool | None = None,
    ) -> Design:
        """Return the design of columns; `centred` when something besides them takes up a constant."""
        constant = any(column is None for column in columns) if centred is None else centred
        centers, scales = np.zeros(len(columns)), np.ones(len(columns))
        for place, column in enumerate(columns):
            if column is None:
                continue
            if constant:
                centers[place] = column.mean(dtype=np.float64)
            spread = np.sqrt(np.mean(np.subtract(column, centers[place], dtype=np.float64) ** 2))
            scales[place] = spread if spread > 0 else 1.0
        return cls(tuple(columns), n, weights, offset, centers, scales)

    @property
    def size(self) -> int:
        return len(self.columns)

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.n) if self.weights is None else float(self.weights.sum())

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Yield (rows, standardised values (p, rows))."""
        for rows, values in blocks(self.columns, self.n, self.centers):
            values /= self.scales[:, None]
            yield rows, values

    def of_rows(self, array: np.ndarray | None, rows: slice, default: float) -> np.ndarray:
        """Return a block of the weights or the offset."""
        return np.full(rows.stop - rows.start, default) if array is None else array[rows]

    @property
    def back(self) -> np.ndarray:
        """T with b = T b*, from standardised coefficients to those of the columns; shape (p, p)."""
        transform = np.diag(1 / self.scales)
        constant = next((place for place, column in enumerate(self.columns) if column is None), None)
        if constant is not None:
            transform[constant] -= self.centers / self.scales
        return transform
