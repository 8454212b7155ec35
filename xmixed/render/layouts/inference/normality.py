"""The tables of `sktest` and `swilk`."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule
from xmixed.statistics.inference.normality import ShapiroWilk, SkewnessKurtosis

STUB = 12


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


def render_swilk(rows: Sequence[tuple[str, ShapiroWilk]]) -> list[Line]:
    """Return the table of `swilk`."""
    lines = [
        line(),
        line(" " * 19 + "Shapiro-Wilk W test for normal data"),
        line(),
        line("    Variable |    Obs       W           V         z       Prob>z"),
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
