"""What `stem` prints: digits of values, lines by their leading ones."""

from __future__ import annotations

import numpy as np

from xmixed.output import Line, line
from xmixed.render.text import result

_MARKS = {1: "*", 2: "*.", 5: "*tfs."}
"""Behind a stem, by lines for each of them: which of its lines it is."""
_STEMS, _LINES = 50, 25
"""Stems, and lines, that an automatic choice has at most."""


def automatic_digits(values: np.ndarray) -> int:
    """Return the least number of digits in a leaf with which stems are few; `values` are whole numbers."""
    digits = 1
    while np.ptp(_bins(values, 10**digits)) + 1 > _STEMS:
        digits += 1
    return digits


def automatic_lines(values: np.ndarray, digits: int) -> int:
    """Return how many lines each stem has: as many as leave the plot short."""
    stems = int(np.ptp(_bins(values, 10**digits))) + 1
    return next((lines for lines in (5, 2) if stems * lines <= _LINES), 1)


def _bins(values: np.ndarray, width: int) -> np.ndarray:
    """Return the line of each value: 0 begins at zero, -1 holds what is just below it."""
    return np.where(values < 0, -(np.abs(values) // width) - 1, values // width)


def render_stems(values: np.ndarray, digits: int, lines: int, linesize: int) -> list[Line]:
    """Return a plot of whole numbers, ascending.

    Parameters
    ----------
    values : ndarray of int, shape (n,)
    digits : int
        In a leaf.
    lines : int
        For each stem: 1, 2 or 5.
    """
    width = 10**digits // lines
    bins = _bins(values, width)
    first, last = int(bins.min()), int(bins.max())
    heads = [_head(place, digits, lines) for place in range(first, last + 1)]
    margin = max(len(head) for head in heads) + 2
    shown = []
    for place, head in zip(range(first, last + 1), heads, strict=True):
        leaves = np.sort(np.abs(values[bins == place]) % 10**digits).tolist()
        between = "" if digits == 1 else ","
        text, room = between.join(f"{leaf:0{digits}d}" for leaf in leaves), linesize - margin - 3
        if len(text) > room:
            count = f" ... ({len(leaves)})"
            text = text[: room - len(count)] + count
        shown.append(line(f"{head:>{margin}} | ", result(text)))
    return shown


def _head(place: int, digits: int, lines: int) -> str:
    own = place if place >= 0 else -place - 1
    return f"{'-' if place < 0 else ''}{own // lines}{_MARKS[lines][own % lines] * digits}"
