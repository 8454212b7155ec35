"""The list of `collapse`: `(mean) a b (sd) s=c`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xmixed.errors import Span, StataError
from xmixed.language.grammar import parse
from xmixed.language.nodes import Pattern, Range

_PART = re.compile(
    r"\s*(?:\(\s*(?P<statistic>\w+)\s*\)|(?P<name>\w+)\s*=\s*(?P<source>\w+)|(?P<item>[^\s()=]+))"
)


@dataclass(frozen=True, slots=True)
class Target:
    """One item: a statistic of some variables, or of one under a new name ("" for its own)."""

    statistic: str
    name: str
    source: Pattern | Range


def read_targets(text: str, default: str = "mean") -> tuple[Target, ...]:
    """Parse a list of targets; r(198), or r(100) for an empty one."""
    found: list[Target] = []
    statistic, position = default, 0
    while text[position:].strip():
        part = _PART.match(text, position)
        if part is None:
            raise StataError(198, "invalid syntax", Span(position, len(text)))
        position = part.end()
        if part["statistic"] is not None:
            statistic = part["statistic"]
        elif part["name"] is not None:
            found.append(Target(statistic, part["name"], Pattern(part["source"])))
        else:
            found += [
                Target(statistic, "", item) for item in parse("varlist", text, Span(*part.span("item")))
            ]
    if not found:
        raise StataError(100, "varlist required")
    return tuple(found)
