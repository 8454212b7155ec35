"""Sheets of a workbook as datasets."""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from xmixed.data.dataset import Dataset
from xmixed.data.files.content import Content
from xmixed.data.files.excel.cells import Column, column_of_cells, shows_time
from xmixed.data.files.excel.old_format import OLD_FORMAT, old_rows, old_sheet_ranges
from xmixed.data.files.excel.ranges import CellRange, column_letters, no_such_sheet
from xmixed.data.files.excel.xml_format import is_xml, xml_rows, xml_sheet_ranges
from xmixed.data.files.extras import require_package
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.files.memory import require_memory
from xmixed.data.names import names_of_headings
from xmixed.errors import StataError

_GROWTH = 8.0
"""How many times the size of its XML a sheet needs in memory."""


def sheet_ranges(file: Content) -> list[tuple[str, str]]:
    """Return the name and the range of cells of every sheet."""
    if file.raw.startswith(OLD_FORMAT):
        return old_sheet_ranges(file)
    if is_xml(file.raw):
        return xml_sheet_ranges(file)
    with _workbook(file) as book:
        return [(sheet.title, sheet.calculate_dimension(force=True)) for sheet in book.worksheets]


def read_excel(
    file: Content,
    sheet: str = "",
    block: CellRange | None = None,
    *,
    first_row: bool = False,
    case: str = "preserve",
    all_text: bool = False,
    names: list[str] | None = None,
) -> Imported:
    """Return the dataset in a sheet of a workbook.

    Parameters
    ----------
    sheet : str
        "" for the first.
    first_row : bool
        The first row holds names; they are the variable labels too.

    Raises
    ------
    StataError
        r(601) no such sheet, openpyxl (xlrd for old workbooks) is not installed; r(603) no workbook;
        r(909) it does not fit.
    """
    block = block or CellRange()
    rows = _rows(file, sheet, block)
    headings = [_heading(value) for value in rows.pop(0)] if first_row and rows else []
    width = max([len(headings), *map(len, rows)])
    table = [[row[place] if place < len(row) else None for row in rows] for place in range(width)]
    headings += [""] * (width - len(headings))
    letters = [column_letters(block.first_column + place) for place in range(width)]
    own = names_of_headings(headings, lambda place: letters[place], case)
    if names is not None:
        own[: len(names)] = names[:width]
    notes: list[str] = []
    variables = []
    for name, heading, cells in zip(own, headings, table, strict=True):
        column: Column = column_of_cells(cells, all_text)
        variable = labelled_variable(name, column.type, column.values, heading.strip(), notes)
        variables.append(replace(variable, format=column.format))
        notes += [f"(note: {name}: {text})" for text in column.notes]
    return Imported(Dataset(tuple(variables), len(rows) if width else 0, changed=True), tuple(notes))


def _heading(value: Any) -> str:
    from xmixed.data.files.excel.cells import cell_text

    return cell_text(value)


def _rows(file: Content, sheet: str, block: CellRange) -> list[list[Any]]:
    """Return the cells of a block as Python values, without empty rows and columns at its end."""
    if file.raw.startswith(OLD_FORMAT):
        rows = old_rows(file, sheet, block)
    else:
        rows = xml_rows(file, sheet, block) if is_xml(file.raw) else _rows_of_workbook(file, sheet, block)
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _rows_of_workbook(file: Content, sheet: str, block: CellRange) -> list[list[Any]]:
    with _workbook(file) as book:
        page = _sheet(book, sheet)
        page.reset_dimensions()
        found = page.iter_rows(block.first_row, block.last_row, block.first_column, block.last_column)
        return [[_value(cell) for cell in row] for row in found]


def _sheet(book: Any, name: str) -> Any:
    if not name:
        return book.worksheets[0]
    for sheet in book.worksheets:
        if sheet.title == name:
            return sheet
    raise no_such_sheet(name)


def _value(cell: Any) -> Any:
    """Return the value of a cell; a day where its format shows no time of the day."""
    value = cell.value
    if isinstance(value, datetime.datetime) and not shows_time(cell.number_format, value):
        return value.date()
    return value


@contextmanager
def _workbook(file: Content) -> Iterator[Any]:
    """Open a workbook for reading."""
    require_package("openpyxl", "excel", "workbooks")
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(file.raw)) as archive:
            require_memory(_GROWTH * sum(part.file_size for part in archive.infolist()))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which play no role here
            book = openpyxl.load_workbook(io.BytesIO(file.raw), read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()
    except (StataError, MemoryError):
        raise
    except Exception as error:  # of a damaged file, openpyxl and the parsers below it raise anything
        hint = f"no workbook: {type(error).__name__}"
        raise StataError(603, f"file {file.name} could not be loaded", hint=hint) from None
