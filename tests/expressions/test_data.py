"""Expressions over a dataset: names, subscripts, results, by-groups, time-series operators."""

import numpy as np
import pytest

from tests.expressions.support import small_context, small_data, value_of, values_of
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.coefficient_names import equation_meant, equations_of, place_of
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate, evaluate_column, evaluate_condition, evaluate_number
from xmixed.expressions.sample import select_rows
from xmixed.language.nodes import Binary, InRange, Number
from xmixed.language.parser import parse_expression
from xmixed.missing import MISSING
from xmixed.session.results import Matrix
from xmixed.statistics.partition import Partition, running_sum

TABLE = [
    ("y", "5 7 . .a 9"),
    ("y + 1", "6 8 . . 10"),
    ("y > 6", "0 1 1 1 1"),
    ("y == .a", "0 0 0 1 0"),
    ("y >= .", "0 0 1 1 0"),
    ("_n", "1 2 3 4 5"),
    ("_N", "5 5 5 5 5"),
    ("y[_n-1]", ". 5 7 . .a"),
    ("y[1]", "5 5 5 5 5"),
    ("y[0]", ". . . . ."),
    ("y[_N]", "9 9 9 9 9"),
    ("y[.]", ". . . . ."),
    ("id[_n+1]", "1 1 2 2 ."),
    ("sum(y)", "5 12 12 12 21"),
    ("sum(1)", "1 2 3 4 5"),
    ("sum(id == 1)", "1 2 3 3 3"),
    ("max(y, 6)", "6 7 6 6 9"),
    ("x == float(.3)", "0 0 1 0 0"),
    ("x == .3", "0 0 0 0 0"),
    ("L.y", ". 5 . . .a"),
    ("F.time", "2 . . 2 ."),
    ("D.time", ". 1 . . 1"),
    ("L2.time", ". . 2 . ."),
    ("S2.time", ". . 2 . ."),
    ("LF.id", "1 1 1 2 2"),
    ("LD.time", ". . . . ."),
    ("FD.time", "1 . . 1 ."),
    ("tim", "1 2 4 1 2"),
    ("id", "1 1 1 2 2"),
    ("scalar(id)", "99 99 99 99 99"),
    ("k * _n", "3 6 9 12 15"),
    ("_rc", "111 111 111 111 111"),
    ("e(sample)", "1 1 0 1 0"),
    ("length(name)", "2 0 7 1 3"),
    ("missing(y, name)", "0 1 1 1 0"),
    ('inlist(name, "x", "ab")', "1 0 0 1 0"),
    ("cond(y < ., y, -1)", "5 7 -1 -1 9"),
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_numbers(text, expected):
    assert values_of(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name + "!"', ["ab!", "!", "abc def!", "x!", "Zed!"]),
        ("name[_n-1]", ["", "ab", "", "abc def", "x"]),
        ('cond(id == 1, name, "two")', ["ab", "", "abc def", "two", "two"]),
        ("word(name, 2)", ["", "", "def", "", ""]),
        ("substr(name, id, 1)", ["a", "", "a", "", "e"]),
        ("string(y)", ["5", "7", ".", ".a", "9"]),
        ("e(cmd)", ["xtmixed"] * 5),
        ("r(names)", ["a b"] * 5),
        ("word", ["text"] * 5),
    ],
)
def test_strings(text, expected):
    assert values_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("_b[week]", 6.2),
        ("_b[_cons]", 19.4),
        ("_b[weight:week]", 6.2),
        ("_se[week]", 0.2),
        ("[weight]_cons", 19.4),
        ("[lns1_1_1]_cons", 1.3),
        ("[lns1_1_1]_se[_cons]", 0.1),
        ("_b[lnsig_e:_cons]", 1.5),
        ("_b[1.sex]", 0.0),
        ("_coef[week]", 6.2),
        ("[#2]_cons", 1.3),
        ("e(ll)", -1014.9),
        ("r(mean)", 2.5),
        ("M[1,2]", 2.0),
        ('M["r2","c1"]', 3.0),
        ("M[3,1]", MISSING),
        ("rowsof(M) + colsof(e(b))", 7.0),
        ("el(M,2,2)", 5.0),
        ('colnumb(M,"c2")', 2.0),
        ("trace(M)", 6.0),
        ("det(M)", -1.0),
        ("issymmetric(M)", 0.0),
        ("mreldif(M,M)", 0.0),
        ("y", 5.0),
        ("x[2] > .2", 1.0),
    ],
)
def test_results(text, expected):
    assert value_of(text, small_context()) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("wei", 111, "wei ambiguous abbreviation"),
        ("name > 1", 109, "type mismatch"),
        ('y["a"]', 109, "type mismatch"),
        ("L.name", 109, "type mismatch"),
        ("M", 109, "type mismatch"),
        ("M[1]", 198, "invalid syntax"),
        ("_b[foo]", 111, "[foo] not found"),
        ("[foo]bar", 111, "[foo]bar not found"),
        ("e(b)", 109, "type mismatch"),
        ("det(e(b))", 505, "matrix not square"),
    ],
)
def test_errors(text, code, message):
    with pytest.raises(StataError) as failure:
        value_of(text, small_context())
    assert (failure.value.code, failure.value.message) == (code, message)


def test_no_time_variable():
    data = small_data().with_(characteristics={})
    with pytest.raises(StataError) as failure:
        value_of("L.y", Context(data=data))
    assert (failure.value.code, failure.value.message) == (111, "time variable not set")


