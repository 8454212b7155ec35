"""Stata's operators on numbers with missing codes and on strings."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from xmixed.expressions.values import Value, cleaned, is_text, truth, type_mismatch

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


def binary(symbol: str, left: Value, right: Value) -> Value:
    """Return `left symbol right`.

    Missing values are larger than numbers in comparisons, true for `&` and `|`, and make arithmetic `.`.

    Raises
    ------
    StataError
        r(109) when a string meets a number, or an operator that strings do not have.
    """
    text = is_text(left)
    if text != is_text(right) or (text and symbol != "+" and symbol not in _COMPARISONS):
        raise type_mismatch()
    if symbol in _COMPARISONS:
        return truth(np.asarray(_COMPARISONS[symbol](left, right)))
    if text:
        return left + right  # type: ignore[operator]
    if symbol == "&":
        return truth((left != 0) & (right != 0))  # type: ignore[operator]
    if symbol == "|":
        return truth((left != 0) | (right != 0))  # type: ignore[operator]
    with np.errstate(all="ignore"):
        return cleaned(_ARITHMETIC[symbol](left, right), left, right)  # type: ignore[arg-type]


def unary(symbol: str, operand: Value) -> Value:
    """Return `-x`, `+x` or `!x`; r(109) for a string."""
    if isinstance(operand, str) or is_text(operand):
        raise type_mismatch()
    if symbol == "!":
        return truth(np.asarray(operand == 0))
    return cleaned(-operand, operand) if symbol == "-" else operand
