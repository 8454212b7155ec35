"""binreg: the figures of glm (R: tests/conformance), shown as ratios."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.interpreter.session import Session

MADE = """set obs 200
generate double x = mod(_n, 7)/7
generate y = mod(_n^2 + 3*_n, 11) < 3 + 2*x
generate k = mod(_n, 4) + 2
generate s = min(mod(_n, 5), k)"""


@pytest.fixture
def outcomes(session: Session) -> Session:
    session.run(MADE)
    return session


@pytest.mark.parametrize(
    ("option", "link", "head"),
    [
        ("or", "logit", "Odds Ratio"),
        ("rr", "log", "Risk Ratio"),
        ("hr", "logc", "HR"),
        ("rd", "identity", "Coef."),
        ("", "logit", "Odds Ratio"),
    ],
)
def test_it_is_glm(outcomes: Session, option: str, link: str, head: str) -> None:
    outcomes.run(f"quietly glm y x, family(binomial) link({link}) irls")
    coefficients, variance = b(outcomes), V(outcomes)
    text = outcomes.run(f"binreg y x, {option} nolog")
    assert f" {head} " in text and outcomes.e.macros["cmd"] == "binreg"
    np.testing.assert_allclose(b(outcomes), coefficients, rtol=1e-10)
    np.testing.assert_allclose(V(outcomes), variance, rtol=1e-10)
    assert "      Coef. " in outcomes.run("binreg, coefficients")


def test_risks_of_two_groups(outcomes: Session) -> None:
    """Closed forms: differences and ratios of shares, their standard errors by the binomial distribution."""
    outcomes.run("generate g = x > .5")
    y, g = (outcomes.data[name].to_double() for name in "yg")
    (one, n1), (two, n2) = ((y[g == value].mean(), (g == value).sum()) for value in (1, 0))
    outcomes.run("quietly binreg y g, rd")
    assert b(outcomes)[0] == pytest.approx(one - two, rel=1e-8)
    assert V(outcomes)[0, 0] == pytest.approx(one * (1 - one) / n1 + two * (1 - two) / n2, rel=1e-7)
    outcomes.run("quietly binreg y g, rr")
    assert b(outcomes)[0] == pytest.approx(np.log(one / two), rel=1e-8)
    assert V(outcomes)[0, 0] == pytest.approx((1 - one) / one / n1 + (1 - two) / two / n2, rel=1e-7)
    outcomes.run("quietly binreg y g, hr")
    assert b(outcomes)[0] == pytest.approx(np.log((1 - one) / (1 - two)), rel=1e-8)


def test_trials_and_what_comes_after(outcomes: Session) -> None:
    outcomes.run("quietly glm s x, family(binomial k) irls")
    coefficients = b(outcomes)
    outcomes.run("quietly binreg s x, n(k)\npredict double m\ntest x\nmargins")
    np.testing.assert_allclose(b(outcomes), coefficients, rtol=1e-10)
    outcomes.run("quietly glm s x, family(binomial k) vce(oim)")
    variance = V(outcomes)
    outcomes.run("quietly binreg s x, n(k) ml")
    np.testing.assert_allclose(V(outcomes), variance, rtol=1e-6)
    assert "[90% Conf. Interval]" in outcomes.run("binreg, level(90)")
    outcomes.run("quietly glm y x, family(binomial) irls scale(x2) offset(k)")
    scaled = V(outcomes)
    outcomes.run("quietly binreg y x, scale(x2) offset(k) nolog")
    np.testing.assert_allclose(V(outcomes), scaled, rtol=1e-10)
    outcomes.run("quietly glm y x, family(binomial) irls vce(robust) noconstant exposure(k)")
    robust = V(outcomes)
    outcomes.run("quietly binreg y x, robust noconstant exposure(k)")
    np.testing.assert_allclose(V(outcomes), robust, rtol=1e-10)


def test_refusals(outcomes: Session) -> None:
    assert fails(outcomes, "binreg y x, or rr") == 198
    assert fails(outcomes, "binreg y x, disp(2)") == 198
    assert fails(outcomes, "binreg s x, n(.5)") == 459
    assert fails(outcomes, "binreg") == 301
