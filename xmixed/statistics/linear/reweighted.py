"""Robust regression by iteratively reweighted least squares: Huber's weights, then Tukey's biweight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares

NORMAL = 0.6745
"""The median absolute deviation of a normal variable with standard deviation one."""
HUBER = 2 * NORMAL
"""Residuals beyond two median absolute deviations lose weight."""
BIWEIGHT = 4.685
"""95 per cent efficiency at the normal distribution; about seven median absolute deviations."""
_FIRST = 5.0
"""How many times the tolerance the first phase, with Huber's weights, takes."""

Progress = Callable[[str, int, float], None]
"""progress(kind, iteration, largest difference of weights)."""


@dataclass(frozen=True, slots=True, eq=False)
class Reweighted:
    """A robust fit.

    Attributes
    ----------
    fitted : ndarray, shape (n,)
    weights : ndarray, shape (n,)
    pseudo : ndarray, shape (n,)
        Outcomes whose least-squares regression has the coefficients and their standard errors (Street,
        Carroll and Ruppert 1988, The American Statistician 42).
    converged : bool
    """

    fitted: np.ndarray
    weights: np.ndarray
    pseudo: np.ndarray
    converged: bool


def cooks_distances(y: np.ndarray, X: np.ndarray, fit: LeastSquares) -> np.ndarray:
    """Return Cook's distances of a least-squares fit, shape (n,); zero where nothing is left to fit."""
    errors = y - X @ fit.beta
    leverage = np.einsum("ij,jk,ik->i", X, fit.inverse, X)
    df = len(y) - fit.rank
    scale = fit.rss / df if df > 0 else 0.0
    free = 1 - leverage
    known = (free > 1e-12) & (scale > 0)
    ratio = np.divide(errors**2 * leverage, free**2, out=np.zeros(len(y)), where=known)
    return ratio / (fit.rank * scale) if scale > 0 else ratio


def scaled_residuals(errors: np.ndarray) -> tuple[np.ndarray, float]:
    """Return residuals over their scale, the median absolute deviation over .6745, and that scale."""
    scale = float(np.median(np.abs(errors - np.median(errors)))) / NORMAL
    return (errors / scale if scale > 0 else np.zeros(len(errors))), scale


def huber_weights(u: np.ndarray) -> np.ndarray:
    """Return Huber's weights of scaled residuals."""
    size = np.abs(u)
    return np.where(size <= HUBER, 1.0, HUBER / np.maximum(size, HUBER))


def biweights(u: np.ndarray, tune: float) -> np.ndarray:
    """Return Tukey's biweights of scaled residuals."""
    inside = np.abs(u) <= tune
    return np.where(inside, (1 - np.where(inside, u / tune, 1.0) ** 2) ** 2, 0.0)


def design(columns: Sequence[Column], n: int) -> np.ndarray:
    """Return the matrix of columns, (n, k)."""
    return np.column_stack([np.ones(n) if own is None else own for own in columns])


def reweighted(
    y: np.ndarray,
    columns: Sequence[Column],
    tune: float,
    tolerance: float,
    iterate: int,
    progress: Progress,
) -> Reweighted | None:
    """Return the robust fit; None where half of the residuals are zero, so that they have no scale.

    Parameters
    ----------
    tune : float
        Of the biweight, in median absolute deviations.
    tolerance : float
        The largest difference of weights with which each of the two phases ends.
    """
    X = design(columns, len(y))
    fitted = X @ least_squares(y, columns).beta
    weights = np.ones(len(y))
    constant = BIWEIGHT * tune / 7
    iteration, moved, scale = 0, np.inf, 0.0
    for kind, enough in (("Huber", _FIRST * tolerance), ("Biweight", tolerance)):
        moved = np.inf
        while moved > enough and iteration < iterate:
            u, scale = scaled_residuals(y - fitted)
            if not scale > 0:
                return None
            fresh = huber_weights(u) if kind == "Huber" else biweights(u, constant)
            moved = float(np.max(np.abs(fresh - weights)))
            weights = fresh
            fitted = X @ least_squares(y, columns, weights).beta
            iteration += 1
            progress(kind, iteration, moved)
    pseudo = _pseudo(y - fitted, weights, scale, constant, X.shape[1])
    return Reweighted(fitted, weights, fitted + pseudo, moved <= tolerance)


def _pseudo(errors: np.ndarray, weights: np.ndarray, scale: float, tune: float, k: int) -> np.ndarray:
    """Return lambda s psi(u) / m, where m is the mean of psi'(u) and lambda = 1 + k / (n - k) (1 - m) / m."""
    u = errors / scale
    share = np.minimum((u / tune) ** 2, 1.0)
    mean = float(np.mean((1 - share) * (1 - 5 * share)))
    factor = 1 + k / (len(u) - k) * (1 - mean) / mean
    return factor / mean * weights * errors
