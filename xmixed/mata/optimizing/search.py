"""Ways to a maximum: Newton's method, BFGS, DFP, Nelder and Mead's simplex; Stata's criteria."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

MOST_HALVINGS = 30


class Objective(Protocol):
    """What is maximised, with its derivatives."""

    def value(self, at: np.ndarray) -> float:
        """Return the value; NaN where there is none."""
        ...

    def gradient(self, at: np.ndarray) -> np.ndarray:
        """Return the gradient, shape (k,)."""
        ...

    def hessian(self, at: np.ndarray) -> np.ndarray:
        """Return the second derivatives, shape (k, k)."""
        ...


@dataclass(frozen=True)
class Criteria:
    """When a search ends.

    Attributes
    ----------
    ptol, vtol, nrtol : float
        Relative change of parameters, of the value; size of g inv(-H) g'.
    iterations : int
    ignore_nrtol : bool
    """

    ptol: float = 1e-6
    vtol: float = 1e-7
    nrtol: float = 1e-5
    iterations: int = 16_000
    ignore_nrtol: bool = False


@dataclass
class Found:
    """Where a search ended.

    Attributes
    ----------
    at : ndarray, shape (k,)
    value : float
    gradient, hessian : ndarray, shapes (k,), (k, k)
    converged : bool
    iterations : int
    values : list of float
        After each iteration, the start first.
    before : ndarray, shape (k,)
        Parameters before the last iteration.
    """

    at: np.ndarray
    value: float
    gradient: np.ndarray
    hessian: np.ndarray
    converged: bool = False
    iterations: int = 0
    values: list[float] = field(default_factory=list)
    before: np.ndarray | None = None


Tell = Callable[[int, float, str], None]
"""Told of each iteration: its number, the value, a remark."""


def newton(objective: Objective, start: np.ndarray, criteria: Criteria, tell: Tell) -> Found:
    """Maximise by Newton's method; where the function is not concave, along a direction that is made so."""
    value = objective.value(start)
    found = Found(start, value, objective.gradient(start), objective.hessian(start), values=[value])
    while True:
        direction, concave = _newton_direction(found.gradient, found.hessian)
        scaled = float(found.gradient @ direction)
        if concave and _is_flat(found, scaled, criteria):
            found.converged = True
        remark = "" if concave else "(not concave)"
        tell(found.iterations, found.value, remark)
        if found.converged or found.iterations >= criteria.iterations:
            return found
        moved, value = _search(objective, found.at, found.value, direction, stretch=not concave)
        if moved is None:
            found.converged = concave and scaled < criteria.nrtol
            return found
        found.before, found.at, found.value = found.at, moved, value
        found.values.append(value)
        found.iterations += 1
        found.gradient, found.hessian = objective.gradient(moved), objective.hessian(moved)


def _is_flat(found: Found, scaled: float, criteria: Criteria) -> bool:
    """Return whether parameters or value no longer change, and the gradient is small."""
    if found.before is None or scaled >= criteria.nrtol and not criteria.ignore_nrtol:
        return False
    before, value = found.before, found.values[-2]
    changed = np.max(np.abs(found.at - before) / (np.abs(before) + 1))
    return bool(changed < criteria.ptol or abs(found.value - value) / (abs(value) + 1) < criteria.vtol)


def _newton_direction(gradient: np.ndarray, hessian: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the step to the top of the parabola, and whether there is one; else of a stiffer one."""
    values, vectors = np.linalg.eigh(-(hessian + hessian.T) / 2)
    largest = float(np.max(np.abs(values), initial=1e-8))
    concave = bool(np.all(values > 1e-12 * largest))
    if not concave:
        values = np.maximum(np.abs(values), 1e-3 * largest)
    return vectors @ ((vectors.T @ gradient) / values), concave


def _search(
    objective: Objective, at: np.ndarray, value: float, direction: np.ndarray, stretch: bool = False
) -> tuple[np.ndarray | None, float]:
    """Return a better point along a direction and its value; None where there is none."""
    step = 1.0
    for _ in range(MOST_HALVINGS):
        moved = at + step * direction
        new = objective.value(moved)
        if new >= value:
            break
        step /= 2
    else:
        return None, value
    while stretch and (further := objective.value(at + 2 * step * direction)) > new:
        step, new = 2 * step, further
    return at + step * direction, new


def quasi_newton(
    objective: Objective, start: np.ndarray, criteria: Criteria, tell: Tell, dfp: bool = False
) -> Found:
    """Maximise by BFGS or DFP: the inverse of -H is made of changes of the gradient."""
    value = objective.value(start)
    found = Found(start, value, objective.gradient(start), np.zeros((len(start), len(start))), values=[value])
    size = float(np.linalg.norm(found.gradient))
    inverse = np.eye(len(start)) / max(1.0, size)
    tell(0, value, "")
    while found.iterations < criteria.iterations:
        direction = inverse @ found.gradient
        moved, new = _search(objective, found.at, found.value, direction, stretch=True)
        if moved is None:
            break
        step, before = moved - found.at, found.value
        gradient = objective.gradient(moved)
        change = found.gradient - gradient
        flat = np.max(np.abs(step) / (np.abs(found.at) + 1)) < criteria.ptol
        flat |= abs(new - before) / (abs(before) + 1) < criteria.vtol
        found.at, found.value, found.gradient = moved, new, gradient
        found.iterations += 1
        found.values.append(new)
        inverse = _updated(inverse, step, change, dfp)
        tell(found.iterations, new, "")
        if flat and (criteria.ignore_nrtol or float(gradient @ inverse @ gradient) < criteria.nrtol):
            break
    found.hessian = objective.hessian(found.at)
    direction, concave = _newton_direction(found.gradient, found.hessian)
    found.converged = concave and float(found.gradient @ direction) < criteria.nrtol
    return found


def _updated(inverse: np.ndarray, step: np.ndarray, change: np.ndarray, dfp: bool) -> np.ndarray:
    curvature = float(step @ change)
    if curvature <= 1e-14 * float(np.linalg.norm(step) * np.linalg.norm(change)):
        return inverse
    if dfp:
        along = inverse @ change
        return inverse + np.outer(step, step) / curvature - np.outer(along, along) / float(change @ along)
    left = np.eye(len(step)) - np.outer(step, change) / curvature
    return left @ inverse @ left.T + np.outer(step, step) / curvature


def simplex(
    objective: Objective, start: np.ndarray, deltas: np.ndarray, criteria: Criteria, tell: Tell
) -> Found:
    """Maximise by Nelder and Mead's simplex, from the start and its corners `deltas` away."""
    from scipy.optimize import minimize

    corners = np.vstack([start, start + np.diag(deltas)])
    values = [objective.value(start)]
    tell(0, values[0], "")

    def negative(at: np.ndarray) -> float:
        value = objective.value(at)
        return -value if np.isfinite(value) else np.inf

    def after(at: np.ndarray) -> None:
        values.append(objective.value(at))
        tell(len(values) - 1, values[-1], "")

    most = min(criteria.iterations, 100_000)
    options = {"initial_simplex": corners, "maxiter": most, "xatol": criteria.ptol, "fatol": criteria.vtol}
    ended = minimize(negative, start, method="Nelder-Mead", callback=after, options=options)
    at = np.asarray(ended.x)
    gradient, hessian = objective.gradient(at), objective.hessian(at)
    return Found(at, objective.value(at), gradient, hessian, bool(ended.success), len(values) - 1, values)
