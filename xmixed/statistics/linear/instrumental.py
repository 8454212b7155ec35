"""Instrumental-variables estimators of one equation: two-stage least squares, LIML, k-class and GMM.

Columns come standardised from the caller where digits matter; everything is solved by QR of the instruments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Moments = Callable[[np.ndarray], np.ndarray]
"""moments(residuals): the covariance of the sums of z e, (l, l), by rows or clusters."""


@dataclass(frozen=True, slots=True, eq=False)
class Instrumented:
    """One equation over n rows, each multiplied by the root of its weight.

    Attributes
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
    Z : ndarray, shape (n, l)
        Instruments, exogenous covariates among them; linearly independent.
    endogenous : int
        How many of the columns of X, the first ones, are not among the instruments.
    """

    y: np.ndarray
    X: np.ndarray
    Z: np.ndarray
    endogenous: int

    def projected(self, values: np.ndarray) -> np.ndarray:
        """Return the projection on the instruments."""
        Q, _ = np.linalg.qr(self.Z)
        return Q @ (Q.T @ values)


@dataclass(frozen=True, slots=True, eq=False)
class InstrumentedFit:
    """A fit.

    Attributes
    ----------
    beta : ndarray, shape (k,)
    bread : ndarray, shape (k, k)
        The inverse of what the estimating equations' slope is.
    scored : ndarray, shape (n, k)
        The columns whose products with the residuals are the estimating equations.
    residuals : ndarray, shape (n,)
        Multiplied by the root of the weight.
    kappa : float
        Of k-class estimators; 1 is two-stage least squares.
    """

    beta: np.ndarray
    bread: np.ndarray
    scored: np.ndarray
    residuals: np.ndarray
    kappa: float = 1.0


def k_class(own: Instrumented, kappa: float = 1.0) -> InstrumentedFit:
    """Return the k-class estimator, X'(I - kappa M)y = X'(I - kappa M)X b, M = I - P of the instruments."""
    fitted = own.projected(own.X)
    scored = kappa * fitted + (1 - kappa) * own.X
    if kappa == 1.0:
        bread = np.linalg.inv(fitted.T @ fitted)
        beta = np.linalg.lstsq(fitted, own.y, rcond=None)[0]
    else:
        bread = np.linalg.inv(scored.T @ own.X)
        bread = (bread + bread.T) / 2
        beta = bread @ (scored.T @ own.y)
    return InstrumentedFit(beta, bread, scored, own.y - own.X @ beta, kappa)


def liml_kappa(own: Instrumented) -> float:
    """Return the smallest root of |Y'M_1 Y - kappa Y'M Y|, Y the outcome and the endogenous columns."""
    Y = np.column_stack([own.y, own.X[:, : own.endogenous]])
    exogenous = own.X[:, own.endogenous :]
    outer = Y
    if exogenous.shape[1]:
        Q, _ = np.linalg.qr(exogenous)
        outer = Y - Q @ (Q.T @ Y)
    inner = Y - own.projected(Y)
    half = np.linalg.inv(np.linalg.cholesky(inner.T @ inner))
    return float(np.linalg.eigvalsh(half @ (outer.T @ outer) @ half.T)[0])


def gmm(
    own: Instrumented, moments: Moments, steps: int = 2, tolerance: float = 1e-6
) -> tuple[InstrumentedFit, np.ndarray, int]:
    """Return the GMM fit, its weight matrix (l, l), and how many steps it took.

    Parameters
    ----------
    steps : int
        2: from two-stage least squares one step; more: until coefficients change by less than `tolerance`.
    """
    found = k_class(own)
    taken, weight = 1, np.zeros((own.Z.shape[1], own.Z.shape[1]))
    cross = own.Z.T @ own.X
    while taken < steps:
        taken += 1
        weight = np.linalg.inv(moments(found.residuals))
        bread = np.linalg.inv(cross.T @ weight @ cross)
        bread = (bread + bread.T) / 2
        beta = bread @ (cross.T @ weight @ (own.Z.T @ own.y))
        change = float(np.max(np.abs(beta - found.beta) / (1 + np.abs(found.beta)), initial=0.0))
        scored = own.Z @ (weight @ cross)
        found = InstrumentedFit(beta, bread, scored, own.y - own.X @ beta)
        if change < tolerance:
            break
    return found, weight, taken
