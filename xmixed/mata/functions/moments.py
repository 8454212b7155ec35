"""Means, variances and correlations of columns; rows with missing values do not count."""

from __future__ import annotations

import numpy as np

from xmixed.mata.errors import MataError
from xmixed.mata.functions.registry import builtin
from xmixed.mata.values import Value, collapsed, real, vector, with_codes
from xmixed.missing import MISSING, is_missing
from xmixed.statistics.linear.matrix_algebra import correlation as correlation_of


def _rows(value: Value, weights: Value) -> tuple[np.ndarray, np.ndarray]:
    """Return the complete rows and what each counts."""
    found = real(value)
    given = np.ones(len(found)) if weights is None else vector(real(weights))
    if given.size == 1:
        given = np.full(len(found), given.item())
    if len(given) != len(found):
        raise MataError(3200)
    kept = ~(is_missing(found).any(axis=1) | is_missing(given))
    return found[kept], given[kept]


def _mean(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    total = weights.sum()
    if not total:
        return np.full(rows.shape[1], MISSING)
    centre = (weights @ rows) / total
    # once more: what rounding left of the first mean
    return with_codes(centre + (weights @ (rows - centre)) / total)


def _variance(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    total = weights.sum()
    if total <= 1:
        return np.full((rows.shape[1], rows.shape[1]), MISSING)
    deviations = rows - _mean(rows, weights)
    return with_codes((deviations * weights[:, None]).T @ deviations / (total - 1))


@builtin("mean", 1, 2)
def mean(value: Value, weights: Value = None) -> Value:
    return collapsed(_mean(*_rows(value, weights))[None, :])


@builtin("variance quadvariance", 1, 2)
def variance(value: Value, weights: Value = None) -> Value:
    return collapsed(_variance(*_rows(value, weights)))


@builtin("meanvariance quadmeanvariance", 1, 2)
def meanvariance(value: Value, weights: Value = None) -> Value:
    """The means above the variance matrix."""
    rows, counts = _rows(value, weights)
    return collapsed(np.vstack([_mean(rows, counts)[None, :], _variance(rows, counts)]))


@builtin("correlation quadcorrelation", 1, 2)
def correlation(value: Value, weights: Value = None) -> Value:
    found = _variance(*_rows(value, weights))
    if is_missing(found).any():
        return collapsed(found)
    return collapsed(with_codes(correlation_of(found)))
