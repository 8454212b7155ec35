"""Expressions of single values, as loops evaluate them by the thousand: parsed once for each shape of text.

What is compiled gives what `evaluate_scalar` gives, on plain floats and strings; what cannot be compiled, or
asks for a variable, goes there.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import Evaluation, evaluate_scalar
from xmixed.expressions.functions.registry import find_function
from xmixed.expressions.results import MATRIX_FUNCTIONS, SAVED_RESULTS
from xmixed.expressions.values import type_mismatch
from xmixed.expressions.varlist import abbreviation_of
from xmixed.language.nodes import Binary, Call, Expression, Name, Number, Text, Unary
from xmixed.language.parser import parse_expression
from xmixed.language.shapes import MOST, Slots, literal_values, shape_of
from xmixed.missing import MISSING
from xmixed.session.state import SessionState

Value = float | str
Compiled = Callable[[list[Any], SessionState], Value]


class _General(Exception):
    """This needs the general evaluation."""


_COMPILED: dict[str, Compiled | None] = {}
"""By shape; None for what is not compiled. Depends on nothing but the text."""


def evaluate_text(session: SessionState, text: str) -> Value:
    """Return the value of an expression given as text; a variable stands for its first observation.

    Raises
    ------
    StataError
        The errors of the expression; r(198) when there is none.
    """
    text = text.strip()
    if not text:
        raise StataError(198, "invalid syntax")
    shape = shape_of(text)
    if shape is None:
        return evaluate_scalar(parse_expression(text), Context.of(session))
    known = _COMPILED.get(shape.key, _General)
    if known is _General:
        node = parse_expression(text)
        slots = Slots(shape)
        try:
            made: Compiled | None = _compile(node, slots)
        except _General:
            made = None
        if len(_COMPILED) >= MOST:
            _COMPILED.clear()
        known = _COMPILED[shape.key] = made if slots.complete else None
    if known is not None:
        try:
            return known(literal_values(shape.literals), session)  # type: ignore[operator]
        except _General:
            pass
    return evaluate_scalar(parse_expression(text), Context.of(session))


def holds(session: SessionState, text: str) -> bool:
    """Return whether a condition is true: not zero, missing included; variables mean the first observation.

    Raises
    ------
    StataError
        The errors of the expression; r(109) when it is a string.
    """
    value = evaluate_text(session, text)
    if isinstance(value, str):
        raise type_mismatch()
    return value != 0


def _compile(node: Expression, slots: Slots) -> Compiled:
    if isinstance(node, (Number, Text)):
        place = slots.place_of(node, node.value)
        if place is None:
            value = node.value
            return lambda literals, session: value
        return lambda literals, session: literals[place]
    if isinstance(node, Binary):
        left, right = _compile(node.left, slots), _compile(node.right, slots)
        function = _BINARY[node.operator]
        return lambda literals, session: function(left(literals, session), right(literals, session))
    if isinstance(node, Unary):
        operand, sign = _compile(node.operand, slots), node.operator
        return lambda literals, session: _unary(sign, operand(literals, session))
    if isinstance(node, Name) and not node.operator:
        return _name(node.name)
    if isinstance(node, Call):
        return _call(node, slots)
    raise _General


def _name(name: str) -> Compiled:
    if name == "_pi":
        return lambda literals, session: math.pi
    if name == "_rc":
        return lambda literals, session: float(session.rc)
    if name == "_N":
        return lambda literals, session: float(session.data.n_obs)
    if name == "_n":
        raise _General

    def look_up(literals: list[Any], session: SessionState) -> Value:
        data = session.data
        if name not in session.scalars or (data.variables and abbreviation_of(name, data) is not None):
            raise _General
        return session.scalars[name]

    return look_up


def _call(node: Call, slots: Slots) -> Compiled:
    name = node.name
    if name in ("r", "e", "s") and len(node.arguments) == 1:
        argument = node.arguments[0]
        if not isinstance(argument, Name) or argument.operator or argument.name == "sample":
            raise _General
        return _saved(name, argument.name)
    if name in SAVED_RESULTS or name in MATRIX_FUNCTIONS:
        raise _General
    function = find_function(name)
    arguments = [_compile(argument, slots) for argument in node.arguments]
    first = np.zeros(1, dtype=np.intp)

    def call(literals: list[Any], session: SessionState) -> Value:
        values = [argument(literals, session) for argument in arguments]
        operands: list[Any] = [value if isinstance(value, str) else np.asarray(value) for value in values]
        found = function(Evaluation(Context.of(session), first), operands)
        if isinstance(found, str):
            return found
        single = found.reshape(-1)[0]
        return single if isinstance(single, str) else float(single)

    return call


def _saved(kind: str, name: str) -> Compiled:
    def look_up(literals: list[Any], session: SessionState) -> Value:
        found = {"r": session.r, "e": session.e, "s": session.s}[kind].get(name, MISSING)
        if not isinstance(found, (float, int, str)):
            raise _General
        return found

    return look_up


# --- operators on single values --------------------------------------------------------------------------


def _arithmetic(function: Callable[[float, float], float]) -> Callable[[Any, Any], float]:
    def apply(left: Any, right: Any) -> float:
        if isinstance(left, str) or isinstance(right, str):
            raise type_mismatch()
        if left >= MISSING or right >= MISSING:
            return MISSING
        try:
            found = function(left, right)
        except (ZeroDivisionError, OverflowError, ValueError):
            return MISSING
        return found if abs(found) < MISSING else MISSING

    return apply


def _power(left: float, right: float) -> float:
    with np.errstate(all="ignore"):  # as columns are raised: the last digit is the same
        return float(np.power(left, right))


def _comparison(function: Callable[[Any, Any], bool]) -> Callable[[Any, Any], float]:
    def apply(left: Any, right: Any) -> float:
        if isinstance(left, str) != isinstance(right, str):
            raise type_mismatch()
        return 1.0 if function(left, right) else 0.0

    return apply


def _logical(function: Callable[[bool, bool], bool]) -> Callable[[Any, Any], float]:
    def apply(left: Any, right: Any) -> float:
        if isinstance(left, str) or isinstance(right, str):
            raise type_mismatch()
        return 1.0 if function(left != 0, right != 0) else 0.0

    return apply


def _plus(left: Any, right: Any) -> Value:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return _sum(left, right)


_sum = _arithmetic(operator.add)
_BINARY: dict[str, Callable[[Any, Any], Value]] = {
    "+": _plus,
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(operator.truediv),
    "^": _arithmetic(_power),
    ">": _comparison(operator.gt),
    "<": _comparison(operator.lt),
    ">=": _comparison(operator.ge),
    "<=": _comparison(operator.le),
    "==": _comparison(operator.eq),
    "!=": _comparison(operator.ne),
    "&": _logical(lambda left, right: left and right),
    "|": _logical(lambda left, right: left or right),
}


def _unary(symbol: str, operand: Any) -> float:
    if isinstance(operand, str):
        raise type_mismatch()
    if symbol == "!":
        return 1.0 if operand == 0 else 0.0
    if symbol == "-":
        return MISSING if operand >= MISSING else -operand
    return operand
