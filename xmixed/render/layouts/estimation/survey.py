"""The header of survey estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

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


@dataclass(frozen=True, slots=True)
class StratumRow:
    """Units and observations of a stratum: how many, and the least, mean and most observations of a unit."""

    name: str
    n_units: int
    n_obs: int
    least: int
    mean: float
    most: int


def render_units(rows: Sequence[StratumRow], total: StratumRow) -> list[Line]:
    """Return the table of strata; those with one unit are marked."""
    parts = "  ".join([rule(8)] * 6)
    lines = [
        line(),
        line(" " * 38 + "#Obs per Unit"),
        line(" " * 30 + rule(28)),
        line(f"{'Stratum':<8}  {'#Units':>8}  {'#Obs':>8}  {'min':>8}  {'mean':>8}  {'max':>8}"),
        line(parts),
    ]
    lines += [_stratum(row, "*" if row.n_units == 1 else " ") for row in rows]
    return [*lines, line(parts), _stratum(total, " ")]


def _stratum(row: StratumRow, mark: str) -> Line:
    counts = f"{row.n_units:8d}{mark} {row.n_obs:8d}  {row.least:8d}  {row.mean:8.1f}  {row.most:8d}"
    return line(right(cut(printable(row.name), 8), 8) + "  ", result(counts))
