"""predict after regress, areg, xtreg and the likelihood models: identities and independent integrals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

import xmixed
from xmixed.errors import StataError
from xmixed.missing import MISSING


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse hsb82")
    session.run("keep in 1/200")
    return session


def made(session: xmixed.Session, options: str, name: str = "new") -> np.ndarray:
    session.run(f"capture drop {name}")
    session.run(f"predict double {name}, {options}")
    return session.data[name].to_double()


def column(session: xmixed.Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


def test_default_labels_and_notes(session: xmixed.Session) -> None:
    session.run("quietly regress mathach ses")
    assert session.run("predict f").rstrip() == "(option xb assumed; fitted values)"
    assert session.data["f"].type == "float" and session.data["f"].label == "Linear prediction"
    assert session.run("predict r in 1/150, residuals").rstrip() == "(50 missing values generated)"
    assert session.data["r"].label == "Residuals"
    session.run("generate high = mathach > 12")
    session.run("quietly probit high ses")
    assert session.run("predict p").rstrip() == "(option pr assumed; Pr(high))"
    assert session.data["p"].label == "Pr(high)"


def test_leaving_an_observation_out(session: xmixed.Session) -> None:
    """The studentised residual is the t of an indicator of the observation; leverage by its definition."""
    session.run("quietly regress mathach ses minority")
    student, h = made(session, "rstudent"), made(session, "hat")
    cook, welsch = made(session, "cooksd"), made(session, "welsch")
    b = session.e.matrices["b"].values[0]
    rmse, V = session.e["rmse"], session.e.matrices["V"].values
    session.run("generate byte alone = _n == 7")
    session.run("quietly regress mathach ses minority alone")
    e = session.e
    assert student[6] == pytest.approx(e.matrices["b"].values[0, 2] / np.sqrt(e.matrices["V"].values[2, 2]))
    change = b - e.matrices["b"].values[0, [0, 1, 3]]
    assert cook[6] == pytest.approx(change @ np.linalg.solve(V, change) / 3, rel=1e-9)
    assert h.sum() == pytest.approx(3, rel=1e-12)
    dfits = student * np.sqrt(h / (1 - h))
    np.testing.assert_allclose(welsch, dfits * np.sqrt(199 / (1 - h)), rtol=1e-10)
    session.run("quietly regress mathach ses minority")
    np.testing.assert_allclose(made(session, "stdr"), rmse * np.sqrt(1 - h), rtol=1e-10)
    np.testing.assert_allclose(made(session, "stdf"), rmse * np.sqrt(1 + h), rtol=1e-10)
    np.testing.assert_allclose(made(session, "score"), made(session, "residuals", "other"), rtol=1e-12)


@pytest.mark.parametrize("limits", [(5.0, 15.0), (-np.inf, 10.0), (14.0, np.inf)])
def test_limits_against_integrals(session: xmixed.Session, limits: tuple[float, float]) -> None:
    session.run("quietly regress mathach ses")
    mean, sd = made(session, "xb")[3], session.e["rmse"]
    a, b = limits
    text = ",".join("." if np.isinf(limit) else f"{limit:g}" for limit in limits)
    density = stats.norm(mean, sd).pdf
    inside, _ = integrate.quad(density, a, b)
    first, _ = integrate.quad(lambda y: y * density(y), a, b)
    assert made(session, f"pr({text})")[3] == pytest.approx(inside, rel=1e-8)
    assert made(session, f"e({text})")[3] == pytest.approx(first / inside, rel=1e-8)
    below = a * stats.norm(mean, sd).cdf(a) if np.isfinite(a) else 0.0
    above = b * stats.norm(mean, sd).sf(b) if np.isfinite(b) else 0.0
    assert made(session, f"ystar({text})")[3] == pytest.approx(first + below + above, rel=1e-8)


def test_group_effects_are_those_of_indicators(session: xmixed.Session) -> None:
    session.run("quietly regress mathach ses ibn.school, noconstant")
    levels = np.unique(column(session, "school"))
    by_level = dict(zip(levels, session.e.matrices["b"].values[0, 1:], strict=True))
    session.run("quietly xtreg mathach ses, fe i(school)")
    effects = np.array([by_level[school] for school in column(session, "school")])
    constant = session.e.matrices["b"].values[0, 1]
    np.testing.assert_allclose(made(session, "u"), effects - constant, atol=1e-9)
    np.testing.assert_allclose(
        made(session, "xbu") + made(session, "e", "other"), column(session, "mathach"), atol=1e-9
    )
    np.testing.assert_allclose(made(session, "ue"), made(session, "u", "u") + column(session, "other"))
    d = made(session, "xb") + column(session, "u")
    session.run("quietly areg mathach ses, absorb(school)")
    np.testing.assert_allclose(made(session, "xbd"), d, atol=1e-9)
    np.testing.assert_allclose(made(session, "d"), column(session, "u"), atol=1e-9)
    residual = made(session, "residuals")
    np.testing.assert_allclose(residual, made(session, "dresiduals", "r") - column(session, "u"), atol=1e-9)
    assert made(session, "stdp").min() > 0


def test_random_effects_are_shrunken_as_those_of_xtmixed(session: xmixed.Session) -> None:
    session.run("quietly xtmixed mathach ses || school:, mle")
    mixed = made(session, "reffects", "blup")
    session.run("quietly xtreg mathach ses, mle i(school)")
    np.testing.assert_allclose(made(session, "u"), mixed, atol=1e-5)


def test_score_equations(session: xmixed.Session) -> None:
    """With a constant the mean of the predicted probabilities, or counts, is that of the outcomes."""
    session.run("generate band = 1 + (mathach > 8) + (mathach > 15)")
    session.run("generate high = mathach > 12")
    band = column(session, "band")
    session.run("quietly mlogit band ses minority")
    session.run("predict double m*")
    shares = [column(session, f"m{place}").mean() for place in (1, 2, 3)]
    np.testing.assert_allclose(shares, [np.mean(band == level) for level in (1, 2, 3)], atol=1e-8)
    np.testing.assert_allclose(made(session, "pr outcome(2)"), column(session, "m2"), atol=1e-12)
    odds = np.log(column(session, "m3") / column(session, f"m{int(session.e['baseout'])}"))
    if session.e["baseout"] != 3:
        np.testing.assert_allclose(made(session, "xb outcome(3)"), odds, atol=1e-9)
    session.run("quietly ologit band ses minority")
    session.run("predict double o1 o2 o3, pr")
    total = sum(column(session, f"o{place}") for place in (1, 2, 3))
    np.testing.assert_allclose(total, 1, atol=1e-12)
    cuts = session.e.matrices["b"].values[0, -2:]
    below = 1 / (1 + np.exp(made(session, "xb") - cuts[0]))
    np.testing.assert_allclose(column(session, "o1"), below, atol=1e-12)
    for model in ("logit", "probit"):
        session.run(f"quietly {model} high ses minority")
        assert abs(made(session, "score").sum()) < 1e-5
    assert made(session, "stdp").min() > 0
    session.run("generate time = 2")
    session.run("generate count = floor(mathach + 4)")
    session.run("quietly poisson count ses, exposure(time)")
    np.testing.assert_allclose(made(session, "n").sum(), column(session, "count").sum(), rtol=1e-9)
    np.testing.assert_allclose(made(session, "n"), 2 * made(session, "ir", "rate"), rtol=1e-12)
    session.run("replace time = . in 5")
    assert made(session, "n")[4] == MISSING


def test_out_of_sample(session: xmixed.Session) -> None:
    session.run("quietly regress mathach ses in 1/100")
    assert np.count_nonzero(made(session, "xb") < MISSING) == 200
    assert np.count_nonzero(made(session, "residuals") < MISSING) == 200
    assert np.count_nonzero(made(session, "rstandard") < MISSING) == 100


@pytest.mark.parametrize(
    ("model", "options", "code", "message"),
    [
        ("regress mathach ses", "xb hat", 198, "only one statistic may be specified"),
        ("regress mathach ses", "reffects", 198, "option reffects not allowed"),
        ("regress mathach ses", "dfbeta(minority)", 111, "minority not found"),
        ("regress mathach ses", "pr(1)", 198, "(1) invalid limits"),
        ("mlogit female ses", "pr outcome(9)", 198, "outcome 9 not found"),
        ("mlogit female ses, baseoutcome(0)", "xb outcome(0)", 198, "the base outcome has no equation"),
        ("ologit female ses", "pr", 102, "too few variables specified"),
    ],
)
def test_refusals(session: xmixed.Session, model: str, options: str, code: int, message: str) -> None:
    session.run(f"quietly {model}")
    with pytest.raises(StataError) as caught:
        session.run(f"predict new, {options}")
    assert caught.value.code == code and message in caught.value.message
    assert "new" not in session.data
