"""`log`, `cmdlog`: transcripts of a session in files, of commands and output or of commands alone."""

from __future__ import annotations

import os
from typing import TextIO, cast

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.layouts.log_banner import (
    log_moment,
    log_rows,
    moment_now,
    shown_banner,
    write_banner,
    write_head,
)
from xmixed.render.text import result
from xmixed.session.log import UNNAMED, LogFile, LogType
from xmixed.session.results import Results
from xmixed.session.state import SessionState

APPEND = OptionSpec("append", "append", help="add to a file that exists")
REPLACE = OptionSpec("replace", "replace", help="overwrite a file that exists")


@command(
    "log",
    syntax=Syntax(
        "text",
        using=True,
        options=(
            APPEND,
            REPLACE,
            OptionSpec("text", "t", help="plain text; also where the file's name ends in .log"),
            OptionSpec("smcl", "s", help="Stata markup and control language, the default"),
            OptionSpec("name", "name", "name", help="name of the log; several logs may be open"),
        ),
        exclusive=(("append", "replace"), ("text", "smcl")),
    ),
    synopsis="log using filename [, append replace text smcl name(logname)]\n"
    "log { close | on | off | query } [logname|_all]",
)
def log(session: SessionState, node: Command) -> None:
    if node.argument:
        raise StataError(198, "invalid syntax")
    if node.using is not None:
        _open(session, node)
        return
    if node.options:
        raise StataError(101, "options not allowed")
    _query(session, list(session.logs.values()))


def log_path(name: str, extension: str) -> str:
    """Return the absolute path of a log; the extension is added to a name without one."""
    path = os.path.abspath(os.path.expanduser(name))
    return path if os.path.splitext(path)[1] else path + extension


def _open(session: SessionState, node: Command) -> None:
    name = node.option("name") or UNNAMED
    if name in session.logs:
        raise StataError(604, "log file already open")
    plain = os.path.splitext(node.using or "")[1] == ".log" and not node.option("smcl")
    default = session.settings.remembered.get("logtype", "smcl")
    kind = "text" if plain or node.option("text") else "smcl" if node.option("smcl") else default
    path = log_path(node.using or "", ".log" if kind == "text" else ".smcl")
    if any(known.path == path for known in session.logs.values()):
        raise StataError(604, "log file already open")
    made = LogFile(path, _stream(node, path), name=name, type=cast(LogType, kind), opened=moment_now())
    _announce(session, made, "using", made.opened)
    session.logs[name] = made
    session.out.sinks.append(made.write)


def _stream(node: Command, path: str) -> TextIO:
    """Open the file of a log; r(602) where it exists, r(603) where it cannot be opened."""
    append = node.option("append")
    if os.path.exists(path) and not (append or node.option("replace")):
        raise StataError(602, f"file {path} already exists")
    try:
        return open(path, "a" if append else "w", encoding="utf-8", errors="surrogateescape")
    except OSError:
        raise StataError(603, f"file {path} could not be opened") from None


def _announce(session: SessionState, log: LogFile, verb: str, moment: str) -> None:
    """Show what happens to a log, in it and elsewhere; under `quietly` in neither."""
    size = session.settings.linesize
    _results(session, log)
    if session.out.quiet:
        if verb == "using":
            write_head(log)
        return
    if log.write in session.out.sinks:
        session.out.sinks.remove(log.write)
        session.out.write(*shown_banner(log, verb, moment, size))
        session.out.sinks.append(log.write)
    else:
        session.out.write(*shown_banner(log, verb, moment, size))
    write_banner(log, verb, moment, size)


def _results(session: SessionState, log: LogFile) -> None:
    """Leave in r() which log it was."""
    found = {"name": log.name, "filename": log.path, "status": log.status, "type": log.type}
    session.r = Results(macros=found)


def _chosen(session: SessionState, node: Command) -> list[LogFile]:
    """Return the logs that a subcommand names: the one without a name, one by its name, or `_all`.

    Raises
    ------
    StataError
        r(606): there is none.
    """
    if len(node.argument) > 1:
        raise StataError(198, "invalid syntax")
    name = node.argument[0] if node.argument else UNNAMED
    if name == "_all":
        return list(session.logs.values())
    if name not in session.logs:
        raise StataError(606, "no log file open")
    return [session.logs[name]]


@subcommand("log", "close", syntax=Syntax("words"), synopsis="log close [logname|_all]")
@subcommand("log", "off", syntax=Syntax("words"), synopsis="log off [logname|_all]")
@subcommand("log", "on", syntax=Syntax("words"), synopsis="log on [logname|_all]")
def change(session: SessionState, node: Command) -> None:
    word = node.name.removeprefix("log ")
    for found in _chosen(session, node):
        if (word, found.on) in (("on", True), ("off", False)):
            raise StataError(604 if word == "on" else 606, f"log is already {word}")
        found.on = True
        _announce(session, found, word, moment_now())
        if word == "close":
            session.detach_log(found)
        found.on = word == "on"


@subcommand("log", "query", syntax=Syntax("words"), synopsis="log query [logname|_all]")
def query(session: SessionState, node: Command) -> None:
    named = node.argument and node.argument[0] not in ("_all", UNNAMED)
    _query(session, _chosen(session, node) if named else list(session.logs.values()))


def _query(session: SessionState, logs: list[LogFile]) -> None:
    if not logs:
        session.out.write("(no log file open)")
        return
    for number, found in enumerate(logs):
        rows = (
            *log_rows(found),
            log_moment("using", found.opened),
            line("    status:  ", result(found.status)),
        )
        blank = [line()] if number else []
        session.out.write(*blank, *rows)
        _results(session, found)
    session.r.scalars["numlogs"] = float(len(logs))


# --- cmdlog ----------------------------------------------------------------------------------------------


@command(
    "cmdlog",
    syntax=Syntax("text", using=True, options=(APPEND, REPLACE), exclusive=(("append", "replace"),)),
    synopsis="cmdlog using filename [, append replace]\ncmdlog { close | on | off }",
)
def cmdlog(session: SessionState, node: Command) -> None:
    if node.using is not None and not node.argument:
        _open_commands(session, node)
        return
    word = str(node.argument)
    if node.options or node.using is not None or word not in ("", "close", "on", "off"):
        raise StataError(198, "invalid syntax")
    found = session.cmdlog
    if found is None:
        if word:
            raise StataError(607, "no cmdlog file open")
        session.out.write("(no cmdlog file open)")
        return
    if word == "close":
        found.close()
        session.cmdlog = None
    elif word:
        found.on = word == "on"
    said = {"close": "closed", "on": "resumed", "off": "paused", "": found.status}[word]
    session.out.write(f"(cmdlog {found.path} {said})")
    session.r = Results(macros={"filename": found.path, "status": found.status})


def _open_commands(session: SessionState, node: Command) -> None:
    if session.cmdlog is not None:
        raise StataError(604, "cmdlog file already open")
    path = log_path(node.using or "", ".txt")
    session.cmdlog = LogFile(path, _stream(node, path), opened=moment_now())
    session.out.write(f"(cmdlog {path} opened)")
    session.r = Results(macros={"filename": path, "status": "on"})
