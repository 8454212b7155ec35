"""cs, cc, ir and their immediate forms: R's figures (3 strata below), scipy's distributions, layouts.

x <- array(c(8,10,5,20, 15,12,30,44, 6,9,11,3), c(2,2,3)); mantelhaen.test(x, correct=FALSE)
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.interpreter.session import Session
from xmixed.missing import is_missing

STRATA = [(8, 10, 5, 20), (15, 12, 30, 44), (6, 9, 11, 3)]
"""Exposed cases, unexposed cases, exposed others, unexposed others."""


@pytest.fixture
def study(session: Session) -> Session:
    rows = [
        (stratum, case, exposed, cells[2 * (1 - case) + 1 - exposed])
        for stratum, cells in enumerate(STRATA, 1)
        for case in (1, 0)
        for exposed in (1, 0)
    ]
    session.use(pd.DataFrame(rows, columns=["stratum", "case", "exposed", "n"]).astype(float))
    session.run('label variable exposed "Smoked"')
    return session


def figures(line: str) -> list[float]:
    return [
        float(word) for word in line.split("|", 1)[1].replace("|", " ").split() if word[0] in "-.0123456789"
    ]


def test_cohort(session: Session) -> None:
    lines = session.run("csi 7 12 9 2").splitlines()
    assert lines[1:9] == [
        "                 |   Exposed   Unexposed  |      Total",
        "-----------------+------------------------+------------",
        "           Cases |         7          12  |         19",
        "        Noncases |         9           2  |         11",
        "-----------------+------------------------+------------",
        "           Total |        16          14  |         30",
        "                 |                        |",
        "            Risk |     .4375    .8571429  |   .6333333",
    ]
    p, q = 7 / 16, 12 / 14
    error, z = math.sqrt(p * (1 - p) / 16 + q * (1 - q) / 14), stats.norm.ppf(0.975)
    assert figures(lines[12]) == pytest.approx([p - q, p - q - z * error, p - q + z * error], rel=1e-6)
    log_error = math.sqrt(1 / 7 - 1 / 16 + 1 / 12 - 1 / 14)
    limits = [p / q * math.exp(sign * z * log_error) for sign in (0, -1, 1)]
    assert [session.r[name] for name in ("rr", "lb_rr", "ub_rr")] == pytest.approx(limits, rel=1e-10)
    assert lines[15] == " Prev. frac. pop |         .2611111       |"
    chi2 = stats.chi2_contingency([[7, 12], [9, 2]], correction=False)
    assert (session.r["chi2"], session.r["p"]) == pytest.approx((chi2.statistic, chi2.pvalue), rel=1e-10)
    assert lines[-1] == "                               chi2(1) =     5.66  Pr>chi2 = 0.0173"


def test_odds_of_a_cohort(session: Session) -> None:
    session.run("csi 7 12 9 2, or")
    low, high = session.r["lb_or"], session.r["ub_or"]
    for odds in (low, high):  # Cornfield: counts of this odds ratio whose chi-squared is critical
        a = min(
            root.real
            for root in np.roots([1 - odds, 14 - 19 + odds * (19 + 16), -odds * 19 * 16])
            if 0 < root.real < 16 and 14 - 19 + root.real > 0
        )
        spread = 1 / a + 1 / (19 - a) + 1 / (16 - a) + 1 / (14 - 19 + a)
        assert (a - 7) ** 2 * spread == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-8)
    assert "(Woolf)" in session.run("csi 7 12 9 2, or woolf exact level(90)")
    error = math.sqrt(1 / 7 + 1 / 12 + 1 / 9 + 1 / 2)
    high = 7 * 2 / (12 * 9) * math.exp(stats.norm.ppf(0.95) * error)
    assert session.r["ub_or"] == pytest.approx(high, rel=1e-10)
    found = stats.fisher_exact([[7, 12], [9, 2]])
    assert session.r["p_exact"] == pytest.approx(found.pvalue, rel=1e-9)
    assert session.r["p1_exact"] == pytest.approx(stats.hypergeom.cdf(7, 30, 16, 19), rel=1e-9)


def test_cases_and_controls(session: Session) -> None:
    lines = session.run("cci 4 386 4 1250").splitlines()
    assert lines[1] == " " * 57 + "Proportion"
    assert lines[4] == "           Cases |         4         386  |        390       0.0103"
    assert session.r["or"] == pytest.approx(4 * 1250 / (386 * 4))
    for name, tail in (("lb_or", "sf"), ("ub_or", "cdf")):
        fisher = stats.nchypergeom_fisher(1644, 8, 390, session.r[name])
        assert getattr(fisher, tail)(3 if tail == "sf" else 4) == pytest.approx(0.025, rel=1e-7)
    assert session.r["afe"] == pytest.approx(1 - 386 * 4 / (4 * 1250))
    assert session.r["afp"] == pytest.approx(session.r["afe"] * 4 / 390)
    assert "(Cornfield)" in session.run("cci 4 386 4 1250, cornfield")
    session.run("cci 0 10 5 9")
    assert session.r["or"] == 0 and session.r["lb_or"] == 0
    session.run("cci 5 0 5 9")
    assert is_missing(session.r["or"]) and is_missing(session.r["ub_or"])


def test_rates(session: Session) -> None:
    """Limits: `binom.test(15, 56)$conf.int` as odds, times 28010/19017, in R."""
    lines = session.run("iri 15 41 19017 28010").splitlines()
    assert lines[3:5] == [
        "           Cases |        15          41  |         56",
        "     Person-time |     19017       28010  |      47027",
    ]
    found = [session.r[name] for name in ("irr", "lb_irr", "ub_irr")]
    assert found == pytest.approx([0.538863173771, 0.277062010310069, 0.994348063273411], rel=1e-9)
    binomial = stats.binom(56, 19017 / 47027)
    one = binomial.cdf(15) - binomial.pmf(15) / 2
    assert session.r["p"] == pytest.approx(2 * one, rel=1e-10)
    assert lines[-2] == f"                    (midp)   Pr(k<=15) = {one:22.4f} (exact)"


def test_strata_of_odds(study: Session) -> None:
    text = study.run("cc case exposed [fweight = n], by(stratum)")
    found = [study.r[name] for name in ("or", "lb_or", "ub_or", "chi2", "p")]
    expected = [1.335997198942386, 0.705145854250484, 2.531233084365362, 0.829962413277944, 0.362283397821136]
    assert found == pytest.approx(expected, rel=1e-10)
    ratios = [a * d / (b * c) for a, b, c, d in STRATA]
    variances = [sum(1 / n for n in cells) for cells in STRATA]
    same = sum(math.log(r / found[0]) ** 2 / v for r, v in zip(ratios, variances, strict=True))
    assert study.r["chi2_mh"] == pytest.approx(same, rel=1e-10)
    lines = text.splitlines()
    assert lines[1] == "         stratum |         OR       [95% Conf. Interval]   M-H Weight"
    assert figures(lines[3])[0] == pytest.approx(ratios[0], rel=1e-6)
    assert figures(lines[3])[3] == pytest.approx(10 * 5 / 43, rel=1e-6)
    whole = np.sum(STRATA, axis=0)
    study.run("cc case exposed [fweight = n], woolf")
    assert study.r["or"] == pytest.approx(whole[0] * whole[3] / (whole[1] * whole[2]))


def test_strata_of_risks_and_rates(study: Session) -> None:
    study.run("cs case exposed [fweight = n], by(stratum)")
    above = sum(a * (b + d) / (a + b + c + d) for a, b, c, d in STRATA)
    below = sum(b * (a + c) / (a + b + c + d) for a, b, c, d in STRATA)
    assert study.r["rr"] == pytest.approx(above / below, rel=1e-12)
    spread = 0.0
    for a, b, c, d in STRATA:
        n = a + b + c + d
        spread += ((a + b) * (a + c) * (b + d) - a * b * n) / n**2
    error = math.sqrt(spread / (above * below))
    assert study.r["ub_rr"] == pytest.approx(above / below * math.exp(1.959963984540054 * error), rel=1e-10)
    study.run("cs case exposed [fweight = n], by(stratum) or")
    assert study.r["or"] == pytest.approx(1.335997198942386, rel=1e-10)
    study.run("gen time = 10 * n\nir case exposed time [fweight = n], by(stratum)")
    times = [(10 * (a * a + c * c), 10 * (b * b + d * d)) for a, b, c, d in STRATA]
    pairs = list(zip(STRATA, times, strict=True))
    above = sum(a * t2 / (t1 + t2) for (a, *_), (t1, t2) in pairs)
    below = sum(b * t1 / (t1 + t2) for (_, b, *_), (t1, t2) in pairs)
    assert study.r["irr"] == pytest.approx(above / below, rel=1e-12)


def test_data_and_figures_agree(study: Session) -> None:
    a, b, c, d = (int(n) for n in np.sum(STRATA, axis=0))
    typed = study.run(f"csi {a} {b} {c} {d}").splitlines()
    assert study.run("cs case exposed [fweight = n]").splitlines()[2:] == typed[1:]
    assert "Smoked" in study.run("ir case exposed n if stratum == 1")


def test_refusals(study: Session, refused) -> None:
    assert refused(study, "cs case")[0] == 102
    assert refused(study, "cc case exposed stratum")[0] == 103
    assert refused(study, "cs case exposed if stratum > 9")[0] == 2000
    assert refused(study, "csi 1 2 3")[0] == 198
    assert refused(study, "cci 1 2 3 -4")[0] == 411
    assert refused(study, "csi 1.5 2 3 4")[0] == 126
    assert refused(study, "iri 1 2 0 4")[0] == 459
    assert refused(study, "cc case exposed, by(stratum) bd")[0] == 198
    assert refused(study, "cci 1 2 3 4, woolf cornfield")[0] == 198
