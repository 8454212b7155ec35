"""How many columns of a terminal a text takes (not how many characters it has); names cut to a width."""

from __future__ import annotations

import unicodedata


def columns_of(text: str) -> int:
    """Return the columns that a text takes: two for wide East Asian characters, none for combining marks.

    Examples
    --------
    >>> columns_of("abc"), columns_of("日本"), columns_of("e\\u0301")
    (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def cut(text: str, width: int) -> str:
    """Return the beginning of a text that fits in a number of columns."""
    if text.isascii():
        return text[:width]
    used = 0
    for position, character in enumerate(text):
        used += _columns(character)
        if used > width:
            return text[:position]
    return text


def left(text: str, width: int) -> str:
    """Return text padded on the right to a number of columns."""
    return text + " " * (width - columns_of(text))


def right(text: str, width: int) -> str:
    """Return text padded on the left to a number of columns."""
    return " " * (width - columns_of(text)) + text


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Me":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def abbreviate_name(name: str, width: int) -> str:
    """Return a name in at most `width` characters: its start, `~`, and its last character.

    The last two stay when the name ends in a letter and a digit, so that the digit keeps its meaning.

    Examples
    --------
    >>> abbreviate_name("videorelevant", 12), abbreviate_name("centforestarea2", 12)
    ('videorelev~t', 'centfores~a2')
    """
    if len(name) <= width:
        return name
    kept = 2 if width > 4 and name[-1].isdigit() and not name[-2].isdigit() else 1
    return f"{name[: max(1, width - 1 - kept)]}~{name[-kept:]}"
