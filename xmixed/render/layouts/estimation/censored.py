"""The header of tobit and intreg, and how many observations are censored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result

RIGHT, EQUALS = 50, 66
"""Columns where the right block and its `=` stand; values end at 77."""


@dataclass(frozen=True, slots=True)
class CensoredHeader:
    """What stands above the table; `test` and `probability` with their labels."""

    title: str
    n_obs: float
    test: tuple[str, float]
    probability: tuple[str, float]
    log_likelihood: float
    pseudo_r2: float | None
    pseudo: bool


def render_header(header: CensoredHeader) -> list[Line]:
    name = "Log pseudolikelihood" if header.pseudo else "Log likelihood"
    left = f"{name} = {format_value(header.log_likelihood, '%10.0g').strip()}"
    rows = [
        (header.title, "Number of obs", header.n_obs, "%10.0g"),
        ("", *header.test, "%10.2f"),
        ("", *header.probability, "%10.4f"),
    ]
    if header.pseudo_r2 is None:
        rows[-1] = (left, *header.probability, "%10.4f")
    else:
        rows.append((left, "Pseudo R2", header.pseudo_r2, "%10.4f"))
    return [_beside(*row) for row in rows]


def _beside(left: str, label: str, value: float, fmt: str) -> Line:
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(format_value(value, fmt).strip().rjust(11)))


def render_summary(title: str, rows: Sequence[tuple[float, str]]) -> list[Line]:
    """Return lines such as `Obs. summary:  18  left-censored observations at y<=0`."""
    lines = []
    for place, (count, text) in enumerate(rows):
        head = f"  {title}:" if place == 0 else ""
        lines.append(line(head.ljust(16), result(format_value(count, "%9.0g").strip().rjust(9)), f" {text}"))
    return lines
