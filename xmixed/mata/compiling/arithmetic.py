"""Names, constants and operators as closures; two scalars are computed on the spot."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from xmixed.mata.compiling.scope import Code, Scope
from xmixed.mata.nodes import Binary, Choice, Constant, Name, Transpose, Unary
from xmixed.mata.operators import apply, negative, opposite, transposed
from xmixed.mata.values import Value, truth
from xmixed.missing import MISSING

Operator = Callable[[Code, Code], Code]
"""Makes the code of an operation from that of its operands."""


def constant(node: Constant, scope: Scope) -> Code:
    value = node.value
    return lambda frame: value


def name(node: Name, scope: Scope) -> Code:
    if node.name in scope.externals:
        variables, name = scope.library.variables, node.name
        return lambda frame: variables[name]
    key = scope.key(node.name)
    return lambda frame: frame[key]


def _arithmetic(symbol: str, compute: Callable[[float, float], float]) -> Operator:
    def compiled(left: Code, right: Code) -> Code:
        def run(frame: Any) -> Value:
            a, b = left(frame), right(frame)
            if type(a) is float and type(b) is float:
                if a < MISSING and b < MISSING:
                    found = compute(a, b)
                    return found if -MISSING < found < MISSING else MISSING
                return MISSING
            return apply(symbol, a, b)

        return run

    return compiled


def _comparison(symbol: str, compare: Callable[[float, float], bool]) -> Operator:
    def compiled(left: Code, right: Code) -> Code:
        def run(frame: Any) -> Value:
            a, b = left(frame), right(frame)
            if type(a) is float and type(b) is float:
                return 1.0 if compare(a, b) else 0.0
            return apply(symbol, a, b)

        return run

    return compiled


def _over(a: float, b: float) -> float:
    return a / b if b else MISSING


def _and(left: Code, right: Code) -> Code:
    return lambda frame: float(truth(left(frame)) and truth(right(frame)))


def _or(left: Code, right: Code) -> Code:
    return lambda frame: float(truth(left(frame)) or truth(right(frame)))


_SHORT: dict[str, Operator] = {
    "+": _arithmetic("+", operator.add),
    "-": _arithmetic("-", operator.sub),
    "*": _arithmetic("*", operator.mul),
    "/": _arithmetic("/", _over),
    "<": _comparison("<", operator.lt),
    "<=": _comparison("<=", operator.le),
    ">": _comparison(">", operator.gt),
    ">=": _comparison(">=", operator.ge),
    "==": _comparison("==", operator.eq),
    "!=": _comparison("!=", operator.ne),
    "&&": _and,
    "||": _or,
}
"""Operators of which loops are made: two scalars are computed on the spot."""


def binary(node: Binary, scope: Scope) -> Code:
    return operation(node.operator, scope.code(node.left), scope.code(node.right))


def operation(operator: str, left: Code, right: Code) -> Code:
    short = _SHORT.get(operator)
    if short is not None:
        return short(left, right)
    return lambda frame: apply(operator, left(frame), right(frame))


def unary(node: Unary, scope: Scope) -> Code:
    operand = scope.code(node.operand)
    if node.operator == "-":
        return lambda frame: negative(operand(frame))
    if node.operator == "!":
        return lambda frame: opposite(operand(frame))
    return operand


def transpose(node: Transpose, scope: Scope) -> Code:
    operand = scope.code(node.operand)
    return lambda frame: transposed(operand(frame))


def choice(node: Choice, scope: Scope) -> Code:
    condition, yes, no = (scope.code(part) for part in node)
    return lambda frame: yes(frame) if truth(condition(frame)) else no(frame)
