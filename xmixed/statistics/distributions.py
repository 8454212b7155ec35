"""Tails and quantiles of distributions, without the import of scipy."""

from __future__ import annotations

import math
from functools import cache

from xmixed.missing import MISSING


@cache
def normal_quantile(level: float) -> float:
    """Return z such that a two-sided interval has `level` per cent."""
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level / 100) / 2)


def chi2_tail(statistic: float, df: float) -> float:
    """Return P(chi-square with df degrees of freedom > statistic), df a whole number; missing when it is 0.

    The finite sums for even and odd df (Abramowitz and Stegun 26.4.4, 26.4.5), each term by its logarithm:
    importing scipy.special would take longer than most fits.
    """
    if df <= 0:
        return MISSING
    half = statistic / 2
    if half <= 0:
        return 1.0
    odd = int(df) % 2
    tail = math.erfc(math.sqrt(half)) if odd else 0.0
    powers = (k + odd / 2 for k in range(int(df) // 2))
    terms = (math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers)
    return min(1.0, tail + math.fsum(terms))


def t_tail(statistic: float, df: float) -> float:
    """Return P(|t| > |statistic|) with df degrees of freedom; missing without any."""
    if not df > 0 or not math.isfinite(statistic):
        return MISSING
    from scipy.special import betainc

    return float(betainc(df / 2, 0.5, df / (df + statistic * statistic)))


@cache
def t_quantile(level: float, df: float) -> float:
    """Return t such that a two-sided interval has `level` per cent; missing without degrees of freedom."""
    if not df > 0:
        return MISSING
    from scipy.special import stdtrit

    return float(stdtrit(df, (1 + level / 100) / 2))


def quantile(level: float, df: float | None) -> float:
    """Return the quantile of t; of the normal distribution without degrees of freedom, or infinitely many."""
    return normal_quantile(level) if df is None or df == math.inf else t_quantile(level, df)


def f_tail(statistic: float, df: float, df_residual: float) -> float:
    """Return P(F > statistic); missing without degrees of freedom."""
    if not df > 0 or not df_residual > 0 or not math.isfinite(statistic):
        return MISSING
    if statistic <= 0:
        return 1.0
    from scipy.special import betainc

    return float(betainc(df_residual / 2, df / 2, df_residual / (df_residual + df * statistic)))
