"""The Wald statistic that several estimates are zero."""

from __future__ import annotations

import numpy as np

SINGULAR = 1e-11
"""Eigenvalues of a correlation matrix that are zero but for rounding, relative to the largest."""


def joint_statistic(estimates: np.ndarray, variance: np.ndarray) -> float:
    """Return b' V^-1 b; zero for no estimates, nan where V is singular.

    V is scaled to a correlation matrix, so that units do not decide what counts as singular.
    """
    if not len(estimates):
        return 0.0
    scale = np.sqrt(variance.diagonal())
    if not np.all(scale > 0) or not np.isfinite(variance).all():
        return np.nan
    values, vectors = np.linalg.eigh(variance / np.outer(scale, scale))
    if values[0] <= SINGULAR * values[-1]:
        return np.nan
    return float(np.sum((vectors.T @ (estimates / scale)) ** 2 / values))
