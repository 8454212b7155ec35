"""Odds of cases by exposure, within strata: Mantel and Haenszel's estimate, score tests.

Clayton and Hills (1993), Statistical Models in Epidemiology, chapters 17 to 20.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail, normal_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Observations: cases (bool), copies, and strata numbered from 0; arrays of shape (n,)."""

    cases: np.ndarray
    copies: np.ndarray
    strata: np.ndarray

    @property
    def count(self) -> int:
        return int(self.strata.max(initial=-1)) + 1

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return sums of values by stratum, copies counted."""
        return np.bincount(self.strata, self.copies * values, minlength=self.count)

    def of(self, rows: np.ndarray) -> Sampled:
        return Sampled(self.cases[rows], self.copies[rows], self.strata[rows])


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """An estimate with the score test that it is one, and what tests of its homogeneity need.

    Attributes
    ----------
    ratio, chi2, lower, upper : float
    above, below : float
        Mantel and Haenszel's sums, whose ratio it is; zero for a ratio of one unit.
    score, variance : float
    """

    ratio: float
    chi2: float
    lower: float
    upper: float
    above: float
    below: float
    score: float
    variance: float

    @property
    def p_value(self) -> float:
        return chi2_tail(self.chi2, 1) if self.chi2 < MISSING else MISSING


def _score(x: np.ndarray, own: Sampled) -> tuple[np.ndarray, np.ndarray]:
    """Return what the cases of each stratum exceed its mean by, and the variance of that."""
    total, cases = own.sums(np.ones(len(x))), own.sums(own.cases)
    with np.errstate(all="ignore"):
        mean = np.where(total > 0, own.sums(x) / total, 0.0)
        score = own.sums(own.cases * x) - cases * mean
        spread = own.sums((x - mean[own.strata]) ** 2)
        variance = np.where(total > 1, cases * (total - cases) * spread / (total * (total - 1)), 0.0)
    return score, variance


def mantel_haenszel(exposed: np.ndarray, own: Sampled, level: float) -> OddsRatio:
    """Return the odds ratio of the exposed, bool (n,), within strata."""
    x = exposed.astype(np.float64)
    score, variance = _score(x, own)
    total = own.sums(np.ones(len(x)))
    cases_exposed, others_exposed = own.sums(own.cases * x), own.sums(~own.cases * x)
    cases, others = own.sums(own.cases), own.sums(~own.cases)
    filled = total > 0
    above = float((cases_exposed * (others - others_exposed))[filled] @ (1 / total[filled]))
    below = float((others_exposed * (cases - cases_exposed))[filled] @ (1 / total[filled]))
    u, v = float(score.sum()), float(variance.sum())
    ratio = above / below if below > 0 else MISSING
    chi2 = u * u / v if v > 0 else MISSING
    lower = upper = MISSING
    if above > 0 and below > 0 and v > 0:
        factor = math.exp(normal_quantile(level) * math.sqrt(v / (above * below)))
        lower, upper = ratio / factor, ratio * factor
    return OddsRatio(ratio, chi2, lower, upper, above, below, u, v)


def one_unit(x: np.ndarray, own: Sampled, level: float) -> OddsRatio:
    """Return the odds ratio of one unit of x, from the first step of a search from no effect."""
    score, variance = _score(x, own)
    u, v = float(score.sum()), float(variance.sum())
    if not v > 0:
        return OddsRatio(MISSING, MISSING, MISSING, MISSING, 0.0, 0.0, u, v)
    half = normal_quantile(level) / math.sqrt(v)
    ends = [math.exp(min(u / v + shift, 700.0)) for shift in (0.0, -half, half)]
    return OddsRatio(ends[0], u * u / v, ends[1], ends[2], 0.0, 0.0, u, v)


def homogeneity(parts: list[OddsRatio], whole: OddsRatio) -> tuple[float, int]:
    """Return the chi2 that parts have one odds ratio, and its degrees of freedom."""
    used = [own for own in parts if own.variance > 0]
    if len(used) < 2 or not 0 < whole.ratio < MISSING:
        return MISSING, 0
    if whole.below > 0:
        ratio = whole.ratio
        chi2 = sum((own.above - ratio * own.below) ** 2 / (ratio * own.variance) for own in used)
    else:
        chi2 = sum(own.score**2 / own.variance for own in used) - whole.score**2 / whole.variance
    return max(float(chi2), 0.0), len(used) - 1


def equal_odds(levels: np.ndarray, count: int, own: Sampled) -> tuple[float, int]:
    """Return the score test that the odds are the same at all levels (codes from 0), and its df."""
    k = count - 1
    score, variance = np.zeros(k), np.zeros((k, k))
    for stratum in range(own.count):
        rows = own.strata == stratum
        copies, cases, codes = own.copies[rows], own.cases[rows], levels[rows]
        n, d = float(copies.sum()), float(copies @ cases)
        if n <= 1:
            continue
        sizes = np.bincount(codes, copies, minlength=count)[:k]
        score += np.bincount(codes, copies * cases, minlength=count)[:k] - d * sizes / n
        shape = np.diag(sizes) / n - np.outer(sizes, sizes) / n**2
        variance += d * (n - d) / (n - 1) * shape
    rank = int(np.linalg.matrix_rank(variance)) if k else 0
    return (float(score @ np.linalg.pinv(variance) @ score), rank) if rank else (MISSING, 0)
