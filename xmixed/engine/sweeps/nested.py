"""The two sweeps that carry the engine: every level eliminated once going up, visited once going down.

In units of sigma_e^2, V = I + sum over levels of Z_l (I x Psi_l) Z_l'. Let V_l hold the levels from the
bottom up to l. With the factor S = R'R of a group's S = Z_l'V_(l+1)^{-1}Z_l and C = R'^{-1}Z_l'V_(l+1)^{-1}W,
W being everything that is not eliminated yet,

    A = I + R Psi R',   Z_l'V_l^{-1}Z_l = R'A^{-1}R,   Z_l'V_l^{-1}W = R'A^{-1}C,
    W'V_l^{-1}W = (W'V_(l+1)^{-1}W - sum C'C) + sum C'A^{-1}C.

A has no eigenvalue below one whatever positive semidefinite matrix Psi is, so nothing breaks at a zero
variance or a correlation of one; where effects are equally correlated within larger groups (see
`covariance.tied`) Psi may be a negative number, and A is positive as long as V is. (Pinheiro and Bates 2000,
chapter 2, start from Delta instead, which is infinite there.)

Where effects are far larger than residuals, products of y would lose these. y is then measured from effects
b_l of its own: with the products of what is left of y, a level's C has R b_l added, W'W - C'C has not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from xmixed.engine.batched import (
    cholesky,
    cross,
    product,
    semidefinite_cholesky,
    solve_lower,
    summed_cross,
    times,
    total_cross,
)
from xmixed.engine.problem import Origin, Problem
from xmixed.engine.products.crossproducts import eliminated
from xmixed.engine.storage import IN_MEMORY
from xmixed.engine.sweeps.conditional import Above, LevelState, conditional_variance
from xmixed.engine.sweeps.curvature import TwoLevelSums, root_of
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.fitted import fitted_posterior
from xmixed.engine.sweeps.multilevel_curvature import MultilevelCurvature
from xmixed.engine.sweeps.sweeps import (
    Downward,
    GroupMoments,
    LevelMoments,
    Posterior,
    Psis,
    Ties,
    Upward,
    eliminate_fixed,
)

_MANY_GROUPS = 20_000
# Columns of Z up to which sums over groups hold all products of four of them.
_NARROW = 12
# Multiplications of the products of X in a sweep.
_MUCH = 500_000_000

_ROUNDING = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What of the elimination does not depend on the parameters.

    Attributes
    ----------
    stacked : (q, q + w, G) array
        [R, C] of the bottom level; `lower`, (q, q, G), and `reduced`, (q, w, G), are views of R' and C.
    base_Z, base_W : per level arrays
        Cross-products less the bottom level's C'C (None for the bottom level itself).
    base_top : (p+1, p+1) array
    starts : starts[l][m], first group of level l within each group of the level m above it
    parents : per level, each group's position in the level above
    """

    sizes: tuple[int, ...]
    lower: np.ndarray
    reduced: np.ndarray
    stacked: np.ndarray
    base_Z: tuple[np.ndarray | None, ...]
    base_W: tuple[np.ndarray | None, ...]
    base_top: np.ndarray
    starts: tuple[tuple[np.ndarray, ...], ...]
    parents: tuple[np.ndarray, ...]


