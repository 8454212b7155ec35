"""First and second derivatives of functions that can be evaluated only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_AIM, _LEAST, _MOST = 1e-4, 1e-7, 1e-2
"""Relative size of a second difference: rounding costs digits below, higher derivatives do above."""
_HALVINGS = 12
_NOISE = 1e-13
"""Relative second difference that is rounding alone."""

Moved = Callable[[dict[int, float]], np.ndarray]
"""moved({coordinate: distance}): the values at a point so many steps away, (m,); NaN where there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """Values (m,), first (k, m) and second (k, k, m) derivatives by k coordinates."""

    values: np.ndarray
    first: np.ndarray
    second: np.ndarray


def _axis(moved: Moved, values: np.ndarray, place: int, step: float) -> tuple[float, list[np.ndarray]]:
    """Return a step along a coordinate, and the values at -2, -1, 1 and 2 such steps.

    The step is changed until second differences are neither rounding nor ruled by higher derivatives.
    """
    size = float(np.mean(np.abs(values))) + 1e-300
    for attempt in range(_HALVINGS):
        one = [moved({place: sign * step}) for sign in (-1.0, 1.0)]
        whole = all(np.isfinite(own).all() for own in one)
        if whole:
            ratio = float(np.mean(np.abs(one[0] - 2 * values + one[1]))) / size
            straight = ratio <= _NOISE and attempt > 2  # no curvature: any step does
            if straight or _LEAST <= ratio <= _MOST:
                two = [moved({place: sign * 2 * step}) for sign in (-1.0, 1.0)]
                if all(np.isfinite(own).all() for own in two):
                    return step, [two[0], *one, two[1]]
                step /= 8
                continue
            step *= float(np.clip(np.sqrt(_AIM / max(ratio, 1e-300)), 1e-3, 30.0))
        else:
            step /= 8
    two = [moved({place: sign * 2 * step}) for sign in (-1.0, 1.0)]
    one = [moved({place: sign * step}) for sign in (-1.0, 1.0)]
    return step, [two[0], *one, two[1]]


def derivatives(moved: Moved, values: np.ndarray, steps: np.ndarray) -> Derivatives:
    """Return derivatives by central differences with errors of the fourth order.

    Parameters
    ----------
    values : ndarray, shape (m,)
        At the point itself.
    steps : ndarray, shape (k,)
        Along each coordinate; those that were found better are left in it.
    """
    k, m = len(steps), len(values)
    first, second = np.zeros((k, m)), np.zeros((k, k, m))
    for place in range(k):
        h, (a, b, c, d) = _axis(moved, values, place, float(steps[place]))
        steps[place] = h
        first[place] = (8 * (c - b) - (d - a)) / (12 * h)
        second[place, place] = (16 * (b + c) - (a + d) - 30 * values) / (12 * h * h)
    for i in range(k):
        for j in range(i):
            second[i, j] = second[j, i] = _mixed(moved, i, j, float(steps[i]), float(steps[j]))
    return Derivatives(values, first, second)


def _mixed(moved: Moved, i: int, j: int, h: float, g: float) -> np.ndarray:
    """Return the derivative by two coordinates; next to an edge with smaller steps."""
    found = np.full(1, np.nan)
    for attempt in range(_HALVINGS):
        near, far = (_cross(moved, i, j, size * h, size * g) for size in (4.0**-attempt, 2 * 4.0**-attempt))
        found = (4 * near - far) / 3
        if np.isfinite(found).all():
            break
    return found


def _cross(moved: Moved, i: int, j: int, h: float, g: float) -> np.ndarray:
    same = moved({i: h, j: g}) + moved({i: -h, j: -g})
    other = moved({i: h, j: -g}) + moved({i: -h, j: g})
    return (same - other) / (4 * h * g)
