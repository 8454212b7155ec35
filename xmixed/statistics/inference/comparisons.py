"""Comparisons of means, variances and proportions of samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail, f_tail, t_quantile, t_tail

Unequal = Literal["", "satterthwaite", "welch"]


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample by its size, mean and standard deviation (`.` when it has one observation)."""

    n: float
    mean: float
    sd: float

    @property
    def se(self) -> float:
        return self.sd / math.sqrt(self.n) if self.sd < MISSING and self.n > 0 else MISSING

    def limits(self, level: float) -> tuple[float, float]:
        """Return the confidence limits of the mean; `.` when the mean is not known."""
        if not self.mean < MISSING:
            return MISSING, MISSING
        return t_limits(self.mean, self.se, self.n - 1, level)

    @classmethod
    def together(cls, first: Sample, second: Sample) -> Sample:
        """Return two samples as one."""
        n = first.n + second.n
        if not (first.mean < MISSING and second.mean < MISSING):
            return cls(n, MISSING, MISSING)
        mean = (first.n * first.mean + second.n * second.mean) / n
        within = sum((s.n - 1) * s.sd**2 for s in (first, second) if s.sd < MISSING)
        between = first.n * second.n / n * (first.mean - second.mean) ** 2
        return cls(n, mean, math.sqrt((within + between) / (n - 1)))

    @classmethod
    def of(cls, x: np.ndarray) -> Sample:
        """Return the sample of numbers without missing values."""
        n = len(x)
        if n == 0:
            return cls(0.0, MISSING, MISSING)
        sd = float(x.std(ddof=1)) if n > 1 else MISSING
        return cls(float(n), float(x.mean()), 0.0 if n > 1 and x.min() == x.max() else sd)


def t_limits(estimate: float, se: float, df: float, level: float) -> tuple[float, float]:
    """Return estimate -+ t se; `.` where the standard error or the degrees of freedom are missing."""
    t = t_quantile(level, df)
    if not (se < MISSING and t < MISSING):
        return MISSING, MISSING
    return estimate - t * se, estimate + t * se


@dataclass(frozen=True, slots=True)
class TTest:
    """A t test of a difference from zero.

    `p_lower` is P(T < t), `p_upper` P(T > t), `p` P(|T| > |t|); `.` when the difference has no error.
    """

    difference: float
    se: float
    df: float

    @property
    def t(self) -> float:
        return self.difference / self.se if 0 < self.se < MISSING else MISSING

    @property
    def p(self) -> float:
        return t_tail(self.t, self.df) if self.t < MISSING else MISSING

    @property
    def p_upper(self) -> float:
        if not self.p < MISSING:
            return MISSING
        return self.p / 2 if self.t > 0 else 1 - self.p / 2

    @property
    def p_lower(self) -> float:
        return 1 - self.p_upper if self.p_upper < MISSING else MISSING

    def limits(self, level: float) -> tuple[float, float]:
        return t_limits(self.difference, self.se, self.df, level)


def one_sample(sample: Sample, mean: float) -> TTest:
    """Return the test that the mean is a number."""
    return TTest(sample.mean - mean, sample.se, sample.n - 1)


def two_samples(first: Sample, second: Sample, unequal: Unequal = "") -> TTest:
    """Return the test that two means are equal.

    With equal variances the error is pooled; else the degrees of freedom are Satterthwaite's (1946) or
    Welch's (1947).
    """
    difference = first.mean - second.mean
    if not unequal:
        df = first.n + second.n - 2
        squares = sum((s.n - 1) * s.sd**2 for s in (first, second) if s.n > 1)
        pooled = squares / df if df > 0 else MISSING
        se = math.sqrt(pooled * (1 / first.n + 1 / second.n)) if df > 0 else MISSING
        return TTest(difference, se, df)
    if first.n < 2 or second.n < 2:
        return TTest(difference, MISSING, MISSING)
    a, b = (s.sd**2 / s.n for s in (first, second))
    if a + b == 0:
        return TTest(difference, 0.0, MISSING)
    if unequal == "welch":
        df = (a + b) ** 2 / (a**2 / (first.n + 1) + b**2 / (second.n + 1)) - 2
    else:
        df = (a + b) ** 2 / (a**2 / (first.n - 1) + b**2 / (second.n - 1))
    return TTest(difference, math.sqrt(a + b), df)


# --- variances ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VarianceTest:
    """A test of variances: F of two samples (df2 their second degrees of freedom), or chi-squared of one."""

    statistic: float
    df: float
    df2: float
    p_lower: float
    p_upper: float

    @property
    def p(self) -> float:
        """Two-sided: twice the smaller tail."""
        return min(1.0, 2 * min(self.p_lower, self.p_upper))


def variance_ratio(first: Sample, second: Sample) -> VarianceTest:
    """Return the F test that two standard deviations are equal."""
    if min(first.n, second.n) < 2 or second.sd == 0:
        return VarianceTest(MISSING, first.n - 1, second.n - 1, MISSING, MISSING)
    f = (first.sd / second.sd) ** 2
    upper = f_tail(f, first.n - 1, second.n - 1)
    return VarianceTest(f, first.n - 1, second.n - 1, 1 - upper, upper)


