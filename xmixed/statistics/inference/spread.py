"""Robust tests that groups have the same variance, and the corrected chi-squared of a fourfold table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail, f_tail

TRIMMED = 0.05
"""Share of a group that is left out at each end for W10."""


@dataclass(frozen=True, slots=True)
class SpreadTest:
    """Levene's F of absolute deviations."""

    statistic: float
    df: float
    df_residual: float
    p: float


def robust_variances(x: np.ndarray, codes: np.ndarray, count: int) -> tuple[SpreadTest, ...]:
    """Return W0, W50 and W10: Levene (1960), and Brown and Forsythe's (1974) with medians and trimmed means.

    Parameters
    ----------
    x : (n,) array
    codes : (n,) array of int
        Group of each value, 0 ... `count` - 1.
    """
    parts = [np.sort(x[codes == code]) for code in range(count)]
    centres = (
        [part.mean() for part in parts],
        [float(np.median(part)) for part in parts],
        [_trimmed(part) for part in parts],
    )
    return tuple(_levene(x, codes, np.array(centre)) for centre in centres)


def _trimmed(ranked: np.ndarray) -> float:
    out = int(TRIMMED * len(ranked))
    return float(ranked[out : len(ranked) - out].mean())


def _levene(x: np.ndarray, codes: np.ndarray, centres: np.ndarray) -> SpreadTest:
    away = np.abs(x - centres[codes])
    sizes = np.bincount(codes, minlength=len(centres))
    means = np.bincount(codes, weights=away, minlength=len(centres)) / sizes
    between = float(sizes @ (means - away.mean()) ** 2)
    within = float(((away - means[codes]) ** 2).sum())
    df, left = float(len(centres) - 1), float(len(x) - len(centres))
    if not within or not left:
        return SpreadTest(MISSING, df, left, MISSING)
    statistic = (between / df) / (within / left)
    return SpreadTest(statistic, df, left, f_tail(statistic, df, left))


def corrected_chi2(table: np.ndarray) -> tuple[float, float]:
    """Return Yates's chi-squared of a fourfold table of counts, shape (2, 2), and its p-value."""
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if not (expected > 0).all():
        return MISSING, MISSING
    away = np.maximum(np.abs(table - expected) - 0.5, 0.0)
    chi2 = float((away**2 / expected).sum())
    return chi2, chi2_tail(chi2, 1)
