"""What commands are: one entry each, from which parsing, help and completion come; found by `table.py`."""

from __future__ import annotations

import importlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from xmixed.commands.table import COMMANDS, SUBCOMMANDS, Listed
from xmixed.errors import StataError
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word, split_subcommand_word
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
    """One command or subcommand.

    Attributes
    ----------
    name : str
        Full name; that of a subcommand begins with its command: `estat icc`.
    minimum, summary : str
        Shortest abbreviation and one line, as in the table.
    syntax : Syntax
        That of a command with subcommands reads what begins with none of them.
    handler : callable(session, node)
        Returns nothing: it writes to `session.out`, sets `session.r`, changes the data.
    synopsis : str
        The syntax line of the help.
    needs : frozenset of str
        "data": variables in memory (else r(111) by the varlist, or `no variables defined` r(111));
        "estimates": e() results (else `last estimates not found` r(301)).
    after : frozenset of str
        What e(cmd) must be, else r(321) `estat icc not valid`; empty for anything.
    kind : Kind
        How the interpreter runs it.
    by : By
        What the prefix `by` does with it.
    block : bool
        A block in braces may follow.
    keeps_r : bool
        The command leaves r() as it was.
    by_reference : bool
        It can work with data that are not in memory (`data/reference`), or needs none of their rows.
    """

    name: str
    minimum: str
    syntax: Syntax
    handler: Handler
    synopsis: str
    summary: str
    needs: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    kind: Kind = "command"
    by: By = "no"
    block: bool = False
    keeps_r: bool = False
    by_reference: bool = False

    @property
    def takes_rows(self) -> bool:
        """Whether it is about observations: it needs data, or takes `if`, `in` or weights."""
        syntax = self.syntax
        qualified = bool(syntax.condition or syntax.in_range or syntax.weights)
        return "data" in self.needs or qualified and syntax.argument != "filename"

    @property
    def options(self) -> tuple[OptionSpec, ...]:
        """All its options, those of equations first."""
        return (*self.syntax.fixed_options, *self.syntax.random_options, *self.syntax.options)


_ENTRIES: dict[str, CommandEntry] = {}


def command(
    name: str,
    *,
    syntax: Syntax,
    synopsis: str,
    needs: Iterable[str] = (),
    after: Iterable[str] = (),
    kind: Kind = "command",
    by: By = "no",
    block: bool = False,
    keeps_r: bool = False,
    by_reference: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the decorated handler as a command of the table; several names may stack on one handler."""

    def register(handler: Handler) -> Handler:
        if name in _ENTRIES:
            raise RuntimeError(f"command {name} is registered twice")
        listed = SUBCOMMANDS.get(name) or COMMANDS.get(name) or Listed(name, None)
        _ENTRIES[name] = CommandEntry(
            name,
            listed.minimum,
            syntax,
            handler,
            synopsis,
            listed.summary,
            frozenset(needs),
            frozenset(after),
            kind,
            by,
            block,
            keeps_r,
            by_reference,
        )
        return handler

    return register


def subcommand(
    name: str,
    word: str,
    *,
    syntax: Syntax,
    synopsis: str = "",
    needs: Iterable[str] = (),
    after: Iterable[str] = (),
    by: By = "no",
    keeps_r: bool = False,
    by_reference: bool = False,
) -> Callable[[Handler], Handler]:
    """Register the decorated handler as a subcommand; its node's name is `NAME WORD`."""
    full = f"{name} {word}"
    return command(
        full,
        syntax=syntax,
        synopsis=synopsis or full,
        needs=needs,
        after=after,
        by=by,
        keeps_r=keeps_r,
        by_reference=by_reference,
    )


# --- looking up -----------------------------------------------------------------------------------------


def resolve(word: str) -> str | None:
    """Return the full name of the command that a typed word means, built or not; a full name always wins."""
    return _match(word, COMMANDS, _names())


def subcommands_of(name: str) -> tuple[str, ...]:
    """Return the words of the subcommands of a command that are built, sorted."""
    return tuple(
        word for word in _words().get(name, ()) if SUBCOMMANDS[f"{name} {word}"].module and ":" not in word
    )


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(COMMANDS))


@cache
def _words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for full in sorted(SUBCOMMANDS):
        name, _, word = full.partition(" ")
        found.setdefault(name, []).append(word)
    return {name: tuple(words) for name, words in found.items()}


def _match(typed: str, listed: dict[str, Listed], names: Sequence[str], before: str = "") -> str | None:
    """Return the name that an abbreviation means; what is built comes before what is not."""
    if before + typed in listed:
        return typed
    if not typed:
        return None
    unbuilt = None
    for at in range(bisect_left(names, typed), len(names)):
        name = names[at]
        if not name.startswith(typed):
            break
        found = listed[before + name]
        if len(typed) >= len(found.minimum):
            if found.module is not None:
                return name
            unbuilt = unbuilt or name
    return unbuilt


def find_command(word: str) -> CommandEntry:
    """Return the entry that a typed command name means.

    Raises
    ------
    StataError
        r(199): `unrecognized command:  foo`, or that a Stata command does not exist here yet.
    """
    name = resolve(word)
    if name is not None and COMMANDS[name].module is not None:
        return entry_of(name)
    if name is not None:
        raise _not_built(name, COMMANDS[name])
    if not (word[:1].isalpha() and word.isascii() or word[:1] == "_"):
        raise StataError(199, f"unrecognized command:  {word} invalid command name")
    raise StataError(199, f"unrecognized command:  {word}")


def find_entry(text: str) -> tuple[CommandEntry, int]:
    """Return the command or subcommand with which a line begins, and the position after its words.

    A command takes what follows it itself when that is not one of its subcommands.

    Raises
    ------
    StataError
        As `find_command`; r(199) for a subcommand of Stata that does not exist here yet.
    """
    word, end = split_command_word(text)
    entry = find_command(word)
    if entry.name in _words():
        word, position = split_subcommand_word(text, end)
        name = _match(word, SUBCOMMANDS, _words()[entry.name], f"{entry.name} ")
        if name is not None:
            full = f"{entry.name} {name}"
            if SUBCOMMANDS[full].module is None:
                raise _not_built(full, SUBCOMMANDS[full])
            return entry_of(full), position
    return entry, end


def entry_of(name: str) -> CommandEntry:
    """Return the entry of a command or subcommand that is built, by its full name; imports its module."""
    if name not in _ENTRIES:
        listed = SUBCOMMANDS.get(name) or COMMANDS[name]
        importlib.import_module(f"xmixed.commands.{listed.module}")
    return _ENTRIES[name]


def _not_built(name: str, listed: Listed) -> StataError:
    hint = f"({listed.nearest} comes nearest)" if listed.nearest else ""
    return StataError(199, f"command {name} is not implemented in xmixed", hint=hint)


def built(table: dict[str, Listed]) -> dict[str, Listed]:
    """Return the part of the table that exists here, sorted by name."""
    return {name: table[name] for name in sorted(table) if table[name].module is not None}


def commands() -> dict[str, CommandEntry]:
    """Return every command that is built, by full name; imports all their modules."""
    return {name: entry_of(name) for name in built(COMMANDS)}


def subcommands() -> dict[str, CommandEntry]:
    """Return every subcommand that is built, by full name; imports all their modules."""
    return {name: entry_of(name) for name in built(SUBCOMMANDS)}
