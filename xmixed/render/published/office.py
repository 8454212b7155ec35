"""Published tables in the formats of word processors and spreadsheets, by python-docx and openpyxl."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any

from xmixed.errors import StataError
from xmixed.render.published.table import Cell, PublishedTable

# Inches between the margins of a page, and characters of a column.
_PAGE = 6.0
_NARROWEST, _WIDEST = 10, 40

EXTRAS = {"docx": "word", "xlsx": "excel"}


def needed(library: str, form: str) -> StataError:
    """Return the error for a format whose library is not installed."""
    return StataError(
        198,
        f".{form} files need {library}",
        hint=f"it comes with the extra: pip install xmixed[{EXTRAS[form]}]",
    )


def _lines(table: PublishedTable) -> Iterator[tuple[str, Sequence[Cell], bool]]:
    """Yield label, cells and whether a rule stands above, line by line."""
    heads = table.head_rows()
    for place, row in enumerate(heads):
        yield "", [Cell(text) for text in row], place == 0
    for section in table.sections():
        first = True
        for label, row in section:
            for place, cells in enumerate(((),) if row is None else row.lines):
                yield (label if place == 0 else ""), cells, first
                first = False


def docx_bytes(table: PublishedTable) -> bytes:
    """Return a Word document with the table: three rules, stars raised, notes below.

    Raises
    ------
    StataError
        r(198) without python-docx.
    """
    try:
        docx, text, oxml, names = map(import_module, ("docx", "docx.enum.text", "docx.oxml", "docx.oxml.ns"))
    except ModuleNotFoundError:
        raise needed("python-docx", "docx") from None
    document = docx.Document()
    if table.title:
        document.add_paragraph(table.title)
    lines = [line for line in _lines(table) if line[0] or line[1]]
    grid = document.add_table(rows=len(lines), cols=table.columns + 1)

    def ruled(row: int, side: str) -> None:
        for tc in dict.fromkeys(cell._tc for cell in grid.rows[row].cells):
            found = tc.get_or_add_tcPr()
            borders = found.find(names.qn("w:tcBorders"))
            if borders is None:
                borders = oxml.OxmlElement("w:tcBorders")
                found.append(borders)
            border = oxml.OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", "4"), ("color", "000000")):
                border.set(names.qn(f"w:{name}"), value)
            borders.append(border)

    _label_width(grid, docx.shared.Inches, table.columns)
    for place, spans in enumerate(table.head_spans()):
        for first, last in spans:
            grid.cell(place, first + 1).merge(grid.cell(place, last + 1))
    for place, (label, cells, above) in enumerate(lines):
        own = grid.rows[place].cells
        own[0].text = label
        for cell in own:
            cell.paragraphs[0].paragraph_format.space_after = 0
        for cell, found in zip(own[1:], cells, strict=False):
            if not found.text:
                continue  # where a head stands over several columns they are one cell
            paragraph = cell.paragraphs[0]
            paragraph.alignment = text.WD_ALIGN_PARAGRAPH.CENTER
            paragraph.add_run(found.text)
            if found.stars:
                paragraph.add_run(found.stars).font.superscript = True
        if above and not table.plain:
            ruled(place, "top")
    if lines and not table.plain:
        ruled(len(lines) - 1, "bottom")
    for note in table.notes:
        document.add_paragraph(note)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _label_width(grid: Any, inches: Callable[[float], int], columns: int) -> None:
    """Give the labels two columns' width of the six inches between the margins."""
    own = _PAGE / (columns + 2)
    for place, column in enumerate(grid.columns):
        width = inches(own if place else 2 * own)
        column.width = width
        for cell in column.cells:
            cell.width = width


def xlsx_bytes(table: PublishedTable) -> bytes:
    """Return a workbook with the table on its one sheet; every cell is text, as printed.

    Raises
    ------
    StataError
        r(198) without openpyxl.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Border, Side
        from openpyxl.utils import get_column_letter
    except ModuleNotFoundError:
        raise needed("openpyxl", "xlsx") from None
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    number, widths = 0, [_NARROWEST] * (table.columns + 1)

    def write(texts: Sequence[str], above: bool = False) -> None:
        nonlocal number
        number += 1
        missing = len(widths) - len(texts) if above else 0
        for column, text in enumerate([*texts, *[""] * missing], start=1):
            cell = sheet.cell(number, column, text)
            cell.data_type = "s"  # a text that begins with = is no formula
            if column > 1:
                cell.alignment = Alignment(horizontal="center", wrap_text="\n" in text)
            if above and not table.plain:
                cell.border = Border(top=Side(style="thin"))

    if table.title:
        write([table.title])
    head = number + 1
    for label, cells, above in _lines(table):
        texts = [label, *(cell.text + cell.stars for cell in cells)]
        write(texts, above)
        for place, text in enumerate(texts):
            widths[place] = max(widths[place], *(len(part) + 2 for part in text.split("\n")))
    for place, spans in enumerate(table.head_spans(), head):
        for first, last in spans:
            sheet.merge_cells(None, place, first + 2, place, last + 2)
    for place, note in enumerate(table.notes):
        write([note], place == 0)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(width, _WIDEST)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
