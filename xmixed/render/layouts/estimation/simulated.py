"""What `setx` and `simqi` print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from xmixed.formats import format_value
from xmixed.formats.width import cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

STUB = 26


class Figures(Protocol):
    """Mean, standard error and interval of a quantity."""

    @property
    def name(self) -> str: ...
    @property
    def mean(self) -> float: ...
    @property
    def se(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def render_quantities(rows: Sequence[Figures], level: float) -> list[Line]:
    """Return the table of `simqi`."""
    head = f"{right('Quantity of Interest', STUB)} |     Mean       Std. Err.    [{level:g}% Conf. Interval]"
    shown = [
        line(
            right(cut(printable(row.name), STUB), STUB) + " | ",
            result("   ".join(_figure(value) for value in (row.mean, row.se, row.low, row.high))),
        )
        for row in rows
    ]
    return [line(), line(head), line(rule(STUB + 1) + "+" + rule(50)), *shown]


def _figure(value: float) -> str:
    return format_value(value, "%9.0g").strip().rjust(9)


def render_change(title: str, rows: Sequence[Figures], level: float) -> list[Line]:
    """Return the table of first differences."""
    return [line(), line(f"First Difference: {printable(title)}"), *render_quantities(rows, level)]


def render_settings(names: Sequence[str], values: Mapping[str, float]) -> list[Line]:
    """Return the values at which covariates are set."""
    lines = [line(), line(f"{'Variable':>12} |      Value"), line(rule(13) + "+" + rule(12))]
    for name in names:
        shown = format_value(values[name], "%9.0g").strip() if name in values else "not set"
        lines.append(line(right(cut(printable(name), 12), 12) + " | ", result(shown.rjust(10))))
    return lines
