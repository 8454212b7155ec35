"""tabout: cells against tabulate and tabstat."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session

MADE = """set obs 60
generate reg = 1 + mod(_n, 3)
generate pr = mod(_n + (_n > 30), 5) > 1
generate x = _n
label define reg 1 Aut 2 "A&B" 3 Dem
label values reg reg
label define yn 0 No 1 Yes
label values pr yn
label variable pr Proportional"""


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run(MADE)
    return session


def rows(path: str) -> list[list[str]]:
    return [row.split("\t") for row in Path(path).read_text().splitlines()]


def test_frequencies_and_shares(session: Session) -> None:
    session.run("tabout reg pr using t.txt, replace cells(freq row col cell) format(0c 1p) stats(chi2)")
    found = rows("t.txt")
    assert found[0][1] == "Proportional" and found[1][1::4] == ["No", "Yes", "Total"]
    assert found[2][1:5] == ["No.", "%", "%", "%"] and found[3][0] == "reg"
    session.run("tabulate reg pr, matcell(F) chi2")
    counts = session.matrices["F"].values
    for place in range(3):
        own = found[4 + place]
        assert own[1] == f"{counts[place, 0]:.0f}"
        assert own[2] == f"{100 * counts[place, 0] / counts[place].sum():.1f}%"
        assert own[3] == f"{100 * counts[place, 0] / counts[:, 0].sum():.1f}%"
        assert own[4] == f"{100 * counts[place, 0] / counts.sum():.1f}%"
    assert found[7][0] == "Total" and found[7][9] == "60"
    assert found[8][0] == f"Pearson chi2(2) = {session.r['chi2']:.4f}   Pr = {session.r['p']:.3f}"
    session.run(
        "tabout reg pr if x > 10 [fw=reg] using t.txt, append oneway cells(freq col cum) ptotal(single)"
    )
    found = rows("t.txt")[9:]
    assert found[0] == ["", "No.", "%", "Cum."] and found[-1] == ["Total", "100", "100.0", "100.0"]
    assert [row[0] for row in found].count("Total") == 1


def test_summaries_and_styles(session: Session) -> None:
    session.run(
        "tabout reg using t.tex, replace style(tex) sum cells(mean x sd x median x N x) format(2) "
        "clab(Mean_x SD)"
    )
    found = Path("t.tex").read_text().splitlines()
    assert found[0] == " & Mean x & SD & Median x & Count x \\\\" and any(
        row.startswith("A\\&B & ") for row in found
    )
    session.run("summarize x if reg == 3, detail")
    assert (
        f"Dem & {session.r['mean']:.2f} & {session.r['sd']:.2f} & {session.r['p50']:.2f} & 20.00 \\\\"
        in found
    )
    session.run("tabout reg pr using t.htm, replace style(htm) h1(nil) ptotal(none) mi")
    assert Path("t.htm").read_text().startswith("<table>\n<tr><td></td><td>No</td>")
    session.run("tabout reg pr using t.csv, replace style(csv)\ntabout reg pr using t2.csv, style(semi)")
    assert Path("t2.csv").read_text().splitlines()[1] == ";No;Yes;Total"


def test_refusals(session: Session) -> None:
    assert fails(session, "tabout reg pr") == 100
    assert fails(session, "tabout using t.txt") == 100
    assert fails(session, "tabout reg pr using t.txt, cells(se)") == 198
    assert fails(session, "tabout reg using t.txt, cells(row)") == 198
    assert fails(session, "tabout reg pr using t.txt, sum cells(mean)") == 198
    assert fails(session, "tabout reg pr using t.txt, sum cells(mode x)") == 198
    assert fails(session, "tabout reg pr using t.txt, format(x)") == 198
    assert fails(session, "tabout reg pr using t.txt, style(word)") == 198
    assert fails(session, "tabout reg pr using t.txt, stats(gamma)") == 198
    assert fails(session, "tabout reg pr using t.txt, ptotal(some)") == 198
    assert fails(session, "tabout reg pr if x > 99 using t.txt") == 2000
    session.run("tabout reg pr using t.txt")
    assert fails(session, "tabout reg pr using t.txt") == 602
    assert fails(session, "tabout reg pr using no/such/t.txt") == 603
