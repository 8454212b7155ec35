"""The sweeps for groupings that are not nested: the largest is eliminated, the others stand side by side.

One level, the one with the most random effects (level 0 here), has block-diagonal Z0'Z0 and is eliminated
group by group. What remains is one dense system in the m random effects of all other levels:

    H = (I + Z0'Z0 Psi0)^{-1},  N = Psi0 H,  F = H Z0'Z1 (sparse)
    K = Z1'V0^{-1}Z1 = Z1'Z1 - Z1'Z0 N Z0'Z1,   S = I + T'KT with Psi1 = TT',   C = T S^{-1} T'

and Z1'V^{-1}Z1 = K - KCK, Z0'V^{-1}Z0 = H Z0'Z0 - F C F', Z0'V^{-1}Z1 = F (I - CK). Indicators are never
built, and products with Z0'Z1 run over its nonzero elements only. H and N themselves are not formed where
level 0 has several columns: see `crossed_elimination`.

Where effects are equally correlated within larger groups, Psi of that level is one number and may be
negative (see `covariance.tied`): Psi1 = TDT' with signs D, S = D + T'KT, and |I + Psi1 K| = |S||D|. V is
positive definite exactly if S has as many negative eigenvalues as D.

Where effects are far larger than residuals, y is measured from dense effects b (see `Origin`) and

    V^{-1}Z1 b = V0^{-1}Z1 x,   x = (I - CK) b,

is added to V^{-1}y; nothing is subtracted. Effects of level 0 stand in `CrossedProducts.fitted`.

Weights of observations multiply their rows of the products, so that all but log|V| is as it was. Groups of
level 0 may have weights too, and count so often in all sums over them; see `Counts`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from weakref import ref

import numpy as np

from xmixed.engine.batched import mirror
from xmixed.engine.problem import Origin, Problem
from xmixed.engine.products.crossed import CrossedProducts
from xmixed.engine.sweeps.crossed_curvature import second_derivatives
from xmixed.engine.sweeps.crossed_effects import crossed_effects, group_moments
from xmixed.engine.sweeps.crossed_elimination import (
    Elimination,
    Untouched,
    eliminated,
    has_few_rows,
    solved_by_rows,
    untouched,
)
from xmixed.engine.sweeps.crossed_state import (
    Counts,
    CrossedState,
    DenseSystem,
    apply,
    by_level,
    explains_enough,
    root,
    sandwich,
    signs,
)
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.sweeps import (
    Downward,
    GroupMoments,
    LevelMoments,
    Posterior,
    Psis,
    Ties,
    Upward,
    eliminate_fixed,
    eliminate_fixed_rows,
)

_MANY_COLUMNS = 300


class CrossedSweeps:
    """See `Sweeps`: groups that cross each other."""

    def __init__(self, problem: Problem, products: CrossedProducts) -> None:
        self.problem = problem
        self.products = products if problem.origin is None else _measured(products, problem.origin)
        self.evaluations = 0
        self.sizes = tuple(len(level.ZtZ) for level in products.levels)
        self.counts = Counts.of(problem, products)
        self._latest: ref[CrossedState] | None = None

    @property
    def is_dear(self) -> bool:
        """See `Sweeps`."""
        return self.products.pattern.shape[1] >= _MANY_COLUMNS

    @property
    def outcome_squares(self) -> float:
        """See `Sweeps`."""
        return float(self.products.XyXy[-1, -1])

    @cached_property
    def _untouched(self) -> Untouched:
        return untouched(self.products)

    def up(self, psis: Psis) -> Upward:
        """See `Sweeps`: level 0 first, then the dense system."""
        self.evaluations += 1
        products, counts = self.products, self.counts
        first, dense = products.order[0], products.order[1:]
        own = tuple(psis[level] for level in dense)
        state = CrossedState(
            products, own, tuple(map(root, own)), lambda state: self._again(psis[first], state)
        )
        system, gone = self._reduced(psis[first], state)
        if has_few_rows(products) and not (signs(own, products.parts) < 0).any():
            return self._by_rows(state, system, gone)
        d1 = self._dense_rows([products.levels[level].ZtW for level in dense])
        for values, row in zip(gone.left_B, counts.among_dense(gone.rest_W - gone.seen_W), strict=True):
            d1 -= products.pattern.matrix(values).T @ row.T
        dense_log_det, u1, explained = self._solve(state, system, d1)
        state.kept = system
        J0, J1 = self._right_sides(state, gone.right_W, d1, u1)
        effects = self._dense_origin()
        if effects is not None:
            explained = explained - self._put_back(state, effects, d1, J0, J1)
        state.ZtVW = by_level(products, J0, J1)
        lost = np.einsum("awg,avg->wv", counts.in_all(gone.rest_W), gone.rest_W)
        found = np.einsum("awg,avg->wv", counts.in_all(gone.left_W), gone.seen_W)
        top = products.XyXy - lost + found - counts.share * explained
        log_det = float(counts.in_all(gone.log_dets).sum()) + counts.share * dense_log_det
        return eliminate_fixed(top, log_det, (state,))

    def _by_rows(self, state: CrossedState, system: DenseSystem, gone: Elimination) -> Upward:
        """The upward sweep of few rows."""
        solved = solved_by_rows(self.products, gone, state.roots, self._dense_origin(), system.K is None)
        system.factor, state.kept = solved.factor, system
        state.ZtVW = by_level(self.products, solved.J0, solved.J1)
        return eliminate_fixed_rows(solved.rows, float(gone.log_dets.sum()) + solved.log_det, (state,))

    def _again(self, psi: np.ndarray, state: CrossedState) -> DenseSystem:
        """The large arrays of a state once more."""
        system, _ = self._reduced(psi, state)
        self._solve(state, system, np.zeros((self.products.pattern.shape[1], 0)))
        return system

    def _solve(
        self, state: CrossedState, system: DenseSystem, d1: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Factor S: log|S|, C d1 and d1'C d1."""
        from scipy.linalg import get_blas_funcs, get_lapack_funcs

        parts = self.products.parts
        negative = signs(state.psis, parts) < 0
        if negative.any():
            return self._solve_indefinite(state, system, d1, negative)
        # S is symmetric: its transpose is the column-major array that needs no copy.
        (potrf,) = get_lapack_funcs(("potrf",), (system.factor,))
        factor, failed = potrf(system.factor.T, lower=1, clean=1, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError("the crossed system is not positive definite")
        system.factor = factor
        # LAPACK's trtrs wakes all threads even for five columns: milliseconds where others use the machine.
        (trsm,) = get_blas_funcs(("trsm",), (factor,))
        half = trsm(1.0, factor, apply(tuple(t.T for t in state.roots), parts, d1), lower=1)
        u1 = apply(state.roots, parts, trsm(1.0, factor, half, lower=1, trans_a=1))
        return 2.0 * float(np.log(factor.diagonal()).sum()), u1, half.T @ half

    def _solve_indefinite(
        self, state: CrossedState, system: DenseSystem, d1: np.ndarray, negative: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """The same where columns have a negative Psi (`negative`, (m,)): S has as many negative pivots."""
        S = system.factor
        first = np.linalg.cholesky(S[np.ix_(~negative, ~negative)])
        between = np.linalg.solve(first, S[np.ix_(~negative, negative)])
        last = np.linalg.cholesky(between.T @ between - S[np.ix_(negative, negative)])
        pivots = np.concatenate([first.diagonal(), last.diagonal()])
        inverse = np.linalg.inv(S)
        system.factor = sandwich((inverse + inverse.T) / 2, state.roots, self.products.parts)
        system.has_C = True
        u1 = system.factor @ d1
        return 2.0 * float(np.log(pivots).sum()), u1, d1.T @ u1

    def _reduced(self, psi: np.ndarray, state: CrossedState) -> tuple[DenseSystem, Elimination]:
        """The large arrays, S not yet factored, and what is left of level 0."""
        before = None if self._latest is None else self._latest()
        if before is not None:
            before.let_go()
        self._latest = ref(state)
        products = self.products
        gone = eliminated(products, self._untouched, psi)
        K, grams = self._grams(gone)
        sign = signs(state.psis, products.parts)
        divides = explains_enough(K, state.psis, products.parts)
        by_elements = all(len(psi) == 1 for psi in state.psis)
        if not (divides and by_elements) or (sign < 0).any():
            K = mirror(np.triu(K))
        S = sandwich(K, tuple(t.T for t in state.roots), products.parts, in_place=divides)
        S[np.diag_indices(len(S))] += sign
        return DenseSystem(gone.own, gone.F, gone.reach, grams, None if divides else K, S), gone

    def _grams(self, gone: Elimination) -> tuple[np.ndarray, np.ndarray]:
        """K, (m, m), right on and above the diagonal, and F_a'F_b, (q0, q0, m, m)."""
        products, pattern, counts = self.products, self.products.pattern, self.counts
        q0, m = len(gone.F), pattern.shape[1]
        if products.pairs is not None:
            lost = products.pairs.gram(counts.among_dense(gone.lost))
            K = products.between_dense()
            K -= lost
            return K, mirror(products.pairs.gram(counts.among_dense(gone.reach**2)))[None, None]
        taken_B, counted_F = counts.among_elements(gone.taken_B), counts.among_elements(gone.F)
        if q0 == 1:
            back = gone.back[0, 0][pattern.rows]
            K, gram = pattern.two_grams(
                gone.left_B[0], taken_B[0], back * counted_F[0], products.between_dense()
            )
            return K, gram[None, None]
        K, grams = products.between_dense(), np.empty((q0, q0, m, m))
        for a in range(q0):
            K -= pattern.gram(gone.left_B[a], taken_B[a], symmetric=False)
            for b in range(a + 1):
                grams[a, b] = pattern.gram(gone.F[a], counted_F[b], symmetric=a == b)
                grams[b, a] = grams[a, b].T
        return (K + K.T) / 2, grams

    def _dense_rows(self, blocks: list[np.ndarray]) -> np.ndarray:
        """(q, w, G) arrays of the dense levels as one (m, w) array."""
        return np.concatenate([block.transpose(0, 2, 1).reshape(-1, block.shape[1]) for block in blocks])

    def _right_sides(
        self, state: CrossedState, right_W: np.ndarray, d1: np.ndarray, u1: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Z0'V^{-1}[X, y], (q0, G0, p+1), and Z1'V^{-1}[X, y], (m, p+1)."""
        J0 = right_W.transpose(0, 2, 1).copy()
        for a, values in enumerate(state.F):
            J0[a] -= self.products.pattern.matrix(values) @ u1
        return J0, state.unexplained(d1, u1)

    def _dense_origin(self) -> np.ndarray | None:
        """The dense effects that y is measured from, (m,), if it is."""
        origin = self.problem.origin
        if origin is None:
            return None
        return np.concatenate([origin.effects[level].ravel() for level in self.products.order[1:]])

    def _put_back(
        self, state: CrossedState, b: np.ndarray, d1: np.ndarray, J0: np.ndarray, J1: np.ndarray
    ) -> np.ndarray:
        """Add V^{-1}Z1 b to the columns of y in place; what it adds to [X, y]'V^{-1}[X, y]."""
        x, seen = state.started(b)
        for a, values in enumerate(state.F):
            J0[a, :, -1] += self.products.pattern.matrix(values) @ x
        J1[:, -1] += seen
        added = np.zeros((d1.shape[1], d1.shape[1]))
        added[-1] = x @ d1
        added += added.T
        added[-1, -1] += b @ seen
        return added

    def down(self, upward: Upward, psis: Psis) -> Downward:
        """See `Sweeps`."""
        state: CrossedState = upward.states[0]
        products, p = self.products, self.problem.p
        first = products.order[0]
        information: list[np.ndarray] = [np.empty(0)] * len(self.sizes)
        share = self.counts.share
        own = self.counts.in_all(state.own).sum(axis=2)
        information[first] = own - share * np.einsum("ij,abij->ab", state.C, state.grams)
        for level, part in zip(products.order[1:], products.parts, strict=True):
            q = self.sizes[level]
            information[level] = share * state.W_blocks(part, q).sum(axis=2)
        if self.problem.reml and p:
            inverse = np.linalg.inv(upward.factor)
            for level, right in enumerate(state.ZtVW):
                used = right[:, :, :p] @ inverse.T
                information[level] -= np.einsum("agk,bgk->ab", used, used)
        information = [(block + block.T) / 2 for block in information]
        coefficients = np.append(-upward.beta, 1.0)
        scores = tuple(right @ coefficients for right in state.ZtVW)
        weights = self.problem.weights
        return Downward(tuple(information), scores, None if weights is None else weights.groups)

    def second_derivatives(
        self, psis: Psis, directions: tuple[Direction, ...], upward: Upward, downward: Downward
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Sweeps`."""
        return second_derivatives(self.problem, self.products, self.counts, directions, upward)

    def moments(self, upward: Upward, psis: Psis) -> tuple[GroupMoments, ...]:
        """See `Sweeps`."""
        return group_moments(self.products, upward)

    def posterior(self, upward: Upward, psis: Psis) -> Posterior:
        """See `Sweeps`."""
        raise NotImplementedError("effects that cross are not independent between groups")

    def posterior_of_products(self, upward: Upward, psis: Psis) -> Posterior:
        """See `Sweeps`."""
        raise NotImplementedError("effects that cross are not independent between groups")

    def effects(self, upward: Upward, psis: Psis, ties: Ties) -> tuple[LevelMoments, ...]:
        """See `Sweeps`."""
        return crossed_effects(self.problem, self.products, upward, psis, ties)


def _measured(products: CrossedProducts, origin: Origin) -> CrossedProducts:
    """The products with the effects of level 0 that y is measured from among its coefficients."""
    first = products.order[0]
    q, w, groups = products.levels[first].ZtW.shape
    fitted = np.zeros((q, w, groups)) if products.fitted is None else products.fitted.copy()
    fitted[:, -1] += origin.effects[first]
    return replace(products, fitted=fitted)
