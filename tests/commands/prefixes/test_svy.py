"""svyset and svy: variances by their formula, identities with clustered ones, displays, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run(
        "sysuse scotssec\nkeep in 1/800\ngenerate w = 1 + mod(_n, 3)\ngenerate high = attain >= 6\n"
        "generate st = mod(second, 4)\ngenerate size = 40 + st\ngenerate flat = 1"
    )
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def V(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["V"].values


def stratified(
    scores: np.ndarray, psu: np.ndarray, strata: np.ndarray, rates: dict[float, float]
) -> np.ndarray:
    """The textbook's loop over strata and units."""
    total = np.zeros((scores.shape[1], scores.shape[1]))
    for stratum in np.unique(strata):
        inside = strata == stratum
        units = np.array([scores[inside & (psu == unit)].sum(axis=0) for unit in np.unique(psu[inside])])
        centred = units - units.mean(axis=0)
        n = len(units)
        total += (1 - rates.get(stratum, 0.0)) * n / (n - 1) * centred.T @ centred
    return total


def test_variances_by_their_formula(session: xmixed.Session) -> None:
    of = {name: session.data[name].to_double() for name in ("attain", "verbal", "high", "w", "second", "st")}
    X = np.column_stack([of["verbal"], np.ones(800)])
    session.run("svyset second [pw=w], strata(st)\nsvy: regress attain verbal")
    bread = np.linalg.inv((X * of["w"][:, None]).T @ X)
    residuals = of["attain"] - X @ b(session)
    scores = (X * (of["w"] * residuals)[:, None]) @ bread
    np.testing.assert_allclose(V(session), stratified(scores, of["second"], of["st"], {}), rtol=1e-9)
    assert session.e["df_r"] == 12 and session.e["N_pop"] == of["w"].sum()
    session.run("svy: logit high verbal")
    p = 1 / (1 + np.exp(-X @ b(session)))
    bread = np.linalg.inv((X * (of["w"] * p * (1 - p))[:, None]).T @ X)
    scores = (X * (of["w"] * (of["high"] - p))[:, None]) @ bread
    np.testing.assert_allclose(V(session), stratified(scores, of["second"], of["st"], {}), rtol=1e-6)
    W = b(session)[0] ** 2 / V(session)[0, 0]
    assert session.e["F"] == pytest.approx(W, rel=1e-9)
    session.run("svyset second [pweight=w], strata(st) fpc(size)\nsvy: mean attain verbal")
    means = b(session)
    Y = np.column_stack([of["attain"], of["verbal"]])
    scores = of["w"][:, None] * (Y - means) / of["w"].sum()
    rates = {stratum: 4 / (40 + stratum) for stratum in range(4)}
    counts = {s: len(np.unique(of["second"][of["st"] == s])) for s in range(4)}
    rates = {s: counts[s] / (40 + s) for s in range(4)}
    np.testing.assert_allclose(V(session), stratified(scores, of["second"], of["st"], rates), rtol=1e-9)


def test_without_strata_they_are_clustered(session: xmixed.Session) -> None:
    session.run("svyset second [pw=w]")
    for line in ("mean attain verbal", "mean attain, over(female)", "total attain", "proportion social"):
        session.run(f"quietly {line.partition(',')[0]} [pw=w],{line.partition(',')[2]} cluster(second)")
        wanted, variance = b(session), V(session)
        session.run(f"svy: {line}")
        np.testing.assert_allclose(b(session), wanted, rtol=1e-12)
        np.testing.assert_allclose(V(session), variance, rtol=1e-9, atol=1e-15)
    for line in (
        "logit high verbal female",
        "probit high verbal",
        "poisson attain verbal",
        "ologit attain verbal",
        "glm high verbal, family(binomial)",
    ):
        head, _, tail = line.partition(",")
        session.run(f"quietly {head} [pw=w],{tail} vce(cluster second)")
        variance = V(session)
        session.run(f"svy: {line}")
        np.testing.assert_allclose(V(session), variance, rtol=1e-6, atol=1e-12)


def test_subpopulations(session: xmixed.Session) -> None:
    of = {name: session.data[name].to_double() for name in ("attain", "w", "second", "st", "female")}
    session.run("svyset second [pw=w], strata(st)\nsvy, subpop(female): mean attain")
    inside = of["female"] == 1
    total = of["w"][inside].sum()
    scores = (of["w"] * inside * (of["attain"] - b(session)[0]) / total)[:, None]
    np.testing.assert_allclose(V(session), stratified(scores, of["second"], of["st"], {}), rtol=1e-9)
    assert session.e["N"] == 800 and session.e["N_sub"] == inside.sum()
    wanted = V(session)
    session.run("svy, subpop(if female == 1): mean attain")
    np.testing.assert_allclose(V(session), wanted, rtol=1e-12)
    session.run("svy, subpop(female if verbal > 0): logit high verbal")
    assert session.e["N_sub"] < session.e["N"] == 800


def test_displays_and_generic_commands(session: xmixed.Session) -> None:
    text = session.run("svyset second [pw=w], strata(st)")
    assert "     Strata 1: st" in text and "         SU 1: second" in text
    assert "pweight: w" in session.run("svyset")
    text = session.run("svy: logit high verbal i.female, or")
    assert "(running logit on estimation sample)" in text and "Survey: Logistic regression" in text
    assert "Linearized" in text and "Odds Ratio" in text
    assert "\nNumber of strata   =         4                    Number of obs      =      800\n" in text
    session.run(
        "margins, dydx(verbal)\ntest verbal\npredict double p\nestimates store s\nesttab s\nlincom verbal"
    )
    assert "Survey: Logistic regression" in session.run("svy") and "Odds Ratio" in session.run("logit, or")
    text = session.run("svy linearized, dof(7): regress attain verbal i.female, level(90)")
    assert session.e["df_r"] == 7 and "R-squared" in text and "[90% Conf. Interval]" in text
    assert "Survey" not in session.run("svy, noheader level(80)")
    session.run("estimates store r\nestimates table r s\ntestparm i.female\nmargins female")
    session.run("svyset _n [pw=w]\nsvy: mean attain\nsvyset, psu(second) vce(linearized)\nsvyset, clear")
    with pytest.raises(StataError, match="use svyset") as caught:
        session.run("svy: mean attain")
    assert caught.value.code == 119


def test_single_units(session: xmixed.Session) -> None:
    session.run("replace st = 9 if second == 1\nsvyset second [pw=w], strata(st)")
    assert "missing standard errors because of stratum" in session.run("svy: mean attain")
    found = {}
    for kind in ("certainty", "scaled", "centered"):
        session.run(f"svyset second [pw=w], strata(st) singleunit({kind})\nsvy: mean attain")
        found[kind] = V(session)[0, 0]
    assert found["certainty"] < found["scaled"] and found["certainty"] < found["centered"]
    assert found["scaled"] == pytest.approx(found["certainty"] * 5 / 4, rel=1e-12)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("svy: xtmixed attain verbal || second:", 322, "not supported by svy"),
        ("svy: ratio attain/verbal", 322, "not supported by svy"),
        ("svy jackknife: mean attain", 198, "not implemented"),
        ("svyset second, poststrata(st)", 198, "not implemented"),
        ("svyset second, vce(brr)", 198, "not implemented"),
        ("svy, subpop(if female > 5): mean attain", 461, "no observations in subpop()"),
        ("svyset nothing", 111, "nothing not found"),
        ("svy: mean attain [pw=w]", 198, ""),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.run("svyset second [pw=w]")
    columns = list(session.data.names)
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
    assert session.data.names == columns
