"""Changing values and types: what comes back, what a random sample keeps, what a failure leaves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.data.test_egen import column, percentile, session_of
from xmixed import StataError
from xmixed.missing import MISSING

NUMBER = st.integers(-200, 40000) | st.floats(-1e6, 1e6) | st.just(None)


@settings(max_examples=40, deadline=None)
@given(st.lists(NUMBER, min_size=1, max_size=6))
def test_compress_changes_no_value(xs):
    session = session_of(x=xs)
    session.run("compress")
    assert column(session, "x") == xs
    whole = all(x is None or x == int(x) for x in xs)
    assert (session.data["x"].type in ("byte", "int", "long")) == whole


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("ab ", min_size=0, max_size=3), min_size=1, max_size=6))
def test_decode_undoes_encode(texts):
    session = session_of(s=texts)
    session.run("encode s, generate(c)\ndecode c, generate(back)") if any(texts) else None
    if any(texts):
        assert column(session, "back") == texts
        known = session.data.value_labels["c"]
        assert list(known.values()) == sorted(set(texts) - {""}) and list(known) == list(
            range(1, len(known) + 1)
        )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**8), 10**8) | st.just(None), min_size=1, max_size=6))
def test_destring_undoes_tostring(xs):
    session = session_of(x=xs)
    session.run("tostring x, replace\ndestring x, replace")
    assert column(session, "x") == xs


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9) | st.just(None), min_size=4, max_size=15), st.integers(2, 4))
def test_xtile_counts_cut_points_below(xs, number):
    known = [x for x in xs if x is not None]
    if number > len(known) + 1:
        return
    session = session_of(x=xs)
    session.run(f"xtile q = x, nquantiles({number})")
    points = [percentile(known, 100 * i / number) for i in range(1, number)]
    expected = [None if x is None else 1 + sum(point < x for point in points) for x in xs]
    assert column(session, "q") == expected


def test_samples():
    session = session_of(g=[i % 3 for i in range(90)], x=list(range(90)))
    session.run("set seed 3\nsample 50 if g < 2")
    assert session.data.n_obs == 60 and column(session, "g").count(2) == 30
    assert column(session, "x") == sorted(column(session, "x"))  # the order stays
    assert session.run("sample 5, count by(g)") == "(45 observations deleted)\n"
    assert [column(session, "g").count(g) for g in (0, 1, 2)] == [5, 5, 5]
    session.run("bsample, strata(g)")
    assert [column(session, "g").count(g) for g in (0, 1, 2)] == [5, 5, 5]
    session.run("bsample 2, cluster(g) idcluster(new)")
    assert session.data.n_obs == 10 and sorted(set(column(session, "new"))) == [1, 2]
    with pytest.raises(StataError) as caught:
        session.run("bsample 99")
    assert caught.value.code == 498


def test_each_row_is_as_likely():
    session = session_of(x=list(range(4)))
    session.run("set seed 1")
    whole, drawn = session.data, np.zeros(4)
    for _ in range(400):
        session.data = whole
        session.run("quietly sample 1, count")
        drawn[int(column(session, "x")[0])] += 1
    assert np.all(np.abs(drawn - 100) < 5 * np.sqrt(75))


def test_recode_of_fractions_and_codes():
    session = session_of(x=[0.5, 1.5, 2.5, None])
    session.data = session.data.with_variables(session.data["x"])
    session.run("recode x (min/1 = -1) (2/max = 1.25) (. = .z)")
    values = session.data["x"].to_double()
    assert values[:3].tolist() == [-1, 1.5, 1.25] and values[3] > MISSING


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("recode s (1=2)", 108),
        ("recode x (1=2", 100),
        ("encode s, generate(x)", 110),
        ("decode x, generate(y)", 182),
        ("encode x, generate(y)", 107),
        ("decode s, generate(y)", 108),
        ("destring s", 198),
        ("tostring, replace", 100),
        ("recast str3 x", 109),
        ("recast byte", 100),
        ("clonevar y = nothere", 111),
        ("mvdecode x", 198),
        ("mvencode x, mv(1)", 9),
        ("split x", 109),
        ("xtile q = s", 109),
        ("_pctile x if x > 9", 2000),
        ("sample 101", 198),
        ("move x", 102),
    ],
)
def test_a_failure_leaves_the_data(text, code):
    session = session_of(x=[1, 2, None], s=["a", "b", ""])
    before = session.data
    with pytest.raises(StataError) as caught:
        session.run(text)
    assert caught.value.code == code and session.data is before


def test_split_destrings_percentages(session):
    session.run('clear\nset obs 3\ngenerate str9 s = "10% 2" in 1\nreplace s = "5% 3" in 2')
    session.run("split s, destring percent")
    assert session.data["s1"].to_double().tolist()[:2] == [0.1, 0.05]
    assert session.data["s2"].values.tolist()[:2] == [2, 3] and session.data["s2"].type == "byte"
