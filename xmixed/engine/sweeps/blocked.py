"""The sweeps over one level of very many groups, block by block.

Nothing that is as large as the groups' products is kept between sweeps, and what a block needs stays in the
processor's cache: the memory of a fit is that of its cross-products, and no sweep waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from xmixed.engine.batched import cholesky, cross, solve_lower, times
from xmixed.engine.problem import Problem
from xmixed.engine.sweeps.conditional import Above, LevelState
from xmixed.engine.sweeps.curvature import TwoLevelSums, root_of
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.nested import (
    NestedSweeps,
    dot_rows,
    two_level_information,
    weighted_log_det,
    weighted_total,
)
from xmixed.engine.sweeps.sweeps import Downward, GroupMoments, Psis, Upward, eliminate_fixed

FEWEST = 20_000
"""Groups from which a level is swept in blocks."""
_ELEMENTS = 1 << 17
_WIDEST = 12


def in_blocks(problem: Problem) -> bool:
    """Whether a problem is one to be swept in blocks."""
    levels = problem.products.levels
    if len(levels) != 1 or problem.nesting is None:
        return False
    q, _, groups = levels[0].ZtZ.shape
    return groups >= FEWEST and q <= _WIDEST


class _Block(NamedTuple):
    """Some groups: where they stand, their state, A = LL', how often each counts."""

    part: slice
    state: LevelState
    L: np.ndarray
    log_det: complex
    counts: np.ndarray | None


class BlockedSweeps(NestedSweeps):
    """See `Sweeps`: one level; the state that `up` hands on is remade when it is asked for."""

    def _blocks(self, psi: np.ndarray) -> Iterator[_Block]:
        plan, weights = self.plan, self.problem.weights
        q, width, groups = plan.stacked.shape
        size = max(1024, _ELEMENTS // (q * width))
        for first in range(0, groups, size):
            part = slice(first, min(first + size, groups))
            lower, stacked = plan.lower[:, :, part], plan.stacked[:, :, part]
            A = cross(lower, times(psi, lower))
            for i in range(q):
                A[i, i] += 1.0
            L, log_det = cholesky(A)
            solved = solve_lower(L, stacked)
            counts = None if weights is None else weights.groups[0][part]
            yield _Block(part, LevelState(solved[:, :q], solved[:, q:]), L, log_det, counts)

    def up(self, psis: Psis) -> Upward:
        """See `Sweeps`."""
        self.evaluations += 1
        top = self.plan.base_top.astype(np.result_type(np.float64, *psis))
        log_det: complex = 0.0
        for block in self._blocks(psis[0]):
            log_det += block.log_det if block.counts is None else weighted_log_det(block.L, block.counts)
            top += weighted_total(block.state.E, block.counts)
        return eliminate_fixed(top, log_det, ())

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """See `Sweeps`."""
        above, plan = self._fixed_only(upward), self.plan
        kind = np.result_type(np.float64, *psis)
        shape, cells = (plan.sizes[0], plan.stacked.shape[2]), self.problem.model.cells
        storage = None if cells is None or kind != np.float64 else cells.storage
        scores = np.empty(shape, kind) if storage is None else storage.empty(shape)
        information = np.zeros((plan.sizes[0], plan.sizes[0]), kind)
        for block in self._blocks(psis[0]):
            state = block.state
            scores[:, block.part] = dot_rows(state.Y, above.residual(state.E))
            information += two_level_information(state, above.fixed_root(state.E), block.counts)
        counts = None if self.problem.weights is None else self.problem.weights.groups
        return Downward((information,), (scores,), counts)

    def second_derivatives(
        self, psis: Psis, directions: tuple[Direction, ...], upward: Upward, downward: Downward
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Sweeps`."""
        root, sums = root_of(upward), None
        for block in self._blocks(psis[0]):
            s = downward.scores[0][:, block.part]
            own = TwoLevelSums.of_state(block.state, s, root, block.counts, self.problem.reml)
            sums = own if sums is None else sums.plus(own)
        assert sums is not None, "there are groups"
        return sums.second_derivatives(directions)

    def _visits(self, upward: Upward, psis: Psis, above: Above) -> Iterator[tuple[GroupMoments, Above]]:
        """See `NestedSweeps`."""
        q, width, groups = self.plan.stacked.shape
        whole = np.empty((q, width, groups), np.result_type(np.float64, *psis))
        for block in self._blocks(psis[0]):
            whole[:, :q, block.part], whole[:, q:, block.part] = block.state.Y, block.state.E
        state = LevelState(whole[:, :q], whole[:, q:])
        return super()._visits(Upward(*_but_states(upward), (state,)), psis, above)


def _but_states(upward: Upward) -> tuple[complex, complex, complex, np.ndarray, np.ndarray]:
    return upward.log_det_V, upward.log_det_X, upward.rss, upward.beta, upward.factor
