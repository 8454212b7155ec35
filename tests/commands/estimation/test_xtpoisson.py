"""xtpoisson, xtnbreg, cloglog: layout, identities, refusals. R: tests/conformance/test_econometrics.py."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, b, fails, started
from tests.conformance.test_econometrics import FOLDER
from xmixed.estimation.panels import counts


@pytest.fixture
def session() -> xmixed.Session:
    return started("xtset id t")


@pytest.mark.parametrize(
    ("model", "size"),
    [
        (counts.gamma_poisson, 1),
        (counts.conditional_poisson, 0),
        (counts.conditional_dispersed, 0),
        (counts.beta_dispersed, 2),
    ],
)
def test_slopes_are_those_of_the_likelihood(model: counts.Model, size: int) -> None:
    rng, step = np.random.default_rng(3), 1e-5
    panels = counts.Panels(rng.integers(0, 5, 24).astype(float), np.repeat(np.arange(6), 4), 6)
    eta, parameters = rng.normal(size=24), rng.normal(size=size)
    found = model(panels, eta, parameters)
    for row in range(0, 24, 5):
        move = step * np.eye(24)[row]
        up, down = (model(panels, eta + sign * move, parameters).ll.sum() for sign in (1, -1))
        assert found.eta[row] == pytest.approx((up - down) / (2 * step), rel=1e-5, abs=1e-6)
    for place, move in enumerate(step * np.eye(size)):
        up, down = (model(panels, eta, parameters + sign * move).ll for sign in (1, -1))
        np.testing.assert_allclose(found.parameters[place], (up - down) / (2 * step), rtol=1e-5, atol=1e-6)


def test_random_effects(session: xmixed.Session) -> None:
    text = session.run("xtpoisson cn x z")
    for part in (
        "\nRandom-effects Poisson regression               Number of obs      =       400\n",
        "\nRandom effects u_i ~ Gamma                      Obs per group: min =         8\n",
        "\n    /lnalpha | ",
        "\n       alpha | ",
        "\nLikelihood-ratio test of alpha=0: chibar2(01) = ",
    ):
        assert part in text, part
    session.run("predict double f\npredict double n0, nu0\npredict double r0, iru0\npredict double s1, stdp")
    session.run("assert reldif(n0, exp(f)) < 1e-12 & n0 == r0\ntest x z\nmargins, dydx(x) predict(nu0)")
    text = session.run("xtnbreg cn x i.g, re nolog irr")
    assert "\n       /ln_r | " in text and "\n           s | " in text and "u_i ~ Beta" in text
    assert "Likelihood-ratio test vs. pooled: chibar2(01) = " in text and "  IRR " in text
    session.run("generate w2 = exp(x)\nquietly xtpoisson cn z, exposure(w2) vce(bootstrap, reps(3) seed(1))")
    assert "ln(w2)" in session.run("xtpoisson cn z, exposure(w2) nolog i(id)")


def test_fixed_effects(session: xmixed.Session) -> None:
    session.run("quietly poisson cn x z i.id")
    wanted = b(session)[:2]
    session.run("replace cn = 0 if id == 3\nreplace id = 99 in 400")
    text = session.run("xtpoisson cn x z, fe irr")
    assert "note: 1 group (1 obs) dropped because of only one obs per group" in text
    assert "note: 1 group (8 obs) dropped because of all zero outcomes" in text
    assert "Conditional fixed-effects Poisson regression" in text and "  IRR " in text
    session.run((FOLDER / "data.do").read_text().replace("set obs", "clear\nset obs") + "xtset id t")
    session.run("quietly xtpoisson cn x z, fe")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-6)
    assert "Conditional FE negative binomial regression" in session.run("xtnbreg cn x, fe nolog")
    text = session.run("generate k = area\nxtpoisson cn x k, fe nolog")
    assert "note: k omitted because of no within-group variance." in text
    assert fails(session, "xtpoisson cn x, fe noconstant") == 198
    assert fails(session, "xtpoisson y x") == 459
    assert fails(session, "xtpoisson cn x, normal") == 198
    assert fails(session, "xtpoisson cn x [iw=g]") == 199
    session.run("quietly xtpoisson cn x [iw=area+1], re\nquietly xtnbreg cn x, re noconstant offset(z)")


@pytest.mark.parametrize("options", ["", "vce(robust)", "vce(cluster id)"])
def test_cloglog(session: xmixed.Session, options: str) -> None:
    text = session.run(f"cloglog b1 x z, eform {options}")
    assert "Complementary log-log regression                  Number of obs   =        400\n" in text
    assert "Nonzero outcomes" in text and " exp(b) " in text
    session.run("predict double p\npredict double q, xb\nassert reldif(p, 1 - exp(-exp(q))) < 1e-12")
    session.run("margins, dydx(x)\npredict double sc, score\npredict double s1, stdp\ncloglog, level(90)")
    session.run("quietly glm b1 x z, family(binomial) link(cloglog)")
    wanted = b(session)
    session.run("quietly cloglog b1 x z, asis")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-6)
    session.run(f"quietly cloglog b1 x z [fw=g], {options}")
    wanted, variance = b(session), V(session)
    session.run(f"expand g\nquietly cloglog b1 x z, {options}")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-7)
    np.testing.assert_allclose(V(session), variance, rtol=1e-6)
