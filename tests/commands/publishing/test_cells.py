"""cells() with rows of several figures, brackets of the user, figures that share a cell, every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run("sysuse sleepstudy\neststo ols: quietly regress reaction days")
    session.run("eststo ri: quietly xtmixed reaction days || subject:, nolog")
    return session


def body(session: Session, command: str) -> list[list[str]]:
    """The lines of days and the one below it, in words."""
    lines = session.run(command).splitlines()
    start = next(i for i, text in enumerate(lines) if text.startswith("days"))
    return [text.split() for text in lines[start : start + 2]]


def figures(session: Session, name: str) -> dict[str, float]:
    session.run(f"quietly estimates restore {name}")
    b, V = session.e["b"].values[0, 0], session.e["V"].values[0, 0]
    return {"b": b, "se": V**0.5, "t": b / V**0.5}


def test_a_row_for_each_text_in_quotes(session: Session) -> None:
    found = body(session, 'esttab ols ri, cells("b(fmt(3)) se(par fmt(3))" "t(fmt(2)) p(fmt(3))") keep(days)')
    own, mixed = figures(session, "ols"), figures(session, "ri")
    expected = [f"{own['b']:.3f}", f"({own['se']:.3f})", f"{mixed['b']:.3f}", f"({mixed['se']:.3f})"]
    assert found[0] == ["days", *expected]
    assert found[1] == [f"{own['t']:.2f}", "0.000", f"{mixed['t']:.2f}", "0.000"]


def test_headings_of_several_rows(session: Session) -> None:
    lines = session.run('estout ols, cells("b se" "t p")').splitlines()
    assert any(text.split() == ["b/t", "se/p"] for text in lines)


def test_short_rows_leave_places_free(session: Session) -> None:
    found = body(session, 'esttab ols, cells("b(fmt(2)) t(fmt(2))" se(fmt(2) par([ ]))) keep(days)')
    own = figures(session, "ols")
    assert found == [["days", f"{own['b']:.2f}", f"{own['t']:.2f}"], [f"[{own['se']:.2f}]"]]


def test_brackets_of_an_interval(session: Session) -> None:
    command = 'esttab ols, cells(b ci(par("{" " to " "}") fmt(1))) keep(days)'
    assert body(session, command)[1][0].startswith("{") and body(session, command)[1][1] == "to"
    with pytest.raises(StataError, match="option par"):
        session.run("esttab ols, cells(b se(par(x)))")


def test_rows_keep_their_places_in_latex(session: Session, tmp_path: Path) -> None:
    session.run('esttab ols ri using t.tex, cells("b se" t) keep(days) nomtitles')
    lines = (tmp_path / "t.tex").read_text().splitlines()
    assert all(text.count("&") == 4 for text in lines if text.startswith(("days", "            &     ")))


BREAKS = {
    "html": "***<br>(",
    "md": "\\*\\*\\*<br>(",
    "rtf": "***\\line (",
    "csv": "***\n(",
    "tex": "*** (",
    "txt": "*** (",
}


@pytest.mark.parametrize("ending", BREAKS)
def test_figures_share_a_cell(session: Session, tmp_path: Path, ending: str) -> None:
    session.run(f"esttab ols ri using t.{ending}, onecell keep(days)")
    text = (tmp_path / f"t.{ending}").read_text()
    assert text.count(BREAKS[ending]) == 2


def test_figures_share_a_cell_of_office_files(session: Session, tmp_path: Path) -> None:
    docx, openpyxl = pytest.importorskip("docx"), pytest.importorskip("openpyxl")
    for ending in ("docx", "xlsx"):
        session.run(f"esttab ols ri using t.{ending}, onecell keep(days)")
    cells = [cell.text for row in docx.Document(tmp_path / "t.docx").tables[0].rows for cell in row.cells]
    assert sum("***\n(" in text for text in cells) == 2
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    shared = [cell for row in sheet.iter_rows() for cell in row if cell.value and "***\n(" in cell.value]
    assert len(shared) == 2 and all(cell.alignment.wrap_text for cell in shared)


OPTIONS = (
    "b(3) se(3) star(* .10 ** .05) label nogaps",
    "wide p compress noobs nonumbers nomtitles",
    'ci(2) plain mtitles("A" "B") title("A & B <c>") addnotes("a note, 5%")',
    'mgroups("first" "second", pattern(1 1)) order(_cons) coeflabels(days "Days_of & study")',
    'scalars("r2 R2" F) sfmt(3 1) ar2 aic bic obslast noconstant',
    "eform t(1) drop(_cons) rename(days day) noeqlines",
    'stats(N r2 ll, fmt(0 3 1) labels("Obs." "R2" "LL")) indicate("Constant = _cons") nostar',
    'refcat(days "Slopes", label(.)) transform(ln*: exp(@) exp(@)) noomitted nobaselevels nonotes',
    "unstack main(b 2) aux(se 2) brackets interaction(x) eqlabels(none) varwidth(25) modelwidth(15)",
)


@pytest.mark.parametrize("options", OPTIONS)
def test_every_option_in_every_format(session: Session, tmp_path: Path, options: str) -> None:
    """Each file has the figure, as the format writes it."""
    for ending in ("txt", "tex", "html", "csv", "md", "rtf"):
        session.run(f"esttab ols ri using t.{ending}, replace {options}")
        text = (tmp_path / f"t.{ending}").read_text()
        assert ("10.4" in text or "10.5" in text) or "eform" in options or "drop" in options, ending
        assert "nan" not in text.lower().replace("nano", "")
        if ending == "tex":
            depth = 0
            for mark, before in zip(text, " " + text, strict=False):
                depth += {"{": 1, "}": -1}.get(mark, 0) if before != "\\" else 0
                assert depth >= 0
            assert depth == 0
        if ending == "rtf":
            assert text.count("{") == text.count("}")
