"""The header of xtpcse, and the rows of autocorrelations under its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule

RIGHT, EQUALS = 48, 67
"""Columns where the right block and its `=` stand; values end at 77."""


@dataclass(frozen=True, slots=True)
class CorrectedHeader:
    """What stands above the table; `counts` are of covariances, autocorrelations, coefficients."""

    title: str
    panel: str
    time: str
    panels: str
    autocorrelation: str
    n_obs: float
    n_groups: float
    sizes: tuple[float, float, float]
    counts: tuple[float, float, float]
    r2: float
    wald: tuple[float, float, float]


def render_header(header: CorrectedHeader) -> list[Line]:
    smallest, average, largest = header.sizes
    df, chi2, p_value = header.wald
    left = [
        ("Group variable:", header.panel),
        ("Time variable:", header.time),
        ("Panels:", header.panels),
        ("Autocorrelation:", header.autocorrelation),
    ]
    texts = [f"{label:<18}{text}" for label, text in left]
    names = ("covariances", "autocorrelations", "coefficients")
    counted = [
        f"Estimated {name:<16} = {format_value(count, '%9.0g').strip():>9}"
        for name, count in zip(names, header.counts, strict=True)
    ]
    return [
        line(header.title),
        line(),
        _beside(texts[0], "Number of obs", header.n_obs, "%9.0g"),
        _beside(texts[1], "Number of groups", header.n_groups, "%9.0g"),
        _beside(texts[2], "Obs per group: min", smallest, "%9.0g"),
        _beside(texts[3], "               avg", average, "%9.0g"),
        _beside("", "               max", largest, "%9.0g"),
        _beside(counted[0], "R-squared", header.r2, "%10.4f"),
        _beside(counted[1], f"Wald chi2({df:.0f})", chi2, "%10.2f"),
        _beside(counted[2], "Prob > chi2", p_value, "%10.4f"),
    ]


def _beside(left: str, label: str, value: float, fmt: str) -> Line:
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(format_value(value, fmt).strip().rjust(10)))


def render_rho(values: Sequence[float], single: bool) -> list[Line]:
    """Return the rows between the last two rules of the table."""
    joint = line(f"{rule(13)}+{rule(64)}")
    if single:
        shown = format_value(values[0], "%9.0g").strip().rjust(11)
        return [joint, line(f"{'rho':>12} |", result(shown)), line(rule(78))]
    texts = [format_value(value, "%9.0g").strip() for value in values[:5]]
    tail = " ..." if len(values) > 5 else ""
    return [joint, line(f"{'rhos':>12} = ", result("  ".join(texts)), tail), line(rule(78))]
