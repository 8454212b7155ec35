"""Newton's method with exact second derivatives, and the record of its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

_EXACT = 1e-16
"""Twice the log likelihood that is still to gain where another step would change nothing."""

_PATIENCE = ((100, 1.0), (500, 20.0))
"""(Iterations, multiple of `ltolerance`): a search whose last so many gained less on average has no end."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Log likelihood, its gradient (k,), and the negative second derivatives (k, k)."""

    log_likelihood: float
    gradient: np.ndarray
    information: np.ndarray


class Likelihood(Protocol):
    """A log likelihood of k standardised parameters."""

    @property
    def transform(self) -> np.ndarray:
        """T with b = T b*, from standardised parameters to the user's; shape (k, k)."""
        ...

    def start(self) -> np.ndarray:
        """Parameters to begin with, shape (k,)."""
        ...

    def evaluate(self, parameters: np.ndarray) -> Evaluation: ...

    def log_likelihood(self, parameters: np.ndarray) -> float: ...

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        """Return sums of scores by cluster, (n_clusters, k).

        Without codes the sum of their outer products, (k, k), frequency weights counted.
        """
        ...


@dataclass(frozen=True, slots=True)
class Tolerances:
    """When to stop; Stata's names and defaults."""

    iterate: int = 16000
    tolerance: float = 1e-6
    ltolerance: float = 1e-7
    nrtolerance: float = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """Where the search ended.

    Attributes
    ----------
    parameters : ndarray, shape (k,)
        The user's scale.
    covariance : ndarray, shape (k, k)
        Inverse of the information; zero rows where there is none.
    log_likelihood : float
    history : tuple of float
        Log likelihood by iteration.
    converged : bool
    standardised : ndarray, shape (k,)
        The parameters as the likelihood takes them.
    """

    parameters: np.ndarray
    covariance: np.ndarray
    log_likelihood: float
    history: tuple[float, ...]
    converged: bool
    standardised: np.ndarray


Progress = Callable[[int, float, str], None]
"""progress(iteration, log likelihood, remark such as `(not concave)`)."""


def maximise(
    likelihood: Likelihood, progress: Progress | None = None, limits: Tolerances | None = None
) -> Maximum:
    """Maximise a log likelihood.

    Raises
    ------
    FloatingPointError
        Where the log likelihood cannot be evaluated at the start.
    """
    limits = limits or Tolerances()
    with np.errstate(all="ignore"):
        return _search(likelihood, progress, limits)


def _search(likelihood: Likelihood, progress: Progress | None, limits: Tolerances) -> Maximum:
    point = likelihood.start()
    here = likelihood.evaluate(point)
    if not np.isfinite(here.log_likelihood):
        raise FloatingPointError("the log likelihood cannot be evaluated at the starting values")
    history = [here.log_likelihood]
    converged, change = False, np.inf
    step, decrement = np.zeros_like(point), 0.0
    for iteration in range(limits.iterate + 1):
        step, concave = _direction(here)
        decrement = float(step @ here.gradient)
        moved = iteration > 0
        gain = abs(history[-1] - history[-2]) / (1 + abs(history[-2])) if moved else np.inf
        settled = change <= limits.tolerance or gain <= limits.ltolerance
        converged = concave and settled and decrement <= limits.nrtolerance
        # A start that is the maximum already needs no step.
        converged = converged or (not moved and concave and decrement <= 1e-18 * (1 + abs(history[0])))
        if progress is not None:
            progress(iteration, here.log_likelihood, "" if concave else "(not concave)")
        if converged or iteration == limits.iterate or not np.isfinite(here.information).all():
            break
        if _stalled(history, limits):
            break
        taken = _line_search(likelihood, point, step, here.log_likelihood)
        if taken is None:
            converged = concave and decrement <= limits.nrtolerance
            break
        change = float(np.max(np.abs(taken - point) / (1 + np.abs(point)), initial=0.0))
        point = taken
        here = likelihood.evaluate(point)
        history.append(here.log_likelihood)
    if converged and decrement > _EXACT:
        # The step that is left costs one evaluation and doubles the digits; the log does not show it.
        taken = _line_search(likelihood, point, step, here.log_likelihood)
        if taken is not None:
            point = taken
            here = likelihood.evaluate(point)
    transform = likelihood.transform
    covariance = transform @ inverse_information(here.information) @ transform.T
    return Maximum(
        transform @ point,
        (covariance + covariance.T) / 2,
        here.log_likelihood,
        tuple(history),
        converged,
        point,
    )


def _stalled(history: list[float], limits: Tolerances) -> bool:
    """Return whether the search creeps: a model that the data do not identify has a ridge, or no maximum."""
    for length, multiple in _PATIENCE:
        if len(history) > length:
            before = history[-length - 1]
            if history[-1] - before <= length * multiple * limits.ltolerance * (1 + abs(before)):
                return True
    return False


def _direction(here: Evaluation) -> tuple[np.ndarray, bool]:
    """Return the Newton step and whether the function is concave here; else a step of raised curvature."""
    if not len(here.gradient):
        return here.gradient, True
    scale = np.sqrt(np.maximum(here.information.diagonal(), 1e-300))
    scaled = here.information / np.outer(scale, scale)
    if not np.isfinite(scaled).all():
        return np.zeros_like(here.gradient), False
    values, vectors = np.linalg.eigh(scaled)
    concave = bool(values[0] > 1e-12 * values[-1])
    if not concave:
        values = np.maximum(np.abs(values), 1e-4 * np.abs(values).max())
    return vectors @ ((vectors.T @ (here.gradient / scale)) / values) / scale, concave


def _line_search(
    likelihood: Likelihood, point: np.ndarray, step: np.ndarray, value: float
) -> np.ndarray | None:
    """Return the point reached: half of the step as long as the log likelihood falls; None for nowhere."""
    length = 1.0
    for _ in range(40):
        trial = point + length * step
        reached = likelihood.log_likelihood(trial)
        if np.isfinite(reached) and reached >= value - 1e-12 * abs(value):
            return trial
        length /= 2
    return None


def inverse_information(information: np.ndarray) -> np.ndarray:
    """Return the inverse; rows of parameters without curvature, or with one beyond all numbers, are zero."""
    out = np.zeros_like(information)
    curved = np.flatnonzero((information.diagonal() > 0) & np.isfinite(information).all(axis=0))
    if not len(curved):
        return out
    inner = information[np.ix_(curved, curved)]
    scale = np.sqrt(inner.diagonal())
    values, vectors = np.linalg.eigh(inner / np.outer(scale, scale))
    positive = values > 1e-14 * values[-1]
    inverse = (vectors[:, positive] / values[positive]) @ vectors[:, positive].T
    out[np.ix_(curved, curved)] = inverse / np.outer(scale, scale)
    return out
