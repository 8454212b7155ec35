"""How a delimited file is to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