def test_by_group():
    """_n, _N, subscripts and sum() count within each group, all groups at once."""
    context = small_context().within(Partition(np.array([0, 3]), 5))
    assert values_of("_n", context) == ["1", "2", "3", "1", "2"]
    assert values_of("_N", context) == ["3", "3", "3", "2", "2"]
    assert values_of("y[_n-1]", context) == [".", "5", "7", ".", ".a"]
    assert values_of("y[1]", context) == ["5", "5", "5", ".a", ".a"]
    assert values_of("time[_N]", context) == ["4", "4", "4", "2", "2"]
    assert values_of("id[_n+2]", context) == ["1", ".", ".", ".", "."]
    assert values_of("name[_n-1]", context) == ["", "ab", "", "", "x"]
    assert values_of("sum(time)", context) == ["1", "3", "7", "1", "3"]
    assert values_of("L.time", context) == [".", "1", ".", ".", "1"]
    assert values_of("e(sample)", context) == ["1", "1", "0", "1", "0"]
    chosen = np.array([1, 2, 4])
    found = evaluate(parse_expression("sum(time) + 10*_n"), context, chosen)
    assert np.asarray(found).tolist() == [22, 36, 22]


def test_rows_keep_their_numbers():
    context = small_context()
    rows = np.array([False, True, False, False, True])
    for wanted in (rows, np.flatnonzero(rows)):
        assert np.asarray(evaluate(parse_expression("_n"), context, wanted)).tolist() == [2, 5]
        assert np.asarray(evaluate(parse_expression("sum(1)"), context, wanted)).tolist() == [1, 2]
        assert np.asarray(evaluate(parse_expression("id[_n-1]"), context, wanted)).tolist() == [1, 2]
        assert evaluate_column(parse_expression("1"), context, wanted)[0].tolist() == [1, 1]


def test_no_observations():
    context = Context(data=Dataset())
    assert values_of("1 + 1", context) == []
    assert value_of("_N", context) == 0
    empty = small_data().rows(np.zeros(5, dtype=bool))
    assert value_of("y", Context(data=empty)) == MISSING
    assert value_of("name", Context(data=empty)) == ""
    assert value_of("L.y", Context(data=empty)) == MISSING
    assert values_of("y + L.y", Context(data=empty)) == []


def test_condition():
    context = small_context()
    assert evaluate_condition(parse_expression("y > 6"), context).tolist() == [False, True, True, True, True]
    assert evaluate_condition(parse_expression("y"), context).all()
    assert not evaluate_condition(parse_expression("0"), context).any()
    for bad in ("name", '"a"'):
        with pytest.raises(StataError) as failure:
            evaluate_condition(parse_expression(bad), context)
        assert failure.value.code == 109
    with pytest.raises(StataError):
        evaluate_number(parse_expression("name"), context)


def test_sample():
    context = small_context()
    condition = parse_expression("id == 1")
    assert select_rows(None, None, context).all()
    assert select_rows(condition, InRange(2, -1), context).tolist() == [False, True, True, False, False]
    assert select_rows(None, InRange(-2, -1), context).tolist() == [False, False, False, True, True]
    for first, last in ((0, 1), (1, 6), (4, 2), (-9, -1)):
        with pytest.raises(StataError) as failure:
            select_rows(None, InRange(first, last), context)
        assert (failure.value.code, failure.value.message) == (198, "observation numbers out of range")


def test_deep_chain():
    node = Number(0.0)
    for _ in range(20_000):
        node = Binary("+", node, Number(1.0))
    assert evaluate(node, Context()) == 20_000


def test_data_are_not_touched():
    context = small_context()
    before = [variable.values.copy() for variable in context.data]
    for text, _ in TABLE:
        values_of(text, context)
    for variable, values in zip(context.data, before, strict=True):
        assert np.array_equal(variable.values, values)


def test_missing_standard_error():
    context = small_context()
    V = Matrix(np.full((5, 5), MISSING), [], [])
    context.e.items["V"] = V
    assert value_of("_se[week]", context) == MISSING


def test_running_sums_are_rounded_as_in_each_group_alone():
    random = np.random.default_rng(5)
    sizes = np.array([1, 1, 2, 3, 17, 1, 40, 5, 900])
    partition = Partition(np.concatenate([[0], np.cumsum(sizes)[:-1]]), int(sizes.sum()))
    values = random.normal(size=partition.n) * 10.0 ** random.integers(-8, 8, partition.n)
    expected = np.concatenate([np.cumsum(values[rows]) for rows in partition.slices])
    assert np.array_equal(running_sum(values, sizes), expected)


def test_in_may_not_stand_within_groups():
    context = small_context().within(Partition(np.array([0, 3]), 5))
    with pytest.raises(StataError) as failure:
        select_rows(None, InRange(1, 1), context)
    assert (failure.value.code, failure.value.message) == (190, "in may not be combined with by")


def test_one_way_to_find_a_coefficient():
    names = ("y:0b.sex", "y:1.sex#cL2.age", "y:o.week", "y:_cons", "lns1_1_1:_cons")
    assert equations_of(names) == ("y", "lns1_1_1")
    assert equation_meant("#2", ("y", "lns1_1_1")) == "lns1_1_1"
    assert equation_meant("#3", ("y", "lns1_1_1")) is None
    for name, place in {
        "0.sex": 0,
        "0b.sex": 0,
        "c.l2.age#1.sex": 1,
        "week": 2,
        "_cons": 3,
        "2.sex": None,
    }.items():
        assert place_of("y", name, names) == place, name
    assert place_of("lns1_1_1", "_cons", names) == 4
