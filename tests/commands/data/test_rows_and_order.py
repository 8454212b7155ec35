"""drop, keep, rename, sort, gsort, order; marks that follow the observations."""

from __future__ import annotations

import numpy as np


def test_drop_and_keep_observations(pigs):
    assert pigs.run("drop if id == 3") == "(2 observations deleted)\n"
    assert pigs.run("drop in 1") == "(1 observation deleted)\n"
    assert pigs.run("drop if id > 3") == "(0 observations deleted)\n"
    assert pigs.run("keep if id == 2 in 1/2") == "(2 observations deleted)\n"
    assert pigs.data.n_obs == 1 and pigs.data.sorted_by == ("id", "week")


def test_drop_and_keep_variables(pigs, fails):
    assert pigs.run("drop week-name") == ""
    assert pigs.data.names == ["id", "sex"]
    assert pigs.data.sorted_by == ("id",)
    pigs.run("keep sex")
    assert pigs.data.names == ["sex"]
    assert fails(pigs, "drop sex if 1") == (198, "invalid syntax")
    assert fails(pigs, "drop foo") == (111, "variable foo not found")
    assert fails(pigs, "keep")[0] == 100
    pigs.run("drop sex")
    assert (pigs.data.n_obs, pigs.data.changed, pigs.data.label) == (0, False, "")
    assert "sex" in pigs.data.value_labels


def test_rename(pigs, fails):
    pigs.run("notes weight: heavy\nrename weight w\nrename (id week) (week id)")
    assert pigs.data.names == ["week", "id", "w", "name", "sex"]
    assert pigs.data.sorted_by == ("week", "id")
    assert pigs.data.characteristics["w"]["note1"] == "heavy"
    assert fails(pigs, "rename id sex") == (110, "sex already defined")
    assert fails(pigs, "rename id 2x") == (198, "2x invalid name")
    assert fails(pigs, "rename (id week) (a)")[0] == 198
    assert fails(pigs, "rename (id week) (a a)") == (110, "a already defined")
    assert fails(pigs, "rename id x?")[0] == 198
    assert fails(pigs, "rename foo bar") == (111, "variable foo not found")


def test_sort_is_stable_with_missing_last(pigs):
    pigs.run("sort sex")
    assert pigs.data["week"].values.tolist() == [1, 2, 1, 2, 1, 2]
    pigs.run("sort weight")
    assert pigs.run("display weight[6]") == ".\n"
    assert pigs.data.sorted_by == ("weight",)
    pigs.run("sort name")
    assert pigs.data["name"].values[0] == "pig1"


def test_sort_orders_missing_codes_and_code_points(session):
    session.run("set obs 4\ngen double x = .\nreplace x = .b in 1\nreplace x = -1 in 2")
    session.run("replace x = .a in 3\nsort x")
    assert session.run("display x[1] x[2] x[3] x[4]") == "-1..a.b\n"
    session.run('gen str s = "b"\nreplace s = "Z" in 2\nreplace s = "" in 3\nreplace s = "é" in 4\nsort s')
    assert session.data["s"].values.tolist() == ["", "Z", "b", "é"]


def test_sort_in_a_range(pigs):
    pigs.run("gsort -weight\nsort weight in 2/4")
    assert pigs.data["weight"].values[:5].tolist() == [25.5, 22.5, 23.5, 24.5, 21.5]
    assert pigs.data.sorted_by == ()


def test_sorting_sorted_data_changes_nothing(pigs):
    pigs.data = pigs.data.with_(changed=False)
    pigs.run("sort id")
    assert not pigs.data.changed and pigs.data.sorted_by == ("id", "week")


def test_gsort(pigs, fails):
    pigs.run("gsort -id +week")
    assert pigs.data["id"].values.tolist() == [3, 3, 2, 2, 1, 1]
    assert pigs.data.sorted_by == ()
    pigs.run("gsort - weight")
    assert pigs.run("display weight[1] weight[6]") == "25.5.\n"
    pigs.run("gsort -weight, mfirst")
    assert pigs.run("display weight[1]") == ".\n"
    pigs.run("gsort -name")
    assert pigs.data["name"].values[0] == "pig6"
    pigs.run("gsort id -week")
    assert pigs.data.sorted_by == ("id",)
    assert fails(pigs, "gsort - +id")[0] == 198
    assert fails(pigs, "gsort")[0] == 100
    assert fails(pigs, "gsort -foo")[0] == 111


def test_order(pigs, fails):
    pigs.run("order sex name")
    assert pigs.data.names == ["sex", "name", "id", "week", "weight"]
    pigs.run("order sex, last")
    pigs.run("order week, after(name)")
    assert pigs.data.names == ["name", "week", "id", "weight", "sex"]
    pigs.run("order sex, before(id)\norder _all, alphabetic")
    assert pigs.data.names == ["id", "name", "sex", "week", "weight"]
    assert pigs.data.sorted_by == ("id", "week")
    assert fails(pigs, "order id, before(id)")[0] == 198
    assert fails(pigs, "order id, first last")[0] == 198


def test_marks_follow_the_observations(pigs):
    pigs.data = pigs.data.with_(marks={"sample": pigs.data["weight"].to_double() < 1e300})
    pigs.run("gsort -week name\ndrop in 1\nsort weight\nset obs 7")
    expected = pigs.data["weight"].to_double() < 1e300
    assert np.array_equal(pigs.data.marks["sample"], expected)


def test_ties_keep_their_order(session):
    session.run("set obs 40\ngen f = mod(_n, 3)\ngen row = _n\nsort f, stable")
    rows, f = session.data["row"].values, session.data["f"].values
    assert all(np.all(np.diff(rows[f == value]) > 0) for value in (0, 1, 2))
