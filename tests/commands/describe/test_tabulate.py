"""tabulate, tab1, tab2: layout (FORMAT-data.md, section 8) and figures against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from xmixed.missing import MISSING
from xmixed.statistics.inference.contingency import association, fisher_exact

TWO_WAY = """
+-------------------+
| Key               |
|-------------------|
|     frequency     |
|  row percentage   |
| column percentage |
+-------------------+

           |   birthweight<2500g
      race |         0          1 |     Total
-----------+----------------------+----------
     white |        73         23 |        96_
           |     76.04      23.96 |    100.00_
           |     56.15      38.98 |     50.79_
-----------+----------------------+----------
     black |        57         36 |        93_
           |     61.29      38.71 |    100.00_
           |     43.85      61.02 |     49.21_
-----------+----------------------+----------
     Total |       130         59 |       189_
           |     68.78      31.22 |    100.00_
           |    100.00     100.00 |    100.00_

          Pearson chi2(1) =   4.7872   Pr = 0.029
           Fisher's exact =                 0.041
   1-sided Fisher's exact =                 0.021

""".replace("_\n", " \n")


def test_two_ways_with_everything(births):
    assert births.run("tabulate race low, row column chi2 exact") == TWO_WAY
    table = np.array([[73, 23], [57, 36]])
    assert births.r["chi2"] == pytest.approx(stats.chi2_contingency(table, correction=False)[0])
    assert births.r["p_exact"] == pytest.approx(stats.fisher_exact(table)[1])
    assert births.r["p1_exact"] == pytest.approx(stats.fisher_exact(table, "greater")[1])
    assert [births.r[name] for name in ("N", "r", "c")] == [189, 2, 2]


def test_one_way(births):
    assert births.run("tabulate low").splitlines() == [
        "",
        "birthweight |",
        "     <2500g |      Freq.     Percent        Cum.",
        "------------+-----------------------------------",
        "          0 |        130       68.78       68.78",
        "          1 |         59       31.22      100.00",
        "------------+-----------------------------------",
        "      Total |        189      100.00",
    ]
    assert births.r.scalars == {"N": 189.0, "r": 2.0}


def test_the_stub_grows_with_labels_that_are_defined(births):
    births.run('label define race 3 "of unknown origin", add')
    lines = births.run("tabulate race").splitlines()
    assert lines[1] == "             race |      Freq.     Percent        Cum."
    assert lines[3] == "            white |         96       50.79       50.79"
    assert births.run("tabulate race, nolabel").splitlines()[3].startswith("          1 |")


def test_options_of_one_way(births):
    assert births.run("tabulate race if race > 2") == "no observations\n"
    births.run("replace smoke = . in 1/3\nreplace smoke = .a in 4")
    lines = births.run("tabulate smoke, missing sort").splitlines()
    assert [line.split()[0] for line in lines[5:9]] == ["0", "1", ".", ".a"]
    assert births.run("tabulate smoke, missing nofreq") == ""
    plot = births.run("tabulate race, plot").splitlines()
    assert plot[2] == "------------+------------+" + "-" * 53
    assert plot[3] == "      white |         96 |" + "*" * 53
    assert plot[4] == "      black |         93 |" + "*" * 51  # 93/96 of the width
    births.run("tabulate race, subpop(low)")
    assert births.r["N"] == 59


def test_indicators(births, refused):
    births.run("replace race = . in 1\ntabulate race in 1/150, generate(r)")
    one, two = births.data["r1"], births.data["r2"]
    assert (one.label, two.label, one.type) == ("race==white", "race==black", "byte")
    assert one.values[[0, 1, 149, 150]].tolist() == [101, 1, 0, 101]
    births.run("tabulate low, generate(l)")
    assert births.data["l2"].label == "low==     1.0000"
    assert births.data["l2"].values.sum() == 59
    assert refused(births, "tabulate low, generate(l)") == (110, "l1 already defined")


def test_weights(births, refused):
    births.run("tabulate race [fw=low]")
    assert births.r["N"] == 59
    lines = births.run("tabulate race [aw=bwt]").splitlines()
    bwt, race = births.data["bwt"].to_double(), births.data["race"].values
    share = 189 * bwt[race == 1].sum() / bwt.sum()
    assert float(lines[3].split()[2]) == pytest.approx(share, rel=1e-4)
    assert refused(births, "tabulate race [pw=bwt]")[0] == 101


def test_contents_and_matrices(births):
    lines = births.run("tabulate race low, expected cchi2 cell nokey").splitlines()
    assert lines[4:8] == [
        "     white |        73         23 |        96 ",
        "           |      66.0       30.0 |      96.0 ",
        "           |       0.7        1.6 |       2.4 ",
        "           |     38.62      12.17 |     50.79 ",
    ]
    births.run("tabulate race low, matcell(F) matrow(R) matcol(C) nofreq")
    assert births.matrices["F"].values.tolist() == [[73, 23], [57, 36]]
    assert births.matrices["R"].values.tolist() == [[1], [2]]
    assert births.matrices["C"].values.tolist() == [[0, 1]]
    assert births.run("tabulate race low, key").splitlines()[4] == "| frequency |"
    shown = births.run("tabulate race low, rowsort colsort")
    assert shown.index("white") < shown.index("black")


def test_all_tests(births):
    lines = births.run("tabulate race low, all").splitlines()[9:]
    assert [line[:26].strip() for line in lines if line] == [
        "Pearson chi2(1)", "likelihood-ratio chi2(1)", "Cramér's V", "gamma", "Kendall's tau-b",
    ]  # fmt: skip
    assert lines[3] == "                    gamma =   0.3343  ASE = 0.142"
    # lrchi2 V gamma taub one by one leave the same in r()
    saved = dict(births.r.scalars)
    births.run("tabulate race low, chi2 lrchi2 V gamma taub")
    assert births.r.scalars == saved
    names = "N r c chi2 p chi2_lr p_lr CramersV gamma ase_gam taub ase_taub"
    assert list(saved) == names.split()


def test_tests_alone(births):
    assert births.run("tabulate race low, nofreq chi2").splitlines() == [
        "",
        "          Pearson chi2(1) =   4.7872   Pr = 0.029",
        "",
    ]


def test_wide_tables_are_broken_into_panels(births):
    lines = births.run("set linesize 60\ntabulate race visits").splitlines()
    assert max(map(len, lines)) <= 60
    heads = [line for line in lines if line.startswith("      race |")]
    assert len(heads) == 2 and "Total" in heads[1] and "Total" not in heads[0]


def test_tab1_and_tab2(births):
    lines = births.run("tab1 race low if bwt > 2500").splitlines()
    assert lines[:2] == ["", "-> tabulation of race if bwt > 2500 "]
    assert births.run("tab1 race").splitlines()[1] == "-> tabulation of race  "
    pairs = [line for line in births.run("tab2 race low smoke").splitlines() if line[:2] == "->"]
    assert pairs == [
        "-> tabulation of race by low  ",
        "-> tabulation of race by smoke  ",
        "-> tabulation of low by smoke  ",
    ]
    assert births.run("tab2 race low smoke, firstonly").count("->") == 2


def test_refusals(births, refused):
    assert refused(births, "tabulate") == (100, "varlist required")
    assert refused(births, "tabulate race low smoke") == (103, "too many variables specified")
    assert refused(births, "tabulate race, row") == (198, "option row not allowed")
    assert refused(births, "tabulate race low, plot") == (198, "option plot not allowed")
    assert refused(births, "tab2 race") == (102, "too few variables specified")
    births.run("generate long id = _n\nset obs 20000\nreplace id = _n\ngenerate k = 1")
    assert refused(births, "tabulate id") == (134, "too many values")
    assert refused(births, "tabulate id k") == (134, "too many values")


# --- tabulate, summarize() ---------------------------------------------------------------------------------


def test_summaries_one_way(births):
    lines = births.run("tabulate race, summarize(bwt)").splitlines()
    assert lines[:4] == [
        "",
        "            |   Summary of birthweight (grams)",
        "       race |        Mean   Std. Dev.       Freq.",
        "------------+------------------------------------",
    ]
    x = births.data["bwt"].to_double()[births.data["race"].values == 1]
    assert lines[4].split() == ["white", "|", f"{x.mean():.8g}", f"{x.std(ddof=1):.8g}", "96"]
    assert "Std. Dev." not in births.run("tabulate race, summarize(bwt) means freq")
    only = births.run("tabulate race, summarize(bwt) nostandard nofreq").splitlines()
    assert only[4:6] == ["       race |        Mean", "------------+------------"]
    weighted = births.run("tabulate race [aw=visits], summarize(bwt) obs").splitlines()
    assert weighted[4].endswith("|        Obs.")


def test_summaries_two_ways(births):
    lines = births.run("tabulate race smoke, summarize(bwt)").splitlines()
    assert lines[:7] == [
        "",
        "     Means, Standard Deviations and Frequencies of birthweight (grams)",
        "",
        "           |    smoked during",
        "           |      pregnancy",
        "      race |         0          1 |     Total",
        "-----------+----------------------+----------",
    ]
    data = births.data
    inside = (data["race"].values == 1) & (data["smoke"].values == 1)
    x = data["bwt"].to_double()[inside]
    assert lines[7].split()[3] == f"{x.mean():.8g}" and lines[9].split()[2] == str(len(x))
    assert len(lines[9]) == 45  # no blank behind the total


# --- numbers -----------------------------------------------------------------------------------------------

counts = st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=4).map(
    lambda rows: np.array(rows, dtype=float) + np.eye(len(rows), 3)
)


@settings(max_examples=30, deadline=None)
@given(counts)
def test_association_against_scipy(table):
    found = association(table)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if found.df == 0:
        assert found.chi2 == MISSING
        return
    assert found.chi2 == pytest.approx(stats.chi2_contingency(table, correction=False)[0], abs=1e-9)
    ratio = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert (found.chi2_lr, found.p_lr) == pytest.approx(ratio[:2], abs=1e-9)
    if table.shape != (2, 2):
        assert found.cramers_v == pytest.approx(stats.contingency.association(table.astype(int)), abs=1e-9)
    pairs = np.repeat(np.argwhere(table >= 0), table.ravel().astype(int), axis=0)
    assert found.tau_b == pytest.approx(stats.kendalltau(*pairs.T)[0], abs=1e-9)


def test_standard_errors_of_gamma_and_tau_by_the_delta_method():
    """The slopes of the measure along the proportions, in their multinomial distribution."""
    table = np.array([[10, 5, 3.0], [4, 9, 8], [2, 6, 7]])
    n, p = table.sum(), (table / table.sum()).ravel()
    for name, ase in (("gamma", "gamma_ase"), ("tau_b", "tau_b_ase")):
        slopes = np.zeros(p.size)
        for i in range(p.size):
            step = np.zeros(p.size)
            step[i] = 1e-6
            up, down = (getattr(association((p + s).reshape(3, 3)), name) for s in (step, -step))
            slopes[i] = (up - down) / 2e-6
        variance = ((slopes**2 * p).sum() - (slopes * p).sum() ** 2) / n
        assert getattr(association(table), ase) == pytest.approx(np.sqrt(variance), rel=1e-6)


def _probability_of_no_more_likely_tables(table: np.ndarray) -> float:
    """Every table with the same margins, one by one."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    seen = stats.random_table(rows, columns).logpmf(table)
    total = 0.0
    spans = [range(int(min(r, c)) + 1) for r in rows[:-1] for c in columns[:-1]]
    for inner in np.array(np.meshgrid(*spans)).reshape(len(spans), -1).T:
        block = inner.reshape(len(rows) - 1, len(columns) - 1)
        full = np.column_stack([block, rows[:-1] - block.sum(axis=1)])
        full = np.vstack([full, columns - full.sum(axis=0)])
        if full.min() >= 0:
            log_p = stats.random_table(rows, columns).logpmf(full)
            total += np.exp(log_p) if log_p <= seen + 1e-7 else 0.0
    return total


@pytest.mark.parametrize(
    "table", [[[3, 1, 2], [1, 4, 0], [2, 0, 5]], [[1, 4, 2], [6, 0, 3]], [[2, 0], [3, 1], [0, 4]]]
)
def test_exact_test_of_larger_tables(table):
    expected = _probability_of_no_more_likely_tables(np.array(table))
    assert fisher_exact(np.array(table)).p == pytest.approx(expected, rel=1e-8)


def test_exact_test_shows_its_stages_and_gives_up(births, refused):
    lines = births.run("tabulate race visits if visits < 3, exact").splitlines()
    assert lines[1:5] == [
        "Enumerating sample-space combinations:", "stage 3:  enumerations = 1",
        lines[3], "stage 1:  enumerations = 0",
    ]  # fmt: skip
    births.run("set seed 5\ngenerate a = int(8*runiform())\ngenerate b = int(8*runiform())")
    assert refused(births, "tabulate a b, exact") == (1000, "system limit exceeded")
