"""Columns far from zero: the user's Sigma from the optimiser's matrix without loss of digits.

Where a covariate stands far from zero in terms of its spread, Sigma has a correlation of the constant with it
within rounding of a limit, and two standard deviations that move together. With Sigma = MM', M being K^{-1}
times the root of the optimiser's matrix, all of it follows from M and its 2 x 2 minors,

    1 - r_ij^2 = D_ij/(Sigma_ii Sigma_jj),   D_ij = sum over a < b of (M_ia M_jb - M_ib M_ja)^2,

and minors of a product are products of minors (Cauchy and Binet), in which nothing large is subtracted. The
way back, K Sigma K', subtracts what is large: it takes more digits than a double has, for these few numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import atanh

import numpy as np

from xmixed.engine.covariance.blocks import Block, size, user_matrix
from xmixed.engine.covariance.metrics import MatrixSquareRoot
from xmixed.engine.covariance.structures import CORRELATION_LIMIT, pairs

# Share of a column's variance at zero that its variance at the mean must be for Sigma to do.
_FAR = 1e-6
_DIGITS, _ULPS = 60, 1e-13
# An eigenvalue that is negative by this share of the trace is a rounding error of the parameters.
_NEGATIVE = 1e-6
# A pair is at a limit where its determinant is this share of what it could be.
_LIMIT = 2e-9


def is_distant(block: Block, psi: np.ndarray) -> bool:
    """Whether Sigma has lost what the optimiser's matrix `psi` says."""
    structure = block.structure
    if block.tie is not None or not structure.correlated or structure.common_variance:
        return False
    own = user_matrix(block, psi).diagonal() * block.metric.diagonal() ** 2
    return bool((psi.diagonal() < _FAR * own).any())


def correlations(block: Block, psi: np.ndarray) -> np.ndarray:
    """Inverse hyperbolic tangents of the correlations of Sigma, by pair; infinite at a limit."""
    found = _parts(block, psi)
    i, j = np.transpose(pairs(size(block)))
    rest = found.squares / (found.variances[i] * found.variances[j])
    with np.errstate(divide="ignore", invalid="ignore"):
        sign = np.sign((found.M @ found.M.T)[i, j])
        return sign * (np.log1p(np.sqrt(np.maximum(1.0 - rest, 0.0))) - 0.5 * np.log(rest))


def at_limits(block: Block, psi: np.ndarray) -> np.ndarray:
    """Which pairs of effects are perfectly correlated, whatever their covariates' distance from zero."""
    found, q = _parts(block, psi), size(block)
    i, j = np.transpose(pairs(q))
    sds = np.sqrt(psi.diagonal())
    most = np.abs(found.compound) @ (sds[i] * sds[j])
    return found.squares <= _LIMIT * most**2


def is_far(block: Block) -> bool:
    """Whether a covariate is so far from zero that Sigma in doubles says little of the optimiser's matrix."""
    structure, K = block.structure, block.metric
    if block.tie is not None or not structure.correlated or structure.common_variance:
        return False
    return bool((np.sqrt(_FAR) * np.abs(K - np.diag(K.diagonal())) > np.abs(K.diagonal())).any())


def from_estimates(block: Block, alpha: np.ndarray) -> np.ndarray:
    """K Sigma K' of log sds and inverse hyperbolic tangents of correlations, with all their digits.

    A correlation one ulp short of a limit stands for the limit; others may well be nearer to it.
    """
    q = size(block)
    with localcontext() as context:
        context.prec = _DIGITS
        one, sds = Decimal(1), [Decimal(float(value)).exp() for value in alpha[:q]]
        sigma = np.diag(np.array([sd * sd for sd in sds], object))
        for (i, j), value in zip(pairs(q), alpha[q:].tolist(), strict=True):
            r = one if value > 0 else -one
            if abs(abs(value) - atanh(CORRELATION_LIMIT)) > _ULPS:
                r = one - 2 / (one + (2 * Decimal(value)).exp())
            sigma[i, j] = sigma[j, i] = r * sds[i] * sds[j]
        K = np.array([[Decimal(value) for value in row] for row in block.metric.tolist()], object)
        psi = (K @ sigma @ K.T).astype(np.float64)
    values, vectors = np.linalg.eigh((psi + psi.T) / 2.0)
    if values[0] >= 0.0 or values[0] < -_NEGATIVE * values[-1]:
        return psi
    return (vectors * np.maximum(values, 0.0)) @ vectors.T


def estimation_slopes(block: Block, psi: np.ndarray) -> np.ndarray:
    """Derivatives of log sds and inverse hyperbolic tangents of Sigma by those of the root, (k, k).

    Zero where a standard deviation is, or a correlation stands at its limit.
    """
    found, structure, q = _parts(block, psi), block.structure, size(block)
    i, j = np.transpose(pairs(q))
    inverse = block.inverse
    result = np.zeros((len(structure.basis), len(structure.basis)))
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = (found.M @ found.M.T)[i, j] / np.sqrt(found.variances[i] * found.variances[j])
        for a, element in enumerate(structure.basis):
            logs = 2.0 * (found.M * (inverse @ element)).sum(axis=1) / found.variances
            minors = found.compound @ (_minors(found.root, element) + _minors(element, found.root))
            of_squares = 2.0 * (found.minors * minors).sum(axis=1) / found.squares
            result[:, a] = np.append(0.5 * logs, -0.5 * (of_squares - logs[i] - logs[j]) / cosine)
    return np.where(np.isfinite(result), result, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """The root of psi, M, the minors of K^{-1} and M, Sigma's diagonal, and D by pair."""

    root: np.ndarray
    M: np.ndarray
    compound: np.ndarray
    minors: np.ndarray
    variances: np.ndarray
    squares: np.ndarray


def _parts(block: Block, psi: np.ndarray) -> _Parts:
    inverse = block.inverse
    root = block.structure.matrix(MatrixSquareRoot().inverse(block.structure, psi))
    M, compound = inverse @ root, _minors(inverse, inverse)
    minors = compound @ _minors(root, root)
    return _Parts(root, M, compound, minors, (M**2).sum(axis=1), (minors**2).sum(axis=1))


def _minors(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    """A_ia B_jb - A_ib B_ja for pairs of rows i < j and columns a < b; those of a matrix where A is B."""
    i, j = np.transpose(pairs(len(A)))
    left, right = A[i], B[j]
    return left[:, i] * right[:, j] - left[:, j] * right[:, i]
