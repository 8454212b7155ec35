"""glm: identities with other commands, options, predictions, refusals, layout (R: tests/conformance)."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.render.layouts.estimation.generalized import GeneralizedHeader, render_header

HEADER = """\
Generalized linear models                          No. of obs      =       120
Optimization     : ML                              Residual df     =       117
                                                   Scale parameter =         1
Deviance         =  142.8082301                    (1/df) Deviance =  1.220583
Pearson          =  119.2300442                    (1/df) Pearson  =  1.019060

Variance function: V(u) = u*(1-u)                  [Bernoulli]
Link function    : g(u) = ln(u/(1-u))              [Logit]

                                                   AIC             =  1.240069
Log likelihood   = -71.40411504                    BIC             = -417.3260"""


def test_layout_of_the_header() -> None:
    header = GeneralizedHeader(
        "Generalized linear models",
        ("ML", ""),
        120,
        117,
        1,
        (142.80823008, 1.220583163),
        (119.230044234, 1.019060207),
        ("u*(1-u)", "Bernoulli"),
        ("ln(u/(1-u))", "Logit"),
        -71.404115041,
        1.240068584,
        -417.32596,
        False,
    )
    found = "\n".join(line.text for line in render_header(header))
    assert found.replace("1.01906", "1.019060").replace("-417.326", "-417.3260") == HEADER.replace(
        " 1.019060", "  1.019060"
    ).replace("-417.3260", " -417.3260")


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse scotssec\nkeep in 1/600\ngenerate high = attain >= 6\ngenerate w = 1 + mod(_n, 3)")
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def V(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["V"].values


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ("logit high verbal i.female", "glm high verbal i.female, family(binomial)"),
        ("logit high verbal, vce(robust)", "glm high verbal, family(b) link(l) vce(robust)"),
        ("probit high verbal, vce(cluster second)", "glm high verbal, f(b) l(p) cluster(second)"),
        ("poisson attain verbal, exposure(w)", "glm attain verbal, f(p) exposure(w)"),
        ("poisson attain verbal [pw=w]", "glm attain verbal [pw=w], f(poisson) robust"),
        ("poisson attain verbal, offset(w) noconstant", "glm attain verbal, f(p) offset(w) noconstant"),
        ("regress attain verbal female", "glm attain verbal female, family(gaussian) link(identity) ml"),
        ("regress attain verbal [aw=w]", "glm attain verbal [aw=w]"),
    ],
)
def test_same_as_the_command_of_its_own(session: xmixed.Session, other: str, line: str) -> None:
    session.run(f"quietly {other}")
    wanted = session.e
    session.run(f"quietly {line}")
    np.testing.assert_allclose(b(session), wanted.matrices["b"].values[0], rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(V(session), wanted.matrices["V"].values, rtol=1e-6, atol=1e-12)
    if "w=w]" not in line:  # regress has the logarithms of analytic weights in its own
        assert session.e["ll"] == pytest.approx(wanted["ll"], rel=1e-9)


def test_links_have_the_slopes_of_their_means() -> None:
    from xmixed.estimation.generalized.links import LINKS, negative_binomial, odds_power, power

    step = 1e-5
    for link in (*LINKS.values(), power(-2.0), power(0.5), odds_power(0.7), negative_binomial(0.4)):
        eta = np.array([-1.3, -0.6, -0.2])
        if link.title.startswith("power") or link.title in ("reciprocal", "opower 0.7"):
            eta = -eta
        np.testing.assert_allclose(link.forward(link.mean(eta)), eta, rtol=1e-10, err_msg=link.title)
        slope = (link.mean(eta + step) - link.mean(eta - step)) / (2 * step)
        bend = (link.slope(eta + step) - link.slope(eta - step)) / (2 * step)
        np.testing.assert_allclose(link.slope(eta), slope, rtol=1e-8, err_msg=link.title)
        np.testing.assert_allclose(link.bend(eta), bend, rtol=1e-7, atol=1e-9, err_msg=link.title)


def test_every_link_and_family_by_name(session: xmixed.Session) -> None:
    session.run("generate pos = attain + 1\ngenerate part = attain / 12")
    for line, link in (
        ("glm high verbal, f(bernoulli) l(cloglog)", "cloglog"),
        ("glm high verbal, f(b) l(loglog)", "loglog"),
        ("glm part verbal, f(b) l(opower .5)", "opower 0.5"),
        ("glm pos i.female, f(gamma) l(power -1)", "power -1"),
        ("glm attain verbal, f(gamma)", "power -1"),
        ("glm pos i.female, f(igaussian)", "power -2"),
        ("glm pos i.female, f(gamma) l(reciprocal)", "power -1"),
        ("glm pos i.female, f(nbinomial 2) l(nbinomial)", "nbinomial"),
        ("glm pos i.female, f(normal) l(identity)", "identity"),
        ("glm high i.female, f(b) l(logc)", "logc"),
        ("glm high i.female, f(b) l(power 0)", "log"),
    ):
        session.run(f"quietly {line}")
        assert session.e["converged"] == 1 and session.e["link"] == link, line


def test_trials_are_observations(session: xmixed.Session) -> None:
    session.run("collapse (sum) high (count) n = attain, by(female social)")
    session.run("quietly glm high i.female, family(binomial n)")
    wanted, variance = b(session), V(session)
    session.run("predict double mu\npredict double r, response\ngenerate double left = high - mu - r")
    assert np.abs(session.data["left"].to_double()).max() < 1e-10
    session.run("expand n\nbysort female social: generate one = _n <= high\nquietly logit one i.female")
    np.testing.assert_allclose(wanted, b(session), rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(variance, V(session), rtol=1e-6, atol=1e-12)


def test_scale_and_variances(session: xmixed.Session) -> None:
    session.run("quietly glm attain verbal, f(p)")
    plain, ratio = V(session), session.e["dispers_p"]
    text = session.run("glm attain verbal, f(p) scale(x2) nolog")
    np.testing.assert_allclose(V(session), plain * ratio, rtol=1e-10)
    assert "(Standard errors scaled using square root of Pearson X2-based dispersion.)" in text
    session.run("quietly glm attain verbal, f(p) scale(dev)")
    np.testing.assert_allclose(V(session), plain * session.e["dispers"], rtol=1e-10)
    text = session.run("glm attain verbal, f(p) irls iterate(50)")
    np.testing.assert_allclose(V(session), plain, rtol=1e-8)
    assert "MQL Fisher scoring" in text and "(IRLS EIM)" in text and "AIC" not in text
    session.run("generate row = _n\nquietly glm attain verbal, f(p) vce(robust)")
    robust = V(session)
    session.run("quietly glm attain verbal, f(p) vce(cluster row)")
    np.testing.assert_allclose(V(session), robust, rtol=1e-10)
    assert "|                 OPG\n" in session.run("glm attain verbal, f(p) vce(opg) ltolerance(1e-9)")
    session.run("predict double s, score\nmatrix accum G = verbal [iw=s^2]\nmatrix G = syminv(G)")
    np.testing.assert_allclose(V(session), session.matrices["G"].values, rtol=1e-6)


def test_predictions(session: xmixed.Session) -> None:
    session.run("quietly glm attain verbal, family(gaussian)")
    for name in (
        "mu",
        "xb",
        "eta",
        "stdp",
        "anscombe",
        "cooksd",
        "deviance",
        "hat",
        "pearson",
        "response",
        "working",
    ):
        session.run(f"predict double g_{name}, {name}")
    session.run(
        "quietly regress attain verbal\npredict double e, residuals\npredict double h, hat\n"
        "predict double c, cooksd"
    )
    found = {
        name: session.data[f"g_{name}"].to_double()
        for name in ("anscombe", "deviance", "pearson", "response")
    }
    for name, values in found.items():
        np.testing.assert_allclose(values, session.data["e"].to_double(), atol=1e-9, err_msg=name)
    np.testing.assert_allclose(session.data["g_hat"].to_double(), session.data["h"].to_double(), rtol=1e-8)
    np.testing.assert_allclose(session.data["g_cooksd"].to_double(), session.data["c"].to_double(), rtol=1e-7)
    session.run("quietly glm high verbal, f(b)\npredict double d, deviance\ngenerate double d2 = sum(d^2)")
    assert session.data["d2"].to_double()[-1] == pytest.approx(session.e["deviance"], rel=1e-9)


def test_generic_commands_follow(session: xmixed.Session) -> None:
    session.run("quietly logit high verbal i.female\nquietly margins, dydx(*)")
    wanted = session.r.matrices["b"].values
    session.run("quietly glm high verbal i.female, f(b)\nestimates store one\nquietly margins, dydx(*)")
    np.testing.assert_allclose(session.r.matrices["b"].values, wanted, rtol=1e-7)
    text = session.run("glm, eform level(90)")
    assert "Odds Ratio" in text and "[90% Conf. Interval]" in text
    session.run("test verbal\nquietly glm high verbal, f(b)\nestimates store two\nquietly lrtest one two")
    assert session.r.scalars["df"] == 1
    session.run("esttab one two\nestat ic")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("glm attain verbal, family(weibull)", 198, "unknown family weibull"),
        ("glm attain verbal, link(square)", 198, "unknown link square"),
        ("glm attain verbal, link(power)", 198, "option link() incorrectly specified"),
        ("glm attain verbal, link(nbinomial)", 198, "link(nbinomial) needs family(nbinomial)"),
        ("glm attain verbal, family(binomial 2)", 459, "attain must lie between zero"),
        ("glm verbal attain, family(gamma)", 459, "verbal has values that family(gamma)"),
        ("glm attain verbal, offset(w) exposure(w)", 198, "options offset() and exposure()"),
        ("glm attain verbal, fisher(2)", 198, "not implemented"),
        ("glm high verbal, f(b) iterate(1) nrtolerance(1e-9)", 430, "convergence not achieved"),
        ("glm one verbal, f(b)", 2000, "outcome does not vary"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.run("generate one = 1")
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
