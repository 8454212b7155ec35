"""esttab to .docx and .xlsx: what Word and Excel find in the files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    random = np.random.default_rng(5)
    x = random.normal(size=60)
    session = Session()
    session.use(pd.DataFrame({"y": 2 * x + random.normal(size=60), "x": x, "z": random.normal(size=60)}))
    session.run("eststo a: quietly regress y x\neststo b: quietly regress y x z")
    return session


def console(session: Session) -> list[list[str]]:
    """Return the words of each line that the console shows, rules and blank lines left out."""
    lines = session.run("esttab, se nogaps").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("-")]


def test_word(session: Session, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    session.run(f'esttab using "{tmp_path / "t.docx"}", se title(A title)')
    document = docx.Document(str(tmp_path / "t.docx"))
    (table,) = document.tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    shown = [[word for text in row for word in text.split()] for row in rows]
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert [*shown, *(text.split() for text in texts[1:])] == console(session)
    assert texts[0] == "A title"
    (raised,) = [run for run in table.cell(2, 1).paragraphs[0].runs if run.font.superscript]
    assert raised.text == "***"


def test_excel(session: Session, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    session.run(f'esttab using "{tmp_path / "t.xlsx"}", se coeflabels(x "=1+1")')
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    rows = [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    shown = [[word for text in row for word in text.split()] for row in rows]
    wanted = [["=1+1" if word == "x" else word for word in line] for line in console(session)]
    assert [row for row in shown if row] == wanted
    ruled = [[bool(cell.border.top.style) for cell in row] for row in sheet.iter_rows()]
    assert all(len(set(row)) == 1 for row in ruled) and sum(map(any, ruled)) == 4
    formula = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1")
    assert formula.data_type == "s"


def test_heads_over_several_columns_are_one_cell(session: Session, tmp_path: Path) -> None:
    docx, openpyxl = pytest.importorskip("docx"), pytest.importorskip("openpyxl")
    session.run("eststo c: quietly regress y z")
    for ending in ("docx", "xlsx"):
        session.run(
            f'esttab using "{tmp_path / "t"}.{ending}", se wide title(T) '
            'mtitles("A name of some length" "B" "C") mgroups("Both" "Alone", pattern(1 0 1))'
        )
    (table,) = docx.Document(str(tmp_path / "t.docx")).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["", *["Both"] * 4, *["Alone"] * 2]
    assert rows[1] == ["", "(1)", "(1)", "(2)", "(2)", "(3)", "(3)"]
    borders = [
        len(cell._tc.tcPr.findall(f"{{{cell._tc.nsmap['w']}}}tcBorders")) for cell in table.rows[0].cells
    ]
    assert borders == [1] * 7
    assert table.columns[0].width == pytest.approx(2 * table.columns[1].width, rel=1e-3)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert {str(span) for span in sheet.merged_cells.ranges} == {
        *("B2:E2", "F2:G2"),
        *(f"{a}{row}:{b}{row}" for row in (3, 4) for a, b in ("BC", "DE", "FG")),
    }
    assert sheet["B4"].value == "A name of some length" and sheet.column_dimensions["B"].width >= 21


def test_files_that_exist(session: Session, tmp_path: Path) -> None:
    pytest.importorskip("docx")
    path = tmp_path / "t.docx"
    session.run(f'esttab using "{path}"')
    with pytest.raises(StataError) as caught:
        session.run(f'esttab using "{path}"')
    assert caught.value.code == 602
    with pytest.raises(StataError, match="append not allowed"):
        session.run(f'esttab using "{path}", append')
    session.run(f'esttab using "{path}", replace')


@pytest.mark.parametrize(("ending", "library"), [("docx", "python-docx"), ("xlsx", "openpyxl")])
def test_without_the_library(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, "docx" if ending == "docx" else "openpyxl", None)
    with pytest.raises(StataError, match=f"files need {library}") as caught:
        session.run(f'esttab using "{tmp_path / "t"}.{ending}"')
    assert "pip install xmixed[" in caught.value.hint
    assert not list(tmp_path.iterdir())
