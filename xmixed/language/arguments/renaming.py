"""The patterns of `rename`: `*`, `?` and `#` in old names, what they become in new ones."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmixed.errors import StataError

_WILDCARD = re.compile(r"\*|\?+|#+|\(#+\)")
_NEW_PIECE = re.compile(r"\*(?:\[(\d+)\])?|\?+(?:\[(\d+)\])?|\(?#+\)?(?:\[(\d+)\])?|=")


@dataclass(frozen=True, slots=True)
class Matched:
    """An old name, and what each wildcard of its pattern stood for."""

    name: str
    parts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def has_wildcards(text: str) -> bool:
    """Return whether a name holds `*`, `?` or `#`."""
    return _WILDCARD.search(text) is not None


def match_names(pattern: str, names: list[str]) -> list[Matched]:
    """Return the names that a pattern means, in their order.

    `*` stands for any characters, `?` for one, `#` for digits (`##` and `(##)`: as many digits).
    """
    expression, kinds, position = "", [], 0
    for mark in _WILDCARD.finditer(pattern):
        expression += re.escape(pattern[position : mark.start()])
        position = mark.end()
        kind = mark.group()
        if kind == "*":
            expression += "(.*?)"
        elif kind[0] == "?":
            expression += f"(.{{{len(kind)}}})"
        elif kind in ("#", "(#)"):
            expression += "([0-9]+)"
        else:
            expression += f"([0-9]{{{kind.count('#')}}})"
        kinds.append("#" if "#" in kind else kind[0])
    compiled = re.compile(expression + re.escape(pattern[position:]))
    found = [(name, compiled.fullmatch(name)) for name in names]
    return [Matched(name, hit.groups(), tuple(kinds)) for name, hit in found if hit is not None]


def new_name(pattern: str, old: Matched, number: int) -> str:
    """Return the name that a pattern makes of an old one.

    `*`, `?` and `#` take over what the wildcards of the old pattern stood for, `=` the whole old name; a
    `#` without one before counts.

    Parameters
    ----------
    number : int
        Place among the names that are renamed, from 1.

    Raises
    ------
    StataError
        r(198): a wildcard that stands for nothing.
    """
    used: set[int] = set()

    def take(kind: str, explicit: str | None) -> str | None:
        if explicit is not None:
            place = int(explicit) - 1
            if not 0 <= place < len(old.parts):
                raise StataError(198, "invalid syntax")
            return old.parts[place]
        for place, held in enumerate(old.kinds):
            if place not in used and (held == kind or kind == "*"):
                used.add(place)
                return old.parts[place]
        return None

    def replaced(mark: re.Match[str]) -> str:
        text = mark.group()
        if text == "=":
            return old.name
        explicit = next((group for group in mark.groups() if group), None)
        kind = "#" if "#" in text else text[0]
        found = take(kind, explicit)
        if kind == "#":
            width = text.count("#")
            if found is None:
                return f"{number:0{width}d}" if width > 1 else str(number)
            return found if width == 1 else f"{int(found):0{width}d}"
        if found is None:
            if kind == "*" and not old.kinds:
                return old.name
            raise StataError(198, "invalid syntax")
        return found

    return _NEW_PIECE.sub(replaced, pattern)
