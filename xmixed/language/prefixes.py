"""What stands before the colon of a prefix that runs a command again and again: `bootstrap exps, opts:`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xmixed.errors import Span, StataError
from xmixed.language.explain import group_end, outside
from xmixed.language.grammar import parse
from xmixed.language.nodes import NOWHERE, Command
from xmixed.language.options import read_options
from xmixed.language.qualifiers import read_expression
from xmixed.language.skeleton import assemble, hide_format_commas
from xmixed.language.syntax import Syntax
from xmixed.language.words import split_at_optional_colon

_ASSIGNED = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*=(?!=)\s*", re.ASCII)
_ALL = {"_b": "b", "_coef": "b", "_se": "se"}
_WHOLE = re.compile(r"(?:\[(?P<equation>[^\]]*)\])?(?P<kind>_b|_coef|_se)", re.ASCII)
_PLAIN = frozenset(("IF", "IN", "USING", "WEIGHT"))


@dataclass(frozen=True, slots=True)
class ResultExpression:
    """One element of an expression list.

    Attributes
    ----------
    name : str
        "" where none was typed.
    text : str
        The expression as typed, without the parentheses around it.
    every : str
        "b" or "se" for `_b` or `_se`: all coefficients, or their standard errors; "" for an expression.
    equation : str
        `[eq]_b`: those of one equation.
    """

    name: str
    text: str
    every: str = ""
    equation: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Prefixed:
    """`[first] [exp_list] ... : command`.

    Attributes
    ----------
    first : str
        The word before the expressions, for `permute`.
    expressions : tuple of ResultExpression
    command : str
        What stands behind the colon.
    """

    first: str
    expressions: tuple[ResultExpression, ...]
    command: str


def parse_prefixed(name: str, syntax: Syntax, text: str, rest: Span, takes_word: bool) -> Command:
    """Parse `exp_list, options : command`; without a colon the argument is None.

    Raises
    ------
    StataError
        r(198), r(132) for what does not parse; r(100) with expressions but no command.
    """
    head, command = split_at_optional_colon(text, rest)
    skeleton = assemble(parse("command", hide_format_commas(text[: head.end]), head), _PLAIN)
    options = read_options(text, skeleton.options, syntax.options, syntax.exclusive)
    span = skeleton.argument
    typed = "" if span is None else text[span.start : span.end]
    if command is None:
        if typed:
            raise StataError(100, ": required", Span(len(text), len(text)))
        return Command(name, text, None, "", options=options, span=Span(0, len(text)))
    if not command:
        raise StataError(100, "command required", Span(len(text), len(text)))
    first, where = "", Span(0, 0) if span is None else span
    if takes_word and span is not None:
        first = typed.split(None, 1)[0]
        where = Span(span.start + len(first), span.end)
    argument = Prefixed(first, () if span is None else _expressions(text, where), command)
    return Command(name, text, argument, typed, options=options, span=Span(0, len(text)))


def _expressions(text: str, span: Span) -> tuple[ResultExpression, ...]:
    found: list[ResultExpression] = []
    position = span.start
    while position < span.end:
        if text[position].isspace():
            position += 1
            continue
        start, name = position, ""
        assigned = _ASSIGNED.match(text, position, span.end)
        if assigned is not None:
            name, position = assigned["name"], assigned.end()
        end = _element_end(text, position, span.end)
        if end == position:
            raise StataError(198, "invalid syntax", Span(start, span.end))
        found += _element(name, text[position:end], Span(start, end))
        position = end
    return tuple(found)


def _element(name: str, typed: str, span: Span) -> list[ResultExpression]:
    """Return what an element says; `(name: (a=exp) (b=exp))` is not one of them."""
    whole = _WHOLE.fullmatch(typed)
    if whole is not None and not name:
        return [ResultExpression("", typed, _ALL[whole["kind"]], whole["equation"] or "", span)]
    inside = typed
    if typed.startswith("(") and _element_end(typed, 0, len(typed), groups=True) == len(typed):
        inside = typed[1:-1].strip()
        if not name:
            assigned = _ASSIGNED.match(inside)
            if assigned is not None:
                name, inside = assigned["name"], inside[assigned.end() :]
    try:
        read_expression(inside, Span(0, len(inside)))
    except StataError as error:
        raise StataError(error.code, error.message, span, error.hint) from None
    return [ResultExpression(name, inside, span=span)]


def _element_end(text: str, position: int, end: int, groups: bool = False) -> int:
    """Return where an element ends: at a blank outside parentheses; with `groups` behind the first group."""
    for place, character in outside(text, position, end):
        if character.isspace():
            return place
        if groups:
            return (group_end(text, place, end) or end) if character in "([" else place + 1
    return end
