"""The rows of a likelihood model: columns standardised block by block, weights, offset."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.statistics.linear.blocks import Column, blocks
from xmixed.statistics.linear.scaled import nearly_collinear, orthogonalising, row_step


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Columns as the search sees them: centred where there is a constant, scaled, none nearly collinear.

    Attributes
    ----------
    columns : tuple of p columns
        None is the constant.
    n : int
        Rows.
    weights : ndarray, shape (n,), or None
    offset : ndarray, shape (n,), or None
    centers, scales : ndarray, shape (p,)
        A scaled column is (x - center) / scale.
    mixing : ndarray, shape (p, p), or None
        What scaled columns are multiplied by to be standardised; None: nothing.
    """

    columns: tuple[Column, ...]
    n: int
    weights: np.ndarray | None
    offset: np.ndarray | None
    centers: np.ndarray
    scales: np.ndarray
    mixing: np.ndarray | None = None

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
        scaled = cls(tuple(columns), n, weights, offset, centers, scales)
        return replace(scaled, mixing=scaled._untangled())

    def _untangled(self) -> np.ndarray | None:
        """Return what makes nearly collinear columns orthogonal; the constant stays as it is."""
        places = [place for place, column in enumerate(self.columns) if column is not None]
        if len(places) < 2:
            return None
        step, seen = row_step(self.n), np.empty((-(-self.n // row_step(self.n)), len(places)))
        for own, place in enumerate(places):
            column = self.columns[place]
            assert column is not None
            seen[:, own] = (column[::step] - self.centers[place]) / self.scales[place]
        if not nearly_collinear(seen):
            return None
        found = orthogonalising((values[places].T for _, values in self.blocks()), len(places))
        if found is None:
            return None
        mixing = np.eye(self.size)
        mixing[np.ix_(places, places)] = found
        return mixing

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
            yield rows, values if self.mixing is None else self.mixing.T @ values

    def of_rows(self, array: np.ndarray | None, rows: slice, default: float) -> np.ndarray:
        """Return a block of the weights or the offset."""
        return np.full(rows.stop - rows.start, default) if array is None else array[rows]

    @property
    def back(self) -> np.ndarray:
        """T with b = T b*, from standardised coefficients to those of the columns; shape (p, p)."""
        transform = np.diag(1 / self.scales)
        if self.constant is not None:
            transform[self.constant] -= self.centers / self.scales
        return transform if self.mixing is None else transform @ self.mixing

    @property
    def constant(self) -> int | None:
        """Where the constant stands."""
        return next((place for place, column in enumerate(self.columns) if column is None), None)

    def standardised(self, beta: np.ndarray) -> np.ndarray:
        """Return the coefficients b* of b = T b*; see `back`."""
        found = beta * self.scales
        if self.constant is not None:
            found[self.constant] = beta[self.constant] + beta @ self.centers
        return found if self.mixing is None else np.linalg.solve(self.mixing, found)
