"""How many columns of a terminal a text takes (not how many characters it has); names cut to a width."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


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


def abbreviate_name(name: str, width: int, among: Iterable[str] = ()) -> str:
    """Return a name in at most `width` characters: its start, `~`, and as much of its end as tells it apart.

    Stata: first all the digits at the end are tried, then the last one, two, three ... characters, until no
    other name begins with the same start and ends with the same end. When none does, the last one stays.

    Parameters
    ----------
    among : iterable of str
        The names that it must not be taken for: the variables in memory.

    Examples
    --------
    >>> abbreviate_name("videorelevant", 12), abbreviate_name("cogat_verbal2017", 14)
    ('videorelev~t', 'cogat_ver~2017')
    >>> abbreviate_name("hivcontactsmale", 12, ["hivcontactsfemale"])
    'hivcon~smale'
    """
    if len(name) <= width:
        return name
    others = [other for other in among if other != name]
    digits = len(name) - len(name.rstrip("0123456789"))
    first = [digits] if 0 < digits < width - 1 else []
    for kept in (*first, *range(1, width - 1)):
        head, tail = name[: width - 1 - kept], name[-kept:]
        if not any(other.startswith(head) and other.endswith(tail) for other in others):
            return f"{head}~{tail}"
    return f"{name[: max(1, width - 2)]}~{name[-1]}"
