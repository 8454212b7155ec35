"""Regression quantiles: the coefficients that minimise sums of tilted absolute residuals."""

from __future__ import annotations

import numpy as np

from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.linear.interior_point import interior_point

_FEWEST = 500


def regression_quantile(
    y: np.ndarray, X: np.ndarray, q: float, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return b that minimises sum w |y - X b| (q above, 1 - q below), (k,); an exact vertex.

    The dual of the linear programme is max y'a with X'a = (1 - q) X'w and 0 <= a <= w. An interior point
    method tells the k rows between their bounds; b fits them, and their a proves it the only solution.
    Where it is not, a linear programme is solved in the rows nearest to the fit, in ten times as many while
    the others change sides, at last in all. Quantiles of a constant are read from the sorted outcomes.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Of full rank.

    Raises
    ------
    FloatingPointError
        Where no solution is found.
    """
    n, k = X.shape
    w = np.ones(n) if weights is None else weights / weights.mean()
    if k == 1 and np.all(X == X[0]):
        return np.array([_lower_quantile(y, w, q) / X[0, 0]])
    scale = np.sqrt(np.mean(X**2, axis=0))
    scaled = X / scale
    # Measured from least squares, in the size of its residuals, data have the same scale everywhere.
    first = np.linalg.lstsq(scaled, y, rcond=None)[0]
    left = y - scaled @ first
    spread = float(np.mean(np.abs(left)))
    if spread <= 1e-14 * float(np.abs(y).max(initial=0.0)):
        return first / scale
    left /= spread
    sides, near = interior_point(left, scaled, q, w)
    total = (1 - q) * (w @ scaled)
    order = np.argsort(-near)
    if _only_vertex(left, scaled, w, total, order[:k]):
        return np.linalg.solve(scaled[order[:k]], y[order[:k]]) / scale
    size = min(max(10 * k, _FEWEST), n)
    while (found := _programme(left, scaled, w * sides, w, total, np.sort(order[:size]))) is None:
        if size == n:
            raise FloatingPointError("no solution of the linear programme was found")
        size = min(10 * size, n)
    b, basic = found
    # The rows between their bounds are fitted exactly.
    if len(basic) == k and np.linalg.cond(scaled[basic]) < 1e8:
        return np.linalg.solve(scaled[basic], y[basic]) / scale
    return (first + spread * b) / scale


def _lower_quantile(y: np.ndarray, w: np.ndarray, q: float) -> float:
    """Return the least outcome with at least a share q of the weights up to it."""
    order = np.argsort(y)
    shares = np.cumsum(w[order])
    return float(y[order[np.searchsorted(shares, q * shares[-1] * (1 - 1e-12))]])


def _only_vertex(y: np.ndarray, X: np.ndarray, w: np.ndarray, total: np.ndarray, rows: np.ndarray) -> bool:
    """Return whether the fit of k rows minimises the sum and nothing else does."""
    if np.linalg.cond(X[rows]) > 1e8:
        return False
    a = np.where(y > X @ np.linalg.solve(X[rows], y[rows]), w, 0.0)
    a[rows] = 0.0
    shares = np.linalg.solve(X[rows].T, total - a @ X) / w[rows]
    return bool(np.all((shares > 1e-7) & (shares < 1 - 1e-7)))


def _programme(
    y: np.ndarray, X: np.ndarray, a: np.ndarray, w: np.ndarray, total: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return b by a linear programme in some rows, and those of them between their bounds.

    The other rows keep their a, w above the fit and 0 below it; None where b has them on other sides.
    """
    from scipy.optimize import linprog

    others = np.ones(len(y), bool)
    others[rows] = False
    found = linprog(
        -y[rows],
        A_eq=X[rows].T,
        b_eq=total - (a * others) @ X,
        bounds=np.column_stack([np.zeros(len(rows)), w[rows]]),
        method="highs-ipm",
    )
    if found.status != 0:
        return None
    b = -np.asarray(found.eqlin.marginals)
    errors = (y - X @ b)[others]
    if np.any(np.where(a[others] > 0, errors, -errors) < -1e-9):
        return None
    return b, rows[(found.x > 1e-9 * w[rows]) & (found.x < (1 - 1e-9) * w[rows])]


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
