"""putdocx: what the documents hold, read back by python-docx."""

from __future__ import annotations

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH

from xmixed.interpreter.session import Session


@pytest.fixture
def report(pigs: Session, folder) -> Session:
    pigs.run("putdocx begin, pagesize(A4) landscape font(Arial, 10)")
    return pigs


def read(name: str = "report.docx"):
    return docx.Document(name)


def test_text(report: Session) -> None:
    report.run('putdocx paragraph, style(Heading1) halign(center)\nputdocx text ("Weights")')
    report.run("putdocx paragraph, font(Courier, 8, red)\nquietly summarize weight")
    report.run(
        'putdocx text ("mean "), bold italic\nputdocx text (r(mean)), nformat(%5.2f) underline linebreak'
    )
    report.run(
        'putdocx text ("2"), script(super) font(Arial, 9, "0 0 255") strikeout allcaps smallcaps linebreak(2)'
    )
    text = report.run("putdocx save report")
    assert text.replace("\n> ", "").rstrip().endswith('report.docx"')
    found = read()
    title, second = found.paragraphs
    assert (title.text, title.style.name, title.alignment) == (
        "Weights",
        "Heading 1",
        WD_ALIGN_PARAGRAPH.CENTER,
    )
    runs = [run for run in second.runs if run.text.strip()]
    assert [run.text.strip() for run in runs] == ["mean", "23.50", "2"]
    assert (runs[0].bold, runs[0].italic, runs[1].underline, runs[2].font.superscript) == (True,) * 4
    assert (runs[0].font.name, runs[0].font.size.pt, str(runs[0].font.color.rgb)) == ("Courier", 8, "FF0000")
    assert (runs[2].font.name, str(runs[2].font.color.rgb)) == ("Arial", "0000FF")
    section = found.sections[0]
    assert section.page_width.inches > section.page_height.inches == pytest.approx(8.27, abs=0.01)
    assert found.styles["Normal"].font.name == "Arial"


def test_tables_of_data_and_matrices(report: Session) -> None:
    report.run("putdocx table a = data(name sex weight) in 1/2, varnames obsno border(all, nil) title(Pigs)")
    report.run("matrix A = (1, 2.5 \\ 3, 4)\nmatrix rownames A = x y")
    report.run('putdocx table b = matrix(A), rownames colnames nformat(%4.1f) note("of A") headerrow(1)')
    assert report.run("putdocx describe").split("\n")[1:4] == ["  No. of tables    : 2", "    a", "    b"]
    report.run("putdocx save report.docx, nomsg")
    found = read()
    texts = [[[cell.text for cell in row.cells] for row in table.rows] for table in found.tables]
    assert texts[0][0] == ["", "name", "sex", "weight"]
    shown = report.run("list name sex weight in 1/2, noobs clean noheader").split()
    assert [cell for row in texts[0][1:] for cell in row[1:]] == shown
    assert [row[0] for row in texts[0][1:]] == ["1", "2"]
    assert texts[1] == [["", "c1", "c2"], ["x", "1.0", "2.5"], ["y", "3.0", "4.0"]]
    assert [paragraph.text for paragraph in found.paragraphs] == ["Pigs", "of A"]


def test_coefficients(report: Session) -> None:
    report.run("regress weight week\nputdocx table t = etable, level(90)\nputdocx save report, replace")
    rows = [[cell.text for cell in row.cells] for row in read().tables[0].rows]
    assert rows[0] == ["weight", "Coef.", "Std. Err.", "t", "P>|t|", "[90% Conf.", "Interval]"]
    assert [row[0] for row in rows[1:]] == ["week", "_cons"]
    assert float(rows[1][1]) == pytest.approx(report.e["b"].values[0, 0], rel=1e-6)


def test_cells(report: Session) -> None:
    report.run("putdocx table t = (3, 2)")
    report.run('putdocx table t(1,1) = ("Both"), colspan(2) bold halign(center) shading(lightgray)')
    report.run('putdocx table t(2,1) = ("a")\nputdocx table t(2,1) = ("b"), append linebreak')
    report.run("putdocx table t(2,.), italic\nputdocx table t(2,.), halign(right)")
    report.run(
        "putdocx table t(3,1/2), halign(right)\nputdocx table t(2,2) = (1/3), nformat(%6.3f) rowspan(2)"
    )
    report.run("putdocx save report")
    table = read().tables[0]
    assert table.cell(0, 0).text == table.cell(0, 1).text == "Both"
    assert table.cell(1, 0).text.strip() == "ab" and table.cell(1, 1).text == table.cell(2, 1).text == "0.333"
    assert all(run.italic for run in table.cell(1, 0).paragraphs[0].runs)
    assert table.cell(0, 0).paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert 'w:fill="D3D3D3"' in table.cell(0, 0)._tc.xml


def test_pictures_breaks_and_appending(report: Session) -> None:
    report.run("twoway scatter weight week\ngraph export picture.png")
    report.run("putdocx paragraph\nputdocx image picture.png, width(3in) height(5cm) linebreak")
    report.run("putdocx pagebreak\nputdocx sectionbreak\nputdocx paragraph\nputdocx save report")
    found = read()
    assert found.inline_shapes[0].width.inches == pytest.approx(3, abs=0.01)
    assert found.inline_shapes[0].height.cm == pytest.approx(5, abs=0.01)
    assert len(found.sections) == 2
    report.run('putdocx begin\nputdocx paragraph\nputdocx text ("more")\nputdocx save report, append')
    assert read().paragraphs[-1].text == "more" and len(read().inline_shapes) == 1


def test_refusals(report: Session, refused) -> None:
    assert refused(report, "putdocx begin")[0] == 110
    assert refused(report, 'putdocx text ("x")')[0] == 198
    report.run("putdocx paragraph")
    assert refused(report, 'putdocx text "x"')[0] == 198
    assert refused(report, "putdocx image gone.png")[0] == 601
    assert refused(report, "putdocx table t(1,1) = (3)") == (111, "table t not found")
    report.run("putdocx table t = (2, 2)")
    assert refused(report, "putdocx table t = (2, 2)")[0] == 110
    assert refused(report, "putdocx table t(3,1) = (3)")[0] == 125
    assert refused(report, "putdocx table t(.,1) = (3)")[0] == 198
    assert refused(report, "putdocx table u = returnset")[0] == 198
    assert refused(report, "putdocx table u = (2, 2), border(top)")[0] == 198
    assert refused(report, "putdocx table u = (2, 2), width(4)")[0] == 198
    assert refused(report, "putdocx textfile notes.txt")[0] == 198
    assert refused(report, "putdocx paragraph, font(Arial, 10, nocolor)")[0] == 198
    report.run("putdocx save report\nputdocx begin")
    assert refused(report, "putdocx save report")[0] == 602
    report.run("putdocx clear")
    assert refused(report, "putdocx paragraph")[0] == 111
