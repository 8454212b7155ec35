"""Tests of normality: by skewness and kurtosis, Shapiro and Wilk's, Shapiro and Francia's."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.inference.ranks import ranks


@dataclass(frozen=True, slots=True)
class SkewnessKurtosis:
    """Tests of skewness and kurtosis, and of both (chi-squared with 2 degrees of freedom)."""

    n: float
    p_skewness: float
    p_kurtosis: float
    chi2: float
    p: float


def skewness_kurtosis(
    x: np.ndarray, adjusted: bool = True, w: np.ndarray | None = None, kind: str = ""
) -> SkewnessKurtosis:
    """Return the tests of D'Agostino, Belanger and D'Agostino (1990).

    The joint one is adjusted as Royston (1991) does. At least eight numbers are needed, or all is missing.

    Parameters
    ----------
    w : ndarray of float64, shape (n,), or None
        Positive weights; those of kind fweight count observations.
    """
    weights = np.ones(len(x)) if w is None else w
    n = float(weights.sum()) if kind == "fweight" else float(len(x))
    if n < 8 or x.min() == x.max():
        return SkewnessKurtosis(n, MISSING, MISSING, MISSING, MISSING)
    x = _scaled(x)
    share = weights / weights.sum()
    deviation = x - share @ x
    second, third, fourth = (float(share @ deviation**power) for power in (2, 3, 4))
    z1 = _z_of_skewness(third / second**1.5, n)
    z2 = _z_of_kurtosis(fourth / second**2, n)
    p1, p2 = (math.erfc(abs(z) / math.sqrt(2)) for z in (z1, z2))
    chi2 = z1**2 + z2**2
    p = math.exp(-chi2 / 2)
    if adjusted:
        chi2, p = _royston(n, p)
    return SkewnessKurtosis(n, p1, p2, chi2, p)


def _z_of_skewness(skewness: float, n: float) -> float:
    """Return D'Agostino's (1970) normal deviate of a skewness of n numbers."""
    y = skewness * math.sqrt((n + 1) * (n + 3) / (6 * (n - 2)))
    fourth = 3 * (n**2 + 27 * n - 70) * (n + 1) * (n + 3) / ((n - 2) * (n + 5) * (n + 7) * (n + 9))
    square = math.sqrt(2 * (fourth - 1)) - 1
    return math.asinh(y / math.sqrt(2 / (square - 1))) / math.sqrt(math.log(square) / 2)


def _z_of_kurtosis(kurtosis: float, n: float) -> float:
    """Return Anscombe and Glynn's (1983) normal deviate of a kurtosis of n numbers."""
    mean = 3 * (n - 1) / (n + 1)
    variance = 24 * n * (n - 2) * (n - 3) / ((n + 1) ** 2 * (n + 3) * (n + 5))
    x = (kurtosis - mean) / math.sqrt(variance)
    third = (
        6
        * (n**2 - 5 * n + 2)
        / ((n + 7) * (n + 9))
        * math.sqrt(6 * (n + 3) * (n + 5) / (n * (n - 2) * (n - 3)))
    )
    a = 6 + 8 / third * (2 / third + math.sqrt(1 + 4 / third**2))
    return (1 - 2 / (9 * a) - math.cbrt((1 - 2 / a) / (1 + x * math.sqrt(2 / (a - 4))))) / math.sqrt(
        2 / (9 * a)
    )


def _scaled(x: np.ndarray) -> np.ndarray:
    """Return numbers below 1 by a power of two: no digit changes, and none of their powers overflows."""
    return np.ldexp(x, -int(np.frexp(np.abs(x).max())[1]))


def _royston(n: float, p: float) -> tuple[float, float]:
    """Return the adjusted statistic and p-value (Royston 1991, Stata Technical Bulletin 3, sg3.4)."""
    from scipy.special import log_ndtr, ndtri

    log_n = math.log(n)
    cut = 0.55 * n**0.2 - 0.21
    a1 = (-5 + 3.46 * log_n) * math.exp(-1.37 * log_n)
    b1 = 1 + (0.854 - 0.148 * log_n) * math.exp(-0.55 * log_n)
    step = 2.13 / (1 - 2.37 * log_n)
    z = -float(ndtri(p)) if p > 0 else 38.0
    if z >= cut:
        z = a1 - step * cut + (step + b1) * z
    elif z >= -1:
        z = a1 + b1 * z
    log_p = float(log_ndtr(-z))
    return -2 * log_p, math.exp(log_p)


