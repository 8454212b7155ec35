"""Metrics of the optimisation: the matrix square root and the matrix logarithm of Psi = Sigma/sigma_e^2.

Both are T = sum theta_i E_i in the basis of the covariance structure, with Psi = TT or Psi = exp(T): the
spaces of identity, independent and exchangeable matrices are closed under products.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from xmixed.engine.covariance.structures import CovarianceStructure, Mapping
from xmixed.engine.model import MatrixMetric

_LOG_LIMITS = (-75.0, 75.0)


class Parameterization(Protocol):
    """Takes optimisation parameters of one block to natural coordinates, and back.

    Attributes
    ----------
    has_units : bool
        Whether parameters have the size of the columns' standard deviations.
    """

    has_units: bool

    def mapping(self, structure: CovarianceStructure, theta: np.ndarray) -> Mapping:
        """Natural coordinates of Psi with first and second derivatives."""
        ...

    def value(self, structure: CovarianceStructure, theta: np.ndarray) -> np.ndarray:
        """Natural coordinates of Psi alone."""
        ...

    def inverse(self, structure: CovarianceStructure, psi: np.ndarray) -> np.ndarray:
        """Parameters of a (nearly) positive semidefinite Psi."""
        ...


class MatrixSquareRoot:
    """Psi = TT with T symmetric: positive semidefinite for every T."""

    has_units = True

    def mapping(self, structure: CovarianceStructure, theta: np.ndarray) -> Mapping:
        """See `Parameterization`."""
        second = structure.squares
        jacobian = second.dot(theta)
        return Mapping(jacobian.dot(theta) / 2.0, jacobian, second)

    def value(self, structure: CovarianceStructure, theta: np.ndarray) -> np.ndarray:
        """See `Parameterization`."""
        T = structure.matrix(theta)
        return structure.coordinates(T.dot(T))

    def inverse(self, structure: CovarianceStructure, psi: np.ndarray) -> np.ndarray:
        """See `Parameterization`."""
        values, vectors = np.linalg.eigh(psi)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))).dot(vectors.T)
        return structure.coordinates(root)


class MatrixLogarithm:
    """Psi = exp(T): positive definite for every T, so that a boundary is only approached."""

    has_units = False

    def mapping(self, structure: CovarianceStructure, theta: np.ndarray) -> Mapping:
        """See `Parameterization`; derivatives are blocks of the exponential of a block matrix."""
        from scipy.linalg import expm

        E, q = structure.basis, structure.q
        T = structure.matrix(theta)
        k = len(E)
        jacobian, second = np.empty((k, k)), np.empty((k, k, k))
        value = np.empty(k)
        for a in range(k):
            for b in range(a + 1):
                block = np.zeros((4 * q, 4 * q))
                for i in range(4):
                    block[i * q : (i + 1) * q, i * q : (i + 1) * q] = T
                block[:q, q : 2 * q] = block[2 * q : 3 * q, 3 * q :] = E[a]
                block[:q, 2 * q : 3 * q] = block[q : 2 * q, 3 * q :] = E[b]
                power = expm(block)
                second[:, a, b] = second[:, b, a] = structure.coordinates(power[:q, 3 * q :])
                if b == 0:
                    jacobian[:, a] = structure.coordinates(power[:q, q : 2 * q])
                    value = structure.coordinates(power[:q, :q])
        return Mapping(value, jacobian, second)

    def value(self, structure: CovarianceStructure, theta: np.ndarray) -> np.ndarray:
        """See `Parameterization`."""
        values, vectors = np.linalg.eigh(structure.matrix(theta))
        return structure.coordinates((vectors * np.exp(np.clip(values, *_LOG_LIMITS))) @ vectors.T)

    def inverse(self, structure: CovarianceStructure, psi: np.ndarray) -> np.ndarray:
        """See `Parameterization`."""
        values, vectors = np.linalg.eigh(psi)
        logs = np.log(np.maximum(values, np.exp(_LOG_LIMITS[0])))
        return structure.coordinates((vectors * logs) @ vectors.T)


def parameterization(name: MatrixMetric) -> Parameterization:
    """The metric of that name."""
    return MatrixSquareRoot() if name == "matsqrt" else MatrixLogarithm()
