"""xtabond2: layout, transformations, refusals. Figures of R: tests/conformance/test_econometrics.py."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, b, fails, started
from xmixed.estimation.dynamic.timeline import Deviations, Differences, Timeline


@pytest.fixture
def session() -> xmixed.Session:
    return started("xtset id t")


@pytest.mark.parametrize("kind", [Differences, Deviations])
def test_transformations_are_linear_and_have_their_transposes(kind: type) -> None:
    rng = np.random.default_rng(2)
    panels, times = np.repeat(np.arange(4), 5), np.tile(np.arange(5), 4)
    used = np.ones(20, dtype=bool)
    used[[0, 7, 11, 12]] = False
    timeline = Timeline.of(panels, times, 1.0, used)
    own = kind(timeline)
    M = own.of(np.eye(20))
    np.testing.assert_allclose(M.sum(axis=1), 0, atol=1e-14)
    v = rng.normal(size=(len(own.rows), 3))
    np.testing.assert_allclose(own.transposed(v), M.T @ v, atol=1e-14)
    if kind is Deviations:
        np.testing.assert_allclose(M @ M.T, np.eye(len(M)), atol=1e-14)


def test_layout(session: xmixed.Session) -> None:
    text = session.run("xtabond2 yd l.yd x i.g, gmm(l.yd, lag(1 3) collapse) iv(x i.g) twostep robust")
    for part in (
        "\nDynamic panel-data estimation, two-step system GMM\n",
        "\nGroup variable: id                              Number of obs      =       350\n",
        "\n             |              Corrected\n",
        "\nInstruments for first differences equation\n  Standard\n    D.(x 2.g 3.g)\n",
        "\n    L(1/3).L.yd collapsed\n",
        "\nInstruments for levels equation\n  Standard\n    x 2.g 3.g\n    _cons\n",
        "\n    D.L.yd collapsed\n",
        "\nArellano-Bond test for AR(2) in first differences: z = ",
        "\nHansen test of overid. restrictions: chi2(",
    ):
        assert part in text, part
    session.run("test x\nlincom x + l.yd\nmargins, dydx(x)\npredict double f\npredict double r, residuals")
    session.run("xtabond2, level(90)\nestimates store m\nestimates table m\npredict double s1, stdp")
    assert session.e.scalars["hansen_df"] == session.e.scalars["j"] - session.e.scalars["rank"]


def test_one_instrument_is_the_simple_estimator(session: xmixed.Session) -> None:
    """Anderson and Hsiao: differences instrumented by the level two periods before."""
    session.run("quietly ivregress 2sls d.yd d.x (ld.yd = l2.yd), noconstant")
    wanted = b(session)
    session.run("quietly xtabond2 yd l.yd x, gmm(l.yd, laglimits(1 1) collapse) iv(x) noleveleq h(1)")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-8)
    assert session.e.scalars["j"] == 2


def test_variants(session: xmixed.Session) -> None:
    found = []
    for options in (
        "",
        "robust",
        "twostep",
        "orthogonal twostep robust",
        "h(2)",
        "noconstant small",
        "artests(3)",
    ):
        session.run(
            f"quietly xtabond2 yd l.yd x, gmmstyle(l.yd) ivstyle(x, passthru equation(both)) {options}"
        )
        found.append((b(session)[0], V(session)[0, 0]))
    assert len(set(found)) == len(found) - 1  # artests() changes no estimates
    session.run("quietly xtabond2 yd l.yd x, gmm(l.yd) iv(x) nodiffsargan nomata artests(3)")
    assert "ar3" in session.e.scalars
    assert " t    P>|t|" in session.run(
        "xtabond2 yd l.yd x, gmm(l.yd, eq(diff)) iv(x, eq(level)) small robust"
    )


def test_scores_of_differences_and_deviations_agree(session: xmixed.Session) -> None:
    """With all lags of a predetermined variable both transformations give the same one-step estimates."""
    session.run("quietly xtabond2 yd l.yd, gmm(l.yd) noleveleq")
    wanted = b(session)
    session.run("quietly xtabond2 yd l.yd, gmm(l.yd) noleveleq orthogonal")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-8)


def test_refusals(session: xmixed.Session) -> None:
    for line in (
        "xtabond2 yd l.yd x, noleveleq",
        "xtabond2 yd l.yd x, gmm(l.yd, lag(3 1))",
        "xtabond2 yd l.yd x, gmm(l.yd, lag(x))",
        "xtabond2 yd l.yd x, gmm(l.yd) cluster(g)",
        "xtabond2 yd l.yd x, gmm(l.yd, split)",
    ):
        assert fails(session, line) == 198, line
    assert fails(session, "xtabond2 yd l.yd x z, gmm(l.yd, lag(1 1) collapse) noleveleq") == 481
    assert fails(session, "xtabond2 yd l.yd x, gmm(, lag(1 1))") == 100
    session.run("xtset, clear")
    assert fails(session, "xtabond2 yd x, iv(x)") == 459
