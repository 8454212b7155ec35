"""Rank tests, tests of normality and intervals: published figures, and scipy's for data at random."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.commands.inference.published import FUEL, MILEAGES, PRICES
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING
from xmixed.statistics.inference.normality import shapiro_francia, shapiro_wilk, skewness_kurtosis
from xmixed.statistics.inference.ranks import kendall, kruskal_wallis, rank_sum, ranks, signed_rank, spearman


@pytest.fixture
def cars(session: Session) -> Session:
    mileages = [mpg for mpg, count in MILEAGES.items() for _ in range(count)]
    session.use(pd.DataFrame({"price": PRICES, "mpg": mileages}))
    session.run(
        "generate dear = price > 6000\nset seed 3\ngenerate g = mod(_n, 4)\ngenerate y = mod(7*_n, 11)"
    )
    return session


def test_signed_ranks() -> None:
    session = Session()
    session.use(pd.DataFrame(FUEL, columns=["mpg1", "mpg2"]))
    lines = session.run("signrank mpg1 = mpg2").splitlines()
    lines[12] = lines[12].replace("-1.62", "-1.63")  # -1.625 and 160.625: the book rounds up
    lines[15] = lines[15].replace("160.62", "160.63")
    assert lines[4:] == [
        "-------------+---------------------------------",
        "    positive |        3        13.5        38.5",
        "    negative |        8        63.5        38.5",
        "        zero |        1           1           1",
        "-------------+---------------------------------",
        "         all |       12          78          78",
        "",
        "unadjusted variance      162.50",
        "adjustment for ties       -1.63",
        "adjustment for zeros      -0.25",
        "                     ----------",
        "adjusted variance        160.63",
        "",
        "Ho: mpg1 = mpg2",
        "             z =  -1.973",
        "    Prob > |z| =   0.0485",
    ]
    assert session.r["N_tie"] == 1 and session.r["sum_pos"] == 13.5
    session.run("signrank mpg1 = 20")
    assert session.r["N_tie"] == 2


def test_rank_sums(cars: Session, refused) -> None:
    lines = cars.run("ranksum mpg, by(dear) porder").splitlines()
    x, dear = cars.data["mpg"].to_double(), cars.data["dear"].to_double()
    a, b = x[dear == 0], x[dear == 1]
    found = stats.mannwhitneyu(a, b, use_continuity=False, method="asymptotic")
    assert lines[3] == "        dear |      obs    rank sum    expected"
    assert cars.r["z"] == pytest.approx(stats.norm.isf(found.pvalue / 2) * np.sign(cars.r["z"]), rel=1e-9)
    assert cars.r["porder"] == pytest.approx(found.statistic / len(a) / len(b), rel=1e-12)
    assert lines[-1].startswith("P{mpg(dear==0) > mpg(dear==1)} = ")
    assert refused(cars, "ranksum mpg, by(g)")[0] == 420
    assert refused(cars, "ranksum mpg == 3, by(g)") == (198, "invalid syntax")


def test_kruskal_wallis(cars: Session, refused) -> None:
    lines = cars.run("kwallis mpg, by(g)").splitlines()
    x, g = cars.data["mpg"].to_double(), cars.data["g"].to_double()
    h, p = stats.kruskal(*(x[g == code] for code in range(4)))
    assert (
        lines[3:7]
        == [
            "  +----------------------+",
            "  | g | Obs | Rank Sum |",
            lines[5],
            lines[6],
        ]
        or lines[4] == "  | g | Obs | Rank Sum |"
    )
    assert cars.r["chi2_adj"] == pytest.approx(h, rel=1e-10)
    assert lines[-2] == f"chi-squared with ties = {h:9.3f} with 3 d.f." and float(
        lines[-1].split()[-1]
    ) == round(p, 4)
    assert refused(cars, "kwallis mpg") == (198, "option by() required")
    assert refused(cars, "kwallis mpg if g == 1, by(g)")[0] == 420


def test_rank_correlations(cars: Session, refused) -> None:
    x, y = (cars.data[name].to_double() for name in ("mpg", "y"))
    lines = cars.run("spearman mpg y").splitlines()
    rho, p = stats.spearmanr(x, y)
    assert lines[1] == " Number of obs =      74" and lines[4] == "Test of Ho: mpg and y are independent"
    assert (cars.r["rho"], cars.r["p"]) == pytest.approx((rho, p), rel=1e-9)
    cars.run("ktau mpg y")
    assert cars.r["tau_b"] == pytest.approx(stats.kendalltau(x, y)[0], rel=1e-12)
    score = sum(np.sign(x[i] - x[j]) * np.sign(y[i] - y[j]) for i in range(74) for j in range(i))
    assert cars.r["score"] == score and cars.r["tau_a"] == pytest.approx(score / (74 * 73 / 2))
    matrix = cars.run("spearman mpg price y, stats(rho obs p) star(.05)").splitlines()
    assert matrix[0] == "(obs=74)" and matrix[5].split("|")[1].strip() == "" and "74" in matrix[6]
    assert cars.run("spearman mpg y, matrix").startswith("(obs=74)")
    assert "(obs" not in cars.run("ktau mpg price y, pw stats(taub p) bonferroni")
    assert cars.run("ktau mpg price y, print(1e-9) sidak").count("0.") < 3
    assert refused(cars, "spearman mpg") == (102, "too few variables specified")
    assert refused(cars, "spearman mpg y, stats(foo)") == (198, "option stats() invalid")


def test_normality(cars: Session, refused) -> None:
    """The manual's tables of the automobile data."""
    assert cars.run("sktest mpg").splitlines()[-1] == (
        "         mpg |     74      0.0015         0.0804        10.95         0.0042"
    )
    assert cars.run("swilk mpg").splitlines()[-1] == (
        "         mpg |     74    0.94821      3.335     2.627    0.00430"
    )
    x = cars.data["mpg"].to_double()
    cars.run("swilk mpg, noties")
    assert cars.r["W"] == pytest.approx(stats.shapiro(x)[0], rel=1e-6)
    cars.run("sktest mpg, noadjust")
    assert cars.r["chi2"] == pytest.approx(stats.normaltest(x)[0], rel=1e-10)
    assert refused(cars, "swilk") == (100, "varlist required")
    assert refused(cars, "sktest mpg if mpg > 100") == (2000, "no observations")


