"""Single cells of a workbook, and how they look."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xmixed.data.files.excel.ranges import CellRange
from xmixed.data.files.excel.writer import legal_text, opened_sheet
from xmixed.data.files.extras import require_package
from xmixed.errors import StataError


@dataclass(frozen=True, slots=True)
class Look:
    """How cells look; None leaves what they have."""

    bold: bool | None = None
    italic: bool | None = None
    underline: bool | None = None
    across: str | None = None
    wraps: bool | None = None
    middle: bool | None = None
    number: str | None = None
    edge: str | None = None
    merged: bool = False


@dataclass(frozen=True, slots=True)
class PageCells:
    """Rows of values from the upper left cell of a block on; None leaves a cell as it is."""

    block: CellRange
    rows: Sequence[Sequence[float | str | None]] = ()
    formula: bool = False


def write_cells(
    cells: Sequence[PageCells], look: Look, sheet: str, old: bytes | None, how: str = "modify"
) -> bytes:
    """Return a workbook as bytes, with cells written into a sheet of an old one or a new one.

    Raises
    ------
    StataError
        r(601) openpyxl is not installed; r(603) no workbook.
    """
    require_package("openpyxl", "excel", "workbooks")
    import openpyxl

    if old is None:
        book = openpyxl.Workbook()
        page = book.worksheets[0]
        page.title = sheet
    else:
        book, page = opened_sheet(old, sheet, how)
    for part in cells:
        _fill(page, part)
        _dress(page, part, look)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(page: Any, part: PageCells) -> None:
    for down, row in enumerate(part.rows):
        for right, value in enumerate(row):
            if value is None:
                continue
            cell = page.cell(part.block.first_row + down, part.block.first_column + right)
            cell.value = legal_text(value) if isinstance(value, str) else value
            if isinstance(value, str):
                cell.data_type = "f" if part.formula else "s"


def _dress(page: Any, part: PageCells, look: Look) -> None:
    if look == Look():
        return
    from openpyxl.styles import Alignment, Border, Side

    block = part.block
    last_row = block.last_row or block.first_row + max(len(part.rows), 1) - 1
    width = max((len(row) for row in part.rows), default=1)
    last_column = block.last_column or block.first_column + width - 1
    for row in range(block.first_row, last_row + 1):
        for column in range(block.first_column, last_column + 1):
            cell = page.cell(row, column)
            cell.font = _font(cell.font, look)
            old = cell.alignment
            cell.alignment = Alignment(
                horizontal=look.across or old.horizontal,
                vertical="center" if look.middle else old.vertical,
                wrap_text=old.wrap_text if look.wraps is None else look.wraps,
            )
            if look.number is not None:
                cell.number_format = look.number
            if look.edge is not None:
                style: Any = look.edge
                side = Side(style=style)
                cell.border = Border(left=side, right=side, top=side, bottom=side)
    if look.merged:
        page.merge_cells(None, block.first_row, block.first_column, last_row, last_column)


def _font(old: Any, look: Look) -> Any:
    from copy import copy

    font = copy(old)
    font.b = old.b if look.bold is None else look.bold
    font.i = old.i if look.italic is None else look.italic
    if look.underline is not None:
        font.u = "single" if look.underline else None
    return font


def check_edge(style: str) -> str:
    """Return the style of a border; raises StataError r(198) for one that workbooks do not have."""
    styles = ("none", "thin", "medium", "thick", "dashed", "dotted", "double", "hair")
    if style not in styles:
        raise StataError(198, f"border style {style} not allowed", hint=f"styles are {', '.join(styles)}")
    return style
