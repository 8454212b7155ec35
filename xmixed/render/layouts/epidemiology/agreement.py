"""What `kap` and `kappa` print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule
from xmixed.statistics.inference.agreement import Kappa


def render_weights(weights: np.ndarray) -> list[Line]:
    """Return the triangle of weights."""
    lines = [line(), line("Ratings weighted by:")]
    for row in range(len(weights)):
        lines.append(line("".join(f"{value:9.4f}" for value in weights[row])))
    return lines


def render_two_raters(found: Kappa) -> list[Line]:
    """Return the agreement of two raters."""
    shares = f"{100 * found.agreement:7.2f}%{100 * found.expected:11.2f}%"
    figures = f"{_figure(found.kappa, '%10.4f', 11)}{_figure(found.se, '%10.4f', 11)}"
    figures += f"{_figure(found.z, '%10.2f', 11)}{_figure(found.p, '%11.4f', 12)}"
    return [
        line(),
        line("             Expected"),
        line("Agreement   Agreement     Kappa   Std. Err.         Z      Prob>Z"),
        line(rule(65)),
        line(result(shares + figures)),
    ]


def _figure(value: float, fmt: str, width: int) -> str:
    return format_value(value, fmt).strip().rjust(width)


def render_several_raters(
    texts: Sequence[str], singles: Sequence[Kappa], combined: Kappa, raters: int, head: str = "Outcome"
) -> list[Line]:
    """Return the agreement of several raters by category."""
    edge = line(rule(17) + "+" + rule(31))
    lines = [
        line(),
        line(f"There are {raters} raters per subject:"),
        line(),
        line(right(cut(printable(head), 16), 16) + " |    Kappa          Z     Prob>Z"),
        edge,
    ]
    rows = [*zip(texts, singles, strict=True), ("combined", combined)]
    for place, (text, found) in enumerate(rows):
        if place == len(rows) - 1:
            lines.append(edge)
        figures = _figure(found.kappa, "%8.4f", 9) + _figure(found.z, "%9.2f", 11)
        figures += _figure(found.p, "%8.4f", 11)
        lines.append(line(right(cut(printable(text), 16), 16) + " |", result(figures)))
    return lines