@pytest.mark.parametrize("n", [4, 5, 9, 11, 12, 30, 500])
def test_shapiro_wilk_of_every_size(n: int) -> None:
    x = np.random.default_rng(n).gamma(2.0, size=n)
    found, (w, p) = shapiro_wilk(x), stats.shapiro(x)
    assert (found.w, found.p) == pytest.approx((w, p), rel=1e-5)
    tied = np.round(x)
    assert shapiro_wilk(tied, ties=False).w == pytest.approx(stats.shapiro(tied)[0], rel=1e-5)
    assert (found.v < 1) == (found.z < 0) or n < 12
    assert shapiro_wilk(np.ones(n)).p == MISSING


def test_the_adjusted_test_holds_its_level() -> None:
    random = np.random.default_rng(9)
    rejected = sum(skewness_kurtosis(random.normal(size=60)).p < 0.05 for _ in range(400))
    assert 8 <= rejected <= 34  # 20 expected; binomial limits at 0.1 per cent
    assert skewness_kurtosis(np.arange(7.0)).p == MISSING


def test_centiles(cars: Session, refused) -> None:
    """The manual's table of the automobile data."""
    lines = cars.run("centile price, centile(50 5)").splitlines()
    assert lines[1:5] == [
        "                                                       -- Binom. Interp. --",
        "    Variable |       Obs  Percentile    Centile        [95% Conf. Interval]",
        "-------------+-------------------------------------------------------------",
        "       price |        74         50      5006.5        4593.566    5717.898",
    ]
    assert (cars.r["c_1"], cars.r["c_2"]) == (5006.5, 3667 + 0.75 * 81) and cars.r["centiles"] == "50 5"
    low = cars.run("centile price, centile(1)").splitlines()
    assert (
        low[4].endswith("*")
        and low[6] == "* Lower (upper) confidence limit held at minimum (maximum) of sample"
    )
    cars.run("centile price, cci")
    assert (cars.r["lb_1"], cars.r["ub_1"]) == (4589, 5719)
    x = np.array(PRICES, dtype=float)
    cars.run("centile price, meansd centile(90) level(90)")
    z, q = stats.norm.ppf(0.9), stats.norm.ppf(0.95)
    se = x.std(ddof=1) * np.sqrt(1 / 74 + z**2 / 146)
    assert cars.r["c_1"] == pytest.approx(x.mean() + z * x.std(ddof=1), rel=1e-12)
    assert cars.r["ub_1"] - cars.r["c_1"] == pytest.approx(q * se, rel=1e-9)
    cars.run("centile price, normal")
    se = np.sqrt(0.25 / 74) / stats.norm.pdf(5006.5, x.mean(), x.std(ddof=1))
    assert cars.r["c_1"] - cars.r["lb_1"] == pytest.approx(1.959963984540054 * se, rel=1e-9)
    assert refused(cars, "centile price, centile(0)")[0] == 125
    assert refused(cars, "centile price if price < 0") == (2000, "no observations")


