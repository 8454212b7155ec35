"""The head and the legend of `margins`; its table is that of coefficients."""

from __future__ import annotations

from dataclasses import dataclass, field

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, wrap

COUNT_COLUMN = 50
LABEL = 13
"""Width of what stands before the colon."""
INDENT = LABEL + 2
NAME_WIDTH = 16
VALUE_WIDTH = 11


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A covariate in the legend: its value and what it is, or the note alone."""

    name: str
    value: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class HeldPoint:
    """The covariates of one `_at`, in blocks with the group that they are for ("" without groups)."""

    blocks: tuple[tuple[str, tuple[HeldRow, ...]], ...]


@dataclass(frozen=True, slots=True)
class MarginsHead:
    """What stands above the table.

    Attributes
    ----------
    title : str
    n : float
    vce : str
        `Robust`, `OLS`; "" for no line.
    fields : tuple of (label, text)
        `Expression`, `dy/dx w.r.t.`, `over`.
    points : tuple of HeldPoint
    numbered : bool
        Whether the points have numbers.
    """

    title: str
    n: float
    vce: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    points: tuple[HeldPoint, ...] = field(default=())
    numbered: bool = False


def render_head(head: MarginsHead, linesize: int, vsquish: bool) -> list[Line]:
    """Return the lines from the blank one before the title to the one before the table."""
    count = format_value(head.n, "%10.0g").strip().rjust(10)
    title = f"{head.title:<{COUNT_COLUMN}}"
    if len(head.title) >= COUNT_COLUMN:
        title = head.title + " "
    lines = [line(), line(result(title.rstrip().ljust(COUNT_COLUMN)), "Number of obs   = ", result(count))]
    if head.vce:
        lines.append(line(f"{'Model VCE':<{LABEL}}: ", result(head.vce)))
    lines.append(line())
    for label, text in head.fields:
        first, *rest = wrap(text, linesize - INDENT)
        lines.append(line(f"{label:<{LABEL}}: ", result(first)))
        lines += [line(" " * INDENT, result(part)) for part in rest]
    for number, point in enumerate(head.points, start=1):
        if head.numbered and not vsquish:
            lines.append(line())
        lines += _point(f"{number}._at" if head.numbered else "at", point)
    return [*lines, line()]


def _point(label: str, point: HeldPoint) -> list[Line]:
    start = f"{label:<{LABEL}}: "
    lines: list[Line] = []
    for group, rows in point.blocks:
        if group:
            lines.append(line(start, result(group)))
            start = " " * INDENT
        for row in rows:
            lines.append(_row(start, row, 4 if group else 0))
            start = " " * INDENT
    return lines


def _row(start: str, row: HeldRow, indent: int) -> Line:
    name = " " * indent + f"{row.name:<{NAME_WIDTH - indent}}"
    if row.value is None:
        return line(start + name, row.note)
    value = format_value(row.value, "%9.0g").strip().rjust(VALUE_WIDTH)
    return line(f"{start}{name}= ", result(value), f" {row.note}" if row.note else "")
