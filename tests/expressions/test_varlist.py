"""Variable lists and names."""

import numpy as np
import pytest

from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import (
    check_new_name,
    is_valid_name,
    matches_pattern,
    resolve_name,
    resolve_varlist,
)
from xmixed.language.parser import parse_varlist


@pytest.fixture
def data():
    zeros = np.zeros(1, dtype=np.int8)
    names = "id week weight wei1 wei2 girl age agesq x1 x10 my_var".split()
    return Dataset(tuple(Variable(name, "byte", zeros, "%8.0g") for name in names), 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id week", "id week"),
        ("week id", "week id"),
        ("id id", "id id"),
        ("gi", "girl"),
        ("age", "age"),
        ("agesq", "agesq"),
        ("wee", "week"),
        ("x*", "x1 x10"),
        ("x?", "x1"),
        ("*1", "wei1 x1"),
        ("my~r", "my_var"),
        ("week-wei2", "week weight wei1 wei2"),
        ("id-id", "id"),
        ("_all", "id week weight wei1 wei2 girl age agesq x1 x10 my_var"),
        ("*", "id week weight wei1 wei2 girl age agesq x1 x10 my_var"),
    ],
)
def test_varlist(data, text, expected):
    assert resolve_varlist(parse_varlist(text), data) == expected.split()


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("foo", 111, "variable foo not found"),
        ("wei", 111, "wei ambiguous abbreviation"),
        ("id foo", 111, "variable foo not found"),
        ("z*", 111, "variable z* not found"),
        ("w~", 111, "w~ ambiguous abbreviation"),
        ("id-foo", 111, "variable foo not found"),
    ],
)
def test_errors(data, text, code, message):
    with pytest.raises(StataError) as failure:
        resolve_varlist(parse_varlist(text), data)
    assert (failure.value.code, failure.value.message) == (code, message)


def test_reversed_range(data):
    with pytest.raises(StataError) as failure:
        resolve_varlist(parse_varlist("girl-id"), data)
    assert failure.value.code == 111


def test_one_name(data):
    assert resolve_name("gi", data) == "girl"
    with pytest.raises(StataError) as failure:
        resolve_name("x*", data)
    assert failure.value.code == 103


@pytest.mark.parametrize("name", ["a", "_x", "A1", "x" * 32, "str", "stra", "E"])
def test_valid_names(name):
    assert is_valid_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "1a", "60", "a b", "a-b", "x" * 33, "é", "_n", "_N", "_all", "_cons", "_se", "a\n"]
    + "if in using with byte str8 strL double".split(),
)  # fmt: skip
def test_invalid_names(data, name):
    with pytest.raises(StataError) as failure:
        check_new_name(name, data)
    assert (failure.value.code, failure.value.message) == (198, f"{name} invalid name")


def test_taken_name(data):
    check_new_name("ag", data)
    with pytest.raises(StataError) as failure:
        check_new_name("age", data)
    assert (failure.value.code, failure.value.message) == (110, "age already defined")


def test_patterns():
    assert matches_pattern("a" * 3000 + "b", "*a*a*a*a*a*b")
    assert not matches_pattern("a" * 3000, "*a*a*a*a*a*b")
    assert matches_pattern("", "*") and not matches_pattern("", "?")
