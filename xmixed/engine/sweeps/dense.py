"""V^{-1}, V^{-1}Z and V^{-1}X of few rows as dense matrices, level by level from the bottom.

With A = V^{-1}Z, S = Z'A = R'R and LL' = I + R Psi R' a level takes V^{-1}W to

    V^{-1}W - Q'(I - L^{-T}L^{-1})R^{-T}Z'V^{-1}W,  Q = R^{-T}A',  and A to Q'L^{-T}L^{-1}R.

Where effects are far larger than residuals L^{-1} is next to nothing, and nothing large is subtracted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.engine.batched import cholesky, cross, semidefinite_cholesky, solve_lower, times
from xmixed.engine.residuals.crossed_rows import LevelRows
from xmixed.engine.sweeps.sweeps import Psis


@dataclass(frozen=True, slots=True, eq=False)
class DenseProducts:
    """V^{-1} (n, n), V^{-1}Z of each level (q, n, G), X'V^{-1} (p, n)."""

    inverse: np.ndarray
    of_levels: tuple[np.ndarray, ...]
    of_fixed: np.ndarray


class _Elimination:
    """One level eliminated: Q and E = L^{-1}Q by row, (q, n), and R' and L by group, (q, q, G)."""

    def __init__(self, level: LevelRows, psi: np.ndarray, A: np.ndarray) -> None:
        S = level.by_group(A)
        self.codes, self.lower = level.codes, semidefinite_cholesky((S + S.transpose(1, 0, 2)) / 2)
        inner = cross(self.lower, times(psi, self.lower))
        inner[np.arange(len(psi)), np.arange(len(psi))] += 1.0
        self.L = cholesky(inner)[0]
        self.Q = solve_lower(self.lower[:, :, self.codes], A[:, None], singular=True)[:, 0]
        self.E = solve_lower(self.L[:, :, self.codes], self.Q[:, None])[:, 0]

    def taken(self) -> np.ndarray:
        """What V^{-1} loses, (n, n)."""
        same = self.codes[:, None] == self.codes
        return (self.Q.T @ self.Q - self.E.T @ self.E) * same

    def taken_of(self, products: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients of Q and of E in what V^{-1}W loses; `products`: Z'V^{-1}W, (q, w, G') of `groups`."""
        moved = solve_lower(self.lower[:, :, groups], products, singular=True)
        return moved, solve_lower(self.L[:, :, groups], moved)

    def own(self) -> np.ndarray:
        """What A becomes, (q, n)."""
        moved = solve_lower(self.L, self.lower.transpose(1, 0, 2))
        return np.einsum("kn,kan->an", self.E, moved[:, :, self.codes])


def dense_products(
    precision: np.ndarray,
    levels: Sequence[LevelRows],
    psis: Psis,
    left: np.ndarray,
    fitted: np.ndarray | None,
) -> DenseProducts:
    """The matrices of nested levels, given from the top to the bottom.

    Parameters
    ----------
    precision : (n, n) array
        Lambda^{-1}.
    left : (w, n) array
        W, the columns of the levels above the bottom from the nearest on, then X; less ZB where `fitted`.
    fitted : (q, w+1, G) array or None
        B of the bottom level, the outcome last.
    """
    # V^{-1}W of the columns of levels still to come, and of X.
    inverse, right = precision, left @ precision
    done: list[np.ndarray] = []
    for step, (level, psi) in enumerate(zip(levels[::-1], psis[::-1], strict=True)):
        A, right = (right[: len(psi)], right[len(psi) :]) if step else (level.columns @ precision, right)
        found, codes = _Elimination(level, psi, A), level.codes
        inverse = inverse - found.taken()
        of_Q, of_E = found.taken_of(level.by_group(right), np.arange(level.n_groups))
        right = right - np.einsum("kn,kwn->wn", found.Q, of_Q[:, :, codes])
        right = right + np.einsum("kn,kwn->wn", found.E, of_E[:, :, codes])
        own = found.own()
        if not step and fitted is not None:
            right = right + np.einsum("an,awn->wn", own, fitted[:, : len(left), codes])
        for at, below in enumerate(done):
            parents = np.zeros(below.shape[2], np.intp)
            parents[levels[-1 - at].codes] = codes
            of_Q, of_E = found.taken_of(np.einsum("an,bng->abg", level.columns, below), parents)
            lost = np.einsum("kn,kbg->bng", found.Q, of_Q) - np.einsum("kn,kbg->bng", found.E, of_E)
            done[at] = below - lost * (codes[:, None] == parents)
        done.append(level.spread(own))
    return DenseProducts(inverse, tuple(done[::-1]), right)
