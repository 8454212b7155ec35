"""Which columns of X to omit because earlier ones determine them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.engine.errors import NonFiniteData
from xmixed.engine.products.columns import ColumnStore, refuse_tiny

# Share of a column's own variation; values stored as floats are off by 6e-8, squared 4e-15.
_TOLERANCE = 1e-13


def find_omitted(columns: Sequence[np.ndarray | None], tolerance: float = _TOLERANCE) -> np.ndarray:
    """Mark the columns that are linear combinations of earlier kept ones.

    Parameters
    ----------
    columns : sequence of p (n,) arrays or None
        None is the constant, which counts first wherever it stands.
    tolerance : float
        A column goes when earlier ones leave less than this share of its sum of squares (about the
        mean where there is a constant), so that neither units nor distance from zero matter.

    Returns
    -------
    (p,) bool array, True where the column is to be omitted.
    """
    omitted = np.zeros(len(columns), bool)
    constants = [i for i, column in enumerate(columns) if column is None]
    omitted[constants[1:]] = True
    places = [i for i, column in enumerate(columns) if column is not None]
    arrays = [column for column in columns if column is not None]
    if not arrays:
        return omitted
    if not len(arrays[0]):
        omitted[:] = True
        return omitted
    with np.errstate(all="ignore"):
        gram, vary = _gram(arrays, bool(constants))
        if not np.isfinite(gram).all():
            raise NonFiniteData("a column holds a value that is not finite, or overflows")
        refuse_tiny(arrays, gram.diagonal())
        omitted[places] = _sweep_out(gram, vary, tolerance)
    return omitted


def omitted_of_products(
    products: np.ndarray, centers: np.ndarray, n: float, constant: bool, tolerance: float = _TOLERANCE
) -> np.ndarray:
    """Mark the columns that are linear combinations of earlier kept ones, from sums over the rows.

    Parameters
    ----------
    products : (p, p) array
        Sums of products of deviations from the means.
    centers : (p,) array
        The means.
    n : float
        Rows, or the sum of their weights.
    constant : bool
        Whether a constant counts first.

    Returns
    -------
    (p,) bool array, as of `find_omitted`.
    """
    if constant:
        return _sweep_out(products, products.diagonal() > (1e-14 * np.abs(centers)) ** 2 * n, tolerance)
    raw = products + n * np.outer(centers, centers)
    return _sweep_out(raw, raw.diagonal() > 0, tolerance)


def _gram(arrays: list[np.ndarray], centred: bool) -> tuple[np.ndarray, np.ndarray]:
    """Cross-products of the columns, and which of them vary by more than rounding."""
    store = ColumnStore(len(arrays[0]))
    wanted = [store.add(array, centred) for array in arrays]
    gram = np.zeros((len(arrays), len(arrays)))
    for _, values in store.chunks(None, wanted):
        gram += values @ values.T
    centers = np.array([store.centers[column] for column in wanted])
    return gram, gram.diagonal() > (1e-14 * np.abs(centers)) ** 2 * len(arrays[0])


def _sweep_out(gram: np.ndarray, vary: np.ndarray, tolerance: float) -> np.ndarray:
    """Cholesky factorisation in the given order, stepping over null pivots."""
    p = len(gram)
    if p == 1:  # nothing stands before it
        return ~vary
    omitted = ~vary
    scale = np.sqrt(np.where(vary, gram.diagonal(), 1.0))
    gram = gram / scale[:, None] / scale
    lower = np.zeros((p, p))
    for j in range(p):
        if omitted[j]:
            continue
        pivot = gram[j, j] - lower[j, :j] @ lower[j, :j]
        if not pivot > tolerance:
            omitted[j] = True
            continue
        lower[j, j] = np.sqrt(pivot)
        lower[j + 1 :, j] = (gram[j + 1 :, j] - lower[j + 1 :, :j] @ lower[j, :j]) / lower[j, j]
    return omitted
