"""Outcomes given a linear predictor: log likelihoods with three derivatives along it, and along cut points.

Of every row: the log likelihood, its slope, the negative second slope (the weight w) and the slope of w.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

_ROOT = np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Bent:
    """At the modes of the random effects, (n,) each: slope, weight w = -slope', and w'."""

    slope: np.ndarray
    weight: np.ndarray
    third: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class CutSlopes:
    """Derivatives along the cut point above (first row) and below (second), (2, n) each.

    Of the log likelihood, of its slope along the linear predictor, and of the weight.
    """

    ll: np.ndarray
    slope: np.ndarray
    weight: np.ndarray


class Response(Protocol):
    """Outcomes of n rows."""

    @property
    def cuts(self) -> int:
        """Cut points among the parameters."""
        ...

    def values(self, eta: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log likelihood and slope of each row."""
        ...

    def bent(self, eta: np.ndarray, cuts: np.ndarray) -> Bent: ...


# --- successes out of trials ------------------------------------------------------------------------------

Derivatives = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""A function's values and its first three derivatives."""


def _log_logistic(eta: np.ndarray) -> Derivatives:
    p = special.expit(eta)
    q = special.expit(-eta)
    return special.log_expit(eta), q, -p * q, -p * q * (q - p)


def _log_normal(eta: np.ndarray) -> Derivatives:
    log = special.log_ndtr(eta)
    ratio = np.exp(-0.5 * eta**2 - log) / _ROOT
    first = -ratio * (ratio + eta)
    return log, ratio, first, -first * (2 * ratio + eta) - ratio


def _log_gompertz(eta: np.ndarray) -> Derivatives:
    """The logarithm of 1 - exp(-exp(eta))."""
    hazard = np.exp(eta)
    log = np.log(-np.expm1(-hazard))
    ratio = hazard / np.expm1(hazard)
    slope = ratio * (1 - hazard - ratio)
    return log, ratio, slope, slope * (1 - hazard - ratio) + ratio * (-hazard - slope)


def _log_gompertz_failure(eta: np.ndarray) -> Derivatives:
    hazard = -np.exp(eta)
    return hazard, hazard, hazard, hazard


def _mirrored(function: Callable[[np.ndarray], Derivatives]) -> Callable[[np.ndarray], Derivatives]:
    def values(eta: np.ndarray) -> Derivatives:
        own, first, second, third = function(-eta)
        return own, -first, second, -third

    return values


SUCCESS = {"logit": _log_logistic, "probit": _log_normal, "cloglog": _log_gompertz}
FAILURE = {
    "logit": _mirrored(_log_logistic),
    "probit": _mirrored(_log_normal),
    "cloglog": _log_gompertz_failure,
}


