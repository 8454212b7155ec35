"""Covariance structures: every one is a linear space of symmetric matrices, and one class.

A structure's natural coordinates nu give Sigma = sum nu_i E_i: the common variance; the variances;
a variance and a covariance; or all variances and then all covariances (1,2), (1,3) ... (2,3). The
estimation metric (log standard deviations, atanh correlations) has as many elements in the same order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache, cached_property
from math import atanh, exp, log
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from xmixed.engine.result import ParameterKind

# exp(2*LOG_FLOOR) is the smallest variance ratio that the estimation metric shows of usual columns.
LOG_FLOOR = float(np.log(1e-16))
CORRELATION_LIMIT = float(np.nextafter(1.0, 0.0))

Label = tuple["ParameterKind", int, int]
# Parameters up to which what does not depend on their values is kept.
_MOST_KEPT = 100

# The two log sds and the correlation (or None) that a natural coordinate is made of.
Members = tuple[int, int, int | None]


class Mapping(NamedTuple):
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

    def bent(self, slopes: np.ndarray) -> np.ndarray:
        """Second derivatives weighted by slopes along nu and summed, (k, k)."""
        k = self.second.shape[1]
        return slopes.dot(self.second.reshape(len(slopes), k * k)).reshape(k, k)


@cache
def pairs(q: int) -> tuple[tuple[int, int], ...]:
    """(0,1), (0,2) ... (1,2) ...: the order of covariances."""
    return tuple((i, j) for i in range(q) for j in range(i + 1, q))


class CovarianceStructure(ABC):
    """A structure for q columns; `covariance_structure` keeps one object for each name and q.

    Attributes
    ----------
    name : str
        What a model calls it.
    title : str
        What tables call it.
    common_variance : bool
        Whether all columns share one variance.
    separate_columns : bool
        Whether every parameter belongs to one column alone.
    ties_groups : bool
        Whether effects may have it between the groups of a level: see `tied`.
    q : int
    basis : (k, q, q) array
        E.
    labels : tuple of (kind, row, column)
        Of each parameter; rows and columns from 1.
    correlated : bool
        Whether any parameter is a correlation.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    common_variance: ClassVar[bool] = False
    separate_columns: ClassVar[bool] = False
    ties_groups: ClassVar[bool] = False

    def __init__(self, q: int) -> None:
        self.q = q
        self._upper = np.triu_indices(q, 1)
        # The diagonal, then what is above it, among the elements row by row.
        self._places = np.concatenate([np.arange(q) * (q + 1), self._upper[0] * q + self._upper[1]])
        self.basis = self._basis()
        self.labels: tuple[Label, ...] = self._labels()
        self._members: list[Members] = self._coordinate_members()
        self._flat = self.basis.reshape(len(self.basis), q * q)
        self.correlated = any(kind == "atanh_correlation" for kind, _, _ in self.labels)

    @abstractmethod
    def _basis(self) -> np.ndarray: ...

    @abstractmethod
    def _labels(self) -> tuple[Label, ...]: ...

    @abstractmethod
    def _coordinate_members(self) -> list[Members]: ...

    @abstractmethod
    def coordinates(self, sigma: np.ndarray) -> np.ndarray:
        """Natural coordinates of the member of the structure nearest to `sigma` (means of equal elements)."""

    @abstractmethod
    def metric(self, scales: np.ndarray, centers: np.ndarray, constant: int | None) -> np.ndarray:
        """K of a block, (q, q): as much of scaling and centring as keeps the form of Sigma.

        Parameters
        ----------
        scales, centers : (q,) arrays
            Of the user's columns.
        constant : int or None
            Which of them is the constant.
        """

    @abstractmethod
    def spread(self, own: np.ndarray) -> np.ndarray:
        """Sizes of the parameters of the matrix square root, (k,), from those of the columns, (q,)."""

    @property
    def squares(self) -> np.ndarray:
        """Natural coordinates of E_a E_b + E_b E_a at [:, a, b], (k, k, k): second derivatives of TT."""
        return self._squares if len(self.basis) <= _MOST_KEPT else self._formed_squares()

    @cached_property
    def _squares(self) -> np.ndarray:
        return self._formed_squares()

    def _formed_squares(self) -> np.ndarray:
        E, k = self.basis, len(self.basis)
        result = np.empty((k, k, k))
        for a in range(k):
            for b in range(a + 1):
                result[:, a, b] = result[:, b, a] = self.coordinates(E[a] @ E[b] + E[b] @ E[a])
        return result

    @cached_property
    def _counts(self) -> tuple[np.ndarray, np.ndarray]:
        """How often each log sd is in each natural coordinate, (k, k), and products of these, (k, k, k)."""
        counts = np.zeros((len(self._members), len(self._members)))
        for m, (i, j, _) in enumerate(self._members):
            counts[m, i] += 1.0
            counts[m, j] += 1.0
        return counts, counts[:, :, None] * counts[:, None]

    @cached_property
    def _correlations(self) -> list[tuple[int, int]]:
        """Which natural coordinates have a correlation, and where that stands."""
        return [(m, z) for m, (_, _, z) in enumerate(self._members) if z is not None]

    def of(self, q: int) -> CovarianceStructure:
        """The structure for another number of columns."""
        return covariance_structure(self.name, q)

    def matrix(self, nu: np.ndarray) -> np.ndarray:
        """Sigma = sum nu_i E_i."""
        return nu.dot(self._flat).reshape(self.q, self.q)

    def limit(self, correlation: float) -> float:
        """The limit that a correlation of a singular matrix is at."""
        return float(np.sign(correlation))

    @property
    def has_one_limit(self) -> bool:
        """Whether a singular matrix has every correlation at its limit."""
        return self.q == 2

    def from_estimation(self, alpha: np.ndarray) -> Mapping:
        """nu as a function of the estimation metric: nu = exp(a_i + a_j) tanh(z_ij)."""
        counts, twice = self._counts
        size = np.exp(counts.dot(alpha))
        value = size.copy()
        for m, z in self._correlations:
            value[m] *= np.tanh(alpha[z])
        jacobian, second = counts * value[:, None], twice * value[:, None, None]
        for m, z in self._correlations:
            slope = size[m] / float(np.cosh(min(abs(alpha[z]), 300.0))) ** 2
            jacobian[m, z] = slope
            second[m, z] = second[m, :, z] = counts[m] * slope
            second[m, z, z] = -2.0 * float(np.tanh(alpha[z])) * slope
        return Mapping(value, jacobian, second)

    def to_estimation(self, sigma: np.ndarray, floors: Sequence[float]) -> np.ndarray:
        """Estimation metric of Sigma; correlations short of one by one ulp.

        Log sds are not below those of `floors`, (q,), by column; a common one not below the least.
        """
        nu, lowest = self.coordinates(sigma).tolist(), min(floors)
        alpha, least = [0.0] * len(self._members), [lowest] * len(self._members)
        for m, (_, _, z) in enumerate(self._members):
            if z is None:
                least[m] = lowest if self.common_variance else floors[self.labels[m][1] - 1]
                alpha[m] = max(0.5 * log(nu[m]), least[m]) if nu[m] > 0 else least[m]
        for m, (i, j, z) in enumerate(self._members):
            if z is not None and alpha[i] > least[i] and alpha[j] > least[j]:
                correlation = nu[m] / exp(alpha[i] + alpha[j])
                alpha[z] = atanh(min(max(correlation, -CORRELATION_LIMIT), CORRELATION_LIMIT))
        return np.array(alpha)

    def change_of_metric(self, metric: np.ndarray) -> np.ndarray:
        """(k, k) matrix that takes the coordinates of Sigma to those of K Sigma K'."""
        return np.array([self.coordinates(moved) for moved in metric @ self.basis @ metric.T]).T


