"""Regression quantiles: the coefficients that minimise sums of tilted absolute residuals."""

from __future__ import annotations

import numpy as np

from xmixed.statistics.distributions import normal_quantile


def regression_quantile(
    y: np.ndarray, X: np.ndarray, q: float, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return b that minimises sum w |y - X b| (q above, 1 - q below), (k,); an exact vertex.

    The dual of the linear programme, max y'a with X'a = (1 - q) X'w and 0 <= a <= w, by an interior point
    method that ends at a vertex; b are the multipliers of its equations, solved for once more from the rows
    that the vertex fits.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Of full rank.

    Raises
    ------
    FloatingPointError
        Where no solution is found.
    """
    from scipy.optimize import linprog

    w = np.ones(len(y)) if weights is None else weights
    scale = np.sqrt(np.mean(X**2, axis=0))
    scaled = X / scale
    # Measured from least squares, in the size of its residuals, data have the same scale everywhere.
    first = np.linalg.lstsq(scaled, y, rcond=None)[0]
    left = y - scaled @ first
    spread = float(np.sqrt(np.mean(left**2)))
    if spread <= 1e-14 * float(np.abs(y).max(initial=0.0)):
        return first / scale
    found = linprog(
        -left / spread,
        A_eq=scaled.T,
        b_eq=(1 - q) * (scaled.T @ w),
        bounds=np.column_stack([np.zeros(len(y)), w]),
        method="highs-ipm",
    )
    if found.status != 0:
        raise FloatingPointError("no solution of the linear programme was found")
    b = first - spread * np.asarray(found.eqlin.marginals)
    # The rows between their bounds are fitted exactly.
    basic = np.flatnonzero((found.x > 1e-9 * w) & (found.x < (1 - 1e-9) * w))
    if len(basic) == X.shape[1] and np.linalg.cond(scaled[basic]) < 1e8:
        b = np.linalg.solve(scaled[basic], y[basic])
    return b / scale


def tilted_sum(errors: np.ndarray, q: float, weights: np.ndarray | None = None) -> float:
    """Return the sum of |e|, those above counting 2 q and those below 2 (1 - q)."""
    sizes = np.abs(errors) * np.where(errors > 0, 2 * q, 2 * (1 - q))
    return float(sizes.sum() if weights is None else weights @ sizes)


def hall_sheather(n: float, q: float, level: float = 95.0) -> float:
    """Return the bandwidth of Hall and Sheather (1988), Journal of the Royal Statistical Society B 50."""
    from scipy.special import ndtri

    x = float(ndtri(q))
    density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    z = normal_quantile(level)
    return float(n ** (-1 / 3) * z ** (2 / 3) * (1.5 * density**2 / (2 * x * x + 1)) ** (1 / 3))


def bofinger(n: float, q: float) -> float:
    """Return the bandwidth of Bofinger (1975), Australian Journal of Statistics 17."""
    from scipy.special import ndtri

    x = float(ndtri(q))
    density = np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)
    return float(n ** (-1 / 5) * (4.5 * density**4 / (2 * x * x + 1) ** 2) ** (1 / 5))


def chamberlain(n: float, q: float, level: float = 95.0) -> float:
    """Return the bandwidth of Chamberlain (1994)."""
    return float(normal_quantile(level) * np.sqrt(q * (1 - q) / n))
