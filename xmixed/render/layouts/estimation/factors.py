"""Tables of factor and pca: eigenvalues, loadings, rotations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule

_INDENT = "    "
_A_BLOCK = 4
"""Factors beside each other."""


@dataclass(frozen=True, slots=True, eq=False)
class FactorTables:
    """What is shown; `test` of independence as (df, chi2, p), `rotation` and `phi` None without them."""

    components: bool
    title: str
    method: str
    rotation_text: str
    n_obs: float
    retained: int
    n_parameters: float
    trace: float
    rho: float
    eigenvalues: np.ndarray
    whole: float
    test: tuple[int, float, float] | None
    names: tuple[str, ...]
    labels: tuple[str, ...]
    loadings: np.ndarray
    unique: np.ndarray
    rotation: np.ndarray | None
    phi: np.ndarray | None


def render_factors(own: FactorTables, blanks: float) -> list[Line]:
    lines = [line(), *_header(own), line(), *_eigenvalues(own)]
    if own.test is not None:
        df, chi2, p_value = own.test
        text = f"{_INDENT}LR test: independent vs. saturated:  chi2({df}) ="
        shown = format_value(chi2, "%8.2f").strip().rjust(8)
        lines.append(
            line(text, result(shown), " Prob>chi2 = ", result(format_value(p_value, "%6.4f").strip()))
        )
    heads = (
        ("Rotated components", "Principal components (eigenvectors)")
        if own.components
        else (
            "Rotated factor loadings (pattern matrix) and unique variances",
            "Factor loadings (pattern matrix) and unique variances",
        )
    )
    lines += [line(), line(heads[0] if own.rotation is not None else heads[1]), line()]
    last = "Unexplained" if own.components else "Uniqueness"
    lines += _matrix("Variable", own.names, own.labels, own.loadings, blanks, (last, own.unique))
    if own.rotation is not None:
        head = "Component rotation matrix" if own.components else "Factor rotation matrix"
        lines += [line(), line(head), line(), *_matrix("", own.labels, own.labels, own.rotation, 0.0, None)]
    return lines


def _header(own: FactorTables) -> list[Line]:
    if own.components:
        rows = [
            (own.title, "Number of obs", format_value(own.n_obs, "%9.0g")),
            ("", "Number of comp.", f"{own.retained:9d}"),
            ("", "Trace", format_value(own.trace, "%9.0g")),
            (f"{_INDENT}Rotation: {own.rotation_text}", "Rho", format_value(own.rho, "%9.4f")),
        ]
        return [_beside(*row, 50) for row in rows]
    rows = [
        (own.title, "Number of obs", format_value(own.n_obs, "%9.0g")),
        (f"{_INDENT}Method: {own.method}", "Retained factors", f"{own.retained:9d}"),
        (
            f"{_INDENT}Rotation: {own.rotation_text}",
            "Number of params",
            format_value(own.n_parameters, "%9.0g"),
        ),
    ]
    return [_beside(*row, 51) for row in rows]


def _beside(left: str, label: str, value: str, column: int) -> Line:
    return line(left.ljust(column) + label.ljust(17) + "=", result(value.strip().rjust(78 - column - 18)))


def _eigenvalues(own: FactorTables) -> list[Line]:
    outer = line(_INDENT + rule(74))
    rotated = own.rotation is not None
    first = "Variance" if rotated else "Eigenvalue"
    name = "Component" if own.components else "Factor "
    head = f"{_INDENT}{name:>12} |{first:>13}{'Difference':>13}{'Proportion':>19}{'Cumulative':>13}"
    lines = [outer, line(head), line(f"{_INDENT}{rule(13)}+{rule(60)}")]
    cumulative = 0.0
    values = own.eigenvalues
    for place, value in enumerate(values):
        share = value / own.whole
        cumulative += share
        label = f"Comp{place + 1}" if own.components else f"Factor{place + 1} "
        difference = value - values[place + 1] if place + 1 < len(values) else None
        fmt = "%9.6g" if own.components else "%9.5f"
        cells = format_value(float(value), fmt).strip().rjust(13)
        cells += ("." if difference is None else format_value(float(difference), fmt).strip()).rjust(13)
        cells += format_value(float(share), "%9.4f").strip().rjust(19)
        cells += format_value(float(cumulative), "%9.4f").strip().rjust(13)
        lines.append(line(f"{_INDENT}{label:>12} |", result(cells)))
    return [*lines, outer]


def _matrix(
    head: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: np.ndarray,
    blanks: float,
    last: tuple[str, np.ndarray] | None,
) -> list[Line]:
    """Return a table of loadings, several blocks below each other where there are many factors."""
    lines: list[Line] = []
    for start in range(0, len(columns), _A_BLOCK):
        own = columns[start : start + _A_BLOCK]
        final = last if start + _A_BLOCK >= len(columns) else None
        width = 10 * len(own)
        end = f"+{rule(14)}" if final is not None else ""
        outer = line(_INDENT + rule(14 + width + (15 if final is not None else 0)))
        if lines:
            lines.append(line())
        title = "".join(f"{label:>9} " for label in own)
        title += f"|{final[0]:>13} " if final is not None else ""
        lines += [
            outer,
            line(f"{_INDENT}{head:>12} |{title}"),
            line(f"{_INDENT}{rule(13)}+{rule(width)}{end}"),
        ]
        for place, name in enumerate(rows):
            cells = ""
            for value in values[place, start : start + _A_BLOCK]:
                shown = "" if abs(value) < blanks else format_value(float(value), "%9.4f").strip()
                cells += f"{shown:>9} "
            tail = ""
            if final is not None:
                fmt = "%9.4g" if head and final[0] == "Unexplained" else "%9.4f"
                tail = f"|{format_value(float(final[1][place]), fmt).strip():>12}  "
            lines.append(line(f"{_INDENT}{abbreviate_name(name, 12):>12} |", result(cells + tail)))
        lines.append(outer)
    return lines
