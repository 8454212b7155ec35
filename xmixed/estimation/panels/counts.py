"""Counts in panels: likelihoods of whole panels that depend on the rows' predictors and on few parameters.

Hausman, Hall and Griliches (1984), Econometrica 52.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special
from scipy.linalg import block_diag

from xmixed.estimation.likelihood.newton import Evaluation

_STEP = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Outcomes by panel: y (n,), codes of the panels from 0, (n,), and their number."""

    y: np.ndarray
    codes: np.ndarray
    count: int

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return sums by panel, (count,)."""
        return np.bincount(self.codes, values, minlength=self.count)


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Log likelihood of each panel (G,), slopes along the rows' eta (n,) and along parameters (a, G)."""

    ll: np.ndarray
    eta: np.ndarray
    parameters: np.ndarray


Model = Callable[[Panels, np.ndarray, np.ndarray], Slopes]
"""model(panels, eta (n,), parameters (a,))."""


def gamma_poisson(panels: Panels, eta: np.ndarray, parameters: np.ndarray) -> Slopes:
    """Poisson counts whose rates have a gamma effect of mean 1 and variance alpha; parameter ln alpha."""
    y, theta = panels.y, float(np.exp(-parameters[0]))
    rate = np.exp(eta)
    total, count = panels.sums(rate), panels.sums(y)
    row = panels.sums(y * eta - special.gammaln(y + 1))
    whole = theta + total
    ll = special.gammaln(theta + count) - special.gammaln(theta) + row
    ll += theta * np.log(theta / whole) - count * np.log(whole)
    pull = (theta + count) / whole
    along = special.digamma(theta + count) - special.digamma(theta) + np.log(theta / whole) + 1 - pull
    return Slopes(ll, y - rate * pull[panels.codes], -theta * along[None])


def conditional_poisson(panels: Panels, eta: np.ndarray, parameters: np.ndarray) -> Slopes:
    """Poisson counts given their sums in panels; no parameters."""
    y = panels.y
    largest = np.full(panels.count, -np.inf)
    np.maximum.at(largest, panels.codes, eta)
    own = np.exp(eta - largest[panels.codes])
    total, count = panels.sums(own), panels.sums(y)
    ll = special.gammaln(count + 1) + panels.sums(y * eta - special.gammaln(y + 1))
    ll -= count * (np.log(total) + largest)
    return Slopes(ll, y - own * (count / total)[panels.codes], np.zeros((0, panels.count)))


def _dispersed_rows(y: np.ndarray, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ln Gamma(rate + y) - ln Gamma(rate) - ln y! and its slope along the rate."""
    ll = special.gammaln(rate + y) - special.gammaln(rate) - special.gammaln(y + 1)
    return ll, special.digamma(rate + y) - special.digamma(rate)


def conditional_dispersed(panels: Panels, eta: np.ndarray, parameters: np.ndarray) -> Slopes:
    """Negative binomial counts given their sums in panels; no parameters."""
    y, rate = panels.y, np.exp(eta)
    row, slope = _dispersed_rows(y, rate)
    total, count = panels.sums(rate), panels.sums(y)
    ll = special.gammaln(total) + special.gammaln(count + 1) - special.gammaln(total + count)
    pull = special.digamma(total) - special.digamma(total + count)
    return Slopes(ll + panels.sums(row), rate * (slope + pull[panels.codes]), np.zeros((0, panels.count)))


def beta_dispersed(panels: Panels, eta: np.ndarray, parameters: np.ndarray) -> Slopes:
    """Negative binomial counts whose 1 / (1 + dispersion) is beta(r, s); parameters ln r and ln s."""
    y, rate = panels.y, np.exp(eta)
    r, s = np.exp(parameters)
    row, slope = _dispersed_rows(y, rate)
    total, count = panels.sums(rate), panels.sums(y)
    whole = r + s + total + count
    ll = special.gammaln(r + s) + special.gammaln(r + total) + special.gammaln(s + count)
    ll = ll - special.gammaln(r) - special.gammaln(s) - special.gammaln(whole) + panels.sums(row)
    last = special.digamma(whole)
    both = special.digamma(r + s) - last
    along_r = r * (both + special.digamma(r + total) - special.digamma(r))
    along_s = s * (both + special.digamma(s + count) - special.digamma(s))
    pull = special.digamma(r + total) - last
    return Slopes(ll, rate * (slope + pull[panels.codes]), np.array([along_r, along_s]))


@dataclass(frozen=True, slots=True, eq=False)
class PanelLikelihood:
    """See `newton.Likelihood`; second derivatives are differences of the gradient.

    Attributes
    ----------
    panels : Panels
    model : Model
    X : ndarray, shape (n, p)
        Standardised columns.
    back : ndarray, shape (p, p)
        From standardised coefficients to those of the columns.
    offset : ndarray, shape (n,)
    initial : ndarray, shape (p + a,)
    weights : ndarray, shape (G,)
    """

    panels: Panels
    model: Model
    X: np.ndarray
    back: np.ndarray
    offset: np.ndarray
    initial: np.ndarray
    weights: np.ndarray

    @property
    def transform(self) -> np.ndarray:
        more = len(self.initial) - self.X.shape[1]
        return np.asarray(block_diag(self.back, np.eye(more))) if more else self.back

    def start(self) -> np.ndarray:
        return self.initial

    def _slopes(self, parameters: np.ndarray) -> Slopes:
        p = self.X.shape[1]
        return self.model(self.panels, self.X @ parameters[:p] + self.offset, parameters[p:])

    def panel_scores(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log likelihoods and gradients by panel, (G,) and (G, p + a)."""
        own = self._slopes(parameters)
        rows = [self.panels.sums(column * own.eta) for column in self.X.T]
        return own.ll, np.column_stack([*rows, *own.parameters]) if rows or len(own.parameters) else (
            np.zeros((self.panels.count, 0))
        )

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return float(self.weights @ self._slopes(parameters).ll)

    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        own = self._slopes(parameters)
        rows = (own.eta * self.weights[self.panels.codes]) @ self.X
        return np.append(rows, own.parameters @ self.weights)

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        size = len(parameters)
        second = np.zeros((size, size))
        for place, move in enumerate(_STEP * np.eye(size)):
            second[place] = self.gradient(parameters + move) - self.gradient(parameters - move)
        second /= 2 * _STEP
        ll = self.log_likelihood(parameters)
        return Evaluation(ll, self.gradient(parameters), -(second + second.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        """See `newton.Likelihood`; `codes` are of the panels."""
        own = self.panel_scores(parameters)[1] * self.weights[:, None]
        if codes is None:
            return own.T @ own
        return np.stack([np.bincount(codes, column, minlength=n_clusters) for column in own.T], axis=1)
