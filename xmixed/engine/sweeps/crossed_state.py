"""What the upward sweep over crossed levels leaves, and block-diagonal factors (letters as in `crossed`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xmixed.engine.problem import Problem
from xmixed.engine.products.crossed import CrossedProducts

# Where a level's random effects explain less than this, (I - S^{-1})/psi would lose digits.
_NEARLY_ABSENT = 1e-4


@dataclass(eq=False)
class CrossedState:
    """What the upward sweep leaves for the downward sweep and the second derivatives.

    Attributes
    ----------
    products : CrossedProducts
    H : (q0, q0, G0) array
    F : (q0, nnz) array
        Values on the pattern of Z0'Z1.
    grams : (q0, q0, m, m) array
        F_a'F_b.
    psis : per dense level (q, q) arrays
    roots : per dense level (q, q) arrays
        T, with Psi = TT' (or -TT').
    K : (m, m) array
    factor : (m, m) array
        Lower Cholesky factor of S.
    ZtVW : per level (q, G, p+1) arrays
        Z'V^{-1}[X, y].
    """

    products: CrossedProducts
    H: np.ndarray
    F: np.ndarray
    grams: np.ndarray
    psis: tuple[np.ndarray, ...]
    roots: tuple[np.ndarray, ...]
    K: np.ndarray
    factor: np.ndarray
    ZtVW: tuple[np.ndarray, ...] = ()

    @cached_property
    def C(self) -> np.ndarray:
        """T S^{-1} T', the conditional variance of the dense random effects (sigma_e = 1, beta known)."""
        return self._sandwich(self.S_inverse, self.roots)

    @cached_property
    def S_inverse(self) -> np.ndarray:
        """S^{-1}; takes the place of the factor, which nothing needs afterwards."""
        from scipy.linalg import get_lapack_funcs

        (potri,) = get_lapack_funcs(("potri",), (self.factor,))
        inverse, _ = potri(self.factor, lower=1, overwrite_c=1)
        diagonal = inverse.diagonal().copy()
        inverse += inverse.T  # the factor's upper triangle is zero
        inverse[np.diag_indices(len(inverse))] = diagonal
        return inverse

    @cached_property
    def present(self) -> bool:
        """Whether every dense level explains enough for Psi to be divided by."""
        share = [
            float(np.linalg.eigvalsh(psi)[0]) * float(self.K.diagonal()[part].mean())
            for psi, part in zip(self.psis, self.products.parts, strict=True)
        ]
        return min(share) > _NEARLY_ABSENT

    @cached_property
    def W(self) -> np.ndarray:
        """Z1'V^{-1}Z1, (m, m)."""
        if self.present:
            # (I - S^{-1}) between T^{-T} and T^{-1}.
            factors = tuple(np.linalg.inv(t).T for t in self.roots)
            W = self._sandwich(self.S_inverse, factors)
            np.negative(W, out=W)
            for factor, part in zip(factors, self.products.parts, strict=True):
                add_diagonal(W[part, part], factor @ factor.T)
            return W
        W = self.K - self.K @ self.C @ self.K
        return (W + W.T) / 2

    @cached_property
    def remaining(self) -> np.ndarray:
        """I - CK, (m, m)."""
        rest = -(self.C @ self.K)
        rest[np.diag_indices(len(rest))] += 1.0
        return rest

    def _sandwich(self, matrix: np.ndarray, factors: tuple[np.ndarray, ...]) -> np.ndarray:
        return sandwich(matrix, factors, self.products.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How often the groups of the eliminated level count.

    Attributes
    ----------
    groups : (G0,) array or None
        In the products of the dense levels; None: once.
    elements : (nnz,) array or None
        The same for each element of the pattern of Z0'Z1.
    share : float
        How often the dense levels count in all.
    """

    groups: np.ndarray | None
    elements: np.ndarray | None
    share: float

    @staticmethod
    def of(problem: Problem, products: CrossedProducts) -> Counts:
        """Those of a problem's weights."""
        weights, first = problem.weights, products.order[0]
        if weights is None:
            return Counts(None, None, 1.0)
        share = 1.0 / problem.weight_scale
        if not weights.to_above[first]:
            return Counts(None, None, share)
        groups = weights.to_above[first][0]
        return Counts(groups, groups[products.pattern.rows], share)

    def among_dense(self, values: np.ndarray) -> np.ndarray:
        """(..., G0) values for sums in the products of the dense levels."""
        return values if self.groups is None else values * self.groups

    def among_elements(self, values: np.ndarray) -> np.ndarray:
        """The same for (..., nnz) values on the pattern."""
        return values if self.elements is None else values * self.elements

    def in_all(self, values: np.ndarray) -> np.ndarray:
        """(..., G0) values for sums over all data."""
        counted = self.among_dense(values)
        return counted if self.share == 1.0 else counted * self.share


def by_level(products: CrossedProducts, first: np.ndarray, dense: np.ndarray) -> tuple[np.ndarray, ...]:
    """Results of the eliminated level (q0, G0, w) and the dense ones (m, w) in the model's order."""
    result = {products.order[0]: first}
    for level, part in zip(products.order[1:], products.parts, strict=True):
        result[level] = dense[part].reshape(len(products.levels[level].ZtZ), -1, dense.shape[1])
    return tuple(result[level] for level in range(len(products.levels)))


def root(psi: np.ndarray) -> np.ndarray:
    """T with TT' = Psi, for Psi positive semidefinite, or -Psi for a negative number."""
    if len(psi) == 1:
        return np.sqrt(np.abs(psi))
    values, vectors = np.linalg.eigh(psi)
    return vectors * np.sqrt(np.maximum(values, 0.0))


def signs(psis: tuple[np.ndarray, ...], parts: tuple[slice, ...]) -> np.ndarray:
    """-1 for the columns of levels whose Psi is a negative number, else 1; (m,)."""
    sign = [-1.0 if len(psi) == 1 and psi[0, 0] < 0 else 1.0 for psi in psis]
    return np.repeat(sign, [part.stop - part.start for part in parts])


def apply(factors: tuple[np.ndarray, ...], parts: tuple[slice, ...], right: np.ndarray) -> np.ndarray:
    """(blockdiag of factor x I) right, a new (m, w) array."""
    result = np.empty_like(right)
    for factor, part in zip(factors, parts, strict=True):
        block = right[part]
        result[part] = (factor @ block.reshape(len(factor), -1)).reshape(block.shape)
    return result


def sandwich(matrix: np.ndarray, factors: tuple[np.ndarray, ...], parts: tuple[slice, ...]) -> np.ndarray:
    """F matrix F' with F = blockdiag of factor x I; (m, m), a new array."""
    if all(len(factor) == 1 for factor in factors):
        sizes = [part.stop - part.start for part in parts]
        scale = np.repeat([float(factor[0, 0]) for factor in factors], sizes)
        result = matrix * scale
        result *= scale[:, None]
        return result
    return apply(factors, parts, apply(factors, parts, matrix).T)


def add_diagonal(matrix: np.ndarray, small: np.ndarray) -> None:
    """Add small x I to a (q G, q G) matrix in place."""
    q = len(small)
    at = np.arange(len(matrix) // q)
    for a in range(q):
        for b in range(q):
            matrix[a * len(at) + at, b * len(at) + at] += small[a, b]
