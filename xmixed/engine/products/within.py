"""What the lowest level's Z leaves of all other columns, where cross-products would lose it.

With residuals far smaller than random effects y'y - y'Z(Z'Z)^{-1}Z'y is a rounding error: columns less
Z times their coefficients in each group, and only then multiplied, keep the digits of the data.
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.batched import semidefinite_cholesky, solve_lower
from xmixed.engine.products.columns import ColumnStore
from xmixed.engine.products.crossproducts import CrossProducts, LevelProducts, LevelSums
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.products.weights import Weights

# Share of the outcome's sum of squares that Z may leave without harm.
_SMALL = 1e-5


def loses_digits(products: CrossProducts, weights: Weights | None) -> bool:
    """Whether Z of the lowest level, eliminated, explains so much of y that cross-products lose the rest."""
    if products.eliminated is None:
        return False
    explained = np.add.reduce(products.eliminated[:, -1] ** 2)
    total = float(products.XyXy[-1, -1])
    counted = explained.sum() if weights is None else explained @ weights.groups[-1]
    return bool(total - counted < _SMALL * total)


def within_products(
    store: ColumnStore,
    nesting: Nesting,
    columns: tuple[list[list[int]], list[int], int],
    divisors: tuple[list[np.ndarray], np.ndarray, float],
    offset: np.ndarray,
    products: CrossProducts,
    weights: Weights | None,
) -> CrossProducts:
    """Cross-products of the columns above the lowest level, [X, y] last, less what its Z explains.

    Parameters
    ----------
    columns : working columns of Z by level, of X, and of y
    divisors : their scales, infinite for a null column
    offset : (p,) array
        Coefficients b: y - Xb takes the place of y.
    products : CrossProducts
        Of the columns divided by their scales.
    """
    z, x, y = columns
    flat = [column for level in z for column in level]
    scale = np.concatenate([*divisors[0], divisors[1], [divisors[2]]])[:, None]
    bottom, p = len(z) - 1, len(x)
    firsts = np.cumsum([0, *(len(level) for level in z)])
    own = np.arange(firsts[bottom], firsts[bottom + 1])
    # W of the lowest level: levels above it from the nearest on, then X and y.
    above = [int(at) for level in reversed(range(bottom)) for at in range(firsts[level], firsts[level + 1])]
    W = [*above, *range(len(flat), len(flat) + p + 1)]
    B = least_squares(products.levels[-1])
    group = np.repeat(np.arange(B.shape[2]), np.diff(nesting.row_starts, append=store.n))
    sums = []
    for level in range(bottom):
        places = list(range(firsts[level], firsts[level + 1]))
        others = [at for at in above if at < firsts[level]]
        starts = nesting.row_starts[nesting.starts(level, bottom)]
        sums.append(LevelSums(places, [*others, *W[-p - 1 :]], starts))
    total = np.zeros((p + 1, p + 1))
    for row, values in store.chunks(nesting.order, [*flat, *x, y]):
        if p:
            values[-1] -= offset @ values[-1 - p : -1]
        values /= scale
        part = slice(row, row + values.shape[1])
        values[W] -= np.einsum("qr,qwr->wr", values[own], B[:, :, group[part]])
        for number, level_sums in enumerate(sums):
            level_sums.add(row, values, None, None if weights is None else weights.rows[number][part])
        Xy = values[-1 - p :]
        total += (Xy if weights is None else Xy * weights.whole_rows[part]) @ Xy.T
    return CrossProducts(tuple(level.products() for level in sums), total)


def least_squares(level: LevelProducts) -> np.ndarray:
    """Least squares of each column of W on Z within the groups of a level, (q, w, G)."""
    lower = semidefinite_cholesky(level.ZtZ)
    right = solve_lower(lower, level.ZtW, singular=True)
    result = np.zeros_like(right)
    for i in range(len(lower) - 1, -1, -1):
        rest = right[i] - np.einsum("kg,kwg->wg", lower[i + 1 :, i], result[i + 1 :])
        pivot = lower[i, i]
        result[i] = np.where(pivot == 0, 0.0, rest / np.where(pivot == 0, 1.0, pivot))
    return result
