"""Areas below ROC curves and their covariances (DeLong, DeLong and Clarke-Pearson 1988)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Areas below k curves, and their covariance, shapes (k,) and (k, k)."""

    areas: np.ndarray
    V: np.ndarray


def areas_of(positive: np.ndarray, ratings: np.ndarray) -> Areas:
    """Return the areas of k ratings of the same n cases.

    Parameters
    ----------
    positive : (n,) array of bool
        Both kinds of cases must occur.
    ratings : (n, k) array
        Larger for what is more probably positive.
    """
    first, second = ratings[positive], ratings[~positive]
    m, n = len(first), len(second)
    wins = np.column_stack([_shares(first[:, j], second[:, j]) for j in range(ratings.shape[1])])
    losses = np.column_stack([_shares(-second[:, j], -first[:, j]) for j in range(ratings.shape[1])])
    V = _covariance(wins) / m + _covariance(losses) / n
    return Areas(wins.mean(axis=0), V)


def _shares(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the share of others below each value; equal ones count half."""
    ranked = np.sort(others)
    below, up_to = (np.searchsorted(ranked, values, side) for side in ("left", "right"))
    return (below + up_to) / (2 * len(others))


def _covariance(columns: np.ndarray) -> np.ndarray:
    if len(columns) < 2:
        return np.zeros((columns.shape[1], columns.shape[1]))
    return np.atleast_2d(np.cov(columns, rowvar=False))


@dataclass(frozen=True, slots=True, eq=False)
class Cutpoints:
    """What each cutoff does, shape (c + 1,): positive from a value on, and the last one never."""

    values: np.ndarray
    sensitivity: np.ndarray
    specificity: np.ndarray
    correct: np.ndarray


def cutpoints(positive: np.ndarray, rating: np.ndarray) -> Cutpoints:
    """Return what it does to call cases positive whose rating is at least each of its values."""
    values, codes = np.unique(rating, return_inverse=True)
    hits = np.bincount(codes[positive], minlength=len(values))
    alarms = np.bincount(codes[~positive], minlength=len(values))
    from_here = [np.append(np.cumsum(counts[::-1])[::-1], 0) for counts in (hits, alarms)]
    m, n = hits.sum(), alarms.sum()
    sensitivity, false = from_here[0] / m, from_here[1] / n
    correct = (from_here[0] + n - from_here[1]) / (m + n)
    return Cutpoints(values, sensitivity, 1 - false, correct)
