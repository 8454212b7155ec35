"""Estimates that a user's program posts: checked, and as the equations of a table."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.estimation.coefficient_table import CoefficientRow, Equation, Figures
from xmixed.session.results import Estimates, Matrix


def check_posted(b: Matrix, V: Matrix | None) -> None:
    """Check a vector of coefficients and its covariance.

    Raises
    ------
    StataError
        r(503) shapes, r(504) missing values, r(505) not symmetric, r(507) names that differ.
    """
    if b.values.shape[0] != 1:
        raise StataError(503, "conformability error")
    if np.any(is_missing(b.values)):
        raise StataError(504, "matrix has missing values")
    if V is None:
        return
    size = b.values.shape[1]
    if V.values.shape != (size, size):
        raise StataError(503, "conformability error")
    if np.any(is_missing(V.values)):
        raise StataError(504, "matrix has missing values")
    scale = np.abs(V.values).max(initial=0.0)
    if np.any(np.abs(V.values - V.values.T) > 1e-8 * scale):
        raise StataError(505, "matrix not symmetric")
    if b.column_names != V.column_names or b.column_names != V.row_names:
        raise StataError(507, "name conflict")


def posted_equations(e: Estimates, level: float, exponential: bool = False) -> list[Equation]:
    """Return the coefficients of e(b) with e(V) as equations of a table; t where e(df_r) exists, else z.

    `exponential` shows exp(b).

    Raises
    ------
    StataError
        r(301) without e(b).
    """
    b, V = e.matrices.get("b"), e.matrices.get("V")
    if b is None:
        raise StataError(301, "last estimates not found")
    df = degrees_of_freedom(e)
    rows: dict[str, list[CoefficientRow]] = {}
    for place, full in enumerate(b.column_names):
        equation, _, name = full.rpartition(":")
        variance = MISSING if V is None else float(V.values[place, place])
        own = None if df is None else float(df[place])
        figures = wald_figures(float(b.values[0, place]), variance, level, own)
        figures = exponentiated(figures) if exponential else figures
        rows.setdefault(equation, []).append(_row(name, full, figures))
    single = len(rows) == 1
    return [
        Equation(tuple(found), "" if single or name in ("", "_") else name) for name, found in rows.items()
    ]


def _row(name: str, full: str, figures: Figures) -> CoefficientRow:
    level, dot, variable = name.partition(".")
    legend = f"_b[{full}]"
    if dot and "#" not in name and level.rstrip("bno").isdigit():
        note = "(base)" if level.endswith("b") else "(omitted)" if level.endswith("o") else ""
        digits = level.rstrip("bno")
        return CoefficientRow(digits, figures, (variable,), f"{digits}.{variable}", note, legend)
    if level == "o" and dot:
        return CoefficientRow(variable, figures, note="(omitted)", legend=legend)
    return CoefficientRow(name, figures, legend=legend)
