"""How a delimited file is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from xmixed.formats.reading import number_or_none

EVERY = -1
"""Stands for all columns in lists of them."""


@dataclass(frozen=True, slots=True)
class Separators:
    """What stands between cells.

    Attributes
    ----------
    characters : str
        Each of them separates; "" for a tab where the first line has one, else a comma.
    collapse : bool
        Several together are one.
    as_string : bool
        The characters are one separator, all of them together.
    """

    characters: str = ""
    collapse: bool = False
    as_string: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The options of a reader.

    Attributes
    ----------
    names_row : int or None
        Line that holds names, from 1; 0 none; None the first line if it holds no number.
    case : str
        preserve, lower or upper.
    rows, columns : (int, int or None)
        First and last line and column to read, from 1.
    bind : str
        What is between double quotes: one cell (loose), also over lines (strict), as it is (nobind).
    strip : str
        Whether quotes that bind nothing go too (yes), all stay (no), or only those that bind go (default).
    string_columns, numeric_columns : frozenset of int
        Columns from 1 that hold strings, or numbers; `EVERY` all.
    fractions : str
        Storage type of columns with fractions.
    encoding : str
    decimal, thousands : str
        The decimal point, and the characters that may part thousands.
    """

    separators: Separators = Separators()
    names_row: int | None = None
    case: str = "lower"
    rows: tuple[int, int | None] = (1, None)
    columns: tuple[int, int | None] = (1, None)
    bind: Literal["strict", "loose", "nobind"] = "loose"
    strip: Literal["yes", "no", "default"] = "default"
    string_columns: frozenset[int] = frozenset()
    numeric_columns: frozenset[int] = frozenset()
    fractions: str = "float"
    encoding: str = ""
    decimal: str = "."
    thousands: str = ""

    @property
    def plain_numbers(self) -> bool:
        """Whether numbers are written as everywhere in Stata."""
        return self.decimal == "." and not self.thousands

    def number(self, cell: str) -> float | None:
        """Return the number that a cell is; None where it is none."""
        if self.plain_numbers:
            return number_or_none(cell)
        text = cell.strip()
        if len(text) < 3 and text.startswith("."):  # a missing value
            return number_or_none(text)
        for mark in self.thousands:
            text = text.replace(mark, "")
        if self.decimal != "." and "." in text:
            return None
        return number_or_none(text.replace(self.decimal, "."))
