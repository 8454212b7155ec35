"""Columns of regular files, read by pandas."""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xmixed.data.files.delimited.columns import (
    Column,
    Texts,
    column_of_doubles,
    column_of_integers,
    column_of_texts,
    string_column,
)
from xmixed.data.files.delimited.options import EVERY, Reading

if TYPE_CHECKING:
    import pandas


_SAMPLE = 1000


def has_regular_quotes(content: bytes, separator: str) -> bool:
    """Return whether double quotes stand around whole cells only, and none spans lines.

    Parameters
    ----------
    content : bytes
        UTF-8, lines end with `\\n`.
    """
    if b'"' not in content:
        return True
    cells = np.frombuffer(content, dtype=np.uint8)
    quotes = np.flatnonzero(cells == ord('"'))
    if len(quotes) % 2:
        return False
    edges = np.zeros(256, dtype=bool)
    edges[[ord(separator), ord("\n")]] = True
    opening, closing = quotes[::2], quotes[1::2]
    before = edges[cells[opening - 1]] | (opening == 0)
    after = edges[cells[(closing + 1) % len(cells)]] | (closing == len(cells) - 1)
    if not (before.all() and after.all()):
        return False
    lines = np.flatnonzero(cells == ord("\n"))
    return bool(np.array_equal(np.searchsorted(lines, opening), np.searchsorted(lines, closing)))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a regular file.

    Attributes
    ----------
    content : bytes
        UTF-8.
    begin, skip : int
        Where the rows begin, behind the names: the byte, and the number of lines before it.
    path : Path or None
        A file that holds the same; pandas reads files faster than bytes.
    """

    content: bytes
    begin: int
    skip: int
    path: Path | None = None

    def has_empty_lines(self) -> bool:
        return self.content.find(b"\n\n", max(0, self.begin - 1)) >= 0

    def without_empty_lines(self) -> Rows:
        return Rows(re.sub(rb"\n\n+", b"\n", self.content[self.begin :]).lstrip(b"\n"), 0, 0)


def read_table(rows: Rows, separator: str, reading: Reading) -> list[Column] | None:
    """Return the columns of a file whose rows have as many cells as the first; None where they have not."""
    import pandas as pd

    typed = reading.string_columns
    kinds: Any = str if EVERY in typed or not reading.plain_numbers else {place - 1: str for place in typed}
    try:
        frame = _frame(rows, separator, kinds)
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    if _may_have_empty_lines(frame) and rows.has_empty_lines():
        return read_table(rows.without_empty_lines(), separator, reading)
    columns: dict[int, Any] = {int(place): frame[place] for place in frame.columns}
    again = [place for place, column in columns.items() if _is_doubtful(column)]
    texts = _frame(rows, separator, str, again) if again else frame
    columns |= {place: texts[place] for place in again}
    return [_column(column, place + 1, reading) for place, column in columns.items()]


def _frame(rows: Rows, separator: str, kinds: Any, columns: list[int] | None = None) -> pandas.DataFrame:
    import pandas as pd

    # numbers are rounded correctly from pandas 3.1 on; before that only when asked for
    release = tuple(int(part) for part in pd.__version__.split(".")[:2])
    exactly: dict[str, Any] = {} if release >= (3, 1) else {"float_precision": "round_trip"}
    stream = io.BytesIO(rows.content)
    stream.seek(rows.begin)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # `_is_doubtful` looks at such columns
        read: Any = pd.read_csv  # its overloads do not know all that it takes
        return read(
            rows.path or stream,
            sep=separator,
            header=None,
            skiprows=rows.skip if rows.path else 0,
            dtype=kinds,
            usecols=columns,
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=False,
            quoting=csv.QUOTE_MINIMAL,
            encoding="utf-8",
            compression=None,
            **exactly,
        )


def _may_have_empty_lines(frame: pandas.DataFrame) -> bool:
    """Return whether some row has missing cells only."""
    empty = np.ones(len(frame), dtype=bool)
    for place in frame:
        empty &= frame[place].isna().to_numpy()
        if not empty.any():
            return False
    return True


def _is_doubtful(column: pandas.Series) -> bool:
    """Return whether pandas may have read more than numbers and text: `True`, `inf`, huge integers."""
    if column.dtype == object:
        return not set(map(type, column.tolist())) <= {str, float}
    if column.dtype.kind == "f":
        return bool(np.isinf(column.to_numpy()).any())
    return column.dtype.kind not in "iO"


def _column(column: pandas.Series, number: int, reading: Reading) -> Column:
    kind = column.dtype.kind
    if kind == "i":
        return column_of_integers(column.to_numpy())
    if kind == "f":
        return column_of_doubles(column.to_numpy(), reading.fractions)
    if not reading.string_columns.isdisjoint({number, EVERY}):
        return string_column(_texts(column))
    forced = not reading.numeric_columns.isdisjoint({number, EVERY})
    return column_of_texts(_texts(column), reading.fractions, forced, reading.number)


def _texts(column: pandas.Series) -> Texts:
    """Return strings, missing ones empty; equal strings are one object where many are equal."""
    import pandas as pd

    if len(column) > _SAMPLE and column.iloc[:_SAMPLE].nunique() > _SAMPLE // 2:
        texts = column.to_numpy(dtype=object)
        blank = column.isna().to_numpy()
        cells = np.where(blank, "", texts) if blank.any() else texts
        return Texts(cells, cells.tolist())
    codes, found = pd.factorize(column)
    different = [*found, ""]
    # the code of a missing one is -1
    return Texts(np.array(different, dtype=object)[codes], different)
