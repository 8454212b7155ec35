"""ttest, sdtest, prtest, oneway: layouts (FORMAT-estimation.md, 4.4 and 4.5) and figures against scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.commands.inference.published import FUEL
from xmixed.interpreter.session import Session


@pytest.fixture
def fuel(session: Session) -> Session:
    session.use(pd.DataFrame(FUEL, columns=["mpg1", "mpg2"]))
    return session


@pytest.fixture
def scores(session: Session) -> Session:
    """Three groups of unequal sizes and spreads."""
    random = np.random.default_rng(12)
    grp = np.repeat([1, 2, 3], [9, 14, 11])
    score = np.round(50 + 2 * grp + random.normal(size=34) * (3 + grp), 1)
    session.use(pd.DataFrame({"score": score, "grp": grp, "two": (grp > 1).astype(float)}))
    session.run('label define two 0 "male" 1 "female"\nlabel values two two')
    return session


def groups(session: Session, by: str = "two") -> list[np.ndarray]:
    score, codes = session.data["score"].to_double(), session.data[by].to_double()
    return [score[codes == code] for code in np.unique(codes)]


def figures(line: str) -> list[float]:
    return [float(word) for word in line.split("|")[1].split()]


# --- ttest -------------------------------------------------------------------------------------------------


def test_paired(fuel: Session) -> None:
    """The manual's example: t = -2.2444 with 11 degrees of freedom, p = 0.0463."""
    lines = fuel.run("ttest mpg1 == mpg2").splitlines()
    assert lines[:4] == [
        "",
        "Paired t test",
        "-" * 78,
        "Variable |     Obs        Mean    Std. Err.   Std. Dev.   [95% Conf. Interval]",
    ]
    assert lines[8] == "    diff |      12       -1.75    .7797144     2.70101    -3.46614   -.0338602"
    assert lines[10:] == [
        "     mean(diff) = mean(mpg1 - mpg2)                               t =  -2.2444",
        " Ho: mean(diff) = 0                              degrees of freedom =       11",
        "",
        " Ha: mean(diff) < 0           Ha: mean(diff) != 0           Ha: mean(diff) > 0",
        " Pr(T < t) = 0.0232         Pr(|T| > |t|) = 0.0463          Pr(T > t) = 0.9768",
    ]
    found = stats.ttest_rel(*np.array(FUEL).T)
    assert (fuel.r["t"], fuel.r["p"]) == pytest.approx((found.statistic, found.pvalue), rel=1e-12)


def test_two_groups(scores: Session) -> None:
    lines = scores.run("ttest score, by(two)").splitlines()
    a, b = groups(scores)
    found = stats.ttest_ind(a, b)
    assert lines[1] == "Two-sample t test with equal variances"
    assert lines[3].startswith("   Group |     Obs  ") and lines[5].startswith("    male |       9")
    assert figures(lines[6])[:4] == pytest.approx([25, b.mean(), stats.sem(b), b.std(ddof=1)], rel=1e-6)
    assert figures(lines[8])[1] == pytest.approx(np.concatenate([a, b]).mean(), rel=1e-6)
    low, high = found.confidence_interval()
    assert figures(lines[10]) == pytest.approx([a.mean() - b.mean(), scores.r["se"], low, high], rel=1e-5)
    assert (
        lines[12]
        == f"    diff = mean(male) - mean(female)                              t = {found.statistic:8.4f}"
    )
    assert lines[13] == "Ho: diff = 0                                     degrees of freedom =       32"
    assert lines[15] == "    Ha: diff < 0                 Ha: diff != 0                 Ha: diff > 0"
    lower, upper = (stats.ttest_ind(a, b, alternative=side).pvalue for side in ("less", "greater"))
    assert lines[16][:50] == f" Pr(T < t) = {lower:.4f}         Pr(|T| > |t|) = {found.pvalue:.4f}"
    assert lines[16][50:] == f"          Pr(T > t) = {upper:.4f}"
    assert [scores.r[name] for name in ("N_1", "N_2", "df_t")] == [9, 25, 32]


