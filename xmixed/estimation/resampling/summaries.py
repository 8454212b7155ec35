"""Bias, covariance and confidence limits from replications.

Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 6, 11, 13 and 14.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from xmixed.missing import MISSING, is_missing
from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.moments import percentile


@dataclass(frozen=True, slots=True, eq=False)
class Replicated:
    """What replications say of k figures.

    Attributes
    ----------
    complete : ndarray of float64, shape (r, k)
        Replications without missing values.
    failed : int
        How many had some.
    mean : ndarray, shape (k,)
    covariance : ndarray, shape (k, k)
    """

    complete: np.ndarray
    failed: int
    mean: np.ndarray
    covariance: np.ndarray

    @property
    def errors(self) -> np.ndarray:
        """Standard errors."""
        return np.sqrt(np.diag(self.covariance))


def complete_rows(values: np.ndarray) -> np.ndarray:
    """Return which replications have no missing value, shape (r,)."""
    return np.logical_not(np.any(is_missing(values), axis=1))


def bootstrapped(values: np.ndarray, observed: np.ndarray, mse: bool = False) -> Replicated:
    """Return the covariance of bootstrap replications about their mean; `mse`: about the observed figures.

    Parameters
    ----------
    values : ndarray of float64, shape (r, k)
    observed : ndarray, shape (k,)
    """
    kept = values[complete_rows(values)]
    mean = kept.mean(axis=0)
    deviations = kept - (observed if mse else mean)
    covariance = deviations.T @ deviations / (len(kept) if mse else len(kept) - 1)
    return Replicated(kept, len(values) - len(kept), mean, covariance)


def jackknifed(values: np.ndarray, observed: np.ndarray, mse: bool = False) -> Replicated:
    """Return the covariance of figures from what they are without each unit; see `bootstrapped`."""
    kept = values[complete_rows(values)]
    mean = kept.mean(axis=0)
    deviations = kept - (observed if mse else mean)
    covariance = deviations.T @ deviations * ((len(kept) - 1) / len(kept))
    return Replicated(kept, len(values) - len(kept), mean, covariance)


def acceleration(values: np.ndarray) -> np.ndarray:
    """Return the acceleration constants of BCa limits from jackknife replications, shape (k,)."""
    kept = values[complete_rows(values)]
    deviations = kept.mean(axis=0) - kept
    squares = np.sum(deviations**2, axis=0)
    with np.errstate(all="ignore"):
        return np.where(squares > 0, np.sum(deviations**3, axis=0) / (6 * squares**1.5), 0.0)


def median_bias(values: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return z0: the normal quantile of the share of replications at or below the observed figure, (k,)."""
    shares = np.mean(values <= observed, axis=0)
    return np.array([_quantile(float(share)) for share in shares])


def normal_limits(observed: np.ndarray, errors: np.ndarray, level: float) -> np.ndarray:
    """Return limits from the normal distribution, shape (2, k)."""
    margin = normal_quantile(level) * errors
    return np.array([observed - margin, observed + margin])


def percentile_limits(values: np.ndarray, level: float) -> np.ndarray:
    """Return percentiles of the replications as limits, shape (2, k)."""
    return corrected_limits(values, np.zeros(values.shape[1]), np.zeros(values.shape[1]), level)


def corrected_limits(values: np.ndarray, z0: np.ndarray, accel: np.ndarray, level: float) -> np.ndarray:
    """Return bias-corrected limits, with `accel` accelerated ones, shape (2, k).

    Where all replications lie on one side of the observed figure there are none.
    """
    ranked = np.sort(values, axis=0)
    margin = normal_quantile(level)
    limits = np.full((2, values.shape[1]), MISSING)
    for place, (bias, a) in enumerate(zip(z0.tolist(), accel.tolist(), strict=True)):
        if not math.isfinite(bias):
            continue
        for side, z in enumerate((-margin, margin)):
            distance = bias + z
            share = _probability(bias + distance / (1 - a * distance))
            limits[side, place] = percentile(ranked[:, place], None, _exact(100 * share))
    return limits


def _exact(p: float) -> float:
    """Return a percentage free of the rounding that would move it off an edge."""
    return round(p, 10)


def _probability(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _quantile(probability: float) -> float:
    if not 0 < probability < 1:
        return math.inf if probability >= 1 else -math.inf
    return NormalDist().inv_cdf(probability)
