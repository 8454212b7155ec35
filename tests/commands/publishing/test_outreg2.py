"""outreg2: tables that grow in a file; numbers against the models' own results."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run("sysuse sleepstudy, clear\ngenerate late = days > 4\nlabel variable late Late")
    session.run("quietly regress reaction days")
    return session


def rows(path: str) -> dict[str, list[str]]:
    """Return the cells of a file with tabs by the label of their row, of the first of that label."""
    found: dict[str, list[str]] = {}
    for line in Path(path).read_text().splitlines():
        label, *cells = line.split("\t")
        found.setdefault(label, cells)
    return found


def test_a_table_grows_by_a_column_with_each_call(session: Session) -> None:
    session.run(
        "outreg2 using t, replace ctitle(One) rdec(2) addstat(F test, e(F)) adec(1) addtext(Effects, No)"
    )
    session.run("quietly regress reaction days late")
    session.run('outreg2 using t, append ctitle(Two) addtext(Effects, Yes, "Of, more", 2) dec(3)')
    found = rows("t.txt")
    b = session.e.matrices["b"].values[0]
    assert found[""][:2] == ["(1)", "(2)"]
    assert found["days"] == ["10.467***", f"{b[0]:.3f}***"]
    assert found["late"] == ["", f"{b[1]:.3f}"]
    assert found["Observations"] == ["180", "180"]
    assert found["R-squared"] == ["0.286", "0.287"]
    assert found["Effects"] == ["No", "Yes"]
    assert found["Of, more"] == ["", "2"]
    assert found["F test"][1] == ""
    assert found["F test"][0].startswith("71.4")
    assert "Standard errors in parentheses" in found
    assert "* p<0.1, ** p<0.05, *** p<0.01" in found


def test_which_coefficients_and_figures(session: Session) -> None:
    session.run("quietly regress reaction days late\nestimates store a")
    session.run("outreg2 late using t, replace nor2 noobs tstat tdec(1) noaster nonotes")
    assert list(rows("t.txt")) == ["", "late", "Constant"]
    session.run("outreg2 [a] using t, replace drop(days) nocons pvalue pdec(2) bracket label title(Title)")
    found = Path("t.txt").read_text().splitlines()
    assert found[0] == "Title"
    assert any(line.startswith("\t[0.") for line in found)
    assert not any(line.startswith("days") for line in found)
    assert any(line.startswith("Late") for line in found)
    session.run("outreg2 using t, replace sortvar(late) keep(days late) nose e(rmse) adjr2 addnote(A, B)")
    assert list(rows("t.txt"))[1:5] == ["late", "days", "Observations", "R-squared"]
    assert {"Adj. R-squared", "rmse", "A", "B"} <= set(rows("t.txt"))
    session.run("outreg2 using t, replace se sdec(1) bdec(1) noparen alpha(0.001) symbol(+) level(90)")
    assert rows("t.txt")["days"] == ["9.6+"]
    session.run("outreg2 using t, replace ci eform")
    assert "Exponentiated coefficients; 95% confidence intervals in brackets" in rows("t.txt")


@pytest.mark.parametrize(
    ("typed", "path", "begins"),
    [
        ("t.doc", "t.doc", "{\\rtf1"),
        ("t, word", "t.rtf", "{\\rtf1"),
        ("t, excel", "t.xls", "\t(1)"),
        ("t, text", "t.txt", "\t(1)"),
        ("t, tex", "t.tex", "{\n\\def"),
        ("t, tex(fragment)", "t.tex", "          "),
        ("t.xlsx", "t.xlsx", "PK"),
    ],
)
def test_formats(session: Session, typed: str, path: str, begins: str) -> None:
    session.run(f"outreg2 using {typed}")
    assert Path(path).read_bytes().decode("latin-1").startswith(begins)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("outreg2", 100),
        ("outreg2 using t.pdf", 198),
        ("outreg2 using there.txt", 602),
        ("outreg2 using there.txt, append", 198),
        ("outreg2 using t, addtext(one)", 198),
        ("outreg2 using t, addstat(one, 1 +)", 198),
        ("outreg2 using t, alpha(small)", 198),
        ("outreg2 using t, symbol(*)", 198),
        ("outreg2 [nothing] using t", 111),
        ("outreg2 using t, replace append", 198),
        ("outreg2 using t, keep(nothing)", 111),
    ],
)
def test_refusals_leave_no_file(session: Session, line: str, code: int) -> None:
    Path("there.txt").write_text("mine")
    with pytest.raises(StataError) as found:
        session.run(line)
    assert found.value.code == code
    assert not Path("t.txt").exists()
    assert Path("there.txt").read_text() == "mine"


def test_outreg_is_the_same_table_with_stars_below(session: Session) -> None:
    session.run("quietly regress reaction days late")
    session.run(
        "outreg using t, replace se 3aster coefastr bdec(2) ctitle(One) addstat(F, e(F)) adec(1) onecol"
    )
    found = Path("t.out").read_text().splitlines()
    assert any(row.startswith("Late\t") for row in found) and "* p<0.1, ** p<0.05, *** p<0.01" in found
    b = session.e.matrices["b"].values[0]
    assert f"\t{b[0]:.2f}***" in Path("t.out").read_text().replace("Number of days of sleep deprivation", "")
    session.run("outreg using t, append se 3aster coefastr bdec(2) ctitle(Two)")
    assert "\tOne\tTwo" in Path("t.out").read_text()
    session.run("outreg late using u, replace nolabel 10pct tdec(1) rdec(2) nonotes addnote(Own)")
    t = b[1] / session.e.matrices["V"].values[1, 1] ** 0.5
    found = rows("u.out")
    assert found["late"] == [f"{b[1]:.3f}"] and found[""] and f"\t({t:.1f})" in Path("u.out").read_text()
    session.run("outreg using v, replace comma sigsymb(a,b) nonobs nor2 pvalue noparen noaster nocons")
    assert Path("v.csv").exists()
    session.run("outreg using w, replace ci bracket adjr2 eform title(T) level(90)")


def test_outreg_refusals(session: Session) -> None:
    with pytest.raises(StataError) as caught:
        session.run("outreg using t, sigsymb(a)")
    assert caught.value.code == 198
    with pytest.raises(StataError) as caught:
        session.run("outreg")
    assert caught.value.code == 100
    with pytest.raises(StataError) as caught:
        session.run("outreg using t, se pvalue")
    assert caught.value.code == 198
