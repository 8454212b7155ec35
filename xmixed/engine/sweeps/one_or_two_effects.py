"""One level of few groups with one or two random effects: a sweep is two products and little else.

With S = Z'Z of a group, C and R as in `nested`,

    |A| = 1 + tr(S Psi) + |S||Psi|,    adj A = adj I + what is linear in Psi,

so that A^{-1} is written out without losing a digit (nothing is subtracted that is larger than the result),
and both are one matrix times the elements of Psi. Sums over groups of [R, C]'A^{-1}[R, C], which is all that
EM and the log likelihood want beside the scores, are another matrix times the elements of all A^{-1}.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.problem import Problem
from xmixed.engine.sweeps.conditional import LevelState
from xmixed.engine.sweeps.curvature import TwoLevelSums, root_of
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.few_groups import in_few_calls, written_out
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.sweeps import Downward, Psis, Upward, eliminate_fixed

_MOST_EFFECTS = 2
_MOST_ELEMENTS = 50_000
# Rows and columns of the elements on and below the diagonal.
_LOWER = {1: ([0], [0]), 2: ([0, 1, 1], [0, 0, 1])}


def in_two_products(problem: Problem) -> bool:
    """Whether a problem is one for these sweeps."""
    if not in_few_calls(problem):
        return False
    q, w, groups = problem.products.levels[0].ZtW.shape
    return q <= _MOST_EFFECTS and q * (q + 1) // 2 * (q + w) ** 2 * groups <= _MOST_ELEMENTS


@dataclass(slots=True, eq=False)
class _State:
    """What an upward sweep leaves: a `LevelState`, formed only where it is asked for.

    Attributes
    ----------
    lower : (q, q, G) array, R'
    stacked : (q, q + w, G) array, [R, C]
    psi : (q, q) array
    inverse : (e, G) array, elements of A^{-1} on and below the diagonal, row by row
    sums : (q + w, q + w) array, sum over groups of [R, C]'A^{-1}[R, C]
    """

    lower: np.ndarray
    stacked: np.ndarray
    psi: np.ndarray
    inverse: np.ndarray
    sums: np.ndarray
    formed: LevelState | None = None

    @property
    def Y(self) -> np.ndarray:
        """See `LevelState`."""
        return self._level().Y

    @property
    def E(self) -> np.ndarray:
        """See `LevelState`."""
        return self._level().E

    def _level(self) -> LevelState:
        if self.formed is None:
            q = len(self.psi)
            A = np.einsum("aig,ab,bjg->ijg", self.lower, self.psi, self.lower)
            solved, _ = written_out(A, self.stacked)
            self.formed = LevelState(solved[:, :q], solved[:, q:])
        return self.formed


class OneOrTwoEffects(NestedSweeps):
    """See `NestedSweeps`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        lower, stacked = self.plan.lower, self.plan.stacked
        q, width, groups = stacked.shape
        rows, columns = _LOWER[q]
        between = np.array([float(row != column) for row, column in zip(rows, columns, strict=True)])
        self._elements, self._groups = len(rows), groups
        self._spread = _elements_of_inverse(lower)
        both = stacked[rows][:, :, None] * stacked[columns][:, None]
        both = both + between[:, None, None, None] * both.swapaxes(1, 2)
        self._products = both.transpose(0, 3, 1, 2).reshape(-1, width * width)
        # R'A^{-1}[R, C] of each group: (q, e, q + w, G), to be summed over e.
        kept = lower[:, rows, None] * stacked[columns]
        turned = lower[:, columns, None] * stacked[rows]
        self._pieces = kept + between[:, None, None] * turned
        # Those of C, one row for each column of W; those of its columns of X.
        self._of_W = self._pieces[:, :, q:].transpose(2, 0, 1, 3).reshape(width - q, -1)
        self._of_X = self._pieces[:, :, q:-1] if problem.reml else self._pieces[:, :, :0]

    def up(self, psis: Psis) -> Upward:
        """See `Sweeps`."""
        psi = psis[0]
        if psi.dtype.kind == "c":
            return super().up(psis)
        self.evaluations += 1
        q = len(psi)
        if q == 1:
            terms = [1.0, psi[0, 0]]
        else:
            (first, between), (_, second) = psi.tolist()
            terms = [1.0, first, between, second, first * second - between * between]
        found = self._spread.dot(terms).reshape(self._elements + 1, self._groups)
        determinant = found[-1]
        inverse = found[:-1] / determinant
        sums = inverse.ravel().dot(self._products).reshape(len(self.plan.base_top) + q, -1)
        state = _State(self.plan.lower, self.plan.stacked, psi, inverse, sums)
        log_det = float(np.add.reduce(np.log(determinant)))
        return eliminate_fixed(self.plan.base_top + sums[q:, q:], log_det, (state,))

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """See `Sweeps`."""
        state = upward.states[0]
        if not isinstance(state, _State):
            return super().down(upward, psis)
        q, p = len(state.psi), len(upward.beta)
        coefficients = [-b for b in upward.beta.tolist()]
        coefficients.append(1.0)
        residual = np.array(coefficients).dot(self._of_W).reshape(q, self._elements, -1)
        scores = np.add.reduce(residual * state.inverse, axis=1)
        information = state.sums[:q, :q]
        if self.problem.reml and p:
            # The part of it that estimating beta uses up.
            F = np.add.reduce(self._of_X * state.inverse[:, None], axis=1)
            used = np.matmul(root_of(upward), F).reshape(q, -1)
            information = information - used.dot(used.T)
        return Downward((information,), (scores,))

    def second_derivatives(
        self, psis: Psis, directions: tuple[Direction, ...], upward: Upward, downward: Downward
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Sweeps`."""
        state: _State = upward.states[0]
        q, between = len(state.psi), self._between(state)
        W, F = between[:, :q], between[:, q:-1]
        sums = TwoLevelSums.of(W, F, downward.scores[0], root_of(upward), None, self.problem.reml)
        return sums.second_derivatives(directions)

    def _between(self, state: _State) -> np.ndarray:
        """Z'V^{-1}[Z, X, y] of each group, (q, q + w, G)."""
        return np.add.reduce(self._pieces * state.inverse[:, None], axis=1)


def _elements_of_inverse(lower: np.ndarray) -> np.ndarray:
    """What adj A, its elements on and below the diagonal, and |A| are made of: ((e + 1) G, terms).

    The terms are 1, the elements of Psi on and below the diagonal and, for two effects, |Psi|.
    """
    q, _, groups = lower.shape
    if q == 1:
        found = np.zeros((2, groups, 2))
        found[:, :, 0] = 1.0
        found[1, :, 1] = lower[0, 0] ** 2
        return found.reshape(-1, 2)
    a, b, c = lower[0, 0], lower[1, 0], lower[1, 1]
    found = np.zeros((4, groups, 5))
    found[::2, :, 0] = 1.0
    found[0, :, 3] = c * c
    found[1, :, 2], found[1, :, 3] = -a * c, -b * c
    found[2, :, 1], found[2, :, 2], found[2, :, 3] = a * a, 2.0 * a * b, b * b
    np.add(found[0], found[2], out=found[3])
    found[3, :, 0], found[3, :, 4] = 1.0, (a * c) ** 2
    return found.reshape(-1, 5)
