"""Fewer points for the same picture: what cannot be told apart at the picture's resolution is drawn once."""

from __future__ import annotations

import numpy as np

MOST_POINTS = 100_000
"""More points than this are thinned out."""
CELLS = (1600, 1200)
"""Columns and rows of the grid that takes one point a cell."""


def thin_points(x: np.ndarray, y: np.ndarray, cells: tuple[int, int] = CELLS) -> np.ndarray:
    """Return which points to draw: all of few, else one in every cell of a grid over their range.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        Finite, on the scale in which they are drawn (logarithms on a logarithmic axis).

    Returns
    -------
    ndarray of intp, ascending
    """
    n = len(x)
    if n <= MOST_POINTS:
        return np.arange(n)
    columns, rows = cells
    code = _cell(x, columns).astype(np.int32)
    code *= rows
    code += _cell(y, rows)
    first = np.full(columns * rows, n, dtype=np.int64)
    # the first point of each cell: assignment from the end leaves the earliest
    first[code[::-1]] = np.arange(n - 1, -1, -1)
    return np.sort(first[first < n])


def _cell(values: np.ndarray, count: int) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return np.zeros(len(values), dtype=np.int16)
    place = (values - low) * ((count - 1) / (high - low))
    return place.astype(np.int16)


def thin_line(x: np.ndarray, y: np.ndarray, columns: int = CELLS[0]) -> np.ndarray:
    """Return which points of a line to draw: first, lowest, highest and last of each column of the picture.

    Only for x in ascending order without gaps; another line is drawn as it is.
    """
    n = len(x)
    if n <= MOST_POINTS or not np.all(x[1:] >= x[:-1]):
        return np.arange(n)
    column = _cell(x, columns).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    ends = np.r_[starts[1:], n] - 1
    order = np.lexsort((y, column))  # within a column by height
    return np.unique(np.concatenate([starts, ends, order[starts], order[ends]]))
