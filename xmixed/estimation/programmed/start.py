"""Where the search for a maximum begins: a point at which there is a log likelihood, then a better one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xmixed.errors import StataError

_TRIALS = 200
_DOUBLINGS = 20

Total = Callable[[np.ndarray], float]
Report = Callable[[str, float], None]


def found_start(
    total: Total, initial: np.ndarray, parts: Sequence[slice], constants: Sequence[int], report: Report
) -> np.ndarray:
    """Return coefficients to begin with, (k,).

    Constants are drawn where there is no log likelihood, then all coefficients are multiplied by powers
    of two, and then those of each equation; each step is reported with its log likelihood.

    Parameters
    ----------
    parts : sequence of slice
        The coefficients of each equation.
    constants : sequence of int
        Places of constants.

    Raises
    ------
    StataError
        r(1400) where no point is found.
    """
    point, value = initial, total(initial)
    report("initial:", value)
    if not np.isfinite(value):
        point, value = _feasible(total, initial, constants)
        report("feasible:", value)
    elif not point.any() and constants:
        other, reached = _feasible(total, initial, constants, trials=10, needed=False)
        report("alternative:", reached)
        if reached > value:
            point, value = other, reached
    if not point.any():
        report("rescale:", value)
        return point
    point, value = _scaled(total, point, value, slice(None))
    report("rescale:", value)
    if len(parts) > 1:
        for part in parts:
            point, value = _scaled(total, point, value, part)
        report("rescale eq:", value)
    return point


def _feasible(
    total: Total, initial: np.ndarray, constants: Sequence[int], trials: int = _TRIALS, needed: bool = True
) -> tuple[np.ndarray, float]:
    """Return the first point with a log likelihood whose constants are drawn; r(1400) for none."""
    generator = np.random.default_rng(12345)  # the user's own numbers are not touched
    for trial in range(trials):
        point = initial.copy()
        size = 2.0 ** (trial % 10 - 1)
        point[list(constants)] += generator.uniform(-size, size, len(constants))
        value = total(point)
        if np.isfinite(value):
            return point, value
    if needed:
        raise StataError(1400, "could not find feasible values")
    return initial, -np.inf


def _scaled(total: Total, point: np.ndarray, value: float, part: slice) -> tuple[np.ndarray, float]:
    """Return the best of the multiples by powers of two of some coefficients."""
    for factor in (2.0, 0.5, -1.0):
        for _ in range(_DOUBLINGS if factor > 0 else 1):
            trial = point.copy()
            trial[part] *= factor
            reached = total(trial)
            if not reached > value:
                break
            point, value = trial, reached
    return point, value
