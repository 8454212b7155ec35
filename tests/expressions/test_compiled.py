"""Expressions of single values and commands made from their shape are what the grammar makes of the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.errors import StataError
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_scalar
from xmixed.interpreter.session import Session
from xmixed.language.parser import parse_expression
from xmixed.language.shapes import shape_of

NUMBERS = ["0", "1", "2.5", ".5", "1e3", "17", "1e308", ".", ".a", "3"]
PARTS = [*NUMBERS, '"a"', '"b c"', '""', "s", "t", "x", "r(N)", "e(cmd)", "_pi", "_N", "_rc", "_n"]
FUNCTIONS = [
    "mod({}, 3)",
    "abs({})",
    "min({}, 2)",
    "missing({})",
    "length({})",
    "({})",
    "-{}",
    "!{}",
    "cond({}, 1, 2)",
]


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    made.run('set obs 3\ngenerate x = _n + 4\nscalar s = 7\nscalar t = "text"\nquietly count')
    return made


def outcome(run, text: str) -> object:
    try:
        return run(text)
    except StataError as error:
        return error.code


@st.composite
def expressions(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(PARTS))
    for _ in range(draw(st.integers(0, 3))):
        other = draw(st.sampled_from(PARTS))
        if draw(st.booleans()):
            other = draw(st.sampled_from(FUNCTIONS)).format(other)
        operator = draw(st.sampled_from(["+", "-", "*", "/", "^", "==", "!=", "<", ">=", "&", "|"]))
        text = f"{text} {operator} {other}"
    return text


@settings(max_examples=200, deadline=None)
@given(expressions())
def test_compiled_expressions_give_what_the_general_evaluation_gives(session: Session, text: str) -> None:
    general = outcome(lambda text: evaluate_scalar(parse_expression(text), Context.of(session)), text)
    for _ in range(2):  # compiled the first time, met again the second
        assert outcome(lambda text: evaluate_text(session, text), text) == general


COMMANDS = [
    ("replace x = {0} + x if x < {1}", ("3", "5.5")),
    ("generate double z = {0} * {1}", ("1e3", ".5")),
    ('display "{0}" {1} " {0}" %9.2f {1}', ("a", "12")),
    ("display {0} _n({1}) {0}", ("4", "2")),
    ("replace s = {0} in 2", ("3", "")),
    ("generate y{0} = {1}", ("1", "2")),
    ("display td(0{0}jan2000) + {1}", ("5", "1")),
    ("display x[{0}] - {1}", ("2", "3")),
    ("assert {0} < {1}", ("1", "2")),
]


@pytest.mark.parametrize(("pattern", "first"), COMMANDS)
def test_commands_from_their_shape_are_parsed_ones(pattern: str, first: tuple[str, str]) -> None:
    made = Session()
    for values in (first, ("7", "8"), ("10", "99"), ("2", "1")):
        text = pattern.format(*values)
        node = made.prepare(text).node
        fresh = Session().prepare(text).node
        assert (node.argument, node.condition, node.in_range) == (
            fresh.argument,
            fresh.condition,
            fresh.in_range,
        )
        assert (node.name, node.text, node.options) == (fresh.name, fresh.text, fresh.options)


def test_shapes_keep_everything_but_literals() -> None:
    for one, other, same in (
        ("x + 1", "x + 22", True),
        ('"a" + "b"', '"long" + ""', True),
        ("x1 + 1", "x2 + 1", False),
        ("%9.2f x", "%8.2f x", False),
        ("_b[2.x]", "_b[3.x]", False),
        ("x + 1", "x + 1.", True),
        ("1.x", "2.x", False),
    ):
        assert (shape_of(one).key == shape_of(other).key) == same, (one, other)  # type: ignore[union-attr]
    assert shape_of('`"a"\'') is None


def test_names_without_their_numbers_are_shapes_of_lines() -> None:
    for one, other, same in (
        ("generate x1 = 5", "generate x22 = 7", True),
        ("generate x1 = y1", "generate x2 = y2", True),
        ("generate x1 = 5", "generate y1 = 5", False),
        ("generate str5 x1 = s", "generate str6 x1 = s", False),
        ("generate x1 = log10(y)", "generate x1 = log2(y)", False),
        ("generate x1 = L1.y", "generate x1 = L2.y", False),
        ("drop x1*", "drop x2*", False),
        ("drop x1e5 x1", "drop x1e6 x2", True),
    ):
        shapes = shape_of(one, names=True), shape_of(other, names=True)
        assert (shapes[0].key == shapes[1].key) == same, (one, other)  # type: ignore[union-attr]


def test_lines_made_from_a_shape_are_those_that_are_parsed() -> None:
    session = Session()
    for pattern in (
        "generate x{} = y{} + 1 if z{} > 3",
        "generate double x{}:lab = a{}[_n-1]",
        'generate str20 s{} = "a{}" + t{}',
        "replace x{} = x{} * 2 if _n < {}",
        "drop x{} y{}",
        "drop x{}-x9 z",
        "keep if x{} == {}",
        "summarize x{} i{}",
        "list x{} in 1/{}",
        "summarize L{}.x{}",
        "quietly summarize x{}",
    ):
        for number in (1, 2, 30):
            text = pattern.replace("{}", str(number))
            made, fresh = session.prepare(text).node, Session().prepare(text).node
            assert made == fresh, text
