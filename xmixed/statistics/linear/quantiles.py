"""Regression quantiles: the coefficients that minimise sums of tilted absolute residuals."""

from __future__ import annotations

import numpy as np

from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.linear.interior_point import interior_point

_FEWEST = 500
_REACH = 1e3
"""Usual residuals that a row lies from the fit at most, as the search sees it."""
_ROUNDS = 100


def regression_quantile(
    y: np.ndarray, X: np.ndarray, q: float, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return b that minimises sum w |y - X b| (q above, 1 - q below), (k,); an exact vertex.

    The dual of the linear programme is max y'a with X'a = (1 - q) X'w and 0 <= a <= w. An interior point
    method tells the k rows between their bounds; b fits them, and their a proves it the only solution.
    Where it is not, a linear programme is solved in the rows nearest to the fit, in ten times as many while
    the others change sides, at last in all. Rows far from a fit are taken to be nearer, and all begins again
    at the solution where one of them changes sides. Quantiles of a constant are read from sorted outcomes.

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
    b, reach = np.linalg.lstsq(scaled, y, rcond=None)[0], _REACH
    for _ in range(_ROUNDS):
        # Measured from a fit, in the size of what most of it leaves, data have the same scale everywhere.
        left = y - scaled @ b
        size = _usual_size(left, y, scaled, b)
        if size == 0:
            return b / scale
        # A row may move as long as it stays on its side of the solution: those far away come nearer.
        far, near = np.abs(left) > reach * size, np.clip(left / size, -reach, reach)
        step, basic = _vertex(near, scaled, q, w)
        if not len(basic) or far[basic].any():
            found = b + size * step
        else:
            found = np.linalg.solve(scaled[basic], y[basic])
        after = y - scaled @ found
        stays = np.all((after[far] > 0) == (left[far] > 0))
        if far[basic].any():  # the solution goes through one of them
            reach *= _REACH
        elif stays and _usual_size(after, y, scaled, found) > size / _REACH:
            return found / scale
        b = found
    raise FloatingPointError("no solution of the linear programme was found")


def _usual_size(left: np.ndarray, y: np.ndarray, X: np.ndarray, b: np.ndarray) -> float:
    """Return the median size of the residuals that are more than rounding; 0 where none is."""
    rounding = 1e-14 * (np.abs(y) + np.abs(X) @ np.abs(b))
    sizes = np.abs(left)
    sizes = sizes[sizes > rounding]
    return float(np.median(sizes)) if len(sizes) else 0.0


def _vertex(y: np.ndarray, X: np.ndarray, q: float, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a solution for outcomes of unit size, and the rows it fits exactly; no rows: who knows which."""
    n, k = X.shape
    sides, near = interior_point(y, X, q, w)
    total = (1 - q) * (w @ X)
    order = np.argsort(-near)
    if _only_vertex(y, X, w, total, order[:k]):
        return np.linalg.solve(X[order[:k]], y[order[:k]]), order[:k]
    size = min(max(10 * k, _FEWEST), n)
    while (found := _programme(y, X, w * sides, w, total, np.sort(order[:size]))) is None:
        if size == n:
            raise FloatingPointError("no solution of the linear programme was found")
        size = min(10 * size, n)
    b, basic = found
    # The rows between their bounds are fitted exactly.
    if len(basic) == k and np.linalg.cond(X[basic]) < 1e8:
        return np.linalg.solve(X[basic], y[basic]), basic
    return b, basic[:0]


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
