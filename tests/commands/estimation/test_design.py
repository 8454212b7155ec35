"""Factor variables: expansion, base levels, names as in e(b), columns."""

from __future__ import annotations

import re

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.operators import Operator, parse_operator
from xmixed.expressions.factors.terms import canonical_name, interaction_terms, plain_term
from xmixed.language.nodes import FactorVariable, Interaction
from xmixed.statistics.grouping import factorise, nested_codes

DATA = {
    "girl": np.array([0.0, 1, 0, 1, 1, 0]),
    "day": np.array([4.0, 4, 6, 6, 8, 8]),
    "age": np.array([1.5, 2.5, 3.5, 4.5, 5.5, 6.5]),
}


def values(name: str, series: str) -> np.ndarray:
    return DATA[name]


def terms(text: str):
    """Expand a varlist in the small notation of these tests: `age i.girl girl#c.age girl##day`."""
    resolved = []
    for word in re.findall(r"(?:[^ (]|\([^)]*\))+", text):
        if "." not in word and "#" not in word:
            resolved.append(plain_term(word))
            continue
        full = "##" in word
        operands = tuple(
            FactorVariable(part.rpartition(".")[0], part.rpartition(".")[2])
            for part in re.split(r"##?(?![^(]*\))", word)
        )
        resolved += interaction_terms(Interaction(operands, full), lambda operand: [operand.name])
    return expand(resolved, values)


def names(text: str, status: str | None = None) -> list[str]:
    return [term.name for term in terms(text) if status is None or term.status == status]


def test_main_effect():
    assert names("i.girl") == ["0b.girl", "1.girl"]
    assert names("i.girl", "base") == ["0b.girl"]
    assert names("i.day") == ["4b.day", "6.day", "8.day"]
    assert names("age") == ["age"]
    assert names("c.age") == ["age"]


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("ib6.day", 6),
        ("ib(last).day", 8),
        ("ib(first).day", 4),
        ("ib(#2).day", 6),
        ("ib(freq).day", 4),
        ("b8.day", 8),
    ],
)
def test_base_levels(text, base):
    found = terms(text)
    assert [term.parts[0].level for term in found if term.status == "base"] == [base]
    assert len(found) == 3


def test_no_base():
    assert names("ibn.girl") == ["0bn.girl", "1.girl"]
    assert names("ibn.girl", "") == ["0bn.girl", "1.girl"]


def test_levels_asked_for_have_no_base():
    assert names("6.day") == ["6.day"]
    assert names("i(4 6).day") == ["4.day", "6.day"]
    assert names("i(4/8).day", "empty") == ["5o.day", "7o.day"]


def test_continuous_interaction_keeps_all_levels_without_its_main_effect():
    """The manual's example 6: i.girl i.girl#c.age c.age#c.age."""
    found = terms("i.girl i.girl#c.age c.age#c.age")
    assert [term.name for term in found] == [
        "0b.girl",
        "1.girl",
        "0b.girl#c.age",
        "1.girl#c.age",
        "c.age#c.age",
    ]
    assert [term.status for term in found] == ["base", "", "", "", ""]


def test_continuous_interaction_with_its_main_effect():
    assert names("i.girl##c.age") == ["0b.girl", "1.girl", "age", "0b.girl#co.age", "1.girl#c.age"]
    assert names("i.girl#c.age age", "base") == ["0b.girl#co.age"]


def test_factorial_interaction():
    assert names("girl##day", "") == ["1.girl", "6.day", "8.day", "1.girl#6.day", "1.girl#8.day"]
    assert names("girl##day", "base")[2:] == [
        "0b.girl#4b.day",
        "0b.girl#6o.day",
        "0b.girl#8o.day",
        "1o.girl#4b.day",
    ]


def test_interaction_without_main_effects_leaves_one_cell_out():
    assert names("girl#day", "base") == ["0b.girl#4b.day"]
    assert len(names("girl#day", "")) == 5


