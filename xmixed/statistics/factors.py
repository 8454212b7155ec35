"""Principal components and common factors of a correlation matrix, rotations, weights of scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ROTATED = 1e-10
_MOST_TURNS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Extraction:
    """Eigenvalues, all of them, and what the retained ones give.

    Attributes
    ----------
    eigenvalues : ndarray, shape (p,)
        Descending.
    loadings : ndarray, shape (p, m)
        Of components the eigenvectors themselves.
    """

    eigenvalues: np.ndarray
    loadings: np.ndarray


def _eigen(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues in descending order and vectors whose elements have a positive sum."""
    values, vectors = np.linalg.eigh(matrix)
    values, vectors = values[::-1], vectors[:, ::-1]
    signs = np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    return values, vectors * signs


def _retained(values: np.ndarray, least: float, most: int | None) -> int:
    count = int(np.count_nonzero(values > least))
    return count if most is None else min(count, most)


def components(matrix: np.ndarray, least: float, most: int | None) -> Extraction:
    """Return principal components whose eigenvalues are above `least`."""
    values, vectors = _eigen(matrix)
    return Extraction(values, vectors[:, : _retained(values, least, most)])


def component_factors(R: np.ndarray, least: float, most: int | None) -> Extraction:
    """Return components as factors: vectors times the roots of their eigenvalues."""
    values, vectors = _eigen(R)
    m = _retained(values, least, most)
    return Extraction(values, vectors[:, :m] * np.sqrt(values[:m]))


def squared_multiple_correlations(R: np.ndarray) -> np.ndarray:
    return 1 - 1 / np.diag(np.linalg.inv(R))


def principal_factors(R: np.ndarray, least: float, most: int | None, communalities: np.ndarray) -> Extraction:
    """Return factors of R with communalities in the place of its diagonal."""
    reduced = R.copy()
    np.fill_diagonal(reduced, communalities)
    values, vectors = _eigen(reduced)
    m = _retained(values, max(least, 1e-12), most)
    return Extraction(values, vectors[:, :m] * np.sqrt(np.maximum(values[:m], 0.0)))


def iterated_factors(R: np.ndarray, least: float, most: int | None) -> Extraction:
    """Return principal factors whose communalities are those that the factors give."""
    h = squared_multiple_correlations(R)
    m = principal_factors(R, least, most, h).loadings.shape[1]
    found = principal_factors(R, least, m, h)
    for _ in range(_MOST_TURNS):
        new = np.sum(found.loadings**2, axis=1)
        if np.max(np.abs(new - h)) < 1e-10:
            break
        h = new
        found = principal_factors(R, -np.inf, m, h)
    return found


def rotated(loadings: np.ndarray, gamma: float, normalize: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return loadings after an orthogonal rotation of the orthomax family, and the rotation T.

    gamma 1 is varimax, 0 quartimax, m / 2 equamax. Kaiser (1958), Psychometrika 23.
    """
    p, m = loadings.shape
    scale = np.sqrt(np.sum(loadings**2, axis=1)) if normalize else np.ones(p)
    A = loadings / np.where(scale > 0, scale, 1.0)[:, None]
    T = np.eye(m)
    previous = -np.inf
    for _ in range(_MOST_TURNS):
        L = A @ T
        target = L**3 - gamma / p * L * np.sum(L**2, axis=0)
        U, s, Vt = np.linalg.svd(A.T @ target)
        T = U @ Vt
        if s.sum() <= previous * (1 + _ROTATED):
            break
        previous = s.sum()
    return loadings @ T, T


def promax(loadings: np.ndarray, power: float, normalize: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return oblique loadings after promax, and the transformation; factors have variance one."""
    p = len(loadings)
    scale = np.sqrt(np.sum(loadings**2, axis=1)) if normalize else np.ones(p)
    scale = np.where(scale > 0, scale, 1.0)
    A = loadings / scale[:, None]
    start, T = rotated(A, 1.0, False)
    target = start * np.abs(start) ** (power - 1)
    Q = np.linalg.lstsq(start, target, rcond=None)[0]
    Q = Q @ np.diag(np.sqrt(np.diag(np.linalg.inv(Q.T @ Q))))
    whole = T @ Q
    return loadings @ whole, whole


def regression_weights(R: np.ndarray, loadings: np.ndarray, phi: np.ndarray) -> np.ndarray:
    """Return the weights of standardised variables in factor scores by regression, (p, m)."""
    return np.linalg.solve(R, loadings @ phi)


def bartlett_weights(loadings: np.ndarray, uniqueness: np.ndarray) -> np.ndarray:
    """Return the weights of Bartlett's scores, (p, m)."""
    weighted = loadings / np.maximum(uniqueness, 1e-12)[:, None]
    return weighted @ np.linalg.inv(loadings.T @ weighted)


def independence_test(R: np.ndarray, n: float) -> tuple[float, int]:
    """Return chi2 and df of the test that variables are independent (Bartlett 1950)."""
    p = len(R)
    sign, log = np.linalg.slogdet(R)
    statistic = -(n - 1 - (2 * p + 5) / 6) * log if sign > 0 else np.inf
    return float(statistic), p * (p - 1) // 2


def sampling_adequacy(R: np.ndarray) -> tuple[np.ndarray, float]:
    """Return Kaiser, Meyer and Olkin's measure of each variable, and of all.

    The share of squared correlations in these and the squared partial correlations given all others.
    """
    inverse = np.linalg.inv(R)
    scale = np.sqrt(np.diag(inverse))
    simple, partial = R**2, (inverse / np.outer(scale, scale)) ** 2
    for squares in (simple, partial):
        np.fill_diagonal(squares, 0.0)
    own, others = simple.sum(axis=1), partial.sum(axis=1)
    return own / (own + others), float(own.sum() / (own.sum() + others.sum()))
