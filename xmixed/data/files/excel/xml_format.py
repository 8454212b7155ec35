"""Sheets as XML, the format of Excel 2002 and 2003 (SpreadsheetML), read and written."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from xmixed.data.files.content import Content
from xmixed.data.files.excel.ranges import CellRange, column_letters, no_such_sheet
from xmixed.data.files.memory import require_memory
from xmixed.errors import StataError

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_INDEX, _NAME, _TYPE = f"{{{_SPACE}}}Index", f"{{{_SPACE}}}Name", f"{{{_SPACE}}}Type"
_GROWTH = 4.0
"""How many times the size of the file its cells need in memory."""
_LARGEST = 1 << 20
"""Rows or columns beyond which no sheet goes, whatever a file says."""
_STYLES = {datetime.datetime: ("time", "yyyy\\-mm\\-dd hh:mm:ss"), datetime.date: ("day", "yyyy\\-mm\\-dd")}
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="{_SPACE}" xmlns:ss="{_SPACE}">
"""


def is_xml(raw: bytes) -> bool:
    """Return whether a file begins as XML."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:5] == b"<?xml"


def xml_sheet_ranges(file: Content) -> list[tuple[str, str]]:
    """Return the name and the range of cells of every sheet."""
    found = []
    for name, rows in _sheets(file):
        width = max([1, *map(len, rows)])
        found.append((name, f"A1:{column_letters(width)}{max(len(rows), 1)}"))
    return found


def xml_rows(file: Content, name: str, block: CellRange) -> list[list[Any]]:
    """Return the cells of a block as Python values; r(601) no such sheet, r(603) another kind of XML."""
    for title, rows in _sheets(file):
        if not name or title == name:
            chosen = [
                row[block.first_column - 1 : block.last_column]
                for row in rows[block.first_row - 1 : block.last_row]
            ]
            return _with_days(chosen)
    raise no_such_sheet(name)


def _sheets(file: Content) -> Iterator[tuple[str, list[list[Any]]]]:
    """Yield the names and rows of the sheets."""
    require_memory(_GROWTH * len(file.raw))
    if b"<!ENTITY" in file.raw:
        raise _not_loaded(file, "entities are not read")
    rows: list[list[Any]] = []
    known = False
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(file.raw), ("start", "end")):
            tag = element.tag.removeprefix(f"{{{_SPACE}}}")
            if event == "start":
                if tag == "Worksheet":
                    rows, known = [], True
            elif tag == "Row":
                _put(rows, element.get(_INDEX), _cells(element))
                element.clear()
            elif tag == "Worksheet":
                yield element.get(_NAME, ""), rows
                element.clear()
    except (ElementTree.ParseError, ValueError, OverflowError) as error:
        raise _not_loaded(file, str(error)) from None
    if not known:
        raise _not_loaded(file, "no sheets in it")


def _not_loaded(file: Content, why: str) -> StataError:
    return StataError(603, f"file {file.name} could not be loaded", hint=why)


def _put(places: list[Any], index: str | None, thing: Any) -> None:
    """Put a row, or a cell, behind those before it, or where its index (from 1) says."""
    place = len(places) if index is None else int(index) - 1
    if not len(places) <= place < _LARGEST:
        raise ValueError("an index out of order")
    filler = [] if isinstance(thing, list) else None
    places += [filler] * (place - len(places))
    places.append(thing)


def _cells(row: ElementTree.Element) -> list[Any]:
    cells: list[Any] = []
    for cell in row:
        if cell.tag == f"{{{_SPACE}}}Cell":
            _put(cells, cell.get(_INDEX), _value(cell.find(f"{{{_SPACE}}}Data")))
    return cells


def _value(data: ElementTree.Element | None) -> Any:
    text = "" if data is None else "".join(data.itertext())
    if data is None or not text:
        return None
    kind = data.get(_TYPE)
    if kind == "Number":
        return float(text)
    if kind == "Boolean":
        return bool(int(text))
    return datetime.datetime.fromisoformat(text) if kind == "DateTime" else text


def _with_days(rows: list[list[Any]]) -> list[list[Any]]:
    """Return rows with days in columns whose dates all begin at midnight."""
    timed = {
        place
        for row in rows
        for place, value in enumerate(row)
        if isinstance(value, datetime.datetime) and value.time() != datetime.time()
    }
    return [
        [
            value.date() if isinstance(value, datetime.datetime) and place not in timed else value
            for place, value in enumerate(row)
        ]
        for row in rows
    ]


def write_xml(rows: list[list[Any]], sheet: str = "Sheet1") -> bytes:
    """Return rows of Python values as a workbook of one sheet."""
    styles = "".join(
        f'<Style ss:ID="{name}"><NumberFormat ss:Format="{shown}"/></Style>'
        for name, shown in _STYLES.values()
    )
    lines = [f'{_HEAD}<Styles>{styles}</Styles>\n<Worksheet ss:Name="{escape(sheet)}"><Table>\n']
    lines += [f"<Row>{''.join(map(_cell, row))}</Row>\n" for row in rows]
    return ("".join(lines) + "</Table></Worksheet>\n</Workbook>\n").encode("utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return "<Cell/>"
    if isinstance(value, datetime.date):  # a datetime is one
        moment = value if isinstance(value, datetime.datetime) else datetime.datetime(*value.timetuple()[:3])
        text = moment.isoformat(timespec="milliseconds")
        return f'<Cell ss:StyleID="{_STYLES[type(value)][0]}"><Data ss:Type="DateTime">{text}</Data></Cell>'
    if isinstance(value, str):
        return f'<Cell><Data ss:Type="String">{escape(value)}</Data></Cell>'
    return f'<Cell><Data ss:Type="Number">{value!r}</Data></Cell>'
