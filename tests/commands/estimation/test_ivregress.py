"""ivregress, ivreg, ivreg2: tests after them, identities, refusals, layout (R: tests/conformance)."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError

MODEL = "mathach minority (ses = meanses female)"
FIRST, WU, SARGAN = 1125.969324833, 207.93424818, 52.8268844441


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse hsb82\nkeep in 1/1500\ngenerate w = 1 + mod(_n, 3)")
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def V(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["V"].values


def test_layout(session: xmixed.Session) -> None:
    text = session.run(f"ivregress 2sls {MODEL}, first")
    assert "\nInstrumental variables (2SLS) regression               Number of obs =    1500\n" in text
    assert "\nFirst-stage regressions\n-----------------------\n" in text
    assert "\nInstrumented:  ses\nInstruments:   minority meanses female\n" in text
    text = session.run(f"ivregress gmm {MODEL}")
    assert "\nGMM weight matrix: Robust                              Root MSE      =" in text
    assert "Instrumented" not in session.run("ivregress, noheader notable")
    assert "[90% Conf. Interval]" in session.run("ivregress, level(90) depname(math) eform(exp)")


def test_tests_of_aer() -> None:
    """AER 1.2: summary(ivreg(mathach ~ ses + minority | minority + meanses + female), diagnostics = TRUE)."""
    session = xmixed.Session()
    session.run(f"sysuse hsb82\nquietly ivregress 2sls {MODEL}")
    text = session.run("estat firststage")
    assert "First-stage regression summary statistics" in text
    assert session.r.scalars["mineig"] == pytest.approx(FIRST, rel=1e-9)
    assert session.r.scalars["F"] == pytest.approx(FIRST, rel=1e-9)
    session.run("estat overid")
    assert session.r.scalars["sargan"] == pytest.approx(SARGAN, rel=1e-9)
    session.run("estat endogenous")
    assert session.r.scalars["wu"] == pytest.approx(WU, rel=1e-9)


def test_tests_by_their_regressions(session: xmixed.Session) -> None:
    session.run(f"quietly ivregress 2sls {MODEL}\npredict double e, residuals\nestat overid")
    sargan, basmann = session.r.scalars["sargan"], session.r.scalars["basmann"]
    session.run("quietly regress e minority meanses female")
    r2 = session.e["r2"]
    assert sargan == pytest.approx(1500 * r2, rel=1e-8)
    assert basmann == pytest.approx(1496 * r2 / (1 - r2), rel=1e-8)
    session.run(
        "quietly regress ses minority meanses female\npredict double v, residuals\npredict double fit\n"
        "quietly regress mathach minority ses\npredict double o, residuals\n"
        "quietly regress v minority ses\npredict double cleared, residuals\n"
        "generate double one = 1\ngenerate double k = o * cleared\nquietly regress one k, noconstant"
    )
    score = 1500 - session.e["rss"]
    session.run("quietly regress mathach minority ses v, vce(robust)\ntest v")
    f = session.r.scalars["F"]
    session.run(f"quietly ivregress 2sls {MODEL}, vce(robust)\nestat endogenous")
    assert session.r.scalars["r_score"] == pytest.approx(score, rel=1e-8)
    assert session.r.scalars["regF"] == pytest.approx(f, rel=1e-8)
    assert "Robust" in session.run("estat firststage, forcenonrobust all")
    session.run("estat overid")
    robust = session.r.scalars["score"]
    session.run(
        "quietly regress meanses fit minority\npredict double z, residuals\nreplace k = e * z\n"
        "quietly regress one k, noconstant"
    )
    assert robust == pytest.approx(1500 - session.e["rss"], rel=1e-7)


def test_identities(session: xmixed.Session) -> None:
    session.run("quietly regress mathach ses minority")
    wanted, variance = b(session), V(session)
    session.run("quietly ivregress 2sls mathach ses minority, small")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session), variance, rtol=1e-8)
    # As many instruments as endogenous covariates: every estimator is the same.
    session.run("quietly ivregress 2sls mathach minority (ses = meanses), vce(robust)")
    wanted = b(session)
    for line in (
        "ivregress liml mathach minority (ses = meanses)",
        "ivregress gmm mathach minority (ses = meanses), igmm iterate(5) eps(1e-9)",
        "ivreg mathach minority (ses = meanses)",
        "ivreg2 mathach minority (ses = meanses), gmm2s",
        "ivreg2 mathach minority (ses = meanses), liml noid ffirst",
        "ivreg2 mathach minority (ses = meanses), gmm first small",
    ):
        session.run(f"quietly {line}")
        np.testing.assert_allclose(b(session), wanted, rtol=1e-7, err_msg=line)
    session.run(f"quietly ivreg2 {MODEL}, liml\nscalar k = e(kappa)\nquietly ivreg2 {MODEL}, fuller(1)")
    assert session.e["kappa"] == pytest.approx(session.scalars["k"] - 1 / 1496, rel=1e-10)
    session.run(f"quietly ivregress gmm {MODEL}, wmatrix(unadjusted)")
    wanted = b(session)
    session.run(f"quietly ivregress 2sls {MODEL}")
    np.testing.assert_allclose(wanted, b(session), rtol=1e-9)
    session.run(f"quietly ivregress gmm {MODEL}, wmatrix(robust) center\nestat overid")
    assert session.r.scalars["HansenJ"] == session.e["J"]


@pytest.mark.parametrize("options", ["", "vce(robust)", "cluster(school)", "small"])
def test_frequencies_are_rows(session: xmixed.Session, options: str) -> None:
    session.run(f"quietly ivregress 2sls {MODEL} [fw=w], {options}")
    wanted, variance = b(session), V(session)
    session.run(f"expand w\nquietly ivregress 2sls {MODEL}, {options}")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session), variance, rtol=1e-8)


def test_digits_far_from_zero(session: xmixed.Session) -> None:
    session.run(f"quietly ivregress 2sls {MODEL}")
    wanted, variance = b(session), V(session)
    session.run("replace ses = ses + 1e6\nreplace meanses = meanses - 1e6\nquietly ivregress 2sls " + MODEL)
    np.testing.assert_allclose(b(session)[:2], wanted[:2], rtol=1e-7)
    np.testing.assert_allclose(V(session)[:2, :2], variance[:2, :2], rtol=1e-6)


def test_factors_and_generic_commands(session: xmixed.Session) -> None:
    session.run(
        "generate g = mod(_n, 4)\nquietly ivregress 2sls mathach i.g (ses c.ses#c.ses = meanses female cses)"
    )
    assert session.e.matrices["b"].column_names[0] == "ses"
    session.run(
        "testparm i.g\nmargins g\nmargins, dydx(ses)\nestimates store iv\nquietly regress mathach ses"
    )
    session.run("estimates store ols\nesttab iv ols\nlincom ses")
    assert "ses" in session.run("estimates replay iv")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("ivregress mathach (ses = meanses)", 198, "invalid syntax"),
        ("ivregress 2sls mathach (ses meanses)", 198, "invalid syntax"),
        ("ivregress 2sls mathach (ses = meanses", 100, ") required"),
        ("ivregress 2sls mathach (ses cses = meanses)", 481, "equation not identified"),
        ("ivregress 2sls mathach (ses = meanses), wmatrix(robust)", 198, "allowed only with gmm"),
        ("ivregress gmm mathach (ses = meanses), wmatrix(hac nw 4)", 198, "wmatrix() incorrectly"),
        ("ivregress 2sls mathach (ses = nothing)", 111, "nothing not found"),
        ("ivreg2 mathach (ses = meanses female), orthog(female)", 198, "not implemented"),
        ("ivregress 2sls mathach (ses = meanses) if school < 0", 2000, "no observations"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message


def test_refusals_of_estat(session: xmixed.Session) -> None:
    session.run("quietly ivregress 2sls mathach (ses = meanses)")
    with pytest.raises(StataError, match="no overidentifying restrictions"):
        session.run("estat overid")
    session.run("quietly ivregress 2sls mathach ses")
    with pytest.raises(StataError, match="no endogenous regressors"):
        session.run("estat firststage")
    session.run(f"quietly ivregress gmm {MODEL}")
    with pytest.raises(StataError, match="two-stage least squares alone"):
        session.run("estat endogenous")
