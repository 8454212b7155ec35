"""Panel regressions with the variance of Driscoll and Kraay (1998), Review of Economics and Statistics 80."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.linear.panel import Groups
from xmixed.estimation.linear.regress import estimates_of
from xmixed.estimation.linear.regression import regression_of
from xmixed.estimation.linear.variance import residuals
from xmixed.estimation.series.newey import long_run_products
from xmixed.estimation.series.order import TimeOrder
from xmixed.estimation.single import SingleSample, Variance
from xmixed.session.results import Estimates
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.least_squares import least_squares


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for: the variables of panel and time, the step of time, lags (None the usual)."""

    cmdline: str
    panel: str
    time: str
    step: float
    lags: int | None
    fixed_effects: bool


def _usual_lags(times: int) -> int:
    return int(4 * (times / 100) ** (2 / 9) + 1e-12)


def _without_panel_means(sample: SingleSample, groups: Groups) -> SingleSample:
    """Return the sample less means by panel, the means of all rows put back."""

    def moved(values: np.ndarray) -> np.ndarray:
        values = values.astype(np.float64)
        return groups.without_means(values) + groups.total_mean(values)

    columns = tuple(None if own is None else moved(own) for own in sample.columns)
    return replace(sample, y=moved(sample.y), columns=columns)


def fit(sample: SingleSample, request: Request) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark, and the sample with omitted terms marked.

    The moment conditions of a period are summed over panels; their series has the variance of Newey and West.

    Raises
    ------
    StataError
        r(451) for repeated times; r(2001) for a single period.
    """
    panels, times = sample.others[request.panel], sample.others[request.time]
    TimeOrder.of(panels, times, request.step)  # a panel has each time once
    codes = factorise(panels)
    groups = Groups(codes.codes, len(codes.levels))
    moved = _without_panel_means(sample, groups) if request.fixed_effects else sample
    weights = None if sample.weighting is None else sample.weighting.fitted
    least = least_squares(moved.y, moved.columns, weights)
    errors = residuals(moved.y, moved.columns, least.beta)
    own = errors if weights is None else errors * weights
    n = len(errors)
    design = np.column_stack([np.ones(n) if x is None else x.astype(np.float64) for x in moved.columns])
    periods = factorise(times)
    sums = np.zeros((len(periods.levels), design.shape[1]))
    np.add.at(sums, periods.codes, (design - least.centers) * own[:, None])
    count = len(sums)
    if count < 2:
        raise StataError(2001, "insufficient observations")
    lags = _usual_lags(count) if request.lags is None else request.lags
    meat = long_run_products(sums, TimeOrder.of(None, np.asarray(periods.levels), request.step), lags)
    robust = least.centred @ meat @ least.centred
    constants = [column is None for column in sample.columns]
    found = regression_of(least, constants, float(n), (robust + robust.T) / 2, count)
    estimates, settled = estimates_of(found, replace(sample, variance=Variance("robust")), request.cmdline)
    for name in ("mss", "rss", "r2_a", "ll", "ll_0", *(("rmse",) if request.fixed_effects else ())):
        estimates.scalars.pop(name)
    if request.fixed_effects:
        estimates.scalars["r2_w"] = estimates.scalars.pop("r2")
    estimates.scalars |= {"lag": float(lags), "N_g": float(groups.count)}
    method = "Fixed-effects regression" if request.fixed_effects else "Pooled OLS"
    if sample.weighting is not None:
        method = "Pooled WLS"
    estimates.macros |= {
        "cmd": "xtscc",
        "title": "Regression with Driscoll-Kraay standard errors",
        "method": method,
        "groupvar": request.panel,
        "vcetype": "Drisc/Kraay",
        "predict": "xtscc_p",
    }
    return estimates, settled