class _CommonVariance(CovarianceStructure):
    """One variance for all columns."""

    common_variance = True

    def metric(self, scales: np.ndarray, centers: np.ndarray, constant: int | None) -> np.ndarray:
        """See `CovarianceStructure`."""
        return np.eye(len(scales)) * float(np.sqrt(np.mean(scales**2)))

    def spread(self, own: np.ndarray) -> np.ndarray:
        """See `CovarianceStructure`: the column that a group tells most about sets the size of all."""
        least = own.min()
        return np.full(len(self.labels), least / np.sqrt(np.mean((least / own) ** 2)))


class Identity(_CommonVariance):
    """One variance, no correlations."""

    name, title = "identity", "Identity"

    def _basis(self) -> np.ndarray:
        return np.eye(self.q)[None]

    def _labels(self) -> tuple[Label, ...]:
        return (("log_sd", 1, 1),)

    def _coordinate_members(self) -> list[Members]:
        return [(0, 0, None)]

    def coordinates(self, sigma: np.ndarray) -> np.ndarray:
        """See `CovarianceStructure`."""
        return np.array([np.trace(sigma) / self.q])


class Exchangeable(_CommonVariance):
    """One variance and one correlation, which may be negative down to -1/(q - 1)."""

    name, title = "exchangeable", "Exchangeable"
    ties_groups = True

    def _basis(self) -> np.ndarray:
        eye = np.eye(self.q)
        return eye[None] if self.q == 1 else np.stack([eye, np.ones((self.q, self.q)) - eye])

    def _labels(self) -> tuple[Label, ...]:
        labels: list[Label] = [("log_sd", 1, 1), ("atanh_correlation", 1, 2)]
        return tuple(labels[: self.q])

    def _coordinate_members(self) -> list[Members]:
        members: list[Members] = [(0, 0, None), (0, 0, 1)]
        return members[: self.q]

    def coordinates(self, sigma: np.ndarray) -> np.ndarray:
        """See `CovarianceStructure`."""
        variance = np.trace(sigma) / self.q
        if self.q == 1:
            return np.array([variance])
        return np.array([variance, sigma[self._upper].mean()])

    def limit(self, correlation: float) -> float:
        """See `CovarianceStructure`."""
        return 1.0 if correlation > 0 else float(correlation)

    @property
    def has_one_limit(self) -> bool:
        """See `CovarianceStructure`."""
        return True


