"""Generalised estimating equations: correlations from residuals and coefficients from correlations, in turn.

Liang and Zeger (1986), Biometrika 73. The sum over panels of D'V^-1 (y - mu) is zero, D being the slopes of
the means and V the variances with the working correlation; V is taken anew from the residuals at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.generalized.families import Family, Link, start
from xmixed.estimation.population.panels import Panels
from xmixed.estimation.population.working import Structure
from xmixed.statistics.linear.blocks import Column

STARTING_STEPS, STARTING_TOLERANCE = 100, 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is solved.

    Attributes
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
        Columns as `transform` has made them.
    transform : ndarray, shape (k, k)
        Coefficients of the user's columns are transform times those of X.
    offset : ndarray, shape (n,), or float
    weights : ndarray, shape (G,)
        Of panels.
    trials : ndarray, shape (n,), or float
        Numbers of trials, whose shares y are; one for other outcomes.
    """

    y: np.ndarray
    X: np.ndarray
    transform: np.ndarray
    offset: np.ndarray | float
    weights: np.ndarray
    panels: Panels
    structure: Structure
    family: Family
    link: Link
    trials: np.ndarray | float = 1.0

    @classmethod
    def of(
        cls,
        y: np.ndarray,
        columns: Sequence[Column],
        offset: np.ndarray | float,
        weights: np.ndarray,
        panels: Panels,
        structure: Structure,
        family: Family,
        link: Link,
        trials: np.ndarray | float = 1.0,
    ) -> Problem:
        """Return the problem with centred and scaled columns, which must be independent."""
        k = len(columns)
        X, transform = np.ones((len(y), k)), np.eye(k)
        constant = next((place for place, own in enumerate(columns) if own is None), None)
        for place, column in enumerate(columns):
            if column is not None:
                center = float(column.mean()) if constant is not None else 0.0
                X[:, place] = column - center
                scale = float(np.sqrt(np.mean(X[:, place] ** 2))) or 1.0
                X[:, place] /= scale
                transform[place, place] = 1.0 / scale
                if constant is not None:
                    transform[constant, place] = -center / scale
        return cls(y, X, transform, offset, weights, panels, structure, family, link, trials)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Where the iterations ended.

    Attributes
    ----------
    beta : ndarray, shape (k,)
        Coefficients of the user's columns.
    bread : ndarray, shape (k, k)
        Inverse of the sum of D'V^-1 D, for a scale of one.
    scores : ndarray, shape (G, k)
        D'V^-1 (y - mu) of each panel, without its weight, for a scale of one.
    R : ndarray, shape (T, T)
    mu : ndarray, shape (n,)
    converged : bool
    difference : float
        Of the last step.
    """

    beta: np.ndarray
    bread: np.ndarray
    scores: np.ndarray
    R: np.ndarray
    mu: np.ndarray
    converged: bool
    difference: float


def pearson(problem: Problem, mu: np.ndarray) -> np.ndarray:
    """Return residuals in terms of their standard deviation at a scale of one."""
    return (problem.y - mu) / _spread(problem, mu)


def _spread(problem: Problem, mu: np.ndarray) -> np.ndarray:
    return np.sqrt(problem.family.variance(mu) / problem.trials)


def solve(
    problem: Problem, tolerance: float, most: int, progress: Callable[[int, float], None] | None
) -> Solution:
    """Solve the equations.

    Parameters
    ----------
    tolerance : float
        Largest relative change of a coefficient at which iterations end.
    most : int
        Number of iterations.
    progress : callable(iteration, change) or None

    Raises
    ------
    StataError
        r(430) where the working correlations are not positive definite.
    FloatingPointError
        Where a mean cannot be evaluated.
    """
    beta = _independent(problem)
    change, number = np.inf, 0
    while change > tolerance and number < most:
        number += 1
        moved = beta + _step(problem, beta, _working(problem, beta))[0]
        own, before = problem.transform @ moved, problem.transform @ beta
        change = float(np.max(np.abs(own - before) / (np.abs(before) + 1.0)))
        beta = moved
        if progress is not None:
            progress(number, change)
    R = _working(problem, beta)
    _, bread, scores, mu = _step(problem, beta, R)
    A = problem.transform
    whole = A @ bread @ A.T
    return Solution(
        beta=A @ beta,
        bread=(whole + whole.T) / 2,
        scores=np.linalg.solve(A.T, scores.T).T,
        R=R,
        mu=mu,
        converged=change <= tolerance,
        difference=change,
    )


def _means(problem: Problem, beta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mu and its slopes along the linear predictor."""
    eta = problem.X @ beta + problem.offset
    mu, slope = problem.link.mean(eta), problem.link.slope(eta)
    if not np.all(np.isfinite(mu) & np.isfinite(slope)) or not np.all(problem.family.variance(mu) > 0):
        raise FloatingPointError
    return mu, slope


def _working(problem: Problem, beta: np.ndarray) -> np.ndarray:
    mu, _ = _means(problem, beta)
    return problem.structure.correlations(pearson(problem, mu), problem.panels, problem.weights)


def _step(
    problem: Problem, beta: np.ndarray, R: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the change of the coefficients, the bread, the scores of panels and mu."""
    mu, slope = _means(problem, beta)
    spread = _spread(problem, mu)
    D = problem.X * (slope / spread)[:, None]
    residual = (problem.y - mu) / spread
    k = D.shape[1]
    information, scores = np.zeros((k, k)), np.zeros((len(problem.weights), k))
    for batch in problem.panels:
        own = D[batch.rows]
        pulled = problem.structure.solved(R, batch, own)
        weighted = pulled * problem.weights[batch.panels][:, None, None]
        information += np.tensordot(own, weighted, axes=((0, 1), (0, 1)))
        scores[batch.panels] = np.einsum("gmk,gm->gk", pulled, residual[batch.rows])
    bread = np.linalg.inv((information + information.T) / 2)
    return bread @ (problem.weights @ scores), bread, scores, mu


def _independent(problem: Problem) -> np.ndarray:
    """Return the coefficients without correlations, by iteratively reweighted least squares."""
    eta = start(problem.family, problem.link, problem.y)
    weights = problem.weights[problem.panels.codes] * problem.trials
    beta = np.zeros(problem.X.shape[1])
    for _ in range(STARTING_STEPS):
        mu, slope = problem.link.mean(eta), problem.link.slope(eta)
        w = weights * slope**2 / problem.family.variance(mu)
        z = eta - problem.offset + (problem.y - mu) / slope
        moved = np.linalg.solve(problem.X.T @ (w[:, None] * problem.X), problem.X.T @ (w * z))
        change = float(np.max(np.abs(moved - beta) / (np.abs(beta) + 1.0)))
        beta = moved
        eta = problem.X @ beta + problem.offset
        if change < STARTING_TOLERANCE:
            break
    return beta
