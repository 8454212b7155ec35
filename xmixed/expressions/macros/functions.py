"""Macro functions that ask the session (`local x : variable label y`), and values as macros hold them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from xmixed.errors import StataError
from xmixed.language.programs.extended_functions import call_extended, split_words
from xmixed.missing import INTEGER_MISSING, NAMES
from xmixed.output import Line
from xmixed.session.state import SessionState


def value_as_text(session: SessionState, text: str) -> str:
    """Return the value of an expression as a macro holds it: strings as they are, numbers in %18.0g.

    Raises
    ------
    StataError
        The errors of the expression; r(198) when there is none.
    """
    from xmixed.expressions.context import Context
    from xmixed.expressions.evaluate import evaluate_scalar
    from xmixed.formats import format_value
    from xmixed.language.parser import parse_expression

    if not text.strip():
        raise StataError(198, "invalid syntax")
    value = evaluate_scalar(parse_expression(text.strip()), Context.of(session))
    return value if isinstance(value, str) else format_value(value, "%18.0g").strip()


def saved_result_as_text(session: SessionState, kind: str, name: str) -> str:
    """Return what `r(N)', `e(cmd)', `s(x)' or `c(level)' stands for; "" when there is no such result.

    Stata: a matrix is the word `matrix`, and e(sample) the word `function`.
    """
    if kind != "c":
        results = {"e": session.e, "r": session.r, "s": session.s}[kind]
        if name in results.matrices:
            return "matrix"
        if kind == "e" and name == "sample" and session.e.mark:
            return "function"
        if name not in results:
            return ""
    return value_as_text(session, f"{kind}({name})")


def macro_function(session: SessionState, text: str) -> str:
    """Return the value of a macro function, given by the text behind the colon.

    Raises
    ------
    StataError
        r(198) for an unknown function, r(111) for an unknown variable.
    """
    return call_extended(
        text.strip(),
        session.locals,
        session.global_macros,
        lambda expression: value_as_text(session, expression),
        lambda function: session_function(session, function),
    )


def session_function(session: SessionState, text: str) -> str | None:
    """Return the value of a macro function that asks the session; None for any other."""
    for pattern, function in _FUNCTIONS:
        found = re.fullmatch(pattern, text.strip(), re.DOTALL)
        if found is not None:
            return function(session, *(group or "" for group in found.groups()))
    return None


def _copy(session: SessionState, scope: str, name: str) -> str:
    macros = session.locals if scope == "local" else session.global_macros
    return macros.get(name, "")


def _list_size(session: SessionState, name: str) -> str:
    return str(len(split_words(session.locals.get(name, ""))))


def _display(session: SessionState, text: str) -> str:
    """Run `display` and take what it prints."""
    printed: list[Line] = []
    sinks, quiet = session.out.sinks, session.out.quiet
    session.out.sinks, session.out.quiet = [printed.append], False
    try:
        session.execute(f"display {text}")
    finally:
        session.out.sinks, session.out.quiet = sinks, quiet
    return "".join(item.text for item in printed)


def _variable(session: SessionState, what: str, name: str) -> str:
    if name not in session.data:
        raise StataError(111, f"variable {name} not found")
    variable = session.data[name]
    return {
        "variable label": variable.label,
        "value label": variable.value_label,
        "type": variable.type,
        "format": variable.format,
    }[what]


def _data_label(session: SessionState) -> str:
    return session.data.label


def _sorted_by(session: SessionState) -> str:
    return " ".join(session.data.sorted_by)


def _label(
    session: SessionState, name: str, variable: str, what: str, length: str = "", strict: str = ""
) -> str:
    """Return what a value label says of a number: the label by its own name, or of a variable in parentheses.

    `maxlength` in place of the number gives the length of the longest text. A number without a text is
    itself, with `strict` nothing; `length` cuts the text.

    Raises
    ------
    StataError
        r(111) for an unknown variable.
    """
    if variable:
        name = _variable(session, "value label", variable)
    table = session.data.value_labels.get(name, {})
    if what == "maxlength":
        return str(max(map(len, table.values()), default=0))
    value = int(what) if what[0] != "." else INTEGER_MISSING["long"] + NAMES.index(what)
    text = table.get(value, "" if strict else what)
    return text[: int(length)] if length else text


def _environment(session: SessionState, name: str) -> str:
    return os.environ.get(name, "")


_SCOPE, _NAME, _WORD = r"(local|global)", r"([A-Za-z0-9_]+)", r"([A-Za-z_][A-Za-z0-9_]*)"

_FUNCTIONS: tuple[tuple[str, Callable[..., str]], ...] = (
    (rf"copy\s+{_SCOPE}\s+{_NAME}", _copy),
    (rf"list\s+sizeof\s+{_NAME}", _list_size),
    (r"di(?:s|sp|spl|spla|splay)?\s+(.*)", _display),
    (rf"(variable label|value label|type|format)\s+{_NAME}", _variable),
    (r"data\s+label", _data_label),
    (r"sort(?:ed(?:by)?)?", _sorted_by),
    (rf"label\s*(?:(?<=\s){_WORD}|\(\s*{_WORD}\s*\))\s+(maxlength)", _label),
    (
        rf"label\s*(?:(?<=\s){_WORD}|\(\s*{_WORD}\s*\))\s+(-?[0-9]{{1,10}}|\.[a-z]?)"
        r"(?:\s+([0-9]{1,10}))?(?:\s*,\s*(strict))?",
        _label,
    ),
    (rf"env(?:ironment)?\s+{_WORD}", _environment),
)
