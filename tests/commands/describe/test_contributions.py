"""tabulate, clrchi2 wrap; misstable, generate(); ci, by(); tsreport."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed


@pytest.fixture
def session() -> xmixed.Session:
    found = xmixed.Session()
    found.run("set obs 40\ngenerate a = mod(_n, 2)\ngenerate b = _n > 12\ngenerate x = _n if _n != 5")
    found.run("replace x = .b in 7")
    return found


def test_contributions_sum_to_the_likelihood_ratio(session: xmixed.Session) -> None:
    session.run("replace b = 0 if a == 1 & b == 1 & _n < 30")
    shown = session.run("tabulate a b, clrchi2 nofreq lrchi2")
    total = float(shown.splitlines()[7].split("|")[2])
    assert total == pytest.approx(session.r["chi2_lr"], abs=0.05)
    table = np.array([[6, 14], [15, 5]], dtype=float)
    assert total == pytest.approx(
        2 * np.sum(table * np.log(table / np.outer(table.sum(1), table.sum(0)) * 40)), abs=0.06
    )


def test_wrap_makes_no_panels(session: xmixed.Session) -> None:
    assert session.run("tabulate a x").count("Total") > session.run("tabulate a x, wrap").count("Total") == 2


def test_indicators_of_missing_values(session: xmixed.Session) -> None:
    session.run("misstable summarize, generate(m_)\nmisstable summarize x, generate(e_, exok)")
    assert np.flatnonzero(session.data["m_x"].values).tolist() == [4, 6]
    assert np.flatnonzero(session.data["e_x"].values).tolist() == [4]
    assert session.data["m_x"].label == "(x>=.)" and "m_a" not in session.data
    with pytest.raises(xmixed.StataError) as caught:
        session.run("misstable summarize x, generate(m_)")
    assert caught.value.code == 110


def test_intervals_by_groups(session: xmixed.Session) -> None:
    shown = session.run("ci x, by(a) total")
    assert shown.count("-> a = ") == 2 and "\n-> Total\n" in shown
    for group in (0, 1):
        assert session.run(f"ci x if a == {group}").splitlines()[3] in shown
    with pytest.raises(xmixed.StataError) as caught:
        session.run("ci x, total")
    assert caught.value.code == 198


def test_gaps_are_counted(session: xmixed.Session) -> None:
    session.run("generate t = _n + 2 * (_n > 10) + 2 * (_n > 30)\nxtset a t, delta(2)")
    assert session.run("tsreport") == "" and session.r["N_gaps"] == 5
    assert session.run("tsreport, report panel") == "\nNumber of gaps in sample:  4\n"
    assert "5   (gap count includes panel changes)" in session.run("tsreport, report")
    assert session.run("tsreport if t < 10 & a == 1, report") == ""
    assert "  0   (gap" in session.run("tsreport if t < 10 & a == 1, report0")
    session.run("xtset, clear")
    with pytest.raises(xmixed.StataError) as caught:
        session.run("tsreport")
    assert caught.value.code == 111