def test_unequal_variances(scores: Session) -> None:
    a, b = groups(scores)
    found = stats.ttest_ind(a, b, equal_var=False)
    lines = scores.run("ttest score, by(two) unequal").splitlines()
    assert lines[13].startswith("Ho: diff = 0                     Satterthwaite's degrees of freedom = ")
    assert (scores.r["t"], scores.r["p"], scores.r["df_t"]) == pytest.approx(
        (found.statistic, found.pvalue, found.df), rel=1e-10
    )
    lines = scores.run("ttest score, by(two) welch").splitlines()
    assert "                             Welch's degrees of freedom = " in lines[13]
    v, w = a.var(ddof=1) / 9, b.var(ddof=1) / 25  # Welch (1947)
    assert scores.r["df_t"] == pytest.approx((v + w) ** 2 / (v**2 / 10 + w**2 / 26) - 2, rel=1e-12)


def test_one_sample_and_unpaired(fuel: Session) -> None:
    fuel.run("ttest mpg1 = mpg2, unpaired")
    assert fuel.r["t"] == pytest.approx(stats.ttest_ind(*np.array(FUEL).T).statistic, rel=1e-12)
    lines = fuel.run("ttest mpg1 == 20, level(90)").splitlines()
    found = stats.ttest_1samp(np.array(FUEL)[:, 0], 20)
    assert lines[1] == "One-sample t test" and "[90% Conf. Interval]" in lines[3]
    assert (
        lines[7]
        == f"    mean = mean(mpg1)                                             t = {found.statistic:8.4f}"
    )
    assert lines[8] == "Ho: mean = 20                                    degrees of freedom =       11"
    assert lines[10] == "    Ha: mean < 20               Ha: mean != 20                 Ha: mean > 20"
    low, high = found.confidence_interval(0.9)
    assert figures(lines[5])[-2:] == pytest.approx([low, high], rel=1e-6)
    assert fuel.run("ttest mpg1 == 15 + 5").splitlines()[7] == lines[7]


def test_ttest_refusals(scores: Session, refused) -> None:
    assert refused(scores, "ttest score") == (198, "option by() required")
    assert refused(scores, "ttest score, by(grp)") == (420, "more than 2 groups found, only 2 allowed")
    assert refused(scores, "ttest score if two == 1, by(two)") == (420, "1 group found, 2 required")
    assert refused(scores, "ttest score == 3, unequal") == (198, "option unequal not allowed")
    assert refused(scores, "ttest score == nosuch")[0] == 111
    assert refused(scores, "ttest score > 3") == (198, "invalid syntax")
    assert refused(scores, "ttest score == 3 if score > 1000") == (2000, "no observations")


# --- sdtest, prtest ----------------------------------------------------------------------------------------


def test_variances(scores: Session, refused) -> None:
    a, b = groups(scores)
    lines = scores.run("sdtest score, by(two)").splitlines()
    f = a.var(ddof=1) / b.var(ddof=1)
    lower, upper = stats.f.cdf(f, 8, 24), stats.f.sf(f, 8, 24)
    assert lines[1] == "Variance ratio test" and lines[-4].endswith("degrees of freedom =    8, 24")
    assert scores.r["F"] == pytest.approx(f, rel=1e-12)
    assert scores.r["p"] == pytest.approx(2 * min(lower, upper), rel=1e-10)
    scores.run("sdtest score == 4")
    chi2 = 33 * np.concatenate([a, b]).var(ddof=1) / 16
    assert scores.r["chi2"] == pytest.approx(chi2, rel=1e-12)
    assert scores.r["p_u"] == pytest.approx(stats.chi2.sf(chi2, 33), rel=1e-10)
    assert refused(scores, "sdtest score == 0")[0] == 198


