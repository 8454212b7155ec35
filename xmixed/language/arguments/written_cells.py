"""Cells as `putexcel` takes them: A1=("text") B2=exp C3=matrix(M, names) D4:E5."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmixed.errors import StataError

_BLOCK = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]*(?::\$?[A-Za-z]{1,3}\$?[1-9][0-9]*)?"
_START = re.compile(rf"(?:\(\s*({_BLOCK})\s*\)|({_BLOCK}))\s*(?:=(?!=)\s*|(?=\s|$))")
_CALL = re.compile(r"(matrix|matri|matr|mat|formula)\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class WrittenCell:
    """What goes to a block of cells.

    Attributes
    ----------
    block : str
        As typed, A1 or A1:B2.
    kind : str
        "matrix", "formula", "value", or "" where only the format of the cells changes.
    text : str
        An expression.
    words : tuple of str
        Behind the comma of `matrix()`.
    """

    block: str
    kind: str = ""
    text: str = ""
    words: tuple[str, ...] = ()


def written_cells(text: str) -> list[WrittenCell]:
    """Return the cells of a command.

    Raises
    ------
    StataError
        r(198) where the text does not begin with a cell.
    """
    starts = [found for place in _outside(text) if (found := _START.match(text, place))]
    starts = [found for found in starts if _begins(text, found.start())]
    starts = [found for found in starts if "=" in found[0]] or starts
    if not starts or text[: starts[0].start()].strip():
        raise StataError(198, "invalid cell name")
    ends = [found.start() for found in starts[1:]] + [len(text)]
    return [_cell(found, text[found.end() : end].strip()) for found, end in zip(starts, ends, strict=True)]


def _begins(text: str, place: int) -> bool:
    return place == 0 or text[place - 1].isspace() or text[place - 1] in ')"'


def _outside(text: str) -> list[int]:
    """Return the places that are in no parentheses and no quotes."""
    places, depth, quoted = [], 0, False
    for place, character in enumerate(text):
        if not quoted and depth == 0 and character != '"':
            places.append(place)
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
    return places


def _cell(found: re.Match[str], value: str) -> WrittenCell:
    block = found[1] or found[2]
    if "=" not in found[0]:
        if value:
            raise StataError(198, "invalid syntax")
        return WrittenCell(block)
    if not value:
        raise StataError(198, "invalid syntax")
    call = _CALL.fullmatch(value)
    if call is None:
        return WrittenCell(block, "value", value)
    if call[1].lower() == "formula":
        return WrittenCell(block, "formula", call[2].strip())
    inside, comma, words = call[2].rpartition(",")
    if not comma or not words.replace(" ", "").isalpha():
        return WrittenCell(block, "matrix", call[2].strip())
    return WrittenCell(block, "matrix", inside.strip(), tuple(words.split()))
