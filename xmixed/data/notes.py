"""Notes of variables and of the data: characteristics `note1`, `note2` ...; `note0` is the highest number."""

from __future__ import annotations

from xmixed.data.dataset import Dataset
from xmixed.formats.reading import whole_number

LARGEST = 9999
"""Notes of one variable."""


def notes_of(data: Dataset, name: str) -> dict[int, str]:
    """Return the notes of a variable or of `_dta` by their number."""
    texts = data.characteristics.get(name, {})
    numbers = sorted(number for number in map(number_of_note, texts) if number)
    return {number: texts[f"note{number}"] for number in numbers}


def number_of_note(key: str) -> int | None:
    """Return the number of the note that a characteristic is; None when it is none."""
    number = whole_number(key.removeprefix("note"))
    return number if number is not None and 0 <= number <= LARGEST and key == f"note{number}" else None
