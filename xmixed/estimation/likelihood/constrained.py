"""Maximum likelihood under linear constraints: the search goes along what they leave free."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.estimation.likelihood.newton import (
    Evaluation,
    Likelihood,
    Maximum,
    Progress,
    Tolerances,
    maximise,
)


@dataclass(frozen=True, slots=True, eq=False)
class Along:
    """See `newton.Likelihood`: of c, where the parameters are `origin` + `basis` c.

    Attributes
    ----------
    whole : Likelihood
    origin : ndarray, shape (k,)
        Standardised.
    basis : ndarray, shape (k, m)
    """

    whole: Likelihood
    origin: np.ndarray
    basis: np.ndarray

    def at(self, free: np.ndarray) -> np.ndarray:
        return self.origin + self.basis @ free

    @property
    def transform(self) -> np.ndarray:
        return np.eye(self.basis.shape[1])

    def start(self) -> np.ndarray:
        return np.linalg.lstsq(self.basis, self.whole.start() - self.origin, rcond=None)[0]

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return self.whole.log_likelihood(self.at(parameters))

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        own = self.whole.evaluate(self.at(parameters))
        information = self.basis.T @ own.information @ self.basis
        return Evaluation(own.log_likelihood, self.basis.T @ own.gradient, information)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        own = self.whole.scores(self.at(parameters), codes, n_clusters)
        return self.basis.T @ own @ self.basis if codes is None else own @ self.basis


@dataclass(frozen=True, slots=True, eq=False)
class Constrained:
    """A maximum under constraints, in the user's units, and the likelihood along what was free."""

    maximum: Maximum
    along: Along

    def robust(self, n: float, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        """Return the sandwich M/(M-1) D (sum ss') D of scores s by observation or cluster, (k, k)."""
        carry = self.along.whole.transform @ self.along.basis
        inverse = np.linalg.pinv(carry)
        bread = inverse @ self.maximum.covariance @ inverse.T
        free = np.linalg.lstsq(self.along.basis, self.maximum.standardised - self.along.origin, rcond=None)[0]
        summed = self.along.scores(free, codes, n_clusters)
        units, meat = (n, summed) if codes is None else (n_clusters, summed.T @ summed)
        inner = carry @ bread @ meat @ bread @ carry.T * (units / (units - 1))
        return (inner + inner.T) / 2


def maximise_under(
    likelihood: Likelihood,
    origin: np.ndarray,
    basis: np.ndarray,
    progress: Progress | None = None,
    limits: Tolerances | None = None,
) -> Constrained:
    """Maximise where the parameters in the user's units are `origin` + `basis` c for some c.

    Parameters
    ----------
    origin, basis : arrays (k,) and (k, m)
        See `Restrictions.solved`.
    """
    transform = likelihood.transform
    start, directions = np.linalg.solve(transform, origin), np.linalg.solve(transform, basis)
    along = Along(likelihood, start, directions)
    found = maximise(along, progress, limits)
    point = along.at(found.standardised)
    covariance = basis @ found.covariance @ basis.T
    return Constrained(
        replace(found, parameters=transform @ point, covariance=covariance, standardised=point), along
    )
