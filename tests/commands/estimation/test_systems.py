"""sureg, mvreg, reg3: layout, identities, refusals. Figures of R: tests/conformance/test_econometrics.py."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, b, fails, started


@pytest.fixture
def session() -> xmixed.Session:
    return started()


def test_sureg(session: xmixed.Session) -> None:
    text = session.run("sureg (y x z) (second: yq z i.g) (w x), corr nolog")
    for part in (
        "\nSeemingly unrelated regression\n" + "-" * 70 + "\nEquation          Obs  Parms        RMSE",
        "\ny                 400      2 ",
        "\nsecond            400      3 ",
        "\nCorrelation matrix of residuals:\n",
        "\nBreusch-Pagan test of independence: chi2(3) = ",
    ):
        assert part in text, part
    assert session.run("sureg, corr level(90)").count("Breusch") == 1
    session.run("test x\ntest [y]x = [w]x\nlincom [y]z - [second]z\nestimates store m\nestimates table m")
    session.run("predict double f\npredict double f2, equation(second)\npredict double r, residuals eq(#3)")
    session.run("predict double s1, stdp\nmargins, dydx(x)")
    session.run("assert reldif(r, w - _b[w:x] * x - _b[w:_cons]) < 1e-10")


def test_the_same_covariates_are_least_squares(session: xmixed.Session) -> None:
    session.run("quietly regress y x z")
    wanted, errors = b(session), V(session)
    session.run("quietly sureg (y yq = x z), dfk small")
    np.testing.assert_allclose(b(session)[:3], wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session)[:3, :3], errors, rtol=1e-9)
    assert "F-Stat" in session.run("sureg")
    text = session.run("mvreg y yq = x z, corr noconstant")
    assert "          F        P\n" in text and " t    P>|t|" in text
    session.run("quietly regress yq x z, noconstant")
    wanted, errors = b(session), V(session)
    session.run("quietly mvreg y yq = x z, noconstant")
    np.testing.assert_allclose(b(session)[2:], wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session)[2:, 2:], errors, rtol=1e-9)


def test_frequencies_are_rows(session: xmixed.Session) -> None:
    session.run("quietly sureg (y x z) (yq z) [fw=g], isure iterate(500) tolerance(1e-9)")
    wanted, variance = b(session), V(session)
    session.run("expand g\nquietly sureg (y x z) (yq z), isure tolerance(1e-9)")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-8)
    np.testing.assert_allclose(V(session), variance, rtol=1e-8, atol=1e-14)


def test_constraints_hold(session: xmixed.Session) -> None:
    session.run("constraint 9 [y]x = [yq]z\nquietly sureg (y x z) (yq z), constraints(9)")
    assert b(session)[0] == pytest.approx(b(session)[3], rel=1e-12)
    assert fails(session, "sureg (y x z) (yq z), constraints(88)") == 412


def test_three_stages(session: xmixed.Session) -> None:
    text = session.run("reg3 (y yq x) (yq y z v), corr")
    assert "Three-stage least-squares regression" in text
    assert "Endogenous variables:  y yq\nExogenous variables:   x z v\n" in text
    wanted = b(session)
    session.run("quietly reg3 (y yq x) (yq y z v), inst(x z v) 3sls")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
    session.run("quietly ivregress 2sls y x (yq = z v), small")
    wanted, variance = b(session), V(session)
    session.run("quietly reg3 (y yq x) (w x z), 2sls endog(yq) exog(v)")
    names = session.e.matrices["b"].column_names[:3]
    assert names == ["y:yq", "y:x", "y:_cons"]
    np.testing.assert_allclose(b(session)[:3], wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session)[:3, :3], variance, rtol=1e-9)
    for line in (
        "quietly reg3 (y yq x) (yq y z v), ols",
        "quietly reg3 (y yq x) (yq y z v), sure",
        "quietly reg3 (y yq x) (yq y z v), 3sls ireg3 small dfk",
        "quietly reg3 (y yq x) (yq y z v), allexog",
    ):
        session.run(line)


def test_refusals(session: xmixed.Session) -> None:
    assert fails(session, "sureg y x") == 198
    assert fails(session, "sureg (y x) z (yq z)") == 198
    assert fails(session, "sureg (y x) (yq z))") == 132
    assert fails(session, "mvreg y yq x") == 198
    assert fails(session, "reg3 (y yq x) (yq y x)") == 481
    assert fails(session, "reg3 (y yq x) (yq y z v), 2sls ols") == 198
    assert fails(session, "sureg (y x) (y x)") == 506
