"""xtreg: layout from pinned figures, models against each other and against xtmixed, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation, FittedTerms
from xmixed.estimation.likelihood.newton import maximise
from xmixed.estimation.linear.panel import Groups
from xmixed.estimation.linear.xtreg import ESTIMATOR
from xmixed.estimation.linear.xtreg_likelihood import RandomIntercepts
from xmixed.expressions.factors.terms import Part, Term
from xmixed.session.results import Estimates, Matrix
from xmixed.session.settings import Settings

WITHIN = """
Fixed-effects (within) regression               Number of obs      =       832
Group variable: school                          Number of groups   =        52

R-sq:  within  = 0.2281                         Obs per group: min =        16
       between = 0.1764                                        avg =      16.0
       overall = 0.1905                                        max =        16

                                                F(2,778)           =    114.93
corr(u_i, Xb)  = -0.2562                        Prob > F           =    0.0000

------------------------------------------------------------------------------
       score |      Coef.   Std. Err.      t    P>|t|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         ses |   2.386142   .2147853    11.11   0.000     1.964515    2.807769
       hours |   .4187726   .0465208     9.00   0.000     .3274514    .5100938
       _cons |   61.20853   .4249135   144.05   0.000     60.37442    62.04264
-------------+----------------------------------------------------------------
     sigma_u |  3.1175204
     sigma_e |  5.4420366
         rho |  .24708236   (fraction of variance due to u_i)
------------------------------------------------------------------------------
F test that all u_i=0:     F(51, 778) =     5.26             Prob > F = 0.0000"""
LIKELIHOOD = """
Random-effects ML regression                    Number of obs      =       832
Group variable: school                          Number of groups   =        52

Random effects u_i ~ Gaussian                   Obs per group: min =        16
                                                               avg =      16.0
                                                               max =        16

                                                LR chi2(2)         =    213.05
Log likelihood  = -2628.4471                    Prob > chi2        =    0.0000

------------------------------------------------------------------------------
       score |      Coef.   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         ses |   2.401877   .2131904    11.27   0.000     1.984031    2.819723
       hours |   .4201152   .0462277     9.09   0.000     .3295106    .5107198
       _cons |   61.19702   .6021447   101.63   0.000     60.01684     62.3772
-------------+----------------------------------------------------------------
    /sigma_u |   3.081719   .3552303                      2.458605    3.862755
    /sigma_e |   5.438244   .1376428                      5.175045    5.714829
