"""`log`: the transcript of a session in a text file."""

from __future__ import annotations

import os
import time

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.formats.calendar import SHORT_MONTHS
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import Line, line
from xmixed.session.log import LogFile
from xmixed.session.state import SessionState

_VERBS = {"using": "opened", "close": "closed", "off": "paused", "on": "resumed"}


@command(
    "log",
    syntax=Syntax(
        "text",
        using=True,
        options=(
            OptionSpec("append", "append", help="add to a file that exists"),
            OptionSpec("replace", "replace", help="overwrite a file that exists"),
            OptionSpec("text", "t", help="plain text, which is the only form here"),
            OptionSpec("smcl", "s", help="Stata markup", built=False),
            OptionSpec("name", "name", "name", help="name of the log", built=False),
        ),
        exclusive=(("append", "replace"),),
    ),
    synopsis="log using filename [, append replace text]\nlog { close | on | off | query }",
    keeps_r=True,
)
def log(session: SessionState, node: Command) -> None:
    if node.argument:
        raise StataError(198, "invalid syntax")
    if node.using is not None:
        _open(session, node)
        return
    if node.options:
        raise StataError(101, "options not allowed")
    query(session, node)


def log_path(name: str) -> str:
    """Return the absolute path of a log; `.log` is added to a name without extension.

    Raises
    ------
    StataError
        r(198) for a `.smcl` file.
    """
    path = os.path.abspath(os.path.expanduser(name))
    extension = os.path.splitext(path)[1]
    if extension == ".smcl":
        raise StataError(198, "logs in SMCL are not implemented in xmixed; name the file .log")
    return path if extension else path + ".log"


def _open(session: SessionState, node: Command) -> None:
    if session.log is not None:
        raise StataError(604, "log file already open")
    append, replace = node.option("append"), node.option("replace")
    path = log_path(node.using or "")
    if os.path.exists(path) and not (append or replace):
        raise StataError(602, f"file {path} already exists")
    try:
        stream = open(path, "a" if append else "w", encoding="utf-8", errors="surrogateescape")
    except OSError:
        raise StataError(603, f"file {path} could not be opened") from None
    opened = _now()
    session.log = LogFile(path, stream, opened=opened)
    banner = [_rule(session), *_banner(session, session.log, "using", opened)]
    session.out.write(*banner)
    for item in banner:
        session.log.write(item)
    session.out.sinks.append(session.log.write)


@subcommand("log", "close", syntax=Syntax(), keeps_r=True)
@subcommand("log", "off", syntax=Syntax(), keeps_r=True)
@subcommand("log", "on", syntax=Syntax(), keeps_r=True)
def change(session: SessionState, node: Command) -> None:
    word = node.name.removeprefix("log ")
    found = session.log
    if found is None:
        raise StataError(606, "no log file open")
    if (word, found.on) in (("on", True), ("off", False)):
        raise StataError(604 if word == "on" else 606, f"log is already {word}")
    found.on = True
    lines = [*_banner(session, found, word, _now()), _rule(session)]
    session.out.write(*lines)
    if session.out.quiet:
        for item in lines:
            found.write(item)
    if word == "close":
        _detach(session, found)
    found.on = word == "on"


def close_log(session: SessionState) -> None:
    """Close the log as the session ends: its banner goes to the file only."""
    found = session.log
    if found is not None:
        found.on = True
        for item in [*_banner(session, found, "close", _now()), _rule(session)]:
            found.write(item)
        _detach(session, found)


def _detach(session: SessionState, found: LogFile) -> None:
    session.out.sinks.remove(found.write)
    found.close()
    session.log = None


@subcommand("log", "query", syntax=Syntax(), keeps_r=True)
def query(session: SessionState, node: Command) -> None:
    found = session.log
    if found is None:
        session.out.write("(no log file open)")
        return
    session.out.write(
        f"      name:  {found.name}",
        *_wrapped(session, f"       log:  {found.path}"),
        "  log type:  text",
        f" opened on:  {found.opened}",
        f"    status:  {'on' if found.on else 'off'}",
    )


def _banner(session: SessionState, found: LogFile, verb: str, moment: str) -> list[Line]:
    return [
        line(f"      name:  {found.name}"),
        *_wrapped(session, f"       log:  {found.path}"),
        line("  log type:  text"),
        line(f"{_VERBS[verb] + ' on':>10}:  {moment}"),
    ]


def _wrapped(session: SessionState, text: str) -> list[Line]:
    """Break a long line at the line size; it goes on after `> `."""
    size = session.settings.linesize
    lines, rest = [line(text[:size])], text[size:]
    while rest:
        lines.append(line("> " + rest[: size - 2]))
        rest = rest[size - 2 :]
    return lines


def _rule(session: SessionState) -> Line:
    return line("-" * session.settings.linesize)


def _now() -> str:
    """Return the time as ` 1 Nov 2018, 13:41:28`; month names do not follow the locale."""
    now = time.localtime()
    month = SHORT_MONTHS[now.tm_mon - 1]
    return f"{now.tm_mday:2d} {month} {now.tm_year}, {now.tm_hour:02d}:{now.tm_min:02d}:{now.tm_sec:02d}"
