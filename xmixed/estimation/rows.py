"""Rows of a table of coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.estimation.delta import wald_figures
from xmixed.estimation.display_options import DisplayOptions
from xmixed.expressions.factors.terms import Term
from xmixed.render.layouts.estimation.coefficient_table import (
    CoefficientRow,
    Figures,
)


def coefficient_rows(
    terms: Sequence[Term],
    b: np.ndarray,
    variances: np.ndarray,
    options: DisplayOptions,
    prefix: str = "",
    df: np.ndarray | None = None,
    beta: np.ndarray | None = None,
) -> tuple[CoefficientRow, ...]:
    """Return a row for each term that the display options show.

    Parameters
    ----------
    b, variances : ndarray of float64, shape (number of terms,)
    prefix : str
        What stands before a name in the legend: `weight:` or nothing.
    df : ndarray of float64, shape (number of terms,), optional
        Degrees of freedom of t; without them z.
    beta : ndarray of float64, shape (number of terms,), optional
        Standardised coefficients, shown in place of limits.
    """
    rows = []
    for place, term in enumerate(terms):
        if _is_shown(term, options):
            own = None if df is None else float(df[place])
            figures = wald_figures(float(b[place]), float(variances[place]), options.style.level, own)
            row = _row(term, figures, f"_b[{prefix}{term.name}]")
            rows.append(row if beta is None else replace(row, beta=float(beta[place])))
    return tuple(rows)


def labelled_row(term: Term | None, name: str) -> CoefficientRow:
    """Return the label of a coefficient, without figures; parameters of no covariate go by their name."""
    if term is None:
        return CoefficientRow(name, Figures(0.0))
    return _row(replace(term, status=""), Figures(0.0), "")


def _is_shown(term: Term, options: DisplayOptions) -> bool:
    if options.style.legend and term.status:
        return False
    if term.status == "base":
        return options.allbaselevels or (options.baselevels and not term.inferable)
    if term.status == "omitted":
        return options.omitted
    return options.emptycells or term.status != "empty"


def _row(term: Term, figures: Figures, legend: str) -> CoefficientRow:
    note = f"({term.status})" if term.status else ""
    series = [part.time_series for part in term.parts]
    if not term.parts:
        return CoefficientRow("_cons", figures, note=note, legend=legend)
    if not term.factorial:
        part = term.parts[0]
        if part.time_series:
            return CoefficientRow(
                _series_label(part.time_series), figures, (part.variable,), note=note, legend=legend
            )
        return CoefficientRow(part.variable, figures, note=note, legend=legend)
    if len(term.parts) == 1 and term.factors and not any(series):
        part = term.parts[0]
        alone = f"{part.level}.{part.variable}"
        return CoefficientRow(str(part.level), figures, (part.variable,), alone, note, legend)
    block = tuple(
        part.plain if part.level is not None else _continuous(part.plain, part.time_series)
        for part in term.parts
    )
    levels = " ".join(str(part.level) for part in term.factors)
    return CoefficientRow(levels, figures, block, note=note, legend=legend)


def _continuous(plain: str, series: str) -> str:
    return f"c{plain}" if series else f"c.{plain}"


def _series_label(series: str) -> str:
    """Return the row label of a time-series operator: `L1.`, `D1.`, but `LD.`, `L2D.`."""
    return f"{series}1." if len(series) == 1 else f"{series}."
