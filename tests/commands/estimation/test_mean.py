"""mean, proportion, total: layout (FORMAT-data.md, section 10) and figures by their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from xmixed.missing import MISSING


@pytest.fixture
def values(births):
    """Columns of the data by name."""
    return {name: births.data[name].to_double() for name in ("bwt", "race", "low", "smoke", "visits")}


def test_layout(births, values):
    x = values["bwt"]
    low, high = stats.t.interval(0.95, 188, x.mean(), stats.sem(x))
    row = f"         bwt |{x.mean():>11.7g}{stats.sem(x):>11.7g}{low:>14.7g}{high:>12.7g}"
    assert births.run("mean bwt").splitlines() == [
        "",
        "Mean estimation                     Number of obs    =     189",
        "",
        "--------------------------------------------------------------",
        "             |       Mean   Std. Err.     [95% Conf. Interval]",
        "-------------+------------------------------------------------",
        row,
        "--------------------------------------------------------------",
    ]
    assert births.e["df_r"] == 188 and births.e["cmd"] == "mean"
    assert births.e["V"].values[0, 0] == pytest.approx(stats.sem(x) ** 2, rel=1e-12)
    assert "[90% Conf. Interval]" in births.run("mean, level(90)")
    assert births.run("mean, noheader").splitlines()[1] == "-" * 62


def test_subpopulations(births, values):
    lines = births.run("mean bwt smoke, over(race)").splitlines()
    assert lines[3:6] == ["        white: race = white", "        black: race = black", ""]
    assert lines[7] == "        Over |       Mean   Std. Err.     [95% Conf. Interval]"
    assert lines[9] == "bwt          |"
    b, V = births.e["b"], births.e["V"].values
    assert b.column_names == ["bwt:white", "bwt:black", "smoke:white", "smoke:black"]
    x, y = (values[name][values["race"] == 2] for name in ("bwt", "smoke"))
    assert b.values[0, 1] == pytest.approx(x.mean()) and V[1, 1] == pytest.approx(stats.sem(x) ** 2)
    assert V[1, 3] == pytest.approx(np.cov(x, y)[0, 1] / len(x)) and V[0, 1] == 0
    assert births.e["_N"].values.tolist() == [[96, 93, 96, 93]]
    births.run('label define race 1 "first race", modify')
    lines = births.run("mean bwt, over(race)").splitlines()
    assert lines[3] == "    _subpop_1: race = first race"
    assert births.run("mean bwt, over(race) nolegend").splitlines()[3].startswith("---")
    assert births.run("mean bwt, over(race) nolabel").splitlines()[3] == "            1: race = 1"
    assert births.run("mean bwt, over(race low)").splitlines()[3:5] == [
        "         Over: race low",
        "    _subpop_1: first race 0",
    ]


def test_weights_and_clusters(births, values):
    x, w, g = values["bwt"], values["visits"] + 1, values["smoke"]
    births.run("generate w = visits + 1\nmean bwt [fw=w]")
    repeated = x.repeat(w.astype(int))
    assert births.e["V"].values[0, 0] == pytest.approx(stats.sem(repeated) ** 2, rel=1e-12)
    assert births.e["N"] == len(repeated)
    births.run("mean bwt [aw=w]")
    m = np.average(x, weights=w)
    assert births.e["b"].values[0, 0] == pytest.approx(m)
    variance = (w * (x - m) ** 2).sum() / w.sum() * 189 / 188
    assert births.e["V"].values[0, 0] == pytest.approx(variance / 189, rel=1e-12)
    births.run("mean bwt [pw=w]")
    scores = w * (x - m) / w.sum()
    assert births.e["V"].values[0, 0] == pytest.approx((scores**2).sum() * 189 / 188, rel=1e-12)
    text = births.run("mean bwt [pw=w], vce(cluster visits)")
    sums = np.array([scores[values["visits"] == v].sum() for v in np.unique(values["visits"])])
    M = len(sums)
    assert births.e["V"].values[0, 0] == pytest.approx((sums**2).sum() * M / (M - 1), rel=1e-9)
    assert f"(Std. Err. adjusted for {M} clusters in visits)".rjust(62) in text.splitlines()
    assert births.e["df_r"] == M - 1
    births.run("mean bwt, cluster(visits)")
    sums = np.array([(x - x.mean())[values["visits"] == v].sum() / 189 for v in np.unique(values["visits"])])
    assert births.e["V"].values[0, 0] == pytest.approx((sums**2).sum() * M / (M - 1), rel=1e-9)
    assert g.sum() > 0


def test_proportions(births, values):
    lines = births.run("proportion low race").splitlines()
    assert lines[1] == "Proportion estimation               Number of obs    =     189"
    assert lines[4] == "             | Proportion   Std. Err.     [95% Conf. Interval]"
    p = 59 / 189
    assert births.e["b"].column_names == ["low:0", "low:1", "race:white", "race:black"]
    assert births.e["b"].values[0, 1] == pytest.approx(p)
    assert births.e["V"].values[1, 1] == pytest.approx(p * (1 - p) / 188, rel=1e-12)
    births.run("replace smoke = . in 1/9\nproportion smoke, missing")
    assert births.e["b"].values[0, -1] == pytest.approx(9 / 189)
    births.run('label define yn 0 "not at all" 1 "yes"\nlabel values low yn')
    lines = births.run("proportion low, over(race)").splitlines()
    assert lines[3:6] == [
        "        white: race = white",
        "        black: race = black",
        "      _prop_1: low = not at all",
    ]
    assert births.e["b"].column_names[0] == "_prop_1:white"


def test_totals(births, values):
    births.run("total low, over(race)")
    part = values["low"] * (values["race"] == 2)
    assert births.e["b"].values[0].tolist() == [23, 36]
    assert births.e["V"].values[1, 1] == pytest.approx(189 * part.var(ddof=1), rel=1e-12)
    births.run("generate w = visits + 1\ntotal low [fw=w]")
    repeated = values["low"].repeat(births.data["w"].to_double().astype(int))
    assert births.e["V"].values[0, 0] == pytest.approx(len(repeated) * repeated.var(ddof=1), rel=1e-10)


def test_after_it(births, refused):
    births.run("mean bwt, over(race)")
    stored = births.run("estimates store a\nmean low\nestimates replay a")
    assert "        white: race = white" in stored
    births.run("mean bwt if race == 1 & _n == 1")
    assert births.e["V"].values[0, 0] == MISSING and births.e["error"].values[0, 0] == 9


def test_refusals(births, refused):
    assert refused(births, "mean bwt if bwt > 1e6") == (2000, "no observations")
    assert refused(births, "mean bwt, missing") == (198, "option missing not allowed")
    assert refused(births, "mean bwt [pw=-low]")[0] == 402
    births.run('generate str s = "a"')
    assert refused(births, "mean s")[0] == 109 and refused(births, "mean bwt, over(s)")[0] == 109
    births.run("mean bwt")
    assert refused(births, "proportion") == (301, "last estimates not found")
