"""Log likelihoods whose rows, or total, a program gives: of linear predictors or of the coefficients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from xmixed.estimation.equations.sample import Equation
from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.newton import Evaluation
from xmixed.estimation.programmed.differences import Derivatives, derivatives

Evaluator = Callable[[np.ndarray], np.ndarray]
"""evaluator(point): log likelihood of each row (n,), or their sum (1,), NaN where there is none."""


def _total(rows: np.ndarray, weights: np.ndarray | None) -> float:
    if not np.isfinite(rows).all():
        return -np.inf
    return float(rows.sum() if weights is None else rows @ weights)


def _products(scores: np.ndarray, weights: np.ndarray | None, frequencies: bool) -> np.ndarray:
    """Return the sum of outer products of scores (n, k); a row of frequency w stands for w rows."""
    if weights is None:
        return scores.T @ scores
    own = weights if frequencies else weights**2
    return scores.T @ (scores * own[:, None])


def _clustered(
    scores: np.ndarray, weights: np.ndarray | None, codes: np.ndarray | None, count: int, frequencies: bool
) -> np.ndarray:
    """See `newton.Likelihood.scores`."""
    if codes is None:
        return _products(scores, weights, frequencies)
    weighted = scores if weights is None else scores * weights[:, None]
    return np.column_stack([np.bincount(codes, own, minlength=count) for own in weighted.T])


@dataclass(frozen=True, slots=True, eq=False)
class OfPredictors:
    """See `newton.Likelihood`: each row depends on K linear predictors (method lf).

    Attributes
    ----------
    evaluator : Evaluator
        Of the predictors, (K, n).
    designs : tuple of K Design
    values : tuple of K arrays, (p, n)
        Standardised columns.
    offsets : tuple of K arrays, (n,), or None
    weights : ndarray, shape (n,), or None
    initial : ndarray, shape (k,)
        Standardised.
    steps : ndarray, shape (K,)
    """

    evaluator: Evaluator
    designs: tuple[Design, ...]
    values: tuple[np.ndarray, ...]
    offsets: tuple[np.ndarray | None, ...]
    weights: np.ndarray | None
    frequencies: bool
    initial: np.ndarray
    steps: np.ndarray

    @property
    def transform(self) -> np.ndarray:
        return np.asarray(block_diag(*(own.back for own in self.designs)))

    def start(self) -> np.ndarray:
        return self.initial

    @property
    def parts(self) -> list[slice]:
        """Where the coefficients of each predictor stand."""
        ends = np.cumsum([own.size for own in self.designs])
        return [slice(int(end) - own.size, int(end)) for end, own in zip(ends, self.designs, strict=True)]

    def _etas(self, parameters: np.ndarray) -> np.ndarray:
        etas = []
        for part, values, offset in zip(self.parts, self.values, self.offsets, strict=True):
            eta = parameters[part] @ values
            etas.append(eta if offset is None else eta + offset)
        return np.array(etas)

    def _derivatives(self, parameters: np.ndarray) -> Derivatives:
        etas = self._etas(parameters)

        def moved(distances: dict[int, float]) -> np.ndarray:
            point = etas.copy()
            for place, distance in distances.items():
                point[place] += distance
            return self.evaluator(point)

        return derivatives(moved, self.evaluator(etas), self.steps)

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return _total(self.evaluator(self._etas(parameters)), self.weights)

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        found = self._derivatives(parameters)
        w = np.ones(len(found.values)) if self.weights is None else self.weights
        k = len(parameters)
        gradient, information = np.zeros(k), np.zeros((k, k))
        for i, (rows, left) in enumerate(zip(self.parts, self.values, strict=True)):
            gradient[rows] = left @ (w * found.first[i])
            for j, (columns, right) in enumerate(zip(self.parts, self.values, strict=True)):
                information[rows, columns] = -(left * (w * found.second[i, j])) @ right.T
        return Evaluation(_total(found.values, self.weights), gradient, (information + information.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        first = self._derivatives(parameters).first
        rows = np.vstack([values * own for values, own in zip(self.values, first, strict=True)]).T
        return _clustered(rows, self.weights, codes, n_clusters, self.frequencies)


@dataclass(frozen=True, slots=True, eq=False)
class OfCoefficients:
    """See `newton.Likelihood`: a function of all coefficients (methods lf0 and d0).

    Attributes
    ----------
    evaluator : Evaluator
        Of the coefficients in the user's units, (k,): rows (n,), or their weighted sum (1,).
    back : ndarray, shape (k, k)
        From standardised coefficients to the user's.
    weights : ndarray, shape (n,), or None
        None where the evaluator sums.
    """

    evaluator: Evaluator
    back: np.ndarray
    weights: np.ndarray | None
    frequencies: bool
    initial: np.ndarray
    steps: np.ndarray

    @property
    def transform(self) -> np.ndarray:
        return self.back

    def start(self) -> np.ndarray:
        return self.initial

    def _derivatives(self, parameters: np.ndarray) -> Derivatives:
        def moved(distances: dict[int, float]) -> np.ndarray:
            point = parameters.copy()
            for place, distance in distances.items():
                point[place] += distance
            return self.evaluator(self.back @ point)

        return derivatives(moved, self.evaluator(self.back @ parameters), self.steps)

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return _total(self.evaluator(self.back @ parameters), self.weights)

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        found = self._derivatives(parameters)
        w = np.ones(len(found.values)) if self.weights is None else self.weights
        return Evaluation(_total(found.values, self.weights), found.first @ w, -(found.second @ w))

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        rows = self._derivatives(parameters).first.T
        return _clustered(rows, self.weights, codes, n_clusters, self.frequencies)


def likelihood_of(
    equations: Sequence[Equation],
    n: int,
    weights: np.ndarray | None,
    frequencies: bool,
    initial: np.ndarray,
    evaluator: Evaluator,
    kind: str,
) -> OfPredictors | OfCoefficients:
    """Return the likelihood of equations over n rows.

    Parameters
    ----------
    initial : ndarray, shape (k,)
        In the user's units.
    kind : str
        "predictors", "rows" or "total": what the evaluator takes or gives.
    """
    designs = tuple(Design.of(own.columns, n) for own in equations)
    back = np.asarray(block_diag(*(own.back for own in designs)))
    start = np.linalg.solve(back, initial)
    if kind != "predictors":
        own = weights if kind == "rows" else None
        return OfCoefficients(evaluator, back, own, frequencies, start, np.full(len(start), 1e-2))
    values = tuple(np.hstack([block for _, block in own.blocks()]) for own in designs)
    offsets = tuple(own.offset for own in equations)
    steps = np.full(len(designs), 1e-2)
    return OfPredictors(evaluator, designs, values, offsets, weights, frequencies, start, steps)
