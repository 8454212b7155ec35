"""ratio: estimates and variances against their definition."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed


@pytest.fixture
def session() -> xmixed.Session:
    found = xmixed.Session()
    found.run("set obs 60\nset seed 3\ngenerate x = 1 + runiform()\ngenerate y = 2 * x + rnormal()")
    found.run("generate g = mod(_n, 3)\ngenerate w = 1 + mod(_n, 4)")
    return found


def _column(session: xmixed.Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


def test_a_ratio_and_its_linearised_variance(session: xmixed.Session) -> None:
    """Cochran (1977), 6.4: n/(n-1) times the sum of (y - R x)^2, over the square of the sum of x."""
    shown = session.run("ratio (r: y/x) (x y)")
    x, y = _column(session, "x"), _column(session, "y")
    R = y.sum() / x.sum()
    assert session.e.matrices["b"].values[0] == pytest.approx([R, 1 / R], rel=1e-14)
    V = 60 / 59 * np.sum((y - R * x) ** 2) / x.sum() ** 2
    assert session.e.matrices["V"].values[0, 0] == pytest.approx(V, rel=1e-12)
    assert session.e["df_r"] == 59 and session.e["cmd"] == "ratio"
    lines = shown.splitlines()
    assert lines[3:5] == ["            r: y/x", "     _ratio_2: x/y"]
    assert lines[7:9] == [
        "             |             Linearized",
        "             |      Ratio   Std. Err.     [95% Conf. Interval]",
    ]


def test_subpopulations_weights_and_clusters(session: xmixed.Session) -> None:
    session.run("ratio y/x, over(g)")
    x, y, g = (_column(session, name) for name in "xyg")
    assert session.e.matrices["b"].values[0] == pytest.approx(
        [y[g == k].sum() / x[g == k].sum() for k in range(3)], rel=1e-14
    )
    session.run("ratio y/x [fweight=w]")
    weighted = session.e.matrices["V"].values[0, 0]
    session.run("expand w\nratio y/x")
    assert session.e.matrices["V"].values[0, 0] == pytest.approx(weighted, rel=1e-12)
    session.run("ratio y/x, vce(cluster g)")
    x, y, g = (_column(session, name) for name in "xyg")
    R = y.sum() / x.sum()
    sums = np.array([np.sum((y - R * x)[g == k]) for k in range(3)])
    assert session.e.matrices["V"].values[0, 0] == pytest.approx(
        1.5 * np.sum(sums**2) / x.sum() ** 2, rel=1e-9
    )


@pytest.mark.parametrize(
    ("typed", "code"), [("ratio y", 198), ("ratio (y/x", 100), ("ratio y/x/y", 198), ("ratio 1a: y/x", 198)]
)
def test_what_is_no_ratio(session: xmixed.Session, typed: str, code: int) -> None:
    with pytest.raises(xmixed.StataError) as caught:
        session.run(typed)
    assert caught.value.code == code


def test_a_denominator_of_zero(session: xmixed.Session) -> None:
    session.run("generate z = 0")
    assert "          0          .             .           ." in session.run("ratio y/z")