def test_intervals_of_means(cars: Session) -> None:
    assert cars.run("ci mpg").splitlines()[1:] == [
        "    Variable |        Obs        Mean    Std. Err.       [95% Conf. Interval]",
        "-------------+---------------------------------------------------------------",
        "         mpg |         74     21.2973    .6725511         19.9569    22.63769",
    ]
    cars.run("ci mpg [fw=y]")
    x = cars.data["mpg"].to_double().repeat(cars.data["y"].to_double().astype(int))
    assert cars.r["se"] == pytest.approx(stats.sem(x), rel=1e-12)
    assert cars.run("ci mpg price y, separator(1)").count("-----+--") == 3


def test_intervals_of_proportions_and_rates(cars: Session, refused) -> None:
    lines = cars.run("ci dear, binomial").splitlines()
    assert lines[1] == "-- Binomial Exact --".rjust(77)
    k = int(cars.data["dear"].values.sum())
    test = stats.binomtest(k, 74)
    for option, method in (("exact", "exact"), ("wilson", "wilson")):
        cars.run(f"ci dear, binomial {option}")
        interval = test.proportion_ci(method=method)
        assert (cars.r["lb"], cars.r["ub"]) == pytest.approx((interval.low, interval.high), rel=1e-9)
    cars.run("ci dear, jeffreys")
    assert cars.r["lb"] == pytest.approx(stats.beta.ppf(0.025, k + 0.5, 74 - k + 0.5), rel=1e-9)
    cars.run("ci dear, wald")
    p = k / 74
    assert cars.r["ub"] == pytest.approx(p + 1.959963984540054 * np.sqrt(p * (1 - p) / 74), rel=1e-12)
    cars.run("ci dear, agresti")
    z2 = 1.959963984540054**2
    center = (k + z2 / 2) / (74 + z2)
    half = np.sqrt(z2 * center * (1 - center) / (74 + z2))
    assert (cars.r["lb"], cars.r["ub"]) == pytest.approx((center - half, center + half), rel=1e-12)
    assert (
        cars.run("ci dear if dear, binomial").splitlines()[-1] == "(*) one-sided, 97.5% confidence interval"
    )
    cars.run("ci y, poisson exposure(mpg) level(90)")
    events, time = cars.data["y"].to_double().sum(), cars.data["mpg"].to_double().sum()
    assert cars.r["lb"] == pytest.approx(stats.chi2.ppf(0.05, 2 * events) / 2 / time, rel=1e-9)
    assert cars.r["ub"] == pytest.approx(stats.chi2.ppf(0.95, 2 * events + 2) / 2 / time, rel=1e-9)
    assert refused(cars, "ci mpg, binomial") == (450, "mpg is not a 0/1 variable")
    assert refused(cars, "ci y, poisson wilson") == (198, "option wilson not allowed")


