"""Likelihoods of one linear predictor: logit, probit, cloglog, poisson."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.newton import Evaluation

Pointwise = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
"""pointwise(y, eta): log likelihood, its slope along eta, the negative second slope; each (n,)."""


def logit(y: np.ndarray, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    probability = special.expit(eta)
    return -np.logaddexp(0.0, np.where(y > 0, -eta, eta)), y - probability, probability * (1 - probability)


def probit(y: np.ndarray, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sign = np.where(y > 0, 1.0, -1.0)
    ll = special.log_ndtr(sign * eta)
    mills = sign * np.exp(-0.5 * eta**2 - ll) / np.sqrt(2 * np.pi)
    return ll, mills, mills * (mills + eta)


def cloglog(y: np.ndarray, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """P(y = 1) = 1 - exp(-exp(eta))."""
    hazard = np.exp(eta)
    ratio = hazard / np.expm1(hazard)
    positive = y > 0
    ll = np.where(positive, np.log(-np.expm1(-hazard)), -hazard)
    return ll, np.where(positive, ratio, -hazard), np.where(positive, ratio * (ratio + hazard - 1), hazard)


def poisson(y: np.ndarray, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean = np.exp(eta)
    return y * eta - mean - special.gammaln(y + 1), y - mean, mean


@dataclass(frozen=True, slots=True, eq=False)
class SinglePredictor:
    """The log likelihood of outcomes that depend on X b + offset.

    Attributes
    ----------
    y : ndarray, shape (n,)
    design : Design
    pointwise : Pointwise
    initial : ndarray, shape (p,)
        Standardised coefficients to start from.
    frequencies : bool
        Whether weights count observations.
    """

    y: np.ndarray
    design: Design
    pointwise: Pointwise
    initial: np.ndarray
    frequencies: bool = False

    @property
    def transform(self) -> np.ndarray:
        return self.design.back

    def start(self) -> np.ndarray:
        return self.initial

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        ll, gradient = 0.0, np.zeros(self.design.size)
        information = np.zeros((self.design.size, self.design.size))
        for rows, values in self.design.blocks():
            weights = self.design.of_rows(self.design.weights, rows, 1.0)
            own, slope, curvature = self.pointwise(self.y[rows], self._eta(parameters, rows, values))
            ll += float(weights @ own)
            gradient += values @ (weights * slope)
            information += (values * (weights * curvature)) @ values.T
        return Evaluation(ll, gradient, (information + information.T) / 2)

    def log_likelihood(self, parameters: np.ndarray) -> float:
        ll = 0.0
        for rows, values in self.design.blocks():
            own = self.pointwise(self.y[rows], self._eta(parameters, rows, values))[0]
            ll += float(self.design.of_rows(self.design.weights, rows, 1.0) @ own)
        return ll

    def _eta(self, parameters: np.ndarray, rows: slice, values: np.ndarray) -> np.ndarray:
        return parameters @ values + self.design.of_rows(self.design.offset, rows, 0.0)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        sums = ScoreSums(self.design, codes, n_clusters, self.design.size, self.frequencies)
        for rows, values in self.design.blocks():
            slope = self.pointwise(self.y[rows], self._eta(parameters, rows, values))[1]
            sums.add(rows, values * slope)
        return sums.total


class ScoreSums:
    """Sums of weighted scores by cluster, or of their outer products; filled by blocks of rows."""

    def __init__(
        self, design: Design, codes: np.ndarray | None, n_clusters: int, size: int, frequencies: bool
    ) -> None:
        self.design, self.codes, self.frequencies = design, codes, frequencies
        self.total = np.zeros((size if codes is None else n_clusters, size))

    def add(self, rows: slice, scores: np.ndarray) -> None:
        """Take in the unweighted scores of a block, shape (k, rows)."""
        weights = self.design.of_rows(self.design.weights, rows, 1.0)
        if self.codes is None:
            outer = weights if self.frequencies else weights**2
            self.total += (scores * outer) @ scores.T
            return
        for place, own in enumerate(scores * weights):
            self.total[:, place] += np.bincount(self.codes[rows], own, minlength=len(self.total))
