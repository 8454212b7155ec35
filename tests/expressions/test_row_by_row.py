"""An ordered `replace` gives the same values in sweeps over all the data and row by row."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from xmixed.data.columns import promoted_type
from xmixed.data.dataset import Dataset, Variable, default_format, from_double
from xmixed.expressions.context import Context
from xmixed.expressions.ordered import replace as sequential
from xmixed.expressions.ordered.row_by_row import replaced_row_by_row
from xmixed.language.parser import parse_expression
from xmixed.missing import CODES, MISSING

ROWS = 16
_NUMBERS = [0.0, -0.0, 1.0, 2.0, -3.0, 0.1, 100.0, 1e30, -1e300, 8e307, 33000.5, MISSING, CODES[1], CODES[26]]
_TEXTS = ["", "a", "ab", "Ünï", "x y"]


def _context(kind: str, draw: random.Random) -> Context:
    variables = []
    for name, storage_type in (("x", kind), ("y", "double"), ("i", "byte"), ("s", "str5"), ("t", "int")):
        if storage_type.startswith("str"):
            values = np.array([draw.choice(_TEXTS) for _ in range(ROWS)], dtype=object)
        elif name == "t":
            values = np.arange(ROWS, dtype=np.int16)
        else:
            values = from_double(np.array([draw.choice(_NUMBERS) for _ in range(ROWS)]), storage_type)
        variables.append(Variable(name, storage_type, values, default_format(storage_type)))
    data = Dataset(tuple(variables), ROWS, characteristics={"_dta": {"_TStvar": "t"}})
    return Context(data=data, scalars={"k": 2.5})


def _number(draw: random.Random, depth: int, text_target: bool) -> str:
    pick = draw.random()
    if depth <= 0 or pick < 0.2:
        leaves = ["y", "i", "_n", "k", "1", ".5", ".", ".b", "y[_n+1]", "D.y"]
        own = (
            ["length(x[_n-1])", "real(x[_n-1])"]
            if text_target
            else ["x[_n-1]", "L.x", "F.x", "x[i]", "x", "x[1]"]
        )
        return draw.choice(leaves + 2 * own)

    def inner() -> str:
        return _number(draw, depth - 1, text_target)

    if pick < 0.6:
        operator = draw.choice(["+", "-", "*", "/", "^", "<", ">=", "==", "!=", "&", "|"])
        return f"({inner()} {operator} {inner()})"
    if pick < 0.7:
        return f"{draw.choice('-!+')}({inner()})"
    if pick < 0.75 and not text_target:
        return f"x[{inner()}]"
    if pick < 0.8:
        left, right = _text(draw, depth - 1, text_target), _text(draw, depth - 1, text_target)
        return f"({left} {draw.choice(['<', '==', '!='])} {right})"
    shape = draw.choice([
        "cond({}, {}, {})", "cond({}, {}, {}, {})", "max({}, {})", "min({}, {}, {})", "missing({})",
        "abs({})", "int({})", "inlist({}, {}, {})", "inrange({}, {}, {})", "sqrt({})", "mod({}, {})",
        "round({}, {})", "exp({})", "ln({})", "sin({})",
    ])  # fmt: skip
    return shape.format(*(inner() for _ in range(4)))


def _text(draw: random.Random, depth: int, text_target: bool) -> str:
    pick = draw.random()
    if depth <= 0 or pick < 0.3:
        return draw.choice(
            ["s", '"b"', "s[_n-1]"] + (3 * ["x[_n-1]", "x[_n-2]", "x[i]", "x"] if text_target else [])
        )
    if pick < 0.6:
        return f"({_text(draw, depth - 1, text_target)} + {_text(draw, depth - 1, text_target)})"
    if pick < 0.8:
        return f"substr({_text(draw, depth - 1, text_target)}, {_number(draw, 0, text_target)}, 2)"
    options = (_text(draw, depth - 1, text_target) for _ in range(2))
    return f"cond({_number(draw, depth - 1, text_target)}, {', '.join(options)})"


def _choices(kind: str) -> list[Callable[[np.ndarray], str]]:
    if kind in ("float", "double"):
        return [lambda values: kind, lambda values: promoted_type(kind, values)]
    return [lambda values: kind]


@pytest.mark.parametrize("kind", ["byte", "int", "long", "float", "double", "str2", "strL"])
def test_row_by_row_is_as_in_sweeps(monkeypatch, kind):
    draw = random.Random(kind)
    text = kind.startswith("str")
    compiled = 0
    for _ in range(150):
        context = _context(kind, draw)
        expression = (_text if text else _number)(draw, 3, text)
        condition = _number(draw, 2, text) if draw.random() < 0.5 else "1"
        chosen = np.array([draw.random() < 0.9 for _ in range(ROWS)])
        trees = parse_expression(expression), parse_expression(condition)
        for choose in _choices(kind):
            compiled += replaced_row_by_row(*trees, chosen, "x", context, choose) is not None
            results = []
            for few in (0, 10**6):
                monkeypatch.setattr(sequential, "FEW_SWEEPS", few)
                results.append(sequential.replace_in_order(*trees, chosen, "x", context, choose))
            (values, rows), (expected, expected_rows) = results
            assert rows.tolist() == expected_rows.tolist(), (expression, condition)
            assert values.tolist() == expected.tolist(), (expression, condition)
    assert compiled > 140


def test_what_depends_on_more_than_its_arguments_is_left_to_the_evaluation():
    context = _context("double", random.Random(1))
    for text in (
        "x[_n-1] + runiform()",
        "x[_n-1] + regexm(s, s)",
        'string(x[_n-1], "%s") == s',
        "x[_n-1] + foo",
    ):
        tree = parse_expression(text)
        assert replaced_row_by_row(tree, None, np.ones(ROWS, bool), "x", context, lambda v: "double") is None
