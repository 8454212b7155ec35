"""Covariance structures: every one is a linear space of symmetric matrices.

A structure's natural coordinates nu give Sigma = sum nu_i E_i: the common variance; the variances;
a variance and a covariance; or all variances and then all covariances (1,2), (1,3) ... (2,3). The
estimation metric (log standard deviations, atanh correlations) has as many elements in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from xmixed.engine.model import Structure

if TYPE_CHECKING:
    from xmixed.engine.result import ParameterKind

# exp(2*LOG_FLOOR) is the smallest variance ratio that the estimation metric shows.
LOG_FLOOR = float(np.log(1e-16))
_CORRELATION_LIMIT = float(np.nextafter(1.0, 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """A smooth map from k parameters to k natural coordinates.

    Attributes
    ----------
    value : (k,) array, nu
    jacobian : (k, k) array, d nu_i / d theta_a at [i, a]
    second : (k, k, k) array, d^2 nu_i / d theta_a d theta_b at [i, a, b]
    """

    value: np.ndarray
    jacobian: np.ndarray
    second: np.ndarray


@cache
def pairs(q: int) -> tuple[tuple[int, int], ...]:
    """(0,1), (0,2) ... (1,2) ...: the order of covariances."""
    return tuple((i, j) for i in range(q) for j in range(i + 1, q))


@cache
def _upper(q: int) -> tuple[np.ndarray, np.ndarray]:
    return np.triu_indices(q, 1)


@cache
def basis(structure: Structure, q: int) -> np.ndarray:
    """The (k, q, q) matrices E_i of a structure."""
    eye = np.eye(q)
    if structure == "identity" or (structure == "exchangeable" and q == 1):
        return eye[None]
    if structure == "independent":
        return np.stack([np.diag(row) for row in eye])
    if structure == "exchangeable":
        return np.stack([eye, np.ones((q, q)) - eye])
    elements = [np.diag(row) for row in eye]
    for i, j in pairs(q):
        element = np.zeros((q, q))
        element[i, j] = element[j, i] = 1.0
        elements.append(element)
    return np.stack(elements)


def matrix(structure: Structure, q: int, nu: np.ndarray) -> np.ndarray:
    """Sigma = sum nu_i E_i."""
    elements = basis(structure, q)
    return (nu @ elements.reshape(len(elements), q * q)).reshape(q, q)


def coordinates(structure: Structure, sigma: np.ndarray) -> np.ndarray:
    """Natural coordinates of the member of the structure nearest to `sigma` (means of equal elements)."""
    q = len(sigma)
    if structure == "identity" or (structure == "exchangeable" and q == 1):
        return np.array([np.trace(sigma) / q])
    if structure == "independent":
        return sigma.diagonal().copy()
    off = sigma[_upper(q)]
    if structure == "exchangeable":
        return np.array([np.trace(sigma) / q, off.mean()])
    return np.concatenate([sigma.diagonal(), off])


def labels(structure: Structure, q: int) -> tuple[tuple[ParameterKind, int, int], ...]:
    """Kind, row and column (1-based) of each parameter."""
    if structure == "identity" or (structure == "exchangeable" and q == 1):
        return (("log_sd", 1, 1),)
    if structure == "exchangeable":
        return (("log_sd", 1, 1), ("atanh_correlation", 1, 2))
    sds: list[tuple[ParameterKind, int, int]] = [("log_sd", i + 1, i + 1) for i in range(q)]
    if structure == "independent":
        return tuple(sds)
    return (*sds, *(("atanh_correlation", i + 1, j + 1) for i, j in pairs(q)))


def _members(structure: Structure, q: int) -> list[tuple[int, int, int | None]]:
    """For each natural coordinate the two log sds and the correlation (or None) it is made of."""
    if structure == "exchangeable" and q > 1:
        return [(0, 0, None), (0, 0, 1)]
    count = q if structure in ("independent", "unstructured") else 1
    diagonal: list[tuple[int, int, int | None]] = [(i, i, None) for i in range(count)]
    if structure != "unstructured":
        return diagonal
    return diagonal + [(i, j, q + k) for k, (i, j) in enumerate(pairs(q))]


def from_estimation(structure: Structure, q: int, alpha: np.ndarray) -> Mapping:
    """nu as a function of the estimation metric: nu = exp(a_i + a_j) tanh(z_ij)."""
    members = _members(structure, q)
    k = len(members)
    value, jacobian, second = np.zeros(k), np.zeros((k, k)), np.zeros((k, k, k))
    for m, (i, j, z) in enumerate(members):
        size = float(np.exp(alpha[i] + alpha[j]))
        counts = np.zeros(k)
        counts[i] += 1
        counts[j] += 1
        t = 1.0 if z is None else float(np.tanh(alpha[z]))
        value[m] = size * t
        jacobian[m] = counts * size * t
        second[m] = np.outer(counts, counts) * size * t
        if z is not None:
            slope = float(1.0 / np.cosh(min(abs(alpha[z]), 300.0))) ** 2
            jacobian[m, z] = size * slope
            second[m, z] += counts * size * slope
            second[m, :, z] += counts * size * slope
            second[m, z, z] = -2.0 * t * slope * size
    return Mapping(value, jacobian, second)


def to_estimation(structure: Structure, sigma: np.ndarray, floor: float) -> np.ndarray:
    """Estimation metric of Sigma; log sds not below `floor`, correlations short of one by one ulp."""
    nu = coordinates(structure, sigma)
    members = _members(structure, len(sigma))
    alpha = np.zeros(len(members))
    for m, (_, _, z) in enumerate(members):
        if z is None:
            alpha[m] = max(0.5 * float(np.log(nu[m])), floor) if nu[m] > 0 else floor
    for m, (i, j, z) in enumerate(members):
        if z is not None and alpha[i] > floor and alpha[j] > floor:
            correlation = float(nu[m] / np.exp(alpha[i] + alpha[j]))
            alpha[z] = np.arctanh(np.clip(correlation, -_CORRELATION_LIMIT, _CORRELATION_LIMIT))
    return alpha


def change_of_metric(structure: Structure, metric: np.ndarray) -> np.ndarray:
    """(k, k) matrix that takes the coordinates of Sigma to those of K Sigma K'."""
    elements = basis(structure, len(metric))
    return np.stack([coordinates(structure, metric @ E @ metric.T) for E in elements], axis=1)
