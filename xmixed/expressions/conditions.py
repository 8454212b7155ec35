"""Conditions of `if` and `while`."""

from __future__ import annotations

from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.values import type_mismatch
from xmixed.session.state import SessionState


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