class NestedSweeps:
    """See `Sweeps`: groups nested in each other, or one level."""

    def __init__(self, problem: Problem, fitted: np.ndarray | None = None) -> None:
        """`fitted`: the problem's products are of what Z of the bottom level leaves, see `_plan`."""
        self.problem = problem
        self.evaluations, self.fitted = 0, fitted
        self.plan = _plan(problem, fitted)
        self.sizes = self.plan.sizes

    @property
    def is_dear(self) -> bool:
        """See `Sweeps`."""
        rows = sum(q * len(parents) for q, parents in zip(self.sizes, self.plan.parents, strict=True))
        many = any(len(parents) >= _MANY_GROUPS for parents in self.plan.parents)
        return many or (self.problem.p + 1) ** 2 * rows >= _MUCH

    @property
    def outcome_squares(self) -> float:
        """See `Sweeps`."""
        return float(self.problem.products.XyXy[-1, -1])

    def up(self, psis: Psis) -> Upward:
        """See `Sweeps`: from the bottom level up."""
        self.evaluations += 1
        plan, levels = self.plan, len(self.plan.sizes)
        kind = np.result_type(plan.base_top, *psis)
        ZtZ = [None if base is None else base.astype(kind) for base in plan.base_Z]
        ZtW = [None if base is None else base.astype(kind) for base in plan.base_W]
        top = plan.base_top.astype(kind)
        weights = self.problem.weights
        log_det: complex = 0.0
        states: list[LevelState] = []
        for level in range(levels - 1, -1, -1):
            S, D = ZtZ[level], ZtW[level]
            if S is None or D is None:
                lower, C, stacked, bottom = plan.lower, plan.reduced, plan.stacked, True
            else:
                lower, bottom = semidefinite_cholesky(S), False
                C = solve_lower(lower, D, singular=True)
                stacked = np.concatenate([lower.transpose(1, 0, 2), C], axis=1)
                _put_back(stacked, lower, self.problem.origin, level)
            A = cross(lower, times(psis[level], lower))
            for i in range(len(A)):
                A[i, i] += 1.0
            L, level_log_det = cholesky(A)
            count = None if weights is None else weights.groups[level]
            log_det += level_log_det if count is None else weighted_log_det(L, count)
            solved = solve_lower(L, stacked)
            state = LevelState(solved[:, : len(L)], solved[:, len(L) :], None if bottom else lower)
            states.append(state)
            self._pass_up(level, state.E, None if bottom else C, ZtZ, ZtW)
            first = self._above(level)
            if not bottom:
                top = _less(top, C[:, first:], count)
            top += weighted_total(state.E[:, first:], count)
        return eliminate_fixed(top, log_det, tuple(reversed(states)))

    def _origin(self, level: int) -> np.ndarray | float:
        """Effects of a level that y is measured from; see `Origin`."""
        return 0.0 if self.problem.origin is None else self.problem.origin.effects[level]

    def _origins(self, level: int) -> np.ndarray:
        """The same for each group of a level and all that stands above it, nearest first, (Q, G)."""
        origin = self.problem.origin
        if origin is None:
            return np.zeros((sum(self.sizes[: level + 1]), 1))
        assert self.problem.nesting is not None
        ancestors = [self.problem.nesting.ancestors(upper, level) for upper in range(level, -1, -1)]
        return np.concatenate([b[:, at] for b, at in zip(origin.effects[level::-1], ancestors, strict=True)])

    def _above(self, level: int) -> int:
        """How many columns of W belong to levels above `level`."""
        return sum(self.plan.sizes[:level])

    def _pass_up(
        self,
        level: int,
        E: np.ndarray,
        C: np.ndarray | None,
        ZtZ: list[np.ndarray | None],
        ZtW: list[np.ndarray | None],
    ) -> None:
        """Sum W'V_l^{-1}W of this level's groups into the groups of every level above."""
        first, weights = 0, self.problem.weights
        for upper in range(level - 1, -1, -1):
            q = self.plan.sizes[upper]
            counts = None if weights is None else weights.to_above[level][upper]
            starts = self.plan.starts[level][upper]
            summed = summed_cross(E[:, first : first + q], E[:, first:], starts, counts)
            if C is not None:
                summed = summed - summed_cross(C[:, first : first + q], C[:, first:], starts, counts)
            target_Z, target_W = ZtZ[upper], ZtW[upper]
            assert target_Z is not None and target_W is not None
            target_Z += summed[:, :q]
            target_W += summed[:, q:]
            first += q

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """See `Sweeps`: from the top level down."""
        levels = len(self.plan.sizes)
        information: list[np.ndarray] = []
        scores: list[np.ndarray] = []
        counts = None if self.problem.weights is None else self.problem.weights.groups
        above = self._fixed_only(upward)
        for level, (state, psi) in enumerate(zip(upward.states, psis, strict=True)):
            if level:
                above = above.of_children(self.plan.parents[level])
            s = dot_rows(state.Y, above.residual(state.E))
            scores.append(s)
            if levels == 1:
                # Only sums over groups are needed: matrix products instead of per-group matrices.
                own = None if counts is None else counts[0]
                information.append(two_level_information(state, above.fixed_root(state.E), own))
                break
            taken = product(above.explained(state.E), state.Y)
            per_group = cross(state.Y, state.Y - taken)
            information.append(per_group.sum(axis=2) if counts is None else per_group @ counts[level])
            if level < levels - 1:
                own = self._variances(state, psi, taken)
                above = above.extended(state, psi, s, own, self._origin(level))
        return Downward(tuple(information), tuple(scores), counts)

    def second_derivatives(
        self, psis: Psis, directions: tuple[Direction, ...], upward: Upward, downward: Downward
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Sweeps`."""
        root = root_of(upward)
        if len(psis) == 1 and len(psis[0]) <= _NARROW:
            counts = None if downward.counts is None else downward.counts[0]
            state, scores = upward.states[0], downward.scores[0]
            sums = TwoLevelSums.of_state(state, scores, root, counts, self.problem.reml)
            return sums.second_derivatives(directions)
        found = MultilevelCurvature(self.problem, psis, upward, downward, root)
        return found.second_derivatives(directions)

    def _fixed_only(self, upward: Upward) -> Above:
        return Above.fixed_only(upward.beta, upward.factor if self.problem.reml else None)

    def moments(self, upward: Upward, psis: Psis) -> tuple[GroupMoments, ...]:
        """See `Sweeps`."""
        above = Above.fixed_only(upward.beta, None)
        return tuple(moments for moments, _ in self._visits(upward, psis, above))

    def _visits(self, upward: Upward, psis: Psis, above: Above) -> Iterator[tuple[GroupMoments, Above]]:
        """Every level from the top down, its groups' moments and all that stands above what is below it."""
        for level, (state, psi) in enumerate(zip(upward.states, psis, strict=True)):
            if level:
                above = above.of_children(self.plan.parents[level])
            s = dot_rows(state.Y, above.residual(state.E))
            taken = product(above.explained(state.E), state.Y)
            own = self._variances(state, psi, taken)
            per_group = cross(state.Y, state.Y - taken)
            above = above.extended(state, psi, s, own, self._origin(level))
            yield GroupMoments(s, per_group), above

    def _variances(self, state: LevelState, psi: np.ndarray, taken: np.ndarray) -> np.ndarray:
        """Conditional variances of a level's effects, (q, q, G); `taken`: E_up Cov_up E_up' Y."""
        lower = self.plan.lower if state.lower is None else state.lower
        added = product(times(psi, cross(state.Y, taken)), psi[:, :, None])
        return conditional_variance(lower, psi) + added

    def posterior(self, upward: Upward, psis: Psis) -> Posterior:
        """See `Sweeps`."""
        above = self._fixed_only(upward)
        for _, following in self._visits(upward, psis, above):
            above = following
        beta_covariance = None if above.root is None else above.root.T @ above.root
        with_beta = None if beta_covariance is None else above.with_beta
        return Posterior(above.means, above.variances, with_beta, beta_covariance)

    def posterior_of_products(self, upward: Upward, psis: Psis) -> Posterior:
        """See `Sweeps`."""
        if self.fitted is None:
            return self.posterior(upward, psis)
        level = self.problem.products.levels[-1]
        return fitted_posterior(level, psis[-1], self._above_bottom(upward, psis), self.fitted)

    def _above_bottom(self, upward: Upward, psis: Psis) -> Above:
        """What stands above each group of the bottom level."""
        above, bottom = self._fixed_only(upward), len(self.sizes) - 1
        for _, following in islice(self._visits(upward, psis, above), bottom):
            above = following
        return above.of_children(self.plan.parents[bottom]) if bottom else above

    def effects(self, upward: Upward, psis: Psis, ties: Ties) -> tuple[LevelMoments, ...]:
        """See `Sweeps`."""
        found = []
        for level, (_, above) in enumerate(self._visits(upward, psis, self._fixed_only(upward))):
            own = np.arange(self.sizes[level])
            if level in ties:
                # Nearest first: what stands above a group follows its own effects.
                start = sum(self.sizes[ties[level] + 1 : level + 1])
                own = np.append(own, np.arange(start, start + self.sizes[ties[level]]))
            with_beta = None if above.with_beta is None else above.with_beta[own]
            means = above.means[own] + self._origins(level)[own]
            found.append(LevelMoments(means, above.variances[np.ix_(own, own)], with_beta))
        return tuple(found)


def _put_back(stacked: np.ndarray, lower: np.ndarray, origin: Origin | None, level: int) -> None:
    """Add R b to a level's C, which stands last in [R, C], where y is measured from effects b."""
    if origin is not None:
        stacked[:, -1] += cross(lower, origin.effects[level][:, None])[:, 0]


def dot_rows(Y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Y' rows per group: (q, a, G), (q, G) -> (a, G)."""
    return cross(Y, rows[:, None, :])[:, 0]


def weighted_total(C: np.ndarray, counts: np.ndarray | None) -> np.ndarray:
    """Sum over groups of C'C, each as often as it counts."""
    return total_cross(C, C) if counts is None else total_cross(C * counts, C)


def weighted_log_det(L: np.ndarray, counts: np.ndarray) -> complex:
    """Sum over groups of log|LL'|, each as often as it counts."""
    return 2.0 * sum((np.log(L[i, i]) @ counts for i in range(len(L))), 0.0)


def two_level_information(
    state: LevelState, root: np.ndarray | None, counts: np.ndarray | None
) -> np.ndarray:
    """Sum over groups of Z'MZ of one level, (q, q); each counts as often as `counts` (G,) says."""
    total = weighted_total(state.Y, counts)
    if root is None:
        return total
    used = cross(state.Y, root).transpose(1, 0, 2)
    return total - weighted_total(used, counts)


def _less(total: np.ndarray, C: np.ndarray, counts: np.ndarray | None = None) -> np.ndarray:
    """[X, y]'V^{-1}[X, y] - C'C, with exact zeros for columns of X that the level's Z spans.

    What rounding leaves of them would drown their true information where a variance is huge.
    """
    return _without(total - weighted_total(C, counts), total, _ROUNDING)


def _without(rest: np.ndarray, total: np.ndarray, share: float) -> np.ndarray:
    """What is left of [X, y]'[X, y], null where that is rounding of the total; changed in place."""
    p = len(total) - 1
    spanned = np.flatnonzero(np.real(rest.diagonal()[:p]) <= share * np.real(total.diagonal()[:p]))
    rest[spanned] = 0.0
    rest[:, spanned] = 0.0
    return rest


def _plan(problem: Problem, fitted: np.ndarray | None = None) -> _Plan:
    """See `_Plan`.

    `fitted`: (q, w, G) coefficients B. The products are then those of Z and of W - ZB, group by group, which
    keeps digits that W would lose: eliminating Z leaves the same of both, and C is R B larger.
    """
    levels = problem.products.levels
    count, p = len(levels), problem.p
    nesting = problem.nesting
    assert nesting is not None, "crossed levels have sweeps of their own"
    starts = tuple(tuple(nesting.starts(m, level) for m in range(level)) for level in range(count))
    sizes = tuple(len(level.ZtZ) for level in levels)
    if not levels:
        empty = np.zeros((0, p + 1, 0))
        return _Plan((), np.zeros((0, 0, 0)), empty, empty, (), (), problem.products.XyXy, (), ())
    bottom = count - 1
    cells = problem.model.cells
    stacked = problem.products.eliminated
    if stacked is None:
        stacked = eliminated(levels[bottom], IN_MEMORY if cells is None else cells.storage)
    elif problem.origin is not None:
        stacked = stacked.copy()
    q = sizes[bottom]
    lower, reduced = stacked[:, :q].transpose(1, 0, 2), stacked[:, q:]
    base_Z: list[np.ndarray | None] = [level.ZtZ for level in levels]
    base_W: list[np.ndarray | None] = [level.ZtW for level in levels]
    base_Z[bottom] = base_W[bottom] = None
    first, weights = 0, problem.weights
    for upper in range(bottom - 1, -1, -1):
        q = sizes[upper]
        counts = None if weights is None else weights.to_above[bottom][upper]
        own = reduced[:, first : first + q]
        summed = summed_cross(own, reduced[:, first:], starts[bottom][upper], counts)
        base_Z[upper] = levels[upper].ZtZ - summed[:, :q]
        base_W[upper] = levels[upper].ZtW - summed[:, q:]
        first += q
    rest = reduced[:, first:]
    if problem.within is None:
        base_top = _less(problem.products.XyXy, rest, None if weights is None else weights.groups[bottom])
    else:
        base_top = _without(problem.within.XyXy, problem.products.XyXy, _ROUNDING**2)
        for upper, level in enumerate(problem.within.levels):
            base_Z[upper], base_W[upper] = level.ZtZ, level.ZtW
    if fitted is not None:
        reduced += cross(lower, fitted)
    _put_back(stacked, lower, problem.origin, bottom)
    return _Plan(
        sizes, lower, reduced, stacked, tuple(base_Z), tuple(base_W), base_top, starts, nesting.parents
    )
