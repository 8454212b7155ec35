"""egen: every function against its definition, group by group."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from xmixed import Session, StataError
from xmixed.commands.data.egen_functions.registry import egen_functions
from xmixed.data.dataset import Dataset, Variable
from xmixed.missing import MISSING

NUMBER = st.integers(-4, 9) | st.just(None)


def session_of(**columns) -> Session:
    session = Session()
    session.run("set type double")
    variables = []
    for name, column in columns.items():
        if isinstance(column[0], str):
            variables.append(Variable(name, "str9", np.array(column, dtype=object), "%9s"))
        else:
            numbers = np.array([MISSING if item is None else item for item in column], dtype=float)
            variables.append(Variable(name, "double", numbers, "%10.0g"))
    session.data = Dataset(tuple(variables), len(variables[0].values))
    return session


def column(session: Session, name: str) -> list:
    variable = session.data[name]
    if variable.is_string:
        return variable.values.tolist()
    return [None if value >= MISSING else value for value in variable.to_double().tolist()]


def percentile(xs: list[float], p: float) -> float:
    """x[P] and x[P+1] averaged where P = N p/100 is whole, else x[int(P)+1]."""
    ranked, place = sorted(xs), len(xs) * p / 100
    if place == int(place):
        return (ranked[int(place) - 1] + ranked[int(place)]) / 2
    return ranked[int(place)]


def one_mode(xs: list[float]) -> float | None:
    found = [x for x in set(xs) if xs.count(x) == max(map(xs.count, xs))]
    return found[0] if len(found) == 1 else None


def of_known(function, least=1):
    return lambda xs: function(xs) if len(xs) >= least else None


BY_GROUP = {
    "mean(x)": of_known(np.mean),
    "sd(x)": of_known(lambda xs: np.std(xs, ddof=1), 2),
    "min(x)": of_known(min),
    "max(x)": of_known(max),
    "total(x)": sum,
    "sum(x), missing": of_known(sum),
    "count(x)": len,
    "median(x)": of_known(lambda xs: percentile(xs, 50)),
    "pctile(x), p(30)": of_known(lambda xs: percentile(xs, 30)),
    "iqr(x)": of_known(lambda xs: percentile(xs, 75) - percentile(xs, 25)),
    "mad(x)": of_known(lambda xs: percentile([abs(x - percentile(xs, 50)) for x in xs], 50)),
    "mdev(x)": of_known(lambda xs: np.mean([abs(x - np.mean(xs)) for x in xs])),
    "skew(x)": of_known(lambda xs: None if np.ptp(xs) == 0 else stats.skew(xs)),
    "kurt(x)": of_known(lambda xs: None if np.ptp(xs) == 0 else stats.kurtosis(xs, fisher=False)),
    "mode(x)": of_known(one_mode),
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), NUMBER), min_size=1, max_size=14))
def test_statistics_of_groups(rows):
    session = session_of(g=[r[0] for r in rows], x=[r[1] for r in rows])
    for number, (call, function) in enumerate(BY_GROUP.items()):
        session.run(f"egen v{number} = {call}{' ' if ',' in call else ', '}by(g)")
        found = column(session, f"v{number}")
        for (g, _), value in zip(rows, found, strict=True):
            expected = function([x for h, x in rows if h == g and x is not None])
            assert value == (None if expected is None else pytest.approx(expected, abs=1e-12)), call
    before = column(session, "v0")
    session.run("gen long o = _n\nbysort g: egen again = mean(x)\nsort o")
    assert column(session, "again") == before


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), NUMBER), min_size=1, max_size=10))
def test_ranks(rows):
    session = session_of(g=[r[0] for r in rows], x=[r[1] for r in rows])
    session.run("egen a = rank(x), by(g)\negen f = rank(x), field by(g)\negen t = rank(x), track by(g)")
    session.run("egen u = rank(x), unique by(g)")
    for i, (g, x) in enumerate(rows):
        xs = [other for h, other in rows if h == g and other is not None]
        found = [column(session, name)[i] for name in "aft"]
        if x is None:
            assert found == [None] * 3
            continue
        below, above, same = (sum(f(o) for o in xs) for f in (x.__gt__, x.__lt__, x.__eq__))
        assert found == [below + (same + 1) / 2, above + 1, below + 1]
    for g in (0, 1):
        own = [u for (h, x), u in zip(rows, column(session, "u"), strict=True) if h == g and x is not None]
        assert sorted(own) == list(range(1, len(own) + 1))


ROWS = {
    "rowmean": of_known(np.mean),
    "rowtotal": sum,
    "rowsd": of_known(lambda xs: np.std(xs, ddof=1), 2),
    "rowmax": of_known(max),
    "rowmin": of_known(min),
    "rowfirst": of_known(lambda xs: xs[0]),
    "rowlast": of_known(lambda xs: xs[-1]),
    "rownonmiss": len,
    "rowmiss": lambda xs: 3 - len(xs),
    "rowmedian": of_known(lambda xs: percentile(xs, 50)),
}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(NUMBER, NUMBER, NUMBER), min_size=1, max_size=6))
def test_statistics_of_rows(rows):
    session = session_of(a=[r[0] for r in rows], b=[r[1] for r in rows], c=[r[2] for r in rows])
    for name, function in ROWS.items():
        session.run(f"egen v_{name} = {name}(a-c)")
        expected = [function([x for x in row if x is not None]) for row in rows]
        found = column(session, f"v_{name}")
        assert found == [None if e is None else pytest.approx(e, abs=1e-12) for e in expected], name
    session.run("egen q = rowpctile(a b c), p(40)\negen t2 = rowtotal(a b c), missing")


def test_codes_and_labels():
    session = session_of(g=[2, 1, None, 2, 1], s=["b", "a", "a", "a", "a"], x=[1, 5, 9, None, 12])
    session.run("egen grp = group(g s), label lname(gs) truncate(3)\negen t = tag(g)")
    assert column(session, "grp") == [3, 1, None, 2, 1] and column(session, "t") == [1, 1, 0, 0, 0]
    assert session.data.value_labels["gs"] == {1: "1 a", 2: "2 a", 3: "2 b"}
    assert session.data["grp"].label == "group(g s)" and session.data["t"].type == "byte"
    session.run("egen m = group(g), missing\negen tm = tag(g), missing")
    assert column(session, "m") == [2, 1, 3, 2, 1] and column(session, "tm") == [1, 1, 1, 0, 0]
    session.run("egen q = cut(x), group(2)\negen c = cut(x), at(0 5 10)\negen i = cut(x), at(0 5 10) icodes")
    assert column(session, "q") == [0, 0, 1, None, 1]
    assert column(session, "c") == [0, 5, 5, None, None] and column(session, "i") == [0, 1, 1, None, None]
    session.run("egen l = cut(x), at(0 5 10) label")
    assert session.data.value_labels["l"] == {0: "0-", 1: "5-"}
    session.run("egen d = diff(g x)\negen n = anycount(g x), values(1 2)\negen any = anymatch(g x), v(9)")
    assert column(session, "d") == [1] * 5 and column(session, "n") == [2, 1, 0, 1, 1]
    assert column(session, "any") == [0, 0, 1, 0, 0] and session.data["n"].label == "g x == 1 2"
    session.run("egen value = anyvalue(x), values(5/9)")
    assert column(session, "value") == [None, 5, 9, None, None]


def test_strings_and_sequences():
    session = session_of(g=[1, 1, 2, 2, 2], s=["a b c", "x", "", " y z", "q"], x=[1.5, 2, None, 4, 5])
    session.run('egen c = concat(g s), punct("-")\negen h = ends(s)\negen last = ends(s), last trim')
    assert column(session, "c") == ["1-a b c", "1-x", "2-", "2- y z", "2-q"]
    assert column(session, "h") == ["a", "x", "", "", "q"]
    assert column(session, "last") == [
        "c",
        "x",
        "",
        "z",
        "q",
    ]
    session.run("egen hh = ends(s), head\negen tail = ends(s), tail")
    assert column(session, "hh") == column(session, "h") and column(session, "tail")[:2] == ["b c", ""]
    session.run('label define two 1 "one" 2 "two"\nlabel values g two')
    session.run("egen dd = concat(g x), decode maxlength(2) format(%4.1f)")
    assert column(session, "dd") == ["on1.5", "on2.0", "tw.", "tw4.0", "tw5.0"]
    session.run(
        "egen seq = seq(), from(2) to(3) block(2)\nbysort g: egen own = seq()\negen f = fill(1 1 3 3)"
    )
    assert column(session, "seq") == [2, 2, 3, 3, 2] and column(session, "own") == [1, 2, 1, 2, 3]
    assert column(session, "f") == [1, 1, 3, 3, 5]
    session.run("egen z = std(x), mean(10) std(2)\negen p = pc(x), prop\negen ma = ma(x), t(3)")
    known = np.array([1.5, 2, 4, 5])
    z = 10 + 2 * (known - known.mean()) / known.std(ddof=1)
    assert [v for v in column(session, "z") if v is not None] == pytest.approx(z.tolist())
    assert column(session, "p")[0] == pytest.approx(1.5 / 12.5) and column(session, "ma") == [None] * 5
    session.run("egen near = ma(x), t(3) nomiss\negen words = rownonmiss(s x), strok")
    assert column(session, "near") == pytest.approx([1.75, 1.75, 3, 4.5, 4.5])
    assert column(session, "words") == [2, 2, 0, 2, 2]


def test_modes():
    session = session_of(x=[1, 1, 2, 2, 3, None, None, None], s=["b", "a", "b", "a", "", "", "", ""])
    assert "multiple modes" in session.run("egen m = mode(x)")
    session.run(
        "egen low = mode(x), minmode\negen high = mode(s), maxmode\negen second = mode(x), nummode(2)"
    )
    session.run("egen gone = mode(x), missing")
    found = [column(session, name)[0] for name in ("m", "low", "high", "second", "gone")]
    assert found == [None, 1, "b", 2, None]


def test_what_is_left_out_is_missing_and_said():
    session = session_of(x=[1, 2, 3], s=["a", "b", "c"])
    assert session.run("egen m = mean(x) if x > 1") == "(1 missing value generated)\n"
    assert session.run("egen n = mean(x) in 2/3") == "(1 missing value generated)\n"
    assert column(session, "m") == [None, 2.5, 2.5] and session.run("egen float k = mean(x)") == ""
    assert session.data["k"].type == "float"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("egen y = foo(x)", 133, "unknown egen function foo()"),
        ("egen x = mean(x)", 110, "x already defined"),
        ("egen y = mean(s)", 109, "type mismatch"),
        ("egen y = mean(x), field", 198, "option field not allowed"),
        ("bysort x: egen y = group(s)", 190, "egen ... group() may not be combined with by"),
        ("egen y = rowmean(x s)", 109, "string variables not allowed"),
        ("egen y = mean x", 198, "invalid syntax"),
        ("egen y", 100, "=exp required"),
        ("egen y = rowmean()", 100, "varlist required"),
        ("egen y = anycount(x)", 198, "option values() required"),
        ("egen str3 y = mean(x)", 109, "type mismatch"),
        ("egen y = cut(x)", 198, "must specify either at() or group()"),
    ],
)
def test_refusals(text, code, message):
    session = session_of(x=[3, 1, 2], s=["a", "b", "c"])
    before = session.data
    with pytest.raises(StataError) as caught:
        session.run(text)
    assert (caught.value.code, caught.value.message) == (code, message) and session.data is before


def test_every_function_is_known_by_its_old_name_too():
    old = "rsum rmean rmin rmax rsd robs rmiss rfirst rlast eqany neqany any sum".split()
    assert set(old) <= set(egen_functions())


def test_abbreviated_options_are_those_of_the_function():
    session = session_of(x=[3, 1, 2], s=["a", "b", "c"])
    session.run('egen c = concat(s x), p("_")\negen q = pctile(x), p(50)\negen r = seq(), f(2) t(3)')
    session.run("egen k = rank(x), t\negen y = rank(x), fi")
    assert column(session, "c") == ["a_3", "b_1", "c_2"] and column(session, "q") == [2] * 3
    assert column(session, "r") == [2, 3, 2] and column(session, "k") == [3, 1, 2]
    session.run("bysort x: assert _N == 1")