numbers = st.lists(st.integers(0, 6), min_size=5, max_size=25)


@settings(max_examples=25, deadline=None)
@given(numbers, numbers)
def test_ranks_against_scipy(first, second):
    a, b = np.array(first, dtype=float), np.array(second, dtype=float)
    assert ranks(a) == pytest.approx(stats.rankdata(a))
    both = np.concatenate([a, b])
    if np.ptp(both) > 0:
        found = stats.mannwhitneyu(a, b, use_continuity=False, method="asymptotic").pvalue
        assert rank_sum(a, b).p == pytest.approx(found, rel=1e-9)
        codes = np.repeat([0, 1], [len(a), len(b)])
        assert kruskal_wallis(both, codes, 2).chi2_ties == pytest.approx(stats.kruskal(a, b)[0], abs=1e-9)
    n = min(len(a), len(b))
    x, y = a[:n], b[:n]
    if np.ptp(x) > 0 and np.ptp(y) > 0:
        assert spearman(x, y).rho == pytest.approx(stats.spearmanr(x, y)[0], abs=1e-12)
        assert kendall(x, y).tau_b == pytest.approx(stats.kendalltau(x, y)[0], abs=1e-12)
    if np.any(x != y):
        expected = stats.wilcoxon(x, y, zero_method="pratt", correction=False, method="asymptotic").pvalue
        assert signed_rank(x - y).p == pytest.approx(expected, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(8, 300))
def test_skewness_and_kurtosis_are_those_of_scipy(seed: int, n: int) -> None:
    x = np.random.default_rng(seed).gamma(2.0, size=n)
    found = skewness_kurtosis(x)
    assert found.p_skewness == pytest.approx(stats.skewtest(x).pvalue, rel=1e-9)
    assert found.p_kurtosis == pytest.approx(stats.kurtosistest(x).pvalue, rel=1e-9)


def test_sktest_with_weights(cars: Session, refused) -> None:
    cars.run("sktest price [fweight=g]")
    weighted = cars.r
    cars.run("preserve\nexpand g\ndrop if g == 0\nsktest price")
    for name in ("N", "P_skew", "P_kurt", "chi2", "P_chi2"):
        assert weighted[name] == pytest.approx(cars.r[name], rel=1e-10)
    cars.run("restore\nsktest price [aweight=g]")
    scaled = cars.r
    cars.run("sktest price [aweight=10*g] if g > 0")
    assert scaled["P_skew"] == pytest.approx(cars.r["P_skew"], rel=1e-10) and scaled["N"] == cars.r["N"]
    assert refused(cars, "sktest price [pweight=g]")[0] == 101


def test_sfrancia(cars: Session) -> None:
    """W and its distribution by the formulas of Royston (1993), with normal scores of scipy."""
    shown = cars.run("sfrancia price mpg, noties")
    price = np.sort(cars.data["price"].to_double())
    scores = stats.norm.ppf((np.arange(1, 75) - 0.375) / 74.25)
    w = stats.pearsonr(price, scores)[0] ** 2
    assert f"{w:.5f}" in shown and "Shapiro-Francia W' test for normal data" in shown
    z = (np.log(1 - w) - (-1.2725 + 1.0521 * (np.log(np.log(74)) - np.log(74)))) / (
        1.0308 - 0.26758 * (np.log(np.log(74)) + 2 / np.log(74))
    )
    found = shapiro_francia(price, ties=False)
    assert found.p == pytest.approx(stats.norm.sf(z), rel=1e-9) and cars.r["N"] == 74
    assert shapiro_francia(price[:4]).w == MISSING


@pytest.mark.parametrize("n", [20, 200, 2000])
def test_sfrancia_is_wrong_as_often_as_it_says(n: int) -> None:
    random = np.random.default_rng(8)
    p = np.array([shapiro_francia(random.normal(size=n)).p for _ in range(2000)])
    for level in (0.05, 0.5):  # four standard errors, and the fit of Royston's curves
        assert abs(np.mean(p < level) - level) < 4 * np.sqrt(level * (1 - level) / 2000) + 0.01
