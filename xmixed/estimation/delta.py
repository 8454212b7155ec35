"""Standard errors and confidence limits of single figures."""

from __future__ import annotations

import math
from dataclasses import replace

from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.statistics.distributions import normal_quantile, t_quantile, t_tail


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
