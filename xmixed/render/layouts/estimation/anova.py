"""The table of anova."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import result, rule, wrap

SOURCE_END = 24
"""Column behind the sources; a long one begins further to the left."""
SOURCE_START = 14
HEADER = 27
NUMBER, DF, RATIO = "%11.0g", "%5.0f", "%8.2f"


@dataclass(frozen=True, slots=True)
class AnovaRow:
    """A source of variation; F and p are missing where there is no test."""

    source: str
    sum_of_squares: float
    df: float
    mean_square: float
    statistic: float = MISSING
    p_value: float = MISSING


@dataclass(frozen=True, slots=True)
class AnovaHeader:
    """What stands above the table."""

    n_obs: float
    r2: float
    rmse: float
    r2_a: float


def render_anova(
    header: AnovaHeader,
    model: AnovaRow,
    terms: Sequence[AnovaRow],
    residual: AnovaRow,
    total: AnovaRow,
    kind: str,
) -> list[Line]:
    """Return header and table; `kind` is Partial or Seq."""
    inner = _inner([row.source for row in (model, *terms, residual, total)])
    blank = line(" " * (SOURCE_END + 1) + "|")
    lines = [
        _pair("Number of obs", format_value(header.n_obs, "%8.0g"), "R-squared", header.r2),
        _pair("Root MSE", format_value(header.rmse, "%8.0g"), "Adj R-squared", header.r2_a),
        line(),
        _heads(kind),
        inner,
        _row(model),
        blank,
    ]
    if terms:
        lines += [*(_row(row) for row in terms), blank]
    # Stata: three blanks end the row of the residual.
    return [*lines, line(*_row(residual), "   "), inner, _row(total)]


def render_anova_test(tested: AnovaRow, error: AnovaRow, kind: str) -> list[Line]:
    """Return the table of terms and what they are tested over; several names may take several lines."""
    sources = [wrap(row.source, SOURCE_END) for row in (tested, error)]
    lines = [_heads(kind), _inner([part for parts in sources for part in parts])]
    for (*first, last), row in zip(sources, (tested, error), strict=True):
        lines += [line(f"{part:>{SOURCE_END}} |") for part in first]
        lines.append(_row(replace(row, source=last)))
    return lines


def _heads(kind: str) -> Line:
    return line(f"{'Source':>{SOURCE_END}} |{kind + ' SS':>12}    df       MS           F     Prob > F")


def _inner(names: Sequence[str]) -> Line:
    start = min(SOURCE_START, SOURCE_END - max(len(name) for name in names))
    return line(" " * start + rule(SOURCE_END + 1 - start) + "+" + rule(52))


def _pair(label: str, value: str, second: str, share: float) -> Line:
    left = " " * HEADER + f"{label:<14}="
    right = f"     {second:<14}="
    return line(
        left, result(value.strip().rjust(8)), right, result(format_value(share, "%8.4f").strip().rjust(8))
    )


def _row(row: AnovaRow) -> Line:
    cells = (
        format_value(row.sum_of_squares, NUMBER).strip().rjust(12)
        + format_value(row.df, DF).strip().rjust(6)
        + format_value(row.mean_square, NUMBER).strip().rjust(12)
    )
    if row.p_value < MISSING or row.statistic < MISSING:
        cells += format_value(row.statistic, RATIO).strip().rjust(11)
        cells += format_value(row.p_value, "%7.4f").strip().rjust(11)
    return line(f"{row.source:>{SOURCE_END}} |", result(cells))
