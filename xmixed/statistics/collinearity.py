"""Collinearity of columns: variance inflation factors and condition numbers (Belsley, Kuh, Welsch 1980)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError


@dataclass(frozen=True, slots=True, eq=False)
class Collinearity:
    """Of k columns: `vif` (k,), eigenvalues and condition indices (descending, ascending), the determinant.

    `determinant` is that of the correlation matrix.
    """

    vif: np.ndarray
    eigenvalues: np.ndarray
    index: np.ndarray
    determinant: float


def collinearity(X: np.ndarray, of_correlations: bool) -> Collinearity:
    """Return the collinearity of columns, X (n, k).

    Parameters
    ----------
    of_correlations : bool
        Eigenvalues of the correlation matrix; otherwise of the cross-products of the columns and a constant,
        each scaled to length 1.

    Raises
    ------
    StataError
        r(498) where a column is constant or determined by others.
    """
    centred = X - X.mean(axis=0)
    lengths = np.sqrt((centred**2).sum(axis=0))
    if (lengths == 0).any():
        raise StataError(498, "a variable does not vary")
    R = (centred / lengths).T @ (centred / lengths)
    values = np.linalg.eigvalsh(R)
    if values[0] <= 1e-13 * values[-1]:
        raise StataError(498, "the variables are collinear")
    scaled = R
    if not of_correlations:
        with_constant = np.column_stack([X, np.ones(len(X))])
        unit = with_constant / np.sqrt((with_constant**2).sum(axis=0))
        scaled = unit.T @ unit
    eigenvalues = np.linalg.eigvalsh(scaled)[::-1]
    index = np.sqrt(eigenvalues[0] / eigenvalues)
    return Collinearity(np.diag(np.linalg.inv(R)), eigenvalues, index, float(np.linalg.det(R)))
