"""The headers of regress and areg: the analysis of variance, or a title with the model's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import result, rule

NAME_WIDTH = 12
SUM_WIDTH, DF_WIDTH, MEAN_WIDTH = 12, 6, 12
"""Cells of the analysis of variance right of its bar."""
RIGHT = 55
"""Column where the right block starts; its `=` stands at 69, its values end at 77."""
EQUALS = 69
VALUE = 8
SUM_FORMAT, DF_FORMAT, F_FORMAT, ROOT_FORMAT = "%11.0g", "%5.0f", "%8.2f", "%8.5g"


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the right block: its label, and its value as shown."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of the analysis of variance: source, sum of squares, degrees of freedom, mean square."""

    name: str
    sum_of_squares: float
    df: float
    mean_square: float


def share_figure(label: str, value: float) -> Figure:
    """Return a share such as R-squared."""
    return Figure(label, format_value(value, "%8.4f"))


def root_figure(value: float) -> Figure:
    """Return the root of the mean square, with five digits."""
    return Figure("Root MSE", format_value(value, ROOT_FORMAT))


def f_label(df_model: float, df_residual: float) -> str:
    """Return `F(  2,   117)`."""
    return f"F({df_model:3.0f},{df_residual:6.0f})"


def figures_of(
    n: float, df_model: float, df_residual: float, statistic: float, p_value: float
) -> list[Figure]:
    """Return the first three lines of the right block."""
    return [
        Figure("Number of obs", format_value(n, "%8.0g")),
        Figure(f_label(df_model, df_residual), format_value(statistic, F_FORMAT)),
        Figure("Prob > F", format_value(p_value, "%8.4f")),
    ]


def render_analysis(rows: Sequence[SourceRow], figures: Sequence[Figure]) -> list[Line]:
    """Return the analysis of variance (model, residual, total) beside six figures."""
    model, residual, total = (_source(row) for row in rows)
    inner = f"{rule(NAME_WIDTH + 1)}+{rule(SUM_WIDTH + DF_WIDTH + MEAN_WIDTH)}"
    head = f"{'Source':>{NAME_WIDTH}} |       SS       df       MS"
    left = [head, inner, model, residual, inner, total]
    return [_beside(text, figure) for text, figure in zip(left, figures, strict=True)]


def _source(row: SourceRow) -> str:
    return (
        f"{row.name:>{NAME_WIDTH}} |"
        + format_value(row.sum_of_squares, SUM_FORMAT).strip().rjust(SUM_WIDTH)
        + format_value(row.df, DF_FORMAT).strip().rjust(DF_WIDTH)
        + format_value(row.mean_square, SUM_FORMAT).strip().rjust(MEAN_WIDTH)
    )


def render_figures(title: str, figures: Sequence[Figure]) -> list[Line]:
    """Return a title beside the first of the figures, the others under it."""
    return [_beside(title if place == 0 else "", figure) for place, figure in enumerate(figures)]


def _beside(left: str, figure: Figure) -> Line:
    head = left.ljust(RIGHT) + figure.label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(figure.value.strip().rjust(VALUE)))


def render_absorbed(
    name: str, df_absorbed: float, df_residual: float, statistic: float, p_value: float, categories: int
) -> list[Line]:
    """Return the row under the table of areg: the test of the absorbed indicators, and the last rule.

    With `statistic` missing the test is not shown.
    """
    label = f"F({df_absorbed:.0f}, {df_residual:.0f}) ="
    count = f"({categories} categories)"
    test = f"{label:>19}{format_value(statistic, '%11.3f')}{format_value(p_value, '%8.3f')}"
    if statistic >= MISSING:
        test = "   absorbed"
    text = f"{name:>{NAME_WIDTH}} |{test}{count:>{64 - len(test)}}"
    return [line(text), line(rule(78))]
