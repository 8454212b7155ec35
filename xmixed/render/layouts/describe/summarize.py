"""The tables of `summarize`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name, columns_of
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

NAME_WIDTH = 12
PLAIN = (10, 12, 12, 11, 11)
"""Widths of Obs, Mean, Std. Dev., Min, Max, counted from the bar."""
WEIGHTED = (8, 12, 12, 11, 11, 11)
"""The same with the column Weight after Obs."""
PLAIN_HEAD = "       Obs        Mean    Std. Dev.       Min        Max"
WEIGHTED_HEAD = "     Obs      Weight        Mean   Std. Dev.       Min        Max"
"""Stata: `Std. Dev.` ends one column right of its figures."""
STATISTIC = "%9.0g"

DETAIL_WIDTH = 61
PERCENTILE_EDGE, EXTREME_EDGE, LABEL, VALUE_EDGE = 16, 31, 38, 61
"""Where the figures of the detailed table end (exclusive) and where its right labels start."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One variable: `n` observations (sum of frequency weights), `sum_w` the sum of weights, then doubles.

    The statistics are None when there are no observations. `format` "" stands for %9.0g.
    """

    name: str
    n: float
    sum_w: float = 0.0
    mean: float | None = None
    sd: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    format: str = ""


@dataclass(frozen=True, slots=True)
class SummaryDetail:
    """One variable in detail: `percentiles` by number, up to four smallest and largest values, ascending."""

    title: str
    n: float
    sum_w: float = 0.0
    percentiles: dict[int, float] = field(default_factory=dict)
    smallest: tuple[float, ...] = ()
    largest: tuple[float, ...] = ()
    mean: float = 0.0
    sd: float = 0.0
    variance: float = 0.0
    skewness: float = 0.0
    kurtosis: float = 0.0
    format: str = ""


def _show(value: float, fmt: str) -> str:
    return format_value(value, fmt or STATISTIC).strip()


def render_summary(
    rows: Sequence[SummaryRow], weighted: bool = False, separator: int = 5, among: Sequence[str] = ()
) -> list[Line]:
    """Return the table; an inner rule stands after every `separator` variables (0: none).

    `among`: all the names that an abbreviated one must not be taken for.
    """
    widths = WEIGHTED if weighted else PLAIN
    inner = line(f"{rule(NAME_WIDTH + 1)}+{rule(sum(widths))}")
    head = WEIGHTED_HEAD if weighted else PLAIN_HEAD
    lines = [line(), line("Variable".rjust(NAME_WIDTH) + " |" + head), inner]
    for i, row in enumerate(rows):
        if separator and i and i % separator == 0:
            lines.append(inner)
        name = abbreviate_name(row.name, NAME_WIDTH, among).rjust(NAME_WIDTH)
        lines.append(line(f"{name} |", result(_cells(row, widths, weighted))))
    return lines


def _cells(row: SummaryRow, widths: Sequence[int], weighted: bool) -> str:
    cells = [_show(row.n, "%10.0g")]
    if row.mean is not None:
        assert row.sd is not None and row.minimum is not None and row.maximum is not None
        cells += [_show(row.sum_w, STATISTIC)] if weighted else []
        cells += [_show(value, row.format) for value in (row.mean, row.sd, row.minimum, row.maximum)]
    return "".join(" " + cell.rjust(w - 1) for cell, w in zip(cells, widths, strict=False))


def render_detail(detail: SummaryDetail) -> list[Line]:
    """Return the detailed table of one variable."""
    title = printable(detail.title)
    indent = max(0, (DETAIL_WIDTH - columns_of(title)) // 2)
    lines = [line(), line(" " * indent + title), line(rule(DETAIL_WIDTH))]
    if not detail.percentiles:
        return [*lines, line("no observations")]
    dots = ["."] * 4
    small = [*(_show(value, detail.format) for value in detail.smallest), *dots][:4]
    large = [*dots, *(_show(value, detail.format) for value in detail.largest)][-4:]
    shown = {p: _show(value, detail.format) for p, value in detail.percentiles.items()}
    lines.append(line("      Percentiles      Smallest"))
    lines += [_percentile(p, shown[p], extreme) for p, extreme in zip((1, 5), small, strict=False)]
    lines.append(_percentile(10, shown[10], small[2], "Obs", _show(detail.n, "%10.0g")))
    lines.append(_percentile(25, shown[25], small[3], "Sum of Wgt.", _show(detail.sum_w, "%10.0g")))
    lines += [line(), _percentile(50, shown[50], "", "Mean", _show(detail.mean, detail.format))]
    lines.append(_beside("Largest".rjust(EXTREME_EDGE), "", "Std. Dev.", _show(detail.sd, detail.format)))
    lines.append(_percentile(75, shown[75], large[0]))
    for p, extreme, label, value in (
        (90, large[1], "Variance", detail.variance),
        (95, large[2], "Skewness", detail.skewness),
        (99, large[3], "Kurtosis", detail.kurtosis),
    ):
        fmt = detail.format if label == "Variance" else ""
        lines.append(_percentile(p, shown[p], extreme, label, _show(value, fmt)))
    return lines


def _percentile(p: int, value: str, extreme: str, label: str = "", figure: str = "") -> Line:
    cells = value.rjust(PERCENTILE_EDGE - 3) + extreme.rjust(EXTREME_EDGE - PERCENTILE_EDGE)
    return _beside(f"{p:2d}%", cells, label, figure)


def _beside(text: str, cells: str, label: str, figure: str) -> Line:
    if not label:
        return line(text, result(cells.rstrip()))
    gap = " " * (LABEL - len(text) - len(cells))
    return line(text, result(cells), gap + label, result(figure.rjust(VALUE_EDGE - LABEL - len(label))))
