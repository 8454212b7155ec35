"""Sandwich variances: what stands between two copies of the bread, and how clusters sum it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.statistics.linear.blocks import Column, blocks, weighted_gram


def score_products(
    columns: Sequence[Column],
    multipliers: np.ndarray,
    frequencies: np.ndarray | None = None,
    centers: np.ndarray | None = None,
) -> np.ndarray:
    """Return the sum of s s' over rows, their scores being s = u x; shape (k, k).

    Parameters
    ----------
    columns : sequence of k columns
    multipliers : (n,) array
        u, weights included.
    frequencies : (n,) array, optional
        How many observations a row stands for.
    centers : (k,) array, optional
        What is subtracted from each column.
    """
    squares = multipliers**2
    counted = squares if frequencies is None else squares * frequencies
    return weighted_gram(columns, counted, len(multipliers), centers)


def cluster_scores(
    columns: Sequence[Column],
    multipliers: np.ndarray,
    codes: np.ndarray,
    n_clusters: int,
    centers: np.ndarray | None = None,
) -> np.ndarray:
    """Return the scores u x summed by cluster, shape (n_clusters, k).

    Parameters
    ----------
    multipliers : (n,) array
        u, weights and frequencies included.
    codes : (n,) integer array
        From 0.
    centers : (k,) array, optional
        What is subtracted from each column.
    """
    sums = np.zeros((n_clusters, len(columns)))
    for rows, values in blocks(columns, len(multipliers), centers):
        values *= multipliers[rows]
        for place, column in enumerate(values):
            sums[:, place] += np.bincount(codes[rows], column, minlength=n_clusters)
    return sums


def sandwich(bread: np.ndarray, meat: np.ndarray, factor: float = 1.0) -> np.ndarray:
    """Return factor B M B, exactly symmetric."""
    whole = factor * (bread @ meat @ bread)
    return (whole + whole.T) / 2
