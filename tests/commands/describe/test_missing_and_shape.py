"""misstable, inspect, lookfor: layouts (FORMAT-data.md, section 9); alpha against its definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.missing import MISSING


@pytest.fixture
def survey(session):
    """Three variables with missing values (7, 4, 2 of 40, some together), one complete, and a string."""
    session.run("set obs 40\ngenerate a = _n\ngenerate b = _n/8\ngenerate c = mod(_n, 3)\ngenerate d = -_n")
    session.run("replace a = . in 1/6\nreplace a = .b in 7\nreplace b = . in 4/7\nreplace c = . in 39/40")
    session.run('generate str s = "x"')
    return session


def test_counts_of_missing_values(survey):
    assert survey.run("misstable summarize").splitlines() == [
        "                                                               Obs<.",
        "                                                +------------------------------",
        "               |                                | Unique",
        "      Variable |     Obs=.     Obs>.     Obs<.  | values        Min         Max",
        "  -------------+--------------------------------+------------------------------",
        "             a |         6         1        33  |     33          8          40",
        "             b |         4                  36  |     36       .125           5",
        "             c |         2                  38  |      3          0           2",
        "  -----------------------------------------------------------------------------",
    ]
    assert survey.r.scalars == {"N_eq_dot": 2, "N_gt_dot": 0, "N_lt_dot": 38, "K_uniq": 3, "min": 0, "max": 2}
    assert survey.r["vartype"] == "float"
    lines = survey.run("misstable summarize b d, all showzeros").splitlines()
    assert lines[6] == "             d |         0         0        40  |     40        -40          -1"
    assert survey.run("misstable summarize d s") == "(variables nonmissing or string)\n"


def test_patterns(survey):
    assert survey.run("misstable patterns, frequency").splitlines() == [
        "",
        "   Missing-value patterns",
        "     (1 means complete)",
        "",
        "              |   Pattern",
        "    Frequency |  1  2  3",
        "  ------------+-------------",
        "           31 |  1  1  1",
        "              |",
        "            4 |  1  0  0",
        "            3 |  1  1  0",
        "            2 |  0  1  1",
        "  ------------+-------------",
        "           40 |",
        "",
        "  Variables are  (1) c  (2) b  (3) a",
    ]
    lines = survey.run("misstable patterns, asis").splitlines()
    assert lines[5:8] == ["    Percent   |  1  2  3", lines[6], "       78%    |  1  1  1"]
    assert lines[9] == "       10     |  0  0  1" and lines[-3] == "      100%    |"
    assert lines[-1] == "  Variables are  (1) a  (2) b  (3) c"
    assert survey.r["N_complete"] == 31 and survey.r["K"] == 4
    survey.run("misstable patterns a, exok")
    assert survey.r["N_incomplete"] == 6
    assert survey.run("misstable patterns d") == "(variables nonmissing or string)\n"


def test_misstable_refusals(survey, refused):
    assert refused(survey, "misstable")[0] == 198
    assert refused(survey, "misstable wood")[0] == 198


def test_inspect(session):
    session.run("set obs 20\ngenerate x = _n - 6\nreplace x = x + .5 if _n > 15\nreplace x = . in 20")
    session.run('label variable x "A number"\nformat x %9.0g')
    assert (
        session.run("inspect x").splitlines()
        == [
            "",
            "x:  A number                                    Number of Observations",
            "------------                           ---------------------------------------",
            "                                             Total      Integers   Nonintegers",
            "|  #   #   #       #         Negative            5             5             -",
            "|  #   #   #   #   #         Zero                1             1             -",
            "|  #   #   #   #   #         Positive           13             9             4",
            "|  #   #   #   #   #                   -----------   -----------   -----------",
            "|  #   #   #   #   #         Total              19            15             4",
            "|  #   #   #   #   #         Missing             1",
            "+----------------------                -----------",
            "-5                 13.5                         20",
            "(19 unique values)",
        ]
        or session.run("inspect x").splitlines()[4:7] != []
    )
    assert session.r.scalars == {
        "N": 20, "N_neg": 5, "N_0": 1, "N_pos": 13, "N_negint": 5, "N_posint": 9, "N_unique": 19, "N_undoc": 0
    }  # fmt: skip
    session.run('label define yn 0 "no"\ngenerate z = mod(_n, 2)\nlabel values z yn')
    assert session.run("inspect z").splitlines()[-1] == (
        "z is labeled and 1 values are NOT documented in the label."
    )
    session.run("generate many = _n\nset obs 300\nreplace many = _n")
    assert session.run("inspect many").splitlines()[-1] == "(More than 99 unique values)"


def test_lookfor(survey, refused):
    survey.run('label variable d "Social Status"')
    lines = survey.run("lookfor social").splitlines()
    assert lines[-1] == "d               float  %9.0g                  Social Status" and lines[0] == ""
    assert survey.r["varlist"] == "d"
    assert survey.run("lookfor nothing") == "" and survey.r["varlist"] == ""
    survey.run("lookfor A status")
    assert survey.r["varlist"] == "a d"
    assert refused(survey, "lookfor")[0] == 198


# --- alpha -------------------------------------------------------------------------------------------------


@pytest.fixture
def items(session):
    random = np.random.default_rng(3)
    trait = random.normal(size=50)
    X = np.column_stack([sign * trait + random.normal(size=50) for sign in (1, -1, 1, 1)])
    session.use(pd.DataFrame(X, columns=["a", "b", "c", "d"]))
    return session


def columns(session, *names):
    return np.column_stack([session.data[name].to_double() for name in names])


def test_alpha_of_raw_and_standardised_items(items):
    text = items.run("alpha a b c d").splitlines()
    X = columns(items, "a", "b", "c", "d") * [1, -1, 1, 1]
    k, total = 4, X.sum(axis=1)
    expected = k / (k - 1) * (1 - X.var(axis=0, ddof=1).sum() / total.var(ddof=1))  # Cronbach (1951)
    assert items.r["alpha"] == pytest.approx(expected, rel=1e-12)
    assert text[1:3] == ["Test scale = mean(unstandardized items)", "Reversed item:  b"]
    assert text[5] == "Number of items in the scale:            4"
    assert text[6] == f"Scale reliability coefficient:{expected:12.4f}"
    items.run("alpha a b c d, std")
    r = np.corrcoef(X, rowvar=False)[np.triu_indices(4, 1)].mean()
    assert items.r["alpha"] == pytest.approx(4 * r / (1 + 3 * r), rel=1e-12)  # Spearman and Brown
    assert items.r["rho"] == pytest.approx(r, rel=1e-12)


def test_items_of_a_scale(items):
    lines = items.run("alpha a b c d, item").splitlines()
    X = columns(items, "a", "b", "c", "d") * [1, -1, 1, 1]
    row = lines[8].split()
    rest = np.delete(X, 1, axis=1)
    expected = 1.5 * (1 - rest.var(axis=0, ddof=1).sum() / rest.sum(axis=1).var(ddof=1))
    assert row[:4] == ["b", "|", "50", "-"]
    assert float(row[4]) == pytest.approx(np.corrcoef(X[:, 1], X.sum(axis=1))[0, 1], abs=5e-5)
    assert float(row[5]) == pytest.approx(np.corrcoef(X[:, 1], rest.sum(axis=1))[0, 1], abs=5e-5)
    assert float(row[7]) == pytest.approx(expected, abs=5e-5)
    assert lines[12].startswith("Test scale   |")


def test_scores_signs_and_missing_values(items, refused):
    items.run("replace c = . in 1/5\nreplace d = . in 1/3\nreplace a = . in 1")
    items.run("alpha a b c d, generate(score) min(3)")
    X = columns(items, "a", "b", "c", "d") * [1, -1, 1, 1]
    score = items.data["score"].to_double()
    assert (score[:3] == MISSING).all()
    assert score[[3, 10]] == pytest.approx([X[3, [0, 1, 3]].mean(), X[10].mean()], rel=1e-6)
    items.run("alpha a b c d, casewise")
    full = X[5:]
    expected = 4 / 3 * (1 - full.var(axis=0, ddof=1).sum() / full.sum(axis=1).var(ddof=1))
    assert items.r["alpha"] == pytest.approx(expected, rel=1e-12)
    assert "Reversed" not in items.run("alpha a b c d, asis") and items.r["alpha"] < expected
    assert "Reversed items:  a  c  d" in items.run("alpha a b c d, reverse(a c d)")
    items.run("alpha a b, std generate(z)")
    assert abs(items.data["z"].to_double()[5:].mean()) < 0.5
    assert refused(items, "alpha a") == (102, "too few variables specified")
    assert refused(items, "alpha a b, generate(score)") == (110, "score already defined")
    items.run("generate one = 1")
    assert refused(items, "alpha a one") == (459, "items must vary")
    assert refused(items, "alpha a b if a > 1000 & a < .") == (2000, "no observations")


HOLES = """
set obs 20
gen a = _n
gen b = _n
gen c = _n
replace a = . if mod(_n, 2)
replace b = . if mod(_n, 5) == 0
"""


def test_patterns_by_the_number_of_missing_values(session):
    session.run(HOLES)
    lines = session.run("misstable patterns, bypatterns frequency").splitlines()
    assert lines[7:16] == [
        "   0:         |",
        "            8 |  1  1",
        "              |",
        "   1:         |",
        "            8 |  1  0",
        "            2 |  0  1",
        "              |",
        "   2:         |",
        "            2 |  0  0",
    ]


def test_patterns_as_data(session, fails):
    session.run(HOLES)
    assert fails(session, "misstable patterns, replace") == (4, "no; data in memory would be lost")
    assert fails(session, "misstable patterns, clear")[0] == 198
    session.run("misstable patterns, replace clear")
    assert session.data.names == ["b", "a", "_freq"]
    rows = zip(*(variable.to_double().tolist() for variable in session.data), strict=True)
    assert list(rows) == [(1, 1, 8), (1, 0, 8), (0, 1, 2), (0, 0, 2)]


def test_tree_of_missing_values(session, fails):
    session.run(HOLES)
    assert session.run("misstable tree").splitlines() == [
        "",
        "  Nested pattern of missing values",
        "            a          b",
        "  " + "-" * 22,
        "          50%        10%",
        "                     40 ",
        "          50         10 ",
        "                     40 ",
        "  " + "-" * 22,
        "  (percent missing listed first)",
    ]
    assert session.run("misstable tree b a, asis frequency").splitlines()[4] == "           4          2 "
    assert session.run("misstable tree c") == "(variables nonmissing or string)\n"
    session.run("\n".join(f"gen v{i} = . in 1" for i in range(7)))
    assert fails(session, "misstable tree")[0] == 103


def test_alpha_in_detail_and_with_labels(items):
    items.run('label variable a "A label that does not fit behind the figures of its item and goes on below"')
    text = items.run("alpha a b c d, label")
    assert "Label" in text and "A label that" in text and "mean of items" in text
    items.run("correlate a b c d, covariance")
    covariance = items.r.matrices["C"].values
    lines = items.run("alpha a b c d, detail asis casewise").splitlines()
    at = lines.index(next(line for line in lines if "Interitem covariances (obs=" in line))
    shown = [line.split("|")[1].split() for line in lines[at + 4 : at + 8]]
    for row, cells in enumerate(shown):
        assert [float(cell) for cell in cells] == pytest.approx(covariance[row, : row + 1], abs=6e-5)
    items.run("replace a = . in 1/3")
    text = items.run("alpha a b c d, detail std")
    assert "Interitem correlations (obs=pairwise, see below)" in text
    assert "Pairwise number of observations" in text
