"""Covariance matrices."""

from __future__ import annotations

import numpy as np

from xmixed.missing import MISSING


def correlations(covariance: np.ndarray) -> np.ndarray:
    """Return the correlation matrix of a covariance matrix; missing where a variance is zero."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    product = np.outer(scale, scale)
    found = np.where(product > 0, covariance / np.where(product > 0, product, 1.0), MISSING)
    np.fill_diagonal(found, np.where(scale > 0, 1.0, MISSING))
    return found
