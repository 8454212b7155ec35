"""summarize, count."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.missing import MISSING
from xmixed.statistics.moments import moments, percentile


def test_table(pigs):
    assert pigs.run("summarize").splitlines() == [
        "",
        "    Variable |       Obs        Mean    Std. Dev.       Min        Max",
        "-------------+--------------------------------------------------------",
        "          id |         6           2    .8944272          1          3",
        "        week |         6         1.5    .5477226          1          2",
        "      weight |         5        23.5    1.581139       21.5       25.5",
        "        name |         0",
        "         sex |         6    .6666667    .5163978          0          1",
    ]


def test_saved_results(pigs):
    pigs.run("summarize weight")
    assert list(pigs.r.scalars) == ["N", "sum_w", "mean", "Var", "sd", "min", "max", "sum"]
    assert pigs.r["sum"] == 117.5 and pigs.r["Var"] == 2.5
    assert pigs.run("summarize weight, meanonly") == ""
    assert "sd" not in pigs.r and pigs.r["mean"] == 23.5
    pigs.run("summarize weight if weight > 100 & weight < .")
    assert pigs.r.scalars == {"N": 0.0, "sum_w": 0.0, "sum": 0.0}
    pigs.run("summarize weight in 1")
    assert pigs.r["sd"] == MISSING


def test_r_survives_commands_that_save_nothing(pigs):
    pigs.run("summarize weight\ngen centred = weight - r(mean)\nreplace centred = centred / r(sd)")
    assert pigs.run("summarize centred").splitlines()[-1].split()[3:] == ["0", "1", "-1.264911", "1.264911"]


def test_detail(session):
    session.run('set obs 100\ngen x = _n\nlabel var x "Mileage (mpg)"')
    assert session.run("summarize x, detail").splitlines() == [
        "",
        "                        Mileage (mpg)",
        "-------------------------------------------------------------",
        "      Percentiles      Smallest",
        " 1%          1.5              1",
        " 5%          5.5              2",
        "10%         10.5              3       Obs                 100",
        "25%         25.5              4       Sum of Wgt.         100",
        "",
        "50%         50.5                      Mean               50.5",
        "                        Largest       Std. Dev.      29.01149",
        "75%         75.5             97",
        "90%         90.5             98       Variance       841.6667",
        "95%         95.5             99       Skewness              0",
        "99%         99.5            100       Kurtosis        1.79976",
    ]
    assert session.r["p50"] == 50.5
    assert session.run("summarize x if x > 200, detail").splitlines()[-1] == "no observations"
    assert session.run("summarize x in 1, detail").splitlines()[5] == " 5%            1              ."


def test_weights(pigs, fails):
    lines = pigs.run("summarize weight [aw=id]").splitlines()
    assert lines[1] == "    Variable |     Obs      Weight        Mean   Std. Dev.       Min        Max"
    assert lines[3] == "      weight |       5           9    24.05556   1.501028       21.5       25.5"
    assert pigs.run("summarize weight [w=id]").startswith("(analytic weights assumed)\n")
    pigs.run("summarize weight [fw=id]")
    weight, id_ = pigs.data["weight"].to_double(), pigs.data["id"].values
    expanded = weight[weight < MISSING].repeat(id_[weight < MISSING])
    assert pigs.r["N"] == len(expanded) == 9
    assert pigs.r["sd"] == pytest.approx(expanded.std(ddof=1), rel=1e-14)
    assert fails(pigs, "summarize weight [fw=id/2]") == (401, "may not use noninteger frequency weights")
    assert fails(pigs, "summarize weight [aw=-id]") == (402, "negative weights encountered")
    assert fails(pigs, "summarize weight [pw=id]") == (101, "pweights not allowed")
    assert fails(pigs, "summarize weight [aw=name]") == (109, "type mismatch")


def test_separator_and_format(pigs, fails):
    lines = pigs.run("format weight %9.1f\nsummarize weight id, separator(1) format").splitlines()
    assert lines[3] == "      weight |         5        23.5         1.6       21.5       25.5"
    assert lines[4] == lines[2]
    assert fails(pigs, "summarize id, separator(-1)")[0] == 198


def test_far_from_zero_keeps_its_digits():
    x = 1e9 + np.array([0.1, 0.2, 0.3])
    assert moments(x, None, "", False).sd == pytest.approx(0.1, rel=1e-6)
    assert moments(np.full(3, 0.1), None, "", False).variance == 0.0


@pytest.mark.parametrize("p", [1, 10, 25, 50, 75, 99])
def test_weighted_percentiles_are_those_of_repeated_values(p):
    x, w = np.array([1.0, 2.0, 5.0, 7.0]), np.array([3.0, 1.0, 2.0, 4.0])
    assert percentile(x, w, p) == percentile(x.repeat(w.astype(int)), None, p)


def test_count(pigs):
    assert pigs.run("count") == "    6\n"
    assert pigs.run("count if weight > 23") == "    4\n"  # missing is above every number
    assert pigs.r["N"] == 4
    assert pigs.run("count in 2/3") == "    2\n"


def test_count_of_nothing(session):
    assert session.run("count") == "    0\n"


def test_huge_numbers_give_missing_statistics(session):
    session.run("set obs 3\ngen double x = 8e307\nreplace x = -8e307 in 2")
    assert session.run("summarize x, detail").count(" .") >= 2
    assert session.r["Var"] == MISSING
