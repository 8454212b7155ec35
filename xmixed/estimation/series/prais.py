"""Regression with errors that follow a first-order autoregression: Prais and Winsten, Cochrane and Orcutt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.linear.regress import estimates_of
from xmixed.estimation.linear.regression import Regression, regression_of
from xmixed.estimation.linear.variance import robust_variance
from xmixed.estimation.series.order import TimeOrder
from xmixed.estimation.single import SingleSample
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.least_squares import least_squares


@dataclass(frozen=True, slots=True)
class Request:
    """What a command asks for.

    Attributes
    ----------
    time : str
        The time variable.
    step : float
    corc : bool
        Cochrane and Orcutt: the first row is lost.
    rhotype : str
        regress, freg, tscorr, theil, dw or nagar.
    tolerance : float
        rho moves by less at the end.
    iterate : int
    """

    cmdline: str
    time: str
    step: float
    corc: bool = False
    rhotype: str = "regress"
    twostep: bool = False
    tolerance: float = 1e-3
    iterate: int = 100


def autocorrelation(errors: np.ndarray, follows: np.ndarray, kind: str, k: int) -> float:
    """Return rho of residuals in the order of time."""
    later = np.flatnonzero(follows)
    own, before = errors[later], errors[later - 1]
    if not np.any(before) or not np.any(own):
        return 0.0  # errors that are zero say nothing
    cross, squares, n = float(own @ before), float(errors @ errors), len(errors)
    if kind == "regress":
        return cross / float(before @ before)
    if kind == "freg":
        return cross / float(own @ own)
    if kind == "tscorr":
        return cross / squares
    if kind == "theil":
        return cross / squares * (n - k) / n
    dw = float(np.sum((own - before) ** 2)) / squares
    if kind == "dw":
        return 1 - dw / 2
    return (1 - dw / 2 + (k / n) ** 2) / (1 - (k / n) ** 2)


def durbin_watson(errors: np.ndarray, follows: np.ndarray) -> float:
    """Return the sum of squared changes over the sum of squares, missing where it is zero."""
    later = np.flatnonzero(follows)
    squares = float(errors @ errors)
    return float(np.sum((errors[later] - errors[later - 1]) ** 2)) / squares if squares > 0 else MISSING


def _transformed(values: np.ndarray, follows: np.ndarray, rho: float, corc: bool) -> np.ndarray:
    """Return x_t - rho x_{t-1}; the first of a stretch times sqrt(1 - rho^2), or left out."""
    own = follows if values.ndim == 1 else follows[:, None]
    before = np.concatenate([values[:1], values[:-1]])
    moved = np.where(own, values - rho * before, np.sqrt(max(1 - rho**2, 0.0)) * values)
    return moved[follows] if corc else moved


def fit(
    sample: SingleSample, request: Request, progress: Callable[[int, float], None]
) -> tuple[Estimates, SingleSample]:
    """Return e() without its mark, and the sample that was used with omitted terms marked.

    Parameters
    ----------
    progress : callable(iteration, rho)

    Raises
    ------
    StataError
        r(451) for repeated times; r(2001) for too few rows.
    """
    order = TimeOrder.of(None, sample.others[request.time], request.step)
    follows = np.zeros(len(order.order), dtype=bool)
    follows[1:] = np.diff(order.keys) == 1
    if not follows.any():
        raise StataError(2001, "insufficient observations")
    columns = [None if own is None else own[order.order] for own in sample.columns]
    y = sample.y[order.order]
    X = np.column_stack([np.ones(len(y)) if own is None else own for own in columns])
    beta = least_squares(y, columns).beta
    original = durbin_watson(y - X @ beta, follows)
    rho, k = 0.0, int(np.count_nonzero(beta))
    progress(0, rho)
    moved_y, moved_X = y, X
    for iteration in range(1, (1 if request.twostep else request.iterate) + 1):
        fresh = autocorrelation(y - X @ beta, follows, request.rhotype, k)
        moved, rho = abs(fresh - rho), float(np.clip(fresh, -1.0, 1.0))
        progress(iteration, rho)
        moved_y, moved_X = (_transformed(own, follows, rho, request.corc) for own in (y, X))
        beta = least_squares(moved_y, list(moved_X.T)).beta
        if moved < request.tolerance:
            break
    used = np.ones(len(y), dtype=bool)
    used[order.order] = follows if request.corc else True
    kept = sample.restricted(used)
    in_order = np.argsort(np.argsort(order.order[follows] if request.corc else order.order))
    found = _regression(moved_y[in_order], moved_X[in_order], kept)
    estimates, settled = estimates_of(found, kept, request.cmdline)
    errors = moved_y - moved_X @ found.fit.beta
    later = follows[follows] if request.corc else follows
    if request.corc:
        later = np.diff(order.keys[follows], prepend=-1) == 1
    estimates.scalars |= {"rho": rho, "dw_0": original, "dw": durbin_watson(errors, later)}
    for name in ("ll", "ll_0"):
        estimates.scalars.pop(name)
    estimates.macros |= {"cmd": "prais", "title": _title(request), "rhotype": request.rhotype}
    estimates.macros |= {"method": "twostep" if request.twostep else "iterated", "predict": "prais_p"}
    if request.corc:
        estimates.macros["tranmeth"] = "corc"
    return estimates, settled


def _regression(y: np.ndarray, X: np.ndarray, sample: SingleSample) -> Regression:
    """Return the regression of transformed data; the total sum of squares is about the mean."""
    columns: list[Column] = list(X.T)
    least = least_squares(y, columns)
    least = replace(least, tss=least_squares(y, [None]).rss)
    robust = None
    if sample.variance.kind != "ols":
        errors = y - X @ least.beta
        robust = robust_variance(sample.variance.kind, columns, errors, least, None, sample.clusters)
    constants = [own is None for own in sample.columns]
    count = None if sample.clusters is None else sample.clusters.count
    return regression_of(least, constants, float(len(y)), robust, count)


def _title(request: Request) -> str:
    name = "Cochrane-Orcutt" if request.corc else "Prais-Winsten"
    kind = "twostep" if request.twostep else "iterated"
    return f"{name} AR(1) regression -- {kind} estimates"
