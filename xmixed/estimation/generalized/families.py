"""Families of generalised linear and population-averaged models: variances, deviances, log likelihoods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from xmixed.estimation.generalized.links import LINKS as LINKS
from xmixed.estimation.generalized.links import Function, Link

Pair = Callable[[np.ndarray, np.ndarray], np.ndarray]


_SMALLEST = 1.1e-16


def _same(mu: np.ndarray) -> np.ndarray:
    return mu


def _share(mu: np.ndarray) -> np.ndarray:
    return np.where((mu >= 0) & (mu <= 1), np.clip(mu, _SMALLEST, 1 - _SMALLEST), np.nan)


@dataclass(frozen=True, slots=True)
class Family:
    """A family.

    Attributes
    ----------
    title : str
        As xtgee shows it.
    link : str
        The canonical one.
    variance, variance_slope : callable(mu)
    deviance : callable(y, mu)
        Of each row.
    start : callable(y)
        Means from which the iterations start.
    allowed : callable(y) -> bool array
        Which outcomes the family has.
    unit_scale : bool
        Whether the scale parameter is one unless asked for.
    name, formula : str
        As glm shows it: `[Bernoulli]`, `u*(1-u)`.
    log_likelihood : callable(y, mu)
        Of each row at a scale of one; not of gaussian, whose variance is estimated along.
    inside : callable(mu)
        Means moved off the ends of their range, where likelihoods end; nan beyond.
    """

    title: str
    link: str
    variance: Function
    deviance: Pair
    start: Function
    allowed: Function
    unit_scale: bool = False
    name: str = ""
    formula: str = ""
    variance_slope: Function = np.zeros_like
    log_likelihood: Pair | None = None
    inside: Function = _same


def _binomial_deviance(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    return 2 * (special.rel_entr(y, mu) + special.rel_entr(1 - y, 1 - mu))


def _positive(y: np.ndarray) -> np.ndarray:
    return y > 0


def _towards_mean(y: np.ndarray) -> np.ndarray:
    return (y + y.mean()) / 2


FAMILIES: dict[str, Family] = {
    "gaussian": Family(
        "Gaussian",
        "identity",
        lambda mu: np.ones_like(mu),
        lambda y, mu: (y - mu) ** 2,
        lambda y: y,
        lambda y: np.ones(len(y), dtype=bool),
        name="Gaussian",
        formula="1",
    ),
    "binomial": Family(
        "binomial",
        "logit",
        lambda mu: mu * (1 - mu),
        _binomial_deviance,
        lambda y: (y + 0.5) / 2,
        lambda y: (y == 0) | (y == 1),
        unit_scale=True,
        name="Bernoulli",
        formula="u*(1-u)",
        variance_slope=lambda mu: 1 - 2 * mu,
        log_likelihood=lambda y, mu: special.xlogy(y, mu) + special.xlog1py(1 - y, -mu),
        inside=_share,
    ),
    "poisson": Family(
        "Poisson",
        "log",
        lambda mu: mu,
        lambda y, mu: 2 * (special.xlogy(y, y / mu) - (y - mu)),
        _towards_mean,
        lambda y: y >= 0,
        unit_scale=True,
        name="Poisson",
        formula="u",
        variance_slope=lambda mu: np.ones_like(mu),
        log_likelihood=lambda y, mu: special.xlogy(y, mu) - mu - special.gammaln(y + 1),
    ),
    "gamma": Family(
        "gamma",
        "reciprocal",
        lambda mu: mu**2,
        lambda y, mu: 2 * ((y - mu) / mu - np.log(y / mu)),
        _towards_mean,
        _positive,
        name="Gamma",
        formula="u^2",
        variance_slope=lambda mu: 2 * mu,
        # Stata: the likelihood is that of exponential outcomes.
        log_likelihood=lambda y, mu: -y / mu - np.log(mu),
    ),
    "igaussian": Family(
        "inverse Gaussian",
        "power -2",
        lambda mu: mu**3,
        lambda y, mu: (y - mu) ** 2 / (mu**2 * y),
        _towards_mean,
        _positive,
        name="Inverse Gaussian",
        formula="u^3",
        variance_slope=lambda mu: 3 * mu**2,
        log_likelihood=lambda y, mu: -0.5 * ((y - mu) ** 2 / (y * mu**2) + np.log(2 * np.pi * y**3)),
    ),
}


def negative_binomial(k: float) -> Family:
    """Return the family of counts with variance mu + k mu^2."""

    def deviance(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
        return 2 * (special.xlogy(y, y / mu) - (y + 1 / k) * np.log((1 + k * y) / (1 + k * mu)))

    def log_likelihood(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
        constant = special.gammaln(y + 1 / k) - special.gammaln(y + 1) - special.gammaln(1 / k)
        return constant + special.xlogy(y, k * mu) - (y + 1 / k) * np.log1p(k * mu)

    return Family(
        "negative binomial",
        "log",
        lambda mu: mu + k * mu**2,
        deviance,
        _towards_mean,
        lambda y: y >= 0,
        unit_scale=True,
        name="Neg. Binomial",
        formula=f"u+({k:.4g})u^2",
        variance_slope=lambda mu: 1 + 2 * k * mu,
        log_likelihood=log_likelihood,
    )


EXPONENTIAL = {"logit": "Odds Ratio", "log": "IRR"}
"""Heads of exponentiated coefficients, by link, of binomial and Poisson models; others have `exp(b)`."""


def start(family: Family, link: Link, y: np.ndarray) -> np.ndarray:
    """Return a linear predictor to start from."""
    return link.forward(family.start(y))
