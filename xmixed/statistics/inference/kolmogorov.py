"""Kolmogorov and Smirnov's tests of distributions, and Cuzick's test of a trend across groups."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.inference.ranks import normal_p, ranks


@dataclass(frozen=True, slots=True)
class Distances:
    """The largest distances of distribution functions upwards and downwards, with p-values.

    Attributes
    ----------
    above, below, largest : float
        `below` is negative.
    p_above, p_below, p, corrected : float
        Of limits; the last one with a correction for small samples.
    exact : float
        Missing where it was not asked for.
    """

    above: float
    below: float
    largest: float
    p_above: float
    p_below: float
    p: float
    corrected: float
    exact: float = MISSING


def _limit(size: float, distance: float) -> tuple[float, float]:
    """Return the one-sided and the two-sided p-value of a distance in the limit."""
    from scipy.special import kolmogorov

    return math.exp(-2 * size * distance**2), float(kolmogorov(math.sqrt(size) * distance))


def _normal(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _quantile(p: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(p))


def two_samples(x: np.ndarray, y: np.ndarray, exact: bool = False) -> Distances:
    """Return the test that two samples have one distribution."""
    n, m = len(x), len(y)
    points = np.unique(np.concatenate([x, y]))
    first = np.searchsorted(np.sort(x), points, side="right") / n
    second = np.searchsorted(np.sort(y), points, side="right") / m
    above, below = float(np.max(first - second)), float(np.min(first - second))
    above, below = max(above, 0.0), min(below, 0.0)
    largest, size = max(above, -below), n * m / (n + m)
    p = _limit(size, largest)[1]
    corrected = p
    if 0 < p < 1:
        shift = 1.04 / min(n, m) + 2.09 / max(n, m) - 1.35 / math.sqrt(size)
        corrected = _normal(_quantile(p) + shift)
    whole = _exact(n, m, largest, x, y) if exact else MISSING
    return Distances(
        above, below, largest, _limit(size, above)[0], _limit(size, -below)[0], p, corrected, whole
    )


def _exact(n: int, m: int, largest: float, x: np.ndarray, y: np.ndarray) -> float:
    """Return P(D >= d) over all ways of mixing two samples, ties as they are.

    Paths from (0, 0) to (n, m) that never come as far from the diagonal are counted as shares of all.
    """
    values = np.sort(np.concatenate([x, y]))
    ends = np.append(values[1:] != values[:-1], True)  # a distance counts behind the last of equal values
    limit = largest - 1e-12
    # share[j]: of the paths to (i, j) with i + j steps, those inside.
    share = np.zeros(m + 1)
    share[0] = 1.0
    for step in range(1, n + m + 1):
        fresh = np.zeros(m + 1)
        for j in range(max(0, step - n), min(m, step) + 1):
            i = step - j
            inside = (i / step * share[j] if i else 0.0) + (j / step * share[j - 1] if j else 0.0)
            if ends[step - 1] and abs(i / n - j / m) >= limit:
                inside = 0.0
            fresh[j] = inside
        share = fresh
    return 1 - float(share[m])


def one_sample(x: np.ndarray, expected: np.ndarray) -> Distances:
    """Return the test that a sample has the distribution whose function at x is `expected`, (n,)."""
    order = np.argsort(x, kind="stable")
    values, reference = x[order], expected[order]
    n = len(x)
    upper = np.searchsorted(values, values, side="right") / n
    lower = np.searchsorted(values, values, side="left") / n
    above, below = max(float(np.max(upper - reference)), 0.0), min(float(np.min(lower - reference)), 0.0)
    largest = max(above, -below)
    p = _limit(n, largest)[1]
    corrected = p
    if 0 < p < 1:
        corrected = _normal(_quantile(p) + 1.04 / n + 2.09 / n - 1.35 / math.sqrt(n))
    return Distances(above, below, largest, _limit(n, above)[0], _limit(n, -below)[0], p, corrected)


@dataclass(frozen=True, slots=True)
class Trend:
    """Cuzick's statistic in standard units, with the sum of ranks of each group."""

    z: float
    p: float
    sums: tuple[float, ...]


def trend(x: np.ndarray, codes: np.ndarray, scores: np.ndarray) -> Trend:
    """Return Cuzick's (1985) test, Statistics in Medicine 4, of groups from 0 with scores, (k,)."""
    n = len(x)
    sizes = np.bincount(codes, minlength=len(scores))
    sums = np.bincount(codes, ranks(x), minlength=len(scores))
    total = float(scores @ sizes)
    variance = (n + 1) / 12 * (n * float(scores**2 @ sizes) - total**2)
    _, ties = np.unique(x, return_counts=True)
    variance *= 1 - float((ties**3 - ties).sum()) / (n * (n**2 - 1)) if n > 1 else 0.0
    if not variance > 0:
        return Trend(MISSING, MISSING, tuple(sums.tolist()))
    z = (float(scores @ sums) - (n + 1) * total / 2) / math.sqrt(variance)
    return Trend(z, normal_p(z), tuple(sums.tolist()))