@dataclass(frozen=True, slots=True, eq=False)
class Binomial:
    """Successes out of numbers of trials, (n,) each; `link` logit, probit or cloglog."""

    successes: np.ndarray
    trials: np.ndarray
    link: str
    cuts: int = 0

    def _both(self, eta: np.ndarray) -> list[np.ndarray]:
        failures = self.trials - self.successes
        pairs = zip(SUCCESS[self.link](eta), FAILURE[self.link](eta), strict=True)
        return [self.successes * yes + failures * no for yes, no in pairs]

    def values(self, eta: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Response`."""
        ll, slope, _, _ = self._both(eta)
        return ll, slope

    def bent(self, eta: np.ndarray, cuts: np.ndarray) -> Bent:
        """See `Response`."""
        _, slope, second, third = self._both(eta)
        return Bent(slope, -second, -third)

    @property
    def constant(self) -> float:
        """What the log likelihood has beside its rows: the binomial coefficients."""
        m, y = self.trials, self.successes
        return float(np.sum(special.gammaln(m + 1) - special.gammaln(y + 1) - special.gammaln(m - y + 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Poisson counts, (n,)."""

    y: np.ndarray
    cuts: int = 0

    def values(self, eta: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Response`."""
        mean = np.exp(eta)
        return self.y * eta - mean, self.y - mean

    def bent(self, eta: np.ndarray, cuts: np.ndarray) -> Bent:
        """See `Response`."""
        mean = np.exp(eta)
        return Bent(self.y - mean, mean, mean)

    @property
    def constant(self) -> float:
        return -float(np.sum(special.gammaln(self.y + 1)))


# --- categories in order ----------------------------------------------------------------------------------


def _logistic(x: np.ndarray) -> Derivatives:
    p = special.expit(x)
    f = p * special.expit(-x)
    return p, f, f * (1 - 2 * p), f * (1 - 6 * f)


def _normal(x: np.ndarray) -> Derivatives:
    f = np.exp(-0.5 * x**2) / _ROOT
    known = np.where(np.isfinite(x), x, 0.0)
    return special.ndtr(x), f, -known * f, (known**2 - 1) * f


DISTRIBUTIONS = {"logit": _logistic, "probit": _normal}


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """Categories 0, 1, ..., cuts of n rows: the outcome is the number of cut points below a latent value."""

    codes: np.ndarray
    cuts: int
    link: str

    constant = 0.0

    def _ends(self, eta: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        whole = np.concatenate([[-np.inf], cuts, [np.inf]])
        return whole[self.codes + 1] - eta, whole[self.codes] - eta

    def _probability(self, above: np.ndarray, below: np.ndarray) -> np.ndarray:
        """Return F(above) - F(below), from the tail in which it has the most digits."""
        function = special.expit if self.link == "logit" else special.ndtr
        upper = above + below > 0
        first = np.where(upper, -below, above)
        second = np.where(upper, -above, below)
        return function(first) - function(second)

    def values(self, eta: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Response`."""
        above, below = self._ends(eta, cuts)
        own = self._probability(above, below)
        distribution = DISTRIBUTIONS[self.link]
        return np.log(own), (distribution(below)[1] - distribution(above)[1]) / own

    def _parts(self, eta: np.ndarray, cuts: np.ndarray) -> tuple[CutSlopes, np.ndarray]:
        above, below = self._ends(eta, cuts)
        own = self._probability(above, below)
        u, A, A1 = (part / own for part in DISTRIBUTIONS[self.link](above)[1:])
        v, B, B1 = (part / own for part in DISTRIBUTIONS[self.link](below)[1:])
        u_a, u_b, v_a, v_b = A - u * u, u * v, -u * v, B + v * v
        # The slope is v - u, the weight its derivative along both ends.
        slope_a, slope_b = v_a - u_a, v_b - u_b
        weight_a = -2 * (u_a * v + u * v_a) - (A1 - A * u) + 2 * u * u_a - B * u + 2 * v * v_a
        weight_b = -2 * (u_b * v + u * v_b) - A * v + 2 * u * u_b + (B1 + B * v) + 2 * v * v_b
        slopes = CutSlopes(np.array([u, -v]), np.array([slope_a, slope_b]), np.array([weight_a, weight_b]))
        return slopes, v - u

    def bent(self, eta: np.ndarray, cuts: np.ndarray) -> Bent:
        """See `Response`."""
        slopes, slope = self._parts(eta, cuts)
        return Bent(slope, slopes.slope.sum(axis=0), -slopes.weight.sum(axis=0))

    def cut_slopes(self, eta: np.ndarray, cuts: np.ndarray) -> CutSlopes:
        return self._parts(eta, cuts)[0]

    def by_cut(self, slopes: np.ndarray) -> np.ndarray:
        """Return what each row adds along each cut point, (n, cuts), from slopes along the two of a row."""
        found = np.zeros((len(self.codes), self.cuts + 2))
        rows = np.arange(len(self.codes))
        found[rows, self.codes + 1] += slopes[0]
        found[rows, self.codes] += slopes[1]
        return found[:, 1:-1]
