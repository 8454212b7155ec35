"""A dataset as a sheet of a workbook."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.files.excel.ranges import CellRange
from xmixed.data.files.extras import require_package
from xmixed.data.value_labels import double_of, value_label_texts
from xmixed.errors import StataError
from xmixed.formats import format_values, is_date_format
from xmixed.missing import is_missing, missing_name

_ILLEGAL = re.compile("[\000-\010\013\014\016-\037]")
_ROWS, _COLUMNS = 1_048_576, 16_384
_EPOCH = datetime.datetime(1960, 1, 1)


@dataclass(frozen=True, slots=True)
class SheetWriting:
    """The options of a writer.

    Attributes
    ----------
    sheet : str
    corner : CellRange
        Its first row and column are where the upper left cell goes.
    heads : str
        What the first row holds: "", "variables" or "varlabels".
    labels : bool
        Whether labelled values are written as their labels.
    missing : str or None
        Text for missing values; None leaves `.` empty and writes `.a` as it is.
    day_format : str
        Display format in which dates are written as text; "" as dates.
    keep_formats : bool
        Whether cells that are there keep their number formats.
    """

    sheet: str = "Sheet1"
    corner: CellRange = CellRange()
    heads: Literal["", "variables", "varlabels"] = ""
    labels: bool = True
    missing: str | None = None
    day_format: str = ""
    keep_formats: bool = False


def write_excel(data: Dataset, writing: SheetWriting, old: bytes | None = None, how: str = "") -> bytes:
    """Return a workbook as bytes.

    Parameters
    ----------
    old : bytes, optional
        A workbook that keeps its other sheets.
    how : str
        What happens to a sheet of this name in it: "modify" (other cells stay), "replace", "" (an error).

    Raises
    ------
    StataError
        r(601) openpyxl is not installed; r(602) the sheet is there; r(603) no workbook; r(901) too many
        rows or columns.
    """
    require_package("openpyxl", "excel", "workbooks")
    import openpyxl

    corner = writing.corner
    rows = data.n_obs + bool(writing.heads) + corner.first_row - 1
    if rows > _ROWS or len(data.variables) + corner.first_column - 1 > _COLUMNS:
        raise StataError(901, "no room to add more observations", hint=f"a sheet has {_ROWS} rows")
    if old is None:
        book = openpyxl.Workbook()
        page = book.worksheets[0]
        page.title = writing.sheet
    else:
        book, page = opened_sheet(old, writing.sheet, how)
    for place, variable in enumerate(data, start=corner.first_column):
        cells = _heading(variable, writing.heads) + cells_of(data, variable, writing)
        for row, value in enumerate(cells, start=corner.first_row):
            cell = page.cell(row, place)
            shown = cell.number_format
            cell.value = value
            if writing.keep_formats and old is not None:
                cell.number_format = shown
            if isinstance(value, str):
                cell.data_type = "s"  # `=1+1` is text here, no formula
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def table_of(data: Dataset, writing: SheetWriting) -> list[list[Any]]:
    """Return the rows of a sheet as Python values."""
    columns = [_heading(variable, writing.heads) + cells_of(data, variable, writing) for variable in data]
    return [list(row) for row in zip(*columns, strict=True)]


def opened_sheet(old: bytes, name: str, how: str) -> tuple[Any, Any]:
    """Return an old workbook and its sheet of a name; raises StataError r(602), r(603)."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(old))
    except Exception as error:  # of a damaged file, openpyxl and the parsers below it raise anything
        raise StataError(603, "file could not be loaded", hint=type(error).__name__) from None
    if name not in book.sheetnames:
        return book, book.create_sheet(name)
    if not how:
        raise StataError(602, f"worksheet {name} already exists")
    if how == "modify":
        return book, book[name]
    place = book.sheetnames.index(name)
    book.remove(book[name])
    return book, book.create_sheet(name, place)


def _heading(variable: Variable, heads: str) -> list[Any]:
    if not heads:
        return []
    return [legal_text(variable.label or variable.name) if heads == "varlabels" else variable.name]


def legal_text(text: str) -> str:
    """Return a text without the characters that no workbook holds."""
    return _ILLEGAL.sub("", text)


def cells_of(data: Dataset, variable: Variable, writing: SheetWriting) -> list[Any]:
    """Return the cells of a variable as Python values."""
    if variable.is_string:
        return [
            legal_text(text) if isinstance(text, str) else text.hex() for text in variable.values.tolist()
        ]
    doubles = variable.to_double()
    different, places = np.unique(doubles, return_inverse=True)
    texts = value_label_texts(data, variable) if writing.labels else {}
    by_value = {double_of(code): legal_text(text) for code, text in texts.items()}
    found = _values(different, variable, writing)
    for place, value in enumerate(different.tolist()):
        if value in by_value:
            found[place] = by_value[value]
    cells = np.empty(len(found), dtype=object)
    cells[:] = found
    return cells[places].tolist()


def _values(doubles: np.ndarray, variable: Variable, writing: SheetWriting) -> list[Any]:
    missing = is_missing(doubles)
    found: list[Any] = [
        None if out else _moment_or_number(value, variable.format, writing)
        for value, out in zip(doubles.tolist(), missing.tolist(), strict=True)
    ]
    for place in np.flatnonzero(missing).tolist():
        name = missing_name(float(doubles[place]))
        found[place] = writing.missing if writing.missing is not None else None if name == "." else name
    return found


def _moment_or_number(value: float, shown: str, writing: SheetWriting) -> Any:
    if not is_date_format(shown):
        return int(value) if value == int(value) and abs(value) < 2**53 else value
    if writing.day_format:
        return _text_of([value], writing.day_format)
    unit = shown.lstrip("%-")[:2]
    try:
        if unit in ("td", "d"):
            return (_EPOCH + datetime.timedelta(days=value)).date()
        if unit == "tc":
            return _EPOCH + datetime.timedelta(milliseconds=value)
    except OverflowError:
        pass
    return _text_of([value], shown)


def _text_of(values: Sequence[float], shown: str) -> str:
    return format_values(values, shown)[0].strip()
