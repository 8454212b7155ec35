"""Cross medians of bands of x, joined by straight lines or by a cubic spline."""

from __future__ import annotations

import math

import numpy as np


def default_bands(n: int) -> int:
    """Return max(10, round(10 log10(n)))."""
    return max(10, round(10 * math.log10(n))) if n > 0 else 10


def cross_medians(x: np.ndarray, y: np.ndarray, bands: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the medians of x and of y in each of some bands of x of equal width; empty bands have none.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        Without missing values, at least one.

    Returns
    -------
    ndarray, ndarray
        Shape (bands that hold points,), in ascending order of x.
    """
    low, width = float(x.min()), float(np.ptp(x)) / bands
    if not width > 0:
        return np.array([low]), np.array([float(np.median(y))])
    band = np.minimum(((x - low) / width).astype(np.int64), bands - 1)
    return _medians(x, band), _medians(y, band)


def _medians(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Return the median of each group that there is, in ascending order of groups."""
    order = np.lexsort((values, group))
    ranked, group = values[order], group[order]
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    counts = np.diff(np.r_[starts, len(group)])
    return (ranked[starts + (counts - 1) // 2] + ranked[starts + counts // 2]) / 2


def spline_through(x: np.ndarray, y: np.ndarray, between: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the natural cubic spline through knots, at each of them and at some points between two."""
    if len(x) < 3:
        return x, y
    from scipy.interpolate import CubicSpline

    share = np.arange(between + 1) / (between + 1)
    at = np.append((x[:-1, None] + np.diff(x)[:, None] * share).ravel(), x[-1])
    return at, CubicSpline(x, y, bc_type="natural")(at)
