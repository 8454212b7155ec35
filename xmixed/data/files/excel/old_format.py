"""Workbooks of the format before 2007 (.xls), read by xlrd."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from xmixed.data.files.content import Content
from xmixed.data.files.excel.cells import shows_time
from xmixed.data.files.excel.ranges import CellRange, column_letters, no_such_sheet
from xmixed.data.files.extras import require_package
from xmixed.data.files.memory import require_memory
from xmixed.errors import StataError

OLD_FORMAT = b"\xd0\xcf\x11\xe0"
"""The bytes with which such files begin."""
_GROWTH = 20.0
"""How many times the size of the file its cells need in memory."""


def old_sheet_ranges(file: Content) -> list[tuple[str, str]]:
    """Return the name and the range of cells of every sheet."""
    with _workbook(file) as book:
        return [
            (sheet.name, f"A1:{column_letters(max(sheet.ncols, 1))}{max(sheet.nrows, 1)}")
            for sheet in book.sheets()
        ]


def old_rows(file: Content, name: str, block: CellRange) -> list[list[Any]]:
    """Return the cells of a block as Python values; r(601) no such sheet, xlrd is not installed."""
    with _workbook(file) as book:
        if name and name not in book.sheet_names():
            raise no_such_sheet(name)
        sheet = book.sheet_by_name(name) if name else book.sheet_by_index(0)
        last_row, last_column = block.last_row or sheet.nrows, block.last_column or sheet.ncols
        return [
            [_value(book, cell) for cell in sheet.row(row)[block.first_column - 1 : last_column]]
            for row in range(block.first_row - 1, min(last_row, sheet.nrows))
        ]


def _value(book: Any, cell: Any) -> Any:
    import xlrd

    value = cell.value
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return value or None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#VALUE!")
    return _moment(book, cell) if cell.ctype == xlrd.XL_CELL_DATE else None


def _moment(book: Any, cell: Any) -> datetime.date | datetime.time:
    """Return a day where the format of the cell shows no time of the day, a time where there is no day."""
    import xlrd

    found: datetime.datetime = xlrd.xldate_as_datetime(cell.value, book.datemode)
    if 0 <= cell.value < 1:
        return found.time()
    shown = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    return found if shows_time(shown, found) else found.date()


@contextmanager
def _workbook(file: Content) -> Iterator[Any]:
    require_package("xlrd", "xls", "workbooks of the old format (.xls)")
    import xlrd

    require_memory(_GROWTH * len(file.raw))
    try:
        # what it has to say of small flaws goes nowhere
        with xlrd.open_workbook(file_contents=file.raw, formatting_info=True, logfile=io.StringIO()) as book:
            yield book
    except (StataError, MemoryError):
        raise
    except Exception as error:  # of a damaged file, xlrd raises anything
        hint = f"no workbook: {type(error).__name__}"
        raise StataError(603, f"file {file.name} could not be loaded", hint=hint) from None
