"""`assert` and `confirm`: what must be true for a program to go on."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate, evaluate_number
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import is_valid_name, resolve_varlist
from xmixed.formats import is_date_format, is_string_format, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.options import unquote
from xmixed.language.parser import parse_varlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "assert",
    syntax=Syntax(
        "expression",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("rc0", "rc0", help="only say how many contradictions there are"),
            OptionSpec("null", "n", help="without observations to check, say so: r(8)"),
            OptionSpec("fast", "f", help="stop at the first contradiction"),
        ),
    ),
    synopsis="assert exp [if] [in] [, rc0 null fast]",
    by="whole",
    keeps_r=True,
    by_reference=True,
)
def assert_(session: SessionState, node: Command) -> None:
    if node.argument is None:
        raise StataError(198, "invalid syntax")
    context = Context.of(session)
    if not session.data.n_obs:
        if evaluate_number(node.argument, context) == 0:
            raise StataError(9, "assertion is false")
        return
    if session.data.reference is not None:
        count, wrong = _contradictions(session, node)
    else:
        rows = select_rows(node.condition, node.in_range, context)
        found = evaluate(node.argument, context, rows)
        if isinstance(found, str) or (isinstance(found, np.ndarray) and found.dtype == object):
            raise StataError(109, "type mismatch")
        if not isinstance(found, np.ndarray):  # nothing about the observations
            if found == 0:
                raise StataError(9, "assertion is false")
            return
        count, wrong = len(found), int(np.count_nonzero(found == 0))
    if not count and node.option("null"):
        raise StataError(8, "assertion is null")
    if not wrong:
        return
    told = ""
    if not node.option("fast"):
        told = f"{_counted(wrong, 'contradiction')} in {_counted(count, 'observation')}"
    if node.option("rc0"):
        session.out.write(told or "assertion is false")
        return
    raise StataError(9, f"{told}\nassertion is false" if told else "assertion is false")


def _contradictions(session: SessionState, node: Command) -> tuple[int, int]:
    """Return how many observations by reference are looked at, and for how many the assertion is false."""
    from ibis.expr import operations as ops

    from xmixed.commands.referenced import row_of, selected_reference
    from xmixed.data.reference.rows import with_reference
    from xmixed.expressions.pushdown.translate import pushed_value

    selected = selected_reference(session, node)
    context = Context.of(session).over(with_reference(session.data, selected))
    value, is_text = pushed_value(node.argument, context)
    if is_text:
        raise StataError(109, "type mismatch")
    if not value.op().find(ops.Field, filter=ops.Value):  # nothing about the observations
        if evaluate_number(node.argument, context) == 0:
            raise StataError(9, "assertion is false")
        return 1, 0
    selected, place = selected.with_column(value)
    false: Any = selected.mark(place) == 0.0
    row = row_of(selected, n=selected.table.count(), wrong=false.cast("int64").sum())
    return int(row["n"]), int(row["wrong"] or 0)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _found(value: str, wanted: str, code: int = 7) -> StataError:
    return StataError(code, f"'{value}' found where {wanted} expected")


@command(
    "confirm",
    syntax=Syntax("text", options=(OptionSpec("exact", "ex", help="names may not be abbreviated"),)),
    synopsis="confirm {existence|[new] file|[integer] number|names|[new|numeric|string|type] variable|matrix"
    "|scalar|format} ...",
    keeps_r=True,
)
def confirm(session: SessionState, node: Command) -> None:
    word, _, rest = str(node.argument).strip().partition(" ")
    rest = rest.strip()
    second, _, after = rest.partition(" ")
    exact = bool(node.option("exact"))
    if _is(word, "existence", 1) and not _is(word, "exact", 2):
        if not unquote(rest):
            raise _found("", "something", 6)
    elif word == "new" and _is(second, "file", 1):
        _confirm_file(after, new=True)
    elif _is(word, "file", 1):
        _confirm_file(rest, new=False)
    elif _is(word, "integer", 3) and _is(second, "number", 3):
        _confirm_number(after, integer=True)
    elif _is(word, "number", 3):
        _confirm_number(rest, integer=False)
    elif _is(word, "names", 4) or word == "name":
        for name in rest.split() or [""]:
            if not is_valid_name(name):
                raise StataError(7, f"{name} invalid name") if name else _found("", "name")
    elif word == "new" and _is(second, "variable", 1):
        _confirm_new(session, after)
    elif _is(word, "variable", 1):
        _confirm_variables(session, rest, "", exact)
    elif _is(second, "variable", 1) and _is_variable_kind(word):
        _confirm_variables(session, after, word, exact)
    elif _is(word, "matrix", 3):
        if Context.of(session).matrix(rest) is None:
            raise StataError(111, f"matrix {rest} not found")
    elif _is(word, "scalar", 3):
        if rest not in session.scalars:
            raise StataError(111, f"scalar {rest} not found")
    elif word == "format" or second == "format":
        _confirm_format(rest if word == "format" else after, "" if word == "format" else word)
    else:
        raise StataError(198, "invalid syntax")


def _is(word: str, full: str, least: int) -> bool:
    return len(word) >= least and full.startswith(word)


def _is_variable_kind(word: str) -> bool:
    if _is(word, "numeric", 3) or _is(word, "string", 3):
        return True
    return word in ("byte", "int", "long", "float", "double") or (
        word.startswith("str") and word[3:].isdigit()
    )


def _confirm_file(text: str, new: bool) -> None:
    name = unquote(text)
    if not name:
        raise _found("", "filename")
    path = os.path.expanduser(name)
    if new and os.path.exists(path):
        raise StataError(602, f"file {name} already exists")
    if new and not os.path.isdir(os.path.dirname(path) or "."):
        raise StataError(603, f"file {name} could not be opened")
    if not new and not os.path.isfile(path):
        raise StataError(601, f"file {name} not found")


def _confirm_number(text: str, integer: bool) -> None:
    wanted = "integer" if integer else "number"
    value = unquote(text)
    if value == "." or (len(value) == 2 and value[0] == "." and value[1].islower()):
        if integer:
            raise _found(value, wanted)
        return
    try:
        number = float(value)
    except ValueError:
        raise _found(value, wanted) from None
    if not np.isfinite(number) or (integer and number != int(number)):
        raise _found(value, wanted)


def _confirm_new(session: SessionState, text: str) -> None:
    names = text.split()
    if not names:
        raise _found("", "newvarname")
    for name in names:
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid name")
        if name in session.data:
            raise StataError(110, f"{name} already defined")


def _confirm_variables(session: SessionState, text: str, kind: str, exact: bool) -> None:
    if not text:
        raise _found("", "varname")
    for word in parse_words(text):
        if not word[0].isalpha() and word[0] not in "_*?~":
            raise _found(word, "varname")
    if not session.data.variables:
        raise StataError(111, "no variables defined")
    for item in parse_varlist(text):
        names = [text[item.span.start : item.span.end]] if exact else resolve_varlist([item], session.data)
        for name in names:
            if name not in session.data:
                raise StataError(111, f"variable {name} not found")
            _confirm_kind(name, session.data[name].type, kind)


def _confirm_kind(name: str, storage_type: str, kind: str) -> None:
    string = storage_type.startswith("str")
    if _is(kind, "numeric", 3):
        right, wanted = not string, "numeric variable"
    elif _is(kind, "string", 3):
        right, wanted = string, "string variable"
    else:
        right, wanted = not kind or storage_type == kind, f"{kind} variable"
    if not right:
        raise _found(name, wanted)


def _confirm_format(text: str, kind: str) -> None:
    name = unquote(text)
    right = is_valid_format(name)
    if right and kind:
        right = {
            "string": is_string_format(name),
            "numeric": not is_string_format(name),
            "date": is_date_format(name),
        }.get(kind, False)
    if not right:
        raise _found(name, f"{kind} format".strip())
