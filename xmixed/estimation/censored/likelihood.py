"""The log likelihood of normal outcomes that are known exactly or to lie in an interval."""

from __future__ import annotations

import numpy as np
from scipy import special

from xmixed.estimation.likelihood.dispersed import Slopes

_ROOT = np.sqrt(2 * np.pi)


def interval_slopes(y: np.ndarray, eta: np.ndarray, tau: float) -> Slopes:
    """Return the log likelihood of each row and its slopes; sigma = exp(tau).

    Parameters
    ----------
    y : ndarray, shape (n, 2)
        Lower and upper end, infinite for none; the same where the outcome is known.
    """
    low, high = y.T
    sigma = np.exp(tau)
    exact = low == high
    z = np.where(exact, (np.where(exact, low, 0.0) - eta) / sigma, 0.0)
    ll = -tau - 0.5 * z**2 - np.log(_ROOT)
    known = Slopes(ll, z / sigma, z**2 - 1, np.full_like(z, sigma**-2), 2 * z**2, 2 * z / sigma)
    if exact.all():
        return known
    found = [part.copy() for part in _parts(known)]
    own = ~exact
    for part, values in zip(found, _parts(_within(low[own], high[own], eta[own], float(sigma))), strict=True):
        part[own] = values
    return Slopes(*found)


def _parts(own: Slopes) -> tuple[np.ndarray, ...]:
    return own.ll, own.eta, own.tau, own.eta2, own.tau2, own.both


def _within(low: np.ndarray, high: np.ndarray, eta: np.ndarray, sigma: float) -> Slopes:
    """With P = F(b) - F(a), a and b the standardised ends."""
    a, b = (low - eta) / sigma, (high - eta) / sigma
    upper = a + b > 0
    first, second = np.where(upper, -a, b), np.where(upper, -b, a)
    share = np.maximum(special.ndtr(first) - special.ndtr(second), 1e-320)
    # One end alone keeps its digits far out.
    ll = np.where(
        np.isinf(a), special.log_ndtr(b), np.where(np.isinf(b), special.log_ndtr(-a), np.log(share))
    )
    known = np.isfinite(a), np.isfinite(b)
    fa, fb = (
        np.exp(np.where(own, -0.5 * np.where(own, x, 0.0) ** 2 - ll, -np.inf)) / _ROOT
        for own, x in zip(known, (a, b), strict=True)
    )
    a, b = np.where(np.isinf(a), 0.0, a), np.where(np.isinf(b), 0.0, b)
    g_a = -a * fa + fa**2 - fa * fb
    g_b = -fa * fb + b * fb + fb**2
    h_a = fa + a * (-a * fa + fa**2) - b * fa * fb
    h_b = -a * fa * fb - fb + b * (b * fb + fb**2)
    slope = (fa - fb) / sigma
    return Slopes(
        ll,
        slope,
        a * fa - b * fb,
        (g_a + g_b) / sigma**2,
        a * h_a + b * h_b,
        slope + (a * g_a + b * g_b) / sigma,
    )
