"""One level of few groups: the same sweeps in fewer, larger calls.

Where all groups together hold some hundred numbers, the time of a sweep is that of calling numpy. One or two
random effects are written out; for more, LAPACK takes the matrices of all groups at once.
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.problem import Problem
from xmixed.engine.sweeps.conditional import LevelState
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.sweeps import Downward, Psis, Upward, eliminate_fixed

_MOST_COLUMNS = 4
_MOST_ELEMENTS = 20_000


def in_few_calls(problem: Problem) -> bool:
    """Whether a problem is one for these sweeps."""
    levels = problem.products.levels
    if len(levels) != 1 or problem.weights is not None:
        return False
    q, w, groups = levels[0].ZtW.shape
    return 0 < q <= _MOST_COLUMNS and q * q * max(q * q, q + w) * groups <= _MOST_ELEMENTS


class FewGroups(NestedSweeps):
    """See `NestedSweeps`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        lower = self.plan.lower
        q = len(lower)
        # A - I = R Psi R' of all groups is one matrix times the elements of Psi.
        rows = lower.transpose(1, 2, 0)
        pairs = rows[:, None, :, :, None] * rows[None, :, :, None, :]
        self._spread = pairs.reshape(-1, q * q)
        self._shape = (q, q, lower.shape[2])

    def up(self, psis: Psis) -> Upward:
        """See `Sweeps`."""
        psi = psis[0]
        if np.iscomplexobj(psi):
            return super().up(psis)
        self.evaluations += 1
        q = len(psi)
        A = (self._spread @ psi.ravel()).reshape(self._shape)
        solved, log_det = (written_out if q <= 2 else _by_lapack)(A, self.plan.stacked)
        state = LevelState(solved[:, :q], solved[:, q:])
        top = self.plan.base_top + np.matmul(state.E, state.E.swapaxes(1, 2)).sum(axis=0)
        return eliminate_fixed(top, log_det, (state,))

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """See `Sweeps`."""
        if self.problem.reml or np.iscomplexobj(upward.beta):
            return super().down(upward, psis)
        state: LevelState = upward.states[0]
        coefficients = np.ones(len(upward.beta) + 1)
        np.negative(upward.beta, out=coefficients[:-1])
        residual = coefficients @ state.E
        scores = (state.Y * residual[:, None]).sum(axis=0)
        return Downward((np.matmul(state.Y, state.Y.swapaxes(1, 2)).sum(axis=0),), (scores,))


def written_out(A: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, float]:
    """L^{-1} right and the sum of log|I + A| where A has one or two rows, LL' = I + A."""
    solved = np.empty(right.shape)
    first = np.sqrt(A[0, 0] + 1.0)
    np.divide(right[0], first, out=solved[0])
    if len(A) == 1:
        return solved, 2.0 * float(np.log(first).sum())
    below = A[1, 0] / first
    second = np.sqrt(A[1, 1] + 1.0 - below * below)
    np.subtract(right[1], below * solved[0], out=solved[1])
    solved[1] /= second
    return solved, 2.0 * float(np.log(first * second).sum())


def _by_lapack(A: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, float]:
    """The same for more rows."""
    L = np.linalg.cholesky(A.transpose(2, 0, 1) + np.eye(len(A)))
    log_det = 2.0 * float(np.log(L.diagonal(0, 1, 2)).sum())
    solved = np.linalg.solve(L, right.transpose(2, 0, 1)).transpose(1, 2, 0)
    return np.ascontiguousarray(solved), log_det
