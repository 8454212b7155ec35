"""Conditional moments of random effects that cross each other (letters as in `crossed`).

Given y, and beta as known, the dense effects have variance C, those of the eliminated level
N + Psi0 F C F' Psi0, and the two covariance -Psi0 F C; nothing is subtracted, so that no digit is lost where
the data leave little of a variance.
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.batched import semidefinite_cholesky
from xmixed.engine.problem import Problem
from xmixed.engine.products.crossed import CrossedProducts
from xmixed.engine.products.enclosing import enclosing_level
from xmixed.engine.sweeps.conditional import conditional_variance
from xmixed.engine.sweeps.crossed_state import CrossedState, chunks, own_blocks
from xmixed.engine.sweeps.sweeps import GroupMoments, LevelMoments, Psis, Ties, Upward


def crossed_effects(
    problem: Problem, products: CrossedProducts, upward: Upward, psis: Psis, ties: Ties
) -> tuple[LevelMoments, ...]:
    """See `Sweeps.effects`."""
    found = _Moments(problem, products, upward, psis)
    return tuple(
        found.tied(level, ties[level]) if level in ties else found.of(level) for level in range(len(psis))
    )


def group_moments(products: CrossedProducts, upward: Upward) -> tuple[GroupMoments, ...]:
    """See `Sweeps.moments`."""
    state: CrossedState = upward.states[0]
    coefficients = np.append(-upward.beta, 1.0)
    information = {products.order[0]: state.own - diagonal_blocks(products, state.F, state.C)}
    for level, part in zip(products.order[1:], products.parts, strict=True):
        information[level] = state.W_blocks(part, len(products.levels[level].ZtZ))
    return tuple(
        GroupMoments(right @ coefficients, information[level]) for level, right in enumerate(state.ZtVW)
    )


def diagonal_blocks(products: CrossedProducts, values: np.ndarray, C: np.ndarray) -> np.ndarray:
    """Blocks of single groups of F C F', (q0, q0, G0), for F (q0, nnz) on the pattern of Z0'Z1."""
    pattern, q = products.pattern, len(values)
    blocks = np.zeros((q, q, pattern.shape[0]))
    for first, last in chunks(pattern.shape[0], pattern.shape[1]):
        inside = slice(pattern.indptr[first], pattern.indptr[last])
        rows, columns = pattern.rows[inside] - first, pattern.indices[inside]
        for a in range(q):
            product = pattern.matrix(values[a])[first:last] @ C
            at = product[rows, columns]
            for b in range(q):
                blocks[a, b, first:last] = np.bincount(rows, at * values[b][inside], minlength=last - first)
    return blocks


class _Moments:
    """The moments of single levels, and of a level with the larger groups it is tied to."""

    def __init__(self, problem: Problem, products: CrossedProducts, upward: Upward, psis: Psis) -> None:
        self.problem, self.products, self.psis = problem, products, psis
        self.state: CrossedState = upward.states[0]
        self.coefficients = np.append(-upward.beta, 1.0)
        self.root = np.linalg.inv(upward.factor) if problem.reml and problem.p else None
        self.first = products.order[0]
        self.parts = dict(zip(products.order[1:], products.parts, strict=True))
        # Psi0 F, on the pattern of Z0'Z1.
        self.weights = psis[self.first] @ self.state.F

    def of(self, level: int) -> LevelMoments:
        """The moments of one level."""
        means = self.psis[level] @ (self.state.ZtVW[level] @ self.coefficients)
        variances = self._first() if level == self.first else self._dense(level)
        if self.root is None:
            return LevelMoments(means, variances, None)
        used = self._used(level)
        variances = variances + np.einsum("agk,bgk->abg", used, used)
        return LevelMoments(means, variances, -np.einsum("agk,kr->arg", used, self.root))

    def _used(self, level: int) -> np.ndarray:
        """Psi Z'V^{-1}X times the inverse factor of X'V^{-1}X, (q, G, p)."""
        assert self.root is not None
        right = self.state.ZtVW[level][:, :, : self.problem.p] @ self.root.T
        return np.einsum("ab,bgk->agk", self.psis[level], right)

    def _dense(self, level: int) -> np.ndarray:
        return own_blocks(self.state.C, self.parts[level], len(self.psis[level]))

    def _first(self) -> np.ndarray:
        lower = semidefinite_cholesky(self.products.levels[self.first].ZtZ)
        N = conditional_variance(lower, self.psis[self.first])
        return N + diagonal_blocks(self.products, self.weights, self.state.C)

    def tied(self, level: int, upper: int) -> LevelMoments:
        """The effects of a level's groups, each followed by that of the larger group."""
        own, above = self.of(level), self.of(upper)
        holder = self._holder(level)
        between = self._between(level, upper, holder)
        if self.root is not None:
            between = between + (self._used(level)[0] * self._used(upper)[0][holder]).sum(axis=1)
        variances = np.array([[own.variances[0, 0], between], [between, above.variances[0, 0][holder]]])
        with_beta = None
        if own.with_beta is not None and above.with_beta is not None:
            with_beta = np.concatenate([own.with_beta, above.with_beta[:, :, holder]])
        return LevelMoments(np.concatenate([own.means, above.means[:, holder]]), variances, with_beta)

    def _holder(self, level: int) -> np.ndarray:
        """The larger group of each group, (G,)."""
        number = next(block.level for block in self.problem.blocks if block.position == level)
        own = self.problem.model.levels[number - 1]
        holder = np.zeros(own.n_groups, np.intp)
        holder[own.groups] = enclosing_level(own).groups
        return holder

    def _between(self, level: int, upper: int, holder: np.ndarray) -> np.ndarray:
        """Covariance of each group's effect and the larger group's, beta known, (G,)."""
        groups = np.arange(len(holder))
        if self.first not in (level, upper):
            return self.state.C[self.parts[level].start + groups, self.parts[upper].start + holder]
        from scipy.sparse import csr_matrix

        dense, rows = (upper, groups) if level == self.first else (level, holder)
        columns = self.parts[dense].start + (holder if dense == upper else groups)
        matrix = csr_matrix(self.products.pattern.matrix(self.weights[0]))
        parts = [
            np.asarray(matrix[rows[i:j]].multiply(self.state.C[columns[i:j]]).sum(axis=1)).ravel()
            for i, j in chunks(len(groups), self.products.pattern.shape[1])
        ]
        return -np.concatenate([np.zeros(0), *parts])
