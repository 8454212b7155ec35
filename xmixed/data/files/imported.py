"""What comes out of a file of another program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset, Variable, default_format

LABEL_LENGTH = 80
"""Characters of a variable or data label."""


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """A dataset made of a file of another program, and what the user is to know of it."""

    dataset: Dataset
    notes: tuple[str, ...] = ()


def labelled_variable(
    name: str, storage_type: str, values: np.ndarray, label: str, notes: list[str]
) -> Variable:
    """Return a variable whose label is cut to its longest; a note says so."""
    if len(label) > LABEL_LENGTH:
        notes.append(f"(note: {name}: label cut to {LABEL_LENGTH} characters)")
    return Variable(name, storage_type, values, default_format(storage_type), label[:LABEL_LENGTH])
