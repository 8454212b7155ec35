"""putexcel: values, texts, formulas, matrices and their names in cells; sheets, formats, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import xmixed
from xmixed.errors import StataError

openpyxl = pytest.importorskip("openpyxl")


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> xmixed.Session:
    monkeypatch.chdir(tmp_path)
    session = xmixed.Session()
    session.run("sysuse hsb82\nkeep in 1/100\nmatrix M = (1, 2.5 \\ ., 4)\nmatrix colnames M = a b")
    return session


def page(name: str = "t.xlsx", sheet: str = "Sheet1") -> Any:
    return openpyxl.load_workbook(name)[sheet]


def values(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_script_of_later_editions(session: xmixed.Session) -> None:
    session.run("quietly summarize ses")
    text = session.run(
        'putexcel set t, replace sheet(one)\nputexcel A1 = "Mean (all)" B1 = r(mean) C1 = r(N) + 2 * (1 + 1)'
    )
    assert text.endswith("file t.xlsx saved\n")
    mean = session.r.scalars["mean"]
    session.run(
        'putexcel A2=matrix(M), names nformat(number_d2)\nputexcel A6:B6 = ("=1+1") C6=formula("=1+1")'
    )
    assert values(page(sheet="one")) == [
        ["Mean (all)", pytest.approx(mean), 104],
        [None, "a", "b"],
        ["r1", 1, 2.5],
        ["r2", None, 4],
        [None, None, None],
        ["=1+1", "=1+1", "=1+1"],
    ]
    assert page(sheet="one")["B3"].number_format == "0.00"
    assert [page(sheet="one")[name].data_type for name in ("A6", "C6")] == ["s", "f"]
    assert session.run("putexcel describe") == "  file: t.xlsx\n  sheet: one\n"
    session.run("putexcel clear")
    with pytest.raises(StataError, match="no workbook is set"):
        session.run("putexcel A1=1")


def test_script_of_release_13(session: xmixed.Session) -> None:
    session.run('putexcel A1=("x, y") B1=(2 == 2) C1=(.a) using t.xlsx, replace')
    session.run("putexcel A2=matrix(M, colnames) (D1)=matrix(M') using t, modify keepcellformat")
    assert values(page()) == [
        ["x, y", 1, ".a", 1, None],
        ["a", "b", None, 2.5, 4],
        [1, 2.5, None, None, None],
        [None, 4, None, None, None],
    ]
    session.run('putexcel B1=("other") using t, modify sheet(two)')
    assert values(page(sheet="two")) == [[None, "other"]] and page()["A1"].value == "x, y"
    session.run("putexcel A1=7 using t, modify sheet(Sheet1, replace)\nputexcel close\nputexcel save")
    assert values(page()) == [[7]]
    session.run(
        "putexcel set t, modify open sheet(two)\nputexcel A2=matrix(M), rownames\nputexcel C5=1, overwritefmt"
    )
    assert values(page(sheet="two"))[1] == ["r1", 1, 2.5]
    session.run("putexcel A9=matrix(M), colnames")
    assert values(page(sheet="two"))[8] == ["a", "b", None]


def test_formats(session: xmixed.Session) -> None:
    session.run(
        "putexcel set t, replace\nputexcel A1=1 B1=2\n"
        "putexcel A1:B1, bold italic underline hcenter border(all)"
    )
    session.run("putexcel A1, nobold right vcenter txtwrap border(all, double)\nputexcel A3:B4, merge left")
    sheet = page()
    first, second = sheet["A1"], sheet["B1"]
    assert (first.font.b, first.font.i, first.alignment.horizontal, first.alignment.vertical) == (
        False,
        True,
        "right",
        "center",
    )
    assert first.alignment.wrap_text and first.border.left.style == "double" and first.value == 1
    assert (second.font.b, second.font.u, second.alignment.horizontal) == (True, "single", "center")
    assert second.border.top.style == "thin" and str(sheet.merged_cells) == "A3:B4"


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("putexcel set old", 602, "file old.xlsx already exists"),
        ("putexcel set old.xls", 603, "could not be saved"),
        ("putexcel set old, modify sheet(a, b)", 198, "sheet"),
        ("putexcel nothing using old, modify", 198, "invalid cell name"),
        ("putexcel A1= using old, modify", 198, "invalid syntax"),
        ("putexcel B2:A1=1 using old, modify", 198, "invalid cell range"),
        ("putexcel A1=matrix(nosuch) using old, modify", 111, "nosuch"),
        ("putexcel A1=matrix(M, every) using old, modify", 198, "every not allowed"),
        ("putexcel A1=1 using old, modify border(top)", 198, "border"),
        ("putexcel A1=1 using old, modify border(all, wavy)", 198, "border style wavy"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.run("putexcel A1=1 using old, replace")
    with pytest.raises(StataError, match=message) as caught:
        session.run(line)
    assert caught.value.code == code
    assert values(page("old.xlsx")) == [[1]]
