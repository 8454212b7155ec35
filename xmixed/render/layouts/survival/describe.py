"""What stdescribe, stptime and ltable print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import cut
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

_WIDTH = 78


def _shown(value: float, fmt: str, width: int) -> str:
    return ("" if value >= MISSING else format_value(value, fmt).strip()).rjust(width)


def render_description(blocks: Sequence[Sequence[tuple[str, float, Sequence[float]]]]) -> list[Line]:
    """Return the table of stdescribe: label, total, and mean, least, median and most of a subject."""
    lines = [
        line(),
        line(" " * 35 + "|-------------- per subject --------------|"),
        line(f"Category{'total':>24}{'mean':>12}{'min':>12}{'median':>11}{'max':>11}"),
        line(rule(_WIDTH)),
    ]
    for place, block in enumerate(blocks):
        lines += [line()] if place else []
        for label, total, figures in block:
            cells = _shown(total, "%9.0g", 12)
            widths = (12, 12, 11, 11)[: len(figures)]
            cells += "".join(_shown(own, "%9.0g", size) for own, size in zip(figures, widths, strict=True))
            lines.append(line(label.ljust(20), result(cells.rstrip())))
    return [*lines, line(rule(_WIDTH))]


@dataclass(frozen=True, slots=True)
class RateRow:
    """Time at risk, failures, and their rate with its limits."""

    name: str
    time: float
    failures: float
    rate: float
    lower: float
    upper: float


def render_rates(variable: str, rows: Sequence[RateRow], total: RateRow, level: float) -> list[Line]:
    """Return the table of stptime."""
    stub = max(9, *(len(own.name) + 2 for own in (*rows, total)), min(len(variable), 12) + 1)
    percent = f"[{level:g}% Conf. Interval]"
    edge = line(f"{rule(stub)}+{rule(60)}")
    head = f"{'person-time':>13}{'failures':>11}{'rate':>12}{percent:>24}"
    lines = [line(), line(f"{cut(printable(variable), stub - 1):<{stub}}|{head}"), edge]
    lines += [_rate(own, stub) for own in rows]
    lines += [edge] if rows else []
    return [*lines, _rate(total, stub)]


def _rate(own: RateRow, stub: int) -> Line:
    cells = _shown(own.time, "%9.0g", 13) + _shown(own.failures, "%9.0g", 11)
    cells += "".join(
        _shown(value, "%9.0g", width) for value, width in ((own.rate, 12), (own.lower, 13), (own.upper, 11))
    )
    return line(f"{cut(printable(own.name), stub - 1):>{stub - 1}} |", result(cells))


@dataclass(frozen=True, slots=True)
class LifeRow:
    """An interval of a life table with a function at its end, its standard error and limits."""

    begin: float
    end: float
    total: float
    deaths: float
    lost: float
    value: float
    error: float
    lower: float
    upper: float


def render_life_table(
    title: str, groups: Sequence[tuple[str, Sequence[LifeRow]]], cumulative: str, level: float
) -> list[Line]:
    """Return the life table; `cumulative` heads a column of its own in tables of failures or hazards."""
    percent = f"[{level:g}% Conf. Int.]"
    edge = line(rule(_WIDTH))
    lines = [
        line(),
        line(f"{'Beg.':>20}{cumulative:>28}{'Std.':>9}"),
        line(
            f"{'Interval':>11}{'Total':>9}{'Deaths':>9}{'Lost':>7}{title:>12}{'Error':>10}{percent:>20}".rstrip()
        ),
        edge,
    ]
    for name, rows in groups:
        if name:
            lines.append(line(name))
        for own in rows:
            end = "." if own.end >= MISSING else format_value(own.end, "%9.0g").strip()
            cells = f"{format_value(own.begin, '%9.0g').strip():>5}{end:>6}"
            cells += "".join(
                format_value(value, "%9.0g").strip().rjust(width)
                for value, width in ((own.total, 9), (own.deaths, 9), (own.lost, 7))
            )
            cells += "".join(
                ("." if value >= MISSING else f"{value:.4f}").rjust(width)
                for value, width in ((own.value, 12), (own.error, 10), (own.lower, 11), (own.upper, 9))
            )
            lines.append(line(result(cells)))
    return [*lines, edge]
