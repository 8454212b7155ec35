"""Macro expansion."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.errors import StataError
from xmixed.language.programs.macros import expand

LOCALS = {"x": "y", "y": "1", "list": "a b c", "i": "3", "path": "$dir/data"}
LOCALS |= {"1": "first", "0": "first second"}
GLOBALS = {"dir": "/home", "a1": "A", "name": "dir", "late": "`x'"}


def evaluate(text: str) -> str:
    """Stand in for the session: sums only."""
    total, sign = 0, 1
    for word in text.replace("+", " + ").replace("-", " - ").split():
        sign = {"+": 1, "-": -1}.get(word, sign)
        total += 0 if word in "+-" else sign * int(word)
    return str(total)


def run(text: str) -> str:
    return expand(text, dict(LOCALS), dict(GLOBALS), evaluate)


CASES = [
    ("display 1", "display 1"),
    ("`x'", "y"),
    ("``x''", "1"),
    ("[`x'`y']", "[y1]"),
    ("a`undefined'b", "ab"),
    ("`1' `0'", "first first second"),
    ("$dir", "/home"),
    ("${dir}x", "/homex"),
    ("$dir/x", "/home/x"),
    ("$a`y'", "A"),
    ("${a`y'}", "A"),
    ("$$name", "/home"),
    ("`path'", "/home/data"),
    ("$late", "y"),
    ("$undefined|", "|"),
    ("cost $ 5", "cost $ 5"),
    ("`=1+2'", "3"),
    ("`=`y'+`i''", "4"),
    ("\\`x'", "`x'"),
    ("\\$dir", "$dir"),
    ("a\\b", "a\\b"),
    ('"it\'s"', '"it\'s"'),
    ("`\"`x'\"'", '`"y"\''),
    ("`\"it's `x'\"'", "`\"it's y\"'"),
    ('`"a"\'', '`"a"\''),
    ("`x", "`x"),
    ("`: word count `list''", "3"),
    ("`:word 2 of `list''", "b"),
    ('`:word 2 of a "b c" d\'', "b c"),
    ("`:word 9 of a'", ""),
    ("`:length local list'", "5"),
    ("`:upper abc'", "ABC"),
    ("`:display 1+1'", "2"),
    ("`macval(path)'", "$dir/data"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_expansion(text: str, expected: str) -> None:
    assert run(text) == expected


def test_counting() -> None:
    table = {"i": "3"}
    assert expand("`++i' `i' `i++' `i' `--i' `j'", table, {}, evaluate) == "4 4 4 5 4 "
    assert expand("`++new'", table, {}, evaluate) == "1"
    assert table == {"i": "4", "new": "1"}


def test_caller_adds_extended_functions() -> None:
    def extended(text: str) -> str | None:
        return "float" if text == "type x" else None

    assert expand("`:type x' `:word count a b'", {}, {}, evaluate, extended) == "float 2"
    with pytest.raises(StataError) as caught:
        expand("`:nonsense x'", {}, {}, evaluate, extended)
    assert caught.value.code == 198


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("`r'", {"r": "`r'"}),
        ("`a'", {"a": "`b'", "b": "x`a'"}),
        ("`a0'", {f"a{i}": f"`a{i + 1}'" * 10 for i in range(30)} | {"a30": "x" * 1000}),
        ("`" * 500 + "x" + "'" * 500, {}),
    ],
)
def test_runaway_recursion_is_capped(text: str, table: dict[str, str]) -> None:
    with pytest.raises(StataError) as caught:
        expand(text, table, {}, evaluate)
    assert (caught.value.code, caught.value.message) == (920, "too many macro substitutions")


def test_failed_dollar_recursion_is_capped() -> None:
    with pytest.raises(StataError):
        expand("$g", {}, {"g": "$g$g"}, evaluate)


def test_long_lines_take_linear_time() -> None:
    for text in ("`" * 100_000, "'" * 100_000, "`x'" * 30_000, "${" * 50_000, '`"' * 50_000, "\\`" * 50_000):
        run(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="`'\"$ {}\\x1=:+a", max_size=60))
def test_only_stata_errors_escape(text: str) -> None:
    try:
        expand(text, dict(LOCALS), dict(GLOBALS), lambda expression: expression)
    except StataError:
        pass
