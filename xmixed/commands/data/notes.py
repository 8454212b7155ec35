"""notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from xmixed.commands.registry import command, subcommand
from xmixed.commands.varlists import names_in
from xmixed.data.dataset import Dataset
from xmixed.data.notes import LARGEST, notes_of, number_of_note
from xmixed.errors import StataError
from xmixed.formats.calendar import time_stamp
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_by, parse_command
from xmixed.language.syntax import Syntax
from xmixed.output import line
from xmixed.render.text import plural, printable, result, wrap
from xmixed.session.state import SessionState

DATASET = "_dta"
INDENT = 6
LISTED = Syntax("words", in_range=True)
"""What names notes: `varlist [in #[/#]]`."""


def with_notes(data: Dataset, name: str, notes: dict[int, str]) -> Dataset:
    """Return data with notes in the place of those there; `note0` is the highest number."""
    texts = {k: v for k, v in data.characteristics.get(name, {}).items() if number_of_note(k) is None}
    if notes:
        texts["note0"] = str(max(notes))
        texts |= {f"note{number}": text for number, text in sorted(notes.items())}
    return data.with_characteristics(name, texts)


@command(
    "notes",
    syntax=Syntax("raw"),
    synopsis="notes [varname]: text  or  notes [list] [varlist] [in #[/#]]  or  notes drop varlist [in #[/#]]"
    "  or  notes replace varname in #: text  or  notes renumber varname",
    keeps_r=True,
)
def notes(session: SessionState, node: Command) -> None:
    head, colon, text = node.argument.partition(":")
    if colon:
        _write_note(session, head.strip(), text.strip())
        return
    list_notes(session, parse_by(node, LISTED))


def _evarlist(words: Sequence[str], data: Dataset) -> list[str]:
    """Return variables and `_dta` in a list; all of them, `_dta` first, when it is empty."""
    if not words:
        return [DATASET, *data.names]
    found: list[str] = []
    for word in words:
        found += [DATASET] if word == DATASET else names_in(word, data)
    return list(dict.fromkeys(found))


def _numbers(node: Command) -> tuple[int, int]:
    """Return the first and the last number meant."""
    return (1, LARGEST) if node.in_range is None else (node.in_range.first, node.in_range.last)


def _write_note(session: SessionState, head: str, text: str) -> None:
    data, text = session.data, _stamped(text)
    name = _only(head.split() or [DATASET], data)
    known = notes_of(data, name)
    number = max(known, default=0) + 1
    if number > LARGEST:
        raise StataError(198, f"{name} has too many notes")
    session.data = with_notes(data, name, known | {number: text})


def _stamped(text: str) -> str:
    """Return the text of a note with the time in the place of TS; r(198) when it is empty."""
    if not text:
        raise StataError(198, "nothing to add")
    return " ".join(time_stamp(datetime.now()) if word == "TS" else word for word in text.split(" "))


@subcommand(
    "notes", "replace", syntax=Syntax("raw"), synopsis="notes replace varname in #: text", keeps_r=True
)
def replace(session: SessionState, node: Command) -> None:
    head, colon, text = node.argument.partition(":")
    if not colon:
        raise StataError(198, "invalid syntax")
    text = _stamped(text.strip())
    meant = parse_command(node.name, LISTED, head, 0)
    assert isinstance(meant, Command)
    name, (number, _) = _only(meant.argument, session.data), _numbers(meant)
    known = notes_of(session.data, name)
    if number not in known:
        raise StataError(198, f"note {number} for {name} not found")
    session.data = with_notes(session.data, name, known | {number: text})
    session.out.write(f"(note {number} for {name} replaced)")


def _only(words: Sequence[str], data: Dataset) -> str:
    names = _evarlist(words, data) if words else []
    if not names:
        raise StataError(100, "varname required")
    if len(names) > 1:
        raise StataError(103, "too many variables specified")
    return names[0]


@subcommand(
    "notes",
    "list",
    syntax=LISTED,
    synopsis="notes list [varlist] [in #[/#]]",
    keeps_r=True,
    by_reference=True,
)
def list_notes(session: SessionState, node: Command) -> None:
    first, last = _numbers(node)
    _show(session, _evarlist(node.argument, session.data), lambda number, note: first <= number <= last)


def _show(session: SessionState, names: list[str], wanted: Callable[[int, str], bool]) -> None:
    width = max(20, session.settings.linesize - INDENT)
    for name in names:
        chosen = {n: note for n, note in notes_of(session.data, name).items() if wanted(n, note)}
        if not chosen:
            continue
        session.out.write("", line(result(f"{name}:")))
        for number, note in chosen.items():
            head, *more = wrap(printable(note), width)
            session.out.write(line(f"{number:3d}.  ", result(head)))
            session.out.write(*(line(" " * INDENT, result(part)) for part in more))


@subcommand("notes", "search", syntax=Syntax("words"), synopsis="notes search [text]", keeps_r=True)
def search(session: SessionState, node: Command) -> None:
    text = " ".join(node.argument)
    _show(session, _evarlist((), session.data), lambda number, note: text in note)


@subcommand(
    "notes",
    "drop",
    syntax=LISTED,
    synopsis="notes drop varlist [in #[/#]]",
    keeps_r=True,
    by_reference=True,
)
def drop(session: SessionState, node: Command) -> None:
    first, last = _numbers(node)
    if not node.argument:
        raise StataError(100, "varlist required")
    dropped = 0
    for name in _evarlist(node.argument, session.data):
        known = notes_of(session.data, name)
        kept = {number: note for number, note in known.items() if not first <= number <= last}
        if len(kept) < len(known):
            session.data = with_notes(session.data, name, kept)
            dropped += len(known) - len(kept)
    session.out.write(f"({plural(dropped, 'note', 'notes')} dropped)")


@subcommand("notes", "renumber", syntax=Syntax("words"), synopsis="notes renumber varname", keeps_r=True)
def renumber(session: SessionState, node: Command) -> None:
    name = _only(node.argument, session.data)
    known = notes_of(session.data, name)
    session.data = with_notes(session.data, name, dict(enumerate(known.values(), 1)))
