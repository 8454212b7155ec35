"""Intraclass correlations after xtmixed, with standard errors by the delta method."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.model import RESIDUAL, MixedResult
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.statistics.distributions import normal_quantile

CONSTANT, ALL = "_cons", "_all"
NEGLIGIBLE = 1e-10
"""A variance component that is a smaller share of the total needs no standard error of its own."""


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """The correlation at one level: `label` names the level and those above it, `child|mother`."""

    label: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class _Component:
    """One variance: its value, and its log standard deviation among the parameters."""

    variance: float
    place: int


def has_random_coefficients(result: MixedResult) -> bool:
    """Return whether any random effect is more than a random intercept."""
    return any(set(equation.effects) - {CONSTANT} for equation in result.description.equations)


def intraclass_correlations(result: MixedResult, level: float) -> tuple[IntraclassCorrelation, ...]:
    """Return the intraclass correlations, highest level first.

    At level l it is the sum of the intercept variances of l and of the levels above it over the sum of all
    variances. With v_k = exp(2 g_k), the derivative with respect to g_k is 2 v_k (1[k at or above l] - icc)
    over the total; the limits are transformed from logit(icc).

    Raises
    ------
    StataError
        r(321) for a residual structure, crossed effects, a level without a random intercept, or no levels.
    """
    if result.description.residuals is not None:
        raise StataError(
            321, "estat icc requires independent residuals with one variance; this model has residuals()"
        )
    intercepts = _intercepts(result)
    residual = _Component(result.sigma_e**2, result.parameter(RESIDUAL, "log_sd_residual"))
    components = [*intercepts.values(), residual]
    variances = np.array([component.variance for component in components])
    places = [component.place for component in components]
    covariance = result.parameter_covariance[np.ix_(places, places)]
    total = float(variances.sum())
    found, path = [], ""
    for count, name in enumerate(intercepts, start=1):
        path = f"{name}|{path}" if path else name
        above = np.arange(len(components)) < count
        icc = float(variances[above].sum()) / total
        gradient = 2 * variances * (above - icc) / total
        known = np.all(np.diag(covariance)[variances > NEGLIGIBLE * total] > 0)
        variance = float(gradient @ covariance @ gradient) if known else 0.0
        found.append(IntraclassCorrelation(path, _figures(icc, variance, level)))
    return tuple(found)


def _figures(icc: float, variance: float, level: float) -> Figures:
    if not (variance > 0 and 0 < icc < 1):
        return Figures(icc)
    error = math.sqrt(variance)
    logit = math.log(icc / (1 - icc))
    margin = normal_quantile(level) * error / (icc * (1 - icc))
    return Figures(icc, error, lower=_inverse_logit(logit - margin), upper=_inverse_logit(logit + margin))


def _inverse_logit(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0


def _intercepts(result: MixedResult) -> dict[str, _Component]:
    """Return the variance of the random intercept of each level, highest level first."""
    equations = result.description.equations
    if result.description.is_linear_regression:
        raise StataError(321, "estat icc not valid; the model has no random effects")
    for equation in equations:
        if equation.level == ALL or any(name.startswith("R.") for name in equation.effects):
            raise StataError(321, "estat icc not valid after models with crossed effects")
    found: dict[str, _Component] = {}
    for index, equation in enumerate(equations):
        if CONSTANT in equation.effects:
            row = equation.effects.index(CONSTANT)
            common = equation.form.common_variance
            place = result.parameter(index, "log_sd", 0 if common else row)
            found[equation.level] = _Component(float(result.covariances[index][row, row]), place)
    for equation in equations:
        if equation.level not in found:
            raise StataError(321, f"estat icc not valid; level {equation.level} has no random intercept")
    return found
