"""snapshot: data set aside, to come back to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.formats.calendar import time_stamp
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import printable
from xmixed.session.data_snapshots import DataSnapshot
from xmixed.session.results import Results
from xmixed.session.state import SessionState

MOST_SNAPSHOTS = 1000


@command("snapshot", syntax=Syntax("raw"), synopsis="snapshot {save | label | restore | list | erase} ...")
def snapshot(session: SessionState, node: Command) -> None:
    raise StataError(198, "snapshot: subcommand save, label, restore, list or erase required")


@subcommand(
    "snapshot",
    "save",
    syntax=Syntax(options=(OptionSpec("label", "label", "text", "what the data are called"),)),
    synopsis='snapshot save [, label("text")]',
    needs=("data",),
)
def save(session: SessionState, node: Command) -> None:
    number = max(session.snapshots, default=0) + 1
    if len(session.snapshots) >= MOST_SNAPSHOTS:
        raise StataError(1000, "too many snapshots")
    kept = DataSnapshot(session.data, time_stamp(datetime.now()), node.option("label", ""))
    session.snapshots[number] = kept
    session.out.write(_described(number, kept))
    session.r = Results({"snapshot": float(number)})


@subcommand(
    "snapshot",
    "label",
    syntax=Syntax("words"),
    synopsis='snapshot label # "text"',
)
def label(session: SessionState, node: Command) -> None:
    if len(node.argument) != 2:
        raise StataError(198, "invalid syntax")
    number = _known(session, node.argument[0])[0]
    session.snapshots[number] = replace(session.snapshots[number], label=node.argument[1])


@subcommand("snapshot", "restore", syntax=Syntax("words"), synopsis="snapshot restore #")
def restore(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    session.data = session.snapshots[_known(session, node.argument[0])[0]].data


@subcommand("snapshot", "list", syntax=Syntax("text"), synopsis="snapshot list [_all | numlist]")
def list_snapshots(session: SessionState, node: Command) -> None:
    numbers = _numbers(session, node)
    session.out.write(*(_described(number, session.snapshots[number]) for number in numbers))
    session.r = Results()


@subcommand("snapshot", "erase", syntax=Syntax("text"), synopsis="snapshot erase {_all | numlist}")
def erase(session: SessionState, node: Command) -> None:
    if not node.argument.strip():
        raise StataError(100, "_all or a list of numbers required")
    for number in _numbers(session, node):
        del session.snapshots[number]


def _numbers(session: SessionState, node: Command) -> list[int]:
    """Return the snapshots that a command names; all of them without a list."""
    typed = node.argument.strip()
    return _known(session, typed) if typed not in ("", "_all") else sorted(session.snapshots)


def _known(session: SessionState, typed: str) -> list[int]:
    numbers = [int(number) for number in parse_numlist(typed) if number == int(number)]
    for number in numbers:
        if number not in session.snapshots:
            raise StataError(198, f"snapshot {number} not found")
    return list(dict.fromkeys(numbers))


def _described(number: int, kept: DataSnapshot) -> str:
    called = f" ({printable(kept.label)})" if kept.label else ""
    return f"snapshot {number}{called} created at {kept.created}"
