"""The header of survival models, and the lines about stset above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result

RIGHT, EQUALS = 51, 67
"""Columns where the right block and its `=` stand; values end at 77."""


@dataclass(frozen=True, slots=True)
class SurvivalHeader:
    """What stands above the table of stcox and streg; `pseudo`: likelihoods are pseudolikelihoods."""

    title: str
    subjects: float
    n_obs: float
    failures: float
    risk: float
    test: str
    df_model: float
    chi2: float
    p_value: float
    log_likelihood: float
    pseudo: bool = False


def render_header(header: SurvivalHeader) -> list[Line]:
    name = "Log pseudolikelihood" if header.pseudo else "Log likelihood"
    return [
        line(header.title),
        line(),
        _beside(_left("No. of subjects", header.subjects), "Number of obs", header.n_obs, "%9.0g"),
        line(_left("No. of failures", header.failures)),
        line(_left("Time at risk", header.risk)),
        _beside("", f"{header.test} chi2({header.df_model:.0f})", header.chi2, "%10.2f"),
        _beside(_left(name, header.log_likelihood), "Prob > chi2", header.p_value, "%10.4f"),
    ]


def _left(label: str, value: float) -> str:
    return f"{label:<15} = {format_value(value, '%12.0g').strip():>12}"


def _beside(left: str, label: str, value: float, fmt: str) -> Line:
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(format_value(value, fmt).strip().rjust(10)))


def render_settings(rows: Sequence[tuple[str, str]]) -> list[Line]:
    """Return what stset has declared: `failure _d:  died`."""
    return [line(), *(line(f"{label:>20}:  {text}") for label, text in rows)]
