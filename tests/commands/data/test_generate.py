"""generate, replace."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.data.columns import promoted_type, string_type
from xmixed.missing import MISSING


def test_types_and_messages(pigs):
    assert pigs.run("gen x = weight") == "(1 missing value generated)\n"
    assert pigs.data["x"].type == "float"
    assert pigs.run("gen byte y = 1 in 1/4") == "(2 missing values generated)\n"
    assert pigs.run("gen byte z = 1000 * id") == "(6 missing values generated)\n"
    assert pigs.run("gen double d:sex = 0.1") == ""
    assert (pigs.data["d"].values[0], pigs.data["d"].value_label) == (0.1, "sex")
    pigs.run("set type double\ngen e = 1")
    assert pigs.data["e"].type == "double"


def test_floats_round_like_floats(session):
    session.run("set obs 1\ngen x = 0.1")
    assert session.run("count if x == 0.1") == "    0\n"
    assert session.run("count if x == float(0.1)") == "    1\n"


def test_strings_find_their_width(pigs):
    pigs.run('gen s = name + "!"\ngen str t = "a" if id == 1\ngen str2 u = "abc"')
    assert [pigs.data[v].type for v in "stu"] == ["str5", "str1", "str2"]
    assert pigs.data["u"].values[0] == "ab"
    assert pigs.data["s"].format == "%9s"
    assert string_type(np.array(["x" * 3000], dtype=object)) == "strL"


def test_missing_codes_stay(session):
    session.run("set obs 2\ngen byte x = .a\ngen double y = x\nreplace y = .z in 2")
    assert session.run("display x[1] y[2]") == ".a.z\n"


def test_refusals(pigs, fails):
    assert fails(pigs, "gen id = 1") == (110, "id already defined")
    assert fails(pigs, 'gen float a = "x"') == (109, "type mismatch")
    assert fails(pigs, "gen str5 a = 1") == (109, "type mismatch")
    assert fails(pigs, 'gen a:sex = "x"') == (109, "type mismatch")
    assert fails(pigs, "gen a = foo") == (111, "foo not found")
    assert fails(pigs, "gen _n = 1") == (198, "_n invalid name")
    assert fails(pigs, 'gen str0 a = ""') == (198, "str0 invalid name")
    assert fails(pigs, "gen a") == (100, "=exp required")
    assert fails(pigs, "gen a = 1 in 1/99") == (198, "observation numbers out of range")
    assert fails(pigs, "replace foo = 1") == (111, "variable foo not found")
    assert fails(pigs, "replace id = name") == (109, "type mismatch")
    assert fails(pigs, "replace id[1] = 2")[0] == 101


def test_replace_counts_real_changes(pigs):
    assert pigs.run("replace week = 1") == "(3 real changes made)\n"
    assert pigs.run("replace week = 1") == "(0 real changes made)\n"
    assert pigs.run("replace week = 2 in 1") == "(1 real change made)\n"
    assert pigs.run("replace weight = . if id > 1") == "(3 real changes made, 3 to missing)\n"
    assert pigs.run("replace weight = .a in 6") == "(1 real change made, 1 to missing)\n"


def test_replace_promotes(pigs):
    assert pigs.run("replace id = 200 in 6") == "id was byte now int\n(1 real change made)\n"
    assert pigs.run("replace id = 1e6 in 6") == "id was int now long\n(1 real change made)\n"
    assert pigs.run("replace id = .5 in 6") == "id was long now double\n(1 real change made)\n"
    assert pigs.run("replace week = .5 in 6") == "week was int now float\n(1 real change made)\n"
    assert pigs.data["week"].format == "%8.0g"
    assert pigs.run('replace name = "a long name" in 1') == "name was str4 now str11\n(1 real change made)\n"
    assert pigs.data["name"].format == "%11s"


def test_nopromote(pigs):
    assert pigs.run("replace sex = 1000 in 1, nopromote") == "(1 real change made, 1 to missing)\n"
    assert pigs.run('replace name = "abcdef" in 1, nopromote') == "(1 real change made)\n"
    assert (pigs.data["sex"].type, pigs.data["name"].values[0]) == ("byte", "abcd")


@pytest.mark.parametrize(
    ("old", "values", "new"),
    [
        ("byte", [100], "byte"),
        ("byte", [101], "int"),
        ("byte", [-128], "int"),
        ("byte", [MISSING], "byte"),
        ("int", [32741], "long"),
        ("long", [3e9], "double"),
        ("byte", [0.5, 1e5], "float"),
        ("float", [1e39], "double"),
        ("float", [16777217], "float"),
        ("double", [0.1], "double"),
    ],
)
def test_promoted_type(old, values, new):
    assert promoted_type(old, np.array(values, dtype=float)) == new


def test_sort_order_ends_at_a_changed_variable(pigs):
    pigs.run("replace week = 3 - week")
    assert pigs.data.sorted_by == ("id",)
    pigs.run("replace id = id")
    assert pigs.data.sorted_by == ("id",)


def test_columns_are_never_written_into(pigs):
    before = pigs.data["weight"].values
    copy = before.copy()
    pigs.run("replace weight = 0\nsort weight\ndrop in 1")
    assert np.array_equal(before, copy)


def test_replace_goes_through_the_observations_in_order(session):
    session.run("set obs 300\ngen x = 5 in 1\nreplace x = 7 in 200")
    assert session.run("replace x = x[_n-1] if missing(x)") == "(298 real changes made)\n"
    assert session.data["x"].values.tolist() == [5.0] * 199 + [7.0] * 101
    session.run("gen long n = 1\nreplace n = n[_n-1] + 1 if _n > 1")
    assert session.data["n"].values.tolist() == list(range(1, 301))
    session.run("gen byte f = 1\nreplace f = f[_n+1] + f[1] in 1/299")
    assert session.data["f"].values.tolist() == [2] + [3] * 298 + [1]
    session.run('gen str3 s = "a" in 1\nreplace s = s[_n-1] + "b" if s[_n-1] != "abb" & _n > 1')
    assert session.data["s"].values.tolist()[:5] == ["a", "ab", "abb", "", "b"]


@pytest.mark.parametrize(("sweeps", "few"), [(3, 9), (100, 2), (100, 0)])
def test_a_chain_longer_than_the_sweeps(session, monkeypatch, sweeps, few):
    monkeypatch.setattr("xmixed.expressions.ordered.replace.SWEEPS", sweeps)
    monkeypatch.setattr("xmixed.expressions.ordered.replace.FEW_SWEEPS", few)
    session.run("set obs 20\ngen int n = 1\nreplace n = n[_n-1] + 1 if n[_n-1] < 9 in 2/l")
    assert session.data["n"].values.tolist() == [*range(1, 10), *range(1, 10), 1, 2][:9] + [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        1,
        2,
    ]


def test_values_replaced_before_are_rounded_as_stored(session):
    session.run("set obs 3\ngen x = .1\nreplace x = x[_n-1] + .1 if _n > 1\ngen double y = .1")
    session.run("replace y = y[_n-1] + .1 if _n > 1\ngen byte z = 100\nreplace z = z[_n-1] + 100 if _n > 1")
    assert session.data["x"].values.tolist() == np.cumsum(np.full(3, 0.1, np.float32)).tolist()
    assert session.data["y"].values.tolist() == [0.1, 0.2, 0.1 + 0.1 + 0.1]
    assert (session.data["z"].type, session.data["z"].values.tolist()) == ("int", [100, 200, 300])


def test_random_numbers_in_an_ordered_replace_are_drawn_once(session):
    session.run("set obs 100\nset seed 1\ngen double u = runiform()\nset seed 1\ngen double x = 0")
    session.run("replace x = cond(_n > 1, x[_n-1], 0) + runiform()")
    assert np.allclose(session.data["x"].values, np.cumsum(session.data["u"].values))


def test_lags_of_the_replaced_variable(session):
    session.run("set obs 5\ngen t = _n\ngen x = 3 in 1\ngen y = 3 in 5")
    session.data = session.data.with_characteristics("_dta", {"_TStvar": "t"})
    session.run("replace x = L.x if missing(x)\nreplace y = F.y if missing(y)")
    assert session.data["x"].values.tolist() == [3.0] * 5
    assert session.data["y"].to_double().tolist()[3:] == [3.0, 3.0]
    assert session.run("count if missing(y)") == "    3\n"


def test_refusals_of_an_ordered_replace(pigs, fails):
    assert fails(pigs, "replace id = name[_n-1] if id[1] > 0") == (109, "type mismatch")
    assert fails(pigs, "replace id = id[_n-1] if name") == (109, "type mismatch")
    assert fails(pigs, "replace id = id[_n-1] + foo") == (111, "foo not found")
