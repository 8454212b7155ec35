"""Hotelling's tests of vectors of means (Johnson and Wichern 2007, sections 5.2 and 6.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.statistics.distributions import f_tail


@dataclass(frozen=True, slots=True)
class Hotelling:
    """T-squared with the F that it gives, and its degrees of freedom."""

    statistic: float
    f: float
    df: float
    df_residual: float
    p: float


def hotelling(samples: tuple[np.ndarray, ...]) -> Hotelling:
    """Return the test that means are zero, or equal in two groups.

    Parameters
    ----------
    samples : one or two (n, k) arrays

    Raises
    ------
    StataError
        r(2001) for too few observations; r(498) for a singular covariance matrix.
    FloatingPointError
        Where sums overflow.
    """
    k = samples[0].shape[1]
    sizes = [len(sample) for sample in samples]
    pooled = sum(sizes) - len(samples)
    if pooled < k:
        raise StataError(2001, "insufficient observations")
    products = sum(((sample - sample.mean(axis=0)).T @ (sample - sample.mean(axis=0)) for sample in samples),
                   np.zeros((k, k)))  # fmt: skip
    S = products / pooled
    if not np.isfinite(S).all():
        raise FloatingPointError("sums of squares overflow")
    scale = np.sqrt(np.diag(S))
    if (scale == 0).any() or np.linalg.cond(S / np.outer(scale, scale)) > 1e13:
        raise StataError(498, "the covariance matrix is singular")
    away = samples[0].mean(axis=0) - (samples[1].mean(axis=0) if len(samples) > 1 else 0.0)
    weight = sizes[0] if len(samples) == 1 else sizes[0] * sizes[1] / sum(sizes)
    statistic = float(weight * away @ np.linalg.solve(S, away))
    left = float(pooled - k + 1)
    f = statistic * left / (pooled * k)
    return Hotelling(statistic, f, float(k), left, f_tail(f, float(k), left))
