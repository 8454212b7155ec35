"""Standard errors and confidence limits of single figures, and what a table of them leaves in r()."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.session.results import Matrix
from xmixed.statistics.distributions import normal_quantile, quantile, t_quantile, t_tail

TABLE_ROWS = ("b", "se", "z", "pvalue", "ll", "ul", "df", "crit", "eform")
"""Rows of r(table); `z` is `t` where there are degrees of freedom."""


def wald_figures(estimate: float, variance: float, level: float, df: float | None = None) -> Figures:
    """Return estimate, standard error, z (with a finite `df` t), p-value and limits of a coefficient."""
    if not 0 < variance < MISSING:
        return Figures(estimate)
    error = math.sqrt(variance)
    ratio = estimate / error
    if df is None or df == math.inf:
        margin, p_value = normal_quantile(level) * error, math.erfc(abs(ratio) / math.sqrt(2))
    elif not 0 < df < MISSING:
        return Figures(estimate, error, ratio)
    else:
        margin, p_value = t_quantile(level, df) * error, t_tail(ratio, df)
    return Figures(estimate, error, ratio, p_value, estimate - margin, estimate + margin)


def exponentiated(figures: Figures) -> Figures:
    """Return the figures of exp(b): its standard error by the delta method, the limits of b exponentiated."""
    if figures.estimate >= MISSING:
        return figures
    value = _exponential(figures.estimate)
    error = figures.standard_error
    return replace(
        figures,
        estimate=value,
        standard_error=error if error >= MISSING else value * error,
        lower=_exponential(figures.lower),
        upper=_exponential(figures.upper),
    )


def logarithmic_limits(figures: Figures, level: float) -> Figures:
    """Return the figures of a positive parameter with limits formed on the log scale."""
    b, error = figures.estimate, figures.standard_error
    if not 0 < b < MISSING or not 0 < error < MISSING:
        return figures
    factor = math.exp(min(normal_quantile(level) * error / b, 700.0))
    return replace(figures, lower=b / factor, upper=b * factor)


def _exponential(value: float) -> float:
    return math.exp(value) if value < 709 else MISSING


def figures_table(
    figures: Sequence[Figures],
    names: Sequence[str],
    level: float,
    df: float | np.ndarray | None,
    exponentials: Sequence[bool] = (),
) -> Matrix:
    """Return r(table): b, se, z or t, pvalue, ll, ul, df, crit and eform by name.

    Parameters
    ----------
    df : float, (k,) array or None
        None where tests are normal; infinitely many are shown as missing.
    exponentials : sequence of bool, length k
        Which figures are of exp(b); none by default.
    """
    each = [None] * len(figures) if df is None else np.broadcast_to(df, len(figures)).tolist()
    shown = exponentials or [False] * len(figures)
    columns = [
        [
            item.estimate,
            item.standard_error,
            item.statistic,
            item.p_value,
            item.lower,
            item.upper,
            MISSING if own is None or own == math.inf else own,
            quantile(level, own),
            float(exponential),
        ]
        for item, own, exponential in zip(figures, each, shown, strict=True)
    ]
    rows = [row if row != "z" or df is None else "t" for row in TABLE_ROWS]
    return Matrix(np.array(columns).T.reshape(len(rows), -1), rows, list(names))
