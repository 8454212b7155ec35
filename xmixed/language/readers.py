"""Reading what stands between a command's name and its qualifiers, by the kinds of `Syntax.argument`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import check_depth
from xmixed.language.explain import group_end
from xmixed.language.grammar import parse
from xmixed.language.nodes import Pattern, Varlist
from xmixed.language.qualifiers import read_expression, read_filename
from xmixed.language.skeleton import Skeleton
from xmixed.language.syntax import Syntax


def read_argument(text: str, skeleton: Skeleton, syntax: Syntax) -> tuple[Any, str]:
    """Return the argument parsed by its rule, and as typed."""
    span = skeleton.argument
    kind = syntax.argument
    typed = "" if span is None else text[span.start : span.end]
    if span is None:
        end = Span(len(text), len(text))
        if kind in ("newvar", "assignment", "call"):
            raise StataError(100, "varlist required", end)
        empty: dict[str, Any] = {"varlist": (), "varlist_factor": (), "numlist": (), "words": (), "text": ""}
        for name in ("hypotheses", "margins", "named_expressions", "equations"):
            empty[name] = ()
        return empty.get(kind), ""
    if kind == "filename" and skeleton.using is not None:
        # `use varlist using file`: what stands before `using` is a list of variables.
        return read_varlist(text, span, False), typed
    return _READERS[kind](text, span), typed


def read_varlist(text: str, span: Span, factor: bool) -> Varlist:
    """Parse a variable list.

    Raises
    ------
    StataError
        r(101): `factor variables not allowed`, `time-series operators not allowed` in a plain list.
    """
    span = _without_parentheses(text, span)
    if factor:
        return parse("varlist_factor", text, span)
    try:
        return parse("varlist", text, span)
    except StataError as error:
        raise _refused_operator(text, span) or error from None


def _without_parentheses(text: str, span: Span) -> Span:
    """Return what a pair of parentheses around a whole list, `drop (x*)`, encloses."""
    typed = text[span.start : span.end]
    start, end = span.start + len(typed) - len(typed.lstrip()), span.start + len(typed.rstrip())
    if typed.strip().startswith("(") and group_end(text, start, end) == end:
        return Span(start + 1, end - 1)
    return span


def _refused_operator(text: str, span: Span) -> StataError | None:
    """Return the error for a list that is right except for the operators in it."""
    try:
        items = parse("varlist_factor", text, span)
    except StataError:
        return None
    for item in items:
        if not isinstance(item, Pattern):
            return StataError(101, "factor variables not allowed", item.span)
        if item.operator:
            return StataError(101, "time-series operators not allowed", item.span)
    return None


def _read_none(text: str, span: Span) -> Any:
    typed = text[span.start : span.end]
    if typed.startswith("="):
        raise StataError(101, "=exp not allowed", span)
    raise StataError(101, "varlist not allowed", span)


def _read_varname(text: str, span: Span) -> Pattern:
    first, *more = read_varlist(text, span, False)
    if more or not isinstance(first, Pattern):
        raise StataError(103, "too many variables specified", more[0].span if more else first.span)
    return first


def _read_new_variables(text: str, span: Span) -> Any:

    from xmixed.language.builders.newvarlist import read_new_variables

    return read_new_variables(text, span)


def _read_assignment(rule: str) -> Callable[[str, Span], Any]:
    """Return the reader of `newvar = exp` and `oldvar = exp`."""

    def read(text: str, span: Span) -> Any:
        try:
            found = parse(rule, text, span)
        except StataError as error:
            raise _assignment_error(text, span, error) or error from None
        check_depth(found.expression)
        return found

    return read


_NAMES = re.compile(r"[^\W\d]\w*(?:\s+[^\W\d]\w*)*\s*")


def _assignment_error(text: str, span: Span, error: StataError) -> StataError | None:
    """Return what `generate = 1`, `generate x`, `generate x y` and `generate x == y` are told."""
    typed = text[span.start : span.end].strip()
    if error.code != 198:
        return None
    if typed.startswith("="):
        return StataError(102, "too few variables specified", Span(span.start, span.start + 1))
    names = _NAMES.match(typed)
    if names is not None and names.end() == len(typed):
        return StataError(100, "=exp required", Span(span.end, span.end))
    if names is not None and typed.startswith("==", names.end()):
        start = text.index("==", span.start)
        return StataError(198, "== invalid name", Span(start, start + 2))
    return None


def _read_comparison(text: str, span: Span) -> Any:
    found = parse("comparison", text, span)
    check_depth(found)
    return found


def _read_hypotheses(text: str, span: Span) -> Any:
    found = parse("hypotheses", text, span)
    for hypothesis in found:
        for side in hypothesis.sides:
            check_depth(side)
    return found


def _read_margins(text: str, span: Span) -> Any:
    from xmixed.language.arguments.margin_terms import read_margin_terms

    return read_margin_terms(text, span)


def _read_named_expressions(text: str, span: Span) -> Any:
    from xmixed.language.arguments.nonlinear import read_named_expressions

    return read_named_expressions(text, span)


def _read_equations(text: str, span: Span) -> Any:
    from xmixed.language.arguments.nonlinear import read_equations

    return read_equations(text, span)


def _read_call(text: str, span: Span) -> Any:
    from xmixed.language.arguments.calls import read_call

    return read_call(text, span)


def _read_imputation(text: str, span: Span) -> Any:
    from xmixed.language.arguments.imputation import read_imputation_model

    return read_imputation_model(text, span)


def _read_instruments(text: str, span: Span) -> Any:
    from xmixed.language.arguments.instruments import read_instrumented_model

    return read_instrumented_model(text, span)


_READERS: dict[str, Callable[[str, Span], Any]] = {
    "none": _read_none,
    "varlist": lambda text, span: read_varlist(text, span, False),
    "varlist_factor": lambda text, span: read_varlist(text, span, True),
    "varname": _read_varname,
    "newvarlist": _read_new_variables,
    "newvar": _read_assignment("newvar"),
    "assignment": _read_assignment("assignment"),
    "comparison": _read_comparison,
    "call": _read_call,
    "expression": read_expression,
    "hypotheses": _read_hypotheses,
    "margins": _read_margins,
    "named_expressions": _read_named_expressions,
    "equations": _read_equations,
    "numlist": lambda text, span: parse("numlist", text, span),
    "filename": read_filename,
    "words": lambda text, span: parse("words", text, span),
    "instruments": _read_instruments,
    "imputation": _read_imputation,
    "text": lambda text, span: text[span.start : span.end],
}
