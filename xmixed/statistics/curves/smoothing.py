"""Curves through points: lowess, local polynomials, polynomials by least squares."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.curves.kernels import KERNELS, REACH, kernel_moments

EXACT_POINTS = 1000
"""A curve through more distinct points is computed at that many, with straight lines between them."""
BLOCKS = 20_000
"""So many stretches of points in the order of x stand for very many points in a window."""
ALONE = 1000
"""So many points to either side of the middle of a window, and at the ends of x, stand for themselves."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A polynomial fitted by least squares.

    Attributes
    ----------
    center, scale : float
        The polynomial is in (x - center) / scale.
    coefficients : ndarray, shape (degree + 1,)
    covariance : ndarray, shape (degree + 1, degree + 1)
        Of the coefficients.
    residual_variance : float
    df : float
        Residual degrees of freedom.
    """

    center: float
    scale: float
    coefficients: np.ndarray
    covariance: np.ndarray
    residual_variance: float
    df: float

    def _columns(self, at: np.ndarray) -> np.ndarray:
        return np.vander((at - self.center) / self.scale, len(self.coefficients), increasing=True)

    def value(self, at: np.ndarray) -> np.ndarray:
        """Return the polynomial at points."""
        return self._columns(at) @ self.coefficients

    def standard_error(self, at: np.ndarray, of_forecast: bool = False) -> np.ndarray:
        """Return the standard error of the polynomial, or of a new observation, at points."""
        columns = self._columns(at)
        variance = np.einsum("ij,jk,ik->i", columns, self.covariance, columns)
        return np.sqrt(variance + (self.residual_variance if of_forecast else 0.0))


def fit_polynomial(
    x: np.ndarray, y: np.ndarray, degree: int, w: np.ndarray | None = None, n: float | None = None
) -> Polynomial:
    """Return the least-squares polynomial; columns that the data do not tell apart get coefficient zero.

    Parameters
    ----------
    x, y, w : ndarray of float64, shape (n,)
        Without missing values; `w` weights or None.
    n : float or None
        Number of observations that the weights stand for; None: as many as rows.
    """
    center = float(x.mean())
    scale = float(np.abs(x - center).max()) or 1.0
    columns = np.vander((x - center) / scale, degree + 1, increasing=True)
    weights = np.ones(len(x)) if w is None else w / w.sum() * (len(x) if n is None else n)
    root = np.sqrt(weights)[:, None]
    u, s, vt = np.linalg.svd(columns * root, full_matrices=False)
    kept = s > s[0] * 1e-12
    inverse = np.where(kept, 1 / np.where(kept, s, 1.0), 0.0)
    beta = vt.T @ (inverse * (u.T @ (root[:, 0] * y)))
    df = (float(len(x)) if n is None else n) - int(kept.sum())
    squares = float(weights @ (y - columns @ beta) ** 2)
    variance = squares / df if df > 0 else 0.0
    covariance = (vt.T * inverse**2) @ vt * variance
    return Polynomial(center, scale, beta, covariance, variance, df)


def lowess(
    x: np.ndarray, y: np.ndarray, bandwidth: float = 0.8, *, mean: bool = False, weighted: bool = True
):
    """Return Cleveland's locally weighted smooth at each point.

    Each window holds the floor((n bandwidth - 0.5) / 2) neighbours to either side in the order of x (fewer at
    the ends) with tricube weights, whose reach is 1.0001 times the distance to the farthest of them.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        Without missing values.
    bandwidth : float
        Share of the observations in a window.
    mean : bool
        Running means in place of running lines.
    weighted : bool
        Tricube weights; False for equal ones.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    n = len(x)
    order = np.argsort(x, kind="stable")
    xs, ys = x[order], y[order]
    half = int((n * bandwidth - 0.5) // 2)
    distinct = np.flatnonzero(np.r_[True, xs[1:] > xs[:-1]]) if n else np.empty(0, dtype=np.intp)
    at = distinct
    if len(at) > EXACT_POINTS:
        at = distinct[np.unique(np.linspace(0, len(distinct) - 1, EXACT_POINTS).astype(np.intp))]
    windows = _Windows(xs, ys, max(1, half), mean, weighted)
    if n <= EXACT_POINTS:  # equal values of x may have different windows
        smooth = np.array([windows.value(i) for i in range(n)])
    else:
        smooth = np.interp(xs, xs[at], np.array([windows.value(int(i)) for i in at]))
    out = np.empty(n)
    out[order] = smooth
    return out


class _Windows:
    """The windows of lowess over points in the order of x.

    Of very many points, `BLOCKS` stretches of neighbours stand for theirs: their number, means and products
    about the means. Within one the weight hardly changes; a stretch that a window cuts falls into its points.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, half: int, mean: bool, weighted: bool) -> None:
        self.x, self.y, self.half, self.mean, self.weighted = x, y, half, mean, weighted
        self.size = max(1, len(x) // BLOCKS)
        count = len(x) // self.size if self.size > 1 else 0
        xs, ys = (values[: count * self.size].reshape(count, self.size) for values in (x, y))
        self.means_x, self.means_y = xs.mean(axis=1), ys.mean(axis=1)
        self.counts = np.full(count, float(self.size))
        about = xs - self.means_x[:, None]
        self.squares = np.einsum("ij,ij->i", about, about)
        self.products = np.einsum("ij,ij->i", about, ys)

    def _parts(self, low: int, i: int, high: int) -> tuple[np.ndarray, ...]:
        """Return numbers, means of x and y, squares and products of what is between two ranks.

        Points near rank i and at the ends of x, where neighbours may be far from each other, stand alone.
        """
        size, n = self.size, len(self.x)
        blocks: list[slice] = []
        alone: list[np.ndarray] = []
        reached = low
        for start, end in ((max(low, ALONE), i - ALONE), (max(low, i + ALONE), min(high, n - ALONE))):
            first, last = -(-start // size), min(end // size, len(self.means_x))
            if size > 1 and last > first:
                blocks.append(slice(first, last))
                alone.append(np.arange(reached, first * size))
                reached = last * size
        ends = np.concatenate([*alone, np.arange(reached, high)])
        one, none = np.ones(len(ends)), np.zeros(len(ends))

        def joined(of_blocks: np.ndarray, of_points: np.ndarray) -> np.ndarray:
            return np.concatenate([*(of_blocks[block] for block in blocks), of_points])

        return (
            joined(self.counts, one),
            joined(self.means_x, self.x[ends]),
            joined(self.means_y, self.y[ends]),
            joined(self.squares, none),
            joined(self.products, none),
        )

    def value(self, i: int) -> float:
        low, high = max(0, i - self.half), min(len(self.x), i + self.half + 1)
        count, x, y, squares, products = self._parts(low, i, high)
        distance = x - self.x[i]
        reach = 1.0001 * float(max(self.x[i] - self.x[low], self.x[high - 1] - self.x[i]))
        if not reach > 0:
            return float(count @ y / count.sum())
        kernel = (1 - (np.abs(distance) / reach) ** 3) ** 3 if self.weighted else np.ones(len(y))
        w = kernel * count
        total = w.sum()
        level = w @ y / total
        if self.mean:
            return float(level)
        center = w @ distance / total
        spread = w @ (distance - center) ** 2 + kernel @ squares
        if spread <= 1e-12 * reach**2 * total:
            return float(level)
        slope = (w @ ((distance - center) * (y - level)) + kernel @ products) / spread
        return float(level - slope * center)


@dataclass(frozen=True, slots=True)
class LocalFit:
    """A local polynomial at points: `value` and `standard_error`, NaN where too few points are near."""

    value: np.ndarray
    standard_error: np.ndarray


def rule_of_thumb(
    x: np.ndarray, y: np.ndarray, degree: int, kernel: str = "epanechnikov", w: np.ndarray | None = None
) -> float:
    """Return Fan and Gijbels' rule-of-thumb bandwidth of a local polynomial.

    C (s^2 R / sum m''(x_i)^2)^(1/(2p+3)): s^2 and the derivative of order p+1 are those of a global
    polynomial of degree p+3, and R is the range less 5 % at either end, over which the sum goes. An even
    degree is taken as the next odd one, whose bias has the same order.
    """
    p = degree if degree % 2 else degree + 1
    low, high = float(x.min()), float(x.max())
    margin = 0.05 * (high - low)
    fitted = fit_polynomial(x, y, p + 3, w)
    powers = np.polynomial.Polynomial(fitted.coefficients).deriv(p + 1)
    inside = (x >= low + margin) & (x <= high - margin)
    derivative = powers((x[inside] - fitted.center) / fitted.scale) / fitted.scale ** (p + 1)
    weights = np.ones(len(x)) if w is None else w / w.mean()
    curvature = float(weights[inside] @ derivative**2)
    if not (curvature > 0 and fitted.residual_variance > 0):
        return (high - low) / 4 or 1.0
    constant = _bandwidth_constant(kernel, p)
    chosen = constant * (fitted.residual_variance * (high - low - 2 * margin) / curvature) ** (
        1 / (2 * p + 3)
    )
    return min(chosen, high - low)


def _bandwidth_constant(kernel: str, p: int) -> float:
    """Return C_{0,p}(K) of Fan and Gijbels (1996, eq. 3.21), from the equivalent kernel's moments."""
    moments, squares = kernel_moments(kernel)
    index = np.arange(p + 1)
    first = np.linalg.inv(moments[index[:, None] + index])[0]
    bias = float(first @ moments[index + p + 1])
    variance = float(first @ squares[index[:, None] + index] @ first)
    return (math.factorial(p + 1) ** 2 * variance / (2 * (p + 1) * bias**2)) ** (1 / (2 * p + 3))


def local_polynomial(
    x: np.ndarray,
    y: np.ndarray,
    at: np.ndarray,
    degree: int,
    bandwidth: float,
    kernel: str = "epanechnikov",
    w: np.ndarray | None = None,
    variance_bandwidth: float | None = None,
) -> LocalFit:
    """Return the local polynomial fit and its standard error at points.

    The residual variance at a point is that of a local polynomial of degree + 2 with `variance_bandwidth`
    (1.5 times the bandwidth by default), of which the smoother's own degrees of freedom are taken off.

    Parameters
    ----------
    x, y, w : ndarray of float64, shape (n,)
    at : ndarray of float64, shape (m,)
    """
    order = np.argsort(x, kind="stable")
    xs, ys = x[order], y[order]
    weights = np.ones(len(x)) if w is None else w[order]
    reach = REACH.get(kernel, 1.0)
    pilot = 1.5 * bandwidth if variance_bandwidth is None else variance_bandwidth
    value, error = np.full(len(at), np.nan), np.full(len(at), np.nan)
    for i, point in enumerate(at):  # over the points of the curve, not over observations
        near = _near(xs, point, reach * bandwidth)
        fitted = _local(xs[near] - point, ys[near], weights[near], degree, bandwidth, kernel)
        if fitted is None:
            continue
        value[i], effects = fitted
        wide = _near(xs, point, reach * pilot)
        variance = _local_variance(xs[wide] - point, ys[wide], weights[wide], degree + 2, pilot, kernel)
        error[i] = math.sqrt(variance * float(effects @ effects))
    return LocalFit(value, error)


def _near(xs: np.ndarray, point: float, reach: float) -> slice:
    return slice(*np.searchsorted(xs, [point - reach, point + reach]))


def _local(d: np.ndarray, y: np.ndarray, w: np.ndarray, degree: int, h: float, kernel: str):
    """Return the fit at distance zero, and by how much each observation enters it; None with too few."""
    k = KERNELS[kernel](d / h) * w
    used = k > 0
    if np.count_nonzero(used) < 1 or len(np.unique(d[used])) <= degree:
        return None
    columns = np.vander(d / h, degree + 1, increasing=True)
    effects = np.linalg.pinv((columns * k[:, None]).T @ columns, rcond=1e-12)[0] @ (columns * k[:, None]).T
    return float(effects @ y), effects


def _local_variance(d: np.ndarray, y: np.ndarray, w: np.ndarray, degree: int, h: float, kernel: str) -> float:
    k = KERNELS[kernel](d / h) * w
    used = k > 0
    d, y, k = d[used], y[used], k[used]
    degree = min(degree, max(0, len(np.unique(d)) - 2))
    columns = np.vander(d / h, degree + 1, increasing=True)
    weighted = columns * k[:, None]
    inverse = np.linalg.pinv(weighted.T @ columns, rcond=1e-12)
    residuals = y - columns @ (inverse @ (weighted.T @ y))
    freedom = k.sum() - float(np.sum(inverse * (weighted.T @ weighted)))
    return float(k @ residuals**2 / freedom) if freedom > 1e-10 else 0.0
