"""Autocorrelations of a series at equally spaced times; NaN where nothing was observed."""

from __future__ import annotations

import math

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail


def cross_correlations(x: np.ndarray, y: np.ndarray, lags: int) -> np.ndarray:
    """Return the correlations of x with y `lag` times later, for lags from -lags to lags.

    Products about the means over pairs that were observed, over the root of both sums of squares.
    """
    a, b = _deviations(x), _deviations(y)
    scale = math.sqrt(float(a @ a) * float(b @ b))
    if not scale > 0:
        return np.full(2 * lags + 1, np.nan)
    n = len(a)
    later = [float(a[: n - lag] @ b[lag:]) for lag in range(lags + 1)]
    earlier = [float(a[lag:] @ b[: n - lag]) for lag in range(lags, 0, -1)]
    return np.array([*earlier, *later]) / scale


def _deviations(x: np.ndarray) -> np.ndarray:
    """Return deviations from the mean, zero where nothing was observed."""
    return np.where(np.isnan(x), 0.0, x - np.nanmean(x))


def autocorrelations(x: np.ndarray, lags: int) -> np.ndarray:
    """Return the autocorrelations at lags 1 to `lags`."""
    return cross_correlations(x, x, lags)[lags + 1 :]


def bartlett_errors(r: np.ndarray, n: int) -> np.ndarray:
    """Return the standard errors of autocorrelations r if those from their own lag on are zero.

    Bartlett's formula for a moving average of the order below: sqrt((1 + 2 sum of r_i^2, i < k) / n).
    """
    before = np.r_[0.0, np.cumsum(r[:-1] ** 2)]
    return np.sqrt((1 + 2 * before) / n)


def partial_by_regression(x: np.ndarray, lags: int) -> np.ndarray:
    """Return the partial autocorrelations: the last coefficient of a regression on all lags up to each.

    Each regression takes the times at which x and all its lags were observed; NaN where there are too few.
    """
    n = len(x)
    out = np.full(lags, np.nan)
    columns = np.full((n, lags + 1), np.nan)
    for lag in range(lags + 1):
        columns[lag:, lag] = x[: n - lag]
    for order in range(1, lags + 1):
        used = ~np.isnan(columns[:, : order + 1]).any(axis=1)
        if np.count_nonzero(used) <= order + 1:
            break
        rows = columns[used, : order + 1]
        design = np.column_stack([np.ones(len(rows)), rows[:, 1:] - rows[:, 1:].mean(axis=0)])
        beta, _, rank, _ = np.linalg.lstsq(design, rows[:, 0], rcond=None)
        if rank > order:
            out[order - 1] = beta[-1]
    return out


def partial_by_yule_walker(r: np.ndarray) -> np.ndarray:
    """Return the partial autocorrelations that solve the Yule-Walker equations (Durbin-Levinson)."""
    out = np.empty(len(r))
    phi = np.empty(0)
    for order in range(len(r)):
        scale = 1 - float(phi @ r[:order])
        last = (r[order] - float(phi @ r[:order][::-1])) / scale if scale > 0 else np.nan
        phi = np.r_[phi - last * phi[::-1], last]
        out[order] = last
    return out


def portmanteau(r: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return Ljung and Box's Q and its p-value for the first 1, 2, ... autocorrelations."""
    lags = np.arange(1, len(r) + 1)
    q = n * (n + 2) * np.cumsum(r**2 / (n - lags))
    tails = [
        chi2_tail(float(value), int(lag)) if value == value else MISSING
        for value, lag in zip(q, lags, strict=True)
    ]
    return q, np.array(tails)
