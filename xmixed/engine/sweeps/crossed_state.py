"""What the upward sweep over crossed levels leaves, and block-diagonal factors (letters as in `crossed`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xmixed.engine.batched import mirror
from xmixed.engine.problem import Problem
from xmixed.engine.products.crossed import CrossedProducts

# Where a level's random effects explain less than this, dividing by Psi would lose digits.
_NEARLY_ABSENT = 1e-4
# How many elements of a dense product are formed at a time.
_ELEMENTS = 500_000
_FEW_COLUMNS = 100


@dataclass(eq=False)
class DenseSystem:
    """The large arrays of an upward sweep.

    Attributes
    ----------
    own : (q0, q0, G0) array
        Z0'V0^{-1}Z0.
    F : (q0, nnz) array
        Values on the pattern of Z0'Z1.
    reach : (G0,) array
        What F is in terms of Z0'Z1 where Z0 has one column.
    grams : (q0, q0, m, m) array
        F_a'F_b.
    K : (m, m) array or None
        None where every dense level explains enough for Psi to be divided by: then I - KC = Psi^{-1}C.
    factor : (m, m) array
        S (perhaps without what is below the diagonal), then its lower Cholesky factor, then C.
    """

    own: np.ndarray
    F: np.ndarray
    reach: np.ndarray
    grams: np.ndarray
    K: np.ndarray | None
    factor: np.ndarray
    has_C: bool = False


@dataclass(eq=False)
class CrossedState:
    """What the upward sweep leaves for the downward sweep and the second derivatives.

    The large arrays are those of one sweep at a time: they are let go when the next begins, and formed once
    more where an earlier point is returned to.

    Attributes
    ----------
    products : CrossedProducts
    psis : per dense level (q, q) arrays
    roots : per dense level (q, q) arrays
        T, with Psi = TT' (or -TT').
    form : callable
        Forms the large arrays.
    ZtVW : per level (q, G, p+1) arrays
        Z'V^{-1}[X, y].
    """

    products: CrossedProducts
    psis: tuple[np.ndarray, ...]
    roots: tuple[np.ndarray, ...]
    form: Callable[[CrossedState], DenseSystem]
    ZtVW: tuple[np.ndarray, ...] = ()
    kept: DenseSystem | None = None

    @property
    def system(self) -> DenseSystem:
        """The large arrays."""
        if self.kept is None:
            self.kept = self.form(self)
        return self.kept

    def let_go(self) -> None:
        """Give the memory of the large arrays back."""
        self.kept = None

    @property
    def own(self) -> np.ndarray:
        """See `DenseSystem`."""
        return self.system.own

    @property
    def F(self) -> np.ndarray:
        """See `DenseSystem`."""
        return self.system.F

    @property
    def grams(self) -> np.ndarray:
        """See `DenseSystem`."""
        return self.system.grams

    @property
    def C(self) -> np.ndarray:
        """T S^{-1} T', the conditional variance of the dense random effects (sigma_e = 1, beta known).

        It takes the place of the factor, which nothing needs afterwards.
        """
        system = self.system
        if not system.has_C:
            # LAPACK's array is column by column; as it is symmetric its transpose is the same row by row.
            system.factor = self._sandwich(_inverse_of_factored(system.factor), self.roots).T
            system.has_C = True
        return system.factor

    @cached_property
    def inverses(self) -> tuple[np.ndarray, ...]:
        """Psi^{-1} of the dense levels, where K is not kept."""
        return tuple(np.linalg.inv(psi) for psi in self.psis)

    def divided(self, right: np.ndarray) -> np.ndarray:
        """Psi^{-1} times (m, w) values, where K is not kept."""
        return apply(self.inverses, self.products.parts, right)

    def unexplained(self, right: np.ndarray, shrunk: np.ndarray) -> np.ndarray:
        """(I - KC) right, with `shrunk` = C right; (m, w)."""
        K = self.system.K
        return self.divided(shrunk) if K is None else right - K @ shrunk

    def inner(self, right: np.ndarray) -> np.ndarray:
        """What C is to be multiplied by for `outer`, (m, w)."""
        K = self.system.K
        return self.divided(right) if K is None else K @ right

    def outer(
        self, right: np.ndarray, inner: np.ndarray, shrunk: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(I - CK) right and Z1'V^{-1}Z1 right, with `shrunk` = C inner; both (m, w)."""
        K = self.system.K
        if K is None:
            return shrunk, inner - self.divided(shrunk)
        return right - shrunk, inner - K @ shrunk

    def remaining(self, right: np.ndarray) -> np.ndarray:
        """(I - CK) right, (m, w)."""
        inner = self.inner(right)
        return self.outer(right, inner, self.C @ inner)[0]

    def started(self, effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x = (I - CK) b and Kx of dense effects b, (m,) each, where b is far larger than x."""
        K = self.system.K
        if K is None:
            x = self.C @ self.divided(effects)
            return x, self.divided(effects - x)
        grown = apply(self.psis, self.products.parts, K)
        x = np.linalg.solve(np.eye(len(K)) + grown, effects)
        return x, K @ x

    def W_times(self, right: np.ndarray) -> np.ndarray:
        """Z1'V^{-1}Z1 right, (m, w)."""
        inner = self.inner(right)
        return self.outer(right, inner, self.C @ inner)[1]

    def W_rows(self, rows: np.ndarray) -> np.ndarray:
        """Rows of Z1'V^{-1}Z1, (len(rows), m)."""
        unit = np.zeros((self.products.pattern.shape[1], len(rows)))
        unit[rows, np.arange(len(rows))] = 1.0
        return self.W_times(unit).T

    def squares(self, one: slice, other: slice) -> float | None:
        """Sum of the squares of W = Z1'V^{-1}Z1 between two dense levels of one column each.

        None where W is not Psi^{-1} - Psi^{-1}C Psi^{-1} by elements.
        """
        if self.system.K is not None or any(len(psi) > 1 for psi in self.psis):
            return None
        parts = self.products.parts
        left, right = (float(self.inverses[parts.index(part)][0, 0]) for part in (one, other))
        block = self.C[one, other]
        if one != other:
            return (left * right) ** 2 * float(np.einsum("ij,ij->", block, block))
        # On the diagonal the two parts nearly cancel where a level explains little; it is left out meanwhile.
        diagonal = block.diagonal().copy()
        np.fill_diagonal(block, 0.0)
        others = float(np.einsum("ij,ij->", block, block))
        np.fill_diagonal(block, diagonal)
        diagonal = left - left * left * diagonal
        return left**4 * others + float(diagonal @ diagonal)

    def W_blocks(self, part: slice, q: int) -> np.ndarray:
        """Blocks of single groups of a dense level of Z1'V^{-1}Z1, (q, q, G)."""
        if self.system.K is None:
            level = self.products.parts.index(part)
            inverse = self.inverses[level]
            inner = np.einsum("ab,bcg,cd->adg", inverse, own_blocks(self.C, part, q), inverse)
            return inverse[:, :, None] - inner
        groups = (part.stop - part.start) // q
        blocks = np.empty((q, q, groups))
        for first, last in chunks(groups, q * self.products.pattern.shape[1]):
            rows = part.start + (np.arange(q)[:, None] * groups + np.arange(first, last)).ravel()
            found = self.W_rows(rows)[:, part].reshape(q, last - first, q, groups)
            at = np.arange(last - first)
            blocks[:, :, first:last] = found[:, at, :, first + at].transpose(1, 2, 0)
        return blocks

    def _sandwich(self, matrix: np.ndarray, factors: tuple[np.ndarray, ...]) -> np.ndarray:
        return sandwich(matrix, factors, self.products.parts, in_place=True)


def _inverse_of_factored(factor: np.ndarray) -> np.ndarray:
    """The inverse of a positive definite matrix from its lower factor, in its place if it is large."""
    if len(factor) < _FEW_COLUMNS:
        half = np.linalg.inv(factor)  # potri wakes all threads whatever the size
        return half.T @ half
    from scipy.linalg import get_lapack_funcs

    (potri,) = get_lapack_funcs(("potri",), (factor,))
    inverse, _ = potri(factor, lower=1, overwrite_c=1)
    # The factor's upper triangle is zero; the transpose is row by row.
    mirror(inverse.T)
    return inverse


def explains_enough(K: np.ndarray, psis: tuple[np.ndarray, ...], parts: tuple[slice, ...]) -> bool:
    """Whether every dense level explains enough for Psi to be divided by."""
    share = [
        float(np.linalg.eigvalsh(psi)[0]) * float(K.diagonal()[part].mean())
        for psi, part in zip(psis, parts, strict=True)
    ]
    return min(share) > _NEARLY_ABSENT


def own_blocks(matrix: np.ndarray, part: slice, q: int) -> np.ndarray:
    """Blocks (q, q, G) of single groups of a dense level, from an (m, m) matrix."""
    blocks = matrix[part, part].reshape(q, -1, q, (part.stop - part.start) // q)
    return np.einsum("agbg->abg", blocks).copy()


def chunks(count: int, width: int) -> Iterator[tuple[int, int]]:
    """First and last rows of dense (rows, width) products of bounded size."""
    size = max(1, _ELEMENTS // max(1, width))
    return ((first, min(first + size, count)) for first in range(0, count, size))


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


def sandwich(
    matrix: np.ndarray, factors: tuple[np.ndarray, ...], parts: tuple[slice, ...], in_place: bool = False
) -> np.ndarray:
    """F matrix F' with F = blockdiag of factor x I; (m, m), a new array or perhaps the given one."""
    if all(len(factor) == 1 for factor in factors):
        sizes = [part.stop - part.start for part in parts]
        scale = np.repeat([float(factor[0, 0]) for factor in factors], sizes)
        result = np.multiply(matrix, scale, out=matrix if in_place else None)
        result *= scale[:, None]
        return result
    return apply(factors, parts, apply(factors, parts, matrix).T)
