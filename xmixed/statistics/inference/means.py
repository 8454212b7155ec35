"""Arithmetic, geometric and harmonic means with confidence intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import t_quantile


@dataclass(frozen=True, slots=True)
class MeanLimits:
    """A mean of `n` numbers and its limits; missing where it is not defined."""

    n: float
    mean: float
    low: float
    high: float


def three_means(x: np.ndarray, w: np.ndarray | None, counted: bool, level: float) -> tuple[MeanLimits, ...]:
    """Return the arithmetic mean, and the geometric and harmonic ones of the positive numbers.

    Limits of the latter are those of the mean of logarithms and of reciprocals, transformed.

    Parameters
    ----------
    x, w : ndarray of float64, shape (n,)
        Without missing values; `w` positive weights, or None.
    counted : bool
        The weights say how often numbers occur.
    """
    positive = x > 0
    kept = None if w is None else w[positive]
    arithmetic = _limits(x, w, counted, level)
    logs = _limits(np.log(x[positive]), kept, counted, level)
    inverse = _limits(1 / x[positive], kept, counted, level)
    geometric = (
        math.exp(value) if value < MISSING else MISSING for value in (logs.mean, logs.low, logs.high)
    )
    # the reciprocal turns the limits around; a limit that is not positive has none
    harmonic = (
        1 / value if 0 < value < MISSING else MISSING for value in (inverse.mean, inverse.high, inverse.low)
    )
    return arithmetic, MeanLimits(logs.n, *geometric), MeanLimits(inverse.n, *harmonic)


def _limits(x: np.ndarray, w: np.ndarray | None, counted: bool, level: float) -> MeanLimits:
    if not len(x):
        return MeanLimits(0.0, MISSING, MISSING, MISSING)
    weights = np.ones(len(x)) if w is None else w
    n = float(weights.sum()) if counted else float(len(x))
    mean = float(np.average(x, weights=weights))
    if not n > 1:
        return MeanLimits(n, mean, MISSING, MISSING)
    variance = float(np.average((x - mean) ** 2, weights=weights)) * n / (n - 1)
    half = t_quantile(level, n - 1) * math.sqrt(variance / n)
    return MeanLimits(n, mean, mean - half, mean + half)