def test_interaction_with_one_main_effect():
    assert names("i.girl girl#day", "base") == [
        "0b.girl",
        "0b.girl#4b.day",
        "1.girl#4b.day".replace("1.", "1o."),
    ]


def test_factors_stand_before_continuous_variables():
    assert names("c.age#i.girl") == ["0b.girl#c.age", "1.girl#c.age"]


def test_empty_cells():
    saved = DATA["day"]
    DATA["day"] = np.array([4.0, 4, 6, 4, 4, 6])
    try:
        assert names("girl##day", "empty") == ["1o.girl#6o.day"]
    finally:
        DATA["day"] = saved


def test_full_interaction_of_three_in_stata_order():
    found = [term for term in terms("c.age##c.age") if not term.status]
    assert [term.name for term in found] == ["age", "c.age#c.age"]


def test_omitted_by_hand():
    assert names("o.age") == ["o.age"]
    assert names("6o.day") == ["6o.day"]


def test_duplicates():
    assert names("i.girl i.girl") == names("i.girl")
    assert names("age age") == ["age", "age"]


def test_columns():
    found = terms("i.girl#c.age age c.age#c.age 6.day")
    by_name = {term.name: column(term, values) for term in found}
    assert np.array_equal(by_name["1.girl#c.age"], DATA["girl"] * DATA["age"])
    assert np.array_equal(by_name["c.age#c.age"], DATA["age"] ** 2)
    assert np.array_equal(by_name["6.day"], DATA["day"] == 6)
    assert by_name["age"] is DATA["age"]


@pytest.mark.parametrize(("bad", "message"), [(0.5, "noninteger"), (-1.0, "negative"), (40000.0, "larger")])
def test_values_that_are_no_levels(bad, message):
    with pytest.raises(StataError, match=message) as raised:
        expand(
            interaction_terms(Interaction((FactorVariable("i", "x"),)), lambda operand: ["x"]),
            lambda name, series: np.array([1.0, bad]),
        )
    assert raised.value.code == 452


def test_two_bases():
    with pytest.raises(StataError) as raised:
        terms("ib4.day ib6.day#c.age")
    assert raised.value.code == 198


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("0b.girl#co.age", "0.girl#c.age"),
        ("o.week", "week"),
        ("1bn.day", "1.day"),
        ("2o.a#3o.b", "2.a#3.b"),
        ("oL.x", "L.x"),
        ("week", "week"),
        ("L2.x", "L2.x"),
    ],
)
def test_canonical_names(marked, plain):
    assert canonical_name(marked) == plain


@pytest.mark.parametrize("text", ["i(", "q", "ib", "i(1/x)", "b(#x)"])
def test_bad_operators(text):
    with pytest.raises(StataError) as raised:
        parse_operator(text)
    assert raised.value.code == 198


def test_operators():
    assert parse_operator("") == Operator()
    assert parse_operator("2b") == Operator(levels=(2,), base="2")
    assert parse_operator("i(1 3/5)").levels == (1, 3, 4, 5)


@pytest.mark.parametrize(
    "array",
    [
        np.array([3, 1, 3, 2], dtype=np.int8),
        np.array([300000000, 1, 300000000, 5], dtype=np.int32),
        np.array([1.0, 1.5, 0.5, 1.0]),
        np.array([2.0**60, 1.0, 2.0**60]),
        np.array([1.0, 2.0, 2.0, 9.0]),
        np.array(["b", "a", "b", "é"], dtype=object),
        np.zeros(0),
    ],
)
def test_factorise(array):
    codes, levels = factorise(array)
    assert list(levels[codes]) == list(array)
    assert len(set(levels)) == len(levels)
    assert set(codes) == set(range(len(levels)))


def test_nesting_is_enforced():
    parent = np.array([0, 0, 1, 1])
    codes, n = nested_codes(parent, 2, factorise(np.array([1, 2, 1, 2])))
    assert n == 4 and len(set(codes)) == 4
