"""The header of survey estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result

RIGHT, EQUALS = 50, 69
"""Columns where the right block and its `=` stand; values end at 77."""


@dataclass(frozen=True, slots=True)
class SurveyHeader:
    """What stands above the table.

    Attributes
    ----------
    population : tuple of (label, value)
        Number of observations, population size, those of a subpopulation, design degrees of freedom.
    figures : tuple of (label, value, format)
        The test of the model, shares explained.
    """

    title: str
    n_strata: float
    n_units: float
    population: tuple[tuple[str, float], ...]
    figures: tuple[tuple[str, float, str], ...]


def render_header(header: SurveyHeader) -> list[Line]:
    left = [
        f"Number of strata   ={format_value(header.n_strata, '%9.0g').strip():>10}",
        f"Number of PSUs     ={format_value(header.n_units, '%9.0g').strip():>10}",
    ]
    rows: list[tuple[str, float, str]] = [(label, value, "%9.0g") for label, value in header.population]
    rows += header.figures
    texts = left + [""] * (len(rows) - len(left))
    return [line(header.title), line(), *(_beside(text, *row) for text, row in zip(texts, rows, strict=True))]


def _beside(left: str, label: str, value: float, fmt: str) -> Line:
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(format_value(value, fmt).strip().rjust(9)))


def render_design(rows: Sequence[tuple[str, str]]) -> list[Line]:
    """Return what svyset has declared."""
    return [line(), *(line(f"{label + ':':>14} {text}") for label, text in rows)]
