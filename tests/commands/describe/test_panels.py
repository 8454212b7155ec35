"""xtsum, xttab, xtdescribe: layouts (FORMAT-data.md, section 11), figures against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def frame():
    random = np.random.default_rng(6)
    table = pd.DataFrame({"id": np.repeat(np.arange(1, 13), 5), "t": np.tile(np.arange(5), 12)})
    table["ses"] = table["id"] / 3 + random.normal(size=60)
    table["smoke"] = (random.random(60) < 0.3).astype(float)
    return table[~((table.id == 3) & (table.t > 2)) & ~((table.id == 5) & (table.t == 1))]


@pytest.fixture
def panel(session, frame):
    session.use(frame)
    session.run('xtset id t\nlabel define smoke 0 "Nonsmoker" 1 "Smoker"\nlabel values smoke smoke')
    return session


def test_summary(panel, frame):
    lines = panel.run("xtsum ses t").splitlines()
    assert lines[:3] == [
        "",
        "Variable         |      Mean   Std. Dev.       Min        Max |    Observations",
        "-----------------+--------------------------------------------+----------------",
    ]
    means = frame.groupby("id")["ses"].mean()
    within = frame["ses"] - frame["id"].map(means) + frame["ses"].mean()
    assert lines[3].startswith("ses      overall |") and lines[3].endswith(" |     N =      57")
    assert lines[4].endswith(" |     n =      12") and lines[5].endswith(" | T-bar =    4.75")
    assert lines[6] == "                 |                                            |"
    panel.run("xtsum ses")
    for suffix, x in (("", frame["ses"]), ("_b", means), ("_w", within)):
        found = [panel.r[f"{name}{suffix}"] for name in ("sd", "min", "max")]
        assert found == pytest.approx([x.std(), x.min(), x.max()], rel=1e-12)
    balanced = panel.run("xtsum ses if id > 5").splitlines()
    assert balanced[5].endswith(" |     T =       5")
    panel.run("xtsum")
    assert panel.r["mean"] == pytest.approx(frame["smoke"].mean())


def test_tabulation(panel, frame):
    lines = panel.run("xttab smoke").splitlines()
    assert lines[2] == "    smoke |    Freq.  Percent      Freq.  Percent        Percent"
    shares = frame.groupby("id")["smoke"].mean()
    ever = shares > 0
    assert lines[5] == (
        f"   Smoker |{int(frame['smoke'].sum()):8d}{100 * frame['smoke'].mean():10.2f}"
        f"{ever.sum():10d}{100 * ever.mean():10.2f}{100 * shares[ever].mean():15.2f}"
    )
    between = ever.sum() + (shares < 1).sum()
    assert lines[7].endswith(f"{100 * 12 / between:15.2f}") and lines[8].strip() == "(n = 12)"
    assert lines[4].startswith(" Nonsmoke |")


def test_description(panel):
    lines = panel.run("xtdescribe").splitlines()
    assert lines[1] == "      id:  1, 2, ..., 12".ljust(61) + "n =         12"
    assert lines[2] == "       t:  0, 1, ..., 4".ljust(61) + "T =          5"
    assert lines[3:6] == [
        "           Delta(t) = 1 unit",
        "           Span(t)  = 5 periods",
        "           (id*t uniquely identifies each observation)",
    ]
    assert lines[7] == "Distribution of T_i:   min      5%     25%       50%       75%     95%     max"
    assert lines[8].split() == ["3", "3", "5", "5", "5", "5", "5"]
    assert lines[10:] == [
        "     Freq.  Percent    Cum. |  Pattern",
        " ---------------------------+---------",
        "       10     83.33   83.33 |  11111",
        "        1      8.33   91.67 |  111..",
        "        1      8.33  100.00 |  1.111",
        " ---------------------------+---------",
        "       12    100.00         |  XXXXX",
    ]
    few = panel.run("xtdescribe if t != 2, patterns(1) width(3)").splitlines()
    assert few[-3] == "        2     16.67  100.00 | (other patterns)" and few[-1].endswith("|  XX.")
    assert panel.r["sum"] == 45 and panel.r["N"] == 12


def test_what_is_not_set(session, refused):
    session.run("set obs 4\ngenerate id = _n\ngenerate x = 1")
    assert refused(session, "xtsum x") == (459, "panel variable not set; use xtset varname ...")
    session.run("xtset id")
    assert refused(session, "xtdescribe") == (459, "must specify panelvar and timevar; use xtset")
    assert refused(session, "xttab") == (100, "varlist required")
    assert refused(session, "xtsum x if x > 1") == (2000, "no observations")
