"""The tables of `duplicates`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from xmixed.output import Line, line
from xmixed.render.text import result, rule

EVERY = 5
"""Rows between rules."""


def render_report(rows: Sequence[tuple[int, int, int]]) -> list[Line]:
    """Return the table of copies, observations and surplus."""
    lines = [
        line(),
        line(rule(38)),
        line("   copies | observations       surplus"),
        line(f"{rule(10)}+{rule(27)}"),
    ]
    for copies, count, surplus in rows:
        lines.append(line(f"{copies:9d} | ", result(f"{count:12d}{surplus:14d}")))
    return [*lines, line(rule(38))]


def render_listing(columns: Sequence[tuple[str, Sequence[str]]], rules: Collection[int]) -> list[Line]:
    """Return a framed list of columns, right-justified; `rules` are the rows above which a rule stands."""
    widths = [max(len(head), *map(len, cells)) for head, cells in columns]
    width = sum(widths) + 3 * (len(widths) - 1) + 2
    frame = f"  +{rule(width)}+"

    def row(cells: Sequence[str]) -> Line:
        shown = "   ".join(cell.rjust(size) for cell, size in zip(cells, widths, strict=True))
        return line(f"  | {shown} |")

    lines = [line(), line(frame), row([head for head, _ in columns]), line(f"  |{rule(width)}|")]
    count = len(columns[0][1])
    for i in range(count):
        if i in rules:
            lines.append(line(f"  |{rule(width)}|"))
        lines.append(row([cells[i] for _, cells in columns]))
    return [*lines, line(frame)]
