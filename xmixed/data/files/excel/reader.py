"""Sheets of a workbook as datasets."""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from xmixed.data.dataset import Dataset
from xmixed.data.files.content import Content
from xmixed.data.files.excel.cells import Column, column_of_cells
from xmixed.data.files.extras import require_package
from xmixed.data.files.imported import Imported, labelled_variable
from xmixed.data.files.memory import require_memory
from xmixed.data.names import names_of_headings
from xmixed.errors import StataError

_GROWTH = 8.0
"""How many times the size of its XML a sheet needs in memory."""
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
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


def sheet_ranges(file: Content) -> list[tuple[str, str]]:
    """Return the name and the range of cells of every sheet."""
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
        r(601) no such sheet, openpyxl is not installed; r(603) no workbook; r(909) it does not fit.
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
    with _workbook(file) as book:
        page = _sheet(book, sheet)
        page.reset_dimensions()
        found = page.iter_rows(block.first_row, block.last_row, block.first_column, block.last_column)
        rows = [[_value(cell) for cell in row] for row in found]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _sheet(book: Any, name: str) -> Any:
    if not name:
        return book.worksheets[0]
    for sheet in book.worksheets:
        if sheet.title == name:
            return sheet
    raise StataError(601, f"worksheet {name} not found")


def _value(cell: Any) -> Any:
    """Return the value of a cell; a day where its format shows no time of the day."""
    value = cell.value
    if isinstance(value, datetime.datetime) and not _shows_time(cell.number_format, value):
        return value.date()
    return value


def _shows_time(number_format: str, value: datetime.datetime) -> bool:
    return value.time() != datetime.time() or "h" in number_format.lower()


@contextmanager
def _workbook(file: Content) -> Iterator[Any]:
    """Open a workbook for reading."""
    require_package("openpyxl", "excel", "workbooks")
    import openpyxl

    if file.raw.startswith(_OLD_FORMAT):
        hint = "workbooks of the old format (.xls) are not read here: save it as .xlsx"
        raise StataError(603, f"file {file.name} could not be loaded", hint=hint)
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
