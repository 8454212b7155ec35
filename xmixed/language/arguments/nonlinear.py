"""What `nlcom` and `testnl` read: expressions with names, and equations between expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xmixed.errors import Span, StataError
from xmixed.language.explain import group_end, outside
from xmixed.language.nodes import NOWHERE, Expression
from xmixed.language.qualifiers import read_expression

_NAMED = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)\s*:", re.ASCII)
_COMPARISON = re.compile(r"==|[<>!~]=|=")


@dataclass(frozen=True, slots=True)
class NamedExpression:
    """`name: exp`; the name is "" where none was typed; `text` is the expression as typed."""

    name: str
    expression: Expression
    text: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class NonlinearEquation:
    """`exp = exp [= exp ...]` and its text as typed."""

    sides: tuple[Expression, ...]
    text: str
    span: Span = field(default=NOWHERE, compare=False)


def read_named_expressions(text: str, span: Span) -> tuple[NamedExpression, ...]:
    """Return what `[name:] exp` or `([name:] exp) ([name:] exp) ...` says.

    Raises
    ------
    StataError
        r(198) for what does not parse.
    """
    return tuple(_named(text, part) for part in _parts(text, span))


def read_equations(text: str, span: Span) -> tuple[NonlinearEquation, ...]:
    """Return what `exp = exp [= exp]` or several of them in parentheses say.

    Raises
    ------
    StataError
        r(198) for what does not parse, or has no equals sign.
    """
    return tuple(_equation(text, part) for part in _parts(text, span))


def _parts(text: str, span: Span) -> list[Span]:
    """Return the insides of parentheses where the text is nothing but groups of them; else all of it."""
    groups: list[Span] = []
    for position, character in outside(text, span.start, span.end):
        closed = group_end(text, position, span.end) if character == "(" else None
        if closed is not None:
            groups.append(Span(position + 1, closed - 1))
        elif not character.isspace():
            return [span]
    return groups or [span]


def _named(text: str, span: Span) -> NamedExpression:
    found = _NAMED.match(text, span.start, span.end)
    inside = span if found is None else Span(found.end(), span.end)
    name = "" if found is None else found["name"]
    return NamedExpression(name, read_expression(text, inside), text[inside.start : inside.end].strip(), span)


def _equation(text: str, span: Span) -> NonlinearEquation:
    edges = [span.start]
    depth = 0
    position = span.start
    while position < span.end:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[position], 0)
        sign = None if depth else _COMPARISON.match(text, position, span.end)
        if sign is not None and sign[0] == "=":
            edges += [position, position + 1]
        position = position + 1 if sign is None else sign.end()
    edges.append(span.end)
    sides = tuple(
        read_expression(text, Span(first, last)) for first, last in zip(edges[::2], edges[1::2], strict=True)
    )
    if len(sides) < 2:
        raise StataError(198, "invalid syntax", span, "an equation needs =")
    return NonlinearEquation(sides, text[span.start : span.end].strip(), span)
