"""The command table: one entry per command, from which parsing, help, completion and the docs come."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from xmixed.errors import StataError
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

Handler = Callable[[SessionState, Any], None]


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
    prefix : bool
        A prefix command (`quietly`, `by`): the interpreter handles the colon and the rest.
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
    prefix: bool = False
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
    prefix: bool = False,
    keeps_r: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the decorated handler as a command; several names may stack on one handler."""

    def register(handler: Handler) -> Handler:
        entry = CommandEntry(
            name, minimum or name, syntax, handler, synopsis, summary, frozenset(needs), prefix, keeps_r
        )
        if name in _ENTRIES:
            raise RuntimeError(f"command {name} is registered twice")
        _ENTRIES[name] = entry
        return handler

    return register


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
    for name, entry in commands().items():
        for length in range(len(entry.minimum), len(name)):
            table.setdefault(name[:length], name)
    table.update({name: name for name in commands()})
    return table


def find_command(word: str) -> CommandEntry:
    """Return the entry that a typed command name means.

    Raises
    ------
    StataError
        r(199): `unrecognized command:  foo`, or that a Stata command does not exist here yet.
    """
    from xmixed.commands.unbuilt import NOT_BUILT

    name = _by_abbreviation().get(word)
    if name is not None:
        return commands()[name]
    for known, minimum in NOT_BUILT.items():
        if known.startswith(word) and len(word) >= len(minimum):
            raise StataError(199, f"command {known} is not implemented in xmixed")
    raise StataError(199, f"unrecognized command:  {word}")
