"""The files that commands here read, and what they say of storage types and labels."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.data.dataset import Dataset
from xmixed.data.operations.stacking import Promotion
from xmixed.render.text import printable
from xmixed.session.state import SessionState


def read_using(session: SessionState, name: str) -> Dataset:
    """Return the dataset in a file and say what changed on its way; r(601) and the codes of `use`."""
    from xmixed.data.files.dataset_file import read_dataset

    found = read_dataset(name)
    session.out.write(*map(printable, found.notes))
    return found.dataset


def say_changes(session: SessionState, promotions: Sequence[Promotion], labels: Sequence[str]) -> None:
    """Say which variables needed another storage type and which value labels were there already."""
    session.out.write(*(f"{item.name} was {item.before} now {item.after}" for item in promotions))
    session.out.write(*(f"(label {name} already defined)" for name in labels))
