"""Families and links of population-averaged models: means, their slopes, variances, deviances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Link:
    """A link g: what it is called, g(mu), the mean, and its slope along the linear predictor."""

    title: str
    forward: Function
    mean: Function
    slope: Function


@dataclass(frozen=True, slots=True)
class Family:
    """A family.

    Attributes
    ----------
    title : str
    link : str
        The canonical one.
    variance : callable(mu)
    deviance : callable(y, mu)
        Of each row.
    start : callable(y)
        Means from which the iterations start.
    allowed : callable(y) -> bool array
        Which outcomes the family has.
    unit_scale : bool
        Whether the scale parameter is one unless asked for.
    exponential : str
        Head of exponentiated coefficients with the usual link.
    """

    title: str
    link: str
    variance: Function
    deviance: Callable[[np.ndarray, np.ndarray], np.ndarray]
    start: Function
    allowed: Function
    unit_scale: bool = False


def _normal_density(eta: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * eta**2) / np.sqrt(2 * np.pi)


def _one(eta: np.ndarray) -> np.ndarray:
    return np.ones_like(eta)


_LINKS = (
    Link("identity", lambda mu: mu, lambda eta: eta, _one),
    Link("log", np.log, np.exp, np.exp),
    Link("logit", special.logit, special.expit, lambda eta: special.expit(eta) * special.expit(-eta)),
    Link("probit", special.ndtri, special.ndtr, _normal_density),
    Link(
        "cloglog",
        lambda mu: np.log(-np.log1p(-mu)),
        lambda eta: -np.expm1(-np.exp(eta)),
        lambda eta: np.exp(eta - np.exp(eta)),
    ),
    Link("reciprocal", lambda mu: 1 / mu, lambda eta: 1 / eta, lambda eta: -1 / eta**2),
)
LINKS: dict[str, Link] = {link.title: link for link in _LINKS}


def _binomial_deviance(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    return 2 * (special.rel_entr(y, mu) + special.rel_entr(1 - y, 1 - mu))


FAMILIES: dict[str, Family] = {
    "gaussian": Family(
        "Gaussian",
        "identity",
        _one,
        lambda y, mu: (y - mu) ** 2,
        lambda y: y,
        lambda y: np.ones(len(y), dtype=bool),
    ),
    "binomial": Family(
        "binomial",
        "logit",
        lambda mu: mu * (1 - mu),
        _binomial_deviance,
        lambda y: (y + 0.5) / 2,
        lambda y: (y == 0) | (y == 1),
        unit_scale=True,
    ),
    "poisson": Family(
        "Poisson",
        "log",
        lambda mu: mu,
        lambda y, mu: 2 * (special.xlogy(y, y / mu) - (y - mu)),
        lambda y: (y + y.mean()) / 2,
        lambda y: y >= 0,
        unit_scale=True,
    ),
    "gamma": Family(
        "gamma",
        "reciprocal",
        lambda mu: mu**2,
        lambda y, mu: 2 * ((y - mu) / mu - np.log(y / mu)),
        lambda y: (y + y.mean()) / 2,
        lambda y: y > 0,
    ),
}
EXPONENTIAL = {"logit": "Odds Ratio", "log": "IRR"}
"""Heads of exponentiated coefficients, by link, of binomial and Poisson models; others have `exp(b)`."""


def start(family: Family, link: Link, y: np.ndarray) -> np.ndarray:
    """Return a linear predictor to start from."""
    return link.forward(family.start(y))
