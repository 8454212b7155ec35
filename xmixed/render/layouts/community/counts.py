"""What `distinct`, `mdesc`, `nmissing` and `missings` print."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats.width import abbreviate_name, right
from xmixed.output import Line, line
from xmixed.render.text import result, rule


def render_distinct(rows: Sequence[tuple[str, int, int]], most: int) -> list[Line]:
    """Return the table of `distinct`: names, numbers of values, of different ones."""
    names = [abbreviate_name(name, most) for name, _, _ in rows]
    width = max((len(name) for name in names), default=0) + 1
    shown = [
        line(right(name, width) + " | ", result(f"{total:10d} {count:10d}"))
        for name, (_, total, count) in zip(names, rows, strict=True)
    ]
    return [
        line(),
        line(" " * width + " |        Observations"),
        line(" " * width + " |      total   distinct"),
        line(rule(width + 1) + "+" + rule(22)),
        *shown,
    ]


def render_mdesc(rows: Sequence[tuple[str, int]], n: int, most: int) -> list[Line]:
    """Return the table of `mdesc`: names and numbers of missing values among n."""
    edge = line(rule(16) + "+" + rule(47))
    shown = [
        line(
            right(abbreviate_name(name, most), 14) + "  | ",
            result(f"{count:11d} {n:14d} {100 * count / n:14.2f}"),
        )
        for name, count in rows
    ]
    head = "    Variable    |     Missing          Total     Percent Missing"
    return [line(), line(head), edge, *shown, edge]


def render_missings(rows: Sequence[tuple[str, int]], n: int) -> list[Line]:
    """Return the table of `missings report`; with n, per cent of it too."""
    if not rows:
        return []
    width = max(len(name) for name, _ in rows) + 1
    head = f"{'#':>11}" + (f"{'%':>11}" if n else "")
    lines = [line(), line(" " * width + " |" + head), line(rule(width + 1) + "+" + rule(len(head)))]
    for name, count in rows:
        figures = f"{count:11d}" + (f"{100 * count / n:11.2f}" if n else "")
        lines.append(line(right(name, width) + " |", result(figures)))
    return lines


def render_counts_of_values(rows: Sequence[tuple[str, int]]) -> list[Line]:
    """Return a line for each variable, or observation, with its count."""
    return [line(), *(line(f"{name:<16}", result(f"{count:>8}")) for name, count in rows)] if rows else []
