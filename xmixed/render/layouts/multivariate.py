"""What `cluster stop` and `cluster list` print."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule


def render_stopping(rows: Sequence[tuple[int, float]]) -> list[Line]:
    """Return Calinski and Harabasz's pseudo-F by number of groups."""
    edge = line(f"+{rule(13)}+{rule(16)}+")
    lines = [
        line(),
        edge,
        line("|             |  Calinski/     |"),
        line("|  Number of  |  Harabasz      |"),
        line("|  clusters   |  pseudo-F      |"),
        edge,
    ]
    for count, value in rows:
        shown = "." if value != value else f"{value:.2f}"
        lines.append(line("|", result(f"{count:^13d}"), "|", result(f"{shown:>10}".ljust(16)), "|"))
    return [*lines, edge]


def render_analyses(found: Sequence[tuple[str, str, str, str, str, str]]) -> list[Line]:
    """Return name, type, method, measure and variables of each analysis."""
    lines: list[Line] = []
    for name, kind, method, measure, made, variables in found:
        rows = (
            ("type", kind),
            ("method", method),
            ("dissimilarity", measure),
            ("vars", made),
            ("other", variables),
        )
        head = f"{printable(name)}  "
        lines += [
            line(f"{head if not place else ' ' * len(head)}(", f"{label}: ", result(printable(text)), ")")
            for place, (label, text) in enumerate(rows)
        ]
    return lines
