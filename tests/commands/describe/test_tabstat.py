"""tabstat: layouts (FORMAT-data.md, section 9) and statistics against numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from xmixed.missing import MISSING
from xmixed.statistics.grouped import Grouped

AUTOMOBILES = (
    [4099, 22, 0], [4749, 17, 0], [3799, 22, 0], [4816, 20, 0], [7827, 15, 0], [9690, 17, 1], [6295, 23, 1],
    [9735, 25, 1], [4589, 35, 1],
)  # fmt: skip
"""Price, mileage and origin of some cars of 1978."""


@pytest.fixture
def cars(session):
    import pandas as pd

    session.use(pd.DataFrame(AUTOMOBILES, columns=["price", "mpg", "foreign"]))
    session.run('label define origin 0 "Domestic" 1 "Foreign"\nlabel values foreign origin')
    session.run('label variable foreign "Car type"')
    return session


def test_statistics_down(cars):
    assert cars.run("tabstat price mpg, statistics(mean sd q n)").splitlines() == [
        "",
        "   stats |     price       mpg",
        "---------+--------------------",
        "    mean |  6177.667  21.77778",
        "      sd |  2348.488  5.932491",
        "     p25 |      4589        17",
        "     p50 |      4816        22",
        "     p75 |      7827        23",
        "       N |         9         9",
        "------------------------------",
    ]


def test_one_variable(cars):
    assert cars.run("tabstat price, stats(min max)").splitlines() == [
        "",
        "    variable |       min       max",
        "-------------+--------------------",
        "       price |      3799      9735",
        "----------------------------------",
    ]


def test_by_groups(cars):
    assert cars.run("tabstat price, by(foreign) stat(min max)").splitlines() == [
        "",
        "Summary for variables: price",
        "     by categories of: foreign (Car type)",
        "",
        " foreign |       min       max",
        "---------+--------------------",
        "Domestic |      3799      7827",
        " Foreign |      4589      9735",
        "---------+--------------------",
        "   Total |      3799      9735",
        "------------------------------",
    ]
    assert cars.run("tabstat price mpg, by(foreign) statistics(mean sd) nototal").splitlines()[1:] == [
        "Summary statistics: mean, sd",
        "  by categories of: foreign (Car type)",
        "",
        " foreign |     price       mpg",
        "---------+--------------------",
        "Domestic |      5058      19.2",
        "         |  1606.718  3.114482",
        "---------+--------------------",
        " Foreign |   7577.25        25",
        "         |  2562.122  7.483315",
        "------------------------------",
    ]


def test_options_of_the_layout(cars):
    cars.run('label variable foreign ""')
    assert cars.run("tabstat price, by(foreign)").splitlines()[2] == "     by categories of: foreign "
    across = cars.run("tabstat price mpg, columns(statistics) statistics(n range)").splitlines()
    assert across[1] == "    variable |         N     range" and across[4].split() == ["mpg", "|", "9", "20"]
    down = cars.run("tabstat price, columns(variables) s(n range)").splitlines()
    assert down[1] == "   stats |     price"
    long = cars.run("tabstat price mpg, by(foreign) s(mean sd) longstub noseparator").splitlines()
    assert long[4] == "foreign     stats |     price       mpg"
    assert [line[:18] for line in long[6:8]] == ["Domestic     mean ", "               sd "]
    assert sum(line.startswith("---") for line in long) == 3
    short = cars.run("tabstat price, by(foreign) labelwidth(3)").splitlines()
    assert short[6].startswith("     Dom |")
    wide = cars.run("tabstat price, varwidth(16)").splitlines()
    assert wide[1].startswith("        variable |")


def test_formats_missing_and_casewise(cars):
    cars.run("replace mpg = . in 1\nreplace foreign = . in 2\nformat price %9.1f")
    assert cars.run("tabstat price, format").splitlines()[3].split()[2] == "6177.7"
    assert cars.run("tabstat price mpg, format(%9.2f)").splitlines()[3].split()[2:] == ["6177.67", "21.75"]
    assert cars.run("tabstat price mpg, s(n) casewise").splitlines()[3].split()[2:] == ["8", "8"]
    assert cars.run("tabstat price, by(foreign) s(n)").splitlines()[-2].split()[2] == "8"
    with_missing = cars.run("tabstat price, by(foreign) s(n) missing").splitlines()
    assert with_missing[8].split() == [".", "|", "1"] and with_missing[-2].split()[2] == "9"


def test_saved(cars):
    cars.run("tabstat price mpg, by(foreign) s(mean n) save")
    assert cars.r["name1"] == "Domestic" and cars.r["name2"] == "Foreign"
    assert cars.r["Stat2"].values.tolist() == [[7577.25, 25], [4, 4]]
    assert cars.r["StatTotal"].row_names == ["mean", "N"]
    cars.run("tabstat price, s(median) save")
    assert cars.r["StatTotal"].values.tolist() == [[4816]]


def test_refusals(cars, refused):
    assert refused(cars, "tabstat") == (100, "varlist required")
    assert refused(cars, "tabstat price, s(foo)") == (198, "unknown statistic: foo")
    assert refused(cars, "tabstat price [pw=mpg]")[0] == 101
    assert refused(cars, "tabstat price if price > 1e6") == (2000, "no observations")
    assert refused(cars, "tabstat price, format(%s)") == (120, "invalid %format")


STATISTICS = {
    "mean": np.mean, "sum": np.sum, "min": np.min, "max": np.max, "range": np.ptp, "median": np.median,
    "sd": lambda x: np.std(x, ddof=1), "variance": lambda x: np.var(x, ddof=1), "count": len,
    "cv": lambda x: np.std(x, ddof=1) / np.mean(x), "semean": stats.sem, "skewness": stats.skew,
    "kurtosis": lambda x: stats.kurtosis(x, fisher=False),
    "p10": lambda x: np.percentile(x, 10, method="averaged_inverted_cdf"),
    "iqr": lambda x: np.subtract(*np.percentile(x, [75, 25], method="averaged_inverted_cdf")),
}  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), min_size=6, max_size=40))
def test_statistics_of_groups(rows):
    codes, x = np.array([row[0] for row in rows]), np.array([row[1] + 0.25 for row in rows])
    groups = Grouped(x, codes, 4)
    for name, function in STATISTICS.items():
        for code in range(4):
            own, value = x[codes == code], groups.statistic(name)[code]
            if name in ("sum", "count") and not len(own):
                assert value == 0
            elif not len(own) or (len(own) == 1 and name in ("sd", "variance", "semean", "cv")):
                assert value == MISSING
            elif name in ("skewness", "kurtosis") and np.ptp(own) == 0:
                assert value == MISSING
            else:
                assert value == pytest.approx(function(own), rel=1e-9, abs=1e-12), (name, code)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(1, 9), st.integers(1, 4)), min_size=4, max_size=20),
    st.sampled_from(["mean", "sd", "skewness", "p25", "median", "iqr", "sum", "count", "semean", "max"]),
)
def test_frequency_weights_are_repeated_rows(rows, name):
    codes, x, w = (np.array(column) for column in zip(*rows, strict=True))
    weighted = Grouped(x.astype(float), codes, 2, w.astype(float), "fweight").statistic(name)
    repeated = Grouped(x.repeat(w).astype(float), codes.repeat(w), 2).statistic(name)
    assert weighted == pytest.approx(repeated, rel=1e-9)


def test_far_from_zero_keeps_its_digits():
    x = 1e9 + np.array([0.1, 0.2, 0.3, 0.5])
    assert Grouped(x, np.zeros(4, dtype=int), 1).sd[0] == pytest.approx(
        np.std([0.1, 0.2, 0.3, 0.5], ddof=1), rel=1e-6
    )
