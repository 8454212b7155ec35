"""Decompositions and inverses with Stata's conventions for matrices that have none.

Arrays hold no missing values here; callers check.
"""

from __future__ import annotations

import numpy as np

PIVOT = 1e-13
"""A pivot that is smaller than this share of its diagonal element is zero: the column depends on others."""


def sweep(matrix: np.ndarray, position: int) -> np.ndarray:
    """Return a square matrix swept on one diagonal element; row and column are zero where it is zero.

    The operator of Beaton (1964): with pivot d, element (i, j) becomes a_ij - a_ik a_kj / d.
    """
    out = matrix.astype(np.float64, copy=True)
    pivot = out[position, position]
    if pivot == 0:
        out[position, :] = out[:, position] = 0.0
        return out
    row, column = out[position].copy(), out[:, position].copy()
    out -= np.outer(column, row) / pivot
    out[position] = row / pivot
    out[:, position] = -column / pivot
    out[position, position] = 1 / pivot
    return out


def symmetric_inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse of a symmetric matrix; what depends on earlier columns is zero.

    Sweeps in the order of the columns, scaled to a unit diagonal, as a regression omits collinear variables.
    """
    diagonal = np.diag(matrix)
    scale = np.where(diagonal != 0, 1 / np.sqrt(np.abs(np.where(diagonal == 0, 1.0, diagonal))), 0.0)
    out = matrix * np.outer(scale, scale)
    kept = np.zeros(len(out), dtype=bool)
    for position in range(len(out)):
        if abs(out[position, position]) > PIVOT:
            out = sweep(out, position)
            kept[position] = True
    out = np.where(np.outer(kept, kept), out, 0.0)
    out = out * np.outer(scale, scale)
    return (out + out.T) / 2


def general_inverse(matrix: np.ndarray) -> np.ndarray | None:
    """Return the inverse of a square matrix; None when it is singular."""
    scale = np.max(np.abs(matrix), axis=1, initial=0.0)
    if np.any(scale == 0) or np.linalg.matrix_rank(matrix / scale[:, None]) < len(matrix):
        return None
    return np.linalg.inv(matrix)


def cholesky(matrix: np.ndarray) -> np.ndarray | None:
    """Return the lower triangle L with L L' equal to the matrix; None when it is not positive definite."""
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return None


def correlation(variance: np.ndarray) -> np.ndarray:
    """Return the correlation matrix of a covariance matrix; 0 where a variance is zero."""
    deviation = np.sqrt(np.maximum(np.diag(variance), 0.0))
    inverse = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1.0), 0.0)
    out = variance * np.outer(inverse, inverse)
    np.fill_diagonal(out, np.where(deviation > 0, 1.0, 0.0))
    return out


def descending_eigen(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvectors (columns) and eigenvalues of a symmetric matrix, the largest first.

    The sign of a vector makes its largest element positive, so that it does not depend on the library.
    """
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = values[::-1], vectors[:, ::-1]
    largest = vectors[np.argmax(np.abs(vectors), axis=0), np.arange(len(values))]
    return vectors * np.where(largest < 0, -1.0, 1.0), values
