"""From grammar rules to variable lists: the callbacks of `grammar/3_varlists.lark`."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any, NamedTuple

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import span_of
from xmixed.language.nodes import FactorVariable, Interaction, Pattern, Range, Varlist, VarlistItem

MAXIMUM_OPERANDS = 8
"""Stata: an interaction has at most eight variables."""
MAXIMUM_TERMS = 10_000


class Terms(NamedTuple):
    """The terms that one factor term of a varlist stands for, and where it was typed."""

    items: list[VarlistItem]
    span: Span


class VarlistBuilder:
    """Callbacks named after the grammar's rules; each takes the list of children."""

    def pattern(self, children: list[Any]) -> Pattern:
        return Pattern(children[0].value, "", span_of(children[0], children[0]))

    def range(self, children: list[Any]) -> Range:
        first, _, last = children
        return Range(first.value, last.value, span_of(first, last))

    def varlist(self, children: list[Any]) -> Varlist:
        return tuple(children)

    varname = pattern

    def varname_lagged(self, children: list[Any]) -> Pattern:
        operator = children[0].value[:-1].upper() if len(children) > 1 else ""
        return Pattern(children[-1].value, operator, span_of(children[0], children[-1]))

    def varlist_factor(self, children: list[Any]) -> Varlist:
        return tuple(item for terms in children for item in terms.items)

    def operand(self, children: list[Any]) -> Terms:
        factor, series, rest = _prefixes(children)
        name = rest[0]
        span = span_of(children[0], name)
        if factor:
            variable = FactorVariable(factor, name.value, series, span)
            return Terms([Interaction((variable,), False, span)], span)
        return Terms([Pattern(name.value, series, span)], span)

    def operand_range(self, children: list[Any]) -> Terms:
        item = self.range(children)
        return Terms([item], item.span)

    def operand_group(self, children: list[Any]) -> Terms:
        factor, series, (_, items, closing) = _prefixes(children)
        span = span_of(children[0], closing)
        if not items:
            raise StataError(198, "invalid syntax", span)
        return Terms([_apply(factor, series, item) for item in items], span)

    def interact(self, children: list[Any]) -> Terms:
        left, token, right = children
        span = Span(left.span.start, right.span.end)
        full = token.type == "DOUBLE_HASH"
        count = len(left.items) * len(right.items)
        if count > MAXIMUM_TERMS:
            raise StataError(103, "too many variables specified", span)
        found: list[VarlistItem] = []
        for a in left.items:
            for b in right.items:
                found += _cross(a, b, full, span)
        if len(found) > MAXIMUM_TERMS:
            raise StataError(103, "too many variables specified", span)
        return Terms(list(dict.fromkeys(found)), span)


def _prefixes(children: list[Any]) -> tuple[str, str, list[Any]]:
    """Split the operators off: factor operator as typed, time-series operator in upper case, the rest."""
    factor = series = ""
    rest = children
    if rest[0].type == "FACTOR":
        factor, rest = rest[0].value.rstrip().rstrip("."), rest[1:]
    if rest[0].type == "TIME_SERIES":
        series, rest = rest[0].value[:-1].upper(), rest[1:]
    return factor, series, rest


def _apply(factor: str, series: str, item: VarlistItem) -> VarlistItem:
    """Apply the operators before `( )` to one element inside."""
    if not factor and not series:
        return item
    if isinstance(item, Interaction) or (isinstance(item, Pattern) and item.operator and series):
        raise StataError(198, "invalid syntax", item.span)
    if isinstance(item, Range):
        # Names between two variables are known to the data only: the operand keeps the text `a-c`.
        text, operator = f"{item.first}-{item.last}", series
    else:
        text, operator = item.text, item.operator or series
    if not factor:
        return Pattern(text, operator, item.span)
    return Interaction((FactorVariable(factor, text, operator, item.span),), False, item.span)


def _operands(item: VarlistItem) -> tuple[FactorVariable, ...]:
    if isinstance(item, Interaction):
        return item.operands
    if isinstance(item, Range):
        raise StataError(198, "invalid syntax", item.span)
    return (FactorVariable("", item.text, item.operator, item.span),)


def _expand(item: VarlistItem) -> list[Interaction]:
    """Return every term that an operand of an interaction stands for."""
    operands = _operands(item)
    span = item.span
    if not (isinstance(item, Interaction) and item.full):
        return [Interaction(operands, False, span)]
    return [
        Interaction(chosen, False, span)
        for size in range(1, len(operands) + 1)
        for chosen in combinations(operands, size)
    ]


def _cross(a: VarlistItem, b: VarlistItem, full: bool, span: Span) -> list[VarlistItem]:
    """Return the terms of `a#b` or `a##b`."""
    simple = [len(_operands(item)) == 1 for item in (a, b)]
    whole = [isinstance(item, Interaction) and item.full for item in (a, b)]
    operands = _operands(a) + _operands(b)
    if len(operands) > MAXIMUM_OPERANDS:
        raise StataError(198, "interactions of more than 8 variables not allowed", span)
    if full and all(one or all_terms for one, all_terms in zip(simple, whole, strict=True)):
        return [Interaction(operands, True, span)]
    if not full and not any(whole):
        return [Interaction(operands, False, span)]
    left, right = _expand(a), _expand(b)
    crossed = [Interaction(x.operands + y.operands, False, span) for x in left for y in right]
    return [*map(_alone, left), *map(_alone, right), *crossed] if full else list(crossed)


def _alone(term: Interaction) -> Interaction:
    """Write `i.` before a bare name that leaves an interaction: there it meant a factor variable."""
    first, *more = term.operands
    if more or first.operator:
        return term
    return replace(term, operands=(replace(first, operator="i"),))
