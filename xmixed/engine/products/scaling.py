"""Cross-products of the outcome's OLS residual, with every column divided by its scale."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite

import numpy as np

from xmixed.engine.batched import FEW_COLUMNS, eliminated_number_by_number
from xmixed.engine.errors import CollinearColumns, ConstantOutcome, NonFiniteData, PerfectFit
from xmixed.engine.products.crossproducts import CrossProducts

# Residuals smaller than this share of the outcome's spread are rounding, not variance.
_PERFECT = 1e-12
_COLLINEAR = 1e-13


def residual_products(
    form: Callable[[np.ndarray | None], CrossProducts], p: int
) -> tuple[CrossProducts, np.ndarray, float]:
    """Cross-products with y replaced by its OLS residual, the coefficients, and y'y before that.

    Where X explains nearly all of y the subtraction is repeated on the data themselves: done on the
    cross-products it would leave only rounding errors.
    """
    offset = np.zeros(p)
    products = form(None)
    parts = (products.XyXy, *(level.ZtW for level in products.levels))
    # What is not finite shows in the sum; so does what is, and overflows there only.
    if not all(isfinite(part.sum()) or np.isfinite(part).all() for part in parts):
        raise NonFiniteData("a column holds a value that is not finite, or overflows")
    total_yy = float(products.XyXy[p, p])
    for _ in range(3):
        step = _ols(products.XyXy)
        explained = float(step @ products.XyXy[:p, p]) if p else 0.0
        yy = float(products.XyXy[p, p])
        if explained <= 0.999 * yy or yy <= 0:
            break
        offset = offset + step
        products = form(offset)
    else:
        step = _ols(products.XyXy)
    return _subtract(products, step), offset + step, total_yy


def _ols(XyXy: np.ndarray) -> np.ndarray:
    """Coefficients of y on X from their cross-products, (p,)."""
    p = len(XyXy) - 1
    if p == 0:
        return np.zeros(0)
    scale = column_scales(XyXy.diagonal()[:p])
    if p <= FEW_COLUMNS:
        gram = XyXy.copy()
        gram[:p] /= scale[:, None]
        gram[:, :p] /= scale
        found = eliminated_number_by_number(gram)
        if found is not None and min(found[3].diagonal().tolist()) ** 2 >= _COLLINEAR / 10:
            return found[2] / scale
    try:
        factor = np.linalg.cholesky(XyXy[:p, :p] / np.outer(scale, scale))
    except np.linalg.LinAlgError:
        raise CollinearColumns("fixed-effects columns are linearly dependent") from None
    if float(factor.diagonal().min()) ** 2 < _COLLINEAR / 10:
        raise CollinearColumns("fixed-effects columns are linearly dependent")
    half = np.linalg.solve(factor, XyXy[:p, p] / scale)
    return np.linalg.solve(factor.T, half) / scale


def _subtract(products: CrossProducts, step: np.ndarray) -> CrossProducts:
    """Replace y by y - X step within the cross-products."""
    p = len(step)
    if p == 0:
        return products
    for level in products.levels:
        for row in level.ZtW:
            row[-1] -= step.dot(row[-1 - p : -1])
    total = products.XyXy
    explained = total[:p, :p].dot(step)
    total[p, p] += step.dot(explained) - 2.0 * step.dot(total[:p, p])
    total[:p, p] -= explained
    total[p, :p] = total[:p, p]
    return products


def check_outcome(rss: float, total_yy: float, center: float, n: float) -> None:
    noise = (1e-15 * abs(center)) ** 2 * n
    if total_yy <= noise:
        raise ConstantOutcome("the outcome does not vary")
    if not rss > max(_PERFECT**2 * total_yy, noise):
        raise PerfectFit("the fixed effects fit the outcome exactly")


def column_scales(squares: np.ndarray) -> np.ndarray:
    return np.sqrt(np.where(squares > 0, squares, 1.0))


def scaled_products(
    products: CrossProducts,
    x_scale: np.ndarray,
    y_scale: float,
    n: float,
    centers: list[list[float]],
    nested: bool,
    counts: tuple[np.ndarray, ...] | None = None,
) -> tuple[CrossProducts, list[np.ndarray]]:
    """Divide every column by its scale, in place; null columns of Z become exact zeros.

    Z_l'W of nested levels starts with the levels above, that of crossed ones holds [X, y] alone.
    """
    z_scales: list[np.ndarray] = []
    for position, (level, center) in enumerate(zip(products.levels, centers, strict=True)):
        diagonal = level.ZtZ.diagonal()
        squares = (diagonal.sum(axis=0) if counts is None else counts[position] @ diagonal) / n
        scale, null = column_scales(squares), squares <= (1e-13 * np.array(center)) ** 2
        inverse = 1.0 / scale
        if null.any():
            scale, inverse = np.where(null, 1.0, scale), np.where(null, 0.0, inverse)
        z_scales.append(scale)
        level.ZtZ[...] *= (inverse[:, None] * inverse)[:, :, None]
        above = [1.0 / s for s in z_scales[-2::-1]] if nested else []
        right = np.concatenate([*above, 1.0 / x_scale, [1.0 / y_scale]])
        level.ZtW[...] *= (inverse[:, None] * right)[:, :, None]
    right = np.concatenate([1.0 / x_scale, [1.0 / y_scale]])
    return CrossProducts(products.levels, products.XyXy * (right[:, None] * right)), z_scales


def divisors_of(scaled: CrossProducts, z_scales: list[np.ndarray]) -> list[np.ndarray]:
    """What each column of Z is divided by: infinity makes a null column exact zeros."""
    return [
        np.where(level.ZtZ.diagonal().sum(axis=0) > 0, scale, np.inf)
        for level, scale in zip(scaled.levels, z_scales, strict=True)
    ]
