"""merge, append, reshape, collapse and their like against models of dictionaries and loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.commands.data.test_egen import column, percentile, session_of
from xmixed import Session, StataError
from xmixed.data.room import Room

KEY = st.integers(0, 3) | st.just(None)


@settings(max_examples=30, deadline=None)
@given(st.lists(KEY, min_size=1, max_size=7), st.lists(KEY, min_size=1, max_size=4, unique=True))
def test_merge_m_to_1_is_a_dictionary(tmp_path_factory, left, right):
    file = tmp_path_factory.mktemp("merge") / "b.dta"
    other = session_of(k=right, y=[10 * i for i in range(len(right))])
    other.run(f'save "{file}"')
    session = session_of(k=left, x=list(range(len(left))))
    session.run(f'merge m:1 k using "{file}"')
    table = {key: 10 * i for i, key in enumerate(right)}
    expected = [(key, i, table.get(key), 3 if key in table else 1) for i, key in enumerate(left)]
    expected += [(key, None, y, 2) for key, y in table.items() if key not in left]
    found = zip(*(column(session, name) for name in ("k", "x", "y", "_merge")), strict=True)
    assert list(found) == expected


@settings(max_examples=20, deadline=None)
@given(st.lists(KEY, min_size=1, max_size=5), st.lists(KEY, min_size=1, max_size=5))
def test_joinby_pairs_all(tmp_path_factory, left, right):
    file = tmp_path_factory.mktemp("join") / "b.dta"
    session_of(k=right, y=list(range(len(right)))).run(f'save "{file}"')
    session = session_of(k=left, x=list(range(len(left))))
    session.run(f'joinby k using "{file}"')
    expected = {(i, j) for i, a in enumerate(left) for j, b in enumerate(right) if a == b}
    assert set(zip(column(session, "x"), column(session, "y"), strict=True)) == expected
    assert session.data.n_obs == len(expected)


def test_float_and_double_keys_are_compared_exactly(tmp_path):
    file = tmp_path / "b.dta"
    other = session_of(y=[1, 2])
    other.run(f'gen float k = cond(y == 1, .1, .5)\nsave "{file}"')
    session = session_of(k=[0.1, 0.5])
    session.run(f'merge 1:1 k using "{file}", noreport')
    assert column(session, "_merge") == [1, 3, 2]  # 0.1 has no exact binary form


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(KEY, KEY, KEY), min_size=1, max_size=6))
def test_reshape_long_then_wide_is_the_identity(rows):
    session = session_of(
        id=list(range(len(rows))), z=[5] * len(rows), a1=[r[0] for r in rows], a2=[r[1] for r in rows]
    )
    session.run("gen double b1 = a1 * 2\ngen double b2 = a2 + 1")
    before = {name: column(session, name) for name in session.data.names}
    session.run("reshape long a b, i(id) j(t)")
    assert session.data.sorted_by == ("id", "t") and session.data.n_obs == 2 * len(rows)
    session.run("reshape wide")
    assert {name: column(session, name) for name in session.data.names} == before


def test_reshape_many_rows_keeps_types_and_labels():
    session = session_of(id=[2, 1])
    session.run(
        'gen byte x1 = _n\ngen int x2 = 300\nlabel define l 1 "one"\nlabel values x1 l\nformat x1 %5.0f'
    )
    session.run("reshape long x, i(id) j(t)")
    x = session.data["x"]
    assert (x.type, x.value_label, x.format) == ("int", "l", "%5.0f") and session.data["t"].type == "byte"
    assert column(session, "x") == [2, 300, 1, 300]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(KEY, st.integers(-3, 6) | st.just(None)), min_size=1, max_size=12))
def test_collapse_is_a_loop(rows):
    session = session_of(g=[r[0] for r in rows], x=[r[1] for r in rows])
    session.run(
        "collapse (mean) m=x (sum) s=x (count) n=x (p25) q=x (median) md=x (min) lo=x (max) hi=x "
        "(first) f=x (last) l=x (firstnm) fn=x (sd) sd=x, by(g)"
    )
    keys = sorted({r[0] for r in rows}, key=lambda key: np.inf if key is None else key)
    assert column(session, "g") == keys and session.data.sorted_by == ("g",)
    for i, key in enumerate(keys):
        everything = [x for g, x in rows if g == key]
        xs = [x for x in everything if x is not None]
        found = {name: column(session, name)[i] for name in session.data.names[1:]}
        assert found["n"] == len(xs) and found["s"] == sum(xs)
        assert (found["f"], found["l"]) == (everything[0], everything[-1])
        expected = dict.fromkeys(("m", "q", "md", "lo", "hi", "fn", "sd"))
        if xs:
            expected |= {"m": np.mean(xs), "q": percentile(xs, 25), "md": percentile(xs, 50)}
            expected |= {"lo": min(xs), "hi": max(xs), "fn": xs[0]}
            expected["sd"] = np.std(xs, ddof=1) if len(xs) > 1 else None
        for name, value in expected.items():
            assert found[name] == (None if value is None else pytest.approx(value, abs=1e-12)), name


def test_collapse_with_frequency_weights_is_collapse_of_the_expanded_data():
    text = "set obs 12\ngen g = mod(_n, 3)\ngen x = _n^2\ngen w = 1 + mod(_n, 4)\n"
    weighted, expanded = session_of(o=[0]), session_of(o=[0])
    weighted.run("drop _all\n" + text + "collapse (mean) m=x (sd) s=x (p50) p=x (count) n=x [fw=w], by(g)")
    expanded.run("drop _all\n" + text + "expand w\ncollapse (mean) m=x (sd) s=x (p50) p=x (count) n=x, by(g)")
    for name in "mspn":
        assert column(weighted, name) == pytest.approx(column(expanded, name), rel=1e-12)


def test_append_widens_strings_and_keeps_marks(tmp_path):
    file = tmp_path / "b.dta"
    session_of(s=["abcdefghi"], z=[1]).run(f'save "{file}"')
    session = session_of(s=["x", "y"], g=[1, 2])
    session.data = session.data.with_(marks={"e": np.array([True, False])})
    session.run("sort g")
    session.run(f'append using "{file}"')
    assert column(session, "s") == ["x", "y", "abcdefghi"] and column(session, "z") == [None, None, 1]
    assert session.data.marks["e"].tolist() == [True, False, False] and session.data.sorted_by == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("merge 1:1 g using nothere", 601),
        ("append using nothere", 601),
        ("reshape wide x, i(g)", 111),
        ("reshape long x, j(t)", 198),
        ("collapse (mean) s", 109),
        ("collapse", 100),
        ("contract", 100),
        ("expand", 100),
        ("expand s", 109),
        ("fillin g", 102),
        ("duplicates drop g", 198),
        ("duplicates tag g", 198),
        ("isid g", 459),
        ("joinby g", 100),
        ("cross", 100),
        ("append", 100),
    ],
)
def test_a_failure_leaves_the_data(tmp_path, monkeypatch, text, code):
    monkeypatch.chdir(tmp_path)
    session = session_of(g=[1, 1, 2], x=[1, 2, 3], s=["a", "b", "c"])
    before = session.data
    with pytest.raises(StataError) as caught:
        session.run(text)
    assert caught.value.code == code and session.data is before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("append using b", 106),
        ("merge 1:1 x using b", 106),
        ("merge 1:1 s using b", 106),
        ("collapse (sd) x [pweight=x]", 135),
        ("merge 1:1 nothere using b", 111),
        ("merge 1:1 x using b, generate(x)", 110),
    ],
)
def test_kinds_that_differ_are_refused(tmp_path, monkeypatch, text, code):
    monkeypatch.chdir(tmp_path)
    session_of(s=[1], x=["a"]).run("save b")
    session = session_of(s=["a"], x=[1])
    before = session.data
    with pytest.raises(StataError) as caught:
        session.run(text)
    assert caught.value.code == code and session.data is before


def test_what_would_not_fit_is_refused_before_it_is_made(tmp_path):
    file = tmp_path / "b.dta"
    session_of(k=list(range(100)), w=[1] * 100).run(f'save "{file}"')
    wide = " ".join(f"a{place}" for place in range(20))
    for command in (
        "expand 1000",
        "fillin k z",
        f'cross using "{file}"',
        f'joinby g using "{file}"',
        f'merge 1:1 k using "{file}"',
        f'append using "{file}"',
        "reshape long a, i(k) j(t)",
        "set obs 100000",
    ):
        session = session_of(k=list(range(100)), z=list(range(100)))
        session.run(f"gen byte g = 1\nforeach name in {wide} {{\ngen byte `name' = 1\n}}")
        if "joinby" in command:
            session.run(f'preserve\nkeep k\ngen byte g = 1\nsave "{file}", replace\nrestore')
        before = session.data
        session.run("set max_memory 4k")
        with pytest.raises(StataError) as refused:
            session.run(command)
        assert (refused.value.code, refused.value.message) == (909, "op. sys. refuses to provide memory")
        assert session.data is before
        session.run("set max_memory .")
        session.run(command)
        assert session.data.n_obs >= 100


def test_the_units_of_max_memory():
    assert [Room.of_setting(text).limit for text in ("2g", "3m", "4k", "5b", "6")] == [
        2**31,
        3 << 20,
        4096,
        5,
        6,
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(KEY, min_size=1, max_size=9),
    st.lists(KEY, min_size=1, max_size=6),
    st.sampled_from("byte int".split()),
)
def test_merge_by_a_table_is_a_dictionary_too(tmp_path_factory, left, right, kind):
    """Keys of one integer type that do not repeat in the file are looked up; others take the general way."""
    file = tmp_path_factory.mktemp("merge") / "b.dta"
    other = session_of(k=right, y=list(range(len(right))))
    other.run(f'recast {kind} k\nsave "{file}"')
    session = session_of(k=left, x=list(range(len(left))))
    session.run("recast byte k")
    if len(set(right)) < len(right):
        with pytest.raises(StataError) as refused:
            session.run(f'merge m:1 k using "{file}"')
        assert refused.value.code == 459
        return
    session.run(f'merge m:1 k using "{file}"')
    table = {key: y for y, key in enumerate(right)}
    expected = [(key, x, table.get(key), 3 if key in table else 1) for x, key in enumerate(left)]
    expected += [(key, None, y, 2) for key, y in table.items() if key not in left]
    found = zip(*(column(session, name) for name in ("k", "x", "y", "_merge")), strict=True)
    assert list(found) == expected


def test_names_of_users_commands_do_the_same() -> None:
    session = Session()
    session.run(
        "sysuse scotssec\nkeep in 1/200\negen m = mean(attain), by(second)\n"
        "gegen g = mean(attain), by(second)"
    )
    assert (session.data["m"].values == session.data["g"].values).all()
    session.run("preserve\ncollapse (mean) attain (sd) s = attain, by(second)")
    wanted = session.data
    session.run("restore\ngcollapse (mean) attain (sd) s = attain, by(second)")
    for one, other in zip(session.data.variables, wanted.variables, strict=True):
        assert (one.values == other.values).all()
