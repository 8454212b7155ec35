"""Derivatives by central differences of two steps, extrapolated (Richardson): of fourth order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], float]
"""A function of parameters, shape (k,); NaN where it has no value."""

SMALL, LARGE = 1e-6, 1e-4
"""Between these shares of the function's size its second difference over a step should lie."""


class NoDerivatives(Exception):
    """The function has no value near a point, or does not change."""


def steps(function: Function, at: np.ndarray, value: float) -> np.ndarray:
    """Return steps along each parameter over which the function bends by a share of its size, shape (k,)."""
    found = np.empty(len(at))
    size = abs(value) + 1e-3
    for place in range(len(at)):
        step = 1e-2 * max(abs(at[place]), 1e-1)
        for _ in range(30):
            bend = (
                abs(_moved(function, at, place, step) + _moved(function, at, place, -step) - 2 * value) / size
            )
            if not bend <= LARGE:
                step /= 3
            elif bend < SMALL and step < 0.3 * max(abs(at[place]), 1.0):
                step *= 2
            else:
                break
        found[place] = step
    return found


def _moved(function: Function, at: np.ndarray, place: int, step: float) -> float:
    point = at.copy()
    point[place] += step
    return function(point)


def gradient(function: Function, at: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return the gradient, shape (k,); NoDerivatives where the function has no value."""
    found = np.empty(len(at))
    for place in range(len(at)):
        wide, narrow = (
            (_moved(function, at, place, h) - _moved(function, at, place, -h)) / (2 * h)
            for h in (step[place], step[place] / 2)
        )
        found[place] = (4 * narrow - wide) / 3
    return _known(found)


def jacobian(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return derivatives of a function with values of shape (m,), as columns: shape (m, k)."""
    columns = []
    for place in range(len(at)):
        differences = []
        for h in (step[place], step[place] / 2):
            upper, lower = at.copy(), at.copy()
            upper[place] += h
            lower[place] -= h
            differences.append((function(upper) - function(lower)) / (2 * h))
        columns.append((4 * differences[1] - differences[0]) / 3)
    return _known(np.column_stack(columns))


def second_derivatives(function: Function, at: np.ndarray, value: float, step: np.ndarray) -> np.ndarray:
    """Return the second derivatives, shape (k, k); NoDerivatives where the function has no value."""
    wide, narrow = (_second(function, at, value, h) for h in (step, step / 2))
    return _known((4 * narrow - wide) / 3)


def _second(function: Function, at: np.ndarray, value: float, step: np.ndarray) -> np.ndarray:
    size = len(at)
    found = np.empty((size, size))
    for i in range(size):
        ends = [_moved(function, at, i, sign * step[i]) for sign in (1, -1)]
        found[i, i] = (ends[0] + ends[1] - 2 * value) / step[i] ** 2
        for j in range(i):
            total = 0.0
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                point = at.copy()
                point[i] += a * step[i]
                point[j] += b * step[j]
                total += a * b * function(point)
            found[i, j] = found[j, i] = total / (4 * step[i] * step[j])
    return found


def _known(found: np.ndarray) -> np.ndarray:
    if not np.isfinite(found).all():
        raise NoDerivatives
    return found
