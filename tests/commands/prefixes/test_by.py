"""by and bysort: against a loop over the groups, in one go for many groups, nothing changed on failure."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed import Session, StataError
from xmixed.data.dataset import Dataset, Variable


def session_of(**columns: list[float]) -> Session:
    session = Session()
    variables = [Variable(k, "double", np.array(v, dtype=float), "%10.0g") for k, v in columns.items()]
    session.data = Dataset(tuple(variables), len(variables[0].values))
    return session


def values(session: Session, name: str) -> list[float]:
    return session.data[name].to_double().tolist()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), min_size=1, max_size=12))
def test_by_is_a_loop_over_groups(rows):
    session = session_of(g=[r[0] for r in rows], x=[r[1] for r in rows])
    session.run("bysort g: gen n = _n\nby g: gen m = _N\nby g: gen s = sum(x)\nby g: gen f = x[1]")
    session.run("by g: gen b = x[_n-1]\nby g: gen double r = x\nby g: replace r = r[_n-1] + x if _n > 1")
    expected = {name: [] for name in "nmsfbr"}
    for g in sorted({r[0] for r in rows}):
        xs = [r[1] for r in rows if r[0] == g]
        expected["n"] += list(range(1, len(xs) + 1))
        expected["m"] += [len(xs)] * len(xs)
        expected["s"] += np.cumsum(xs).tolist()
        expected["f"] += [xs[0]] * len(xs)
        expected["b"] += [2.0**1023, *xs[:-1]]
        expected["r"] += np.cumsum(xs).tolist()
    for name, column in expected.items():
        assert values(session, name) == column, name


def test_many_groups_in_one_go():
    n = 200_000
    random = np.random.default_rng(1)
    session = session_of(g=random.integers(0, 20_000, n).astype(float), x=random.normal(size=n))
    session.run("sort g")
    best = np.inf
    for i in range(3):
        began = time.perf_counter()
        session.run(f"by g: gen a{i} = _n + _N + x[_n-1] + sum(x)")
        best = min(best, time.perf_counter() - began)
    assert best < 1.0  # one group at a time takes many times as long


def test_the_sample_of_the_last_group_is_marked():
    session = session_of(g=[2, 1, 1, 2, 1, 2], y=[1, 2, 4, 7, 3, 5], x=[1, 2, 3, 4, 5, 7])
    session.run("bysort g: regress y x\ngen s = e(sample)")
    assert values(session, "s") == [0, 0, 0, 1, 1, 1] and len(session.data.marks) == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("by g: gen z = 1", 5),
        ("bysort nothere: gen z = 1", 111),
        ("bysort g: nothere", 199),
        ("bysort g: gen x = 1", 110),
        ("bysort g gen z = 1", 100),
        ("by g, foo: gen z = 1", 198),
        ("bysort g: sort x", 190),
    ],
)
def test_a_failure_leaves_the_data_and_their_order(text, code):
    session = session_of(g=[2, 1, 2], x=[1, 2, 3])
    before = session.data
    with pytest.raises(StataError) as caught:
        session.run(text)
    assert caught.value.code == code and session.data is before
    session.run("count")  # and the next command runs without groups
