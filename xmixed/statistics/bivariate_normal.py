"""The distribution function of two correlated standard normal variables."""

from __future__ import annotations

import numpy as np
from scipy import special

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_NEAR = 0.925
"""Correlations up to which the first integral is smooth."""


def bivariate_normal(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Return P(X <= h, Y <= k) for correlations rho; arrays of one shape (n,).

    Drezner and Wesolowsky (1990), Journal of Statistical Computation and Simulation 35, with the
    transformation that Genz (2004), Statistics and Computing 14, gives for correlations near one.
    """
    h, k, rho = np.broadcast_arrays(*(np.asarray(own, dtype=np.float64) for own in (h, k, rho)))
    found = np.empty(h.shape)
    near = np.abs(rho) < _NEAR
    found[near] = _by_angle(h[near], k[near], rho[near])
    far = ~near
    if far.any():
        found[far] = _near_one(h[far], k[far], rho[far])
    return np.clip(found, 0.0, 1.0)


def _by_angle(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """Phi(h) Phi(k) and the integral of the density over the correlation, along its arc sine."""
    top = np.arcsin(rho) / 2
    sine = np.sin(top[:, None] * (1 + _NODES))
    hk, squares = (h * k)[:, None], ((h**2 + k**2) / 2)[:, None]
    values = np.exp((sine * hk - squares) / (1 - sine**2))
    return special.ndtr(h) * special.ndtr(k) + top * (values @ _WEIGHTS) / (2 * np.pi)


def _near_one(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    sign = np.where(rho < 0, -1.0, 1.0)
    k = sign * k
    limit = np.where(
        sign > 0,
        special.ndtr(np.minimum(h, k)),
        np.maximum(special.ndtr(h) - special.ndtr(k), 0.0),
    )
    square = (1 - rho) * (1 + rho)
    a = np.sqrt(square)
    b2, c, d = (h - k) ** 2, (4 - h * k) / 8, (12 - h * k) / 16
    hk = h * k
    with np.errstate(all="ignore"):
        first = np.exp(-(b2 / np.where(square > 0, square, 1.0) + hk) / 2)
        part = a * first * (1 - c * (b2 - square) * (1 - d * b2 / 5) / 3 + c * d * square**2 / 5)
        b = np.sqrt(b2)
        tail = np.exp(-hk / 2) * ROOT * special.ndtr(-b / np.where(a > 0, a, 1.0))
        part -= np.where(hk > -100, tail * b * (1 - c * b2 * (1 - d * b2 / 5) / 3), 0.0)
        x2 = ((a / 2)[:, None] * (1 + _NODES)) ** 2
        root = np.sqrt(1 - x2)
        weight = np.exp(-(b2[:, None] / x2 + hk[:, None]) / 2)
        smooth = np.exp(-hk[:, None] * x2 / (2 * (1 + root) ** 2)) / root
        series = 1 + c[:, None] * x2 * (1 + d[:, None] * x2)
        part += ((a / 2)[:, None] * weight * (smooth - series)) @ _WEIGHTS
    correction = np.where(a > 0, -part / (2 * np.pi), 0.0)
    return limit + sign * correction


ROOT = np.sqrt(2 * np.pi)
