"""Standard errors and confidence limits of single figures."""

from __future__ import annotations

import math

from xmixed.render.layouts.coefficient_table import Figures
from xmixed.statistics.distributions import normal_quantile


def wald_figures(estimate: float, variance: float, level: float) -> Figures:
    """Return estimate, standard error, z, p-value and limits of a coefficient."""
    if not variance > 0:
        return Figures(estimate)
    error = math.sqrt(variance)
    z = estimate / error
    margin = normal_quantile(level) * error
    p_value = math.erfc(abs(z) / math.sqrt(2))
    return Figures(estimate, error, z, p_value, estimate - margin, estimate + margin)
