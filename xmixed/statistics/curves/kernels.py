"""Kernels: weight functions that integrate to one, for densities and local fits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Kernel = Callable[[np.ndarray], np.ndarray]

_ROOT5 = 5**0.5


def _inside(z: np.ndarray, values: np.ndarray, half_width: float = 1.0) -> np.ndarray:
    return np.where(np.abs(z) < half_width, values, 0.0)


def _parzen(z: np.ndarray) -> np.ndarray:
    a = np.abs(z)
    outer = np.where(a <= 1, 8 * (1 - a) ** 3 / 3, 0.0)
    return np.where(a <= 0.5, 4 / 3 - 8 * z**2 + 8 * a**3, outer)


KERNELS: dict[str, Kernel] = {
    "epanechnikov": lambda z: _inside(z, 0.75 * (1 - z**2 / 5) / _ROOT5, _ROOT5),
    "epan2": lambda z: _inside(z, 0.75 * (1 - z**2)),
    "biweight": lambda z: _inside(z, 15 / 16 * (1 - z**2) ** 2),
    "cosine": lambda z: _inside(z, 1 + np.cos(2 * np.pi * z), 0.5),
    "gaussian": lambda z: np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
    "parzen": _parzen,
    "rectangle": lambda z: _inside(z, np.full_like(z, 0.5)),
    "triangle": lambda z: _inside(z, 1 - np.abs(z)),
}
"""Kernel functions by Stata's names; the Epanechnikov kernel has unit variance."""

REACH: dict[str, float] = {"epanechnikov": _ROOT5, "cosine": 0.5, "gaussian": 9.0}
"""Where a kernel is zero, in bandwidths; 1 for the others."""


def kernel_moments(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return moments of a kernel and of its square: integrals of z^j K(z) and z^j K(z)^2, j = 0 ... 12.

    By Gauss-Legendre quadrature on each smooth piece, exact for the polynomial kernels.
    """
    reach = REACH.get(name, 1.0)
    pieces = np.linspace(-reach, reach, 41)  # the pieces of every kernel end at such points
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half = np.diff(pieces)[:, None] / 2
    z = (pieces[:-1, None] + half + half * nodes).ravel()
    w = (half * weights).ravel()
    k = KERNELS[name](z)
    powers = z[None, :] ** np.arange(13)[:, None]
    return powers @ (w * k), powers @ (w * k * k)
