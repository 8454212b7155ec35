"""Residuals made uncorrelated with variance one: Lambda^{-1/2} times values, unit by unit."""

from __future__ import annotations

import numpy as np

from xmixed.engine.model import Residuals
from xmixed.engine.products.grouping import rows_in_order
from xmixed.engine.residuals.structures import structure_of

_ELEMENTS = 4_000_000
"""How many elements of Lambda are formed at a time."""


def whitened_rows(residuals: Residuals, parameters: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The inverse of the lower Cholesky factor of each unit's Lambda times its values, in order of t().

    Parameters
    ----------
    parameters : (r,) array
        Of the residual structure, estimation metric.
    values : (n,) array
    """
    structure = structure_of(residuals)
    table = structure.table(residuals)
    full = table.fill(parameters)
    by = residuals.by_codes
    if not structure.correlated:
        return values / np.exp(full[by, 0])
    time = np.zeros(len(values)) if residuals.time is None else residuals.time
    rows = rows_in_order(residuals.groups, time)
    starts = np.flatnonzero(np.diff(residuals.groups[rows], prepend=-1))
    sizes = np.diff(starts, append=len(rows))
    result = np.empty(len(values))
    for size in np.unique(sizes):
        own = starts[sizes == size]
        step = max(1, _ELEMENTS // int(size) ** 2)
        for first in range(0, len(own), step):
            at = rows[own[first : first + step, None] + np.arange(size)]
            matrices = structure.matrices(table, full, time[at], by[at[:, 0]])
            factor = np.linalg.cholesky(matrices)
            result[at] = np.linalg.solve(factor, values[at][:, :, None])[:, :, 0]
    return result
