"""Least squares of a function of parameters, by Gauss and Newton's steps with Marquardt's damping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
"""function(parameters (k,)) -> fitted values (n,), NaN where they cannot be computed."""

Progress = Callable[[int, float], None]
"""progress(iteration, residual sum of squares)."""

_REDUCTIONS = 40
_OFFSET = 1e-15
"""Share of the sum of squares that another step could explain at the end."""
_NEARLY = 1e-9
"""The same where the sum of squares does not fall any more."""
_PATIENCE, _GAIN = 25, 1e-6
"""A search that gains less than this share in so many iterations creeps along a ridge: it ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Parameters (k,), fitted values (n,), their derivatives (n, k), the sum of squares, and how it ended."""

    parameters: np.ndarray
    fitted: np.ndarray
    slopes: np.ndarray
    rss: float
    iterations: int
    converged: bool


def slopes_of(function: Function, parameters: np.ndarray) -> np.ndarray:
    """Return derivatives by the parameters, (n, k): central differences of the fourth order."""
    found = []
    for place, value in enumerate(parameters.tolist()):
        step = 1e-3 * max(abs(value), 1e-2)
        moved = []
        for times in (-2.0, -1.0, 1.0, 2.0):
            point = parameters.copy()
            point[place] = value + times * step
            moved.append(function(point))
        a, b, c, d = moved
        own = (8 * (c - b) - (d - a)) / (12 * step)
        if not np.isfinite(own).all():
            own = (moved[2] - moved[1]) / (2 * step)
        found.append(own)
    return np.column_stack(found)


def search(
    y: np.ndarray,
    function: Function,
    start: np.ndarray,
    weights: np.ndarray,
    progress: Progress,
    iterate: int,
    tolerance: float,
) -> Found | None:
    """Return the parameters of least weighted squares; None where the start has no fitted values."""

    def squares(fitted: np.ndarray) -> float:
        errors = y - fitted
        return float(weights @ errors**2) if np.isfinite(errors).all() else np.inf

    point, fitted = start.astype(np.float64), function(start.astype(np.float64))
    rss = squares(fitted)
    if not np.isfinite(rss):
        return None
    progress(0, rss)
    damping, converged, iteration = 0.0, False, 0
    history = [rss]
    root = np.sqrt(weights)
    while iteration < iterate:
        slopes = slopes_of(function, point)
        if not np.isfinite(slopes).all():
            break
        J, errors = slopes * root[:, None], (y - fitted) * root
        scale = np.sqrt((J**2).sum(axis=0))
        scale = np.where(scale > 0, scale, 1.0)
        whole = np.linalg.lstsq(J / scale, errors, rcond=1e-14)[0]
        # Bates and Watts's relative offset: what the derivatives explain of the residuals.
        offset = float(np.sum((J / scale @ whole) ** 2)) / rss if rss > 0 else 0.0
        if offset <= _OFFSET:
            converged = True
            break
        taken = None
        for _ in range(_REDUCTIONS):
            extended = np.vstack([J / scale, np.sqrt(damping) * np.eye(len(point))])
            target = np.concatenate([errors, np.zeros(len(point))])
            step = np.linalg.lstsq(extended, target, rcond=1e-14)[0] / scale
            trial = point + step
            reached = function(trial)
            if squares(reached) <= rss * (1 + 1e-14):
                taken = (trial, reached)
                break
            damping = max(10 * damping, 1e-4)
        iteration += 1
        if taken is None:
            converged = True  # nothing near is better
            break
        before, moved = rss, np.max(np.abs(taken[0] - point) / (np.abs(point) + tolerance))
        point, fitted = taken
        rss = squares(fitted)
        damping /= 10
        progress(iteration, rss)
        history.append(rss)
        # On a ridge the last digits of the sum of squares are rounding while parameters still move.
        level = before - rss <= 1e-13 * before
        if moved <= tolerance or (level and offset <= _NEARLY):
            converged = True
            break
        if len(history) > _PATIENCE and history[-1 - _PATIENCE] - rss <= _GAIN * rss:
            break
    return Found(point, fitted, slopes_of(function, point), rss, iteration, converged)
