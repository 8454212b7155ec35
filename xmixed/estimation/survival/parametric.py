"""Parametric survival models: the log likelihood of each spell, with its slopes.

A spell from t0 to t contributes d ln(t h(t)) + ln S(t) - ln S(t0). With a location eta and a scale it is a
function of z = (ln t - eta) / sigma; relative-hazard forms are functions of the cumulative hazard.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from xmixed.estimation.likelihood.dispersed import Slopes

Function = Callable[[np.ndarray, np.ndarray, float], Slopes]
"""(spells (n, 3): t, t0, failed; eta; tau) to the log likelihood and its slopes."""
_ROOT = np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Distribution:
    """One model.

    Attributes
    ----------
    title : str
        `Weibull regression -- log relative-hazard form`.
    name : str
        e(cmd).
    slopes : Function
    ancillary : str
        Name of tau in e(b); "" where there is none.
    shown : tuple of (label, sign)
        exp(sign tau) below the table.
    hazard : bool
        Whether exp(b) are hazard ratios.
    survivor : callable(t, eta, tau)
    """

    title: str
    name: str
    slopes: Function
    ancillary: str
    shown: tuple[tuple[str, float], ...]
    hazard: bool
    survivor: Callable[[np.ndarray, np.ndarray, float], np.ndarray]


def _logs(t: np.ndarray) -> np.ndarray:
    return np.log(np.where(t > 0, t, 1.0))


# --- forms with a cumulative hazard -----------------------------------------------------------------------


def _weibull_hazard(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
    t, t0, failed = y.T
    p, log, log0 = np.exp(tau), _logs(t), _logs(t0)
    level = np.exp(eta)
    own, own0 = level * t**p, np.where(t0 > 0, level * t0**p, 0.0)
    hazard = own - own0
    first = p * (own * log - own0 * log0)
    second = p * p * (own * log**2 - own0 * log0**2) + first
    ll = failed * (eta + tau + p * log) - hazard
    return Slopes(
        ll, failed - hazard, failed * (1 + p * log) - first, hazard, second - failed * p * log, first
    )


def _exponential_hazard(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
    t, t0, failed = y.T
    hazard = np.exp(eta) * (t - t0)
    zero = np.zeros_like(eta)
    return Slopes(failed * (eta + _logs(t)) - hazard, failed - hazard, zero, hazard, zero, zero)


def _exponential_time(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
    own = _exponential_hazard(y, -eta, tau)
    return Slopes(own.ll, -own.eta, own.tau, own.eta2, own.tau2, own.both)


def _gompertz_integral(t: np.ndarray, gamma: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (e^{gamma t} - 1) / gamma with two derivatives along gamma."""
    x = gamma * t
    small = np.abs(x) < 1e-3
    safe = np.where(small, 1.0, x)
    e = np.exp(safe)
    whole = np.where(small, 1 + x / 2 + x**2 / 6 + x**3 / 24, np.expm1(safe) / safe)
    first = np.where(small, 0.5 + x / 3 + x**2 / 8 + x**3 / 30, (safe * e - np.expm1(safe)) / safe**2)
    second = np.where(
        small,
        1 / 3 + x / 4 + x**2 / 10 + x**3 / 36,
        (safe**2 * e - 2 * safe * e + 2 * np.expm1(safe)) / safe**3,
    )
    return t * whole, t**2 * first, t**3 * second


