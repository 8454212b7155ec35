"""xtgee and xtreg, pa: what is shown, saved and refused."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run("sysuse orthodont\nxtset subject age, delta(2)\ngenerate d = distance > 24")
    return session


def test_the_header(session: Session) -> None:
    lines = session.run("xtreg distance age, pa corr(ar 1) vce(robust)").splitlines()
    start = lines.index(next(text for text in lines if text.startswith("GEE")))
    assert lines[start : start + 2] == [
        "GEE population-averaged model                   Number of obs      =       108",
        "Group and time vars:           subject age      Number of groups   =        27",
    ]
    assert "Correlation:                         AR(1)                     max =         4" in lines
    assert "                                (Std. Err. adjusted for clustering on subject)" in lines
    assert "             |             Semirobust" in lines
    assert session.e["cmd"] == "xtgee" and session.e["cmd2"] == "xtreg"
    again = session.run("xtreg").splitlines()
    assert again == lines[start - 1 :]


def test_the_log_and_where_it_ends(session: Session) -> None:
    lines = session.run("xtgee distance age female, corr(unstructured)").splitlines()
    steps = [text for text in lines if text.startswith("Iteration")]
    assert steps[0].startswith("Iteration 1: tolerance = ") and len(steps) > 3
    assert "Iteration" not in session.run("xtgee distance age, nolog")
    with pytest.raises(StataError) as caught:
        session.run("xtgee distance age female, corr(unstructured) iterate(2)")
    assert caught.value.code == 430
    assert session.e["rc"] == 430


def test_independent_panels_show_the_fit(session: Session) -> None:
    lines = session.run("xtgee d age, family(binomial) corr(independent)").splitlines()
    assert any(text.startswith("Pearson chi2(108):") and "Deviance" in text for text in lines)
    assert any(text.startswith("Dispersion (Pearson):") for text in lines)


def test_exponentiated_coefficients(session: Session) -> None:
    assert "Odds Ratio" in session.run("xtgee d age, family(binomial) eform")
    assert "exp(b)" in session.run("xtgee d age, family(binomial) link(probit) eform")
    assert "exp(b)" in session.run("xtgee, eform")


def test_replications_draw_panels(session: Session) -> None:
    session.run("set seed 1\nquietly xtreg distance age, pa vce(bootstrap, reps(5))")
    assert session.e["vcetype"] == "Bootstrap" and session.e["N_reps"] == 5


def test_working_correlations(session: Session) -> None:
    session.run("quietly xtgee distance age, corr(exch)")
    lines = session.run("estat wcorrelation, format(%6.4f)").splitlines()
    assert "Estimated within-subject correlation matrix R:" in lines
    assert session.r["R"].values.shape == (4, 4)
    text = session.run("estat wcorrelation, compact")
    assert "Error structure: exchangeable" in text and "Estimated within-subject correlation: ." in text


def test_short_panels_are_left_out(session: Session) -> None:
    session.run("drop if subject < 4 & age > 8")
    lines = session.run("xtgee distance age, corr(ar 1)").splitlines()
    assert "note: some groups have fewer than 2 observations" in lines
    assert "      3 groups omitted from estimation" in lines
    assert session.e["N_g"] == 24


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("xtgee distance age, corr(foo)", 198, "option corr() incorrectly specified"),
        ("xtgee distance age, corr(exch 2)", 198, "option corr() incorrectly specified"),
        ("xtgee distance age, scale(-1)", 198, "option scale() incorrectly specified"),
        (
            "xtgee distance age, family(binomial)",
            459,
            "values that family(binomial) does not have",
        ),
        (
            "xtgee distance age if age != 10, corr(ar 1)",
            459,
            "not equally spaced or have gaps",
        ),
        ("xtgee distance age [pweight=age]", 199, "weight must be constant within subject"),
        ("xtreg distance age, pa vce(cluster subject)", 198, "vce(cluster) not allowed with pa"),
        ("xtreg distance age, fe corr(ar 1)", 198, "option corr allowed only with pa"),
        ("xtgee d age, i(subject) exposure(age) offset(age)", 198, "may not be combined"),
        ("xtgee d age, family(poisson) corr(nonstationary 1) t(female)", 451, "repeated time values"),
        ("xtgee d age, link(foo)", 198, "unknown link foo"),
        ("xtgee d age, family(nbinomial ml)", 198, "option family() incorrectly specified"),
        ("xtgee d age, family(binomial d)", 459, "the number of trials must be a positive integer"),
        ("xtgee d age, family(binomial 3) link(nbinomial)", 198, "link(nbinomial) needs family(nbinomial)"),
        ("xtlogit d age, pa", 198, "option pa is not implemented"),
        ("xtpoisson d age, pa", 198, "option pa is not implemented"),
        ("estat wcorrelation", 301, "last estimates not found"),
    ],
)
def test_refusals(session: Session, command: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        session.run(command)
    assert caught.value.code == code
    assert message in caught.value.message


def test_time_must_be_known(session: Session) -> None:
    session.run("xtset, clear")
    with pytest.raises(StataError) as caught:
        session.run("xtgee distance age, i(subject) corr(unstructured)")
    assert caught.value.code == 459
    session.run("quietly xtgee distance age, i(subject) t(age) corr(unstructured)")
    assert session.e["tvar"] == "age"


def test_options_of_wcorrelation(session: Session) -> None:
    session.run("quietly xtgee distance age")
    with pytest.raises(StataError, match="option at not allowed after xtgee"):
        session.run("estat wcorrelation, at(subject=1)")
    session.run("quietly xtmixed distance age || subject:")
    with pytest.raises(StataError, match="option compact is for xtgee"):
        session.run("estat wcorrelation, compact")


def test_families_with_numbers(session: Session) -> None:
    session.run("generate m = 20 + _n / 20\nreplace m = floor(m)\ngenerate s = round(distance / 2)")
    lines = session.run("xtgee s age, family(binomial m) corr(independent)").splitlines()
    assert any(text.startswith("Family:                        binomial(m)") for text in lines)
    own = session.e["b"].values.copy()
    session.run("predict double all, mu\npredict double each, rate\npredict double slope, score")
    assert session.e["denom"] == "m"
    values = {name: session.data[name].to_double() for name in ("all", "each", "m", "s", "slope")}
    np.testing.assert_allclose(values["all"], values["m"] * values["each"], rtol=1e-12)
    np.testing.assert_allclose(values["slope"], values["s"] - values["all"], atol=1e-12)
    session.run("quietly glm s age, family(binomial m)")
    np.testing.assert_allclose(own, session.e["b"].values, rtol=1e-6)
    lines = session.run("xtgee s age, family(nbinomial 0.5) eform").splitlines()
    assert any(text.startswith("Family:           negative binomial(k=0.5)") for text in lines)
    assert session.e["nbalpha"] == 0.5
    lines = session.run("xtgee s age, family(igaussian) nmp corr(independent)").splitlines()
    assert any(text.startswith("Link:                             power -2") for text in lines)
    assert session.e["df_pear"] == 106
