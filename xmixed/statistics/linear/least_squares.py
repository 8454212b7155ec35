"""Weighted least squares by blocks of rows, with the digits that its data allow.

Columns are centred where there is a constant, for raw cross-products of data far from zero lose their
digits. Small problems are solved by Householder QR, and coefficients and residuals refined together
(Bjorck 1967, "Iterative refinement of linear least squares solutions") with residuals in extended precision
where the machine has it. Large ones are solved from cross-products formed in blocks, so that no second copy
of the data is made; where these leave few digits the residuals themselves are fitted again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.linear.blocks import Column, blocks

_SMALL = 1 << 20
"""Elements of X up to which it is copied and factorised."""
TOLERANCE = 1e-13
"""Share of a column's own variation below which earlier columns determine it: values stored as floats are off
by 6e-8, squared 4e-15."""
ResidualFit = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, float]]
_EXACT_TOLERANCE = 1e-18
"""The same where no column has been rounded to a float."""


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """A weighted least-squares fit of k columns.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Zero where a column is omitted.
    inverse : ndarray, shape (k, k)
        (X'WX)^-1; zero rows and columns where a column is omitted.
    omitted : ndarray of bool, shape (k,)
        Columns that earlier ones determine.
    rss : float
        Residual sum of squares.
    tss : float
        Total sum of squares, about the mean where there is a constant.
    sum_of_weights : float
    column_squares : ndarray, shape (k,)
        Sum of squares of each column, about its mean where there is a constant; zero for the constant.
    centers : ndarray, shape (k,)
        Means of the columns where there is a constant, else zeros; zero for the constant.
    centred : ndarray, shape (k, k)
        `inverse` for the columns less `centers`: no digits are lost far from zero.
    constant : int or None
        Place of the constant.
    """

    beta: np.ndarray
    inverse: np.ndarray
    omitted: np.ndarray
    rss: float
    tss: float
    sum_of_weights: float
    column_squares: np.ndarray
    centers: np.ndarray
    centred: np.ndarray
    constant: int | None

    @property
    def rank(self) -> int:
        return int(np.count_nonzero(~self.omitted))

    def uncentred(self, covariance: np.ndarray) -> np.ndarray:
        """Return a covariance of the coefficients from that for the columns less `centers`, (k, k)."""
        if self.constant is None:
            return covariance
        back = np.eye(len(self.centers))
        back[self.constant] -= self.centers
        whole = back @ covariance @ back.T
        return (whole + whole.T) / 2

    def slopes(self, columns: Sequence[Column]) -> list[int]:
        """Return the places of the estimated coefficients other than the constant."""
        return [
            place for place, column in enumerate(columns) if column is not None and not self.omitted[place]
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Moments:
    """Cross-products of [X, y] without the constant, about `centers`; `weight` is the sum of the weights."""

    products: np.ndarray
    centers: np.ndarray
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """The p slopes, the constant at zero of all columns, the slopes' part of the inverse, sums of squares."""

    slopes: np.ndarray
    constant: float
    inverse: np.ndarray
    omitted: np.ndarray
    rss: float
    tss: float


def least_squares(
    y: np.ndarray, columns: Sequence[Column], weights: np.ndarray | None = None
) -> LeastSquares:
    """Minimise sum w (y - X b)^2.

    Parameters
    ----------
    y : (n,) array
    columns : sequence of k columns
        None is the constant, which counts first wherever it stands.
    weights : (n,) array, optional
        Not negative; as the caller wants them scaled.

    Raises
    ------
    FloatingPointError
        For values that are not finite, or sums that overflow.
    """
    n, constant = len(y), any(column is None for column in columns)
    arrays = [column for column in columns if column is not None] + [y]
    with np.errstate(all="ignore"):
        moments = _moments(arrays, weights, constant)
        if not np.isfinite(moments.products).all():
            raise FloatingPointError("sums of squares overflow")
        if n * len(arrays) <= _SMALL:
            solved = _by_orthogonalisation(arrays, weights, moments, constant)
        else:
            centers = moments.centers

            def residual_fit(kept: np.ndarray, slopes: np.ndarray) -> tuple[np.ndarray, float]:
                chosen = [arrays[place] for place in kept]
                return _residual_fit(y, chosen, weights, np.append(centers[kept], centers[-1]), slopes)

            solved = _by_cross_products(moments, residual_fit)
    return _assembled([column is None for column in columns], moments, solved)


def least_squares_of_sums(
    constants: Sequence[bool],
    products: np.ndarray,
    centers: np.ndarray,
    weight: float,
    residual_fit: ResidualFit,
) -> LeastSquares:
    """Minimise sum w (y - X b)^2 where only sums over the rows are known.

    Parameters
    ----------
    constants : sequence of k bool
        Which columns are the constant.
    products : (p+1, p+1) array
        Weighted sums of products of the other columns and y, about `centers`.
    centers : (p+1,) array
        Weighted means where there is a constant, else zeros.
    weight : float
        Sum of the weights.
    residual_fit : callable
        Asked where sums leave few digits: columns kept (places), slopes -> X'We and e'We of the residuals.
    """
    moments = _Moments(products, centers, weight)
    return _assembled(constants, moments, _by_cross_products(moments, residual_fit))


def _assembled(columns: Sequence[bool], moments: _Moments, solved: _Solved) -> LeastSquares:
    """The fit of all columns from that of those that are not the constant; `columns` says which are."""
    k = len(columns)
    constants = [place for place, constant in enumerate(columns) if constant]
    places = [place for place, constant in enumerate(columns) if not constant]
    beta, whole = np.zeros(k), np.zeros((k, k))
    omitted = np.zeros(k, bool)
    omitted[places] = solved.omitted
    omitted[constants[1:]] = True
    squares = np.zeros(k)
    squares[places] = moments.products.diagonal()[:-1]
    beta[places] = solved.slopes
    whole[np.ix_(places, places)] = inverse = solved.inverse
    centred, means, first = whole, np.zeros(k), None
    if constants:
        first, centers = constants[0], moments.centers[:-1]
        means[places] = np.where(solved.omitted, 0.0, centers)
        centred = whole.copy()
        centred[first, first] = 1 / moments.weight
        lever = inverse @ centers
        beta[first] = solved.constant
        whole[first, places] = whole[places, first] = -lever
        whole[first, first] = 1 / moments.weight + centers @ lever
    return LeastSquares(
        beta, whole, omitted, solved.rss, solved.tss, moments.weight, squares, means, centred, first
    )


def _moments(arrays: list[np.ndarray], weights: np.ndarray | None, centred: bool) -> _Moments:
    """Cross-products in one pass about the first block's means, corrected to the means of all rows.

    Where the first block lies far from the rest, so that the correction would lose digits, once more.
    """
    n = len(arrays[0])
    shift = np.zeros(len(arrays))
    if centred and n:
        head = slice(0, min(n, 4096))
        shift = np.array([array[head].mean(dtype=np.float64) for array in arrays])
    for attempt in range(2):
        products, sums, weight = _sums(arrays, weights, shift if centred else None)
        if not centred:
            return _Moments(products, shift, weight)
        drift = sums / weight
        lost = weight * drift**2
        if attempt or np.all(lost <= 10 * (products.diagonal() - lost)):
            return _Moments(products - weight * np.outer(drift, drift), shift + drift, weight)
        shift = shift + drift
    raise AssertionError("unreachable")


def _sums(
    arrays: list[np.ndarray], weights: np.ndarray | None, shift: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, float]:
    n = len(arrays[0])
    products, sums = np.zeros((len(arrays), len(arrays))), np.zeros(len(arrays))
    for rows, values in blocks(arrays, n, shift):
        if weights is None:
            sums += values.sum(axis=1)
        else:
            root = np.sqrt(weights[rows])
            values *= root
            sums += values @ root
        products += values @ values.T
    return products, sums, float(n) if weights is None else float(weights.sum())


def sweep_out(gram: np.ndarray, tolerance: float = TOLERANCE) -> tuple[np.ndarray, np.ndarray]:
    """Factorise a Gram matrix in the given order, stepping over columns that earlier ones determine.

    Returns
    -------
    omitted : (p,) bool array
    lower : (p, p) array
        Cholesky factor of the matrix scaled to unit diagonal, with zero rows where a column is omitted.
    """
    p = len(gram)
    omitted = ~(gram.diagonal() > 0)
    scale = np.sqrt(np.where(omitted, 1.0, gram.diagonal()))
    scaled = gram / scale[:, None] / scale
    lower = np.zeros((p, p))
    for j in range(p):
        if omitted[j]:
            continue
        pivot = scaled[j, j] - lower[j, :j] @ lower[j, :j]
        if not pivot > tolerance:
            omitted[j] = True
            continue
        lower[j, j] = np.sqrt(pivot)
        lower[j + 1 :, j] = (scaled[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[j, j]
    lower[omitted] = 0.0
    return omitted, lower


def _null(moments: _Moments) -> np.ndarray:
    """Which columns vary by no more than the rounding of their values about the mean."""
    noise = (1e-14 * moments.centers[:-1]) ** 2 * moments.weight
    return moments.products.diagonal()[:-1] <= noise


def _by_cross_products(moments: _Moments, residual_fit: ResidualFit) -> _Solved:
    p = len(moments.products) - 1
    gram = moments.products[:p, :p].copy()
    gram[np.ix_(null := _null(moments), null)] = 0.0
    omitted, lower = sweep_out(gram)
    kept = np.flatnonzero(~omitted)
    scale = np.sqrt(gram.diagonal()[kept])
    root = np.linalg.inv(lower[np.ix_(kept, kept)]) / scale
    inner = root.T @ root
    slopes = inner @ moments.products[kept, p]
    tss = float(moments.products[p, p])
    rss = tss - float(slopes @ moments.products[kept, p])
    worst = float(lower.diagonal()[kept].min()) if len(kept) else 1.0
    if rss < 1e-3 * tss or worst < 0.03:
        for _ in range(4):
            step, rss = residual_fit(kept, slopes)
            change = inner @ step
            slopes = slopes + change
            if np.all(np.abs(change) <= 1e-14 * np.abs(slopes)):
                break
    beta, inverse = np.zeros(p), np.zeros((p, p))
    beta[kept] = slopes
    inverse[np.ix_(kept, kept)] = inner
    constant = float(moments.centers[p] - moments.centers[:p] @ beta)
    return _Solved(beta, constant, inverse, omitted, max(rss, 0.0), tss)


def _residual_fit(
    y: np.ndarray,
    columns: list[np.ndarray],
    weights: np.ndarray | None,
    centers: np.ndarray,
    slopes: np.ndarray,
) -> tuple[np.ndarray, float]:
    """Return X'We and e'We of the residuals at `slopes`."""
    step, rss = np.zeros(len(columns)), 0.0
    for rows, values in blocks([*columns, y], len(y), centers):
        residual = values[-1] - slopes @ values[:-1]
        weighted = residual if weights is None else residual * weights[rows]
        step += values[:-1] @ weighted
        rss += float(weighted @ residual)
    return step, rss


def _by_orthogonalisation(
    arrays: list[np.ndarray], weights: np.ndarray | None, moments: _Moments, constant: bool
) -> _Solved:
    p, n = len(arrays) - 1, len(arrays[0])
    whole = np.array(arrays, dtype=np.longdouble) - moments.centers[:, None]
    ones = np.ones((int(constant), n), dtype=np.longdouble)
    if weights is not None:
        root = np.sqrt(weights.astype(np.longdouble))
        whole, ones = whole * root, ones * root
    size = np.sqrt((whole[:p] ** 2).sum(axis=1).astype(np.float64))
    null = _null(moments) | (size == 0)
    size[null] = 1.0
    design, target = whole[:p] / size[:, None], whole[p]
    kept = _independent(design.astype(np.float64), null, _tolerance(arrays[:p]))
    omitted = np.ones(p, bool)
    omitted[kept] = False
    # Means are doubles, so the columns are centred but for rounding: the constant takes up what is left.
    slopes, residual, inner = _refined(np.concatenate([design[kept], ones]), target)
    beta, inverse = np.zeros(p, dtype=np.longdouble), np.zeros((p, p))
    beta[kept] = slopes[: len(kept)] / size[kept]
    inverse[np.ix_(kept, kept)] = inner[: len(kept), : len(kept)] / np.outer(size[kept], size[kept])
    level = moments.centers[p] - moments.centers[:p] @ beta + slopes[len(kept) :].sum()
    rss, tss = float((residual**2).sum()), float((target**2).sum())
    return _Solved(beta.astype(np.float64), float(level), inverse, omitted, rss, tss)


def _tolerance(arrays: list[np.ndarray]) -> float:
    """The share that marks a column as determined: larger where values have been rounded to floats."""
    for array in arrays:
        values = array.astype(np.float64)
        if np.array_equal(values, values.astype(np.float32)) and not np.array_equal(values, np.rint(values)):
            return TOLERANCE
    return _EXACT_TOLERANCE


def _independent(design: np.ndarray, null: np.ndarray, tolerance: float) -> np.ndarray:
    """Places of the columns (rows of `design`, of length one) that earlier ones do not determine."""
    kept: list[int] = []
    candidates = np.flatnonzero(~null).tolist()
    while candidates:
        factor: np.ndarray = np.linalg.qr(design[kept + candidates].T, mode="r")  # type: ignore[assignment]
        size = min(factor.shape)
        left = factor.diagonal()[:size] ** 2
        bad = next((place for place in range(len(kept), size) if not left[place] > tolerance), size)
        taken = bad - len(kept)
        kept, candidates = kept + candidates[:taken], candidates[taken + 1 :]
    return np.array(kept, dtype=np.intp)


def _refined(design: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return coefficients, residuals and (X'X)^-1 of a small problem; `design` (p, n), `target` (n,)."""
    if not len(design):
        return np.zeros(0, dtype=design.dtype), target, np.zeros((0, 0))
    q, r = np.linalg.qr(design.astype(np.float64).T)
    root = np.linalg.inv(r)
    beta = (root @ (q.T @ target.astype(np.float64))).astype(design.dtype)
    residual = target - beta @ design
    size = np.inf
    for _ in range(6):
        # The augmented system r + X b = y, X'r = 0, corrected for what both equations miss.
        first = (target - residual - beta @ design).astype(np.float64)
        second = -(design @ residual).astype(np.float64)
        lower = root.T @ second
        change = root @ (q.T @ first - lower)
        length = float(np.abs(change).max())
        if not length < size / 2:
            break
        size = length
        beta = beta + change
        residual = residual + (first - q @ (q.T @ first) + q @ lower)
        if length <= 1e-18 * float(np.abs(beta).max()):
            break
    return beta, residual, root @ root.T
