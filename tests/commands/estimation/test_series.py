"""newey and prais: layout, identities, refusals. Figures of R: tests/conformance/test_econometrics.py."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, b, fails, started


@pytest.fixture
def session() -> xmixed.Session:
    return started("tsset n\nkeep in 1/120")


def test_newey(session: xmixed.Session) -> None:
    text = session.run("newey y x i.g, lag(2)")
    assert "Regression with Newey-West standard errors          Number of obs  =       120\n" in text
    assert "\nmaximum lag: 2                                      F(  3,   116)  =" in text
    assert "\n             |             Newey-West\n" in text
    session.run("test x\nmargins g\npredict double f\npredict double r, residuals\npredict double s1, stdp")
    assert "lag" in session.e.scalars and "rmse" not in session.e.scalars
    session.run("newey, level(90)")
    session.run("quietly regress y x, vce(robust)")
    wanted = V(session)
    session.run("quietly newey y x, lag(0)")
    np.testing.assert_allclose(V(session), wanted, rtol=1e-10)
    session.run("quietly regress y x z [aw=g], vce(robust) noconstant")
    wanted = V(session)
    session.run("quietly newey y x z [aw=g], lag(0) noconstant")
    np.testing.assert_allclose(V(session), wanted, rtol=1e-10)


def test_lags_do_not_cross_panels_or_gaps(session: xmixed.Session) -> None:
    session.run("xtset id t\nquietly newey y x, lag(1)\ntsset n")
    panels = V(session)
    # Ten times between panels keep them apart in one series.
    session.run("generate far = n + 10 * id\ntsset far")
    assert fails(session, "newey y x, lag(1)") == 198
    session.run("quietly newey y x, lag(1) force")
    np.testing.assert_allclose(V(session), panels, rtol=1e-10)
    assert fails(session, "newey y x") == 198
    session.run("tsset, clear")
    assert fails(session, "newey y x, lag(1)") == 111


def test_prais(session: xmixed.Session) -> None:
    text = session.run("prais yq x z")
    assert text.startswith("\nIteration 0:  rho = 0.0000\nIteration 1:  rho = ")
    assert "\nPrais-Winsten AR(1) regression -- iterated estimates\n\n      Source |" in text
    assert "\n         rho | " in text and "\nDurbin-Watson statistic (transformed) " in text
    session.run("predict double f\nmargins, at(x=1)\ntest x = z")
    text = session.run("prais yq x z, corc nolog vce(hc3) nodw")
    assert "Cochrane-Orcutt AR(1) regression" in text and "Number of obs =     119" in text
    assert "Durbin" not in text and "Iteration" not in text
    session.run("count if e(sample)")
    assert session.r["N"] == 119
    for kind in ("freg", "tscorr", "dw", "theil", "nagar"):
        session.run(f"quietly prais yq x z, rhotype({kind}) tolerance(1e-9) iterate(50)")
        assert -1 < session.e.scalars["rho"] < 1
    session.run("quietly prais yq x z, cluster(id) noconstant\nprais")
    assert fails(session, "prais yq x z, ssesearch") == 198
    session.run("xtset id t")
    assert fails(session, "prais yq x z") == 459


def test_rho_of_two_steps_is_that_of_the_residuals(session: xmixed.Session) -> None:
    session.run("quietly regress yq x\npredict double r, residuals\nquietly regress r l.r, noconstant")
    wanted = b(session)[0]
    session.run("quietly prais yq x, twostep")
    assert session.e.scalars["rho"] == pytest.approx(wanted, rel=1e-10)
