"""pwcompare by Dunnett, Student-Newman-Keuls and Duncan, against SciPy; margins with limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

SIZE, LEVELS = 8, 4
DF = SIZE * LEVELS - LEVELS


@pytest.fixture
def session() -> Session:
    rng = np.random.default_rng(7)
    g = np.repeat(np.arange(1, LEVELS + 1), SIZE)
    session = Session()
    session.use(pd.DataFrame({"y": np.array([0.0, 1.4, 0.3, 1.9])[g - 1] + rng.normal(size=len(g)), "g": g}))
    session.run("quietly regress y i.g")
    return session


def figures(session: Session, command: str) -> dict[str, np.ndarray]:
    session.run(f"quietly {command}")
    table = session.r["table_vs"]
    return {row: table.values[i] for i, row in enumerate(table.row_names)} | {"names": table.column_names}


def means(session: Session) -> np.ndarray:
    y, g = session.data["y"].to_double(), session.data["g"].to_double()
    return np.array([y[g == level].mean() for level in range(1, LEVELS + 1)])


def test_dunnett_as_in_scipy(session: Session) -> None:
    y, g = session.data["y"].to_double(), session.data["g"].to_double()
    found = figures(session, "pwcompare g, mcompare(dunnett) effects")
    samples = [y[g == level] for level in range(2, LEVELS + 1)]
    expected = stats.dunnett(*samples, control=y[g == 1], rng=np.random.default_rng(1))
    assert list(found["names"]) == ["2vs1.g", "3vs1.g", "4vs1.g"]
    np.testing.assert_allclose(found["t"], expected.statistic, rtol=1e-9)
    np.testing.assert_allclose(found["pvalue"], expected.pvalue, atol=5e-4)
    interval = expected.confidence_interval(0.95)
    np.testing.assert_allclose(found["ll"], interval.low, atol=5e-3)
    np.testing.assert_allclose(found["ul"], interval.high, atol=5e-3)


def test_dunnett_takes_the_base_as_control(session: Session) -> None:
    session.run("quietly regress y ib3.g")
    found = figures(session, "pwcompare g, mcompare(dunnett)")
    assert list(found["names"]) == ["1vs3.g", "2vs3.g", "4vs3.g"]


def ranges(session: Session) -> list[tuple[int, float]]:
    """(r, q) of every pair in the command's order: the means its range has, and the studentised range."""
    own = means(session)
    order = np.argsort(np.argsort(own))
    error = session.e["rmse"] / np.sqrt(SIZE)
    pairs = [(i, j) for i in range(LEVELS) for j in range(i + 1, LEVELS)]
    return [(abs(int(order[j] - order[i])) + 1, abs(own[j] - own[i]) / error) for i, j in pairs]


def closed(session: Session, p_values: list[float]) -> np.ndarray:
    """The largest p-value among the ranges that hold a pair."""
    order = np.argsort(np.argsort(means(session)))
    pairs = [(i, j) for i in range(LEVELS) for j in range(i + 1, LEVELS)]
    ends = [sorted((order[i], order[j])) for i, j in pairs]
    return np.array(
        [
            max(p for (low, high), p in zip(ends, p_values, strict=True) if low <= a and high >= b)
            for a, b in ends
        ]
    )


def test_student_newman_keuls(session: Session) -> None:
    found = figures(session, "pwcompare g, mcompare(snk) effects")
    single = [float(stats.studentized_range.sf(q, r, DF)) for r, q in ranges(session)]
    np.testing.assert_allclose(found["pvalue"], closed(session, single), rtol=1e-7, atol=1e-9)
    critical = np.array([stats.studentized_range.ppf(0.95, r, DF) for r, _ in ranges(session)]) / np.sqrt(2)
    np.testing.assert_allclose(found["ul"] - found["b"], critical * found["se"], rtol=1e-6)


def test_duncan(session: Session) -> None:
    found = figures(session, "pwcompare g, mcompare(duncan) effects")
    single = [1 - float(stats.studentized_range.cdf(q, r, DF)) ** (1 / (r - 1)) for r, q in ranges(session)]
    np.testing.assert_allclose(found["pvalue"], closed(session, single), rtol=1e-6, atol=1e-9)
    critical = [stats.studentized_range.ppf(0.95 ** (r - 1), r, DF) / np.sqrt(2) for r, _ in ranges(session)]
    np.testing.assert_allclose(found["ul"] - found["b"], np.array(critical) * found["se"], rtol=1e-6)


def test_neighbours_are_students_t(session: Session) -> None:
    """A range of two means is an ordinary test, as long as no wider range holds it together."""
    plain = figures(session, "pwcompare g, effects")["pvalue"]
    for method in ("snk", "duncan"):
        found = figures(session, f"pwcompare g, mcompare({method}) effects")["pvalue"]
        near = np.array([r == 2 for r, _ in ranges(session)])
        assert np.all(found[near] >= plain[near] - 1e-9)


def test_margins_with_limits(session: Session) -> None:
    lines = session.run("pwcompare g, cimargins").splitlines()
    start = next(i for i, text in enumerate(lines) if "Margin   Std. Err." in text)
    assert "Unadjusted" in lines[start - 1]
    rows = [text.split("|")[1].split() for text in lines[start + 3 : start + 3 + LEVELS]]
    own, error = means(session), session.e["rmse"] / np.sqrt(SIZE)
    half = stats.t.ppf(0.975, DF) * error
    shown = np.array([[float(cell) for cell in row] for row in rows])
    expected = np.column_stack([own, np.full(LEVELS, error), own - half, own + half])
    np.testing.assert_allclose(shown, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("method", ["snk", "duncan", "dunnett", "tukey"])
def test_only_after_regress_and_anova(session: Session, method: str) -> None:
    session.run("generate d = y > 1\nquietly logit d i.g")
    with pytest.raises(StataError, match="not allowed after logit"):
        session.run(f"pwcompare g, mcompare({method})")


def test_no_letters_by_dunnett(session: Session) -> None:
    with pytest.raises(StataError, match="option groups not allowed"):
        session.run("pwcompare g, mcompare(dunnett) groups")
