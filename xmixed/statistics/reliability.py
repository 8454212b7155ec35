"""Reliability of scales: Cronbach's alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING


@dataclass(frozen=True, slots=True)
class Reliability:
    """Alpha of k items with the average covariance (or correlation) between them."""

    k: int
    average: float
    alpha: float


def cronbach_alpha(matrix: np.ndarray) -> Reliability:
    """Return alpha from the covariances of items; from their correlations it is the standardised one."""
    k = len(matrix)
    if k < 2:
        return Reliability(k, MISSING, MISSING)
    average = float(matrix[~np.eye(k, dtype=bool)].mean())
    spread = float(np.diag(matrix).mean()) + (k - 1) * average
    return Reliability(k, average, k * average / spread if spread else MISSING)


def item_signs(correlations: np.ndarray) -> np.ndarray:
    """Return 1 or -1 for each item: on which side of the first principal component it stands."""
    _, vectors = np.linalg.eigh(correlations)
    first = vectors[:, -1]
    if first.sum() < 0:
        first = -first
    return np.where(first < 0, -1.0, 1.0)
