"""The tables of `ci` and `centile`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import interval_head
from xmixed.render.text import result, rule
from xmixed.statistics.inference.intervals import Centile, Interval
from xmixed.statistics.inference.means import MeanLimits

STUB = 12
CI_HEADS = {
    "": "",
    "exact": "-- Binomial Exact --",
    "wilson": "------ Wilson ------",
    "agresti": "-- Agresti-Coull --",
    "wald": "-- Binomial Wald ---",
    "jeffreys": "----- Jeffreys -----",
    "poisson": "-- Poisson  Exact --",
}
CENTILE_HEADS = {
    "interpolated": "-- Binom. Interp. --",
    "conservative": "-- Binomial Exact --",
    "normal": "-- Normal, based on observed centiles --",
    "meansd": "-- Normal, based on mean and std. dev.--",
}
ONE_SIDED = "(*) one-sided, {level:g}% confidence interval"
HELD = "* Lower (upper) confidence limit held at minimum (maximum) of sample"


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """A variable with its number of observations (exposure) and interval."""

    name: str
    n: float
    interval: Interval


def render_intervals(
    rows: Sequence[IntervalRow], method: str, level: float, separator: int = 5, count: str = "Obs"
) -> list[Line]:
    """Return the table of `ci`; an inner rule stands after every `separator` variables."""
    lines = [line()]
    if CI_HEADS[method]:
        lines.append(line(CI_HEADS[method].rjust(77)))
    head = f"    Variable |{count:>11}        Mean    Std. Err."
    lines.append(line(head + interval_head(level).strip().rjust(27)))
    inner = line(rule(STUB + 1) + "+" + rule(63))
    lines.append(inner)
    for i, row in enumerate(rows):
        if separator and i and i % separator == 0:
            lines.append(inner)
        found = row.interval
        cells = "".join(
            format_value(value, "%9.0g").strip().rjust(width)
            for value, width in (
                (row.n, 11),
                (found.estimate, 12),
                (found.se, 12),
                (found.lower, 16),
                (found.upper, 12),
            )  # fmt: skip
        )
        star = "*" if found.one_sided else ""
        lines.append(line(abbreviate_name(row.name, STUB).rjust(STUB) + " |", result(cells), star))
    if any(row.interval.one_sided for row in rows):
        lines += [line(), line(ONE_SIDED.format(level=50 + level / 2))]
    return lines


@dataclass(frozen=True, slots=True)
class CentileRow:
    """A variable (its name "" in rows after the first), its number of observations, and one centile."""

    name: str
    n: float
    percentile: float
    centile: Centile


def render_centiles(rows: Sequence[CentileRow], method: str, level: float) -> list[Line]:
    """Return the table of `centile`."""
    lines = [
        line(),
        line(CENTILE_HEADS[method].rjust(75)),
        line("    Variable |       Obs  Percentile    Centile" + interval_head(level).strip().rjust(28)),
        line(rule(STUB + 1) + "+" + rule(61)),
    ]
    for row in rows:
        found = row.centile
        n = format_value(row.n, "%9.0g").strip() if row.name else ""
        cells = n.rjust(10) + "".join(
            format_value(value, "%9.0g").strip().rjust(width)
            for value, width in (
                (row.percentile, 11),
                (found.value, 12),
                (found.lower, 16),
                (found.upper, 12),
            )  # fmt: skip
        )
        star = "*" if found.held else ""
        lines.append(line(abbreviate_name(row.name, STUB).rjust(STUB) + " |", result(cells), star))
    if any(row.centile.held for row in rows):
        lines += [line(), line(HELD)]
    return lines


MEANS = (("Arithmetic", ""), ("Geometric", "_g"), ("Harmonic", "_h"))
"""The means of `ameans`, and what their names in r() end in."""


@dataclass(frozen=True, slots=True)
class MeansRow:
    """A variable, what was added to it, and its means in the order of MEANS."""

    name: str
    added: float
    means: Sequence[MeanLimits]


def render_means(rows: Sequence[MeansRow], level: float) -> list[Line]:
    """Return the table of `ameans`."""
    inner = line(rule(STUB + 1) + "+" + rule(65))
    head = interval_head(level).strip().rjust(27)
    lines = [line(), line(f"    Variable |{'    Type':11}{'Obs':>12}{'Mean':>15}{head}"), inner]
    for row in rows:
        for at, ((kind, _), found) in enumerate(zip(MEANS, row.means, strict=True)):
            name = abbreviate_name(row.name, STUB) if at == 0 else ""
            widths = zip((found.n, found.mean, found.low, found.high), (12, 15, 15, 12), strict=True)
            cells = "".join(format_value(value, "%9.0g").strip().rjust(width) for value, width in widths)
            lines.append(line(f"{name:>{STUB}} | ", f"{kind:>10}", result(cells)))
        lines.append(inner)
    if any(row.added for row in rows):
        lines += [
            line(f"({row.added:g} was added to {row.name} before the means were formed)")
            for row in rows
            if row.added
        ]
    return lines
