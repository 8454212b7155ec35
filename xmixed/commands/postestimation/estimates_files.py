"""estimates save, use and describe: results in files, and what made them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from xmixed.commands.registry import subcommand
from xmixed.data.files.atomic_file import replace_file
from xmixed.errors import StataError
from xmixed.estimation.notes import notes_of
from xmixed.estimation.record import Saved, file_content, read_records, record, restore
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.postestimation.estimates import render_description
from xmixed.session.results import Estimates, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, stored_estimates

NUMBER = OptionSpec(
    "number", "number", "integer", "which results of a file that holds several", minimum_value=1
)
SUFFIX = ".ster"


def _path(name: str | None) -> tuple[str, str]:
    """Return the name of a file with its suffix, as typed and as a path."""
    if not name:
        raise StataError(100, "filename required")
    shown = name if os.path.splitext(name)[1] else name + SUFFIX
    return shown, os.path.expanduser(shown)


def _records(shown: str, path: str) -> list[dict[str, Any]]:
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except FileNotFoundError:
        raise StataError(601, f"file {shown} not found") from None
    except (OSError, ValueError):
        raise StataError(603, f"file {shown} could not be opened") from None
    return read_records(content, shown)


def _chosen(shown: str, path: str, number: int) -> Saved:
    records = _records(shown, path)
    if number > len(records):
        raise StataError(498, f"file {shown} holds {len(records)} sets of estimation results")
    return restore(records[number - 1], shown)


@subcommand(
    "estimates",
    "save",
    syntax=Syntax(
        "filename",
        options=(
            OptionSpec("replace", "replace", help="overwrite an existing file"),
            OptionSpec("append", "append", help="add to the results in the file"),
        ),
        exclusive=(("replace", "append"),),
    ),
    synopsis="estimates save filename [, replace append]",
    keeps_r=True,
)
def save(session: SessionState, node: Command) -> None:
    active = stored_estimates(session, ".")
    shown, path = _path(node.argument)
    append = bool(node.option("append"))
    records: list[dict[str, Any]] = []
    if append:
        with suppress(FileNotFoundError):
            os.stat(path)
            records = _records(shown, path)
    now = datetime.now()
    records.append(record(active, f"{now.day:02d}{now:%b%Y %H:%M}".lower()))
    with replace_file(path, append or bool(node.option("replace"))) as stream:
        stream.write(file_content(records))
    session.out.write(f"file {shown} saved")


@subcommand(
    "estimates",
    "use",
    syntax=Syntax("filename", options=(NUMBER,)),
    synopsis="estimates use filename [, number(#)]",
    keeps_r=True,
)
def use(session: SessionState, node: Command) -> None:
    shown, path = _path(node.argument)
    commit(session, _chosen(shown, path, node.option("number", 1)).estimates)


@subcommand(
    "estimates",
    "describe",
    syntax=Syntax("words", using=True, options=(NUMBER,)),
    synopsis="estimates describe [name | using filename] [, number(#)]",
)
def describe(session: SessionState, node: Command) -> None:
    names: Sequence[str] = node.argument or ()
    if node.using is None:
        if node.option("number") is not None:
            raise StataError(198, "option number() not allowed")
        if len(names) > 1:
            raise StataError(198, "invalid syntax")
        _describe(session, stored_estimates(session, names[0] if names else "."))
        return
    if names:
        raise StataError(198, "invalid syntax")
    shown, path = _path(node.using)
    count = len(_records(shown, path))
    saved = _chosen(shown, path, node.option("number", 1))
    _describe(session, saved.estimates, saved.saved)
    session.r.macros["datetime"] = saved.saved
    session.r.scalars["nestresults"] = float(count)


def _describe(session: SessionState, found: Estimates, saved: str = "") -> None:
    cmdline = found.macros.get("cmdline", found.macros.get("cmd", ""))
    session.out.write(*render_description(cmdline, found.title, saved, notes_of(found)))
    session.r = replace(Results(), macros={"title": found.title, "cmdline": cmdline})
