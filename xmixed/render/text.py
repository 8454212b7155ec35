"""Characters: rules, wrapping, and what may be printed of a user's text."""

from __future__ import annotations

import unicodedata

from xmixed.output import Styled


def printable(text: str) -> str:
    """Return text without control characters (a label must not steer the terminal).

    Tabs and line ends become blanks; every other character of the Unicode classes Cc, Cf, Cs, Zl and Zp goes.
    """
    if text.isascii() and text.isprintable():
        return text
    kept = (" " if c in "\t\n\r" else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})


def counted(count: int, one: str, several: str = "") -> str:
    """Return `1 real change` or `5 real changes`; Stata 12 writes no commas."""
    return f"{count} {one if count == 1 else several or one + 's'}"


def rule(width: int) -> str:
    """Return a line of dashes."""
    return "-" * width


def comma(number: int) -> str:
    """Return a whole number with thousands separated by commas."""
    return f"{number:,d}"


def plural(count: int, one: str, several: str) -> str:
    """Return `1 real change` or `5 real changes`; Stata 12 writes no commas."""
    return f"{count} {one if count == 1 else several}"


def wrap(text: str, first: int, other: int | None = None) -> list[str]:
    """Break text at blanks into lines of at most `first` characters, the later ones of at most `other`.

    A word longer than a line is cut. Runs of blanks inside a line stay; an empty text is one empty line.

    Examples
    --------
    >>> wrap("log(bldg/other component of public)", 33, 31)
    ['log(bldg/other component of', 'public)']
    """
    lines: list[str] = []
    rest, width = text.rstrip(), first
    while len(rest) > width:
        cut = rest.rfind(" ", 0, width + 1)
        head = rest[:cut].rstrip() if cut > 0 else ""
        if not head:
            cut, head = width, rest[:width]
        lines.append(head)
        rest = rest[cut:].lstrip()
        width = first if other is None else other
    return [*lines, rest] if rest or not lines else lines


def result(text: str) -> Styled:
    """Return a run in the style of results."""
    return Styled(text, "result")
