"""Conditions of `if` and `while`."""

from __future__ import annotations

from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.language.parser import parse_expression
from xmixed.session.state import SessionState


def holds(session: SessionState, text: str) -> bool:
    """Return whether a condition is true: not zero, missing included; variables mean the first observation.

    Raises
    ------
    StataError
        The errors of the expression; r(109) when it is a string.
    """
    return evaluate_number(parse_expression(text), Context.of(session)) != 0
