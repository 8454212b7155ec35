"""Covariances and correlations, of complete rows or of pairs of columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING


@dataclass(frozen=True, slots=True, eq=False)
class Covariances:
    """`n` observations; means, shape (k,), and the covariance matrix (k, k) with denominator n - 1."""

    n: float
    means: np.ndarray
    matrix: np.ndarray

    def correlations(self) -> np.ndarray:
        """Return the correlation matrix; `.` in rows and columns of constants."""
        return correlations_of(self.matrix)


def covariances(X: np.ndarray, w: np.ndarray | None = None, kind: str = "") -> Covariances:
    """Return means and covariances of columns without missing values, shape (n, k).

    Parameters
    ----------
    w : ndarray of float64, shape (n,), or None
        Positive weights; analytic ones are scaled to sum to n.
    """
    n = float(len(X))
    weights = np.ones(len(X)) if w is None else w
    if kind == "aweight":
        weights = weights * n / weights.sum()
    elif kind:
        n = float(weights.sum())
    center = X[0] if len(X) else np.zeros(X.shape[1])
    means = (weights @ (X - center)) / weights.sum() + center
    deviations = X - means
    matrix = (
        (deviations * weights[:, None]).T @ deviations / (n - 1)
        if n > 1
        else np.full([X.shape[1]] * 2, MISSING)
    )
    constant = (X.max(axis=0) == X.min(axis=0)) if len(X) else np.ones(X.shape[1], dtype=bool)
    if n > 1:
        matrix[constant] = 0.0
        matrix[:, constant] = 0.0
    return Covariances(n, means, matrix)


def correlations_of(matrix: np.ndarray) -> np.ndarray:
    """Return the correlations of a covariance matrix; `.` where a variance is zero or missing."""
    variances = np.diag(matrix)
    known = (variances > 0) & (variances < MISSING)
    sd = np.sqrt(np.where(known, variances, 1.0))
    both = np.outer(known, known)
    rho = np.clip(np.where(both, matrix / np.outer(sd, sd), 0.0), -1, 1)
    np.fill_diagonal(rho, 1.0)
    return np.where(both, rho, MISSING)


def correlation_p(rho: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return two-sided p-values of correlations of n pairs each; `.` where there are fewer than three."""
    from scipy.special import betainc

    known = (rho < MISSING) & (n > 2)
    df = np.where(known, n - 2.0, 1.0)
    beyond = np.clip(1 - np.where(known, rho, 0.0) ** 2, 0.0, 1.0)
    return np.where(known, betainc(df / 2, 0.5, beyond), MISSING)


@dataclass(frozen=True, slots=True, eq=False)
class Pairwise:
    """Correlations of every pair of columns over the rows where both are known; all shape (k, k)."""

    rho: np.ndarray
    n: np.ndarray
    p: np.ndarray


def pairwise(X: np.ndarray, known: np.ndarray, w: np.ndarray | None = None, kind: str = "") -> Pairwise:
    """Return pairwise correlations of columns (n, k); `known` (n, k) says where they are not missing."""
    k = X.shape[1]
    rho, n = np.full((k, k), MISSING), np.zeros((k, k))
    for i in range(k):
        for j in range(i + 1):
            rows = known[:, i] & known[:, j]
            found = covariances(X[rows][:, [i, j]], None if w is None else w[rows], kind)
            rho[i, j] = rho[j, i] = found.correlations()[0, 1] if found.n > 1 else MISSING
            n[i, j] = n[j, i] = found.n
    return Pairwise(rho, n, correlation_p(rho, n))


def pairwise_covariances(X: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return covariances of pairs of columns (n, k) over the rows where both are known; `.` without two."""
    k = X.shape[1]
    out = np.full((k, k), MISSING)
    for i in range(k):
        for j in range(i + 1):
            rows = known[:, i] & known[:, j]
            if rows.sum() > 1:
                out[i, j] = out[j, i] = covariances(X[rows][:, [i, j]]).matrix[0, 1] if i != j else 0.0
    for i in range(k):
        rows = known[:, i]
        out[i, i] = covariances(X[rows][:, [i]]).matrix[0, 0] if rows.sum() > 1 else MISSING
    return out


def adjusted_p(p: np.ndarray, comparisons: float, method: str) -> np.ndarray:
    """Return p-values adjusted for several comparisons: `bonferroni`, `sidak`, or as they are."""
    if method == "bonferroni":
        return np.where(p < MISSING, np.minimum(1.0, np.where(p < MISSING, p, 0.0) * comparisons), p)
    if method == "sidak":
        safe = np.where(p < MISSING, p, 0.0)
        return np.where(p < MISSING, -np.expm1(comparisons * np.log1p(-np.minimum(safe, 1.0))), p)
    return p


@dataclass(frozen=True, slots=True, eq=False)
class PartialCorrelations:
    """Correlations of one variable with others, each given the rest; all shape (k,).

    `semipartial`: the other variable alone is cleared of the rest.
    """

    partial: np.ndarray
    semipartial: np.ndarray
    p: np.ndarray


def partial_correlations(rho: np.ndarray, n: float) -> PartialCorrelations:
    """Return what the correlation matrix (k + 1, k + 1) of a variable, the first, and k others says.

    Raises
    ------
    numpy.linalg.LinAlgError
        The variables are collinear.
    """
    k = len(rho) - 1
    if k > 0 and np.linalg.eigvalsh(rho)[0] < 1e-12 * len(rho):
        raise np.linalg.LinAlgError("collinear variables")
    inverse = np.linalg.inv(rho)
    partial = -inverse[0, 1:] / np.sqrt(inverse[0, 0] * np.diag(inverse)[1:])
    unexplained = 1 / inverse[0, 0]
    semipartial = partial * np.sqrt(unexplained / (1 - partial**2))
    return PartialCorrelations(partial, semipartial, correlation_p(partial, np.full(k, n - k + 1)))
