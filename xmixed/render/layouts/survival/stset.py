"""What stset says: the declaration, and what becomes of the observations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule

_WIDTH = 78


@dataclass(frozen=True, slots=True)
class Exclusion:
    """How many observations are left out, and why."""

    count: int
    why: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What becomes of the observations; `subjects` None without id()."""

    observations: int
    exclusions: tuple[Exclusion, ...]
    remaining: int
    subjects: int | None
    failures: int
    several_failures: bool
    at_risk: float
    first: float
    last: float


def render_declaration(rows: Sequence[tuple[str, str]]) -> list[Line]:
    return [line(), *(line(f"{label + ':':>20}  {text}") for label, text in rows)]


def render_totals(totals: Totals) -> list[Line]:
    kind = "multiple" if totals.several_failures else "single"
    lines = [line(), line(rule(_WIDTH)), _counted(totals.observations, "total obs.")]
    if totals.exclusions:
        lines += [_counted(item.count, item.why) for item in totals.exclusions]
    else:
        lines.append(_counted(0, "exclusions"))
    lines += [line(rule(_WIDTH)), _counted(totals.remaining, "obs. remaining, representing")]
    if totals.subjects is not None:
        lines.append(_counted(totals.subjects, "subjects"))
    data = (
        "single record/single failure data" if totals.subjects is None else f"{kind} failure-per-subject data"
    )
    lines.append(_counted(totals.failures, f"failures in {data}"))
    risk = format_value(totals.at_risk, "%9.0g").strip().rjust(9)
    first, last = (format_value(value, "%9.0g").strip().rjust(9) for value in (totals.first, totals.last))
    return [
        *lines,
        line(result(risk), "  total analysis time at risk, at risk from t = ", result("0".rjust(9))),
        line(" " * 29 + "earliest observed entry t = ", result(first)),
        line(" " * 34 + "last observed exit t = ", result(last)),
    ]


def _counted(count: int, text: str) -> Line:
    return line(result(f"{count:9d}"), f"  {text}")
