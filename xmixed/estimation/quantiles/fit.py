"""The variance of regression quantiles, and quantiles of samples drawn again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.statistics.linear.matrix_algebra import symmetric_inverse
from xmixed.statistics.linear.quantiles import bofinger, chamberlain, hall_sheather, regression_quantile

BANDWIDTHS: dict[str, Callable[[float, float], float]] = {
    "hsheather": hall_sheather,
    "bofinger": bofinger,
    "chamberlain": chamberlain,
}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The data: outcomes (n,), a design of full rank (n, k), weights (n,) or None, observations counted."""

    y: np.ndarray
    X: np.ndarray
    weights: np.ndarray | None
    n: float

    def fit(self, q: float) -> np.ndarray:
        return regression_quantile(self.y, self.X, q, self.weights)

    def products(self, density: np.ndarray | None = None) -> np.ndarray:
        """Return X'WX, rows counted by a density too, (k, k)."""
        w = np.ones(len(self.y)) if self.weights is None else self.weights
        return self.X.T @ (self.X * (w if density is None else w * density)[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """A variance, the bandwidth behind it and the sparsity (nan where each row has a density of its own)."""

    variance: np.ndarray
    bandwidth: float
    sparsity: float


def bandwidth_of(rule: str, n: float, q: float) -> float:
    """Return a bandwidth; r(498) where it reaches beyond 0 or 1."""
    h = BANDWIDTHS[rule](n, q)
    if q - h <= 0 or q + h >= 1:
        raise StataError(498, "too few observations: the bandwidth reaches beyond the quantiles 0 and 1")
    return h


def variance(rows: Rows, b: np.ndarray, q: float, kind: str, method: str, rule: str) -> Spread:
    """Return the variance of a regression quantile.

    iid: q (1 - q) s^2 (X'X)^-1, the sparsity s from the quantiles q - h and q + h at the mean of X (fitted)
    or from those of the residuals. robust: q (1 - q) (X'FX)^-1 X'X (X'FX)^-1 with the density of each row
    from its two fitted quantiles. Hendricks and Koenker (1992), JASA 87; Koenker (2005), 3.4.

    Parameters
    ----------
    kind : str
        iid or robust.
    method : str
        fitted or residual.
    rule : str
        Of the bandwidth.
    """
    h = bandwidth_of(rule, rows.n, q)
    gram = rows.products()
    if method == "residual":
        sparsity = _residual_sparsity(rows, b, q, h)
        return Spread(q * (1 - q) * sparsity**2 * symmetric_inverse(gram), h, sparsity)
    difference = rows.fit(q + h) - rows.fit(q - h)
    if kind == "iid":
        mean = np.average(rows.X, axis=0, weights=rows.weights)
        sparsity = float(mean @ difference) / (2 * h)
        return Spread(q * (1 - q) * sparsity**2 * symmetric_inverse(gram), h, sparsity)
    along = rows.X @ difference
    tiny = np.finfo(float).eps ** (2 / 3)
    density = np.maximum(0.0, 2 * h / (along - tiny))
    bread = symmetric_inverse(rows.products(density))
    whole = q * (1 - q) * bread @ gram @ bread
    return Spread((whole + whole.T) / 2, h, np.nan)


def _residual_sparsity(rows: Rows, b: np.ndarray, q: float, h: float) -> float:
    """Return the slope of the quantiles of the residuals; those that are zero by the fit are left out."""
    errors = rows.y - rows.X @ b
    scale = float(np.abs(errors).max(initial=0.0))
    w = np.ones(len(errors)) if rows.weights is None else rows.weights
    kept = np.abs(errors) > 1e-12 * scale
    order = np.argsort(errors[kept])
    values, shares = errors[kept][order], np.cumsum(w[kept][order])
    shares = shares / shares[-1]
    low, high = (values[np.searchsorted(shares, end)] for end in (q - h, q + h))
    return float(high - low) / (2 * h)


def drawn_again(
    rows: Rows, quantiles: Sequence[float], reps: int, generator: np.random.Generator
) -> np.ndarray:
    """Return the coefficients of all quantiles in samples drawn with replacement, (reps, quantiles x k)."""
    n, found = len(rows.y), []
    for _ in range(reps):
        # A row drawn several times counts as often: without copies, fits pass through k rows only.
        chosen, times = np.unique(generator.integers(0, n, n), return_counts=True)
        weights = times * (1.0 if rows.weights is None else rows.weights[chosen])
        own = Rows(rows.y[chosen], rows.X[chosen], weights, rows.n)
        if np.linalg.matrix_rank(own.X) < own.X.shape[1]:
            continue
        found.append(np.concatenate([own.fit(q) for q in quantiles]))
    if len(found) < 2:
        raise StataError(498, "insufficient observations to compute bootstrap standard errors")
    return np.array(found)