@dataclass(frozen=True, slots=True)
class ShapiroWilk:
    """Shapiro and Wilk's test: W, V (W as an index that is 1 for normal samples), z, p."""

    n: float
    w: float
    v: float
    z: float
    p: float


def shapiro_wilk(x: np.ndarray, ties: bool = True) -> ShapiroWilk:
    """Return the test with Royston's (1992, 1995) coefficients and distribution; needs 4 to 2000 numbers.

    Stata: equal numbers share the mean of their ranks in the coefficients, unless `ties` is False.
    """
    n = len(x)
    if not 4 <= n <= 2000 or x.min() == x.max():
        return ShapiroWilk(float(n), MISSING, MISSING, MISSING, MISSING)
    ordered = np.sort(_scaled(x))
    w = _w(ordered, ranks(ordered) if ties else np.arange(1.0, n + 1))
    log_n, y = math.log(n), math.log(1 - w) if w < 1 else -745.0
    if n >= 12:
        mean = 0.0038915 * log_n**3 - 0.083751 * log_n**2 - 0.31082 * log_n - 1.5861
        sd = math.exp(0.0030302 * log_n**2 - 0.082676 * log_n - 0.4803)
        z, median = (y - mean) / sd, mean
    else:
        gamma = -2.273 + 0.459 * n
        mean = 0.5440 - 0.39978 * n + 0.025054 * n**2 - 0.0006714 * n**3
        sd = math.exp(1.3822 - 0.77857 * n + 0.062767 * n**2 - 0.0020322 * n**3)
        z = (-math.log(gamma - y) - mean) / sd if y < gamma else 38.0
        median = gamma - math.exp(-mean)
    return ShapiroWilk(float(n), w, math.exp(y - median), z, 0.5 * math.erfc(z / math.sqrt(2)))


_LAST = (-2.706056, 4.434685, -2.071190, -0.147981, 0.221157, 0.0)
_LAST_BUT_ONE = (-3.582633, 5.682633, -1.752461, -0.293762, 0.042981, 0.0)
"""Polynomials in 1/sqrt(n) that correct the outermost coefficients (Royston 1992)."""


def _w(ordered: np.ndarray, rank: np.ndarray) -> float:
    """Return W: the squared correlation of ascending numbers with their coefficients."""
    from scipy.special import ndtri

    n = len(ordered)
    m = ndtri((rank - 0.375) / (n + 0.25))
    squares = float(m @ m)
    u = 1 / math.sqrt(n)
    outer = [float(np.polyval(_LAST, u)) + m[-1] / math.sqrt(squares)]
    if n > 5:
        outer.append(float(np.polyval(_LAST_BUT_ONE, u)) + m[-2] / math.sqrt(squares))
    rest = squares - 2 * sum(m[-1 - i] ** 2 for i in range(len(outer)))
    a = m / math.sqrt(rest / (1 - 2 * sum(value**2 for value in outer)))
    for i, value in enumerate(outer):
        a[i], a[-1 - i] = -value, value
    a = a - a.mean()
    deviation = ordered - ordered.mean()
    return float((a @ deviation) ** 2 / ((a @ a) * (deviation @ deviation)))


def shapiro_francia(x: np.ndarray, ties: bool = True) -> ShapiroWilk:
    """Return Shapiro and Francia's test with Royston's (1993) distribution; needs 5 to 5000 numbers.

    W' is the squared correlation of the ordered numbers with their normal scores; ln(1 - W') is about normal.
    """
    from scipy.special import ndtri

    n = len(x)
    if not 5 <= n <= 5000 or x.min() == x.max():
        return ShapiroWilk(float(n), MISSING, MISSING, MISSING, MISSING)
    ordered = np.sort(_scaled(x))
    rank = ranks(ordered) if ties else np.arange(1.0, n + 1)
    scores = ndtri((rank - 0.375) / (n + 0.25))
    w = float(np.corrcoef(scores, ordered)[0, 1]) ** 2
    log_n = math.log(n)
    log_log = math.log(log_n)
    mean = -1.2725 + 1.0521 * (log_log - log_n)
    sd = 1.0308 - 0.26758 * (log_log + 2 / log_n)
    y = math.log(1 - w) if w < 1 else -745.0
    z = (y - mean) / sd
    return ShapiroWilk(float(n), w, math.exp(y - mean), z, 0.5 * math.erfc(z / math.sqrt(2)))
