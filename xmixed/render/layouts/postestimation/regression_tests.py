"""Tests after regress: heteroskedasticity, omitted variables, variance inflation factors."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule

NAME_WIDTH = 12


def render_heteroskedasticity(
    variables: str, label: str, statistic: float, tail: str, p_value: float
) -> list[Line]:
    """Return the test; `label` is `chi2(1)` or `F(1, 118)`, `tail` chi2 or F."""
    return [
        line(),
        line("Breusch-Pagan / Cook-Weisberg test for heteroskedasticity "),
        line("         Ho: Constant variance"),
        line(f"         Variables: {variables}"),
        line(),
        line(f"         {label:<13}=", result(format_value(statistic, "%9.2f").strip().rjust(9))),
        line(f"         {'Prob > ' + tail:<13}=", result(format_value(p_value, "%9.4f").strip().rjust(9))),
    ]


MARKS = {"bonferroni": "Bonferroni-adjusted", "holm": "Holm-adjusted", "sidak": "Sidak-adjusted"}
TABLE_WIDTH = 39


def render_tests_of_variables(
    title: Sequence[str],
    tests: Sequence[tuple[str, float, int, float]],
    method: str,
    kind: str = "chi2",
    joint: tuple[float, int, float] | None = None,
) -> list[Line]:
    """Return a table with a test of each variable, below the lines that say what is tested.

    Parameters
    ----------
    tests : sequence of (variable, statistic, df, adjusted p-value)
    joint : tuple of (statistic, df, p-value), or None
        Of all variables together.
    """
    inner = line(f"{rule(NAME_WIDTH + 1)}+{rule(TABLE_WIDTH - NAME_WIDTH - 2)}")
    lines = [line(), *(line(text) for text in title), line(), line(rule(TABLE_WIDTH))]
    lines += [line(f"    Variable |{kind:>10}   df      p "), inner]
    for name, statistic, df, p_value in tests:
        shown = f"{abbreviate_name(name, NAME_WIDTH):>{NAME_WIDTH}} |"
        lines.append(line(shown, result(_figures(statistic, df, p_value)), " #"))
    lines.append(inner)
    if joint is not None:
        lines.append(line("simultaneous |", result(_figures(*joint))))
    lines.append(line(rule(TABLE_WIDTH)))
    return [*lines, line(f"# {MARKS.get(method, 'unadjusted')} p-values".rjust(TABLE_WIDTH))]


def _figures(statistic: float, df: int, p_value: float) -> str:
    shown = format_value(statistic, "%10.2f").strip().rjust(10)
    return f"{shown}{df:5d}{format_value(p_value, '%9.4f').strip().rjust(9)}"


def render_reset(powers: str, df: int, df_residual: float, statistic: float, p_value: float) -> list[Line]:
    """Return the test; `powers` is what powers are taken of."""
    label = f"F({df}, {df_residual:.0f})"
    return [
        line(),
        line(f"Ramsey RESET test using powers of the {powers}"),
        line("       Ho:  model has no omitted variables"),
        line(f"{label:>26} =", result(format_value(statistic, "%9.2f").strip().rjust(10))),
        line(f"{'Prob > F':>26} =", result(format_value(p_value, "%9.4f").strip().rjust(12))),
    ]


def render_inflation(rows: Sequence[tuple[str, str, float]], mean: float) -> list[Line]:
    """Return the table of factors.

    Parameters
    ----------
    rows : sequence of (block, name, factor)
        `block` is the factor variable of a level, "" for another covariate.
    """
    inner = line(f"{rule(NAME_WIDTH + 1)}+{rule(22)}")
    lines = [line(), line("    Variable |       VIF       1/VIF  "), inner]
    last = ""
    for block, name, factor in rows:
        if block and block != last:
            lines.append(line(f"{abbreviate_name(block, NAME_WIDTH):>{NAME_WIDTH}} |"))
        last = block
        label = (
            f"{name:>{NAME_WIDTH - 1}} " if block else f"{abbreviate_name(name, NAME_WIDTH):>{NAME_WIDTH}}"
        )
        cells = format_value(factor, "%10.2f") + format_value(1 / factor, "%12.6f")
        lines.append(line(f"{label:>{NAME_WIDTH}} |", result(cells)))
    return [*lines, inner, line("    Mean VIF |", result(format_value(mean, "%10.2f")))]


def render_white(statistic: float, df: int, p_value: float) -> list[Line]:
    """Return White's test."""
    label = f"chi2({df})"
    return [
        line(),
        line("White's test for Ho: homoskedasticity"),
        line("         against Ha: unrestricted heteroskedasticity"),
        line(),
        line(f"         {label:<13}=", result(format_value(statistic, "%9.2f").strip().rjust(10))),
        line(f"         {'Prob > chi2':<13}=", result(format_value(p_value, "%9.4f").strip().rjust(10))),
    ]


SOURCE_WIDTH = 20


def render_information_matrix(rows: Sequence[tuple[str, float, int, float]]) -> list[Line]:
    """Return the table of the parts and, in the last row, their sum: (source, chi2, df, p) each."""
    outer, inner = line(rule(SOURCE_WIDTH + 31)), line(f"{rule(SOURCE_WIDTH + 1)}+{rule(29)}")
    lines = [
        line(),
        line("Cameron & Trivedi's decomposition of IM-test"),
        line(),
        outer,
        line(f"{'Source':>{SOURCE_WIDTH}} |{'chi2':>11}{'df':>7}{'p':>7}"),
        inner,
    ]
    for place, (source, statistic, df, p_value) in enumerate(rows):
        if place == len(rows) - 1:
            lines.append(inner)
        cells = f"{format_value(statistic, '%11.2f')}{df:7d}{format_value(p_value, '%10.4f')}"
        lines.append(line(f"{source:>{SOURCE_WIDTH}} |", result(cells)))
    return [*lines, outer]
