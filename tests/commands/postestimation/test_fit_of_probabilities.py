"""Residuals by covariate pattern, tests of fit, classifications, ROC curves, counts, scores."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import xmixed
from xmixed.errors import StataError

# R 4.2: glm of the 105 patterns of verbal and female, cbind(y, m - y), glm.control(epsilon = 1e-15).
PATTERNS = [1, 2, 10, 50, 105]
DEVIANCE = [-0.4461240461, -0.80689006, 0.9470379533, 0.4679642268, 0.175684795]
PEARSON = [-0.4765669665, -0.8134665905, 1.140783327, 0.3354817686, 0.1247087435]
LEVERAGE = [0.03111958078, 0.05066696342, 0.02058078097, 0.009062851146, 0.002342715895]
STANDARDIZED = [-0.4841599329, -0.8348922385, 1.152706798, 0.337012391, 0.1248550793]


@pytest.fixture
def session() -> xmixed.Session:
    found = xmixed.Session()
    found.run("sysuse scotssec\nkeep in 1/600\ngenerate high = attain >= 6\nlogit high verbal female, nolog")
    return found


def _predicted(session: xmixed.Session, option: str) -> np.ndarray:
    session.run(f"capture drop made_\npredict double made_, {option}")
    return session.data["made_"].to_double()


def test_residuals_by_covariate_pattern(session: xmixed.Session) -> None:
    r, d, h = (_predicted(session, name) for name in ("residuals", "deviance", "hat"))
    number = _predicted(session, "number")
    places = [int(np.flatnonzero(number == own)[0]) for own in PATTERNS]
    assert d[places] == pytest.approx(DEVIANCE, rel=2e-7)
    assert r[places] == pytest.approx(PEARSON, rel=2e-7)
    assert h[places] == pytest.approx(LEVERAGE, rel=2e-7)
    assert _predicted(session, "rstandard")[places] == pytest.approx(STANDARDIZED, rel=2e-7)
    assert _predicted(session, "dx2") == pytest.approx(r**2 / (1 - h))
    assert _predicted(session, "ddeviance") == pytest.approx(d**2 / (1 - h))
    assert _predicted(session, "dbeta") == pytest.approx(r**2 * h / (1 - h) ** 2)
    assert number.max() == 105 and number[0] == 1
    session.run("drop made_\npredict double made_, number")
    assert session.data["made_"].label == "covariate pattern"
    session.run("drop in 1/300\ncapture drop made_\npredict double made_, hat")
    with pytest.raises(StataError, match="option hat not allowed"):
        session.run("probit high verbal, nolog\npredict double w, hat")


def test_frequency_weights_are_observations(session: xmixed.Session) -> None:
    session.run("generate w = 1 + mod(_n, 3)\nlogit high verbal female [fweight=w], nolog")
    found = [_predicted(session, name) for name in ("residuals", "deviance", "hat")]
    session.run("estat gof")
    statistic, n = session.r["chi2"], session.r["N"]
    session.run("expand w\nlogit high verbal female, nolog")
    for own, name in zip(found, ("residuals", "deviance", "hat"), strict=True):
        assert _predicted(session, name)[:600] == pytest.approx(own, rel=1e-6)
    session.run("estat gof")
    assert session.r["chi2"] == pytest.approx(statistic) and session.r["N"] == n == 1200


def test_deviance_after_probit(session: xmixed.Session) -> None:
    session.run("probit high verbal, nolog")
    # R: glm(cbind(y, n - y) ~ verbal, binomial("probit")) over the values of verbal.
    expected = [-0.6604952163, -0.4025681107, 0.1964483022]
    assert _predicted(session, "deviance")[[0, 4, 29]] == pytest.approx(expected, rel=2e-6)


def test_pearson_over_patterns(session: xmixed.Session) -> None:
    shown = session.run("estat gof")
    assert "number of covariate patterns =       105" in shown
    assert "            Pearson chi2(102) =        80.32\n" in shown
    assert session.r["chi2"] == pytest.approx(80.31906, rel=1e-6)
    assert session.r["df"] == 102 and session.r["m"] == 105
    assert session.r["p"] == pytest.approx(stats.chi2.sf(80.31906, 102), rel=1e-6)
    session.run("estat gof, outsample all")
    assert session.r["df"] == 105
    session.run("estat gof if female")
    assert session.r["N"] == session.data["female"].to_double().sum()


def test_hosmer_and_lemeshow(session: xmixed.Session) -> None:
    p, y = _predicted(session, "pr"), session.data["high"].to_double()
    session.run("xtile g = made_, nquantiles(10)")
    group = session.data["g"].to_double()
    total = 0.0
    for own in range(1, 11):
        rows = group == own
        expected, n = p[rows].sum(), rows.sum()
        total += (y[rows].sum() - expected) ** 2 / (expected * (1 - expected / n))
    shown = session.run("estat gof, group(10) table")
    assert session.r["chi2"] == pytest.approx(total, rel=1e-9) and session.r["df"] == 8
    assert "|    10 | 0.9969 |    54 |  57.3 |     6 |   2.7 |    60 |" in shown
    assert "      Hosmer-Lemeshow chi2(8) =         6.59\n" in shown
    session.run("estat gof, group(10) outsample")
    assert session.r["df"] == 10


def test_classifications(session: xmixed.Session) -> None:
    p, y = _predicted(session, "pr"), session.data["high"].to_double() != 0
    shown = session.run("estat classification, cutoff(.3)")
    called = p >= 0.3
    assert session.r["P_p1"] == pytest.approx(100 * np.mean(called[y]))
    assert session.r["P_n0"] == pytest.approx(100 * np.mean(~called[~y]))
    assert session.r["P_1p"] == pytest.approx(100 * np.mean(y[called]))
    assert session.r["P_0n"] == pytest.approx(100 * np.mean(~y[~called]))
    assert session.r["P_corr"] == pytest.approx(100 * np.mean(called == y))
    assert session.r["P_p0"] + session.r["P_n0"] == pytest.approx(100)
    assert session.r["P_n1"] + session.r["P_p1"] == pytest.approx(100)
    assert session.r["P_0p"] + session.r["P_1p"] == pytest.approx(100)
    assert session.r["P_1n"] + session.r["P_0n"] == pytest.approx(100)
    assert "Classified + if predicted Pr(D) >= .3\nTrue D defined as high != 0" in shown
    session.run("estat classification, all")
    with pytest.raises(StataError):
        session.run("estat classification, cutoff(2)")
    session.run("regress high verbal")
    for line in ("estat classification", "estat gof", "lroc, nograph"):
        with pytest.raises(StataError) as failure:
            session.run(line)
        assert failure.value.code == 321


def test_area_is_the_probability_of_the_right_order(session: xmixed.Session) -> None:
    p, y = _predicted(session, "pr"), session.data["high"].to_double() != 0
    session.run("lroc, nograph")
    # Mann and Whitney; R gives .878316518766.
    expected = stats.mannwhitneyu(p[y], p[~y]).statistic / (y.sum() * (~y).sum())
    assert session.r["area"] == pytest.approx(expected, rel=1e-12) == pytest.approx(0.878316518766)
    session.run("lsens, nograph all\nlroc, all nograph")


def test_counts(session: xmixed.Session) -> None:
    session.run("poisson attain verbal, nolog")
    shown = session.run("estat gof")
    # R: glm(attain ~ verbal, poisson).
    assert session.r["chi2_d"] == pytest.approx(488.1775091, rel=1e-8)
    assert session.r["chi2_p"] == pytest.approx(481.5346838, rel=1e-8)
    assert session.r["p_d"] == pytest.approx(stats.chi2.sf(488.1775091, 598))
    assert session.r["p_p"] == pytest.approx(stats.chi2.sf(481.5346838, 598)) and session.r["df"] == 598
    assert (
        "         Deviance goodness-of-fit =  488.1775\n         Prob > chi2(598)         =    0.9996\n"
        in shown
    )
    for option, expected in (
        ("pr(0)", [0.0004170219148, 0.01122010881]),
        ("pr(1, 5)", [0.2115773998, 0.6934095028]),
        ("pr(6, .)", [0.7880055782, 0.2953703884]),
    ):
        assert _predicted(session, option)[[0, 99]] == pytest.approx(expected, rel=2e-7)
    assert session.data["made_"].label == "Pr(attain>=6)"
    session.run("margins, predict(pr(0))")
    for wrong in ("pr(-1)", "pr(1.5)", "pr(1,2,3)"):
        with pytest.raises(StataError):
            session.run(f"predict x, {wrong}")
    with pytest.raises(StataError, match="not allowed"):
        session.run("estat gof, group(10)")


@pytest.mark.parametrize("dispersion", ["mean", "constant"])
def test_probabilities_and_scores_of_dispersed_counts(dispersion: str) -> None:
    session = xmixed.Session()
    session.run(
        "sysuse scotssec\nkeep in 1/600\nset seed 1\ngenerate k = rpoisson(rgamma(2, .7 + .1 * female))"
    )
    session.run(f"nbreg k female, nolog dispersion({dispersion})")
    mean, tau = np.exp(_predicted(session, "xb")), np.exp(session.e.matrices["b"].values[0, -1])
    size = 1 / tau if dispersion == "mean" else mean / tau
    exact = stats.nbinom(size, size / (size + mean))
    assert _predicted(session, "pr(2)") == pytest.approx(exact.pmf(2), rel=1e-9)
    assert _predicted(session, "pr(1, 4)") == pytest.approx(exact.cdf(4) - exact.cdf(0), rel=1e-9)
    session.run("predict double s*, scores")
    assert session.data["s1"].to_double().sum() == pytest.approx(0, abs=1e-6)
    assert session.data["s2"].to_double().sum() == pytest.approx(0, abs=1e-6)
    assert session.data["s2"].label == "equation-level score for [lnalpha] from nbreg" or dispersion != "mean"


@pytest.mark.parametrize("command", ["ologit", "oprobit", "mlogit"])
def test_scores_are_slopes_of_the_log_probability(session: xmixed.Session, command: str) -> None:
    """Against differences of the log of `pr` by the coefficients of the first observations."""
    session.run(f"generate band = 1 + (attain > 3) + (attain > 7)\n{command} band verbal, nolog")
    session.run("predict double s*, scores\npredict double p*, pr")
    band = session.data["band"].to_double().astype(int)
    names = [name for name in session.data.names if name.startswith("s") and name[1:].isdigit()]
    scores = np.column_stack([session.data[name].to_double() for name in names])
    assert scores.sum(axis=0) == pytest.approx(np.zeros(len(names)), abs=1e-6)
    p = np.column_stack([session.data[f"p{k}"].to_double() for k in (1, 2, 3)])
    if command == "mlogit":
        base = int(session.e["ibaseout"])
        others = [k for k in (1, 2, 3) if k != base]
        assert scores == pytest.approx(np.column_stack([(band == k) - p[:, k - 1] for k in others]))
        return
    law = stats.logistic if command == "ologit" else stats.norm
    b = session.e.matrices["b"].values[0]
    eta, cuts = b[0] * session.data["verbal"].to_double(), np.array([-np.inf, *b[1:], np.inf])

    def log_probability(eta: np.ndarray, cuts: np.ndarray) -> np.ndarray:
        return np.log(law.cdf(cuts[band] - eta) - law.cdf(cuts[band - 1] - eta))

    step = 1e-6
    slope = (log_probability(eta + step, cuts) - log_probability(eta - step, cuts)) / (2 * step)
    assert scores[:, 0] == pytest.approx(slope, abs=1e-7)
    moved = np.array([0.0, step, 0.0, 0.0])
    slope = (log_probability(eta, cuts + moved) - log_probability(eta, cuts - moved)) / (2 * step)
    assert scores[:, 1] == pytest.approx(slope, abs=1e-7)
