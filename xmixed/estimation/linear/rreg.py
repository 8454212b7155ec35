"""The estimator rreg: regression with weights that fall with the size of the residuals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.linear.regress import estimates_of
from xmixed.estimation.linear.regression import regression_of
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.estimation.single import SingleSample
from xmixed.missing import MISSING
from xmixed.output import Line
from xmixed.render.layouts.estimation.regression import figures_of, render_figures
from xmixed.session.results import Estimates
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.linear.least_squares import least_squares
from xmixed.statistics.linear.reweighted import Reweighted, cooks_distances, design, reweighted

TITLE = "Robust regression"


def screened(sample: SingleSample) -> SingleSample:
    """Return the sample without the observations whose Cook's distance is above one."""
    fit = least_squares(sample.y, sample.columns)
    distances = cooks_distances(sample.y, design(sample.columns, len(sample.y)), fit)
    return sample.restricted(distances <= 1)


def fit(
    sample: SingleSample,
    cmdline: str,
    tune: float,
    tolerance: float,
    iterate: int,
    progress: Callable[[str, int, float], None],
) -> tuple[Estimates, SingleSample, Reweighted]:
    """Return e() without its mark, the sample with omitted terms marked, and the robust fit.

    `sample` has no columns that earlier ones determine.

    Raises
    ------
    StataError
        r(2001) for too few observations; r(498) where half of the residuals are zero.
    """
    n = len(sample.y)
    if n <= len(sample.columns):
        raise StataError(2001, "insufficient observations")
    found = reweighted(sample.y, sample.columns, tune, tolerance, iterate, progress)
    if found is None:
        raise StataError(498, "half of the residuals are zero: they have no scale")
    least = least_squares(found.pseudo, sample.columns)
    constants = [own is None for own in sample.columns]
    estimates, settled = estimates_of(
        regression_of(least, constants, float(n)), replace(sample, y=found.pseudo), cmdline
    )
    for name in ("ll", "ll_0"):
        estimates.scalars.pop(name)
    del estimates.macros["estat_cmd"]
    estimates.scalars["converged"] = float(found.converged)
    estimates.macros |= {"cmd": "rreg", "title": TITLE, "model": "ols", "predict": "rreg_p"}
    return estimates, settled, found


def _header(e: Estimates) -> list[Line]:
    own = e.scalars
    p_value = f_tail(own["F"], own["df_m"], own["df_r"]) if own["F"] < MISSING else MISSING
    figures = figures_of(own["N"], own["df_m"], own["df_r"], own["F"], p_value)
    return render_figures(TITLE, figures)


def weights_over(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return weights over all observations, missing outside the sample."""
    values = np.full(len(rows), MISSING)
    values[rows] = weights
    return values


ESTIMATOR = FittedEstimator(
    tuple(own for own in IV_STATISTICS if own.name in ("xb", "residuals", "stdp")), _header
)
