"""Likelihoods of a linear predictor and one parameter more; negative binomial counts with a dispersion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.families import ScoreSums
from xmixed.estimation.likelihood.newton import Evaluation


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Log likelihood of each row, its slopes along eta and tau, and the negative second ones; each (n,)."""

    ll: np.ndarray
    eta: np.ndarray
    tau: np.ndarray
    eta2: np.ndarray
    tau2: np.ndarray
    both: np.ndarray


def mean_dispersion(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
    """Variance mu + alpha mu^2 with alpha = exp(tau) and mu = exp(eta)."""
    mu, m = np.exp(eta), np.exp(-tau)
    total = m + mu
    log_share = -np.log1p(mu / m)
    ll = special.gammaln(m + y) - special.gammaln(y + 1) - special.gammaln(m)
    ll += m * log_share + special.xlogy(y, mu / total)
    slope = special.digamma(m + y) - special.digamma(m) + log_share + (mu - y) / total
    curvature = special.polygamma(1, m + y) - special.polygamma(1, m) + 1 / m - 1 / total
    curvature -= (mu - y) / total**2
    return Slopes(
        ll,
        (y - mu) * m / total,
        -m * slope,
        mu * m * (m + y) / total**2,
        -(m * slope + m**2 * curvature),
        m * (y - mu) * mu / total**2,
    )


def constant_dispersion(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
    """Variance (1 + delta) mu with delta = exp(tau) and mu = exp(eta)."""
    mu, delta = np.exp(eta), np.exp(tau)
    r = mu / delta
    ll = special.gammaln(r + y) - special.gammaln(y + 1) - special.gammaln(r)
    ll += -r * np.log1p(delta) + y * (tau - np.log1p(delta))
    slope = special.digamma(r + y) - special.digamma(r) - np.log1p(delta)
    second = r * slope + r**2 * (special.polygamma(1, r + y) - special.polygamma(1, r))
    share = delta / (1 + delta)
    return Slopes(
        ll,
        r * slope,
        -r * slope + (y - mu) / (1 + delta),
        -second,
        -(second + r * share - (y - mu) * share / (1 + delta)),
        second + r * share,
    )


DISPERSIONS: dict[str, Callable[[np.ndarray, np.ndarray, float], Slopes]] = {
    "mean": mean_dispersion,
    "constant": constant_dispersion,
}


@dataclass(frozen=True, slots=True, eq=False)
class Dispersed:
    """A log likelihood of p standardised coefficients and one parameter more, tau.

    Attributes
    ----------
    y : ndarray, shape (n,) or (n, m)
    design : Design
    slopes : callable(y, eta, tau) -> Slopes
    initial : ndarray, shape (p + 1,)
    frequencies : bool
        Whether weights count observations.
    """

    y: np.ndarray
    design: Design
    slopes: Callable[[np.ndarray, np.ndarray, float], Slopes]
    initial: np.ndarray
    frequencies: bool = False

    @property
    def transform(self) -> np.ndarray:
        whole = np.eye(self.design.size + 1)
        whole[:-1, :-1] = self.design.back
        return whole

    def start(self) -> np.ndarray:
        return self.initial

    def _blocks(self, parameters: np.ndarray) -> Iterator[tuple[slice, np.ndarray, Slopes]]:
        for rows, values in self.design.blocks():
            eta = parameters[:-1] @ values + self.design.of_rows(self.design.offset, rows, 0.0)
            yield rows, values, self.slopes(self.y[rows], eta, float(parameters[-1]))

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return sum(
            float(self.design.of_rows(self.design.weights, rows, 1.0) @ slopes.ll)
            for rows, _, slopes in self._blocks(parameters)
        )

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        size = self.design.size
        ll, gradient, information = 0.0, np.zeros(size + 1), np.zeros((size + 1, size + 1))
        for rows, values, slopes in self._blocks(parameters):
            weights = self.design.of_rows(self.design.weights, rows, 1.0)
            ll += float(weights @ slopes.ll)
            gradient[:size] += values @ (weights * slopes.eta)
            gradient[size] += weights @ slopes.tau
            information[:size, :size] += (values * (weights * slopes.eta2)) @ values.T
            information[:size, size] += values @ (weights * slopes.both)
            information[size, size] += weights @ slopes.tau2
        information[size, :size] = information[:size, size]
        return Evaluation(ll, gradient, (information + information.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        sums = ScoreSums(self.design, codes, n_clusters, self.design.size + 1, self.frequencies)
        for rows, values, slopes in self._blocks(parameters):
            sums.add(rows, np.vstack([values * slopes.eta, slopes.tau]))
        return sums.total
