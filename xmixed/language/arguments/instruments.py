"""`[estimator] depvar varlist1 (varlist2 = varlist_iv)`: the argument of instrumental-variables commands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmixed.errors import Span, StataError
from xmixed.language.explain import outside
from xmixed.language.grammar import parse
from xmixed.language.nodes import Varlist

_WORD = re.compile(r"\s*(2sls|liml|gmm)\b")


@dataclass(frozen=True, slots=True)
class InstrumentedModel:
    """The dependent variable and exogenous covariates, endogenous ones, and their instruments.

    Attributes
    ----------
    estimator : str
        2sls, liml or gmm; "" where none was typed.
    equation : Varlist
        The dependent variable first.
    """

    estimator: str
    equation: Varlist
    endogenous: Varlist
    instruments: Varlist


def read_instrumented_model(text: str, span: Span) -> InstrumentedModel:
    """Read the argument.

    Raises
    ------
    StataError
        r(198) without the parentheses, or without an equals sign in them.
    """
    word = _WORD.match(text, span.start, span.end)
    start = span.start if word is None else word.end()
    opened = next((at for at, character in outside(text, start, span.end) if character == "("), None)
    if opened is None:
        equation = (
            parse("varlist_factor", text, Span(start, span.end)) if text[start : span.end].strip() else ()
        )
        return InstrumentedModel("" if word is None else word[1], equation, (), ())
    closed = _closing(text, opened, span.end)
    if closed is None:
        raise StataError(132, "too few ')' or ']'", Span(opened, opened + 1))
    equals = next((at for at, character in outside(text, opened + 1, closed) if character == "="), None)
    if equals is None:
        raise StataError(198, "invalid syntax", Span(opened, closed + 1), "(endogenous = instruments)")
    outer = text[start:opened] + " " * (closed + 1 - opened) + text[closed + 1 : span.end]
    equation = _varlist(text[:start] + outer, Span(start, span.end))
    return InstrumentedModel(
        "" if word is None else word[1],
        equation,
        _varlist(text, Span(opened + 1, equals)),
        _varlist(text, Span(equals + 1, closed)),
    )


def _closing(text: str, opened: int, end: int) -> int | None:
    depth = 0
    for at in range(opened, end):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return None


def _varlist(text: str, span: Span) -> Varlist:
    return parse("varlist_factor", text, span) if text[span.start : span.end].strip() else ()
