"""Least squares with the variance of Newey and West (1987), Econometrica 55."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.linear.regress import estimates_of
from xmixed.estimation.linear.regression import regression_of
from xmixed.estimation.linear.variance import residuals
from xmixed.estimation.series.order import TimeOrder
from xmixed.estimation.single import SingleSample, Variance
from xmixed.session.results import Estimates
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for: the variables of panel ("" for none) and time, the step of time, lags."""

    cmdline: str
    panel: str
    time: str
    step: float
    lags: int
    force: bool = False


def long_run_products(scores: np.ndarray, order: TimeOrder, lags: int) -> np.ndarray:
    """Return the sum of s_t s_t' and of (1 - l / (L + 1)) (s_t s_{t-l}' + s_{t-l} s_t'), (k, k).

    Parameters
    ----------
    scores : ndarray, shape (n, k)
        In the order of time.
    """
    total = scores.T @ scores
    for lag in range(1, lags + 1):
        later, earlier = order.apart(lag)
        own = scores[later].T @ scores[earlier]
        total += (1 - lag / (lags + 1)) * (own + own.T)
    return total


def _design(sample: SingleSample, fit: LeastSquares) -> np.ndarray:
    """Return the columns less their centers, (n, k)."""
    n = len(sample.y)
    columns = [np.ones(n) if own is None else own.astype(np.float64) for own in sample.columns]
    return np.column_stack(columns) - fit.centers


def fit(sample: SingleSample, request: Request) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark, and the sample with omitted terms marked.

    Raises
    ------
    StataError
        r(451) for repeated times; r(198) for gaps without `force`.
    """
    panels = sample.others[request.panel] if request.panel else None
    order = TimeOrder.of(panels, sample.others[request.time], request.step)
    if not order.regular and not request.force:
        raise StataError(198, f"{request.time} is not regularly spaced -- use the force option to override")
    weights = None if sample.weighting is None else sample.weighting.fitted
    least = least_squares(sample.y, sample.columns, weights)
    errors = residuals(sample.y, sample.columns, least.beta)
    scores = _design(sample, least) * (errors if weights is None else errors * weights)[:, None]
    n = float(len(sample.y))
    meat = long_run_products(scores[order.order], order, request.lags)
    robust = least.centred @ meat @ least.centred * (n / max(n - least.rank, 1.0))
    constants = [own is None for own in sample.columns]
    found = regression_of(least, constants, n, (robust + robust.T) / 2)
    hac = replace(sample, variance=Variance("robust"))
    estimates, settled = estimates_of(found, hac, request.cmdline)
    estimates.scalars["lag"] = float(request.lags)
    for name in ("mss", "rss", "r2", "r2_a", "ll", "ll_0", "rmse"):
        estimates.scalars.pop(name)
    estimates.macros |= {
        "cmd": "newey",
        "title": "Regression with Newey-West standard errors",
        "vcetype": "Newey-West",
        "vce": "hac",
        "predict": "newey_p",
    }
    return estimates, settled
