"""Blocks of cells as users write them: A1:B9."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from xmixed.errors import StataError

_CORNER = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class CellRange:
    """First and last column and row of a block, from 1; None where it goes to the end."""

    first_column: int = 1
    first_row: int = 1
    last_column: int | None = None
    last_row: int | None = None


def column_letters(number: int) -> str:
    """Return the letters of a column from 1: A, ..., Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def parse_range(text: str) -> CellRange | None:
    """Return the block that `[A1][:B2]` means; None where it means none."""
    first, _, last = (part.strip() for part in text.partition(":"))
    corners = [_CORNER.fullmatch(part) if part else None for part in (first, last)]
    if not (first or last) or any(
        part and not corner for part, corner in zip((first, last), corners, strict=True)
    ):
        return None
    start, end = corners
    found = CellRange()
    if start:
        found = replace(found, first_column=_column_number(start[1]), first_row=int(start[2]))
    if end:
        found = replace(found, last_column=_column_number(end[1]), last_row=int(end[2]))
        if _column_number(end[1]) < found.first_column or int(end[2]) < found.first_row:
            return None
    return found


def no_such_sheet(name: str) -> StataError:
    """Return the r(601) error of a sheet that a workbook does not have."""
    return StataError(601, f"worksheet {name} not found")
