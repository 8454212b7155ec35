"""`tempvar`, `tempname`, `tempfile`: names that end with their program; `preserve`, `restore`."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.data.files.leftovers import sweep, temporary_path
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.frames import Temporary
from xmixed.session.state import SessionState
from xmixed.session.temporaries import temporary_name, temporary_variable


def _names(node: Command) -> tuple[str, ...]:
    if not node.argument:
        raise StataError(198, "invalid syntax")
    for name in node.argument:
        if not all(character.isalnum() or character == "_" for character in name) or len(name) > 31:
            raise StataError(198, f"{name} invalid name")
    return node.argument


@command(
    "tempvar",
    syntax=Syntax("words"),
    synopsis="tempvar lclname [lclname ...]",
    keeps_r=True,
)
def tempvar(session: SessionState, node: Command) -> None:
    for name in _names(node):
        session.locals[name] = temporary_variable(session)


@command(
    "tempname",
    syntax=Syntax("words"),
    synopsis="tempname lclname [lclname ...]",
    keeps_r=True,
)
def tempname(session: SessionState, node: Command) -> None:
    for name in _names(node):
        made = session.locals[name] = temporary_name(session)
        session.frame.temporaries.append(Temporary("name", made))


@command(
    "tempfile",
    syntax=Syntax("words"),
    synopsis="tempfile lclname [lclname ...]",
    keeps_r=True,
)
def tempfile(session: SessionState, node: Command) -> None:
    for name in _names(node):
        if not session.temporary_files:
            sweep()
        session.temporary_files += 1
        path = temporary_path(session.temporary_files)
        session.locals[name] = path
        session.frame.temporaries.append(Temporary("file", path))


@command(
    "preserve",
    syntax=Syntax(options=(OptionSpec("changed", "changed", help="mark the data as changed"),)),
    synopsis="preserve",
    kind="control",
    keeps_r=True,
)
def preserve(session: SessionState, node: Command) -> None:
    if session.frame.preserved is not None:
        raise StataError(621, "already preserved")
    changed = session.data.changed or bool(node.option("changed"))
    session.frame.preserved = session.data.with_(changed=changed)


@command(
    "restore",
    syntax=Syntax(
        options=(
            OptionSpec("not", "not", help="forget what was preserved"),
            OptionSpec("preserve", "pres", help="bring the data back and keep them preserved"),
        ),
    ),
    synopsis="restore [, not preserve]",
    kind="control",
    keeps_r=True,
)
def restore(session: SessionState, node: Command) -> None:
    frame = session.frame
    if frame.preserved is None:
        raise StataError(622, "nothing to restore")
    kept = frame.preserved
    if not node.option("not"):
        session.data = kept
    if not node.option("preserve"):
        frame.preserved = None
