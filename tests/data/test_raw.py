"""Text files without names: free values, dictionaries and columns that are wrong."""

from __future__ import annotations

import pytest

from xmixed.data.files.raw.layout import Item, parse_columns, parse_dictionary, split_dictionary
from xmixed.data.files.raw.values import read_free, read_records
from xmixed.errors import StataError
from xmixed.missing import MISSING


def test_free_values():
    found = read_free("1,2\t3\n,,4 'a b' \"c\"", [Item("x", "byte"), Item("y", "str2")]).dataset
    assert found["x"].to_double().tolist() == [1, 3, 4, MISSING]  # "a b" is the string, "c" a number
    assert found["y"].values.tolist() == ["2", "", "a ", ""]


def test_values_that_do_not_fit_are_said():
    notes = read_free("101 abcd x ab", [Item("x", "byte"), Item("y", "str2")]).notes
    assert notes == (
        "'x' cannot be read as a number for x[2]",
        "(note: x: 1 value is beyond byte and missing)",
        "(note: y: 1 value cut to str2)",
    )


def test_dictionaries():
    body = '\n _lines(2) _skip(1) byte a %2f "it\'s {a}"\n _newline b\n'
    text = '* head\ndictionary using "my data" {' + body + "}\n1"
    found = split_dictionary(text)
    assert found is not None and found.using == "my data" and found.data == "1"
    layout = parse_dictionary(found.body, "float")
    assert [(item.name, item.type, item.line, item.skip, item.label) for item in layout.items] == [
        ("a", "byte", 1, 1, "it's {a}"),
        ("b", "float", 2, 0, ""),
    ]
    data = read_records("x12\n 2.5,\n 34\n", layout).dataset
    assert data["a"].values.tolist() == [12, 34] and data["b"].to_double().tolist() == [2.5, MISSING]
    assert split_dictionary("a b c") is None
    length = parse_dictionary("_lrecl(3) a %3f", "int")
    assert read_records("12 3\n45", length).dataset["a"].values.tolist() == [12, 345]


@pytest.mark.parametrize(
    "text",
    ["", "_foo(2) x", "x %9s", "str9 x %9f", "x %z", "1x", "if", "x x", "x %3.2q"],
)
def test_dictionaries_that_are_wrong(text: str):
    with pytest.raises(StataError) as caught:
        parse_dictionary(text, "float")
    assert caught.value.code in (110, 198)


@pytest.mark.parametrize("text", ["x", "x y 1-2", "x 0-2", "x 5-3", "x 1 x 2", "1 2", "if 3"])
def test_columns_that_are_wrong(text: str):
    with pytest.raises(StataError) as caught:
        parse_columns(text, "float")
    assert caught.value.code in (110, 198)
    with pytest.raises(StataError) as caught:
        split_dictionary("dictionary { x")
    assert caught.value.code == 198
