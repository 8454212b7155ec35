"""Regression of outcomes that are seen only between limits: truncreg."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.equations.fit import (
    Ancillary,
    Description,
    Model,
    estimates_of,
    fit_equations,
    last_transformed,
    least_squares_of,
)
from xmixed.estimation.equations.rows import truncated
from xmixed.estimation.equations.sample import SystemSample
from xmixed.estimation.likelihood.newton import Progress, Tolerances
from xmixed.session.results import Estimates


def within_limits(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Return which outcomes lie between the limits, bool; r(2000) for none."""
    kept = (values > low) & (values < high)
    if not kept.any():
        raise StataError(2000, "no observations")
    return kept


def fit_truncated(
    system: SystemSample,
    cmdline: str,
    limits: Tolerances,
    log: Callable[[str], Progress | None],
    ends: tuple[float, float],
) -> Estimates:
    """Return e() without its mark; `ends` are the limits of truncation, infinite for none."""
    equation = system.equations[0]
    assert equation.y is not None
    first = least_squares_of(equation, system.weights)
    sigma = float(np.sqrt(max(first.rss / first.sum_of_weights, 1e-300)))
    y = np.array([equation.y, *(np.full(len(equation.y), end) for end in ends)])
    model = Model(truncated, y, (first.beta,), (Ancillary("lnsigma", float(np.log(sigma))),), (sigma,))
    fitted = fit_equations(system, model, limits, log("Fitting full model:"))
    value = float(np.exp(fitted.best.parameters[-1]))
    # Stata: e(b) has sigma itself.
    fitted = last_transformed(fitted, value, value, "sigma")
    estimates = estimates_of(
        system, fitted, Description("truncreg", cmdline, "Truncated regression", "truncr_p")
    )
    estimates.scalars["sigma"] = value
    for name, end in zip(("llopt", "ulopt"), ends, strict=True):
        if np.isfinite(end):
            estimates.scalars[name] = end
    return estimates
