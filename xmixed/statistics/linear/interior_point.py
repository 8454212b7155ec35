"""An interior point method for regression quantiles."""

from __future__ import annotations

import numpy as np

_ROUNDS = 60
_PRECISION = 1e-14
_SHORT = 0.9995


@np.errstate(all="ignore")
def interior_point(y: np.ndarray, X: np.ndarray, q: float, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows lie above a regression quantile, and how near to it each one is, both (n,).

    A primal-dual method with predicted and corrected steps for max y'a, X'a = (1 - q) X'w, 0 <= a <= w;
    a step solves k equations. Portnoy and Koenker (1997), Statistical Science 12; Mehrotra (1992), SIAM
    Journal on Optimization 2. Nearness grows without bound for the rows between their bounds.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Of about unit size, the coefficients near 0.
    X : ndarray, shape (n, k)
        Of full rank, columns of about unit size.
    """
    a, below = (1 - q) * w, q * w
    b = np.zeros(X.shape[1])
    # y - X b = over - under: the multipliers of the bounds w and 0.
    start = 0.1 * float(np.mean(np.abs(y)))
    over, under = np.maximum(y, 0.0) + start, np.maximum(-y, 0.0) + start
    smallest = _PRECISION * float(w @ np.abs(y))
    nearness = 1 / (under / a + over / below)
    for _ in range(_ROUNDS):
        gap = float(a @ under + below @ over)
        if not gap > smallest:
            break
        weighted = X * nearness[:, None]
        gram = X.T @ weighted
        try:
            # Aim at the bounds themselves, then at a centre as far from them as that step leaves.
            direction = over - under
            db = np.linalg.solve(gram, weighted.T @ direction)
            da = nearness * (direction - X @ db)
            dover, dunder = -over + over / below * da, -under - under / a * da
            long, steep = _longest(a, da, below, -da), _longest(over, dover, under, dunder)
            left = (a + long * da) @ (under + steep * dunder) + (below - long * da) @ (over + steep * dover)
            centre = gap * (float(left) / gap) ** 3 / (2 * len(y))
            toward_over, toward_under = (centre + da * dover) / below, (centre - da * dunder) / a
            direction = over - toward_over - under + toward_under
            db = np.linalg.solve(gram, weighted.T @ direction)
        except np.linalg.LinAlgError:
            break
        da = nearness * (direction - X @ db)
        dover = toward_over - over + over / below * da
        dunder = toward_under - under - under / a * da
        long, steep = _longest(a, da, below, -da), _longest(over, dover, under, dunder)
        a, below = a + long * da, below - long * da
        over, under, b = over + steep * dover, under + steep * dunder, b + steep * db
        nearness = 1 / (under / a + over / below)
    return y > X @ b, nearness


def _longest(x: np.ndarray, dx: np.ndarray, s: np.ndarray, ds: np.ndarray) -> float:
    """Return the share of a step that keeps x and s positive, at most 1."""
    steepest = -min(float((dx / x).min()), float((ds / s).min()))
    return min(1.0, _SHORT / steepest) if steepest > 0 else 1.0
