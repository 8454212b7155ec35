"""Exact second derivatives of log|V| (or log|V| + log|X'V^{-1}X|) and of y'Py.

With V_a = Z D_a Z' for a direction D_a of Psi:

    d^2 log|V|  = -tr(V^{-1}V_a V^{-1}V_b)     (P in place of V^{-1} with log|X'V^{-1}X|, REML)
    d^2 y'Py    = 2 y'P V_a P V_b P y

For two levels, here, the sums over groups are matrix products; for more, P couples groups through their
ancestors (`multilevel_curvature`).
"""

from __future__ import annotations

from functools import cache
from math import isqrt
from typing import NamedTuple

import numpy as np

from xmixed.engine.batched import cross, triangular_inverse
from xmixed.engine.sweeps.conditional import LevelState
from xmixed.engine.sweeps.directions import Direction, stacked
from xmixed.engine.sweeps.sweeps import Upward

# Columns of Z up to which second derivatives are one matrix times their sums.
_FEW = 4
_NONE = np.zeros((0, 0))


class TwoLevelSums(NamedTuple):
    """Sums over groups of products of W = Z'V^{-1}Z, packed (q(q+1)/2), F = Z'V^{-1}X and s = Z'Py.

    Attributes
    ----------
    WW, Ws : arrays, of W and of ss' with W
    sF : (q, q p) array, of s with F
    WF : array, of W with F'F; FF : (q p, q p) array, of F with F. Empty for ML.
    """

    WW: np.ndarray
    Ws: np.ndarray
    sF: np.ndarray
    WF: np.ndarray
    FF: np.ndarray

    @staticmethod
    def of(
        W: np.ndarray, F: np.ndarray, s: np.ndarray, root: np.ndarray, counts: np.ndarray | None, reml: bool
    ) -> TwoLevelSums:
        """The sums over some groups.

        Parameters
        ----------
        W, F, s : (q, q, G), (q, p, G) and (q, G) arrays
        root : (p, p) array
            Inverse of the factor of X'V^{-1}X: it makes the covariance of beta the identity.
        counts : (G,) array or None
            How often each group counts.
        """
        q, groups, p = s.shape[0], s.shape[1], len(root)
        row, column, _ = _packing(q)
        packed = W[row, column]
        counted = packed if counts is None else packed * counts
        WW, Ws = counted.dot(packed.T), counted.dot((s[row] * s[column]).T)
        sF = (s if counts is None else s * counts).dot(F.reshape(q * p, groups).T)
        sF = sF.reshape(q * q, p).dot(root.T).reshape(q, q * p)
        if not (reml and p):
            return TwoLevelSums(WW, Ws, sF, _NONE, _NONE)
        F = np.matmul(root, F)
        flat = F.reshape(q * p, groups)
        products = np.array([np.add.reduce(F[i] * F[j]) for i, j in zip(row, column, strict=True)])
        of_all = flat if counts is None else flat * counts
        return TwoLevelSums(WW, Ws, sF, counted.dot(products.T), of_all.dot(flat.T))

    @staticmethod
    def of_state(
        state: LevelState, s: np.ndarray, root: np.ndarray, counts: np.ndarray | None, reml: bool
    ) -> TwoLevelSums:
        """The same where an upward sweep has ended in `state`."""
        W, F = cross(state.Y, state.Y), cross(state.Y, state.E[:, : len(root)])
        return TwoLevelSums.of(W, F, s, root, counts, reml)

    def plus(self, other: TwoLevelSums) -> TwoLevelSums:
        """The sums over these groups and others."""
        return TwoLevelSums(
            self.WW + other.WW, self.Ws + other.Ws, self.sF + other.sF, self.WF + other.WF, self.FF + other.FF
        )

    def second_derivatives(self, directions: tuple[Direction, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Of the log determinants and of y'Py, both (k, k)."""
        q = len(self.sF)
        p = self.sF.shape[1] // q
        D = stacked(directions)[0][1]
        contract = _few_contracted if q <= _FEW else _contracted
        log_det = -contract(self.WW, D)
        rss = contract(self.Ws, D)
        if p:
            slopes = D.dot(self.sF.reshape(q * q, p))
            rss -= slopes.dot(slopes.T)
        if len(self.FF):
            # 2 tr(K F'D_a W D_b F) - tr(K H_a K H_b), with F scaled so that K is the identity.
            H = D.dot(self.FF.reshape(q, p, q, p).swapaxes(1, 2).reshape(q * q, p * p))
            contracted = contract(self.WF, D)
            log_det += contracted + contracted.T - H.dot(H.T)
        return log_det, 2.0 * rss


def root_of(up: Upward) -> np.ndarray:
    """The inverse of the factor of X'V^{-1}X, (p, p)."""
    return triangular_inverse(up.factor) if len(up.factor) else np.zeros((0, 0))


@cache
def _packing(q: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows and columns of the elements on and below a diagonal, and the place of each of (q, q) there."""
    row, column = np.tril_indices(q)
    unpack = np.empty((q, q), np.intp)
    unpack[row, column] = unpack[column, row] = np.arange(len(row))
    return row, column, unpack


def _contracted(sums: np.ndarray, D: np.ndarray) -> np.ndarray:
    """Sum of U_ij V_kl, packed, -> sum of tr(U D_a V D_b), symmetric in a and b; D is (k, q q)."""
    k, square = D.shape
    q = isqrt(square)
    _, _, unpack = _packing(q)
    sums = sums[unpack][:, :, unpack]
    half = D @ sums.transpose(1, 2, 0, 3).reshape(square, square)
    return half @ D.reshape(k, q, q).transpose(0, 2, 1).reshape(k, square).T


def _few_contracted(sums: np.ndarray, D: np.ndarray) -> np.ndarray:
    """The same for few columns: a matrix that depends on q alone takes the sums to all tr(U E_m V E_n)."""
    e = len(sums)
    matrix, lower = _contraction(isqrt(D.shape[1]))
    half = D.take(lower, axis=1).dot(matrix.dot(sums.ravel()).reshape(e, e))
    return half.dot(D.take(lower, axis=1).T)


@cache
def _contraction(q: int) -> tuple[np.ndarray, np.ndarray]:
    """Of tr(U E_m V E_n) in terms of U_ij V_kl, packed, (e e, e e); E_m is one on and below the diagonal.

    Then the places of these elements among those of a (q, q) matrix.
    """
    row, column, unpack = _packing(q)
    E = np.equal(unpack, np.arange(len(row))[:, None, None]).astype(np.float64)
    found = np.einsum("mjk,nli,xij,ykl->mnxy", E, E, E, E)
    return found.reshape(len(row) ** 2, len(row) ** 2), row * q + column
