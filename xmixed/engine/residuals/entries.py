"""Conditional covariances of effects and beta element by element, and values of units at their rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xmixed.engine.residuals.products import UnitPosterior


def symmetric_entries(matrix: np.ndarray) -> Iterator[tuple[int, int, np.ndarray]]:
    """A symmetric matrix by element, one of each pair, doubled."""
    for i in range(len(matrix)):
        for j in range(i + 1):
            yield i, j, matrix[i, j] * (1.0 if i == j else 2.0)


def posterior_entries(posterior: UnitPosterior, Q: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """The conditional covariance of effects and beta by element, (U,) or (1,) arrays."""
    yield from symmetric_entries(posterior.variances)
    if posterior.with_beta is None or posterior.beta_covariance is None:
        return
    for k in range(len(posterior.beta_covariance)):
        for i in range(Q):
            yield i, Q + k, 2.0 * posterior.with_beta[i, k]
    for i, j, value in symmetric_entries(posterior.beta_covariance):
        yield Q + i, Q + j, np.array([value])


def binned(places: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Sums of values, which may be complex, by place."""
    real = np.bincount(places, np.real(values), count)
    if not np.iscomplexobj(values):
        return real
    return real + 1j * np.bincount(places, np.imag(values), count)


def by_row(values: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Values of units, (..., U) or (..., 1), at the rows."""
    return values if values.shape[-1] == 1 else values[..., unit]
