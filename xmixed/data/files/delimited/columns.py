"""Variables made of columns of cells: numbers where all cells are, else strings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from xmixed.data.columns import string_type
from xmixed.data.dataset import DTYPES, LIMITS, from_double
from xmixed.data.operations.recode import narrowest_type
from xmixed.formats.reading import number_or_none
from xmixed.missing import FLOAT_MISSING, MISSING, is_missing

_EXACT = 2.0**53
_DIGITS = "whole numbers beyond 2^53 keep 15 to 16 digits"
_LOOK_AHEAD = 64


class Column(NamedTuple):
    """A column in its storage type, and what the user is to know of it (without the name)."""

    type: str
    values: np.ndarray
    notes: tuple[str, ...] = ()


class Texts(NamedTuple):
    """Cells, an object array of str, and each that occurs (some may stand there twice)."""

    cells: np.ndarray
    different: list[str]


def texts_of(cells: Sequence[str]) -> Texts:
    """Return cells as an array."""
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return Texts(array, list(set(cells)))


def column_of_texts(
    texts: Texts,
    fractions: str,
    forced: bool = False,
    number_of: Callable[[str], float | None] = number_or_none,
) -> Column:
    """Return cells as numbers if each is one or blank, else as strings.

    Parameters
    ----------
    forced : bool
        What is no number is missing.
    number_of : callable
        Reads a number; None for a text that is none.
    """
    memory: dict[str, float] = {}
    lost: set[str] = set()
    for cell in texts.different:
        number = number_of(cell) if cell.strip() else MISSING
        if number is None and not forced:
            return string_column(texts)
        if number is None or (number == MISSING and cell.strip() not in ("", ".")):
            lost.add(cell)
        memory[cell] = MISSING if number is None else number
    cells = texts.cells.tolist()
    column = column_of_doubles(np.array([memory[cell] for cell in cells], dtype=np.float64), fractions)
    if not lost:
        return column
    count = sum(cell in lost for cell in cells)
    what = "value that cannot be held is" if count == 1 else "values that cannot be held are"
    return column._replace(notes=(*column.notes, f"{count} {what} missing"))


def string_column(texts: Texts) -> Column:
    """Return cells as strings of the narrowest type."""
    return Column(string_type(np.array(texts.different, dtype=object)), texts.cells)


def column_of_doubles(values: np.ndarray, fractions: str) -> Column:
    """Return doubles, NaN or Stata's codes where they are missing, in the narrowest type that holds them.

    Whole numbers are byte, int, long, else double; numbers with fractions have the type asked for, double
    where they are beyond a float.
    """
    present = values
    if len(values) and not values.max() < MISSING:  # NaN included
        present = values[~is_missing(values)]
    largest = float(max(present.max(), -present.min())) if len(present) else 0.0
    if _has_fraction(present):
        kind = "float" if fractions == "float" and largest < float(FLOAT_MISSING) else "double"
    else:
        kind = narrowest_type(present)
    notes = () if kind != "double" or largest < _EXACT or _has_fraction(present) else (_DIGITS,)
    if present is values and kind in ("float", "double"):
        return Column(kind, values.astype(DTYPES[kind]), notes)
    coded = np.where(np.isnan(values), MISSING, values)
    return Column(kind, from_double(coded, kind), notes)


def _has_fraction(numbers: np.ndarray) -> bool:
    return any(
        bool(np.any(part != np.trunc(part))) for part in (numbers[:_LOOK_AHEAD], numbers[_LOOK_AHEAD:])
    )


def column_of_integers(values: np.ndarray) -> Column:
    """Return whole numbers, int64 and none missing, in the narrowest type that holds them."""
    low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
    for kind, (least, most) in LIMITS.items():
        if least <= low and high <= most:
            return Column(kind, values.astype(DTYPES[kind]))
    return column_of_doubles(values.astype(np.float64), "double")
