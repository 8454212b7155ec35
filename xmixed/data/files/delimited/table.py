"""Columns of regular files, read by pandas."""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

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
from xmixed.data.files.delimited.survey import has_empty_lines, most_cells

if TYPE_CHECKING:
    import pandas


_SAMPLE = 1000


@dataclass(frozen=True, slots=True, eq=False)
class LinesOfText:
    """Lines of a text in memory, UTF-8, from a byte on."""

    content: bytes
    begin: int = 0

    def open(self) -> BinaryIO:
        stream = io.BytesIO(self.content)
        stream.seek(self.begin)
        return stream

    def without_empty_lines(self) -> LinesOfText:
        return LinesOfText(re.sub(rb"\n\n+", b"\n", self.content[self.begin :]).lstrip(b"\n"))


@dataclass(frozen=True, slots=True, eq=False)
class LinesOfFile:
    """Lines of a file, UTF-8, behind some that are skipped."""

    path: Path
    skip: int

    def open(self) -> BinaryIO:
        stream = open(self.path, "rb")
        for _ in range(self.skip):
            stream.readline()
        return stream


Lines = LinesOfText | LinesOfFile


def read_table(lines: Lines, separator: str, reading: Reading) -> list[Column] | None:
    """Return the columns of regular lines; None where a fast reader would not read what stands there."""
    import pandas as pd

    typed = reading.string_columns
    kinds: Any = str if EVERY in typed or not reading.plain_numbers else {place - 1: str for place in typed}
    width: int | None = None
    try:
        try:
            frame = _frame(lines, separator, kinds)
        except pd.errors.ParserError:  # a line has more cells than the first one
            with lines.open() as stream:
                width = most_cells(stream, separator)
            frame = _frame(lines, separator, kinds, width)
    except (pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    if _may_have_empty_lines(frame):
        with lines.open() as stream:
            empty = has_empty_lines(stream)
        if empty:
            return (
                None
                if isinstance(lines, LinesOfFile)
                else read_table(lines.without_empty_lines(), separator, reading)
            )
    again: list[Any] = [place for place, column in frame.items() if _is_doubtful(column)]
    texts = _frame(lines, separator, str, width, again) if again else frame
    columns: list[Column] = []
    for place in list(frame.columns):
        read: Any = frame.pop(place)  # what is done is not needed again
        column: Any = texts[place] if place in again else read
        columns.append(_column(column, int(place) + 1, reading))
    return columns


def _frame(
    lines: Lines, separator: str, kinds: Any, width: int | None = None, columns: list[int] | None = None
) -> pandas.DataFrame:
    """Return the cells; with a width of lines that do not have as many cells each, at most that many."""
    import pandas as pd

    # numbers are rounded correctly from pandas 3.1 on; before that only when asked for
    release = tuple(int(part) for part in pd.__version__.split(".")[:2])
    exactly: dict[str, Any] = {} if release >= (3, 1) else {"float_precision": "round_trip"}
    on_disk = isinstance(lines, LinesOfFile)  # pandas reads files faster than streams
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.DtypeWarning)  # `_is_doubtful` looks at such columns
        read: Any = pd.read_csv  # its overloads do not know all that it takes
        return read(
            lines.path if on_disk else lines.open(),
            sep=separator,
            header=None,
            names=None if width is None else list(range(width)),
            index_col=None if width is None else False,
            skiprows=lines.skip if on_disk else 0,
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
