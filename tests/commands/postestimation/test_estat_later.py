"""estat of later releases: deviations as results, correlations within groups; terms after anova."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import xmixed
from xmixed.errors import StataError


@pytest.fixture
def session() -> xmixed.Session:
    found = xmixed.Session()
    found.run("sysuse orthodont")
    return found


def test_deviations_as_results(session: xmixed.Session) -> None:
    session.run("quietly xtmixed distance age || subject: age, covariance(unstructured)")
    b, V = session.e.matrices["b"].values[0].copy(), session.e.matrices["V"].values.copy()
    names = session.e.matrices["b"].column_names
    session.run("quietly estat sd, post")
    own = session.e.matrices["b"]
    place, correlation = names.index("lns1_1_1:_cons"), names.index("atr1_1_1_2:_cons")
    assert own.column_names[place] == "subject:sd_age" and own.column_names[-1] == "Residual:sd_e"
    assert own.column_names[correlation] == "subject:corr_age__cons"
    assert own.values[0, place] == pytest.approx(np.exp(b[place]))
    assert own.values[0, correlation] == pytest.approx(np.tanh(b[correlation]))
    expected = V[place, correlation] * np.exp(b[place]) * (1 - np.tanh(b[correlation]) ** 2)
    assert session.e.matrices["V"].values[place, correlation] == pytest.approx(expected)
    session.run("nlcom _b[subject:sd_age]^2")
    assert session.r.matrices["b"].values[0, 0] == pytest.approx(np.exp(2 * b[place]))
    session.run("quietly xtmixed distance || subject: age, covariance(identity)\nquietly estat sd, post")
    assert session.e.matrices["b"].column_names[1] == "subject:sd_age__cons"
    session.run("quietly xtmixed distance || subject:, residuals(ar 1, t(age))")
    for option in ("post variance", "coeflegend"):
        with pytest.raises(StataError):
            session.run(f"estat sd, {option}")


def test_correlations_within_a_group(session: xmixed.Session) -> None:
    session.run("quietly xtmixed distance age || subject: age, covariance(unstructured)")
    shown = session.run("estat wcorrelation, at(subject=3)")
    result = session.e.payload
    rows = session.data["subject"].to_double() == 3
    Z = np.column_stack([session.data["age"].to_double()[rows], np.ones(4)])
    expected = Z @ result.covariances[0] @ Z.T + result.sigma_e**2 * np.eye(4)
    assert session.r.matrices["Cov"].values == pytest.approx(expected)
    sd = np.sqrt(np.diag(expected))
    assert session.r.matrices["sd"].values[0] == pytest.approx(sd)
    assert session.r.matrices["Corr"].values == pytest.approx(expected / np.outer(sd, sd))
    assert session.r.matrices["G"].values == pytest.approx(result.covariances[0])
    assert session.r.matrices["Z"].values == pytest.approx(Z)
    assert session.r.matrices["R"].values == pytest.approx(result.sigma_e**2 * np.eye(4))
    assert f"      sd |{sd[0]:8.3f}" in shown
    assert f"{expected[1, 0]:.2f}" in session.run(
        "estat wcorrelation, covariance format(%9.2f) at(subject=3)"
    )
    listed = session.run("estat wcorrelation, list nosort")
    assert listed.count("distance") == 1


def test_correlated_residuals_within_a_group(session: xmixed.Session) -> None:
    session.run("quietly xtmixed distance age || subject:, noconstant residuals(ar 1, t(age))")
    with pytest.raises(StataError):
        session.run("estat wcorrelation, at(subject=99)")
    session.run("generate t = (age - 6) / 2\nquietly xtmixed distance age || subject:, residuals(ar 1, t(t))")
    session.run("estat wcorrelation")
    rho = np.tanh(session.e.matrices["b"].values[0, -1])
    name = session.e.matrices["b"].column_names[-1]
    assert name.startswith("r_atr")
    R = session.r.matrices["R"].values
    lags = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    assert R == pytest.approx(session.e.payload.sigma_e**2 * rho**lags)
    for line in (
        "estat wcorrelation, at(foo=1)",
        "estat wcorrelation, all at(subject=1)",
        "estat wcorrelation, format(%9s)",
    ):
        with pytest.raises(StataError):
            session.run(line)
    session.run("regress distance age")
    with pytest.raises(StataError) as failure:
        session.run("estat wcorrelation")
    assert failure.value.code == 321


def test_terms_after_anova(session: xmixed.Session) -> None:
    session.run("quietly anova distance female##age")
    e = session.e
    shown = session.run("test female#age")
    assert "              female#age |  13.9925295     3  4.66417649       0.89     0.4508" in shown
    assert session.r["F"] == pytest.approx(e["F_3"]) and session.r["df_r"] == e["df_r"]
    assert session.r["p"] == pytest.approx(stats.f.sf(e["F_3"], 3, e["df_r"]))
    assert session.r["ss"] == e["ss_3"] and session.r["rss"] == e["rss"]
    session.run("test female / female*age, notest")
    assert session.r["F"] == pytest.approx(e["ss_1"] / (e["ss_3"] / 3)) and session.r["df_r"] == 3
    session.run("test 10.age = 12.age")
    assert session.r["df"] == 1
    for line in ("test female / age female", "test nothing"):
        with pytest.raises(StataError):
            session.run(line)
