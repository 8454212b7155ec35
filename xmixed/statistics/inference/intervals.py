"""Confidence intervals of means, proportions, rates and percentiles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import normal_quantile


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its standard error and limits; `one_sided` limits hold at 1 - alpha/2 each."""

    estimate: float
    se: float
    lower: float
    upper: float
    one_sided: bool = False


def proportion_interval(successes: float, n: float, level: float, method: str) -> Interval:
    """Return the interval of a proportion: exact (Clopper and Pearson), wald, wilson, agresti or jeffreys."""
    p = successes / n
    se = math.sqrt(p * (1 - p) / n)
    z = normal_quantile(level)
    if method in ("exact", "jeffreys"):
        return _beta_interval(successes, n, level, method, p, se)
    if method == "wald":
        return Interval(p, se, p - z * se, p + z * se)
    middle = (successes + z**2 / 2) / (n + z**2)
    if method == "wilson":
        half = z * math.sqrt(n) / (n + z**2) * math.sqrt(p * (1 - p) + z**2 / (4 * n))
    else:
        half = z * math.sqrt(middle * (1 - middle) / (n + z**2))
    return Interval(p, se, middle - half, middle + half)


def _beta_interval(successes: float, n: float, level: float, method: str, p: float, se: float) -> Interval:
    from scipy.special import betaincinv

    tail = (1 - level / 100) / 2
    failures = n - successes
    add = 0.5 if method == "jeffreys" else 0.0
    a, b = (
        (successes + add, failures + add + (0 if add else 1)),
        (successes + add + (0 if add else 1), failures + add),
    )
    lower = float(betaincinv(*a, tail)) if successes > 0 else 0.0
    upper = float(betaincinv(*b, 1 - tail)) if failures > 0 else 1.0
    return Interval(p, se, lower, upper, method == "exact" and (successes == 0 or failures == 0))


def rate_interval(events: float, exposure: float, level: float) -> Interval:
    """Return the exact interval of a Poisson rate."""
    from scipy.special import gammaincinv

    tail = (1 - level / 100) / 2
    lower = float(gammaincinv(events, tail)) if events > 0 else 0.0
    upper = float(gammaincinv(events + 1, 1 - tail))
    rate = events / exposure
    return Interval(rate, math.sqrt(events) / exposure, lower / exposure, upper / exposure, events == 0)


@dataclass(frozen=True, slots=True)
class Centile:
    """A percentile with its limits; a limit is `held` where it should lie beyond the sample."""

    value: float
    lower: float
    upper: float
    held: bool = False


def centile(ranked: np.ndarray, p: float, level: float, method: str = "interpolated") -> Centile:
    """Return the p-th centile of ascending numbers, at place (n + 1) p / 100 between them, and its limits.

    Limits do not suppose a distribution: `interpolated` between order statistics by their binomial
    probabilities, `conservative` at order statistics; `normal` and `meansd` suppose a normal distribution.
    """
    n, q = len(ranked), p / 100
    value = _at(ranked, (n + 1) * q)
    if method in ("normal", "meansd"):
        return _normal_centile(ranked, value, q, level, method)
    tail = (1 - level / 100) / 2
    lower, held_low = _lower_limit(ranked, q, tail, method)
    upper, held_high = _lower_limit(-ranked[::-1], 1 - q, tail, method)
    return Centile(value, lower, -upper, held_low or held_high)


def _at(ranked: np.ndarray, place: float) -> float:
    """Return the number at a place counted from 1, between its neighbours; the ends outside."""
    n = len(ranked)
    if place <= 1:
        return float(ranked[0])
    if place >= n:
        return float(ranked[-1])
    i = int(place)
    return float(ranked[i - 1] + (place - i) * (ranked[i] - ranked[i - 1]))


def _lower_limit(ranked: np.ndarray, q: float, tail: float, method: str) -> tuple[float, bool]:
    """Return the lower limit, and whether it is held at the minimum."""
    from scipy.special import bdtr

    n = len(ranked)
    below = bdtr(np.arange(n, dtype=np.float64), n, q)  # P(at most k of n below the quantile)
    r = int(np.searchsorted(below, tail, side="right"))
    if r == 0:
        return float(ranked[0]), True
    if method == "conservative" or r >= n:
        return float(ranked[min(r, n) - 1]), False
    share = (tail - below[r - 1]) / (below[r] - below[r - 1])
    return float(ranked[r - 1] + share * (ranked[r] - ranked[r - 1])), False


def _normal_centile(ranked: np.ndarray, value: float, q: float, level: float, method: str) -> Centile:
    from scipy.special import ndtri

    n = len(ranked)
    if n < 2:
        return Centile(value, MISSING, MISSING)
    mean, sd, z = float(ranked.mean()), float(ranked.std(ddof=1)), normal_quantile(level)
    if method == "meansd":
        quantile = float(ndtri(q))
        value = mean + quantile * sd
        se = sd * math.sqrt(1 / n + quantile**2 / (2 * (n - 1)))
    else:
        density = (
            math.exp(-0.5 * ((value - mean) / sd) ** 2) / (sd * math.sqrt(2 * math.pi)) if sd else math.inf
        )
        se = math.sqrt(q * (1 - q) / n) / density
    return Centile(value, value - z * se, value + z * se)
