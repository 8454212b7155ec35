"""What `estat` prints: group table, labelled matrices, intraclass correlations, a summary of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from xmixed.formats import format_value, width_of
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import ESTIMATE_FORMAT, Figures, cell, interval_head
from xmixed.render.layouts.estimation.mixed_header import GroupSummary, render_group_table
from xmixed.render.layouts.estimation.mixed_random_table import (
    ERROR,
    ESTIMATE,
    LABEL_WIDTH,
    LOWER,
    TABLE_WIDTH,
    UPPER,
)
from xmixed.render.notes import render_note
from xmixed.render.text import result, rule

NAME_WIDTH = 12
SUMMARY_WIDTHS = (13, 15, 12, 13)
"""Mean, Std. Dev., Min, Max, right of the bar of `estat summarize`; the table is indented by two."""
CONDITIONAL_NOTE = "ICC is conditional on zero values of random-effects covariates."


def render_groups(groups: Sequence[GroupSummary]) -> list[Line]:
    """Return the table of grouping variables after a blank line."""
    return [line(), *render_group_table(groups)]


# --- labelled matrices --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MatrixStyle:
    """How a symmetric matrix is shown: what stands over the row names, and the format of its cells.

    `trailing`: blanks after each cell.
    """

    corner: str
    format: str
    trailing: int = 1

    @property
    def cell_width(self) -> int:
        return 1 + width_of(self.format) + self.trailing


def render_lower_triangle(
    values: np.ndarray, names: Sequence[str], style: MatrixStyle, linesize: int
) -> list[Line]:
    """Return the lower triangle of a symmetric matrix; wide ones in panels set apart by a blank line.

    Parameters
    ----------
    values : ndarray of float64, shape (k, k)
    names : sequence of str
        With equations, `weight:week`, the columns and rows of each equation stand under its name.
    """
    equations = [name.rpartition(":")[0] for name in names]
    lines: list[Line] = []
    for columns in _panels(equations, style, linesize):
        lines += [line()] if lines else []
        lines += _panel(values, names, equations, columns, style)
    return lines


def _panels(equations: Sequence[str], style: MatrixStyle, linesize: int) -> list[list[int]]:
    """Return the columns of each panel, as many as fit on a line."""
    panels: list[list[int]] = [[]]
    width = NAME_WIDTH + 1
    for place, equation in enumerate(equations):
        current = panels[-1]
        bar = 1 if not current or equations[current[-1]] != equation else 0
        if current and width + bar + style.cell_width > linesize:
            panels.append([])
            width, bar = NAME_WIDTH + 1, 1
        panels[-1].append(place)
        width += bar + style.cell_width
    return panels


def _panel(
    values: np.ndarray,
    names: Sequence[str],
    equations: Sequence[str],
    columns: list[int],
    style: MatrixStyle,
) -> list[Line]:
    width = style.cell_width
    blocks = [(name, list(members)) for name, members in groupby(columns, key=lambda place: equations[place])]
    with_equations = any(equations)
    lines = []
    if with_equations:
        shown = ((abbreviate_name(name, len(own) * width - 2), len(own) * width) for name, own in blocks)
        heads = "".join(f"| {name}".ljust(total + 1) for name, total in shown)
        lines.append(line(" " * (NAME_WIDTH + 1) + heads))
    heads = ("".join(_column_head(names[place], style) for place in own) for _, own in blocks)
    lines.append(line(style.corner.rjust(NAME_WIDTH) + " " + "".join(f"|{head}" for head in heads)))
    inner = line(rule(NAME_WIDTH + 1) + "".join(f"+{rule(len(own) * width)}" for _, own in blocks))
    empty = "".join("|" + " " * (len(own) * width) for _, own in blocks)
    previous = None
    for row in range(columns[0], len(names)):
        if equations[row] != previous:
            lines.append(inner)
            if with_equations:
                head = abbreviate_name(equations[row], NAME_WIDTH).ljust(NAME_WIDTH + 1)
                lines.append(line(head + empty))
        previous = equations[row]
        own_name = abbreviate_name(names[row].rpartition(":")[2], NAME_WIDTH).rjust(NAME_WIDTH)
        cells = ("".join(_cell(values, row, place, style) for place in own) for _, own in blocks)
        lines.append(line(f"{own_name} ", *(part for text in cells for part in ("|", result(text)))))
    return lines


def _column_head(name: str, style: MatrixStyle) -> str:
    inside = style.cell_width - 1 - style.trailing
    return " " + abbreviate_name(name.rpartition(":")[2], inside).rjust(inside) + " " * style.trailing


def _cell(values: np.ndarray, row: int, column: int, style: MatrixStyle) -> str:
    inside = style.cell_width - 1 - style.trailing
    shown = format_value(float(values[row, column]), style.format).strip() if column <= row else ""
    return " " + shown.rjust(inside) + " " * style.trailing


# --- intraclass correlations -------------------------------------------------------------------------


def render_correlations(
    title: str, rows: Sequence[tuple[str, Figures]], level: float, conditional: bool
) -> list[Line]:
    """Return the table of intraclass correlations, highest level first, on the random-effects grid."""
    outer = line(rule(TABLE_WIDTH))
    lines = [
        line(),
        line(title),
        line(),
        outer,
        line("Level".rjust(LABEL_WIDTH) + " |        ICC   Std. Err." + interval_head(level)),
        line(f"{rule(LABEL_WIDTH + 1)}+{rule(TABLE_WIDTH - LABEL_WIDTH - 2)}"),
    ]
    for name, figures in rows:
        cells = (
            cell(figures.estimate, ESTIMATE_FORMAT, ESTIMATE)
            + cell(figures.standard_error, ESTIMATE_FORMAT, ERROR)
            + cell(figures.lower, ESTIMATE_FORMAT, LOWER)
            + cell(figures.upper, ESTIMATE_FORMAT, UPPER)
        )
        lines.append(line(abbreviate_name(name, LABEL_WIDTH).rjust(LABEL_WIDTH) + " |", result(cells)))
    lines.append(outer)
    return [*lines, line(), *render_note(CONDITIONAL_NOTE)] if conditional else lines


# --- summary of the estimation sample ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SampleRow:
    """Mean, standard deviation, smallest and largest value of a variable over the estimation sample."""

    name: str
    mean: float
    sd: float
    minimum: float
    maximum: float


def render_sample(command: str, n_obs: float, rows: Sequence[SampleRow], header: bool = True) -> list[Line]:
    """Return the table of `estat summarize`; `header`: the line above it too."""
    width = sum(SUMMARY_WIDTHS)
    outer = line("  " + rule(NAME_WIDTH + 2 + width))
    count = format_value(n_obs, "%9.0g").strip().rjust(9)
    heads = ("Mean", "Std. Dev.", "Min", "Max")
    head = "".join(text.rjust(cell_width) for text, cell_width in zip(heads, SUMMARY_WIDTHS, strict=True))
    above = line(f"  Estimation sample {command}".ljust(45) + "Number of obs =", result(count))
    lines = [
        line(),
        *([above, line()] if header else []),
        outer,
        line("  " + "Variable".rjust(NAME_WIDTH) + " |" + head),
        line(f"  {rule(NAME_WIDTH + 1)}+{rule(width)}"),
    ]
    for row in rows:
        figures = (row.mean, row.sd, row.minimum, row.maximum)
        cells = "".join(
            cell(value, "%9.0g", cell_width)
            for value, cell_width in zip(figures, SUMMARY_WIDTHS, strict=True)
        )
        name = abbreviate_name(row.name, NAME_WIDTH).rjust(NAME_WIDTH)
        lines.append(line(f"  {name} |", result(cells)))
    return [*lines, outer]
