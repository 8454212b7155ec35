"""estpost: row vectors of e() against pandas and SciPy, and their tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    found = Session()
    found.run("sysuse hsb82\nkeep in 1/700\nreplace ses = . in 1/9")
    return found


@pytest.fixture
def frame(session: Session) -> pd.DataFrame:
    names = ("mathach", "ses", "female", "minority")
    values = {name: session.data[name].to_double() for name in names}
    return pd.DataFrame({name: np.where(own < 8e307, own, np.nan) for name, own in values.items()})


def _vector(session: Session, name: str) -> dict[str, float]:
    matrix = session.e.matrices[name]
    return dict(zip(matrix.column_names, matrix.values[0].tolist(), strict=True))


def test_summarize(session: Session, frame: pd.DataFrame) -> None:
    session.run("estpost summarize mathach ses, detail")
    for name in ("mathach", "ses"):
        own = frame[name].dropna()
        expected = {
            "count": len(own),
            "mean": own.mean(),
            "sd": own.std(),
            "Var": own.var(),
            "sum": own.sum(),
        }
        expected |= {"min": own.min(), "max": own.max(), "p50": own.median(), "sum_w": len(own)}
        for key, value in expected.items():
            assert _vector(session, key)[name] == pytest.approx(value), key
    assert session.e["N"] == 700
    shown = session.run('esttab, cells("mean(fmt(2)) sd count(label(Obs))") nomtitles nonumbers noobs')
    assert [line.split() for line in shown.splitlines()][2] == ["mean", "sd", "Obs"]
    session.run("estpost summarize mathach ses, listwise quietly")
    assert _vector(session, "count") == {"mathach": 691, "ses": 691}
    session.run("estpost summarize ses [fweight=1+female]")
    assert _vector(session, "count")["ses"] == (1 + frame["female"])[frame["ses"].notna()].sum()


def test_tabstat(session: Session, frame: pd.DataFrame) -> None:
    by = "by(female) statistics(mean sd p90 n)"
    session.run(f"estpost tabstat mathach ses, {by} columns(statistics)")
    groups = frame.groupby("female")
    found = _vector(session, "mean")
    assert list(found)[:2] == ["Male:mathach", "Male:ses"] and list(found)[-1] == "Total:ses"
    assert found["Female:ses"] == pytest.approx(groups["ses"].mean()[1])
    assert found["Total:mathach"] == pytest.approx(frame["mathach"].mean())
    assert _vector(session, "count")["Male:ses"] == groups["ses"].count()[0]
    session.run(f"estpost tabstat mathach ses, {by} nototal missing")
    assert _vector(session, "ses")["Female:sd"] == pytest.approx(groups["ses"].std()[1])
    assert not any(name.startswith("Total") for name in session.e.matrices["ses"].column_names)
    session.run("estpost tabstat ses, stats(q) listwise")
    assert list(_vector(session, "ses")) == ["p25", "p50", "p75"]
    with pytest.raises(StataError, match="unknown statistic"):
        session.run("estpost tabstat ses, statistics(foo)")


def test_tabulate(session: Session, frame: pd.DataFrame) -> None:
    session.run("estpost tabulate minority")
    counts = frame["minority"].value_counts()
    assert _vector(session, "b") == {"No": counts[0], "Yes": counts[1], "Total": 700}
    assert _vector(session, "pct")["Yes"] == pytest.approx(counts[1] / 7)
    assert _vector(session, "cumpct")["Yes"] == pytest.approx(100)
    session.run("estpost tabulate minority, sort nolabel nototal missing")
    assert list(_vector(session, "b"))[0] == str(int(counts.idxmax())) and session.e["r"] == 2
    session.run("estpost tabulate female minority")
    table = pd.crosstab(frame["female"], frame["minority"])
    assert _vector(session, "b")["Yes:Female"] == table.loc[1, 1]
    assert _vector(session, "colpct")["Yes:Female"] == pytest.approx(100 * table.loc[1, 1] / table[1].sum())
    assert _vector(session, "rowpct")["Yes:Female"] == pytest.approx(
        100 * table.loc[1, 1] / table.loc[1].sum()
    )
    assert _vector(session, "pct")["Total:Total"] == pytest.approx(100)
    assert _vector(session, "colpct")["No:Total"] == pytest.approx(100)
    shown = session.run("esttab, cells(b rowpct(fmt(1) par)) unstack noobs nonumbers nomtitles")
    assert shown.splitlines()[2].split() == ["No", "Yes", "Total"]


def test_correlate(session: Session, frame: pd.DataFrame) -> None:
    session.run("estpost correlate mathach ses female")
    known = frame[["mathach", "ses"]].dropna()
    expected = stats.pearsonr(known["mathach"], known["ses"])
    assert _vector(session, "rho")["ses"] == pytest.approx(expected.statistic)
    assert _vector(session, "p")["ses"] == pytest.approx(expected.pvalue, rel=1e-6)
    assert _vector(session, "count") == {"ses": 691, "female": 700}
    session.run("estpost correlate mathach ses female, matrix listwise")
    assert list(_vector(session, "b")) == [
        "mathach:mathach",
        "mathach:ses",
        "mathach:female",
        "ses:ses",
        "ses:female",
        "female:female",
    ]
    assert f"{expected.statistic:.3f}***" in session.run("esttab, unstack not b(3)")
    session.run("estpost correlate mathach ses, matrix nohalf")
    assert len(session.e.matrices["rho"].column_names) == 4
    with pytest.raises(StataError):
        session.run("estpost correlate mathach")


def test_ttest(session: Session, frame: pd.DataFrame) -> None:
    for option, equal in (("", True), ("unequal", False)):
        session.run(f"estpost ttest mathach ses, by(female) {option}")
        own = frame[["ses", "female"]].dropna()
        first, second = own["ses"][own["female"] == 0], own["ses"][own["female"] == 1]
        expected = stats.ttest_ind(first, second, equal_var=equal)
        assert _vector(session, "t")["ses"] == pytest.approx(expected.statistic)
        assert _vector(session, "p")["ses"] == pytest.approx(expected.pvalue)
        assert _vector(session, "b")["ses"] == pytest.approx(first.mean() - second.mean())
        assert (
            _vector(session, "N_1")["ses"] == len(first) and _vector(session, "mu_2")["ses"] == second.mean()
        )
    t = _vector(session, "t")["mathach"]
    assert f"{t:.2f}" in session.run('esttab, cells("b(star) t(fmt(2))")')
    session.run("estpost ttest mathach, by(female) welch listwise")
    for line, code in (
        ("estpost ttest mathach", 198),
        ("estpost ttest mathach, by(ses)", 420),
        ("estpost foo", 198),
        ("estpost", 198),
        ("estpost summarize", 100),
        ("estpost tabulate", 102),
    ):
        with pytest.raises(StataError) as failure:
            session.run(line)
        assert failure.value.code == code
