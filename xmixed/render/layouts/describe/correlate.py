"""The matrices of `correlate` and `pwcorr`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import result, rule
from xmixed.statistics.correlation import PartialCorrelations

NAME_WIDTH, CELL, MEANS_CELL = 12, 9, 13
_MEANS = ("Mean", "Std. Dev.", "Min", "Max")


@dataclass(frozen=True, slots=True, eq=False)
class MeansRow:
    """A variable's mean, standard deviation, minimum and maximum."""

    name: str
    figures: tuple[float, float, float, float]


def render_means(rows: Sequence[MeansRow], among: Sequence[str]) -> list[Line]:
    """Return the table of `correlate, means`, from its head to the two blank lines after it."""
    head = "Variable".rjust(NAME_WIDTH) + " |" + "".join(name.rjust(MEANS_CELL) for name in _MEANS)
    lines = [line(head), line(rule(NAME_WIDTH + 1) + "+" + rule(len(_MEANS) * MEANS_CELL))]
    for row in rows:
        cells = "".join(format_value(value, "%9.0g").rjust(MEANS_CELL) for value in row.figures)
        lines.append(
            line(abbreviate_name(row.name, NAME_WIDTH, among).rjust(NAME_WIDTH) + " |", result(cells))
        )
    return [*lines, line(), line()]


def render_matrix(
    names: Sequence[str], values: np.ndarray, fmt: str, linesize: int, among: Sequence[str] = ()
) -> list[Line]:
    """Return the lower triangle in panels of as many columns as fit, and a blank line after each."""

    def cells(i: int, columns: Sequence[int]) -> list[str]:
        return ["".join(format_value(values[i, j], fmt) for j in columns)]

    return _panels(names, cells, False, linesize, among)


@dataclass(frozen=True, slots=True, eq=False)
class PairwiseTable:
    """Correlations with their p-values and counts, shape (k, k).

    `star`: correlations with a p-value up to this have one; `limit`: others than these are left out.
    """

    names: tuple[str, ...]
    rho: np.ndarray
    p: np.ndarray
    n: np.ndarray
    show_p: bool = False
    show_n: bool = False
    star: float = 0.0
    limit: float = 2.0
    among: tuple[str, ...] = ()


def render_pairwise(table: PairwiseTable, linesize: int) -> list[Line]:
    """Return the table after a blank line; every panel ends in a blank line."""

    def cells(i: int, columns: Sequence[int]) -> list[str]:
        shown = [j for j in columns if j <= i]
        hidden = {j for j in shown if j != i and not table.p[i, j] <= table.limit}
        rho = ["".join(_starred(table, i, j) if j not in hidden else " " * CELL for j in shown)]
        p = "".join(
            " " * CELL if j == i or j in hidden else format_value(table.p[i, j], "%9.4f") for j in shown
        )
        n = "".join(" " * CELL if j in hidden else f"{table.n[i, j]:{CELL}.0f}" for j in shown)
        return [" " + rho[0], *([p.rstrip()] if table.show_p else []), *([n] if table.show_n else [])]

    return [line(), *_panels(table.names, cells, table.show_p or table.show_n, linesize, table.among)]


def _starred(table: PairwiseTable, i: int, j: int) -> str:
    mark = "*" if i != j and 0 < table.star >= table.p[i, j] and table.p[i, j] < MISSING else " "
    return format_value(table.rho[i, j], "%8.4f") + mark


def _panels(
    names: Sequence[str],
    cells: Callable[[int, Sequence[int]], list[str]],
    separated: bool,
    linesize: int,
    among: Sequence[str],
) -> list[Line]:
    room = max(1, (linesize - NAME_WIDTH - 2) // CELL)
    lines: list[Line] = []
    empty = " " * NAME_WIDTH + " |"
    for start in range(0, len(names), room):
        columns = range(start, min(start + room, len(names)))
        heads = "".join(abbreviate_name(names[j], CELL - 1, among).rjust(CELL) for j in columns)
        lines += [line(empty + heads), line(rule(NAME_WIDTH + 1) + "+" + rule(CELL * len(columns)))]
        for i in range(start, len(names)):
            first, *others = cells(i, [j for j in columns if j <= i])
            lines.append(
                line(abbreviate_name(names[i], NAME_WIDTH, among).rjust(NAME_WIDTH) + " |", result(first))
            )
            lines += [line(empty, result(text)) for text in others]
            lines += [line(empty)] if separated else []
        lines.append(line())
    return lines


def render_partial(
    outcome: str, names: Sequence[str], found: PartialCorrelations, among: Sequence[str]
) -> list[Line]:
    """Return the table of `pcorr`."""
    heads = (
        "               Partial   Semipartial      Partial   Semipartial   Significance",
        "   Variable |    Corr.         Corr.      Corr.^2       Corr.^2          Value",
    )
    lines = [line(f"Partial and semipartial correlations of {outcome} with"), line(), *map(line, heads)]
    lines.append(line(rule(NAME_WIDTH) + "+" + rule(65)))
    for name, partial, semipartial, p in zip(names, found.partial, found.semipartial, found.p, strict=True):
        figures = zip((partial, semipartial, partial**2, semipartial**2, p), (9, 14, 13, 14, 15), strict=True)
        cells = "".join(format_value(value, "%9.4f").strip().rjust(width) for value, width in figures)
        label = abbreviate_name(name, NAME_WIDTH - 1, among).rjust(NAME_WIDTH - 1)
        lines.append(line(label + " |", result(cells)))
    return lines
