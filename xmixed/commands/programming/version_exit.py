"""`version`, `exit` and `error`."""

from __future__ import annotations

import re

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.return_codes import MESSAGES
from xmixed.session.signals import ExitRequest
from xmixed.session.state import SessionState

_VERSION = re.compile(r"(\d+(?:\.\d+)?)\s*(?:(:)\s*(.*))?$", re.DOTALL)


NEWEST_VERSION = 12.1


OLDEST_VERSION = 1.0


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
    found = _VERSION.match(node.argument)
    if found is None:
        raise StataError(198, "invalid syntax")
    number, colon, rest = found.groups()
    if float(number) < OLDEST_VERSION:
        raise StataError(198, "invalid syntax")
    if float(number) > NEWEST_VERSION:
        session.out.write(f"(version {number}: the syntax of Stata 12 is used)")
    frame = session.frame
    before, frame.version = frame.version, number
    if colon is None:
        return
    try:
        session.execute(rest)
    finally:
        frame.version = before


@command(
    "exit",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("clear", "clear", help="leave although the data have unsaved changes"),
            OptionSpec("STATA", "STATA", help="leave the program, not only the do-file"),
        ),
    ),
    synopsis="exit [#] [, clear STATA]",
    keeps_r=True,
)
def leave(session: SessionState, node: Command) -> None:
    code = _return_code(node.argument) if node.argument else 0
    everything = session.frame.kind == "session" or bool(node.option("STATA"))
    if everything and session.data.changed and not node.option("clear"):
        raise StataError(4, "no; data in memory would be lost")
    raise ExitRequest(code, everything)


@command(
    "error",
    syntax=Syntax("text"),
    synopsis="error #",
    keeps_r=True,
)
def error(session: SessionState, node: Command) -> None:
    code = _return_code(node.argument)
    if code:
        raise StataError(code, MESSAGES.get(code, ""))


def _return_code(text: str | None) -> int:
    text = (text or "").strip()
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise StataError(198, "invalid syntax")
    return int(text)
