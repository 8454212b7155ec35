"""The tables of `oneway`: analysis of variance, Bartlett's test, comparisons of means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import columns_of, cut, right
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.statistics.inference.comparisons import OneWayAnova

WIDTH, STUB, CELL, LABEL = 72, 8, 11, 8
CENTRE = 39


def render_anova(found: OneWayAnova) -> list[Line]:
    """Return the table of sums of squares and Bartlett's test."""
    head = "    Source              SS         df      MS            F     Prob > F"
    total, df = found.between + found.within, found.df_between + found.df_within
    tests = f"{format_value(found.f, '%10.2f')}{format_value(found.p, '%11.4f')}"
    lines = [
        line(),
        line(" " * 24 + "Analysis of Variance"),
        line(head),
        line(rule(WIDTH)),
        _source("Between groups", found.between, found.df_between, tests),
        _source(" Within groups", found.within, found.df_within),
        line(rule(WIDTH)),
        _source("    Total", total, df),
    ]
    if found.bartlett < MISSING:
        p, chi2 = format_value(found.bartlett_p, "%5.3f"), format_value(found.bartlett, "%8.4f")
        text = f"Bartlett's test for equal variances:  chi2({found.bartlett_df:.0f}) = "
        lines += [line(), line(text, result(chi2), "  Prob>chi2 = ", result(p))]
        if found.unused_cells:
            lines += [
                line(),
                line("note: Bartlett's test performed on cells with positive variance:"),
                line(f"      {found.unused_cells} multiple-observation cells not used"),
            ]
    return lines


def _source(name: str, squares: float, df: float, tests: str = "") -> Line:
    mean = format_value(squares / df, "%11.0g").strip() if df > 0 else "."
    cells = f"{format_value(squares, '%11.0g').strip():>16}{df:7.0f}{mean:>13}{tests}"
    return line(name.ljust(14), result(cells))


def render_comparisons(
    title: str, method: str, texts: Sequence[str], difference: np.ndarray, p: np.ndarray, linesize: int
) -> list[Line]:
    """Return the differences of means with p-values below them, lower triangle, in panels."""
    room = max(1, (linesize - STUB - 2) // CELL)
    lines = [
        line(),
        line(" " * max(0, CENTRE - columns_of(title) // 2) + printable(title)),
        line(" " * (CENTRE - 1 - (len(method) + 2) // 2) + f"({method})"),
    ]
    empty = line(" " * STUB + " |")
    for start in range(0, len(texts) - 1, room):
        columns = range(start, min(start + room, len(texts) - 1))
        heads = "".join(right(cut(printable(texts[j]), LABEL), CELL) for j in columns)
        lines += [
            line("Row Mean-|"),
            line("Col Mean |" + heads),
            line(rule(9) + "+" + rule(CELL * len(columns))),
        ]
        for i in range(start + 1, len(texts)):
            shown = [j for j in columns if j < i]
            values = "".join(format_value(difference[i, j], "%8.0g").rjust(CELL) for j in shown)
            chances = "".join(format_value(p[i, j], "%5.3f").rjust(CELL) for j in shown)
            lines += [
                line(right(cut(printable(texts[i]), STUB), STUB) + " |", result(values)),
                line(" " * STUB + " |", result(chances)),
            ]
            lines += [empty] if i < len(texts) - 1 else []
        lines.append(line())
    return lines[:-1]
