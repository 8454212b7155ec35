"""Rubin's rules: what estimates from completed datasets say together.

Rubin (1987), "Multiple Imputation for Nonresponse in Surveys"; degrees of freedom of small samples: Barnard
and Rubin (1999), Biometrika 86; tests of several coefficients: Li, Raghunathan and Rubin (1991), JASA 86,
and Reiter (2007), Biometrika 94.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import f_tail

_ALMOST = 1e-13
"""A share of the within variance below which estimates do not vary between imputations."""


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Estimates of k parameters over M imputations.

    Attributes
    ----------
    M : int
    b : ndarray, shape (k,)
    within, between, total : ndarray, shape (k, k)
        W, B, and T = W + (1 + 1/M) B.
    rvi : ndarray, shape (k,)
        Relative increase of the variance, (1 + 1/M) B/W; 0 where neither varies.
    df : ndarray, shape (k,)
        Degrees of freedom; missing where they are infinite, or there is no variance.
    fmi : ndarray, shape (k,)
        Fraction of missing information, from large-sample degrees of freedom.
    complete_df : float or None
        Those of complete data that `df` takes into account.
    """

    M: int
    b: np.ndarray
    within: np.ndarray
    between: np.ndarray
    total: np.ndarray
    rvi: np.ndarray
    df: np.ndarray
    fmi: np.ndarray
    complete_df: float | None

    @property
    def efficiency(self) -> np.ndarray:
        """Relative efficiency of M imputations beside infinitely many, shape (k,)."""
        return 1 / (1 + self.fmi / self.M)

    @property
    def increase(self) -> np.ndarray:
        """Increase of the standard errors because of nonresponse, in per cent, shape (k,)."""
        return 100 * (np.sqrt(1 + self.rvi) - 1)


def pooled(estimates: np.ndarray, variances: np.ndarray, complete_df: float | None = None) -> Pooled:
    """Pool estimates.

    Parameters
    ----------
    estimates : ndarray, shape (M, k)
    variances : ndarray, shape (M, k, k)
    complete_df : float, optional
        Degrees of freedom with complete data; without them those of large samples.
    """
    M = len(estimates)
    b = estimates.mean(axis=0)
    deviations = estimates - b
    between = deviations.T @ deviations / max(M - 1, 1)
    within = variances.mean(axis=0)
    inflated = (1 + 1 / M) * between
    # Estimates that are equal but for rounding have no variance between them.
    w, a = np.diag(within), np.diag(inflated).copy()
    a[a <= _ALMOST * w] = 0.0
    rvi = np.divide(a, w, out=np.zeros_like(a), where=w > 0)
    df = _degrees(M, rvi, complete_df)
    # What has no variance in any imputation, a component on its boundary, has none: no inference on it.
    df[~(w > 0)] = MISSING
    total = np.where(np.outer(w > 0, w > 0), within + inflated, 0.0)
    large = _degrees(M, rvi, None)
    slack = np.where(large < MISSING, 2 / (np.minimum(large, 1e300) + 3), 0.0)
    fmi = (rvi + slack) / (rvi + 1)
    return Pooled(M, b, within, between, total, rvi, df, fmi, complete_df)


def _degrees(M: int, rvi: np.ndarray, complete: float | None) -> np.ndarray:
    """Return degrees of freedom of t, shape (k,); missing for infinitely many."""
    with np.errstate(divide="ignore", over="ignore"):
        large = np.where(rvi > 0, (M - 1) * (1 + 1 / np.where(rvi > 0, rvi, 1.0)) ** 2, np.inf)
    if complete is None:
        return np.where(np.isfinite(large), large, MISSING)
    observed = complete * (complete + 1) / (complete + 3) / (1 + rvi)
    with np.errstate(invalid="ignore"):
        return 1 / (1 / large + 1 / observed)


@dataclass(frozen=True, slots=True)
class PooledTest:
    """An F test: statistic, degrees of freedom, p-value, average relative increase of variance."""

    statistic: float
    df: int
    df_residual: float
    p_value: float
    rvi: float


def equal_fmi_test(
    distance: np.ndarray, within: np.ndarray, between: np.ndarray, M: int, complete: float | None
) -> PooledTest:
    """Test that k linear combinations are zero, the fractions of missing information taken as equal.

    Parameters
    ----------
    distance : ndarray, shape (k,)
        R b - r.
    within, between : ndarray, shape (k, k)
        R W R' of full rank, and R B R'.
    complete : float or None
        Degrees of freedom with complete data.
    """
    k = len(distance)
    ratio = float(np.trace(np.linalg.solve(within, between)))
    rvi = (1 + 1 / M) * ratio / k
    if rvi <= _ALMOST:
        rvi = 0.0
    statistic = float(distance @ np.linalg.solve(within, distance)) / (k * (1 + rvi))
    df = _test_degrees(k, M, rvi, complete)
    return PooledTest(statistic, k, df, _f_tail(statistic, k, df), rvi)


def unrestricted_test(
    distance: np.ndarray, total: np.ndarray, within: np.ndarray, M: int, complete: float | None
) -> PooledTest:
    """Test the same with T itself, which asks for many imputations; parameters as `equal_fmi_test`."""
    k = len(distance)
    between = (total - within) * M / (M + 1)
    rvi = (1 + 1 / M) * float(np.trace(np.linalg.solve(within, between))) / k
    rvi = 0.0 if rvi <= _ALMOST else rvi
    statistic = float(distance @ np.linalg.solve(total, distance)) / k
    df = _test_degrees(k, M, rvi, complete)
    return PooledTest(statistic, k, df, _f_tail(statistic, k, df), rvi)


def _f_tail(statistic: float, k: int, df: float) -> float:
    return f_tail(statistic, k, min(df, 1e12))


def _test_degrees(k: int, M: int, rvi: float, complete: float | None) -> float:
    """Return the denominator's degrees of freedom; missing for infinitely many."""
    t = k * (M - 1)
    single = float(_degrees(M, np.array([rvi]), complete)[0])
    if k == 1:
        return single
    if complete is not None:
        found = _small_sample(t, rvi, complete) if t > 4 else 0.0
        return found if found > 0 else single * (k + 1) / 2
    if rvi == 0:
        return MISSING
    if t > 4:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / rvi) ** 2
    return (k + 1) * (M - 1) * (1 + 1 / rvi) ** 2 / 2


def _small_sample(t: int, rvi: float, complete: float) -> float:
    """Return Reiter's degrees of freedom; 0 where complete data have too few."""
    a = rvi * t / (t - 2)
    observed = complete * (complete + 1) / (complete + 3)
    first, second = observed - 2 * (1 + a), observed - 4 * (1 + a)
    if not second > 0:
        return 0.0
    terms = (
        first / ((1 + a) ** 2 * second)
        + 8 * first / ((1 + a) * second**2)
        + 4 / ((1 + a) * second)
        + 4 / (second * first)
        + 16 * first / second**3
        + 8 / second**2
    )
    return 4 + 1 / (1 / second + a**2 * terms / (t - 4))
