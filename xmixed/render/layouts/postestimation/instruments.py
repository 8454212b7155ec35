"""What estat shows after regression with instrumental variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule

_WIDTH = 74
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class FirstStageRow:
    """A first stage: shares of the variance that it explains, and the test of its excluded instruments."""

    name: str
    r2: float
    r2_adjusted: float
    r2_partial: float
    statistic: float
    p_value: float


def render_first_stages(rows: Sequence[FirstStageRow], label: str, robust: bool) -> list[Line]:
    """Return the table; `label` is `F(2,117)`."""
    outer = line(_INDENT + rule(_WIDTH))
    lines = [
        line(),
        line(f"{_INDENT}First-stage regression summary statistics"),
        outer,
        line(f"{_INDENT}{'|':>14}{'Adjusted':>20}{'Partial':>13}{'Robust' if robust else '':>16}".rstrip()),
        line(f"{_INDENT}{'Variable':>12} |{'R-sq.':>8}{'R-sq.':>12}{'R-sq.':>13}{label:>16}   Prob > F"),
        line(f"{_INDENT}{rule(13)}+{rule(_WIDTH - 14)}"),
    ]
    for row in rows:
        shares = (row.r2, 8), (row.r2_adjusted, 12), (row.r2_partial, 13)
        cells = "".join(format_value(value, "%6.4f").strip().rjust(width) for value, width in shares)
        cells += format_value(row.statistic, "%9.6g").strip().rjust(14)
        cells += format_value(row.p_value, "%6.4f").strip().rjust(10)
        lines.append(line(f"{_INDENT}{abbreviate_name(row.name, 12):>12} |", result(cells)))
    return [*lines, outer]


def render_smallest_eigenvalue(value: float) -> list[Line]:
    shown = format_value(value, "%9.6g").strip()
    return [line(), line(f"{_INDENT}Minimum eigenvalue statistic = ", result(shown))]


def render_tests(heads: Sequence[str], tests: Sequence[tuple[str, float, float]]) -> list[Line]:
    """Return lines `label = statistic  (p = ...)` under heads."""
    width = max(len(label) for label, _, _ in tests)
    lines = [line(), *(line(_INDENT + head) for head in heads), line()]
    for label, statistic, p_value in tests:
        value = format_value(statistic, "%8.6g").strip().rjust(8)
        tail = f"  (p = {format_value(p_value, '%6.4f').strip()})"
        lines.append(line(f"{_INDENT}{label:<{width}} = ", result(value), tail))
    return lines
