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


def item_correlations(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each item's correlation with the sum of the items, and with that of the others, shape (k,).

    Parameters
    ----------
    matrix : ndarray, shape (k, k)
        Covariances or correlations of the items, those that are reversed with their sign.
    """
    own, total = matrix.sum(axis=1), float(matrix.sum())
    variance = np.diag(matrix)
    with_test = own / np.sqrt(variance * total)
    rest = total - 2 * own + variance
    known = rest > 0
    with_rest = np.where(known, (own - variance) / np.sqrt(variance * np.where(known, rest, 1.0)), MISSING)
    return with_test, with_rest


def scale_scores(
    X: np.ndarray, known: np.ndarray, signs: np.ndarray, standardised: bool, least: int = 1
) -> np.ndarray:
    """Return means of the items that are known, reversed ones with a minus; `.` with fewer than `least`.

    Parameters
    ----------
    X, known : ndarray, shape (n, k)
    """
    safe = np.where(known, X, 0.0)
    if standardised:
        n = known.sum(axis=0)
        means = safe.sum(axis=0) / n
        sds = np.sqrt((np.where(known, X - means, 0.0) ** 2).sum(axis=0) / (n - 1))
        safe = np.where(known, (safe - means) / sds, 0.0)
    counts = known.sum(axis=1)
    enough = counts >= least
    return np.where(enough, (safe * signs).sum(axis=1) / np.maximum(counts, 1), MISSING)
