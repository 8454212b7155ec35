"""The table of `compare`."""

from __future__ import annotations

from xmixed.data.operations.comparison import Comparison, Differences
from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule

STUB, COUNT, FIGURE = 23, 10, 14
"""Widths of the names, of the counts and of the figures."""


def render_comparison(one: str, other: str, found: Comparison) -> list[Line]:
    """Return the table that compares two variables; lines of what does not occur are left out."""
    indent = " " * STUB
    total = found.defined.count + found.first_missing + found.second_missing + found.both_missing
    missing = [
        (f"{one} missing only", found.first_missing),
        (f"{other} missing only", found.second_missing),
        ("jointly missing", found.both_missing),
    ]
    return [
        line(),
        line(" " * 40 + "---------- difference ----------"),
        line(indent + "     count       minimum        average     maximum"),
        line(rule(72)),
        *_row(f"{one}<{other}", found.below),
        *_row(f"{one}={other}", Differences(found.equal)),
        *_row(f"{one}>{other}", found.above),
        line(indent + "-" * COUNT),
        *_row("jointly defined", found.defined, always=True),
        *(part for name, count in missing for part in _row(name, Differences(count))),
        line(indent + "-" * COUNT),
        *_row("total", Differences(total), always=True),
    ]


def _row(name: str, found: Differences, always: bool = False) -> list[Line]:
    if not found.count and not always:
        return []
    figures = [found.minimum, found.average, found.maximum]
    text = "".join(f"{_figure(value):>{width}}" for value, width in zip(figures, (14, 15, 12), strict=True))
    return [line(f"{name:<{STUB}}", result(f"{found.count:>{COUNT}}{text}".rstrip()))]


def _figure(value: float | None) -> str:
    return "" if value is None else format_value(value, "%9.0g").strip()