class Independent(CovarianceStructure):
    """A variance for every column."""

    name, title = "independent", "Independent"
    separate_columns = True

    def _basis(self) -> np.ndarray:
        return np.stack([np.diag(row) for row in np.eye(self.q)])

    def _labels(self) -> tuple[Label, ...]:
        return tuple(("log_sd", i + 1, i + 1) for i in range(self.q))

    def _coordinate_members(self) -> list[Members]:
        return [(i, i, None) for i in range(self.q)]

    def coordinates(self, sigma: np.ndarray) -> np.ndarray:
        """See `CovarianceStructure`."""
        return sigma.diagonal().copy()

    def metric(self, scales: np.ndarray, centers: np.ndarray, constant: int | None) -> np.ndarray:
        """See `CovarianceStructure`."""
        return np.diag(scales)

    def spread(self, own: np.ndarray) -> np.ndarray:
        """See `CovarianceStructure`."""
        return own


class Unstructured(CovarianceStructure):
    """Every variance and every covariance."""

    name, title = "unstructured", "Unstructured"

    def _basis(self) -> np.ndarray:
        elements = [np.diag(row) for row in np.eye(self.q)]
        for i, j in pairs(self.q):
            element = np.zeros((self.q, self.q))
            element[i, j] = element[j, i] = 1.0
            elements.append(element)
        return np.stack(elements)

    def _labels(self) -> tuple[Label, ...]:
        sds: list[Label] = [("log_sd", i + 1, i + 1) for i in range(self.q)]
        return (*sds, *(("atanh_correlation", i + 1, j + 1) for i, j in pairs(self.q)))

    def _coordinate_members(self) -> list[Members]:
        diagonal: list[Members] = [(i, i, None) for i in range(self.q)]
        return diagonal + [(i, j, self.q + k) for k, (i, j) in enumerate(pairs(self.q))]

    def coordinates(self, sigma: np.ndarray) -> np.ndarray:
        """See `CovarianceStructure`."""
        return sigma.take(self._places)

    def metric(self, scales: np.ndarray, centers: np.ndarray, constant: int | None) -> np.ndarray:
        """See `CovarianceStructure`: the full centring."""
        metric = np.diag(scales)
        if constant is not None:
            metric[constant] = centers
            metric[constant, constant] = 1.0
        return metric

    def spread(self, own: np.ndarray) -> np.ndarray:
        """See `CovarianceStructure`."""
        return np.append(own, [np.sqrt(own[i] * own[j]) for i, j in pairs(self.q)])


_STRUCTURES: dict[str, type[CovarianceStructure]] = {
    kind.name: kind for kind in (Identity, Independent, Exchangeable, Unstructured)
}


@cache
def covariance_structure(name: str, q: int) -> CovarianceStructure:
    """The structure of that name for q columns."""
    return _STRUCTURES[name](q)
