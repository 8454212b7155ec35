"""xtgls: layout, identities, refusals. Figures of R: tests/conformance/test_econometrics.py."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, b, fails, started


@pytest.fixture
def session() -> xmixed.Session:
    return started("xtset t id")


def test_layout(session: xmixed.Session) -> None:
    text = session.run("xtgls yp x i.g, panels(correlated) corr(ar1)")
    for part in (
        "\nCross-sectional time-series FGLS regression\n\nCoefficients:  generalized least squares\n",
        "\nPanels:        heteroskedastic with cross-sectional correlation\n",
        "\nCorrelation:   common AR(1) coefficient for all panels  (",
        "\nEstimated covariances      =        36          Number of obs      =       400\n",
        "\nEstimated coefficients     =         4          Time periods       =        50\n",
    ):
        assert part in text, part
    session.run("test x\nmargins, dydx(x)\npredict double f\npredict double r, residuals\nxtgls, level(90)")
    text = session.run("xtgls yp x if n > 3, panels(hetero) nolog")
    assert "Obs per group: min" in text and "\nLog likelihood             = " in text


def test_one_variance_is_least_squares(session: xmixed.Session) -> None:
    session.run("quietly regress yp x z")
    wanted, variance, ll = b(session), V(session), session.e["ll"]
    session.run("quietly xtgls yp x z, nmk")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session), variance, rtol=1e-8)
    session.run("quietly xtgls yp x z, i(t) t(id)")
    assert session.e["ll"] == pytest.approx(ll, rel=1e-10)


def test_iterated_is_maximum_likelihood(session: xmixed.Session) -> None:
    session.run("quietly xtgls yp x, panels(heteroskedastic) igls tolerance(1e-12) iterate(500)")
    best, at = session.e.scalars["ll"], b(session).copy()
    for options in ("", "iterate(2) igls tolerance(1)"):
        session.run(f"quietly xtgls yp x, panels(heteroskedastic) {options}")
        assert session.e.scalars["ll"] <= best + 1e-9
    assert np.all(np.abs(b(session) - at) < 0.1)
    session.run("quietly xtgls yp x\nxttest3")
    session.run("quietly xtgls yp x, noconstant corr(psar1) rhotype(dw)")


def test_refusals(session: xmixed.Session) -> None:
    assert fails(session, "xtgls yp x, panels(correlated) force") == 198
    assert fails(session, "xtgls yp x if n > 3, panels(correlated)") == 459
    session.run("xtset id t")
    assert fails(session, "xtgls yp x, panels(correlated)") == 506
    assert fails(session, "xtgls yp x, panels(heteroskedastic) igls iterate(1) tolerance(0)") == 430
    session.run("xtset, clear")
    assert fails(session, "xtgls yp x") == 459
