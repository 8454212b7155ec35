"""Generalised least squares of stacked equations whose errors are correlated within rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.sample import dependent_columns
from xmixed.statistics.linear.matrix_algebra import symmetric_inverse


@dataclass(frozen=True, slots=True, eq=False)
class Stacked:
    """Equations over the same rows.

    Attributes
    ----------
    y : ndarray, shape (n, m)
    designs : tuple of m ndarrays, shapes (n, k_j)
    regressors : tuple of m ndarrays, shapes (n, k_j)
        What stands for the designs in the normal equations: they themselves, or their projections on
        instruments.
    weights : ndarray, shape (n,), or None
        As sums are formed with them.
    n : float
        Observations, frequencies counted.
    """

    y: np.ndarray
    designs: tuple[np.ndarray, ...]
    regressors: tuple[np.ndarray, ...]
    weights: np.ndarray | None
    n: float

    @property
    def sizes(self) -> list[int]:
        return [own.shape[1] for own in self.designs]

    @property
    def parts(self) -> list[slice]:
        """Where the coefficients of each equation stand."""
        ends = np.cumsum(self.sizes)
        return [slice(int(end) - size, int(end)) for end, size in zip(ends, self.sizes, strict=True)]

    def weighted(self, values: np.ndarray) -> np.ndarray:
        return values if self.weights is None else values * self.weights[:, None]

    def residuals(self, b: np.ndarray) -> np.ndarray:
        """Return the residuals at coefficients, (n, m)."""
        fitted = [own @ b[part] for own, part in zip(self.designs, self.parts, strict=True)]
        return self.y - np.column_stack(fitted)

    def covariance(self, b: np.ndarray, adjusted: bool) -> np.ndarray:
        """Return the covariance of the errors, (m, m); `adjusted` divides by roots of n - k_j."""
        errors = self.residuals(b)
        products = errors.T @ self.weighted(errors)
        if not adjusted:
            return products / self.n
        left = np.sqrt(self.n - np.array(self.sizes, dtype=np.float64))
        return products / np.outer(left, left)

    def alone(self) -> np.ndarray:
        """Return the coefficients of each equation by itself, one after the other."""
        found = []
        for place, own in enumerate(self.regressors):
            cross = own.T @ self.weighted(own)
            found.append(symmetric_inverse(cross) @ (own.T @ self.weighted(self.y[:, [place]]))[:, 0])
        return np.concatenate(found)

    def normal_equations(self, sigma: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return A and g of A b = g for errors with this covariance."""
        try:
            inverse = np.linalg.inv(sigma)
        except np.linalg.LinAlgError:
            raise StataError(506, "the covariance matrix of the errors is singular") from None
        k = sum(self.sizes)
        A, g = np.zeros((k, k)), np.zeros(k)
        target = self.y @ inverse
        for first, own in enumerate(self.parts):
            g[own] = (self.regressors[first].T @ self.weighted(target[:, [first]]))[:, 0]
            for second, theirs in enumerate(self.parts[: first + 1]):
                cross = self.regressors[first].T @ self.weighted(self.regressors[second])
                A[own, theirs] = inverse[first, second] * cross
                A[theirs, own] = A[own, theirs].T
        return A, g


@dataclass(frozen=True, slots=True, eq=False)
class Generalised:
    """Coefficients (k,), their variance (k, k), the covariance of the errors behind them, iterations."""

    b: np.ndarray
    variance: np.ndarray
    sigma: np.ndarray
    iterations: int


def generalised(
    stacked: Stacked,
    adjusted: bool = False,
    iterated: bool = False,
    constrained: tuple[np.ndarray, np.ndarray] | None = None,
    tolerance: float = 1e-6,
    most: int = 16000,
) -> Generalised:
    """Return feasible generalised least squares, from the equations fitted alone.

    Parameters
    ----------
    adjusted : bool
        See `Stacked.covariance`.
    iterated : bool
        Go on until the coefficients stay.
    constrained : tuple of (k,) and (k, f) arrays, optional
        b0 and N: coefficients are b0 + N c.
    """
    offset, basis = constrained or (np.zeros(sum(stacked.sizes)), np.eye(sum(stacked.sizes)))
    b = stacked.alone()
    if constrained is not None:
        b = _solved(*stacked.normal_equations(np.eye(stacked.y.shape[1])), offset, basis)[0]
    for iteration in range(1, most + 1):
        sigma = stacked.covariance(b, adjusted)
        fresh, variance = _solved(*stacked.normal_equations(sigma), offset, basis)
        change = float(np.max(np.abs(fresh - b) / (1 + np.abs(b)), initial=0.0))
        b = fresh
        if not iterated or change <= tolerance:
            return Generalised(b, variance, sigma, iteration)
    raise StataError(430, "convergence not achieved")


def _solved(
    A: np.ndarray, g: np.ndarray, offset: np.ndarray, basis: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    try:
        inner = np.linalg.inv(basis.T @ A @ basis)
    except np.linalg.LinAlgError:
        raise StataError(506, "matrix not positive definite") from None
    b = offset + basis @ (inner @ (basis.T @ (g - A @ offset)))
    variance = basis @ inner @ basis.T
    return b, (variance + variance.T) / 2


def projected(
    designs: Sequence[np.ndarray], instruments: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, ...]:
    """Return designs projected on instruments, for rows of weights."""
    root = np.ones(len(instruments)) if weights is None else np.sqrt(weights)
    q, _ = np.linalg.qr(instruments * root[:, None])
    return tuple((q @ (q.T @ (own * root[:, None]))) / root[:, None] for own in designs)


def independent_columns(columns: list[np.ndarray]) -> np.ndarray:
    """Return the columns that earlier ones do not determine, (n, q)."""
    gone = dependent_columns(columns)
    return np.column_stack([own for own, omitted in zip(columns, gone, strict=True) if not omitted])
