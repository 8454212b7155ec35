"""Crossed levels with a residual structure: sweeps at given residual parameters, and slopes along these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from xmixed.engine.batched import semidefinite_cholesky
from xmixed.engine.problem import Problem
from xmixed.engine.residuals.data import CrossedResidualData, make_products
from xmixed.engine.residuals.few_rows import DenseInverse
from xmixed.engine.residuals.products import Products
from xmixed.engine.sweeps.conditional import conditional_variance
from xmixed.engine.sweeps.crossed import CrossedSweeps
from xmixed.engine.sweeps.crossed_state import CrossedState, chunks
from xmixed.engine.sweeps.directions import Direction
from xmixed.engine.sweeps.sweeps import Psis, Sweeps, Upward
from xmixed.engine.sweeps.whitened import Whitening


class CrossedWhitening(Whitening):
    """See `Whitening`: levels that cross each other, or the units.

    With e the residuals at the conditional means of u, and t the same of X (a row of X less what the random
    effects take of it), a slope is that of the elements of Lambda^{-1}, weighted by

        Z Var(u) Z' + t Var(beta) t'  for the log determinants,  e e'  for y'Py.
    """

    def __init__(self, problem: Problem, residual: CrossedResidualData) -> None:
        super().__init__(problem, residual)
        self.crossed = residual.rows
        self.few_rows = residual.few_rows

    @property
    def is_exact(self) -> bool:
        """See `Whitening`."""
        return self.few_rows is not None

    @property
    def has_formula(self) -> bool:
        """See `Whitening`."""
        return self.few_rows is not None

    @property
    def is_dear(self) -> bool:
        """See `Whitening`."""
        return self.has_many_rows

    @cached_property
    def edges(self) -> Products | None:
        """See `Whitening`: the patterns of t() alone, without data."""
        residual = self.residual
        if not residual.structure.linear:
            return None
        none = np.zeros((2, len(residual.units.rows)))
        return make_products(residual.residuals, residual.structure, residual.table, residual.units, none, 1)

    def _at(self, rho: np.ndarray) -> tuple[Sweeps, float]:
        values, log_det = self.crossed.precision.at(self.table(rho))
        products = self.crossed.at(values)
        return CrossedSweeps(replace(self.problem, crossed=products), products), log_det

    def slopes(
        self, rho: np.ndarray, sweeps: Sweeps, up: Upward, psis: Psis
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `Whitening`."""
        elements = self.crossed.precision
        count = len(elements.rows)
        state: CrossedState = up.states[0]
        p = self.problem.p
        rest = self._residuals(state, psis)
        e = np.append(-up.beta, 1.0) @ rest
        variances = self._variances(state, psis)[:count]
        if self.problem.reml and p:
            used = np.linalg.solve(up.factor, rest[:p])
            variances += np.einsum("pe,pe->e", used[:, elements.rows], used[:, elements.columns])
        twice = np.where(elements.rows == elements.columns, 1.0, 2.0) * self.crossed.counts[elements.rows]
        squares = e[elements.rows] * e[elements.columns]
        log_det, (of_variances, of_squares) = elements.slopes(
            self.table(rho), twice * variances, twice * squares
        )
        jacobian, free = self._inner_jacobian(rho), self.residual.table.free
        return jacobian.T @ (log_det + of_variances)[free], jacobian.T @ of_squares[free]

    def rows_by_formula(
        self, rho: np.ndarray, sweeps: Sweeps, up: Upward, psis: Psis, directions: tuple[Direction, ...]
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """See `Whitening`."""
        if self.few_rows is None:
            return None
        along = [(direction.position, direction.matrix) for direction in directions]
        scores = sweeps.down(up, psis).scores
        dense = self._dense_inverse(self.few_rows.precision(rho), up.states[0], up, psis, scores)
        return self.few_rows.second_derivatives(rho, dense, up.factor, along, self.problem.reml)

    def _dense_inverse(
        self,
        precision: np.ndarray,
        state: CrossedState,
        up: Upward,
        psis: Psis,
        scores: tuple[np.ndarray, ...],
    ) -> DenseInverse:
        """V^{-1} = L - LAL with L = Lambda^{-1} and A = Z Var(u) Z', whose digits the sweeps keep."""
        crossed, n, p = self.crossed, len(precision), self.problem.p
        first = crossed.base.order[0]
        own, psi = crossed.levels[first], psis[first]
        level = state.products.levels[first]
        variance = conditional_variance(semidefinite_cholesky(level.ZtZ), psi)[:, :, own.codes]
        within = np.einsum("ax,axy->xy", own.columns, np.einsum("abx,by->axy", variance, own.columns))
        within *= own.codes[:, None] == own.codes
        # What level 0 leaves of the dense columns.
        dense = np.zeros((n, crossed.pattern.shape[1]))
        for place, z in self._dense_columns():
            dense[np.arange(n), place] = z
        for z, weights in zip(own.columns, psi @ state.F, strict=True):
            taken = np.zeros(crossed.pattern.shape)
            taken[crossed.pattern.rows, crossed.pattern.indices] = weights
            dense -= z[:, None] * taken[own.codes]
        variances = within + dense @ state.C @ dense.T
        inverse = precision - precision @ variances @ precision
        rest = self._residuals(state, psis)
        used = np.linalg.solve(up.factor, rest[:p]) if p else rest[:0]
        outcome = np.append(-up.beta, 1.0) @ rest
        inverse = (inverse + inverse.T) / 2.0
        of_levels = tuple(inverse @ level.indicators() for level in crossed.levels)
        return DenseInverse(
            inverse, used @ precision, precision @ outcome, crossed.fixed[:-1], of_levels, scores
        )

    def _residuals(self, state: CrossedState, psis: Psis) -> np.ndarray:
        """[X, y] less the random effects' conditional means of them, (p+1, n)."""
        rest, origin = self.crossed.fixed.copy(), self.problem.origin
        for at, (level, psi, right) in enumerate(zip(self.crossed.levels, psis, state.ZtVW, strict=True)):
            effects = np.einsum("ab,bgw->awg", psi, right)
            if origin is not None:
                effects[:, -1] -= origin.effects[at]
            for z, own in zip(level.columns, effects, strict=True):
                rest -= z * own[:, level.codes]
        return rest

    def _variances(self, state: CrossedState, psis: Psis) -> np.ndarray:
        """Z Var(u) Z' at the elements of Lambda^{-1} and their mirror images, beta known."""
        crossed = self.crossed
        i, k = crossed.rows, crossed.columns
        half = len(crossed.precision.rows)
        first = crossed.base.order[0]
        own, psi = crossed.levels[first], psis[first]
        left, right = own.columns[:, i], own.columns[:, k]
        weights = psi @ state.F
        variance, between = self._first_variances(state, psi, weights)
        group = own.codes[i[:half]]
        total = np.einsum("ae,be,abe->e", left[:, :half], right[:, :half], variance[:, :, group])
        mixed = np.zeros(len(i))
        for at, (place, z) in enumerate(self._dense_columns()):
            mixed -= z[k] * np.einsum("ae,ae->e", left, between[:, crossed.on_pattern[at]])
            for other, w in self._dense_columns():
                total += z[i[:half]] * w[k[:half]] * state.C[place[i[:half]], other[k[:half]]]
        below = np.flatnonzero(i[:half] != k[:half])
        total += mixed[:half]
        total[below] += mixed[half:]
        diagonal = np.flatnonzero(i[:half] == k[:half])
        total[diagonal] += mixed[diagonal]
        return total

    def _first_variances(
        self, state: CrossedState, psi: np.ndarray, weights: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Var(u) of the eliminated level, (q0, q0, G0), and minus its covariance with the dense effects."""
        pattern, q = self.crossed.pattern, len(psi)
        level = state.products.levels[self.crossed.base.order[0]]
        variance = conditional_variance(semidefinite_cholesky(level.ZtZ), psi)
        between = np.empty((q, len(pattern.indices)))
        for a in range(q):
            matrix = pattern.matrix(weights[a])
            for first, last in chunks(pattern.shape[0], pattern.shape[1]):
                inside = slice(pattern.indptr[first], pattern.indptr[last])
                rows, columns = pattern.rows[inside] - first, pattern.indices[inside]
                between[a, inside] = (matrix[first:last] @ state.C)[rows, columns]
        for a in range(q):
            for b in range(q):
                variance[a, b] += np.bincount(pattern.rows, between[a] * weights[b], pattern.shape[0])
        return variance, between

    def _dense_columns(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Place among the dense effects and value of Z, by row, column after column."""
        for level in self.crossed.base.order[1:]:
            for b, z in enumerate(self.crossed.levels[level].columns):
                yield self.crossed.dense_place(level, b), z
