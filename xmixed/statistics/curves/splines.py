"""Bases of linear and restricted cubic splines."""

from __future__ import annotations

import numpy as np

HARRELL = {
    3: (10, 50, 90),
    4: (5, 35, 65, 95),
    5: (5, 27.5, 50, 72.5, 95),
    6: (5, 23, 41, 59, 77, 95),
    7: (2.5, 18.33, 34.17, 50, 65.83, 81.67, 97.5),
}
"""Percentiles at which the knots of restricted cubic splines stand, by their number (Harrell 2001, 23)."""


def linear_spline(x: np.ndarray, knots: np.ndarray, marginal: bool) -> np.ndarray:
    """Return the basis of a line that is broken at ascending knots, shape (n, number of knots + 1).

    Coefficients are the slopes of the pieces; with `marginal`, the changes of slope at the knots.
    """
    if marginal:
        return np.column_stack([x, *(np.maximum(0.0, x - knot) for knot in knots)])
    lower = np.concatenate([[0.0], knots])
    upper = np.concatenate([knots, [np.inf]])
    first = np.minimum(x, upper[0])
    rest = [np.clip(x, low, high) - low for low, high in zip(lower[1:], upper[1:], strict=True)]
    return np.column_stack([first, *rest])


def restricted_cubic_spline(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return the basis of a cubic spline that is linear beyond its outer knots, shape (n, knots - 1).

    Harrell's basis: x, and the truncated cubes divided by the squared range of the knots.
    """

    def cube(knot: float) -> np.ndarray:
        return np.maximum(0.0, x - knot) ** 3

    last, before = knots[-1], knots[-2]
    scale = (last - knots[0]) ** 2
    terms = [
        (cube(knot) - (cube(before) * (last - knot) - cube(last) * (before - knot)) / (last - before)) / scale
        for knot in knots[:-2]
    ]
    return np.column_stack([x, *terms])