def test_proportions(births: Session, refused) -> None:
    lines = births.run("prtest low, by(race)").splitlines()
    x, n = np.array([23, 36]), np.array([96, 93])
    pooled = x.sum() / n.sum()
    z = (x[0] / n[0] - x[1] / n[1]) / np.sqrt(pooled * (1 - pooled) * (1 / n).sum())
    assert births.r["z"] == pytest.approx(z, rel=1e-12)
    assert births.r["z"] ** 2 == pytest.approx(stats.chi2_contingency([x, n - x], correction=False)[0])
    assert lines[1].endswith("white: Number of obs =       96")
    births.run("prtest low == .4")
    p = 59 / 189
    assert births.r["z"] == pytest.approx((p - 0.4) / np.sqrt(0.24 / 189), rel=1e-12)
    assert refused(births, "prtest bwt == .4") == (450, "bwt is not a 0/1 variable")
    assert refused(births, "prtest low == 2")[0] == 198


# --- oneway ------------------------------------------------------------------------------------------------


def test_analysis_of_variance(scores: Session) -> None:
    lines = scores.run("oneway score grp, bonferroni").splitlines()
    cells = groups(scores, "grp")
    f, p = stats.f_oneway(*cells)
    assert lines[1] == "                        Analysis of Variance"
    assert lines[2] == "    Source              SS         df      MS            F     Prob > F"
    assert lines[4].startswith("Between groups ") and lines[4].endswith(f"{f:10.2f}{p:11.4f}")
    assert lines[7].startswith("    Total   ") and len(lines[7]) == 50
    chi2, p = stats.bartlett(*cells)
    assert lines[9] == f"Bartlett's test for equal variances:  chi2(2) = {chi2:8.4f}  Prob>chi2 = {p:.3f}"
    assert (scores.r["F"], scores.r["chi2bart"]) == pytest.approx((f, chi2), rel=1e-10)
    assert lines[11:16] == [
        "                          Comparison of score by grp",
        "                                (Bonferroni)",
        "Row Mean-|",
        "Col Mean |          1          2",
        "---------+----------------------",
    ]
    assert figures(lines[16])[0] == pytest.approx(cells[1].mean() - cells[0].mean(), rel=1e-5)


def test_comparisons_of_means(scores: Session) -> None:
    cells = groups(scores, "grp")
    within = sum(((x - x.mean()) ** 2).sum() for x in cells) / 31
    t = (cells[2].mean() - cells[0].mean()) / np.sqrt(within * (1 / len(cells[2]) + 1 / len(cells[0])))
    single = 2 * stats.t.sf(abs(t), 31)
    expected = {
        "bonferroni": min(1, 3 * single),
        "sidak": 1 - (1 - single) ** 3,
        "scheffe": stats.f.sf(t**2 / 2, 2, 31),
    }
    assert "(Scheffe)" in scores.run("oneway score grp, scheffe")
    for method, p in expected.items():
        lines = scores.run(f"oneway score grp, {method} noanova").splitlines()
        assert float(lines[10].split("|")[1].split()[0]) == pytest.approx(p, abs=5.1e-4)


def test_oneway_options(scores: Session, refused) -> None:
    lines = scores.run("oneway score two, tabulate").splitlines()
    assert lines[1] == "            |          Summary of score" and lines[4].startswith("       male |")
    assert scores.run("oneway score two, tabulate nolabel").splitlines()[4].startswith("          0 |")
    only = scores.run("oneway score two, tabulate nomeans nofreq").splitlines()
    assert only[2:4] == ["            |    score", "        two |   Std. Dev."]
    assert "Obs." in scores.run("oneway score two, means standard obs")
    scores.run("replace grp = . in 1/2\noneway score grp, missing wrap")
    assert scores.r["df_m"] == 3
    scores.run("oneway score grp [fw=grp]")
    repeated = [x.repeat(k) for k, x in enumerate(groups(scores, "grp")[:3], 1)]
    assert scores.r["F"] == pytest.approx(stats.f_oneway(*repeated)[0], rel=1e-10)
    scores.run("replace score = 3 if grp == 1")
    assert "      1 multiple-observation cells not used" in scores.run("oneway score grp")
    assert refused(scores, "oneway score") == (102, "too few variables specified")
    assert refused(scores, "oneway score grp two") == (103, "too many variables specified")
    assert refused(scores, "oneway score grp if grp == 2") == (2001, "insufficient observations")
    assert refused(scores, "oneway score grp, nomeans nostandard nofreq tabulate")[0] == 198
