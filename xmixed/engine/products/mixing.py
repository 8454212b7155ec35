"""Columns of X that others nearly determine: what these leave of them is used in their place."""

from __future__ import annotations

import numpy as np

from xmixed.engine.products.columns import ColumnStore
from xmixed.engine.products.scaling import column_scales

# Share of a column's sum of squares that the earlier ones leave, below which cross-products lose digits.
_NEAR = 1e-4


def mixture(gram: np.ndarray) -> np.ndarray | None:
    """T, (p, p) and upper triangular with a diagonal of one: XT has no column that others nearly determine.

    None where X has none itself. `gram`: X'X of linearly independent columns.
    """
    p = len(gram)
    if p < 2:
        return None
    scale = column_scales(gram.diagonal())
    try:
        factor = np.linalg.cholesky(gram / (scale[:, None] * scale))
    except np.linalg.LinAlgError:
        return None
    near = np.flatnonzero(factor.diagonal() ** 2 < _NEAR)
    if not len(near):
        return None
    mix = np.eye(p)
    for j in near:
        mix[:j, j] = -np.linalg.solve(factor[:j, :j].T, factor[j, :j]) * scale[j] / scale[:j]
    return mix


def mixed_columns(store: ColumnStore, x: list[int], mix: np.ndarray) -> list[int]:
    """Working columns of XT; those that T changes are new ones of the store."""
    result = list(x)
    for j in np.flatnonzero((mix != np.eye(len(mix))).any(axis=0)):
        column = np.array(_values(store, x[j]))
        for i in np.flatnonzero(mix[:j, j]):
            column += mix[i, j] * _values(store, x[i])
        result[j] = store.append(column)
    return result


def _values(store: ColumnStore, index: int) -> np.ndarray:
    values = store.values(index)
    return np.ones(store.n) if values is None else values
