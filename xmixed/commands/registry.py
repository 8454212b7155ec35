"""The command table: one entry per command, from which parsing, help, completion and the docs come."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from xmixed.errors import StataError
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

Handler = Callable[[SessionState, Any], None]

Kind = Literal[
    "command",
    "prefix",  # `quietly`, `by`: the handler gets the rest of the line and runs it
    "control",  # `do`, `run`: runs other lines, each with a snapshot of its own; takes none itself
]
By = Literal[
    "no",  # `by` is refused
    "whole",  # the handler takes all groups at once (`Context.partition`)
    "each",  # the handler runs once a group
]


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One command.

    Attributes
    ----------
    name : str
        Full name.
    minimum : str
        Shortest abbreviation.
    syntax : Syntax
    handler : callable(session, node)
        Returns nothing: it writes to `session.out`, sets `session.r`, changes the data.
    synopsis : str
        The syntax line of the help.
    summary : str
        One line.
    needs : frozenset of str
        "data": variables in memory (else r(111) by the varlist, or `no variables defined` r(111));
        "estimates": e() results (else `last estimates not found` r(301)).
    kind : Kind
        How the interpreter runs it.
    by : By
        What the prefix `by` does with it.
    block : bool
        A block in braces may follow.
    keeps_r : bool
        The command leaves r() as it was.
    """

    name: str
    minimum: str
    syntax: Syntax
    handler: Handler
    synopsis: str
    summary: str
    needs: frozenset[str] = frozenset()
    kind: Kind = "command"
    by: By = "no"
    block: bool = False
    keeps_r: bool = False


_ENTRIES: dict[str, CommandEntry] = {}


def command(
    name: str,
    minimum: str | None = None,
    *,
    syntax: Syntax,
    synopsis: str,
    summary: str,
    needs: tuple[str, ...] = (),
    kind: Kind = "command",
    by: By = "no",
    block: bool = False,
    keeps_r: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the decorated handler as a command; several names may stack on one handler."""

    def register(handler: Handler) -> Handler:
        entry = CommandEntry(
            name,
            minimum or name,
            syntax,
            handler,
            synopsis,
            summary,
            frozenset(needs),
            kind,
            by,
            block,
            keeps_r,
        )
        if name in _ENTRIES:
            raise RuntimeError(f"command {name} is registered twice")
        _ENTRIES[name] = entry
        return handler

    return register


_DECLARATION = re.compile(r'^@command\(\s*"(\w+)"(?:,\s*"(\w+)")?', re.MULTILINE)

_NAME = re.compile(r"[A-Za-z_]")


@cache
def declared() -> dict[str, tuple[str, str]]:
    """Return minimum abbreviation and module of every command by full name, without importing them.

    The names are read from the decorators in the sources: a one-liner should not wait for the modules of
    commands that it does not use. Without sources all modules are imported.
    """
    import xmixed.commands as package

    table: dict[str, tuple[str, str]] = {}
    for folder in package.__path__:
        for file in sorted(Path(folder).glob("*.py")):
            for name, minimum in _DECLARATION.findall(file.read_text(encoding="utf-8")):
                table[name] = (minimum or name, f"{package.__name__}.{file.stem}")
    if not table:
        table = {name: (entry.minimum, entry.handler.__module__) for name, entry in commands().items()}
    return dict(sorted(table.items()))


@cache
def commands() -> dict[str, CommandEntry]:
    """Return every command by full name; imports the modules of this package once."""
    import xmixed.commands as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_ENTRIES.items()))


@cache
def _by_abbreviation() -> dict[str, str]:
    """Return full names by every accepted abbreviation (a full name always wins)."""
    table: dict[str, str] = {}
    for name, (minimum, _) in declared().items():
        for length in range(len(minimum), len(name)):
            table.setdefault(name[:length], name)
    table.update({name: name for name in declared()})
    return table


def find_command(word: str) -> CommandEntry:
    """Return the entry that a typed command name means.

    Raises
    ------
    StataError
        r(199): `unrecognized command:  foo`, or that a Stata command does not exist here yet.
    """
    name = _by_abbreviation().get(word)
    if name is not None:
        if name not in _ENTRIES:
            importlib.import_module(declared()[name][1])
        return _ENTRIES[name]
    from xmixed.commands.unbuilt import NOT_BUILT

    for known, minimum in NOT_BUILT.items():
        if known.startswith(word) and len(word) >= len(minimum):
            raise StataError(199, f"command {known} is not implemented in xmixed")
    if not _NAME.match(word):
        raise StataError(199, f"unrecognized command:  {word} invalid command name")
    raise StataError(199, f"unrecognized command:  {word}")
