"""`log`: the transcript of a session in a text file."""

from __future__ import annotations

import os

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.log_banner import log_banner, log_rule, moment_now, wrapped_path
from xmixed.session.log import LogFile
from xmixed.session.state import SessionState


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
    opened = moment_now()
    session.log = LogFile(path, stream, opened=opened)
    size = session.settings.linesize
    banner = [log_rule(size), *log_banner(session.log, "using", opened, size)]
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
    size = session.settings.linesize
    lines = [*log_banner(found, word, moment_now(), size), log_rule(size)]
    session.out.write(*lines)
    if session.out.quiet:
        for item in lines:
            found.write(item)
    if word == "close":
        session.detach_log()
    found.on = word == "on"


@subcommand("log", "query", syntax=Syntax(), keeps_r=True)
def query(session: SessionState, node: Command) -> None:
    found = session.log
    if found is None:
        session.out.write("(no log file open)")
        return
    session.out.write(
        f"      name:  {found.name}",
        *wrapped_path(found, session.settings.linesize),
        "  log type:  text",
        f" opened on:  {found.opened}",
        f"    status:  {'on' if found.on else 'off'}",
    )
