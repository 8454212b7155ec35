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
from xmixed.statistics.inference.intraclass import Intraclass

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


def render_loneway(
    anova: OneWayAnova, own: Intraclass, response: str, label: str, group: str, level: float
) -> list[Line]:
    """Return the table of `loneway`: sums of squares, then the intraclass correlation."""
    title = f"One-way Analysis of Variance for {response}: {printable(label)}"
    total, df = anova.between + anova.within, anova.df_between + anova.df_within
    tests = f"{format_value(anova.f, '%10.2f')}{format_value(anova.p, '%11.4f')}"
    r2 = anova.between / total if total > 0 else MISSING
    name = cut(printable(group), LABEL + 6)
    head, limits = " " * 9, f"[{format_value(level, '%9.0g').strip()}% Conf. Interval]"
    error = f"{own.se:13.5f}" if own.se < MISSING else " " * 13
    figures = f"{own.rho:11.5f}{error}{own.lower:13.5f}{own.upper:12.5f}"
    kind = "Asy." if own.se < MISSING else "    "
    lines = [
        line(),
        line(" " * max(0, CENTRE - columns_of(title) // 2) + title.rstrip(": ")),
        line(),
        line(" " * 44 + "Number of obs = ", result(format_value(anova.total_n, "%9.0g").strip().rjust(9))),
        line(" " * 44 + "    R-squared = ", result(format_value(r2, "%9.4f").strip().rjust(9))),
        line(),
        line("    Source                SS         df      MS            F     Prob > F"),
        line(rule(WIDTH + 1)),
        _source(f"Between {name}"[:15], anova.between, anova.df_between, tests),
        _source(f"Within {name}"[:15], anova.within, anova.df_within),
        line(rule(WIDTH + 1)),
        _source("Total", total, df),
        line(),
        line(f"{head}Intraclass       {kind}"),
        line(f"{head}correlation      {'S.E.' if kind.strip() else '    '}       {limits}"),
        line(head + rule(48)),
        line(head, result(figures)),
    ]
    rows = [
        (f"Estimated SD of {name} effect", own.sd_between),
        (f"Estimated SD within {name}", own.sd_within),
        (f"Est. reliability of a {name} mean", own.reliability),
    ]
    lines += [line()] + [
        line(head + text.ljust(36), result(format_value(value, "%9.0g").strip().rjust(12)))
        for text, value in rows
    ]
    lines.append(line(f"{head}     (evaluated at n={own.size:.2f})"))
    return lines + ([line(), line(f"{head}Truncated at rho = 0")] if own.truncated else [])


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
