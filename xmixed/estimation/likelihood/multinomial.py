"""Multinomial logit: log odds of each category against the base are linear."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.families import ScoreSums
from xmixed.estimation.likelihood.newton import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Multinomial:
    """The log likelihood of categories; parameters are m equations of p coefficients, one after the other.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Equation of the row's category, from 0; m for the base.
    n_equations : int
        m.
    design : Design
    initial : ndarray, shape (m p,)
    frequencies : bool
    """

    codes: np.ndarray
    n_equations: int
    design: Design
    initial: np.ndarray
    frequencies: bool = False

    @property
    def transform(self) -> np.ndarray:
        return np.kron(np.eye(self.n_equations), self.design.back)

    def start(self) -> np.ndarray:
        return self.initial

    def _probabilities(self, parameters: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the m linear predictors with a zero row for the base, and log sums of exponentials."""
        eta = np.zeros((self.n_equations + 1, values.shape[1]))
        eta[:-1] = parameters.reshape(self.n_equations, -1) @ values
        highest = eta.max(axis=0)
        return eta, highest + np.log(np.exp(eta - highest).sum(axis=0))

    def log_likelihood(self, parameters: np.ndarray) -> float:
        ll = 0.0
        for rows, values in self.design.blocks():
            eta, total = self._probabilities(parameters, values)
            own = eta[self.codes[rows], np.arange(eta.shape[1])] - total
            ll += float(self.design.of_rows(self.design.weights, rows, 1.0) @ own)
        return ll

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        m, p = self.n_equations, self.design.size
        ll, gradient, information = 0.0, np.zeros((m, p)), np.zeros((m, p, m, p))
        for rows, values in self.design.blocks():
            weights = self.design.of_rows(self.design.weights, rows, 1.0)
            eta, total = self._probabilities(parameters, values)
            ll += float(weights @ (eta[self.codes[rows], np.arange(eta.shape[1])] - total))
            share = np.exp(eta[:-1] - total)
            gradient += (((self.codes[rows] == np.arange(m)[:, None]) - share) * weights) @ values.T
            for first in range(m):
                for second in range(first + 1):
                    curvature = share[first] * ((first == second) - share[second]) * weights
                    part = (values * curvature) @ values.T
                    information[first, :, second] += part
                    if first != second:
                        information[second, :, first] += part
        whole = information.reshape(m * p, m * p)
        return Evaluation(ll, gradient.ravel(), (whole + whole.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        m = self.n_equations
        sums = ScoreSums(self.design, codes, n_clusters, m * self.design.size, self.frequencies)
        for rows, values in self.design.blocks():
            eta, total = self._probabilities(parameters, values)
            slope = (self.codes[rows] == np.arange(m)[:, None]) - np.exp(eta[:-1] - total)
            sums.add(rows, (slope[:, None, :] * values).reshape(-1, values.shape[1]))
        return sums.total
