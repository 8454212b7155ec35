"""Notes that a user attaches to estimates; they stand in e(note1), e(note2), ..."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from xmixed.session.results import Estimates

_NOTE = re.compile(r"note(\d+)")


def notes_of(estimates: Estimates) -> tuple[str, ...]:
    """Return the notes in order."""
    numbers = sorted(int(found[1]) for name in estimates.macros if (found := _NOTE.fullmatch(name)))
    return tuple(estimates.macros[f"note{number}"] for number in numbers)


def with_notes(estimates: Estimates, notes: Sequence[str]) -> Estimates:
    """Return the same estimates with these notes in place of theirs."""
    others = {name: text for name, text in estimates.macros.items() if not _NOTE.fullmatch(name)}
    return replace(estimates, macros=others | {f"note{number}": text for number, text in enumerate(notes, 1)})
