"""The likelihood of binary outcomes given their sums in groups (Gail, Lubin, Rubinstein 1981, Biometrika)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xmixed.estimation.likelihood.newton import Evaluation

_STEP = 1e-5


@dataclass(eq=False)
class ConditionalLikelihood:
    """See `newton.Likelihood`.

    Every group has a log likelihood y'eta - ln f(k), f(k) the sum over all ways to choose k of its rows of
    the exponential of their eta, which is built up row by row, all groups at once.

    Attributes
    ----------
    y : ndarray, shape (n,)
    X : ndarray, shape (n, p)
        Standardised columns.
    transform : ndarray, shape (p, p)
    offset : ndarray, shape (n,)
    codes : ndarray of int, shape (n,)
        Groups from 0.
    weights : ndarray, shape (groups,)
    """

    y: np.ndarray
    X: np.ndarray
    transform: np.ndarray
    offset: np.ndarray
    codes: np.ndarray
    weights: np.ndarray

    def start(self) -> np.ndarray:
        return np.zeros(self.X.shape[1])

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows sorted by group, their numbers within groups from 0, and the sizes of groups."""
        order = np.argsort(self.codes, kind="stable")
        sizes = np.bincount(self.codes)
        starts = np.cumsum(sizes) - sizes
        number = np.arange(len(order)) - np.repeat(starts, sizes)
        return order, number, sizes

    @cached_property
    def _sums(self) -> np.ndarray:
        return np.bincount(self.codes, self.y).astype(np.int64)

    def group_scores(self, parameters: np.ndarray, gradient: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Return log likelihoods and gradients by group, (G,) and (G, p)."""
        eta = self.X @ parameters + self.offset
        order, number, sizes = self._order
        groups = len(sizes)
        largest = np.full(groups, -np.inf)
        np.maximum.at(largest, self.codes, eta)
        scaled = np.exp(eta - largest[self.codes])
        most, p = int(self._sums.max(initial=0)), self.X.shape[1]
        f = np.zeros((groups, most + 1))
        f[:, 0] = 1.0
        log_scale = np.zeros(groups)
        slopes = np.zeros((groups, most + 1, p if gradient else 0))
        for place in range(int(sizes.max(initial=0))):
            rows = order[number == place]
            own = self.codes[rows]
            e = scaled[rows][:, None]
            if gradient:
                step = slopes[own, :-1] + self.X[rows][:, None, :] * f[own, :-1, None]
                slopes[own, 1:] += e[..., None] * step
            f[own, 1:] += e * f[own, :-1]
            # Divided by a number of each group as they grow.
            size = f[own].max(axis=1)
            f[own] /= size[:, None]
            if gradient:
                slopes[own] /= size[:, None, None]
            log_scale[own] += np.log(size)
        at = np.arange(groups), self._sums
        chosen = np.bincount(self.codes, self.y * (eta - largest[self.codes]), minlength=groups)
        ll = chosen - np.log(f[at]) - log_scale
        if not gradient:
            return ll, np.zeros((groups, 0))
        mean = slopes[at] / f[at][:, None]
        weighted = np.empty((groups, p))
        for place, column in enumerate(self.X.T):
            weighted[:, place] = np.bincount(self.codes, self.y * column, minlength=groups)
        return ll, weighted - mean

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return float(self.weights @ self.group_scores(parameters, gradient=False)[0])

    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        return self.weights @ self.group_scores(parameters)[1]

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        """Return log likelihood, gradient, and second derivatives as differences of the gradient."""
        ll, scores = self.group_scores(parameters)
        size = len(parameters)
        second = np.zeros((size, size))
        for place, move in enumerate(_STEP * np.eye(size)):
            second[place] = (self.gradient(parameters + move) - self.gradient(parameters - move)) / (
                2 * _STEP
            )
        return Evaluation(float(self.weights @ ll), self.weights @ scores, -(second + second.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        """See `newton.Likelihood`; `codes` are of the groups."""
        own = self.group_scores(parameters)[1]
        if codes is None:
            return (own * self.weights[:, None]).T @ own
        weighted = own * self.weights[:, None]
        return np.stack([np.bincount(codes, column, minlength=n_clusters) for column in weighted.T], axis=1)
