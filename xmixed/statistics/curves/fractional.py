"""Fractional polynomials (Royston and Altman 1994): sums of powers of x, those that fit best of a few."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

POWERS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
"""From which powers are chosen; 0 stands for the logarithm, a repeated one is multiplied by it."""


@dataclass(frozen=True, slots=True, eq=False)
class FractionalPolynomial:
    """A fractional polynomial fitted by least squares.

    Attributes
    ----------
    powers : tuple of float
        Ascending.
    shift, scale : float
        The powers are those of (x + shift) / scale, which is positive.
    coefficients : ndarray, shape (degree + 1,)
        The constant first.
    covariance : ndarray, shape (degree + 1, degree + 1)
    residual_variance, df : float
    """

    powers: tuple[float, ...]
    shift: float
    scale: float
    coefficients: np.ndarray
    covariance: np.ndarray
    residual_variance: float
    df: float

    def _columns(self, at: np.ndarray) -> np.ndarray:
        z = (at + self.shift) / self.scale
        return np.column_stack([np.ones_like(z), *_terms(z, self.powers)])

    def value(self, at: np.ndarray) -> np.ndarray:
        """Return the curve at points; NaN where the powers are not defined."""
        return self._columns(at) @ self.coefficients

    def standard_error(self, at: np.ndarray, of_forecast: bool = False) -> np.ndarray:
        """Return the standard error of the curve, or of a new observation, at points."""
        columns = self._columns(at)
        variance = np.einsum("ij,jk,ik->i", columns, self.covariance, columns)
        return np.sqrt(variance + (self.residual_variance if of_forecast else 0.0))


def _terms(z: np.ndarray, powers: tuple[float, ...]) -> list[np.ndarray]:
    """Return the terms of some powers, in ascending order."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(np.where(z > 0, z, np.nan))
    terms: list[np.ndarray] = []
    for i, power in enumerate(powers):
        again = i and powers[i - 1] == power
        terms.append(terms[-1] * log if again else log if power == 0 else np.exp(power * log))
    return terms


def origin_of(x: np.ndarray) -> float:
    """Return what is added to x so that its powers exist: nothing where all of x is positive.

    Else so much that the smallest value becomes the smallest distance of two values.
    """
    low = float(x.min())
    if low > 0:
        return 0.0
    values = np.unique(x)
    return (float(np.diff(values).min()) if len(values) > 1 else 1.0) - low


def fit_fractional(
    x: np.ndarray, y: np.ndarray, w: np.ndarray | None = None, degree: int = 2
) -> FractionalPolynomial:
    """Return the fractional polynomial of a degree with the smallest residual sum of squares.

    All choices of powers are compared through one triangular factor of every term that any of them has, so
    that only one pass goes over the observations.

    Parameters
    ----------
    x, y, w : ndarray of float64, shape (n,)
        Without missing values; `w` weights or None.
    """
    n = len(x)
    shift = origin_of(x)
    scale = float(np.exp(np.mean(np.log(x + shift))))
    z = (x + shift) / scale
    names = [(power, depth) for power in POWERS for depth in range(degree)]
    columns = np.column_stack(
        [np.ones(n), *(_terms(z, (power,) * (depth + 1))[-1] for power, depth in names), y]
    )
    weights = np.ones(n) if w is None else w / w.sum() * n
    columns *= np.sqrt(weights)[:, None]
    norms = np.linalg.norm(columns, axis=0)
    norms[norms == 0] = 1.0
    factor: np.ndarray = np.asarray(np.linalg.qr(columns / norms, mode="r"))
    position = {name: i + 1 for i, name in enumerate(names)}
    fits = []
    for powers in combinations_with_replacement(POWERS, degree):
        depths = [powers[:i].count(power) for i, power in enumerate(powers)]
        chosen = [0, *(position[pair] for pair in zip(powers, depths, strict=True))]
        beta = np.linalg.lstsq(factor[:, chosen], factor[:, -1], rcond=1e-12)[0]
        squares = float(np.sum((factor[:, -1] - factor[:, chosen] @ beta) ** 2))
        fits.append((squares, powers, chosen, beta))
    squares, powers, chosen, beta = min(fits, key=lambda fit: fit[0])
    df = n - len(chosen)
    variance = squares * norms[-1] ** 2 / df if df > 0 else 0.0
    root = np.linalg.pinv(factor[:, chosen] * norms[chosen], rcond=1e-12)
    return FractionalPolynomial(
        powers, shift, scale, beta * norms[-1] / norms[chosen], root @ root.T * variance, variance, float(df)
    )
