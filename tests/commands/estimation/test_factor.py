"""factor, pca, rotate: against R's eigen, varimax and promax; scores, identities, refusals, layout."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError

VARIABLES = "ses mathach meanses minority female"
# R 4.2, hsb82[1:1500]: eigen(cor(X))$values; eigen of R with 1 - 1/diag(solve(R)) on its diagonal, and two
# factors; stats::varimax with and without normalize (eps = 1e-15); the steps of stats::promax(m = 3) after
# varimax without normalize (promax itself normalises first).
COMPONENTS = [2.380143894082, 0.963043554274, 0.705564944501, 0.592208868623, 0.359038738520]
FACTORS = [1.7453012648246, 0.0387405541153, -0.0304617190263, -0.1151591875301, -0.2047401326349]
LOADINGS = [
    [0.688903144916, 0.0241537761210],
    [0.520624472531, -0.0903241344467],
    [0.774592940875, 0.0554008581720],
    [-0.602208677662, -0.0306980967416],
    [-0.192391176631, 0.1612050610903],
]
VARIMAX = [
    [0.6855659064, 0.07190504822],
    [0.5029996220, 0.16186312399],
    [0.7747690573, 0.05288087569],
    [-0.6006245029, -0.05336544844],
    [-0.1680978484, -0.18639890005],
]
KAISER = [
    [0.62618289660, 0.2882116028],
    [0.42439970693, 0.3147906914],
    [0.71677133813, 0.2988349511],
    [-0.55169110588, -0.2433815693],
    [-0.09935130046, -0.2305010969],
]
PROMAX = [
    [-0.66307867758, -0.03186781675],
    [-0.34147111051, -0.21152107461],
    [-0.78708021497, 0.01292355516],
    [0.59372488790, 0.01131272189],
    [-0.06175083359, 0.29883226454],
]


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse hsb82\nkeep in 1/1500")
    return session


def same_factors(found: np.ndarray, wanted: list[list[float]], rtol: float) -> None:
    """Factors may change their sign."""
    own = np.array(wanted)
    signs = np.sign(np.sum(found * own, axis=0))
    np.testing.assert_allclose(found * signs, own, rtol=rtol, atol=rtol)


def test_figures_of_r(session: xmixed.Session) -> None:
    session.run(f"pca {VARIABLES}")
    np.testing.assert_allclose(session.e.matrices["Ev"].values[0], COMPONENTS, rtol=1e-10)
    session.run(f"factor {VARIABLES}, factors(2)")
    np.testing.assert_allclose(session.e.matrices["Ev"].values[0], FACTORS, rtol=1e-9)
    same_factors(session.e.matrices["L"].values, LOADINGS, 1e-9)
    session.run("rotate")
    same_factors(session.e.matrices["r_L"].values, VARIMAX, 1e-6)
    session.run("rotate, normalize orthogonal varimax")
    same_factors(session.e.matrices["r_L"].values, KAISER, 1e-5)
    session.run("rotate, promax(3) oblique")
    same_factors(session.e.matrices["r_L"].values, PROMAX, 1e-5)
    phi, L = session.e.matrices["r_Phi"].values, session.e.matrices["r_L"].values
    same = session.e.matrices["L"].values
    np.testing.assert_allclose(L @ phi @ L.T, same @ same.T, atol=1e-10)
    np.testing.assert_allclose(np.diag(phi), 1, rtol=1e-10)


def test_other_methods(session: xmixed.Session) -> None:
    session.run(f"factor {VARIABLES}, pcf")
    values, L = session.e.matrices["Ev"].values[0], session.e.matrices["L"].values
    assert L.shape[1] == np.count_nonzero(values > 1)
    np.testing.assert_allclose(np.sum(L**2, axis=0), values[: L.shape[1]], rtol=1e-10)
    session.run("factor ses mathach meanses minority, ipf factors(1)")
    L = session.e.matrices["L"].values
    reduced = session.e.matrices["C"].values.copy()
    np.fill_diagonal(reduced, np.sum(L**2, axis=1))
    np.testing.assert_allclose(np.linalg.eigvalsh(reduced)[-1], np.sum(L**2), rtol=1e-7)
    session.run(f"pca {VARIABLES}, covariance components(2)")
    X = np.column_stack([session.data[name].to_double() for name in VARIABLES.split()])
    wanted = np.linalg.eigvalsh(np.cov(X.T))[::-1]
    np.testing.assert_allclose(session.e.matrices["Ev"].values[0], wanted, rtol=1e-10)
    session.run("generate w = 1 + mod(_n, 3)\nquietly factor ses mathach meanses [fw=w], pf")
    first = session.e.matrices["Ev"].values
    session.run("expand w\nquietly factor ses mathach meanses")
    np.testing.assert_allclose(first, session.e.matrices["Ev"].values, rtol=1e-8)
    for line in ("rotate, quartimax", "rotate, equamax horst", "rotate, components(2)", "rotate, factors(2)"):
        session.run(f"quietly factor {VARIABLES}, mineigen(.01)\nquietly {line}")
        L, T = session.e.matrices["r_L"].values, session.e.matrices["r_T"].values
        np.testing.assert_allclose(T.T @ T, np.eye(2), atol=1e-10)
        np.testing.assert_allclose(np.sum(L**2), np.sum(session.e.matrices["L"].values ** 2), rtol=1e-10)
    session.run("rotate, clear")
    assert "r_L" not in session.e.matrices


def test_scores(session: xmixed.Session) -> None:
    session.run(f"quietly pca {VARIABLES}, correlation\npredict double p1 p2\npredict double q*, score")
    p = np.column_stack([session.data[f"q{number}"].to_double() for number in range(1, 6)])
    np.testing.assert_allclose(np.cov(p.T), np.diag(COMPONENTS), atol=1e-9)
    np.testing.assert_array_equal(session.data["p1"].values, session.data["q1"].values)
    session.run(f"quietly factor {VARIABLES}, factors(1)\npredict double f\npredict double g, bartlett")
    L = session.e.matrices["L"].values
    R = session.e.matrices["C"].values
    f = session.data["f"].to_double()
    assert np.var(f, ddof=1) == pytest.approx((L.T @ np.linalg.inv(R) @ L).item(), rel=1e-9)
    assert np.corrcoef(f, session.data["g"].to_double())[0, 1] > 0.9
    session.run("predict double r, regression")
    np.testing.assert_array_equal(session.data["r"].values, session.data["f"].values)


def test_layout(session: xmixed.Session) -> None:
    text = session.run("factor ses mathach meanses minority, factors(2) blanks(.3)")
    for part in (
        "(obs=1500)\n",
        "\nFactor analysis/correlation                        Number of obs    =     1500\n",
        "\n    Method: principal factors                      Retained factors =        1\n",
        "\n         Factor  |   Eigenvalue   Difference         Proportion   Cumulative\n",
        "\nFactor loadings (pattern matrix) and unique variances\n",
        "LR test: independent vs. saturated:  chi2(6) =",
    ):
        assert part in text, part
    text = session.run(f"pca {VARIABLES}")
    assert "\nPrincipal components/correlation                  Number of obs    =      1500\n" in text
    assert "    Rotation: (unrotated = principal)             Rho" in text and "Unexplained" in text
    assert "Rotated components" in session.run("rotate") and "Component rotation matrix" in session.run("pca")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("factor ses mathach, ml", 198, "not implemented"),
        ("factor ses same mathach", 506, "singular"),
        ("factor ses one", 506, "one does not vary"),
        ("rotate", 498, "at least two factors"),
        ("rotate, factors(9)", 198, "only 1 factors are retained"),
        ("rotate, oblimin", 198, "not implemented"),
        ("pca", 301, "last estimates not found"),
        ("factor ses if ses > 1e6", 2000, "no observations"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.run("generate same = 2 * ses\ngenerate one = 1\nquietly factor ses mathach, factors(1)")
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
