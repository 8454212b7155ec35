"""Sums over groups of products within them: X'WX with one matrix for all groups, and of outer products."""

from __future__ import annotations

import numpy as np

MOST_CELLS = 4_000_000
"""Elements of the arrays that hold groups at once."""


def weighted_group_products(X: np.ndarray, codes: np.ndarray, rows: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Return the sum over groups g of X_g' W_g X_g.

    Parameters
    ----------
    X : ndarray, shape (n, k)
    codes : ndarray of int, shape (n,)
        Group of each row, from 0.
    rows : ndarray of int, shape (n,)
        Which row and column of W each row stands for; W_g is W at those of the group.
    W : ndarray, shape (m, m)
    """
    k, m = X.shape[1], len(W)
    order = np.argsort(codes, kind="stable")
    X, codes, rows = X[order], codes[order], rows[order]
    total = np.zeros((k, k))
    groups = int(codes[-1]) + 1 if len(codes) else 0
    at_once = max(1, MOST_CELLS // max(1, m * k))
    for first in range(0, groups, at_once):
        start, stop = np.searchsorted(codes, (first, first + at_once))
        placed = np.zeros((min(at_once, groups - first), m, k))
        np.add.at(placed, (codes[start:stop] - first, rows[start:stop]), X[start:stop])
        total += np.tensordot(placed, W @ placed, axes=((0, 1), (0, 1)))
    return total


def outer_group_products(X: np.ndarray, codes: np.ndarray, e: np.ndarray) -> np.ndarray:
    """Return the sum over groups g of X_g' e_g e_g' X_g; `e` of shape (n,)."""
    groups = int(codes.max()) + 1 if len(codes) else 0
    sums = np.column_stack([np.bincount(codes, column * e, groups) for column in X.T])
    return sums.T @ sums
