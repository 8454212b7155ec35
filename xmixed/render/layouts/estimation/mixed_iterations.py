"""What `trace`, `gradient`, `hessian`, `showstep` and `showtolerance` add to the iteration log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, Styled, line
from xmixed.render.layouts.results_lists import render_matrix
from xmixed.render.text import rule
from xmixed.session.results import Matrix

WIDTH = 78
INDENT = " " * 15
"""Details under a line of the usual log stand where its label does."""
BLOCKS = frozenset({"trace", "gradient", "hessian"})
"""Displays that turn the line of an iteration into a block between rules."""


@dataclass(frozen=True, slots=True, eq=False)
class DetailShown:
    """Figures of one iteration in the optimisation metric.

    Attributes
    ----------
    names : sequence of str, k of them
    parameters, gradient : (k,) arrays; hessian : (k, k) array
    steps : sequence of (length, log likelihood)
        What the line search tried.
    changes : (tolerance, ltolerance, nrtolerance)
        nan where there is nothing to compare with.
    """

    names: Sequence[str]
    parameters: np.ndarray
    gradient: np.ndarray
    hessian: np.ndarray
    steps: Sequence[tuple[float, float]]
    changes: tuple[float, float, float]


def render_detail(number: int, usual: Line, shown: DetailShown, wanted: Collection[str]) -> list[Line]:
    """Return an iteration with its details; `usual` is its line in the plain log.

    Stata: no display of xtmixed with these options is evidenced; the blocks follow what ml prints.
    """
    extra = _steps(shown) if "showstep" in wanted else []
    extra += [_tolerances(shown)] if "showtolerance" in wanted else []
    if not BLOCKS & set(wanted):
        return [usual, *extra]
    lines = [line(rule(WIDTH)), line(f"Iteration {number}:")]
    if "trace" in wanted:
        lines += [line("Parameter vector:"), *_matrix(shown.names, shown.parameters[None, :])]
    value = "".join(run.text for run in usual[1:]).rstrip()
    text = usual[0].text[len(INDENT) :]
    lines += [line(), line(" " * (WIDTH - len(text) - len(value)) + text, Styled(value, "result"))]
    if "gradient" in wanted:
        length = format_value(float(np.linalg.norm(shown.gradient)), "%9.0g").strip()
        lines.append(line(f"Gradient vector (length = {length}):"))
        lines += _matrix(shown.names, shown.gradient[None, :])
    if "hessian" in wanted:
        lines += [line("Negative Hessian:"), *_matrix(shown.names, -shown.hessian)]
    return [*lines, *extra]


def _matrix(names: Sequence[str], values: np.ndarray) -> list[Line]:
    rows = ["r1"] if len(values) == 1 else list(names)
    symmetric = (values + values.T) / 2 if values.shape[0] == values.shape[1] else values
    clean = np.where(np.isfinite(symmetric), symmetric, MISSING)
    return render_matrix("", Matrix(clean, rows, list(names)), "%9.0g", WIDTH, header=False)[1:]


def _steps(shown: DetailShown) -> list[Line]:
    return [
        line(
            f"{INDENT}({place}) step length = {_number(length)}, log likelihood = {_number(value, '%10.0g')}"
        )
        for place, (length, value) in enumerate(shown.steps, start=1)
    ]


def _tolerances(shown: DetailShown) -> Line:
    names = ("tolerance", "ltolerance", "nrtolerance")
    texts = (f"{name} = {_number(value)}" for name, value in zip(names, shown.changes, strict=True))
    return line(INDENT + ", ".join(texts))


def _number(value: float, fmt: str = "%9.0g") -> str:
    return format_value(value if np.isfinite(value) else MISSING, fmt).strip()
