"""Canonical correlations of two sets of variables, and tests that all of them are zero."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class ApproximateF:
    """A statistic of several correlations, and the F that it is compared with, maybe exactly."""

    name: str
    statistic: float
    df: float
    df_residual: float
    f: float
    exact: bool


@dataclass(frozen=True, slots=True, eq=False)
class Canonical:
    """Canonical correlations.

    Attributes
    ----------
    correlations : ndarray, shape (m,)
        Descending.
    first, second : ndarray, shapes (p, m) and (q, m)
        Coefficients of the variables as they are; the variates have variance one.
    """

    correlations: np.ndarray
    first: np.ndarray
    second: np.ndarray


def _factor(X: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    scale = np.sqrt((X**2).sum(axis=0))
    if not scale.min() > 0:
        return None
    Q, R = np.linalg.qr(X / scale)
    return None if np.abs(np.diag(R)).min() <= 1e-7 else (Q, R * scale)


def canonical(X: np.ndarray, Y: np.ndarray, w: np.ndarray, n: float) -> Canonical | None:
    """Return the canonical correlations; None where variables of a set are constant or collinear.

    Parameters
    ----------
    X, Y : ndarray, shapes (rows, p) and (rows, q)
    w : ndarray, shape (rows,)
        Weights that sum to n, the number of observations.
    """
    root = np.sqrt(w)[:, None]
    factors = [_factor((own - np.average(own, axis=0, weights=w)) * root) for own in (X, Y)]
    if factors[0] is None or factors[1] is None:
        return None
    (Qx, Rx), (Qy, Ry) = factors[0], factors[1]
    U, correlations, Vt = np.linalg.svd(Qx.T @ Qy, full_matrices=False)
    A, B = (np.linalg.solve(R, own) * math.sqrt(n - 1) for R, own in ((Rx, U), (Ry, Vt.T)))
    largest = np.abs(A * X.std(axis=0)[:, None]).argmax(axis=0)
    signs = np.where(A[largest, np.arange(A.shape[1])] < 0, -1.0, 1.0)
    return Canonical(np.minimum(correlations, 1.0), A * signs, B * signs)


def significance(correlations: np.ndarray, p: int, q: int, n: float, first: int = 1) -> list[ApproximateF]:
    """Return four tests that the correlations from the one numbered `first` on are zero.

    Rao's F of Wilks' lambda (Rencher 2002, 6.1); with correlations left out p and q fall by one each.
    """
    squares = correlations[first - 1 :] ** 2
    p, q = p - first + 1, q - first + 1
    error = n - 1 - q - (first - 1)
    s, m, half = min(p, q), (abs(p - q) - 1) / 2, (error - p - 1) / 2
    ratios = np.divide(squares, 1 - squares, out=np.full(len(squares), np.inf), where=squares < 1)
    product = float(np.prod(1 - squares))
    root = math.sqrt((p**2 * q**2 - 4) / (p**2 + q**2 - 5)) if p**2 + q**2 > 5 else 1.0
    df2 = (error + q - (p + q + 1) / 2) * root - p * q / 2 + 1
    one = s == 1
    found = [_wilks(product, root, p * q, df2, s <= 2)]
    pillai, wide = float(squares.sum()), 2 * m + s + 1
    f = (2 * half + s + 1) / wide * pillai / (s - pillai) if s > pillai else math.inf
    found.append(ApproximateF("Pillai's trace", pillai, s * wide, s * (2 * half + s + 1), f, one))
    trace = float(ratios.sum())
    f = 2 * (s * half + 1) * trace / (s**2 * wide)
    found.append(ApproximateF("Lawley-Hotelling trace", trace, s * wide, 2 * (s * half + 1), f, one))
    most, largest = max(p, q), float(ratios[0])
    df_residual = error - most + q
    f = largest * df_residual / most
    return [*found, ApproximateF("Roy's largest root", largest, most, df_residual, f, one)]


def _wilks(product: float, root: float, df: float, df_residual: float, exact: bool) -> ApproximateF:
    power = product ** (1 / root)
    f = (1 - power) / power * df_residual / df if power > 0 else math.inf
    return ApproximateF("Wilks' lambda", product, df, df_residual, f, exact)
