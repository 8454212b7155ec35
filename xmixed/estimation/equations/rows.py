"""What each row adds to the log likelihood of a model, and its slopes along the linear predictors.

Every function takes outcomes (m, n) and predictors (K, n); it returns (n,) and (K, n).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from xmixed.estimation.likelihood.dispersed import mean_dispersion
from xmixed.estimation.likelihood.families import poisson
from xmixed.statistics.bivariate_normal import bivariate_normal

ROOT = np.sqrt(2 * np.pi)

Rows = tuple[np.ndarray, np.ndarray]


def mills(x: np.ndarray) -> np.ndarray:
    """Return phi(x) / Phi(x)."""
    return np.exp(-0.5 * x**2 - special.log_ndtr(x)) / ROOT


def selection(y: np.ndarray, etas: np.ndarray) -> Rows:
    """Heckman's model: predictors X b, Z g, atanh rho, ln sigma; outcomes selected (0, 1) and y."""
    selected, outcome = y
    xb, zg, t, tau = etas
    with np.errstate(over="ignore"):
        sigma, sinh, cosh = np.exp(tau), np.sinh(t), np.cosh(t)
    e = (outcome - xb) / sigma
    a = zg * cosh + e * sinh
    m = mills(a)
    ll = special.log_ndtr(a) - 0.5 * e**2 - tau - np.log(ROOT)
    slopes = np.array([(e - m * sinh) / sigma, m * cosh, m * (zg * sinh + e * cosh), e**2 - m * e * sinh - 1])
    chosen = selected > 0
    slopes = np.where(chosen, slopes, 0.0)
    slopes[1] = np.where(chosen, slopes[1], -mills(-zg))
    return np.where(chosen, ll, special.log_ndtr(-zg)), slopes


def truncated(y: np.ndarray, etas: np.ndarray) -> Rows:
    """A normal outcome seen only between two limits: predictors X b, ln sigma; outcomes y, low, high."""
    outcome, low, high = y
    xb, tau = etas
    sigma = np.exp(tau)
    e, a, b = (outcome - xb) / sigma, (low - xb) / sigma, (high - xb) / sigma
    # Far above the mean the upper tails keep their digits.
    upper = np.where(np.isfinite(a), a, -1.0) + np.where(np.isfinite(b), b, 1.0) > 0
    first, second = np.where(upper, -a, b), np.where(upper, -b, a)
    top = special.log_ndtr(first)
    inside = top + np.log1p(-np.exp(np.minimum(special.log_ndtr(second) - top, 0.0)))
    f_a, f_b = (
        np.exp(np.where(np.isfinite(x), -0.5 * x**2 - inside, -np.inf)) / ROOT
        for x in (np.where(np.isfinite(a), a, np.inf), np.where(np.isfinite(b), b, np.inf))
    )
    pull = np.where(np.isfinite(a), a, 0.0) * f_a - np.where(np.isfinite(b), b, 0.0) * f_b
    ll = -0.5 * e**2 - tau - np.log(ROOT) - inside
    return ll, np.array([(e + f_b - f_a) / sigma, e**2 - 1 - pull])


def heteroskedastic_probit(y: np.ndarray, etas: np.ndarray) -> Rows:
    """P(y = 1) = Phi(X b / exp(Z g)): predictors X b, Z g."""
    sign = np.where(y[0] > 0, 1.0, -1.0)
    shrink = np.exp(-etas[1])
    a = sign * etas[0] * shrink
    m = mills(a)
    return special.log_ndtr(a), np.array([m * sign * shrink, -m * a])


def bivariate_probit(y: np.ndarray, etas: np.ndarray) -> Rows:
    """Two probits with correlated errors: predictors X b, Z g, atanh rho."""
    q1, q2 = np.where(y > 0, 1.0, -1.0)
    rho = np.tanh(etas[2])
    w1, w2, r = q1 * etas[0], q2 * etas[1], q1 * q2 * rho
    p = np.maximum(bivariate_normal(w1, w2, r), 1e-300)
    left = 1 / np.cosh(etas[2])
    g1 = np.exp(-0.5 * w1**2) / ROOT * special.ndtr((w2 - r * w1) / left)
    g2 = np.exp(-0.5 * w2**2) / ROOT * special.ndtr((w1 - r * w2) / left)
    density = np.exp(-0.5 * (w1**2 + w2**2 - 2 * r * w1 * w2) / left**2) / (2 * np.pi * left)
    return np.log(p), np.array([q1 * g1 / p, q2 * g2 / p, q1 * q2 * density * left**2 / p])


def instrumented_probit(y: np.ndarray, etas: np.ndarray) -> Rows:
    """A probit and the regression of its endogenous covariate: predictors X b, Z p, atanh rho, ln sigma."""
    sign = np.where(y[0] > 0, 1.0, -1.0)
    xb, zp, t, tau = etas
    sigma, sinh, cosh = np.exp(tau), np.sinh(t), np.cosh(t)
    e = (y[1] - zp) / sigma
    a = sign * (xb * cosh + e * sinh)
    m = sign * mills(a)
    ll = special.log_ndtr(a) - 0.5 * e**2 - tau - np.log(ROOT)
    along = m * sinh - e
    return ll, np.array([m * cosh, -along / sigma, m * (xb * sinh + e * cosh), -along * e - 1])


def _counts(y: np.ndarray, etas: np.ndarray) -> Rows:
    ll, slope, _ = poisson(y, etas[0])
    return ll, slope[None]


def _dispersed_counts(y: np.ndarray, etas: np.ndarray) -> Rows:
    found = mean_dispersion(y, etas[0], etas[1])  # type: ignore[arg-type]
    return found.ll, np.array([found.eta, found.tau])


def plain_counts(dispersed: bool) -> Callable[[np.ndarray, np.ndarray], Rows]:
    """Return counts by Poisson, or with a dispersion: predictors X b and, with one, ln alpha."""
    own = _dispersed_counts if dispersed else _counts
    return lambda y, etas: own(y[0], etas)


def zero_inflated(dispersed: bool, link: str) -> Callable[[np.ndarray, np.ndarray], Rows]:
    """Return counts that are always zero with probability F(Z g): predictors X b, Z g, and ln alpha."""
    counts = _dispersed_counts if dispersed else _counts

    def rows(y: np.ndarray, etas: np.ndarray) -> Rows:
        own, zg = np.delete(etas, 1, axis=0), etas[1]
        ll, slopes = counts(y[0], own)
        if link == "logit":
            always, never = special.log_expit(zg), special.log_expit(-zg)
            density = special.expit(zg) * special.expit(-zg)
        else:
            always, never = special.log_ndtr(zg), special.log_ndtr(-zg)
            density = np.exp(-0.5 * zg**2) / ROOT
        zero = y[0] == 0
        total = np.where(zero, np.logaddexp(always, never + ll), never + ll)
        share = np.where(zero, np.exp(never + ll - total), 1.0)
        along = np.where(zero, -np.expm1(ll) * np.exp(-total), -np.exp(-never)) * density
        return total, np.insert(slopes * share, 1, along, axis=0)

    return rows
