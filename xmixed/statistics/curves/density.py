"""Kernel densities and histograms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.curves.kernels import KERNELS, REACH


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of a histogram: `count` of them from `start`, each `width` wide."""

    count: int
    start: float
    width: float


def default_bandwidth(x: np.ndarray, w: np.ndarray | None = None) -> float:
    """Return Silverman's 0.9 m n^(-1/5), m the smaller of the sd and the interquartile range / 1.349.

    Parameters
    ----------
    x, w : ndarray of float64, shape (n,)
        Numbers without missing values; their weights, or None.
    """
    n = len(x)
    if n < 2:
        return 1.0
    order = np.argsort(x, kind="stable")
    ranked = x[order]
    weights = np.ones(n) if w is None else w[order]
    share = weights / weights.sum()
    mean = float(share @ ranked)
    sd = math.sqrt(float(share @ (ranked - mean) ** 2) * n / (n - 1))
    cumulated = np.cumsum(share)
    low, high = (float(ranked[min(n - 1, np.searchsorted(cumulated, p))]) for p in (0.25, 0.75))
    spread = (high - low) / 1.349
    measure = min(sd, spread) if spread > 0 else sd
    return 0.9 * measure * n**-0.2 if measure > 0 else 1.0


def kernel_density(
    x: np.ndarray, at: np.ndarray, bandwidth: float, kernel: str = "epanechnikov", w: np.ndarray | None = None
) -> np.ndarray:
    """Return the kernel density estimate at points.

    Parameters
    ----------
    x, w : ndarray of float64, shape (n,)
        Numbers without missing values; their weights, or None.
    at : ndarray of float64, shape (m,)
    bandwidth : float
    kernel : str
        A name of `KERNELS`.

    Returns
    -------
    ndarray of float64, shape (m,)
    """
    function, reach = KERNELS[kernel], REACH.get(kernel, 1.0) * bandwidth
    order = np.argsort(x, kind="stable")
    ranked = x[order]
    weights = np.ones(len(x)) if w is None else w[order]
    out = np.empty(len(at))
    first = np.searchsorted(ranked, at - reach, side="left")
    last = np.searchsorted(ranked, at + reach, side="right")
    for i, point in enumerate(at):  # over the points of the curve, not over observations
        near = slice(first[i], last[i])
        out[i] = function((ranked[near] - point) / bandwidth) @ weights[near]
    return out / (bandwidth * weights.sum())


def histogram_bins(
    x: np.ndarray,
    n: float | None = None,
    *,
    count: int | None = None,
    width: float | None = None,
    start: float | None = None,
    discrete: bool = False,
) -> Bins:
    """Return the bins of a histogram.

    Parameters
    ----------
    x : ndarray of float64, shape (n,)
        Numbers without missing values, at least one.
    n : float or None
        Number of observations that weights stand for; None: as many as numbers.
    count, width, start : what was asked for; None for the default
        By default there are min(sqrt(n), 10 log10(n)) bins, without the fraction, from the smallest number.
    discrete : bool
        One bin for each value, centred on it; its width is the smallest difference between two values.
    """
    low, high = float(x.min()), float(x.max())
    n = float(len(x)) if n is None else n
    if discrete:
        values = np.unique(x)
        width = width or (float(np.diff(values).min()) if len(values) > 1 else 1.0)
        origin = low if start is None else start
        return Bins(max(1, round((high - origin) / width) + 1), origin - width / 2, width)
    origin = low if start is None else start
    if width is None:
        chosen = count or max(1, int(min(math.sqrt(n), 10 * math.log10(n)) if n > 1 else 1))
        span = high - origin
        return Bins(chosen, origin, span / chosen if span > 0 else 1.0)
    wanted = max(1, math.ceil((high - origin) / width * (1 - 1e-12)))
    return Bins(max(wanted, count or 1), origin, width)


def histogram_counts(x: np.ndarray, bins: Bins, w: np.ndarray | None = None) -> np.ndarray:
    """Return how many numbers (or how much weight) fall in each bin; shape (count,).

    A bin holds its lower end; the last one its upper end too.
    """
    place = np.floor((x - bins.start) / bins.width * (1 + 1e-12)).astype(np.int64)
    return np.bincount(np.clip(place, 0, bins.count - 1), weights=w, minlength=bins.count).astype(np.float64)