def _gompertz(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
    t, t0, failed = y.T
    level = np.exp(eta)
    parts = zip(_gompertz_integral(t, tau), _gompertz_integral(t0, tau), strict=True)
    hazard, first, second = (level * (late - early) for late, early in parts)
    ll = failed * (eta + tau * t + _logs(t)) - hazard
    return Slopes(ll, failed - hazard, failed * t - first, hazard, second, first)


# --- location and scale of the logarithm of time -----------------------------------------------------------

Base = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
"""A function of z with two derivatives."""


def _extreme_density(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    e = np.exp(z)
    return z - e, 1 - e, -e


def _extreme_survivor(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    e = -np.exp(z)
    return e, e, e


def _normal_density(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return -0.5 * z**2 - np.log(_ROOT), -z, -np.ones_like(z)


def _normal_survivor(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    log = special.log_ndtr(-z)
    ratio = np.exp(-0.5 * z**2 - log) / _ROOT
    return log, -ratio, -ratio * (ratio - z)


def _logistic_density(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    p = special.expit(z)
    return special.log_expit(z) + special.log_expit(-z), 1 - 2 * p, -2 * p * (1 - p)


def _logistic_survivor(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    p = special.expit(z)
    return special.log_expit(-z), -p, -p * (1 - p)


def _located(density: Base, survivor: Base, sign: float) -> Function:
    """Return the likelihood with z = (ln t - eta) / sigma and tau = sign ln sigma."""

    def slopes(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
        t, t0, failed = y.T
        log_sigma = sign * tau
        sigma = np.exp(log_sigma)
        z = (_logs(t) - eta) / sigma
        d, d1, d2 = density(z)
        s, s1, s2 = survivor(z)
        ll = failed * (d - log_sigma) + (1 - failed) * s
        first, second = failed * d1 + (1 - failed) * s1, failed * d2 + (1 - failed) * s2
        along = -z * first - failed
        # Along ln sigma z moves by -z, along eta by -1 / sigma.
        bent, both = z**2 * second + z * first, (z * second + first) / sigma
        slope, curve = -first / sigma, second / sigma**2
        late = t0 > 0
        if late.any():
            z0 = (_logs(t0) - eta) / sigma
            e, e1, e2 = (np.where(late, own, 0.0) for own in survivor(z0))
            ll = ll - e
            slope, curve = slope + e1 / sigma, curve - e2 / sigma**2
            along, bent = along + z0 * e1, bent - (z0**2 * e2 + z0 * e1)
            both = both - (z0 * e2 + e1) / sigma
        return Slopes(ll, slope, sign * along, -curve, -bent, -sign * both)

    return slopes


def _survivor_of(base: Base, sign: float) -> Callable[[np.ndarray, np.ndarray, float], np.ndarray]:
    return lambda t, eta, tau: np.where(t > 0, np.exp(base((_logs(t) - eta) / np.exp(sign * tau))[0]), 1.0)


def _hazard_survivor(slopes: Function) -> Callable[[np.ndarray, np.ndarray, float], np.ndarray]:
    def values(t: np.ndarray, eta: np.ndarray, tau: float) -> np.ndarray:
        zero = np.zeros_like(t)
        return np.exp(slopes(np.column_stack([t, zero, zero]), eta, tau).ll)

    return values


_HAZARD, _TIME = "log relative-hazard form", "accelerated failure-time form"
DISTRIBUTIONS: dict[tuple[str, bool], Distribution] = {
    (own.name, not own.hazard): own
    for own in (
        Distribution(
            f"Exponential regression -- {_HAZARD}",
            "ereg",
            _exponential_hazard,
            "",
            (),
            True,
            _hazard_survivor(_exponential_hazard),
        ),
        Distribution(
            f"Exponential regression -- {_TIME}",
            "ereg",
            _exponential_time,
            "",
            (),
            False,
            _hazard_survivor(_exponential_time),
        ),
        Distribution(
            f"Weibull regression -- {_HAZARD}",
            "weibull",
            _weibull_hazard,
            "ln_p",
            (("p", 1.0), ("1/p", -1.0)),
            True,
            _hazard_survivor(_weibull_hazard),
        ),
        Distribution(
            f"Weibull regression -- {_TIME}",
            "weibull",
            _located(_extreme_density, _extreme_survivor, -1.0),
            "ln_p",
            (("p", 1.0), ("1/p", -1.0)),
            False,
            _survivor_of(_extreme_survivor, -1.0),
        ),
        Distribution(
            f"Gompertz regression -- {_HAZARD}",
            "gompertz",
            _gompertz,
            "gamma",
            (),
            True,
            _hazard_survivor(_gompertz),
        ),
        Distribution(
            f"Lognormal regression -- {_TIME}",
            "lnormal",
            _located(_normal_density, _normal_survivor, 1.0),
            "ln_sig",
            (("sigma", 1.0),),
            False,
            _survivor_of(_normal_survivor, 1.0),
        ),
        Distribution(
            f"Loglogistic regression -- {_TIME}",
            "llogistic",
            _located(_logistic_density, _logistic_survivor, 1.0),
            "ln_gam",
            (("gamma", 1.0),),
            False,
            _survivor_of(_logistic_survivor, 1.0),
        ),
    )
}
"""By name, and whether it is a model of time and not of hazards."""
