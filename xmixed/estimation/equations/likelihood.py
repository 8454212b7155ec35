"""Log likelihoods that depend on several linear predictors, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.families import ScoreSums
from xmixed.estimation.likelihood.newton import Evaluation
from xmixed.statistics.linear.blocks import Column

Pointwise = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
"""pointwise(y (m, n), etas (K, n)): log likelihood of each row (n,), its slopes along etas (K, n)."""

_STEP = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """One linear predictor: its columns, its offset, and the size of a step along it that changes little."""

    columns: tuple[Column, ...] = (None,)
    offset: np.ndarray | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class SeveralPredictors:
    """See `newton.Likelihood`; second derivatives are differences of the slopes of rows.

    Attributes
    ----------
    y : ndarray, shape (m, n)
        Outcomes.
    pointwise : Pointwise
    predictors : tuple of K Predictor
    designs : tuple of K Design
    joint : Design
        The columns of all predictors one after the other, and the weights.
    initial : ndarray, shape (k,)
        Standardised.
    frequencies : bool
        Whether weights count observations.
    """

    y: np.ndarray
    pointwise: Pointwise
    predictors: tuple[Predictor, ...]
    designs: tuple[Design, ...]
    joint: Design
    initial: np.ndarray
    frequencies: bool = False

    @classmethod
    def of(
        cls,
        y: np.ndarray,
        pointwise: Pointwise,
        predictors: Sequence[Predictor],
        initial: Sequence[np.ndarray],
        weights: np.ndarray | None = None,
        frequencies: bool = False,
    ) -> SeveralPredictors:
        """Return a likelihood that starts at `initial`: each predictor's coefficients, in user's units."""
        n = y.shape[1]
        designs = tuple(Design.of(own.columns, n) for own in predictors)
        joint = Design(
            tuple(column for own in predictors for column in own.columns),
            n,
            weights,
            None,
            np.concatenate([own.centers for own in designs]),
            np.concatenate([own.scales for own in designs]),
            _joint_mixing(designs),
        )
        start = [own.standardised(np.asarray(b)) for own, b in zip(designs, initial, strict=True)]
        return cls(y, pointwise, tuple(predictors), designs, joint, np.concatenate(start), frequencies)

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

    def _blocks(self, parameters: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
        parts = self.parts
        for rows, values in self.joint.blocks():
            etas = np.array([parameters[own] @ values[own] for own in parts])
            for eta, predictor in zip(etas, self.predictors, strict=True):
                if predictor.offset is not None:
                    eta += predictor.offset[rows]
            yield rows, values, etas

    def log_likelihood(self, parameters: np.ndarray) -> float:
        total = 0.0
        for rows, _, etas in self._blocks(parameters):
            weights = self.joint.of_rows(self.joint.weights, rows, 1.0)
            total += float(weights @ self.pointwise(self.y[:, rows], etas)[0])
        return total

    def log_likelihoods(self, parameters: np.ndarray) -> np.ndarray:
        """Return the log likelihood of each row, without its weight, (n,)."""
        found = [self.pointwise(self.y[:, rows], etas)[0] for rows, _, etas in self._blocks(parameters)]
        return np.concatenate(found)

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        k = self.joint.size
        total, gradient, information = 0.0, np.zeros(k), np.zeros((k, k))
        for rows, values, etas in self._blocks(parameters):
            weights = self.joint.of_rows(self.joint.weights, rows, 1.0)
            ll, slopes = self.pointwise(self.y[:, rows], etas)
            total += float(weights @ ll)
            second = self._second(rows, etas)
            for first, own in enumerate(self.parts):
                gradient[own] += values[own] @ (weights * slopes[first])
                for other, theirs in enumerate(self.parts[: first + 1]):
                    part = -(values[own] * (weights * second[first, other])) @ values[theirs].T
                    information[own, theirs] += part
                    if other != first:
                        information[theirs, own] += part.T
        return Evaluation(total, gradient, (information + information.T) / 2)

    def _second(self, rows: slice, etas: np.ndarray) -> np.ndarray:
        """Return the second derivatives of each row along its predictors, (K, K, n)."""
        y, found = self.y[:, rows], np.empty((len(etas), *etas.shape))
        for place, predictor in enumerate(self.predictors):
            up, down = etas.copy(), etas.copy()
            up[place] += _STEP * predictor.scale
            down[place] -= _STEP * predictor.scale
            found[place] = (self.pointwise(y, up)[1] - self.pointwise(y, down)[1]) / (up[place] - down[place])
        return (found + found.transpose(1, 0, 2)) / 2

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        sums = ScoreSums(self.joint, codes, n_clusters, self.joint.size, self.frequencies)
        for rows, values, etas in self._blocks(parameters):
            slopes = self.pointwise(self.y[:, rows], etas)[1]
            own = values.copy()
            for part, slope in zip(self.parts, slopes, strict=True):
                own[part] *= slope
            sums.add(rows, own)
        return sums.total


def _joint_mixing(designs: Sequence[Design]) -> np.ndarray | None:
    """Return what the columns of all predictors are multiplied by; see `Design.mixing`."""
    if all(own.mixing is None for own in designs):
        return None
    each = [np.eye(own.size) if own.mixing is None else own.mixing for own in designs]
    return np.asarray(block_diag(*each))
