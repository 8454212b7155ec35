"""One level of few groups with one or two random effects: a sweep is two products and little else.

With S = Z'Z of a group, C and R as in `nested`,

    |A| = 1 + tr(S Psi) + |S||Psi|,    adj A = adj I + what is linear in Psi,

so that A^{-1} is written out without losing a digit (nothing is subtracted that is larger than the result),
and both are one matrix times the elements of Psi. Sums over groups of [R, C]'A^{-1}[R, C], which is all that
EM and the log likelihood want beside the scores, are another matrix times the elements of all A^{-1}. What is
left then, eliminating a few columns of X among it, is done number by number: `visit` gives numbers alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

import numpy as np

from xmixed.engine.batched import FEW_COLUMNS, eliminated_rows, inverted_rows
from xmixed.engine.problem import Problem
from xmixed.engine.sweeps.conditional import LevelState
from xmixed.engine.sweeps.curvature import TwoLevelSums, root_of
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.few_groups import in_few_calls, written_out
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.sweeps import Downward, Psis, Upward, eliminate_fixed

_MOST_EFFECTS = 2
_MOST_ELEMENTS = 50_000


@cache
def _lower(size: int) -> tuple[list[int], list[int]]:
    """Rows and columns of the elements on and below the diagonal, row by row."""
    rows, columns = np.tril_indices(size)
    return rows.tolist(), columns.tolist()


_LOWER = {q: _lower(q) for q in range(1, _MOST_EFFECTS + 1)}
# Which of them stand for two.
_BETWEEN = {q: np.not_equal(*places).astype(np.float64)[:, None, None] for q, places in _LOWER.items()}
_PLACES = {q: list(zip(*places, strict=True)) for q, places in _LOWER.items()}


@cache
def _columns(q: int, width: int) -> tuple[list[int], list[int], list[int]]:
    """The pairs of columns of [R, C] whose products are wanted, and which of them are summed over groups."""
    own = [(i, j) for i in range(q) for j in range(width)]
    of_W = [(q + i, q + j) for i in range(width - q) for j in range(i + 1)]
    kept = [own.index(place) for place in _PLACES[q]]
    pairs = own + of_W
    return [a for a, _ in pairs], [b for _, b in pairs], [*kept, *range(len(own), len(pairs))]


def in_two_products(problem: Problem) -> bool:
    """Whether a problem is one for these sweeps."""
    if not in_few_calls(problem):
        return False
    q, w, groups = problem.products.levels[0].ZtW.shape
    return q <= _MOST_EFFECTS and q * (q + 1) // 2 * (q + w) ** 2 * groups <= _MOST_ELEMENTS


class Visit(NamedTuple):
    """What both sweeps sum up to, in plain numbers.

    Attributes
    ----------
    log_det : float
        log|V|, with log|X'V^{-1}X| for REML.
    rss : float
        See `Upward`.
    excess : e numbers
        Sums over groups of ss'/sigma_e^2 - Z'MZ, elements on and below the diagonal; see `Downward`.
    """

    log_det: float
    rss: float
    excess: list[float]


@dataclass(slots=True, eq=False)
class _State:
    """What an upward sweep leaves: a `LevelState`, formed only where it is asked for.

    Attributes
    ----------
    lower : (q, q, G) array, R'
    stacked : (q, q + w, G) array, [R, C]
    psi : (q, q) array
    inverse : (e, G) array, elements of A^{-1} on and below the diagonal, row by row
    information : e numbers, elements of the sum over groups of R'A^{-1}R
    between : (q, q + w, G) array, Z'V^{-1}[Z, X, y], formed only where it is asked for, too
    """

    lower: np.ndarray
    stacked: np.ndarray
    psi: np.ndarray
    inverse: np.ndarray
    information: list[float]
    formed: LevelState | None = None
    between: np.ndarray | None = None

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
        between = _BETWEEN[q]
        self._elements, self.groups = len(rows), groups
        self._spread = _elements_of_inverse(lower)
        # R'A^{-1}[R, C] of each group, then C'A^{-1}C on and below the diagonal, to be summed over e.
        left, right, summed = _columns(q, width)
        first, second = stacked.take(rows, axis=0), stacked.take(columns, axis=0)
        every = first.take(left, axis=1) * second.take(right, axis=1)
        every += between * (first.take(right, axis=1) * second.take(left, axis=1))
        # Of R'A^{-1}R only what is on and below the diagonal: (e G, their number).
        self._products = every.take(summed, axis=1).transpose(0, 2, 1).reshape(-1, len(summed))
        self._pieces = every[:, : q * width].reshape(-1, q, width, groups).swapaxes(0, 1)
        # Those of C; for ML one row for each column of W.
        self._of_W = self._pieces[:, :, q:]
        if not problem.reml:
            self._of_W = self._of_W.transpose(2, 0, 1, 3).reshape(width - q, -1)
        self._root_df = sqrt(problem.residual_df)
        base = self.plan.base_top[_lower(width - q)]
        self._base = np.concatenate([np.zeros(self._elements), base])
        # Where the rows of what is eliminated last begin among the sums.
        self._rows = [self._elements + i * (i + 1) // 2 for i in range(width - q + 1)]

    def up(self, psis: Psis) -> Upward:
        """See `Sweeps`."""
        psi = psis[0]
        if psi.dtype.kind == "c":
            return super().up(psis)
        values = psi.tolist()
        inverse, log_det, sums = self._swept([values[i][j] for i, j in _PLACES[len(values)]])
        state = _State(self.plan.lower, self.plan.stacked, psi, inverse, sums[: self._elements])
        rows = self._top(sums)
        p = len(rows) - 1
        found = eliminated_rows(rows) if p <= FEW_COLUMNS else None
        if found is None:
            top = np.array([row + [0.0] * (p - i) for i, row in enumerate(self._top(sums))])
            return eliminate_fixed(top + np.tril(top, -1).T, log_det, (state,))
        log_det_X, rss, beta = found
        return Upward(log_det, log_det_X, rss, np.array(beta), np.array(rows)[:p, :p], (state,))

    def _swept(self, psi: list[float]) -> tuple[np.ndarray, float, list[float]]:
        """A^{-1} of every group, (e, G), log|V|, and the sums that `_products` and `_base` make of it."""
        self.evaluations += 1
        terms = [1.0, *psi]
        if len(psi) > 1:
            terms.append(psi[0] * psi[2] - psi[1] * psi[1])
        found = self._spread.dot(np.array(terms)).reshape(self._elements + 1, self.groups)
        determinant = found[-1]
        inverse = found[:-1] / determinant
        log_det = float(np.add.reduce(np.log(determinant)))
        return inverse, log_det, (inverse.ravel().dot(self._products) + self._base).tolist()

    def _top(self, sums: list[float]) -> list[list[float]]:
        """[X, y]'V^{-1}[X, y], rows of what is on and below the diagonal."""
        return [sums[first:stop] for first, stop in pairwise(self._rows)]

    def visit(self, psi: list[float]) -> Visit | None:
        """Both sweeps for up to `FEW_COLUMNS` columns of X; None where the log likelihood cannot be computed.

        `psi`: elements on and below the diagonal.
        """
        inverse, log_det, sums = self._swept(psi)
        rows = self._top(sums)
        found = eliminated_rows(rows)
        if found is None:
            return None
        log_det_X, rss, beta = found
        if self.problem.reml:
            # The inverse of the whole factor: what X uses up and, last, y - Xb over the root of its squares.
            rows = inverted_rows(rows)
            rows[-1] = [value * self._root_df for value in rows[-1]]
            between = np.add.reduce(self._of_W * inverse[:, None], axis=1)
            taken = np.matmul(np.array(rows), between).reshape(len(between), -1)
            log_det += log_det_X
        else:
            taken = self._scores(inverse, beta) * (self._root_df / sqrt(rss))
        squares = taken.dot(taken.T).tolist()
        pairs = zip(sums, _PLACES[len(squares)], strict=False)
        return Visit(log_det, rss, [squares[i][j] - known for known, (i, j) in pairs])

    def _scores(self, inverse: np.ndarray, beta: list[float]) -> np.ndarray:
        """Z'Py, (q, G), for ML."""
        residual = _residual_of(beta).dot(self._of_W).reshape(-1, self._elements, self.groups)
        return np.add.reduce(residual * inverse, axis=1)

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """See `Sweeps`."""
        state = upward.states[0]
        if not isinstance(state, _State):
            return super().down(upward, psis)
        q, between = len(state.psi), self._between(state)
        scores = np.matmul(_residual_of(upward.beta.tolist()), between[:, q:])
        information = np.empty((q, q))
        for value, (i, j) in zip(state.information, _PLACES[q], strict=True):
            information[i, j] = information[j, i] = value
        if self.problem.reml and len(upward.beta):
            # What estimating beta uses up.
            used = np.matmul(root_of(upward), between[:, q:-1]).reshape(q, -1)
            information -= used.dot(used.T)
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
        """See `_State`."""
        found = state.between
        if found is None:
            found = state.between = np.add.reduce(self._pieces * state.inverse[:, None], axis=1)
        return found


def _residual_of(beta: list[float]) -> np.ndarray:
    """What makes y - Xb of the columns of [X, y]."""
    coefficients = [-b for b in beta]
    coefficients.append(1.0)
    return np.array(coefficients)


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
