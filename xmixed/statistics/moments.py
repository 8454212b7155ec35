"""Moments and percentiles of weighted numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xmixed.missing import MISSING


@dataclass(frozen=True, slots=True)
class Moments:
    """Statistics of one variable; `n` counts observations (frequency weights), `sum_w` sums the weights.

    Missing ones (the standard deviation of one observation) are `MISSING`. `percentiles` by number; they,
    the extremes and the last two moments are there only when asked for.
    """

    n: float
    sum_w: float
    total: float = 0.0
    mean: float = MISSING
    variance: float = MISSING
    minimum: float = MISSING
    maximum: float = MISSING
    skewness: float = MISSING
    kurtosis: float = MISSING
    percentiles: dict[int, float] = field(default_factory=dict)
    smallest: tuple[float, ...] = ()
    largest: tuple[float, ...] = ()

    @property
    def sd(self) -> float:
        return MISSING if self.variance >= MISSING else float(np.sqrt(self.variance))


def moments(x: np.ndarray, w: np.ndarray | None, kind: str, detail: bool) -> Moments:
    """Return the statistics of numbers without missing values.

    Parameters
    ----------
    x, w : ndarray of float64, shape (n,)
        `w` positive weights, or None.
    kind : str
        "", "fweight", "aweight" or "iweight": which count of observations the weights stand for.
    detail : bool
        Also percentiles, extremes, skewness and kurtosis.
    """
    if not len(x):
        return Moments(0.0, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        return _moments(x, w, kind, detail)


def _moments(x: np.ndarray, w: np.ndarray | None, kind: str, detail: bool) -> Moments:
    sum_w = float(len(x)) if w is None else _total(w)
    n = float(len(x)) if kind in {"", "aweight"} else sum_w
    total = _total(x if w is None else w * x)
    low, high = float(x.min()), float(x.max())
    # A constant has itself for its mean, whatever rounding says.
    mean = low if low == high else total / sum_w
    deviation = x - mean
    second = _mean_power(deviation, w, 2, sum_w)
    variance = _finite(second * n / (n - 1)) if n > 1 else MISSING
    if not detail:
        return Moments(n, sum_w, total, mean, variance, low, high)
    third, fourth = (_mean_power(deviation, w, power, sum_w) for power in (3, 4))
    skewness, kurtosis = MISSING, MISSING
    if 0 < variance < MISSING:
        skewness, kurtosis = _finite(third / np.sqrt(second) / second), _finite(fourth / second / second)
    order = np.argsort(x, kind="stable")
    ranked, weights = x[order], None if w is None else w[order]
    percentiles = {p: percentile(ranked, weights, p) for p in PERCENTILES}
    smallest, largest = tuple(ranked[:4].tolist()), tuple(ranked[-4:].tolist())
    return Moments(
        n, sum_w, total, mean, variance, low, high, skewness, kurtosis, percentiles, smallest, largest
    )


def _finite(value: float) -> float:
    return float(value) if abs(value) < MISSING else MISSING


def _total(x: np.ndarray) -> float:
    return float(np.sum(x, dtype=np.longdouble))


def _mean_power(deviation: np.ndarray, w: np.ndarray | None, power: int, sum_w: float) -> float:
    raised = deviation * deviation if power == 2 else deviation**power
    return _total(raised if w is None else w * raised) / sum_w


def percentile(ranked: np.ndarray, w: np.ndarray | None, p: float) -> float:
    """Return the p-th percentile of ascending numbers: the first whose cumulated weight exceeds p per cent.

    Where it is exactly p per cent, the mean of that number and the next.
    """
    n = len(ranked)
    if w is None:
        exact = n * p / 100
        i = int(np.floor(exact))
        on_edge = i == exact
    else:
        cumulated = np.cumsum(w)
        target = cumulated[-1] * p / 100
        i = int(np.searchsorted(cumulated, target, side="right"))
        on_edge = i > 0 and cumulated[i - 1] == target
    i = min(i, n - 1)
    return float((ranked[i - 1] + ranked[i]) / 2) if on_edge and i > 0 else float(ranked[i])


PERCENTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
