"""Columns of a design by blocks of rows: converted to doubles while they are in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

Column = np.ndarray | None
"""A column of a design, any numeric dtype, shape (n,); None is the constant."""

_ELEMENTS = 1 << 18


def blocks(
    columns: Sequence[Column], n: int, centers: np.ndarray | None = None
) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield (rows, values (p, rows)) of the columns as float64 until all rows are through.

    Parameters
    ----------
    columns : sequence of p columns
    n : int
        Rows.
    centers : (p,) array, optional
        What is subtracted from each column.

    Yields
    ------
    rows : slice
    values : ndarray of float64, shape (p, rows)
        The same buffer every time.
    """
    size = max(1024, _ELEMENTS // max(1, len(columns)))
    buffer = np.empty((len(columns), min(size, max(n, 1))))
    for start in range(0, n, size):
        rows = slice(start, min(start + size, n))
        values = buffer[:, : rows.stop - start]
        for place, column in enumerate(columns):
            center = 0.0 if centers is None else centers[place]
            if column is None:
                values[place] = 1.0 - center
            elif center:
                np.subtract(column[rows], center, out=values[place], dtype=np.float64)
            else:
                values[place] = column[rows]
        yield rows, values


def linear_combination(columns: Sequence[Column], beta: np.ndarray, n: int) -> np.ndarray:
    """Return X beta, shape (n,); columns with coefficient zero are not read."""
    used = np.flatnonzero(beta)
    out = np.zeros(n)
    for rows, values in blocks([columns[place] for place in used.tolist()], n):
        out[rows] = beta[used] @ values
    return out


def weighted_gram(
    columns: Sequence[Column], weights: np.ndarray, n: int, centers: np.ndarray | None = None
) -> np.ndarray:
    """Return X'WX for weights of any sign, shape (p, p); of the columns less `centers`."""
    gram = np.zeros((len(columns), len(columns)))
    for rows, values in blocks(columns, n, centers):
        gram += (values * weights[rows]) @ values.T
    return (gram + gram.T) / 2


def quadratic_forms(
    columns: Sequence[Column], matrix: np.ndarray, n: int, centers: np.ndarray | None = None
) -> np.ndarray:
    """Return x_i' M x_i of every row, shape (n,); of the columns less `centers`."""
    used = np.flatnonzero(np.abs(matrix).sum(axis=0))
    inner = matrix[np.ix_(used, used)]
    out = np.zeros(n)
    own = None if centers is None else centers[used]
    for rows, values in blocks([columns[place] for place in used.tolist()], n, own):
        out[rows] = np.einsum("ij,ij->j", values, inner @ values)
    return out
