"""Stata's operators as queries: missing is larger than every number, and makes arithmetic missing."""

from __future__ import annotations

from typing import Any

from xmixed.data.reference.leaves import LARGEST
from xmixed.expressions.pushdown.values import (
    Pushed,
    holds,
    is_absent,
    kept,
    made,
    number,
    raw,
    truth_of,
)
from xmixed.expressions.values import type_mismatch
from xmixed.missing import MISSING

COMPARISONS = (">", "<", ">=", "<=", "==", "!=")


def binary(symbol: str, left: Pushed, right: Pushed) -> Pushed:
    """Return `left symbol right`; at least one of them is no constant.

    Raises
    ------
    StataError
        r(109) when a string meets a number, or an operator that strings do not have.
    """
    text = left.is_text
    if text != right.is_text or (text and symbol != "+" and symbol not in COMPARISONS):
        raise type_mismatch()
    if symbol in COMPARISONS:
        return truth_of(_compared(symbol, left, right))
    if text:
        return Pushed("text", kept(left) + kept(right))
    if symbol == "&":
        return truth_of(holds(left) & holds(right))
    if symbol == "|":
        return truth_of(holds(left) | holds(right))
    return _arithmetic(symbol, left, right)


def unary(symbol: str, operand: Pushed) -> Pushed:
    """Return `-x`, `+x` or `!x`; r(109) for a string."""
    if operand.is_text:
        raise type_mismatch()
    if symbol == "!":
        return truth_of(~holds(operand))
    if symbol == "+":
        return operand
    return made(-raw(operand), operand, bound=operand.bound, safe=True)


def _arithmetic(symbol: str, left: Pushed, right: Pushed) -> Pushed:
    a, b = raw(left), raw(right)
    if symbol == "+":
        return made(a + b, left, right, bound=left.bound + right.bound, safe=True)
    if symbol == "-":
        return made(a - b, left, right, bound=left.bound + right.bound, safe=True)
    if symbol == "*":
        return made(a * b, left, right, bound=left.bound * right.bound, safe=True)
    if symbol == "/":
        if isinstance(right.constant, float) and right.constant and not right.is_missing:
            return made(a / b, left, right, bound=left.bound / abs(right.constant), safe=True)
        return made(a / number(right).nullif(0.0), left, right)
    return _power(left, right)


def _power(left: Pushed, right: Pushed) -> Pushed:
    """Zero to a negative power is missing; engines would make an error of it."""
    import ibis

    base, exponent = number(left), number(right)
    if isinstance(right.constant, float):
        return made((base.nullif(0.0) if right.constant < 0 else base) ** exponent)
    undefined = (base == 0.0) & (exponent < 0.0)
    return made(ibis.cases((~undefined, base)) ** exponent)


def _compared(symbol: str, left: Pushed, right: Pushed) -> Any:
    """Return a comparison as a boolean that is never NULL."""
    if symbol == ">":
        return below(right, left)
    if symbol == "<":
        return below(left, right)
    if symbol == "<=":
        return ~below(right, left)
    if symbol == ">=":
        return ~below(left, right)
    return equal(left, right) if symbol == "==" else ~equal(left, right)


def equal(left: Pushed, right: Pushed) -> Any:
    """Return `left == right`; missing values are equal to themselves."""
    import ibis

    if left.is_text:
        return kept(left) == kept(right)
    if left.is_missing:
        left, right = right, left
    if right.is_missing:
        if left.is_missing:
            return ibis.literal(left.constant == right.constant)
        return is_absent(left) if right.constant == MISSING else ibis.literal(False)
    a, b = number(left), number(right)
    return a.identical_to(b) if left.nullable or right.nullable else a == b


def below(left: Pushed, right: Pushed) -> Any:
    """Return `left < right`; `.` is above every number, `.a` above `.`."""
    import ibis

    if left.is_text:
        return kept(left) < kept(right)
    if left.is_missing and right.is_missing:
        return ibis.literal(_code(left) < _code(right))
    if left.is_missing:
        return ibis.literal(False)
    if right.is_missing:
        return ~is_absent(left) if right.constant == MISSING else ibis.literal(True)
    a, b = number(left), number(right)
    less = a < b
    if right.nullable:
        less = less | b.isnull()
    return less & a.notnull() if left.nullable else less


def _code(value: Pushed) -> float:
    return float(value.constant) if isinstance(value.constant, float) else LARGEST
