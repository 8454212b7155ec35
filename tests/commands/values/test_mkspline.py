"""mkspline: bases against their definition, and against the fit they must give."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run("set type double\nset obs 101\ngenerate x = (_n - 1) / 10\nreplace x = . in 101")
    return session


def column(session: Session, name: str) -> np.ndarray:
    return session.data[name].to_double()[:100]


def test_pieces_of_a_broken_line(session: Session) -> None:
    session.run("mkspline a 2 b 5.5 c = x")
    x = column(session, "x")
    assert np.allclose(column(session, "a"), np.minimum(x, 2))
    assert np.allclose(column(session, "b"), np.clip(x, 2, 5.5) - 2)
    assert np.allclose(column(session, "c"), np.maximum(x, 5.5) - 5.5)
    assert session.data["a"].to_double()[100] > 8e307  # missing where x is
    session.run("mkspline m1 2 m2=x, marginal")
    assert np.allclose(column(session, "m2"), np.maximum(x - 2, 0))


def test_equal_pieces_and_equal_shares(session: Session) -> None:
    session.run("mkspline e 3 = x if x <= 9")
    assert np.allclose(session.r.matrices["knots"].values[0], [3, 6])
    session.run("mkspline p 4 = x in 1/100, pctile")
    assert np.allclose(
        session.r.matrices["knots"].values[0], np.percentile(column(session, "x"), [25, 50, 75]), atol=0.06
    )
    assert session.r.scalars["N_knots"] == 3


def test_restricted_cubic_splines_are_linear_beyond_the_outer_knots(session: Session) -> None:
    session.run("mkspline r = x, cubic knots(2 4 6 8)")
    x = column(session, "x")
    for name in ("r2", "r3"):
        y = column(session, name)
        second = np.diff(y, 2)
        assert np.abs(second[x[1:-1] < 2]).max() < 1e-12
        assert np.abs(second[x[1:-1] > 8.05]).max() < 1e-9
        inside = (x[1:-1] > 2.2) & (x[1:-1] < 3.8)
        assert np.abs(np.diff(second, 2)[inside[1:-1]]).max() < 1e-9  # a cubic between knots
    session.run("mkspline n = x, cubic nknots(3)")
    assert np.allclose(session.r.matrices["knots"].values[0], [0.95, 4.95, 8.95])  # 10, 50, 90 %
    scale = (8.95 - 0.95) ** 2
    at = np.argmax(x >= 9.9)
    terms = (x[at] - 0.95) ** 3 - ((x[at] - 4.95) ** 3 * 8 - (x[at] - 8.95) ** 3 * 4) / 4
    assert np.isclose(column(session, "n2")[at], terms / scale)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("mkspline a = x", 198),
        ("mkspline a 3", 198),
        ("mkspline a 3 b 2 c = x", 198),
        ("mkspline a 1 = x", 198),
        ("mkspline a b c = x", 198),
        ("mkspline x 1 b = x", 110),
        ("mkspline a 3 = y", 111),
        ("mkspline a = x, cubic knots(1 2)", 198),
        ("mkspline a = x, cubic nknots(8)", 198),
        ("mkspline a 3 = x, nknots(4)", 198),
        ("mkspline a 3 = x if x < 0, pctile", 2000),
        ("mkspline a 3 = x if x < 0", 2000),
        ("mkspline a 1 b = x, pctile", 198),
    ],
)
def test_refusals(session: Session, line: str, code: int) -> None:
    with pytest.raises(StataError) as found:
        session.run(line)
    assert found.value.code == code
    assert list(session.data.names) == ["x"]


def test_knots_are_shown(session: Session) -> None:
    lines = session.run("mkspline d = x, cubic knots(1 2.5 4) displayknots").splitlines()
    assert lines[1].split() == ["|", "knot1", "knot2", "knot3"] and lines[3].split() == "x | 1 2.5 4".split()
    assert "knot2" not in session.run("mkspline f 1 g = x, displayknots")
