"""Tests and correlations of ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail, t_tail


def ranks(x: np.ndarray) -> np.ndarray:
    """Return ranks from 1 on, the average in ties."""
    _, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[place.reshape(-1)]


def _tie_sizes(x: np.ndarray) -> np.ndarray:
    return np.unique(x, return_counts=True)[1].astype(np.float64)


@dataclass(frozen=True, slots=True)
class RankSum:
    """Wilcoxon's (Mann and Whitney's) test of two samples.

    Attributes
    ----------
    n, sums, expected : tuple of two floats
    unadjusted, ties : float
        Variance of the first rank sum without ties, and what ties add to it.
    larger : float
        P(a value of the first > one of the second), ties counting half.
    """

    n: tuple[float, float]
    sums: tuple[float, float]
    expected: tuple[float, float]
    unadjusted: float
    ties: float
    larger: float

    @property
    def variance(self) -> float:
        return self.unadjusted + self.ties

    @property
    def z(self) -> float:
        return (self.sums[0] - self.expected[0]) / math.sqrt(self.variance) if self.variance > 0 else MISSING

    @property
    def p(self) -> float:
        return normal_p(self.z)


def normal_p(z: float) -> float:
    """Return the two-sided p-value of a normal statistic."""
    return math.erfc(abs(z) / math.sqrt(2)) if z < MISSING else MISSING


def rank_sum(first: np.ndarray, second: np.ndarray) -> RankSum:
    """Return the rank-sum test."""
    n1, n2 = float(len(first)), float(len(second))
    n = n1 + n2
    every = ranks(np.concatenate([first, second]))
    w1, w2 = float(every[: len(first)].sum()), float(every[len(first) :].sum())
    unadjusted = n1 * n2 * (n + 1) / 12
    spread = float(every.var(ddof=1)) if n > 1 else 0.0
    return RankSum(
        (n1, n2),
        (w1, w2),
        (n1 * (n + 1) / 2, n2 * (n + 1) / 2),
        unadjusted,
        n1 * n2 * spread / n - unadjusted,
        (w1 - n1 * (n1 + 1) / 2) / (n1 * n2),
    )


@dataclass(frozen=True, slots=True)
class SignedRank:
    """Wilcoxon's signed-rank test; `n` and `sums` of positive, negative and zero differences."""

    n: tuple[float, float, float]
    sums: tuple[float, float, float]
    unadjusted: float
    ties: float
    zeros: float

    @property
    def expected(self) -> float:
        return (self.sums[0] + self.sums[1]) / 2

    @property
    def variance(self) -> float:
        return self.unadjusted + self.ties + self.zeros

    @property
    def z(self) -> float:
        return (self.sums[0] - self.expected) / math.sqrt(self.variance) if self.variance > 0 else MISSING

    @property
    def p(self) -> float:
        return normal_p(self.z)


def signed_rank(difference: np.ndarray) -> SignedRank:
    """Return the signed-rank test of differences; zeros are ranked and then left out."""
    rank = ranks(np.abs(difference))
    parts = (difference > 0, difference < 0, difference == 0)
    counts = tuple(float(part.sum()) for part in parts)
    sums = tuple(float(rank[part].sum()) for part in parts)
    n, zero = float(len(difference)), counts[2]
    unadjusted = n * (n + 1) * (2 * n + 1) / 24
    zeros = -zero * (zero + 1) * (2 * zero + 1) / 24
    sizes = _tie_sizes(np.abs(difference[difference != 0]))
    ties = -float((sizes * (sizes**2 - 1)).sum()) / 48
    return SignedRank(counts, sums, unadjusted, ties, zeros)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, eq=False)
class KruskalWallis:
    """Kruskal and Wallis's test: sizes and rank sums of the groups, shape (k,), and the statistics."""

    n: np.ndarray
    sums: np.ndarray
    chi2: float
    chi2_ties: float

    @property
    def df(self) -> float:
        return float(len(self.n) - 1)

    @property
    def p(self) -> float:
        return chi2_tail(self.chi2, self.df)

    @property
    def p_ties(self) -> float:
        return chi2_tail(self.chi2_ties, self.df) if self.chi2_ties < MISSING else MISSING


