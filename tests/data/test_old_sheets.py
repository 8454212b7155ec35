"""Workbooks of the format before 2007, written by xlwt, and sheets as XML."""

from __future__ import annotations

import datetime
import io

import pytest

from xmixed.data.files import extras
from xmixed.data.files.content import Content
from xmixed.data.files.excel.ranges import CellRange
from xmixed.data.files.excel.reader import read_excel, sheet_ranges
from xmixed.data.files.excel.xml_format import write_xml
from xmixed.errors import StataError
from xmixed.missing import CODES, MISSING

pytest.importorskip("xlrd")
xlwt = pytest.importorskip("xlwt")

ROWS = [
    ["id", "name", "day", "moment", "flag"],
    [1, "é 漢 <&>", datetime.date(2009, 4, 13), datetime.datetime(2009, 4, 13, 1, 2, 3), 1.5],
    [2, "", datetime.date(1961, 1, 1), datetime.datetime(2009, 4, 14), -1e300],
    [300, "x", None, None, ".a"],
]


def old_workbook() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("Pigs")
    day, time = xlwt.easyxf(num_format_str="DD.MM.YYYY"), xlwt.easyxf(num_format_str="DD.MM.YYYY hh:mm:ss")
    for row, cells in enumerate(ROWS):
        for column, value in enumerate(cells):
            if isinstance(value, datetime.datetime):
                page.write(row, column, value, time)
            elif isinstance(value, datetime.date):
                page.write(row, column, value, day)
            elif value is not None:
                page.write(row, column, value)
    other = book.add_sheet("Other")
    other.write(2, 1, True)
    other.write(3, 1, xlwt.Formula("1/0"))
    other.write(4, 1, datetime.time(6, 30), xlwt.easyxf(num_format_str="hh:mm"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("raw", [old_workbook(), write_xml(ROWS, "Pigs")], ids=["xls", "xml"])
def test_a_sheet_comes_back(raw: bytes):
    data = read_excel(Content(raw), "Pigs", first_row=True).dataset
    assert data.names == ROWS[0]
    assert data["id"].type == "int" and data["id"].values.tolist() == [1, 2, 300]
    assert data["name"].values.tolist() == ["é 漢 <&>", "", "x"]
    assert data["day"].to_double().tolist() == [18000, 366, MISSING] and data["day"].format.startswith("%td")
    clock = 18000 * 86_400_000.0
    assert data["moment"].to_double().tolist() == [clock + 3_723_000, clock + 86_400_000, MISSING]
    assert data["moment"].format.startswith("%tc")
    assert data["flag"].to_double().tolist() == [1.5, -1e300, CODES[1]]
    part = read_excel(Content(raw), block=CellRange(2, 2, 3, 3), all_text=True).dataset
    assert part.names == ["B", "C"] and part["C"].values.tolist() == ["13apr2009", "01jan1961"]
    assert sheet_ranges(Content(raw))[0] == ("Pigs", "A1:E4")
    with pytest.raises(StataError) as caught:
        read_excel(Content(raw), "None")
    assert (caught.value.code, caught.value.message) == (601, "worksheet None not found")


def test_other_cells_of_old_workbooks():
    data = read_excel(Content(old_workbook()), "Other").dataset
    assert data.names == ["A", "B"] and data.n_obs == 5
    assert data["A"].to_double().tolist() == [MISSING] * 5


def test_xml_with_gaps_and_other_kinds():
    raw = b"""<?xml version="1.0"?>
<s:Workbook xmlns:s="urn:schemas-microsoft-com:office:spreadsheet"><s:Worksheet s:Name="One"><s:Table>
<s:Row s:Index="2"><s:Cell s:Index="2"><s:Data s:Type="Number">2.5</s:Data></s:Cell>
<s:Cell><s:Data s:Type="Boolean">1</s:Data></s:Cell>
<s:Cell><s:Data s:Type="Error">#N/A</s:Data></s:Cell></s:Row>
<s:Row><s:Cell s:Index="4"><s:Data s:Type="Number">7</s:Data></s:Cell></s:Row>
</s:Table></s:Worksheet></s:Workbook>"""
    data = read_excel(Content(raw)).dataset
    assert data.n_obs == 3 and data["B"].to_double().tolist() == [MISSING, 2.5, MISSING]
    assert data["C"].to_double().tolist() == [MISSING, 1, MISSING]
    assert data["D"].to_double().tolist() == [MISSING, MISSING, 7]


@pytest.mark.parametrize(
    "raw",
    [
        b"<?xml version='1.0'?><a/>",
        b"<?xml version='1.0'?><a>",
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        write_xml([[1.0]]).replace(b">1.0<", b">x<"),
        write_xml([[1.0]]).replace(b"<Row>", b'<Row ss:Index="99999999">'),
        write_xml([[1.0]])[:-40],
        old_workbook()[:3000],
        old_workbook()[:600] + b"x" * 2000 + old_workbook()[2600:],
    ],
)
def test_damaged_files(raw: bytes):
    with pytest.raises(StataError) as caught:
        read_excel(Content(raw, name="x"))
    assert caught.value.code == 603 and caught.value.message == "file x could not be loaded"


def test_the_package_for_old_workbooks_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(StataError) as caught:
        read_excel(Content(old_workbook()))
    assert (caught.value.code, caught.value.hint) == (601, "pip install 'xmixed[xls]'")
    assert read_excel(Content(write_xml([[1.0]]))).dataset.n_obs == 1  # needs no package
