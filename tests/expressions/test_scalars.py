"""Expressions without data: `scalars.txt`, one expression and its value a line."""

from pathlib import Path

import pytest

from tests.expressions.support import MISSING_BY_NAME, value_of
from xmixed.errors import StataError

TABLE = [
    line.split(" => ")
    for line in (Path(__file__).parent / "scalars.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_value(text, expected):
    value = value_of(text)
    if expected.startswith('"'):
        assert value == expected[1:-1]
    elif expected in MISSING_BY_NAME:
        assert value == MISSING_BY_NAME[expected]
    else:
        assert value == pytest.approx(float(expected), rel=1e-12, abs=1e-15)


ERRORS = [
    ("foo", 111, "foo not found"),
    ("foo + 1", 111, "foo not found"),
    ("foo[1]", 111, "foo not found"),
    ("foo(1)", 133, "unknown function foo()"),
    ("ln()", 198, "invalid syntax"),
    ("ln(1, 2)", 198, "invalid syntax"),
    ('ln("a")', 109, "type mismatch"),
    ('1 + "a"', 109, "type mismatch"),
    ('"a" - "b"', 109, "type mismatch"),
    ('"a" & 1', 109, "type mismatch"),
    ('!"a"', 109, "type mismatch"),
    ('-"a"', 109, "type mismatch"),
    ('1 == "a"', 109, "type mismatch"),
    ('cond(1, 2, "a")', 109, "type mismatch"),
    ("length(3)", 109, "type mismatch"),
    ("scalar(nope)", 111, "scalar nope not found"),
    ("matrix(nope)", 111, "nope not found"),
    ("nope[1,1]", 111, "nope not found"),
    ("_b[x]", 301, "last estimates not found"),
    ("L.x", 111, "x not found"),
    ('regexm("a", "(")', 198, "regular expression: unmatched ()"),
    ('string(1, "%q")', 120, "invalid %format"),
    ("runiform(1)", 198, "invalid syntax"),
    ('inlist("a"' + ', "b"' * 10 + ")", 130, "expression too long"),
    ("inlist(1" + ", 2" * 255 + ")", 130, "expression too long"),
]


@pytest.mark.parametrize(("text", "code", "message"), ERRORS)
def test_error(text, code, message):
    with pytest.raises(StataError) as failure:
        value_of(text)
    assert (failure.value.code, failure.value.message) == (code, message)
