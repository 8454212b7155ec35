"""The tables of `mean`, `proportion` and `total`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name, right
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import interval_head
from xmixed.render.text import printable, result, rule

WIDTH, STUB = 62, 12
SIZE = 36
"""Column where `Number of obs` stands."""


@dataclass(frozen=True, slots=True)
class MeanRow:
    """An estimate with its standard error and limits."""

    name: str
    figures: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MeanTable:
    """What is shown of estimates.

    Attributes
    ----------
    title, head : str
        `Mean estimation`; `Mean`.
    legend : sequence of (str, str)
        Names that stand for values, and what they mean.
    blocks : sequence of (str, rows)
        Under the name of a variable, or "" for rows of their own.
    above : tuple of str
        What stands above estimates, standard errors and limits.
    """

    title: str
    head: str
    n: float
    level: float
    legend: Sequence[tuple[str, str]]
    corner: str
    blocks: Sequence[tuple[str, Sequence[MeanRow]]]
    cluster_note: str = ""
    header: bool = True
    above: tuple[str, str, str] = ("", "", "")


def render_means(table: MeanTable) -> list[Line]:
    """Return the display from its blank line on."""
    lines: list[Line] = [line()]
    if table.header:
        lines.append(line(table.title.ljust(SIZE) + f"Number of obs    ={table.n:8.0f}"))
        lines.append(line())
    if table.legend:
        lines += [line(f"{name:>13}: {printable(text)}") for name, text in table.legend]
        lines.append(line())
    if table.cluster_note:
        lines.append(line(table.cluster_note.rjust(WIDTH)))
    interval = interval_head(table.level).strip().rjust(25)
    lines.append(line(rule(WIDTH)))
    if any(table.above):
        estimate, error, limits = table.above
        lines.append(line(f"{'':{STUB}} |{estimate:>11}{error:>12}{limits:>22}".rstrip()))
    lines += [
        line(f"{table.corner:>{STUB}} |{table.head:>11}   Std. Err.{interval}"),
        line(rule(STUB + 1) + "+" + rule(WIDTH - STUB - 2)),
    ]
    for name, rows in table.blocks:
        if name:
            lines.append(line(abbreviate_name(name, STUB).ljust(STUB) + " |"))
        lines += [_row(row) for row in rows]
    return [*lines, line(rule(WIDTH))]


def _row(row: MeanRow) -> Line:
    b, se, low, high = (format_value(x, "%9.0g").strip() if x < MISSING else "." for x in row.figures)
    return line(
        right(abbreviate_name(row.name, STUB), STUB) + " |", result(f"{b:>11}{se:>11}{low:>14}{high:>12}")
    )
