"""nbreg: against MASS::glm.nb of R, and scipy's distribution with differences of its log likelihood."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

# The constant alone has -255.550574944, the Poisson model -311.507726146 in R.
LAYOUT = """\
Negative binomial regression                      Number of obs   =        120
                                                  LR chi2(3)      =      24.41
Dispersion     = mean                             Prob > chi2     =     0.0000
Log likelihood = -243.34636                       Pseudo R2       =     0.0478
"""


@pytest.fixture
def session() -> Session:
    i = np.arange(120)
    x = (i * 7 % 23) / 10 - 1
    g = i % 3
    y = (i * i + 3 * i) % 7 * ((1 + g) // 2) + np.where(i % 11 == 0, 9, 0)
    data = {"y": y, "x": x, "g": g}
    session = Session()
    session.use(pd.DataFrame(data | {"e": 1 + i % 4, "w": 1 + i % 2, "id": i // 5}))
    return session


def b(session: Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def test_the_figures_of_glm_nb(session: Session) -> None:
    """MASS 7.3: glm.nb(y ~ x + factor(g)) and, with an offset log(e), of x alone."""
    session.run("quietly nbreg y x i.g")
    wanted = [-0.477249866714, 0, 1.724221548964, 1.694978098510, -0.300516904428, 0.39757836262]
    np.testing.assert_allclose(b(session), wanted, atol=1e-6)
    assert session.e["ll"] == pytest.approx(-243.34636109, abs=1e-7)
    assert session.e["alpha"] == pytest.approx(np.exp(0.39757836262), rel=1e-6)
    session.run("quietly nbreg y x, exposure(e)")
    np.testing.assert_allclose(b(session), [-0.191311208079, 0.334837829615, 0.923900031365], atol=1e-6)
    assert session.e["ll"] == pytest.approx(-261.056467007, abs=1e-7)


def log_likelihood(session: Session, dispersion: str) -> Callable[[np.ndarray], float]:
    y, x = (session.data[name].to_double() for name in ("y", "x"))

    def value(parameters: np.ndarray) -> float:
        mu = np.exp(parameters[0] * x + parameters[1])
        spread = np.exp(parameters[2])
        size = 1 / spread + 0 * mu if dispersion == "mean" else mu / spread
        return float(np.sum(stats.nbinom.logpmf(y, size, size / (size + mu))))

    return value


@pytest.mark.parametrize("dispersion", ["mean", "constant"])
def test_maximum_and_covariance_are_those_of_the_distribution(session: Session, dispersion: str) -> None:
    session.run(f"quietly nbreg y x, dispersion({dispersion})")
    value, at = log_likelihood(session, dispersion), b(session)
    assert session.e["ll"] == pytest.approx(value(at), rel=1e-12)
    step, size = 1e-3, len(at)
    moves = step * np.eye(size)
    for move in moves:
        assert (value(at + move) - value(at - move)) / (2 * step) == pytest.approx(0, abs=2e-4)
        assert value(at) > max(value(at + move), value(at - move))
    hessian = np.array(
        [
            [
                (value(at + p + q) - value(at + p - q) - value(at - p + q) + value(at - p - q))
                / (4 * step**2)
                for q in moves
            ]
            for p in moves
        ]
    )
    np.testing.assert_allclose(np.linalg.inv(-hessian), session.e.matrices["V"].values, rtol=1e-4, atol=1e-8)


def test_weights_count_and_clusters_of_one_are_robust(session: Session) -> None:
    session.run("quietly nbreg y x [fweight=w]\nmatrix b = e(b)\nscalar N = e(N)")
    weighted, n = b(session), session.e["N"]
    session.run("quietly nbreg y x, vce(robust)\ngenerate row = _n")
    robust = session.e.matrices["V"].values
    session.run("quietly nbreg y x, vce(cluster row)")
    np.testing.assert_allclose(session.e.matrices["V"].values, robust, rtol=1e-10)
    session.run("expand w\nquietly nbreg y x")
    np.testing.assert_allclose(b(session), weighted, rtol=1e-9)
    assert session.e["N"] == n


def test_layout(session: Session) -> None:
    text = session.run("nbreg y x i.g")
    for title in ("Fitting Poisson model:", "Fitting constant-only model:", "Fitting full model:"):
        assert f"\n{title}\n\nIteration 0:" in text
    assert LAYOUT in text
    assert "\n    /lnalpha |" in text
    assert "\n       alpha |" in text
    assert "\nLikelihood-ratio test of alpha=0:  chibar2(01) =  136.32 Prob>=chibar2 = 0.000" in text
    assert "test of alpha" not in session.run("nbreg, nolrtest")
    assert " IRR " in session.run("nbreg, irr")
    assert "/lndelta |" in session.run("nbreg y x, d(c) nolog")


def test_predictions_and_margins(session: Session) -> None:
    session.run(
        "quietly nbreg y x, exposure(e)\npredict double n\npredict double rate, ir\npredict double xb, xb"
    )
    n, rate, xb, e = (session.data[name].to_double() for name in ("n", "rate", "xb", "e"))
    np.testing.assert_allclose(n, np.exp(xb), rtol=1e-12)
    np.testing.assert_allclose(rate * e, n, rtol=1e-12)
    session.run("quietly margins, dydx(x)")
    assert session.r.matrices["b"].values[0, 0] == pytest.approx(b(session)[0] * n.mean(), rel=1e-10)
    session.run("test [lnalpha]_cons\nquietly estat ic")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("nbreg x y", 459),
        ("nbreg y x, dispersion(none)", 198),
        ("nbreg zero x", 498),
        ("predict s, score", 102),
    ],
)
def test_refused(session: Session, command: str, code: int) -> None:
    session.run("generate zero = 0\nquietly nbreg y x")
    with pytest.raises(StataError) as caught:
        session.run(command)
    assert caught.value.code == code
