"""`version`, `exit` and `error`."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.formats.reading import number_or_none
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.return_codes import MESSAGES
from xmixed.session.signals import ExitRequest
from xmixed.session.state import SessionState

NEWEST_VERSION = 12.1
OLDEST_VERSION = 1.0
LARGEST_CODE = 99_999


@command(
    "version",
    syntax=Syntax("raw"),
    synopsis="version [#] [: command]",
    kind="prefix",
    keeps_r=True,
)
def version(session: SessionState, node: Command) -> None:
    if not node.argument:
        session.out.write(f"version {session.frame.version}")
        return
    number, colon, rest = node.argument.partition(":")
    number = number.strip()
    value = number_or_none(number)
    if value is None or not value >= OLDEST_VERSION or not number[-1].isdigit():
        raise StataError(198, "invalid syntax")
    if value > NEWEST_VERSION:
        session.out.write(f"(version {number}: the syntax of Stata 12 is used)")
    frame = session.frame
    before, frame.version = frame.version, number
    if not colon:
        return
    try:
        session.execute(rest.strip())
    finally:
        frame.version = before


@command(
    "exit",
    syntax=Syntax(
        "expression",
        options=(
            OptionSpec("clear", "clear", help="leave although the data have unsaved changes"),
            OptionSpec("STATA", "STATA", help="leave the program, not only the do-file"),
        ),
    ),
    synopsis="exit [exp] [, clear STATA]",
    keeps_r=True,
)
def leave(session: SessionState, node: Command) -> None:
    code = 0 if node.argument is None else _return_code(session, node)
    everything = session.frame.kind == "session" or bool(node.option("STATA"))
    if everything and session.data.changed and not node.option("clear"):
        raise StataError(4, "no; data in memory would be lost")
    raise ExitRequest(code, everything)


@command(
    "error",
    syntax=Syntax("expression"),
    synopsis="error exp",
    keeps_r=True,
)
def error(session: SessionState, node: Command) -> None:
    if node.argument is None:
        raise StataError(198, "invalid syntax")
    code = _return_code(session, node)
    if code:
        raise StataError(code, MESSAGES.get(code, ""))


def _return_code(session: SessionState, node: Command) -> int:
    """Return the value of `_rc`, `198` or another expression; r(198) when it is no return code."""
    code = evaluate_number(node.argument, Context.of(session))
    if code != int(code) or not 0 <= code <= LARGEST_CODE:
        raise StataError(198, "invalid syntax")
    return int(code)
