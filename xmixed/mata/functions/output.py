"""What code shows, and how it stops: printf(), display(), errprintf(), exit(), _error()."""

from __future__ import annotations

import re
from typing import Any

from xmixed.errors import StataError
from xmixed.formats import format_string, format_value, is_string_format
from xmixed.mata.errors import MESSAGES, MataError, MataExit
from xmixed.mata.functions.registry import builtin
from xmixed.mata.operators import apply
from xmixed.mata.values import Value, array, is_string, number, text, whole
from xmixed.output import Line, Styled
from xmixed.render.smcl import plain_text
from xmixed.render.text import printable
from xmixed.session.return_codes import MESSAGES as STATA_MESSAGES

_DIRECTIVE = re.compile(r"%%|%-?0?[0-9.,]*(?:[gfe]c?|s|t[CcdwmqhybB](?:[./:,-]?[A-Za-z!_+])*|d|xL?|21x)")
_ESCAPES = {r"\n": "\n", r"\r": "", r"\t": "\t", r"\\": "\\"}
_ESCAPE = re.compile(r"\\[nrt\\]")


def formatted(pattern: str, values: tuple[Value, ...]) -> str:
    """Return a text with values in the places of its formats.

    Raises
    ------
    MataError
        r(3001) for more or fewer values than formats, r(3302) for a format that is none.
    """
    left = list(values)

    def put(found: re.Match[str]) -> str:
        fmt = found.group()
        if fmt == "%%":
            return "%"
        if not left:
            raise MataError(3001)
        return _in_format(left.pop(0), fmt)

    unescaped = _ESCAPE.sub(lambda found: _ESCAPES[found.group()], pattern)
    shown = _DIRECTIVE.sub(put, unescaped)
    if left:
        raise MataError(3001)
    return shown


def _in_format(value: Value, fmt: str) -> str:
    if array(value).size != 1:
        raise MataError(3204)
    if fmt in ("%f", "%g", "%s"):
        if (fmt == "%s") != is_string(value):
            raise MataError(3250)
        return text(value) if is_string(value) else format_value(number(value), "%9.0g").strip()
    try:
        if is_string_format(fmt) != is_string(value):
            raise MataError(3250)
        return format_string(text(value), fmt) if is_string(value) else format_value(number(value), fmt)
    except MataError:
        raise
    except StataError as error:
        raise MataError(3302) from error


def show(memory: Any, shown: str, style: str = "text", smcl: bool = True) -> None:
    """Show text; what stands behind its last line end waits for more."""
    session = memory.session
    column = sum(len(run.text) for run in session.out.pending)
    plain = plain_text(shown, session.settings.linesize, column) if smcl else shown
    *lines, rest = plain.split("\n")
    urgent = style == "error" and not session.captured
    if style == "error" and session.captured:
        return
    write = session.out.write_always if urgent else session.out.write
    write(*(Line([Styled(printable(line), style)] if line else []) for line in lines))
    if rest:
        session.out.hold(Styled(printable(rest), style))


@builtin("printf", 1, -1, placed=True)
def printf(memory: Any, pattern: Value, *values: Value) -> Value:
    show(memory, formatted(text(pattern), values))


@builtin("errprintf", 1, -1, placed=True)
def errprintf(memory: Any, pattern: Value, *values: Value) -> Value:
    show(memory, formatted(text(pattern), values), "error")


@builtin("sprintf", 1, -1)
def sprintf(pattern: Value, *values: Value) -> Value:
    return formatted(text(pattern), values)


@builtin("display", 1, 2, placed=True)
def display(memory: Any, value: Value, asis: Value = 0.0) -> Value:
    """Lines of text, one for each element."""
    for item in array(value).ravel():
        show(memory, f"{text(str(item) if is_string(value) else value)}\n", smcl=not number(asis))


@builtin("displayas", 1)
def displayas(style: Value) -> Value:
    """How what follows looks: it is shown in the same characters."""
    if not any(word.startswith(text(style)) for word in ("result", "text", "txt", "error", "input")):
        raise MataError(3300)


@builtin("displayflush", 0, placed=True)
def displayflush(memory: Any) -> Value:
    memory.session.flush()


@builtin("_error", 1, 2, placed=True)
def raise_error(memory: Any, code: Value, message: Value = None) -> Value:
    """Stop with a code of Mata's, or of one's own with a text."""
    if is_string(code):
        raise MataError(3498, text(code))
    number_given = whole(code)
    raise MataError(
        number_given, text(message) if message is not None else MESSAGES.get(number_given, "error")
    )


@builtin("error", 1, placed=True)
def error(memory: Any, code: Value) -> Value:
    """Show the message of a return code, and return the code."""
    found = whole(code)
    if found:
        show(memory, f"{STATA_MESSAGES.get(found) or MESSAGES.get(found, 'error')}\n", "error")
    return float(found)


@builtin("assert", 1)
def assert_true(value: Value) -> Value:
    """Stop unless a scalar is true."""
    if number(value) == 0:
        raise MataError(3498, "assertion is false")


@builtin("asserteq", 2)
def asserteq(first: Value, second: Value) -> Value:
    """Stop unless two values are equal."""
    if number(apply("==", first, second)) == 0:
        raise MataError(3498, "assertion is false")


@builtin("exit", 0, 1)
def stop(code: Value = 0.0) -> Value:
    """Stop all that runs in Mata, with a return code."""
    raise MataExit(whole(code))
