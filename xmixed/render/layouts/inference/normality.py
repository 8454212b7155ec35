"""The tables of `sktest`, `swilk`, `sfrancia` and `ladder`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule
from xmixed.statistics.inference.normality import ShapiroWilk, SkewnessKurtosis

STUB = 12


class LadderRow(NamedTuple):
    """A transformation with the test of its normality."""

    name: str
    formula: str
    chi2: float
    p: float


def render_sktest(rows: Sequence[tuple[str, SkewnessKurtosis]], adjusted: bool) -> list[Line]:
    """Return the table of `sktest`."""
    chi2 = "adj chi2(2)" if adjusted else "    chi2(2)"
    lines = [
        line(),
        line(" " * 20 + "Skewness/Kurtosis tests for Normality"),
        line(" " * 58 + "------- joint ------"),
        line(f"    Variable |    Obs   Pr(Skewness)   Pr(Kurtosis)  {chi2}    Prob>chi2"),
        line(rule(STUB + 1) + "+" + rule(63)),
    ]
    for name, found in rows:
        cells = f"{found.n:7.0f}" + "".join(
            format_value(value, fmt).rjust(width)
            for value, fmt, width in (
                (found.p_skewness, "%6.4f", 12),
                (found.p_kurtosis, "%6.4f", 15),
                (found.chi2, "%9.2f", 13),
                (found.p, "%6.4f", 15),
            )
        )
        lines.append(_row(name, cells))
    return lines


def render_swilk(rows: Sequence[tuple[str, ShapiroWilk]], francia: bool = False) -> list[Line]:
    """Return the table of `swilk`, or of `sfrancia`."""
    title, w, v = ("Shapiro-Francia W' test", "W'", "V'") if francia else ("Shapiro-Wilk W test", "W ", "V ")
    lines = [
        line(),
        line(" " * (18 if francia else 19) + f"{title} for normal data"),
        line(),
        line(f"    Variable |    Obs       {w}          {v}        z       Prob>z"),
        line(rule(STUB + 1) + "+" + rule(50)),
    ]
    for name, found in rows:
        cells = f"{found.n:7.0f}" + "".join(
            format_value(value, fmt).rjust(width)
            for value, fmt, width in (
                (found.w, "%7.5f", 11),
                (found.v, "%9.3f", 11),
                (found.z, "%9.3f", 10),
                (found.p, "%7.5f", 11),
            )
        )
        lines.append(_row(name, cells))
    return lines


def _row(name: str, cells: str) -> Line:
    return line(abbreviate_name(name, STUB).rjust(STUB) + " |", result(cells))


def render_ladder(rows: Sequence[LadderRow]) -> list[Line]:
    """Return the table of `ladder`."""
    lines = [
        line(),
        line("Transformation         formula               chi2(2)       P(chi2)"),
        line(rule(66)),
    ]
    for row in rows:
        figures = format_value(row.chi2, "%8.2f").rjust(8) + format_value(row.p, "%5.3f").rjust(13)
        lines.append(line(f"{row.name:<23}{abbreviate_formula(row.formula):<22}", result(figures)))
    return lines


def abbreviate_formula(formula: str) -> str:
    """Return a formula that leaves room for the figures."""
    return formula if len(formula) <= 21 else formula[:20] + "~"
