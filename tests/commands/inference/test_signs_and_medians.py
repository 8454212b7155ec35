"""signtest, bitest, median, robvar: scipy's figures, layouts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.commands.inference.published import FUEL
from xmixed.interpreter.session import Session
from xmixed.missing import is_missing


@pytest.fixture
def fuel(session: Session) -> Session:
    session.use(pd.DataFrame(FUEL, columns=["mpg1", "mpg2"]))
    return session


@pytest.fixture
def groups(session: Session) -> Session:
    random = np.random.default_rng(6)
    g = np.repeat([1.0, 2.0, 3.0], [15, 22, 19])
    session.use(pd.DataFrame({"g": g, "x": np.round(random.normal(size=56) * g + g, 1)}))
    return session


def test_signs(fuel: Session) -> None:
    """The manual's figures of the fuel additive: 3 positive, 8 negative, 1 zero, p = 0.2266."""
    lines = fuel.run("signtest mpg1 = mpg2").splitlines()
    assert lines[1:8] == [
        "Sign test",
        "",
        "        sign |    observed    expected",
        "-------------+------------------------",
        "    positive |           3         5.5",
        "    negative |           8         5.5",
        "        zero |           1           1",
    ]
    assert lines[-1] == "         min(1, 2*Binomial(n = 11, x >= 8, p = 0.5)) =  0.2266"
    assert fuel.r["p_2"] == pytest.approx(stats.binomtest(3, 11).pvalue, rel=1e-12)
    assert fuel.r["p_u"] == pytest.approx(stats.binomtest(3, 11, alternative="greater").pvalue, rel=1e-12)
    fuel.run("signtest mpg1 = 20")
    assert fuel.r["N_pos"] == sum(row[0] > 20 for row in FUEL)


@pytest.mark.parametrize(
    ("n", "k", "p"), [(30, 22, 0.5), (12, 1, 0.3), (20, 0, 0.1), (9, 9, 0.6), (25, 12, 0.5)]
)
def test_probabilities(session: Session, n: int, k: int, p: float) -> None:
    session.run(f"bitesti {n} {k} {p}, detail")
    assert session.r["p"] == pytest.approx(stats.binomtest(k, n, p).pvalue, rel=1e-9)
    assert session.r["p_l"] == pytest.approx(stats.binom.cdf(k, n, p), rel=1e-12)
    assert session.r["p_u"] == pytest.approx(stats.binom.sf(k - 1, n, p), rel=1e-12)
    assert session.r["P_k"] == pytest.approx(stats.binom.pmf(k, n, p), rel=1e-10)
    if not is_missing(session.r["k_opp"]):
        assert session.r["P_oppk"] == pytest.approx(stats.binom.pmf(session.r["k_opp"], n, p), rel=1e-10)


def test_probabilities_of_data(session: Session) -> None:
    session.run("set obs 30\ngen byte quick = _n <= 22\ngen w = 1 + (_n > 25)")
    lines = session.run("bitest quick == 0.3 + 0.2").splitlines()
    assert lines[1] == "    Variable |        N   Observed k   Expected k   Assumed p   Observed p"
    assert lines[3] == "       quick |       30         22           15       0.50000      0.73333"
    assert lines[5:] == [
        "  Pr(k >= 22)            = 0.008062  (one-sided test)",
        "  Pr(k <= 22)            = 0.997389  (one-sided test)",
        "  Pr(k <= 8 or k >= 22)  = 0.016125  (two-sided test)",
    ]
    session.run("bitest quick == .5 [fweight = w]")
    assert (session.r["N"], session.r["k"]) == (35, 22)


def test_median(groups: Session) -> None:
    x, g = (groups.data[name].to_double() for name in ("x", "g"))
    parts = [x[g == code] for code in (1, 2, 3)]
    text = groups.run("median x, by(g) exact")
    found = stats.median_test(*parts, correction=False)
    assert (groups.r["chi2"], groups.r["p"]) == pytest.approx((found.statistic, found.pvalue), rel=1e-10)
    assert text.startswith("\nMedian test\n") and "Greater" in text and "Fisher's exact" in text
    text = groups.run("median x if g < 3, by(g) medianties(above)")
    found = stats.median_test(*parts[:2], ties="above", correction=True)
    assert groups.r["chi2_cc"] == pytest.approx(found.statistic, rel=1e-10)
    assert "   Continuity corrected:" in text
    groups.run("median x, by(g) medianties(drop)")
    found = stats.median_test(*parts, ties="ignore", correction=False)
    assert groups.r["chi2"] == pytest.approx(found.statistic, rel=1e-10)


def test_robvar(groups: Session) -> None:
    x, g = (groups.data[name].to_double() for name in ("x", "g"))
    parts = [x[g == code] for code in (1, 2, 3)]
    lines = groups.run("robvar x, by(g)").splitlines()
    for name, center in (("w0", "mean"), ("w50", "median")):
        found = stats.levene(*parts, center=center)
        assert groups.r[name] == pytest.approx(found.statistic, rel=1e-10)
        assert groups.r[f"p_{name}"] == pytest.approx(found.pvalue, rel=1e-9)
    trimmed = [np.abs(part - stats.trim_mean(part, 0.05)) for part in parts]
    assert groups.r["w10"] == pytest.approx(stats.f_oneway(*trimmed).statistic, rel=1e-10)
    assert lines[-1].startswith("W10 = ") and "df(2, 53)     Pr > F = " in lines[-1]


def test_refusals(groups: Session, refused) -> None:
    assert refused(groups, "median x")[0] == 198
    assert refused(groups, "median x if g == 1, by(g)")[0] == 420
    assert refused(groups, "median x, by(g) medianties(split)")[0] == 198
    assert refused(groups, "robvar x if g > 9, by(g)")[0] == 2000
    assert refused(groups, "bitest x == .5")[0] == 450
    assert refused(groups, "bitesti 10 11 .5")[0] == 198
    assert refused(groups, "bitesti 10 1 1.5")[0] == 198
    assert refused(groups, "bitesti 10 1")[0] == 198
    assert refused(groups, "signtest x = g if g > 9")[0] == 2000
