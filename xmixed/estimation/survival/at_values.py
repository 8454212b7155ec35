"""Curves of a survival model at values of its covariates, the others at their means."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.likelihood.predictors import linear
from xmixed.estimation.survival.estimator import distribution_of, fitted_cox
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.parser import parse_expression
from xmixed.session.results import Estimates

POINTS = 101
"""Of the curves of parametric models."""


def predictor_at(e: Estimates, context: Context, values: Mapping[str, float]) -> float:
    """Return the mean of the linear predictor over the estimation sample with some covariates fixed."""
    frame = EstimationFrame(context, sample_rows(context, e.mark))
    for name in values:
        if not any(part.variable == name for term in e.payload.terms if term for part in term.parts):
            raise StataError(111, f"{name} is not a covariate of the model")
    eta = linear(e, frame.with_values({name: float(value) for name, value in values.items()}))
    if "wexp" not in e.macros:
        return float(eta.mean())
    weights, _ = evaluate_column(parse_expression(e.macros["wexp"].removeprefix("=")), context)
    return float(np.average(eta, weights=weights[frame.rows]))


def cox_curve(e: Estimates, context: Context, values: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the times of exit and the cumulative hazard at them, both (m,).

    Raises
    ------
    StataError
        r(198) after stratified estimation.
    """
    if e.macros.get("strata"):
        raise StataError(198, "stcurve not allowed after stratified estimation")
    frame = EstimationFrame(context, sample_rows(context, e.mark))
    likelihood, b, whole = fitted_cox(e, frame)
    exits = context.data["_t"].to_double()[whole.rows]
    times, first = np.unique(exits, return_index=True)
    return times, likelihood.baseline(b)[0][first] * np.exp(predictor_at(e, context, values))


def parametric_curve(
    e: Estimates, context: Context, values: Mapping[str, float], ends: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times between two ends, the cumulative hazard and the hazard at them, each (POINTS,)."""
    eta = np.full(POINTS, predictor_at(e, context, values))
    own = distribution_of(e)
    tau = float(e.matrices["b"].values[0, -1]) if own.ancillary else 0.0
    times = np.linspace(*ends, POINTS)
    zero, one = np.zeros(POINTS), np.ones(POINTS)
    both = [own.slopes(np.column_stack([times, zero, failed]), eta, tau).ll for failed in (one, zero)]
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.exp(both[0] - both[1]) / times
        return times, -np.log(own.survivor(times, eta, tau)), hazard
