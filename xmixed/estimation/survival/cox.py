"""The partial likelihood of Cox's model, with exact derivatives and score residuals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xmixed.estimation.likelihood.newton import Evaluation
from xmixed.statistics.survival.risk_sets import RiskSets


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """At some coefficients.

    Attributes
    ----------
    relative : ndarray, shape (n,)
        exp(eta) times the weight.
    denominators : ndarray, shape (E,)
        One for each failure with Efron's method, one for each time with Breslow's.
    means : ndarray, shape (E, p)
    """

    relative: np.ndarray
    denominators: np.ndarray
    means: np.ndarray


@dataclass(eq=False)
class PartialLikelihood:
    """See `newton.Likelihood`.

    Attributes
    ----------
    X : ndarray, shape (n, p)
        Standardised columns.
    transform : ndarray, shape (p, p)
    offset : ndarray, shape (n,)
    sets : RiskSets
    efron : bool
        Efron's method for ties; else Breslow's.
    frequencies : bool
        Whether weights count observations.
    """

    X: np.ndarray
    transform: np.ndarray
    offset: np.ndarray
    sets: RiskSets
    efron: bool = False
    frequencies: bool = True

    def start(self) -> np.ndarray:
        return np.zeros(self.X.shape[1])

    @cached_property
    def _events(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each denominator: its failure time, its weight, and the share of tied failures that is out."""
        own = self.sets.spells
        place = self.sets.place[own.failed]
        count = np.bincount(place, minlength=len(self.sets.times))
        total = np.bincount(place, own.weights[own.failed], minlength=len(self.sets.times))
        if not self.efron:
            return np.arange(len(count)), total, np.zeros(len(count))
        time = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(time)) - np.repeat(np.cumsum(count) - count, count)
        return time, (total / count)[time], number / count[time]

    def _sums(self, parameters: np.ndarray) -> tuple[np.ndarray, _Sums]:
        eta = self.X @ parameters + self.offset
        # Only differences within strata count: large values do not overflow.
        eta = eta - eta.max(initial=0.0)
        relative = np.exp(eta) * self.sets.spells.weights
        columns = np.column_stack([relative, self.X * relative[:, None]])
        risk = self.sets.at_risk(columns)
        time, _, share = self._events
        whole = risk[time]
        if self.efron:
            whole = whole - share[:, None] * self.sets.failing(columns)[time]
        return eta, _Sums(relative, whole[:, 0], whole[:, 1:] / whole[:, :1])

    def log_likelihood(self, parameters: np.ndarray) -> float:
        own = self.sets.spells
        eta, sums = self._sums(parameters)
        _, weight, _ = self._events
        return float(own.weights[own.failed] @ eta[own.failed] - weight @ np.log(sums.denominators))

    def _hazards(self, sums: _Sums) -> tuple[np.ndarray, np.ndarray]:
        """Return for each observation the hazard and hazard times mean that it has been at risk of."""
        time, weight, share = self._events
        step = weight / sums.denominators
        columns = np.column_stack([step, step[:, None] * sums.means])
        size = len(self.sets.times)
        total = np.stack([np.bincount(time, column, minlength=size) for column in columns.T], axis=1)
        found = self.sets.accumulated(total)
        if self.efron:
            own = self.sets.spells.failed
            out = np.stack(
                [np.bincount(time, share * column, minlength=size) for column in columns.T], axis=1
            )
            found[own] -= out[self.sets.place[own]]
        return found[:, 0], found[:, 1:]

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        own = self.sets.spells
        eta, sums = self._sums(parameters)
        _, weight, _ = self._events
        ll = float(own.weights[own.failed] @ eta[own.failed] - weight @ np.log(sums.denominators))
        gradient = own.weights[own.failed] @ self.X[own.failed] - weight @ sums.means
        hazard, _ = self._hazards(sums)
        information = (self.X * (sums.relative * hazard)[:, None]).T @ self.X
        information -= (sums.means * weight[:, None]).T @ sums.means
        return Evaluation(ll, gradient, (information + information.T) / 2)

    def score_residuals(self, parameters: np.ndarray) -> np.ndarray:
        """Return each observation's addition to the gradient, weights left out, (n, p)."""
        own = self.sets.spells
        _, sums = self._sums(parameters)
        hazard, means = self._hazards(sums)
        relative = np.where(own.weights > 0, sums.relative / own.weights, 0.0)
        found = -relative[:, None] * (self.X * hazard[:, None] - means)
        found[own.failed] += self.X[own.failed] - self._means_at_failure(sums)[self.sets.place[own.failed]]
        return found

    def _means_at_failure(self, sums: _Sums) -> np.ndarray:
        """Return the mean of the risk set at each failure time; with ties that of its denominators."""
        time, weight, _ = self._events
        size = len(self.sets.times)
        total = np.bincount(time, weight, minlength=size)
        columns = (sums.means * weight[:, None]).T
        return (
            np.stack([np.bincount(time, column, minlength=size) for column in columns], axis=1)
            / total[:, None]
        )

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        """See `newton.Likelihood`."""
        w = self.sets.spells.weights
        own = self.score_residuals(parameters)
        if codes is None:
            return (own * (w if self.frequencies else w**2)[:, None]).T @ own
        weighted = own * w[:, None]
        return np.stack([np.bincount(codes, column, minlength=n_clusters) for column in weighted.T], axis=1)

    def schoenfeld(self, parameters: np.ndarray) -> np.ndarray:
        """Return X less the mean of its risk set of those who fail, (failures, p), standardised columns."""
        _, sums = self._sums(parameters)
        own = self.sets.spells.failed
        return self.X[own] - self._means_at_failure(sums)[self.sets.place[own]]

    def baseline(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each observation's cumulative baseline hazard at its exit, and what it was at risk of."""
        eta, sums = self._sums(parameters)
        shift = float((self.X @ parameters + self.offset).max(initial=0.0))
        time, weight, _ = self._events
        step = np.bincount(time, weight / sums.denominators, minlength=len(self.sets.times)) * np.exp(-shift)
        total = np.cumsum(step)
        # From the first failure time of its own stratum on.
        stratum = self.sets.stratum
        first = np.searchsorted(stratum, np.arange(int(self.sets.strata.max(initial=0)) + 1))
        before = np.concatenate([[0.0], total])
        whole = before[self.sets.last] - before[first[self.sets.strata]]
        hazard, _ = self._hazards(sums)
        relative = np.where(self.sets.spells.weights > 0, sums.relative / self.sets.spells.weights, 0.0)
        return whole, relative * hazard
