"""How Mata shows values: scalars plain, matrices in a box with numbers of rows and columns."""

from __future__ import annotations

import numpy as np

from xmixed.formats import format_values
from xmixed.render.text import printable

NUMBER = "%12.0g"
GAP = "   "
INVITATION = " mata (type end to exit) "


def opening_rule(linesize: int) -> str:
    """Return the line above a block of Mata."""
    left = max(0, linesize - len(INVITATION) - 5)
    return ("-" * left + INVITATION + "-" * 5)[:linesize]


def closing_rule(linesize: int) -> str:
    """Return the line below a block of Mata."""
    return "-" * linesize


def matrix_lines(values: np.ndarray, linesize: int) -> list[str]:
    """Return the lines of a value.

    Parameters
    ----------
    values : ndarray of float64 with missing codes or of str, shape (r, c)
        A scalar has one element, a void matrix has no lines. A symmetric matrix of numbers is shown as its
        lower triangle.
    linesize : int
        What is wider goes on below.
    """
    if values.size == 1:
        return [f"  {_cells(values)[0]}"]
    if not values.size:
        return []
    rows, columns = values.shape
    symmetric = rows == columns and values.dtype != object and bool(np.array_equal(values, values.T))
    cells = _cells(values)
    width = max((len(cell) for cell in cells), default=1)
    width = max(width, len(str(columns)))
    across = max(1, (linesize - len(str(rows)) - 7) // (width + len(GAP)))
    lines = ["[symmetric]"] if symmetric else []
    for first in range(0, columns, across):
        shown = range(first, min(first + across, columns))
        lines += _part(cells, shown, rows, columns, width, symmetric)
    return lines


def _part(cells: list[str], shown: range, rows: int, columns: int, width: int, symmetric: bool) -> list[str]:
    """Return the box around some of the columns; its right side is open where more follow."""
    last = shown.stop == columns
    label = len(str(rows)) + 2
    numbers = GAP.join(f"{column + 1:>{width}d}" for column in shown)
    edge = "-" * (len(numbers) + 4)
    border = " " * (label + 1) + "+" + (edge + "+" if last else edge)
    lines = [" " * (label + 4) + numbers, border]
    for row in range(rows):
        inside = ["" if symmetric and column > row else cells[row * columns + column] for column in shown]
        body = GAP.join(f"{cell:>{width}}" for cell in inside)
        line = f"{row + 1:>{label}d} |  {body}"
        lines.append(line + ("  |" if last else ""))
    return [*lines, border]


def _cells(values: np.ndarray) -> list[str]:
    if values.dtype == object:
        return [printable(str(item)) for item in values.ravel()]
    return [text.strip() for text in format_values(values.ravel(), NUMBER)]