"""

TERMS = (Term((Part("ses"),)), Term((Part("hours"),)), Term(()))
SIZES = {"N": 832.0, "N_g": 52.0, "g_min": 16.0, "g_avg": 16.0, "g_max": 16.0, "df_m": 2.0}


def shown(estimates: Estimates) -> str:
    lines = ESTIMATOR.replay(estimates, lambda name, default=None: default, Settings())
    return "\n".join(line.text for line in lines)


def matrices(names: list[str], b: list[float], errors: list[float]) -> dict[str, Matrix]:
    return {
        "b": Matrix(np.array([b]), ["y1"], names),
        "V": Matrix(np.diag(np.square(errors)), names, names),
    }


def test_layout_of_the_within_regression() -> None:
    scalars = SIZES | {"r2_w": 0.2281, "r2_b": 0.1764, "r2_o": 0.1905, "df_r": 778.0, "F": 114.93}
    scalars |= {"corr": -0.2562, "sigma_u": 3.1175204, "sigma_e": 5.4420366, "rho": 0.24708236}
    scalars |= {"F_f": 5.26, "df_a": 51.0}
    names = [term.name for term in TERMS]
    own = matrices(names, [2.386142, 0.4187726, 61.20853], [0.2147853, 0.0465208, 0.4249135])
    payload = FittedTerms("score", (FittedEquation("", TERMS),))
    macros = {"cmd": "xtreg", "model": "fe", "ivar": "school"}
    assert shown(Estimates(scalars, macros, own, payload=payload)) == WITHIN


def test_layout_of_maximum_likelihood() -> None:
    scalars = SIZES | {"chi2": 213.05, "p": 0.0, "ll": -2628.4471, "sigma_u": 3.081719, "sigma_e": 5.438244}
    scalars |= {"rho": 0.2430724, "chi2_c": 158.94, "p_c": 0.0}
    equations = (
        FittedEquation("score", TERMS),
        FittedEquation("sigma_u", (Term(()),), ancillary=True, limits="log"),
        FittedEquation("sigma_e", (Term(()),), ancillary=True, limits="log"),
    )
    payload = FittedTerms("score", equations)
    b = [2.401877, 0.4201152, 61.19702, 3.081719, 5.438244]
    errors = [0.2131904, 0.0462277, 0.6021447, 0.3552303, 0.1376428]
    macros = {"cmd": "xtreg", "model": "ml", "ivar": "school"}
    text = shown(Estimates(scalars, macros, matrices(payload.names, b, errors), payload=payload))
    lines, expected = text.split("\n"), LIKELIHOOD.split("\n")
    # The sample's limits of the sigmas are not quite those of its standard errors.
    assert [line[:57] for line in lines[:20]] == [line[:57] for line in expected[:20]]
    for ours, theirs in zip(lines[18:20], expected[18:20], strict=True):
        np.testing.assert_allclose(
            [float(word) for word in ours.split()[-2:]],
            [float(word) for word in theirs.split()[-2:]],
            rtol=1e-4,
        )
    assert lines[:18] == expected[:18]
    assert lines[20].startswith("         rho |   .2430724   .0")
    assert text.endswith("\nLikelihood-ratio test of sigma_u=0: chibar2(01)=  158.94 Prob>=chibar2 = 0.000")


@pytest.fixture(scope="module")
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse productivity")
    session.run("xtset state year")
    return session


def test_maximum_likelihood_is_that_of_xtmixed(session: xmixed.Session) -> None:
    session.run("quietly xtmixed gsp private emp unemp || state:, mle variance")
    mixed = session.e
    text = session.run("xtreg gsp private emp unemp, mle")
    e = session.e
    assert e["ll"] == pytest.approx(mixed["ll"], abs=1e-7)
    np.testing.assert_allclose(e.matrices["b"].values[0, :4], mixed.matrices["b"].values[0, :4], rtol=1e-6)
    assert e["sigma_u"] == pytest.approx(np.exp(mixed.matrices["b"].values[0, 4]), rel=1e-6)
    assert e["sigma_e"] == pytest.approx(np.exp(mixed.matrices["b"].values[0, 5]), rel=1e-6)
    assert e["chi2_c"] == pytest.approx(mixed["chi2_c"], rel=1e-7)
    assert text.split("\n")[1] == "Fitting constant-only model:"
    assert "\n\nFitting full model:\nIteration 0:   log likelihood = " in text


def test_derivatives_of_the_likelihood() -> None:
    rng = np.random.default_rng(5)
    codes = np.repeat(np.arange(12), rng.integers(1, 6, 12))
    x = rng.normal(3, 2, len(codes))
    y = x + rng.normal(size=12)[codes] + rng.normal(size=len(codes))
    own = RandomIntercepts.of(y, [x, None], Groups(codes, 12))
    point = own.start() + 0.1
    here, step = own.evaluate(point), 1e-5
    unit = np.eye(4) * step
    slopes = [(own.log_likelihood(point + d) - own.log_likelihood(point - d)) / (2 * step) for d in unit]
    np.testing.assert_allclose(here.gradient, slopes, rtol=1e-7, atol=1e-7)
    moved = [own.evaluate(point - d).gradient - own.evaluate(point + d).gradient for d in unit]
    np.testing.assert_allclose(here.information, np.array(moved) / (2 * step), rtol=1e-6, atol=1e-6)
    assert maximise(own).converged


def test_no_variance_between_groups_is_zero_in_random_effects(session: xmixed.Session) -> None:
    """Groups with equal means: the between variance is negative, and GLS is least squares."""
    local = xmixed.Session()
    for line in ("set obs 40", "generate g = ceil(_n/4)", "generate x = mod(_n, 4)"):
        local.run(line)
    local.run("generate y = x + cond(mod(_n, 4) < 2, .5, -.5) + .01 * mod(g, 2)")
    local.run("xtreg y x, re i(g)")
    assert local.e["sigma_u"] == 0 and local.e["thta_max"] == 0
    b = local.e.matrices["b"].values
    local.run("regress y x")
    np.testing.assert_allclose(b, local.e.matrices["b"].values)


def test_robust_variances_are_those_of_panels(session: xmixed.Session) -> None:
    for model in ("fe", "re"):
        session.run(f"xtreg gsp private emp, {model} robust")
        first = session.e
        text = session.run(f"xtreg gsp private emp, {model} vce(cluster state)")
        np.testing.assert_allclose(first.matrices["V"].values, session.e.matrices["V"].values)
        assert "(Std. Err. adjusted for 48 clusters in state)" in text
        assert "F test that all u_i=0" not in text


def test_theta_and_the_between_regression(session: xmixed.Session) -> None:
    text = session.run("xtreg gsp private emp, theta")
    assert f"theta          = {session.e['thta_min']:.7f}".replace("= 0", "= ") in text
    text = session.run("xtreg gsp private emp, be")
    assert text.split("\n")[1].startswith("Between regression (regression on group means)")
    assert "sd(u_i + avg(e_i.))=" in text


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("xtreg gsp private, i(nothing)", 111, "variable nothing not found"),
        ("xtreg gsp private, fe re", 198, ""),
        ("xtreg gsp private [aw=emp], re", 101, "weights not allowed"),
        ("xtreg gsp private, fe sa", 198, "option sa allowed only with re"),
        ("xtreg gsp private, mle vce(robust)", 198, "vce(robust) not allowed with mle"),
        ("xtreg gsp private, fe vce(cluster year)", 498, "panels are not nested within clusters"),
        ("xtreg gsp private, be wls", 198, "option wls is not implemented in xmixed yet"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message


def test_the_panel_variable_must_be_set() -> None:
    local = xmixed.Session()
    local.run("sysuse productivity")
    with pytest.raises(StataError, match="must specify panelvar; use xtset") as caught:
        local.run("xtreg gsp private")
    assert caught.value.code == 459
