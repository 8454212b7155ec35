"""Links of generalised linear models: the linear predictor of a mean, the mean with its slopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Link:
    """A link g with eta = g(mu).

    Attributes
    ----------
    title : str
        As typed, and as xtgee shows it.
    name, formula : str
        As glm shows it: `[Logit]`, `ln(u/(1-u))`.
    forward : callable(mu)
    mean, slope, bend : callable(eta)
        mu, its slope and its second slope along eta.
    """

    title: str
    name: str
    formula: str
    forward: Function
    mean: Function
    slope: Function
    bend: Function


def _normal_density(eta: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * eta**2) / np.sqrt(2 * np.pi)


def _logistic_density(eta: np.ndarray) -> np.ndarray:
    return special.expit(eta) * special.expit(-eta)


def _gompertz_density(eta: np.ndarray) -> np.ndarray:
    return np.exp(eta - np.exp(eta))


def power(exponent: float) -> Link:
    """Return the link u^a; the logarithm for 0."""
    if exponent == 0:
        return LINKS["log"]
    inverse = 1 / exponent
    if exponent == -1:
        name, formula = "Reciprocal", "1/u"
    else:
        name, formula = f"Power({exponent:g})", f"u^({exponent:g})"
        formula = f"1/(u^{-exponent:g})" if exponent < 0 else formula
    return Link(
        f"power {exponent:g}",
        name,
        formula,
        lambda mu: mu**exponent,
        lambda eta: eta**inverse,
        lambda eta: inverse * eta ** (inverse - 1),
        lambda eta: inverse * (inverse - 1) * eta ** (inverse - 2),
    )


def odds_power(exponent: float) -> Link:
    """Return the link ((u/(1-u))^a - 1)/a; the logit for 0."""
    if exponent == 0:
        return LINKS["logit"]
    inverse = 1 / exponent

    def odds(eta: np.ndarray) -> np.ndarray:
        return (1 + exponent * eta) ** inverse

    def slope(eta: np.ndarray) -> np.ndarray:
        return odds(eta) ** (1 - exponent) / (1 + odds(eta)) ** 2

    def bend(eta: np.ndarray) -> np.ndarray:
        own = odds(eta)
        along = own ** (1 - exponent)
        return along * ((1 - exponent) * own**-exponent - 2 * along / (1 + own)) / (1 + own) ** 2

    return Link(
        f"opower {exponent:g}",
        "Odds power",
        f"((u/(1-u))^{exponent:g}-1)/{exponent:g}",
        lambda mu: ((mu / (1 - mu)) ** exponent - 1) / exponent,
        lambda eta: odds(eta) / (1 + odds(eta)),
        slope,
        bend,
    )


def negative_binomial(k: float) -> Link:
    """Return the link ln(u/(u + 1/k)), whose linear predictors are negative."""

    def mean(eta: np.ndarray) -> np.ndarray:
        return 1 / (k * np.expm1(-eta))

    def slope(eta: np.ndarray) -> np.ndarray:
        return mean(eta) * (1 + k * mean(eta))

    return Link(
        "nbinomial",
        "Neg. Binomial",
        f"ln(u/(u+(1/{k:.4g})))",
        lambda mu: -np.log1p(1 / (k * mu)),
        mean,
        slope,
        lambda eta: slope(eta) * (1 + 2 * k * mean(eta)),
    )


LINKS: dict[str, Link] = {
    link.title: link
    for link in (
        Link(
            "identity",
            "Identity",
            "u",
            lambda mu: mu,
            lambda eta: eta,
            lambda eta: np.ones_like(eta),
            lambda eta: np.zeros_like(eta),
        ),
        Link("log", "Log", "ln(u)", np.log, np.exp, np.exp, np.exp),
        Link(
            "logit",
            "Logit",
            "ln(u/(1-u))",
            special.logit,
            special.expit,
            _logistic_density,
            lambda eta: _logistic_density(eta) * (1 - 2 * special.expit(eta)),
        ),
        Link(
            "probit",
            "Probit",
            "invnorm(u)",
            special.ndtri,
            special.ndtr,
            _normal_density,
            lambda eta: -eta * _normal_density(eta),
        ),
        Link(
            "cloglog",
            "Complementary log-log",
            "ln(-ln(1-u))",
            lambda mu: np.log(-np.log1p(-mu)),
            lambda eta: -np.expm1(-np.exp(eta)),
            _gompertz_density,
            lambda eta: _gompertz_density(eta) * -np.expm1(eta),
        ),
        Link(
            "loglog",
            "Log-log",
            "-ln(-ln(u))",
            lambda mu: -np.log(-np.log(mu)),
            lambda eta: np.exp(-np.exp(-eta)),
            lambda eta: _gompertz_density(-eta),
            lambda eta: _gompertz_density(-eta) * np.expm1(-eta),
        ),
        Link(
            "logc",
            "Log complement",
            "ln(1-u)",
            lambda mu: np.log1p(-mu),
            lambda eta: -np.expm1(eta),
            lambda eta: -np.exp(eta),
            lambda eta: -np.exp(eta),
        ),
        Link(
            "reciprocal",
            "Reciprocal",
            "1/u",
            lambda mu: 1 / mu,
            lambda eta: 1 / eta,
            lambda eta: -1 / eta**2,
            lambda eta: 2 / eta**3,
        ),
    )
}
"""Links without a number of their own."""
