"""Ordered logit and probit: categories are intervals of X b + error between cut points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from xmixed.estimation.likelihood.design import Design
from xmixed.estimation.likelihood.families import ScoreSums
from xmixed.estimation.likelihood.newton import Evaluation

_ROOT = np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True, eq=False)
class _Slopes:
    """Log probability of each row and its slopes along the upper and lower cut, first and negative second."""

    ll: np.ndarray
    upper: np.ndarray
    lower: np.ndarray
    upper2: np.ndarray
    lower2: np.ndarray
    both: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """The log likelihood of ordered categories.

    Parameters are p standardised slopes and the cut points; with centred columns the cuts move by the means.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Categories from 0.
    n_categories : int
    design : Design
        Without a constant.
    kind : str
        logit or probit.
    shares : ndarray, shape (n_categories,)
        Observed shares, none of them zero.
    frequencies : bool
    """

    codes: np.ndarray
    n_categories: int
    design: Design
    kind: str
    shares: np.ndarray
    frequencies: bool = False

    @property
    def size(self) -> int:
        return self.design.size + self.n_categories - 1

    @property
    def transform(self) -> np.ndarray:
        p = self.design.size
        whole = np.eye(self.size)
        whole[:p, :p] = self.design.back
        whole[p:, :p] = self.design.centers @ self.design.back
        return whole

    def start(self) -> np.ndarray:
        below = np.cumsum(self.shares)[:-1]
        cuts = special.logit(below) if self.kind == "logit" else special.ndtri(below)
        return np.concatenate([np.zeros(self.design.size), cuts])

    def _blocks(self, parameters: np.ndarray) -> Iterator[tuple[slice, np.ndarray, _Slopes]]:
        p = self.design.size
        cuts = np.concatenate([[-np.inf], parameters[p:], [np.inf]])
        for rows, values in self.design.blocks():
            eta = parameters[:p] @ values + self.design.of_rows(self.design.offset, rows, 0.0)
            own = self.codes[rows]
            yield rows, values, _slopes(cuts[own + 1] - eta, cuts[own] - eta, self.kind)

    def log_likelihood(self, parameters: np.ndarray) -> float:
        if np.any(np.diff(parameters[self.design.size :]) <= 0):
            return -np.inf
        return sum(
            float(self.design.of_rows(self.design.weights, rows, 1.0) @ slopes.ll)
            for rows, _, slopes in self._blocks(parameters)
        )

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        p, cuts = self.design.size, self.n_categories - 1
        ll, gradient, information = 0.0, np.zeros(self.size), np.zeros((self.size, self.size))
        for rows, values, slopes in self._blocks(parameters):
            weights, own = self.design.of_rows(self.design.weights, rows, 1.0), self.codes[rows]
            ll += float(weights @ slopes.ll)
            up, down = weights * slopes.upper, weights * slopes.lower
            up2, down2, both = weights * slopes.upper2, weights * slopes.lower2, weights * slopes.both
            gradient[:p] -= values @ (up + down)
            gradient[p:] += _by_cut(up, own, cuts) + _by_cut(down, own - 1, cuts)
            information[:p, :p] += (values * (up2 + down2 + 2 * both)) @ values.T
            information[p:, p:] += np.diag(_by_cut(up2, own, cuts) + _by_cut(down2, own - 1, cuts))
            # A category between two cuts ties them: cut j - 1 with cut j.
            tied = _by_cut(both, own - 1, cuts)[: cuts - 1]
            information[p:, p:] += np.diag(tied, 1) + np.diag(tied, -1)
            for place, column in enumerate(values):
                crossed = _by_cut(column * (up2 + both), own, cuts)
                crossed += _by_cut(column * (down2 + both), own - 1, cuts)
                information[place, p:] -= crossed
                information[p:, place] -= crossed
        return Evaluation(ll, gradient, (information + information.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        p = self.design.size
        sums = ScoreSums(self.design, codes, n_clusters, self.size, self.frequencies)
        for rows, values, slopes in self._blocks(parameters):
            own = np.zeros((self.size, values.shape[1]))
            own[:p] = -values * (slopes.upper + slopes.lower)
            for cut in range(self.n_categories - 1):
                own[p + cut] = np.where(self.codes[rows] == cut, slopes.upper, 0.0)
                own[p + cut] += np.where(self.codes[rows] == cut + 1, slopes.lower, 0.0)
            sums.add(rows, own)
        return sums.total


def _by_cut(values: np.ndarray, cut: np.ndarray, n_cuts: int) -> np.ndarray:
    """Sum values by cut; rows whose cut lies outside 0 ... n_cuts - 1 belong to none."""
    return np.bincount(cut + 1, values, minlength=n_cuts + 2)[1 : n_cuts + 1]


def _slopes(upper: np.ndarray, lower: np.ndarray, kind: str) -> _Slopes:
    """Log of F(upper) - F(lower) and its derivatives."""
    # The difference is taken in the tail where both are small.
    flipped = lower > 0
    high, low = np.where(flipped, -lower, upper), np.where(flipped, -upper, lower)
    distribution = special.expit if kind == "logit" else special.ndtr
    probability = np.maximum(distribution(high) - distribution(low), 1e-300)
    density, slope = _density(upper, kind)
    density_low, slope_low = _density(lower, kind)
    a, b = density / probability, density_low / probability
    return _Slopes(
        np.log(probability), a, -b, a**2 - slope / probability, b**2 + slope_low / probability, -a * b
    )


def _density(at: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the density and its slope; both are zero at infinity."""
    if kind == "logit":
        share = special.expit(at)
        density = share * special.expit(-at)
        return density, density * (1 - 2 * share)
    finite = np.where(np.isfinite(at), at, 0.0)
    density = np.where(np.isfinite(at), np.exp(-0.5 * finite**2) / _ROOT, 0.0)
    return density, -finite * density
