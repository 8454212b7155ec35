"""Many draws of the groups of a two-level model fitted at once: Newton's method on all of them together.

A draw is how often each group counts. Small matrices of all groups and draws are one array, so that what
a step costs in calls is paid once for all of them. What does not end at a maximum inside the parameter space
is left to the usual search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.batched import cholesky, cross, semidefinite_cholesky, solve_lower
from xmixed.engine.covariance.blocks import estimated
from xmixed.engine.problem import Problem
from xmixed.engine.search.objective import Objective
from xmixed.engine.search.starting import absolute, metric_blocks, split

MOST_COLUMNS, MOST_EFFECTS, MOST_GROUPS = 12, 4, 4096
"""Covariates, random effects and groups up to which calls cost more than the arrays of all draws."""
_ROOM = 1 << 15
"""Groups times draws that one array holds."""
_ITERATIONS = 30
_HALVINGS = 8
_CLOSE = 1e-3
"""Newton decrement below which second derivatives are not formed again."""
_DONE = 1e-14
_STEP = 1e-5
"""Of differences of the exact gradient, in units of the parameters."""
_INTERIOR = 1e-6
_GAIN = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """Of R draws: log likelihood up to a constant, its gradient, beta and sigma_e^2 in working units."""

    log_likelihood: np.ndarray
    gradient: np.ndarray
    beta: np.ndarray
    variance: np.ndarray

    def of(self, draws: np.ndarray) -> _Values:
        """Return those of some of the draws."""
        return _Values(
            self.log_likelihood[draws], self.gradient[draws], self.beta[draws], self.variance[draws]
        )


class SimultaneousFits:
    """Fits of draws of the groups of a problem with one level.

    Parameters
    ----------
    problem : Problem
    XyXy : (p+1, p+1, G) array
        [X, y]'[X, y] of each group.
    sizes : (G,) array
        Rows of each group.
    start : (k,) array
        Where all searches begin, in the order of `Fit.parameters`.

    Raises
    ------
    ValueError
        More levels than one, or more columns than are worth it.
    """

    def __init__(self, problem: Problem, XyXy: np.ndarray, sizes: np.ndarray, start: np.ndarray) -> None:
        levels = problem.products.levels
        if len(levels) != 1 or problem.p > MOST_COLUMNS or len(levels[0].ZtZ) > MOST_EFFECTS:
            raise ValueError("not two levels, or too many columns")
        if XyXy.shape[2] > MOST_GROUPS:
            raise ValueError("too many groups")
        self._problem, self._sizes = problem, sizes.astype(np.float64)
        self._objective = Objective(problem)
        self._directions = np.array([direction.matrix for direction in self._objective.directions])
        self._lower = semidefinite_cholesky(levels[0].ZtZ)
        reduced = solve_lower(self._lower, levels[0].ZtW, singular=True)
        self._stacked = np.concatenate([self._lower.transpose(1, 0, 2), reduced], axis=1)
        self._base = (XyXy - cross(reduced, reduced)).reshape(-1, XyXy.shape[2])
        begin = split(self._objective, start)
        blocks = metric_blocks(self._objective, begin.relative)
        self._start = self._objective.natural(blocks)
        self._units = np.maximum(np.abs(self._start), 1e-2 * np.abs(self._start).max())
        self.batch = int(max(1, min(50, _ROOM // XyXy.shape[2])))

    def fit(self, counts: np.ndarray) -> list[tuple[np.ndarray, np.ndarray] | None]:
        """Return (beta, estimates) of each draw in the user's units; None where there is no clear maximum.

        Parameters
        ----------
        counts : (R, G) integer array
            How often each group counts.
        """
        counts = counts.astype(np.float64)
        with np.errstate(all="ignore"):
            nu, good = self._maximise(counts)
            found = self._values(nu, counts)
            good &= self._is_global(nu, counts, found.log_likelihood)
        return [
            self._user(nu[r], found.beta[r], float(found.variance[r])) if good[r] else None
            for r in range(len(counts))
        ]

    # --- the search ------------------------------------------------------------------------------------

    def _maximise(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return natural coordinates (R, k) and which of them are maxima inside the parameter space."""
        everything = np.tile(self._start, (len(counts), 1))
        good = np.zeros(len(counts), dtype=bool)
        left = np.arange(len(counts))
        nu, at = everything, self._values(everything, counts)
        hessian = self._hessian(nu, counts)
        for _ in range(_ITERATIONS):
            step, decrement, concave = self._step(hessian, at.gradient)
            at, length = self._search(nu, step, at, counts)
            nu = nu + length[:, None] * step
            everything[left] = nu
            done = concave & (length == 1.0) & (decrement < _DONE)
            good[left] = done
            going = ~done & (length > 0.0)
            if not going.any():
                break
            left, nu, counts, hessian = left[going], nu[going], counts[going], hessian[going]
            at = at.of(going)
            stale = ~(concave & (decrement < _CLOSE))[going]
            if stale.any():
                hessian[stale] = self._hessian(nu[stale], counts[stale])
        return everything, good & self._is_interior(everything)

    def _step(self, hessian: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return Newton's steps, their decrements, and where the likelihood is concave."""
        units = self._units
        scaled = -hessian * units[:, None] * units
        scaled = np.where(np.isfinite(scaled), scaled, 0.0)
        values, vectors = np.linalg.eigh(scaled)
        concave = values[:, 0] > 1e-12 * np.abs(values[:, -1])
        floor = 1e-3 * np.abs(values).max(axis=1, keepdims=True) + 1e-300
        safe = np.where(concave[:, None], values, np.maximum(np.abs(values), floor))
        along = np.einsum("rij,ri->rj", vectors, gradient * units)
        step = np.einsum("rij,rj->ri", vectors, along / safe) * units
        return np.where(np.isfinite(step), step, 0.0), np.sum(along**2 / safe, axis=1), concave

    def _search(
        self, nu: np.ndarray, step: np.ndarray, at: _Values, counts: np.ndarray
    ) -> tuple[_Values, np.ndarray]:
        """Return values after each step, halved until the likelihood does not fall; 0 where it does."""
        length, better = np.ones(len(nu)), np.zeros(len(nu), dtype=bool)
        slack = 1e-11 * (1.0 + np.abs(at.log_likelihood))
        for _ in range(_HALVINGS):
            trial = nu + length[:, None] * step
            found = self._values(trial, counts)
            better = self._is_interior(trial, 0.0) & (found.log_likelihood >= at.log_likelihood - slack)
            if better.all():
                return found, length
            length = np.where(better, length, 0.5 * length)
        length = np.where(better, length, 0.0)
        return self._values(nu + length[:, None] * step, counts), length

    def _hessian(self, nu: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Return second derivatives, (R, k, k), as differences of the gradient."""
        columns = []
        for i, unit in enumerate(self._units.tolist()):
            ahead, behind = nu.copy(), nu.copy()
            size = _STEP * np.minimum(unit, np.maximum(np.abs(nu[:, i]), 1e-3 * unit))
            ahead[:, i] += size
            behind[:, i] -= size
            slope = self._values(ahead, counts).gradient - self._values(behind, counts).gradient
            columns.append(slope / (2.0 * size)[:, None])
        found = np.stack(columns, axis=1)
        return 0.5 * (found + found.transpose(0, 2, 1))

    def _is_interior(self, nu: np.ndarray, least: float = _INTERIOR) -> np.ndarray:
        """Whether every block is positive definite, by more than `least` of its largest eigenvalue."""
        inside: np.ndarray = np.logical_and.reduce(np.isfinite(nu), axis=1)
        pairs = zip(self._problem.blocks, self._objective.slices, strict=True)
        for block, part in pairs:
            matrices = np.einsum(
                "rk,kij->rij", np.where(inside[:, None], nu[:, part], 0.0), block.structure.basis
            )
            values = np.linalg.eigvalsh(matrices)
            inside &= (values[:, 0] > least * np.abs(values[:, -1])) & (values[:, 0] > 0)
        return inside

    def _is_global(self, nu: np.ndarray, counts: np.ndarray, highest: np.ndarray) -> np.ndarray:
        """Whether no model without one of the blocks, or without any, has a higher likelihood."""
        slices = list(self._objective.slices)
        choices = [[part] for part in slices] + ([slices] if len(slices) > 1 else [])
        good = np.ones(len(nu), dtype=bool)
        for choice in choices:
            without = nu.copy()
            for part in choice:
                without[:, part] = 0.0
            value = self._values(without, counts).log_likelihood
            good &= ~(value > highest + _GAIN * (1.0 + np.abs(highest)))
        return good

    # --- the likelihood --------------------------------------------------------------------------------

    def _values(self, nu: np.ndarray, counts: np.ndarray) -> _Values:
        """Return the profiled log likelihood of each draw at coordinates of its own, nu (R, k)."""
        problem, (R, G) = self._problem, counts.shape
        q, p = len(self._lower), problem.p
        psi = np.einsum("rk,kij->ijr", nu, self._directions)
        lower = np.broadcast_to(self._lower[:, :, None, :], (q, q, R, G))
        turned = np.zeros((q, q, R, G))
        for i in range(q):
            for j in range(q):
                for c in range(j, q):  # the factor is lower triangular
                    turned[i, j] += psi[i, c][:, None] * self._lower[c, j]
        A = cross(lower.reshape(q, q, R * G), turned.reshape(q, q, R * G))
        for i in range(q):
            A[i, i] += 1.0
        L, _ = cholesky(A)
        log_det = sum(np.log(L[i, i]).reshape(R, G) for i in range(q))
        stacked = np.broadcast_to(self._stacked[:, :, None, :], (q, q + p + 1, R, G))
        E = solve_lower(L, stacked.reshape(q, q + p + 1, R * G))
        roots = np.sqrt(counts).reshape(-1)
        total = _summed(E[:, q:].swapaxes(0, 1) * roots, R) + (counts @ self._base.T).reshape(R, p + 1, p + 1)
        return self._profiled(E, total, 2.0 * np.sum(counts * log_det, axis=1), counts, roots)

    def _profiled(
        self, E: np.ndarray, total: np.ndarray, log_det: np.ndarray, counts: np.ndarray, roots: np.ndarray
    ) -> _Values:
        """Return values with beta and sigma_e^2 profiled out.

        Parameters
        ----------
        E : (q, q + p + 1, R * G) array
            L^-1 [l', l^-1 Z'[X, y]] with l l' = Z'Z and L L' = I + l' Psi l.
        total : (R, p+1, p+1) array
            [X, y]'V^-1[X, y].
        log_det : (R,) array
            log|V|.
        counts, roots : (R, G) and (R * G,) arrays
            How often groups count, and the square roots of that.
        """
        problem, (R, G) = self._problem, counts.shape
        q, p = len(self._lower), problem.p
        XX, Xy = total[:, :p, :p], total[:, :p, p]
        finite: np.ndarray = np.logical_and.reduce(np.isfinite(XX), axis=(1, 2))
        XX = np.where(finite[:, None, None], XX, np.eye(p))
        singular = np.linalg.det(XX) <= 0 if p else np.zeros(R, dtype=bool)
        XX = np.where(singular[:, None, None], np.eye(p), XX)
        inverse = np.linalg.inv(XX)
        beta = np.einsum("rij,rj->ri", inverse, Xy)
        rss = total[:, p, p] - np.einsum("ri,ri->r", Xy, beta)
        df = counts @ self._sizes - (p if problem.reml else 0)
        variance = rss / df
        value = df * np.log(variance) + log_det
        if problem.reml:
            value = value + np.linalg.slogdet(XX)[1]
        own = E[:, :q]
        residual = _residual(E[:, q:], beta, G)
        # Weighted by how often a group counts; summed over groups by matrix products.
        score = cross(own, residual[:, None])
        spread = _summed(score * (roots / np.repeat(np.sqrt(variance), G)), R)
        spread -= _summed(own.swapaxes(0, 1) * roots, R)
        if problem.reml and p:
            half = np.zeros_like(inverse)
            half[~singular] = np.linalg.cholesky(inverse[~singular])
            fixed = np.einsum("ijrg,rjk->ikrg", E[:, q : q + p].reshape(q, p, R, G), half)
            through = cross(own, fixed.reshape(q, p, R * G))
            spread += _summed(through * roots, R)
        gradient = 0.5 * np.einsum("rcd,kcd->rk", spread, self._directions)
        value = np.where(singular | ~np.isfinite(value) | ~(rss > 0), -np.inf, -0.5 * value)
        return _Values(value, gradient, beta, variance)

    # --- the user's units ------------------------------------------------------------------------------

    def _user(self, nu: np.ndarray, beta: np.ndarray, variance: float) -> tuple[np.ndarray, np.ndarray]:
        problem, objective = self._problem, self._objective
        parts = [
            estimated(block, psi) for block, psi in zip(problem.blocks, objective.matrices(nu), strict=True)
        ]
        log_sigma = 0.5 * np.log(variance) + np.log(problem.y_scale)
        estimates = np.append(absolute(objective, np.concatenate(parts), float(log_sigma)), log_sigma)
        result = problem.uncentred(-1.0) @ (problem.offset + problem.y_scale * beta / problem.x_scale)
        if problem.x_constant is not None:
            result[problem.x_constant] += problem.y_center
        return result, estimates


def _residual(W: np.ndarray, beta: np.ndarray, groups: int) -> np.ndarray:
    """Return [X, y] [-beta, 1]: (q, p + 1, R * G) and (R, p) give (q, R * G)."""
    found = W[:, -1].copy()
    for place in range(beta.shape[1]):
        found -= W[:, place] * np.repeat(beta[:, place], groups)
    return found


def _summed(left: np.ndarray, draws: int) -> np.ndarray:
    """Return the sum over groups and rows of products of columns: (a, q, R * G) gives (R, a, a)."""
    a, q, size = left.shape
    found = left.reshape(a, q, draws, size // draws).transpose(2, 0, 1, 3).reshape(draws, a, -1)
    return found @ found.transpose(0, 2, 1)
