"""Columns as a search wants them: scaled, and orthogonal to each other where they are nearly collinear."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.linalg import solve_triangular

_NEARLY = 1e-7
"""Smallest eigenvalue of correlations, relative to the largest, that a search can do with."""
_ROWS = 20_000
"""Rows that are looked at: what is nearly collinear in all is so in these."""


def scaled_columns(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return columns with mean square one, and the way back.

    Parameters
    ----------
    X : (n, p) array
        Centred, where something takes up a constant.

    Returns
    -------
    scaled : (n, p) array
        X T.
    back : (p, p) array
        T: coefficients b = T b*.
    """
    scales = np.sqrt(np.mean(X**2, axis=0)) if X.size else np.ones(X.shape[1])
    scales = np.where(scales > 0, scales, 1.0)
    scaled, back = X / scales, np.diag(1 / scales)
    if nearly_collinear(scaled[:: row_step(len(X))]):
        mixing = orthogonalising([scaled], X.shape[1])
        if mixing is not None:
            return scaled @ mixing, back @ mixing
    return scaled, back


def row_step(n: int) -> int:
    """Return how many rows go by for each that `nearly_collinear` is to see."""
    return max(1, n // _ROWS)


def nearly_collinear(scaled: np.ndarray) -> bool:
    """Return whether second derivatives along columns (n, p) of mean square one would lose their digits."""
    if scaled.shape[1] < 2 or not np.isfinite(scaled).all():
        return False
    values = np.linalg.eigvalsh(scaled.T @ scaled)
    return bool(values[0] < _NEARLY * values[-1])


def orthogonalising(pieces: Iterable[np.ndarray], size: int) -> np.ndarray | None:
    """Return M such that the columns of X M are orthogonal, with mean square one; None where there is none.

    Parameters
    ----------
    pieces : iterable of (rows, p) arrays
        X piece by piece.
    """
    n, R = 0, np.zeros((0, size))
    for piece in pieces:
        n += len(piece)
        R = np.asarray(np.linalg.qr(np.vstack([R, piece]), mode="r"))
    if len(R) < size or not np.all(np.abs(R.diagonal()) > 0):
        return None
    mixing = solve_triangular(R, np.eye(size)) * np.sqrt(n)
    return mixing if np.isfinite(mixing).all() else None
