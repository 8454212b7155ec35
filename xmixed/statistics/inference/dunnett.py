"""Dunnett's distribution: the largest of several comparisons with one control.

With k normal means and a control of the same variance, T_i = (X_i - X_0)/(sqrt(2) S), where df S^2 has a chi2
distribution. Given S and the control the T_i are independent, so that two integrals are left (Dunnett 1955,
Journal of the American Statistical Association 50; correlations one half).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from scipy import special

NODES = 160
WIDTH = 9.0
"""Standard deviations of the control that count."""


@lru_cache(maxsize=1)
def _legendre() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.legendre.leggauss(NODES)


def dunnett_tail(statistic: float, k: int, df: float) -> float:
    """Return the probability that the largest |T_i| of k is beyond a value; df may be infinite."""
    points, weights = _legendre()
    z, of_z = WIDTH * points, WIDTH * weights * np.exp(-0.5 * (WIDTH * points) ** 2) / np.sqrt(2 * np.pi)
    s, of_s = _spreads(df)
    reach = np.sqrt(2.0) * abs(statistic) * s[:, None]
    # log1p keeps the digits of small probabilities.
    outside = special.ndtr(-(reach + z)) + special.ndtr(z - reach)
    beyond = -np.expm1(k * np.log1p(-np.minimum(outside, 1 - 1e-16)))
    return float(min(1.0, of_s @ (beyond @ of_z)))


def _spreads(df: float) -> tuple[np.ndarray, np.ndarray]:
    """Return values of S and their weights; 1 alone for infinite degrees of freedom."""
    if not np.isfinite(df):
        return np.ones(1), np.ones(1)
    points, weights = _legendre()
    sd = 1.0 / np.sqrt(2.0 * df)
    low, high = max(0.0, 1.0 - 10.0 * sd), 1.0 + 12.0 * sd
    s = low + (high - low) * (points + 1) / 2
    half = df / 2
    log_density = (
        np.log(2.0) + half * np.log(half) - special.gammaln(half) + special.xlogy(df - 1, s) - half * s**2
    )
    return s, (high - low) / 2 * weights * np.exp(log_density)


def dunnett_critical(alpha: float, k: int, df: float) -> float:
    """Return the value that the largest |T_i| exceeds with probability alpha."""
    from scipy.optimize import brentq

    high = 2.0
    while dunnett_tail(high, k, df) > alpha and high < 1e4:
        high *= 2.0
    found: Any = brentq(lambda value: dunnett_tail(value, k, df) - alpha, 0.0, high, xtol=1e-12)
    return float(found)