def kruskal_wallis(x: np.ndarray, codes: np.ndarray, count: int) -> KruskalWallis:
    """Return the test that groups (codes 0 ... count - 1) have the same distribution."""
    rank, n = ranks(x), float(len(x))
    sizes = np.bincount(codes, minlength=count).astype(np.float64)
    sums = np.bincount(codes, weights=rank, minlength=count)
    chi2 = float(12 / (n * (n + 1)) * (sums**2 / sizes).sum() - 3 * (n + 1))
    tied = _tie_sizes(x)
    correction = 1 - float((tied**3 - tied).sum()) / (n**3 - n) if n > 1 else 0.0
    return KruskalWallis(sizes, sums, chi2, chi2 / correction if correction > 0 else MISSING)


@dataclass(frozen=True, slots=True)
class Spearman:
    """Spearman's correlation of n pairs."""

    n: float
    rho: float

    @property
    def p(self) -> float:
        if not (self.rho < MISSING and self.n > 2):
            return MISSING
        rest = 1 - self.rho**2
        return t_tail(self.rho * math.sqrt((self.n - 2) / rest), self.n - 2) if rest > 0 else 0.0


def spearman(x: np.ndarray, y: np.ndarray) -> Spearman:
    """Return the correlation of the ranks."""
    a, b = ranks(x) - (len(x) + 1) / 2, ranks(y) - (len(x) + 1) / 2
    spread = float((a @ a) * (b @ b))
    return Spearman(float(len(x)), float(a @ b) / math.sqrt(spread) if spread > 0 else MISSING)


@dataclass(frozen=True, slots=True)
class Kendall:
    """Kendall's correlations of n pairs: the score S, its standard error under independence, tau-a, tau-b."""

    n: float
    score: float
    se: float
    tau_a: float
    tau_b: float

    @property
    def p(self) -> float:
        """Two-sided, with a correction for continuity."""
        if self.se == 0:
            return MISSING
        return normal_p(max(0.0, abs(self.score) - 1) / self.se)


def kendall(x: np.ndarray, y: np.ndarray) -> Kendall:
    """Return Kendall's tau; the score comes from scipy's, in n log n steps."""
    n = float(len(x))
    pairs = n * (n - 1) / 2
    t, u = _tie_sizes(x), _tie_sizes(y)
    x_pairs, y_pairs = pairs - (t * (t - 1) / 2).sum(), pairs - (u * (u - 1) / 2).sum()
    scale = math.sqrt(x_pairs * y_pairs)
    if scale == 0:
        return Kendall(n, 0.0, 0.0, 0.0, MISSING)
    from scipy.stats import kendalltau

    tau_b = float(np.asarray(kendalltau(x, y))[0])
    score = float(round(tau_b * scale))
    return Kendall(n, score, math.sqrt(_score_variance(n, t, u)), score / pairs, score / scale)


def _score_variance(n: float, t: np.ndarray, u: np.ndarray) -> float:
    """Kendall and Gibbons (1990), with ties of sizes t and u."""

    def sums(sizes: np.ndarray) -> tuple[float, float, float]:
        return (
            float((sizes * (sizes - 1) * (2 * sizes + 5)).sum()),
            float((sizes * (sizes - 1) * (sizes - 2)).sum()),
            float((sizes * (sizes - 1)).sum()),
        )

    (t5, t3, t2), (u5, u3, u2) = sums(t), sums(u)
    third = t3 * u3 / (9 * n * (n - 1) * (n - 2)) if n > 2 else 0.0
    return (n * (n - 1) * (2 * n + 5) - t5 - u5) / 18 + third + t2 * u2 / (2 * n * (n - 1))
