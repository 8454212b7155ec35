"""estat wcorrelation: deviations and correlations of the outcomes within a group."""

from __future__ import annotations

import numpy as np

from xmixed.formats import format_value, width_of
from xmixed.output import Line, line
from xmixed.render.text import result, rule

STUB = 8


def _table(rows: list[tuple[str, list[float]]], count: int, fmt: str) -> list[Line]:
    """Return rows of figures below the numbers of the observations."""
    cell = width_of(fmt) + 2
    head = "".join(f"{number:>{cell}}" for number in range(1, count + 1))
    lines = [line(f"{'obs':>{STUB}} |{head} "), line(rule(STUB + 1) + "+" + rule(cell * count + 1))]
    for name, values in rows:
        cells = "".join(format_value(value, fmt).strip().rjust(cell) for value in values)
        lines.append(line(f"{name:>{STUB}} |", result(cells + " " * (cell * (count - len(values)) + 1))))
    return lines


def _triangle(matrix: np.ndarray) -> list[tuple[str, list[float]]]:
    return [(str(place + 1), row[: place + 1].tolist()) for place, row in enumerate(matrix)]


def render_within_correlations(
    title: str, deviations: np.ndarray, correlations: np.ndarray, fmt: str
) -> list[Line]:
    """Return the row of standard deviations and the lower triangle of correlations."""
    count = len(deviations)
    return [
        line(),
        line(f"Standard deviations and correlations{title}:"),
        line(),
        line("Standard deviations:"),
        line(),
        *_table([("sd", deviations.tolist())], count, fmt),
        line(),
        line("Correlations:"),
        line(),
        *_table(_triangle(correlations), count, fmt),
    ]


def render_within_covariance(title: str, covariance: np.ndarray, fmt: str) -> list[Line]:
    """Return the lower triangle of a covariance matrix."""
    return [
        line(),
        line(f"Covariances{title}:"),
        line(),
        *_table(_triangle(covariance), len(covariance), fmt),
    ]
