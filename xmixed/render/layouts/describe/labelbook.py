"""The blocks of `labelbook`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xmixed.data.operations.label_facts import LabelFacts
from xmixed.data.value_labels import LONG_MISSING
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

LEFT, RIGHT, VALUE, TEXT = 12, 54, 12, 15
"""Columns of the colons, the width of values in the definition, the column of their texts."""


def render_label(
    name: str,
    facts: LabelFacts,
    length: int,
    texts: Mapping[int, str],
    variables: Sequence[str],
    linesize: int,
) -> list[Line]:
    """Return the block of one value label; `texts` are those to show."""
    span = "none" if facts.low is None else f"[{facts.low},{facts.high}]"
    left = [
        ("range", span),
        ("N", str(facts.count)),
        ("gaps", _yes(facts.gaps)),
        ("missing .*", str(facts.extended)),
    ]
    right = [
        ("string length", f"[{facts.shortest},{facts.longest}]"),
        ("unique at full length", _yes(facts.unique)),
        (f"unique at length {length}", _yes(facts.unique_cut)),
        ("null string", _yes(facts.null)),
        ("leading/trailing blanks", _yes(facts.blanks)),
        ("numeric -> numeric", _yes(facts.numeric)),
    ]
    rows = [_row(left[place] if place < len(left) else None, right[place]) for place in range(len(right))]
    definition = [
        line(result(f"{_code(value):>{VALUE}}"), " " * (TEXT - VALUE), printable(text))
        for value, text in texts.items()
    ]
    ruled = line(rule(linesize))
    users = line(f"{'variables':>{LEFT}}:  ", result(" ".join(variables)))
    head = line("value label ", result(printable(name)))
    title = line(f"{'values':>12}".ljust(48) + "labels")
    below = line("  definition")
    return [line(), ruled, head, ruled, line(), title, *rows, below, *definition, line(), users, line()]


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _row(left: tuple[str, str] | None, right: tuple[str, str]) -> Line:
    begin = f"{left[0]:>{LEFT}}:  {left[1]}" if left else ""
    room = max(RIGHT, len(begin) + 2 + len(right[0]))
    return line(begin + f"{right[0]:>{room - len(begin)}}:  ", result(right[1]))


def _code(value: int) -> str:
    if value < LONG_MISSING:
        return str(value)
    return "." + chr(ord("a") + value - LONG_MISSING - 1) if value > LONG_MISSING else "."
