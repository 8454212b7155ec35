"""Standard errors and confidence limits of xtmixed's tables, by the delta method and transformations."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from xmixed.estimation.mixed.model import RESIDUAL, MixedResult
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.layouts.estimation.mixed_random_table import RandomRow
from xmixed.statistics.distributions import quantile

_WIDEST = 100.0


Margins = Callable[[int], float]
"""margins(place): how many standard errors lie between a parameter and its limits."""


def margins_of(level: float, df: np.ndarray | None = None) -> Margins:
    """Return quantiles of the normal distribution, or of t with the parameters' degrees of freedom."""
    return lambda place: quantile(level, None if df is None else float(df[place]))


def random_rows(result: MixedResult, index: int, margins: Margins, variance: bool) -> tuple[RandomRow, ...]:
    """Return the rows of one random-effects equation, standard deviations first, then correlations.

    `variance`: variances and covariances instead.
    """
    equation = result.description.equations[index]
    names = equation.effects
    if not names:
        return ()
    rows, form = [], equation.form
    for kind, row, column in form.labels:
        i, j = row - 1, column - 1
        if kind == "log_sd":
            own = names if form.common_variance else (names[i],)
            scale = _scale_figures(result, index, i, margins, variance)
            rows.append(RandomRow("var" if variance else "sd", own, " ", scale))
            continue
        pair, separator = (names, " ") if form.common_variance else ((names[i], names[j]), ",")
        if variance:
            rows.append(RandomRow("cov", pair, separator, _covariance_figures(result, index, i, j, margins)))
        else:
            rows.append(
                RandomRow("corr", pair, separator, _correlation_figures(result, index, i, j, margins))
            )
    return tuple(rows)


def residual_row(result: MixedResult, margins: Margins, variance: bool) -> RandomRow:
    """Return the row `sd(Residual)`."""
    place = result.parameter(RESIDUAL, "log_sd_residual")
    figures = _log_sd_figures(result, place, result.sigma_e, margins, variance)
    return RandomRow("var" if variance else "sd", ("Residual",), " ", figures)


def _scale_figures(result: MixedResult, index: int, row: int, margins: Margins, variance: bool) -> Figures:
    place = result.parameter(index, "log_sd", row)
    reached = math.sqrt(max(0.0, float(result.covariances[index][row, row])))
    return _log_sd_figures(result, place, reached, margins, variance)


def _log_sd_figures(
    result: MixedResult, place: int, reached: float, margins: Margins, variance: bool
) -> Figures:
    """Return a standard deviation or variance; the limits are transformed from the log scale."""
    power = 2 if variance else 1
    estimate = reached**power
    own = float(result.parameter_covariance[place, place])
    if not own > 0:
        return Figures(estimate)
    log_sd, error = float(result.estimates[place]), math.sqrt(own)
    lower, upper = scale_limits(power * log_sd, power * margins(place) * error)
    return Figures(estimate, power * estimate * error, lower=lower, upper=upper)


def scale_limits(logarithm: float, margin: float) -> tuple[float, float]:
    """Return the limits of a scale from those of its logarithm.

    Missing where they are e^100 and more away from it: they say nothing, and are no figures to print.
    """
    if margin > _WIDEST:
        return MISSING, MISSING
    return exponential(logarithm - margin), exponential(logarithm + margin)


def exponential(value: float) -> float:
    """Return e to the power of a value, missing where that is no number."""
    return math.exp(value) if value < 700 else MISSING


def _correlation_figures(result: MixedResult, index: int, i: int, j: int, margins: Margins) -> Figures:
    """Return a correlation; the limits are transformed from its hyperbolic arctangent."""
    place = result.parameter(index, "atanh_correlation", i, j)
    covariance = result.covariances[index]
    scale = math.sqrt(max(0.0, float(covariance[i, i] * covariance[j, j])))
    estimate = float(covariance[i, j]) / scale if scale > 0 else MISSING
    own = float(result.parameter_covariance[place, place])
    if not own > 0:
        return Figures(estimate)
    arctangent, error = float(result.estimates[place]), math.sqrt(own)
    margin = margins(place) * error
    slope = 1 - math.tanh(arctangent) ** 2
    return Figures(
        estimate, slope * error, lower=math.tanh(arctangent - margin), upper=math.tanh(arctangent + margin)
    )


def _covariance_figures(result: MixedResult, index: int, i: int, j: int, margins: Margins) -> Figures:
    """Return a covariance; its limits are the estimate plus and minus z standard errors."""
    estimate = float(result.covariances[index][i, j])
    correlation = result.parameter(index, "atanh_correlation", i, j)
    common = result.description.equations[index].form.common_variance
    first = result.parameter(index, "log_sd", 0 if common else i)
    second = result.parameter(index, "log_sd", 0 if common else j)
    places = [first, correlation] if common else [first, second, correlation]
    covariance = result.parameter_covariance[np.ix_(places, places)]
    if not np.all(np.diag(covariance) > 0):
        return Figures(estimate)
    rho = math.tanh(float(result.estimates[correlation]))
    scale = math.exp(float(result.estimates[first]) + float(result.estimates[second]))
    slope = scale * (1 - rho**2)
    # cov = exp(a_i + a_j) tanh(g): derivatives with respect to the log standard deviations and to g.
    gradient = np.array([2 * estimate, slope] if common else [estimate, estimate, slope])
    error = math.sqrt(max(0.0, float(gradient @ covariance @ gradient)))
    margin = max(margins(place) for place in places) * error
    return Figures(estimate, error, lower=estimate - margin, upper=estimate + margin)