def variance_of_one(sample: Sample, sd: float) -> VarianceTest:
    """Return the chi-squared test that a standard deviation is a number."""
    if sample.n < 2:
        return VarianceTest(MISSING, 0.0, MISSING, MISSING, MISSING)
    statistic = (sample.n - 1) * (sample.sd / sd) ** 2
    upper = chi2_tail(statistic, sample.n - 1)
    return VarianceTest(statistic, sample.n - 1, MISSING, 1 - upper, upper)


# --- proportions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proportion:
    """A sample proportion of n."""

    n: float
    p: float

    @property
    def se(self) -> float:
        return math.sqrt(self.p * (1 - self.p) / self.n) if self.n > 0 else MISSING


@dataclass(frozen=True, slots=True)
class ZTest:
    """A test in the normal distribution; `se0` is the error under the null hypothesis."""

    difference: float
    se: float
    se0: float

    @property
    def z(self) -> float:
        return self.difference / self.se0 if self.se0 > 0 else MISSING

    @property
    def p_lower(self) -> float:
        return 0.5 * math.erfc(-self.z / math.sqrt(2)) if self.z < MISSING else MISSING

    @property
    def p_upper(self) -> float:
        return 0.5 * math.erfc(self.z / math.sqrt(2)) if self.z < MISSING else MISSING

    @property
    def p(self) -> float:
        return math.erfc(abs(self.z) / math.sqrt(2)) if self.z < MISSING else MISSING


def one_proportion(sample: Proportion, p: float) -> ZTest:
    """Return the test that a proportion is a number."""
    return ZTest(sample.p - p, sample.se, math.sqrt(p * (1 - p) / sample.n))


def two_proportions(first: Proportion, second: Proportion) -> ZTest:
    """Return the test that two proportions are equal, its error from the pooled proportion."""
    pooled = (first.n * first.p + second.n * second.p) / (first.n + second.n)
    se0 = math.sqrt(pooled * (1 - pooled) * (1 / first.n + 1 / second.n))
    return ZTest(first.p - second.p, math.hypot(first.se, second.se), se0)


# --- one-way analysis of variance --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class OneWayAnova:
    """One-way analysis of variance.

    Attributes
    ----------
    n, means, sds : ndarray, shape (k,)
    between, within : float
        Sums of squares.
    bartlett, bartlett_df : float
        Bartlett's statistic over the cells with positive variance.
    unused_cells : int
        Cells with more than one observation whose variance is zero.
    """

    n: np.ndarray
    means: np.ndarray
    sds: np.ndarray
    between: float
    within: float
    bartlett: float
    bartlett_df: float
    unused_cells: int

    @property
    def total_n(self) -> float:
        return float(self.n.sum())

    @property
    def df_between(self) -> float:
        return float(len(self.n) - 1)

    @property
    def df_within(self) -> float:
        return self.total_n - len(self.n)

    @property
    def f(self) -> float:
        if not (self.df_between > 0 and self.df_within > 0 and self.within > 0):
            return MISSING
        return self.between / self.df_between / (self.within / self.df_within)

    @property
    def p(self) -> float:
        return f_tail(self.f, self.df_between, self.df_within) if self.f < MISSING else MISSING

    @property
    def bartlett_p(self) -> float:
        return chi2_tail(self.bartlett, self.bartlett_df) if self.bartlett < MISSING else MISSING

    def comparisons(self, method: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the differences of means, row minus column, and adjusted p-values, shape (k, k)."""
        k = len(self.n)
        difference = self.means[:, None] - self.means[None, :]
        p = np.full((k, k), MISSING)
        if not (self.df_within > 0 and self.within > 0):
            return difference, p
        se = np.sqrt(self.within / self.df_within * (1 / self.n[:, None] + 1 / self.n[None, :]))
        m = k * (k - 1) / 2
        for i in range(k):
            for j in range(i):
                t = difference[i, j] / se[i, j]
                if method == "scheffe":
                    p[i, j] = f_tail(t**2 / (k - 1), k - 1, self.df_within)
                else:
                    single = t_tail(float(t), self.df_within)
                    sidak = -math.expm1(m * math.log1p(-min(single, 1 - 1e-16)))
                    p[i, j] = min(1.0, single * m) if method == "bonferroni" else sidak
        return difference, p


def one_way(n: np.ndarray, means: np.ndarray, sds: np.ndarray) -> OneWayAnova:
    """Return the analysis of variance of cells by their sizes, means and standard deviations, shape (k,)."""
    grand = float((n * means).sum() / n.sum())
    between = float((n * (means - grand) ** 2).sum())
    several = n > 1
    variances = np.where(several & (sds < MISSING), np.where(several, sds, 0.0), 0.0) ** 2
    within = float(((n - 1) * variances)[several].sum())
    usable = several & (variances > 0)
    statistic, df = _bartlett(n[usable], variances[usable])
    return OneWayAnova(n, means, sds, between, within, statistic, df, int((several & ~usable).sum()))


def _bartlett(n: np.ndarray, variances: np.ndarray) -> tuple[float, float]:
    k = len(n)
    if k < 2:
        return MISSING, max(0.0, k - 1.0)
    df = n - 1
    total = df.sum()
    pooled = (df * variances).sum() / total
    correction = 1 + ((1 / df).sum() - 1 / total) / (3 * (k - 1))
    return float((total * np.log(pooled) - (df * np.log(variances)).sum()) / correction), k - 1.0
