"""The log likelihood as a function of the covariance blocks: profiled, and with sigma_e free."""

from __future__ import annotations

from functools import cached_property
from math import inf, isfinite, log
from typing import NamedTuple

import numpy as np

from xmixed.engine.covariance.blocks import pieces, user_matrix, working_directions, working_parts
from xmixed.engine.problem import Problem
from xmixed.engine.residuals.data import CrossedResidualData, NestedResidualData
from xmixed.engine.residuals.products import STEP
from xmixed.engine.search.projected import ProjectedRows, is_far_larger, projected_rows
from xmixed.engine.sweeps.alike import many_sweeps
from xmixed.engine.sweeps.blocked import BlockedSweeps, in_blocks
from xmixed.engine.sweeps.crossed import CrossedSweeps
from xmixed.engine.sweeps.directions import Derivatives, Direction
from xmixed.engine.sweeps.few_groups import FewGroups, in_few_calls
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.one_or_two_effects import OneOrTwoEffects, in_two_products
from xmixed.engine.sweeps.separate_groups import Place, SeparateGroups, is_separate
from xmixed.engine.sweeps.sweeps import Downward, Psis, Sweeps, Upward, derivatives, first_derivatives
from xmixed.engine.sweeps.whitened import NestedWhitening, Whitening
from xmixed.engine.sweeps.whitened_crossed import CrossedWhitening

LOG_2PI = float(np.log(2.0 * np.pi))

Stencil = tuple[tuple[float, float], ...]
"""(step, weight) of central differences of exact slopes."""

# Errors of 1e-9 for the search, of 1e-12 at its end.
_PLAIN = ((1e-4, 5e3), (-1e-4, -5e3))
_REFINED = tuple((step * 3e-4, weight / 36e-4) for step, weight in ((1, 8), (-1, -8), (2, -1), (-2, 1)))

# Share of y'Lambda^{-1}y below which y'Py is made of rounding errors.
_ROUNDING = 1e-13

# Columns of Z up to which the way to the working covariance is one matrix.
_FEW_COLUMNS = 4

# What second derivatives take in terms of upward sweeps, and a complex step along a residual parameter.
_SWEEPS_OF_DERIVATIVES, _SWEEPS_OF_A_STEP = 5, 3

# Next to where Lambda stops being positive definite, smaller steps are taken.
_SHRINK = (1.0, 1e-1, 1e-2, 1e-3)


class Point(NamedTuple):
    """The profiled log likelihood at one value of the covariance blocks.

    Attributes
    ----------
    blocks : tuple of (q, q) arrays
        K Sigma K'/sigma_e^2 of every block.
    psis : per level (q, q) arrays, the same in working columns
    up : Upward
    log_likelihood : float
        Equation (11) or (13), response units; -inf where it cannot be computed.
    rho : (r,) array
        Residual parameters, search metric.
    sweeps : Sweeps
        Of the data whitened at rho.
    """

    blocks: tuple[np.ndarray, ...]
    psis: Psis
    up: Upward
    log_likelihood: float
    rho: np.ndarray
    sweeps: Sweeps


class Objective:
    """The likelihood of one problem; `directions` are the natural coordinates of all blocks in turn.

    A block tied to a second level has two directions of its own instead, see `blocks.pieces`.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        crossed = problem.crossed
        self.sweeps: Sweeps = _nested(problem) if crossed is None else CrossedSweeps(problem, crossed)
        # Where each block's coordinates stand among all.
        self.slices: tuple[slice, ...] = _slices(problem)
        # The end of the search, its polishing and the standard errors share one point.
        self._latest: dict[Stencil, tuple[Point, Derivatives]] = {}
        self.directions: tuple[Direction, ...] = tuple(
            Direction(*direction) for block in problem.blocks for direction in working_directions(block)
        )
        self._pieces = _pieces(problem, self.slices)
        self._lift = _lift(problem, self.sweeps.sizes)
        self._df = problem.residual_df
        self.whitening = _whitening(problem)
        self._separate = isinstance(self.whitening, NestedWhitening) and is_separate(self.whitening)
        self._derivatives_taken = 0

    @cached_property
    def _projected(self) -> ProjectedRows | None:
        """What forms derivatives for standard errors beside effects far larger than residuals."""
        return projected_rows(self.problem, self.directions)

    @property
    def is_dear(self) -> bool:
        """Whether an evaluation takes long enough to count."""
        return self.sweeps.is_dear or (self.whitening is not None and self.whitening.is_dear)

    @property
    def work(self) -> float:
        """What has been done so far, in terms of upward sweeps: second derivatives take several."""
        by_steps = 0 if self._has_formula or not self.is_exact else self.residual_count
        if self._separate and by_steps:
            by_steps = 1  # one step serves all by() groups
        each = _SWEEPS_OF_DERIVATIVES + _SWEEPS_OF_A_STEP * by_steps
        return self.sweeps.evaluations + each * self._derivatives_taken

    def goes_on_from(self, other: Objective) -> None:
        """Count the work of another objective of the same problem, too."""
        self.sweeps.evaluations = other.sweeps.evaluations
        self._derivatives_taken = other._derivatives_taken

    @property
    def _has_formula(self) -> bool:
        """Whether second derivatives along residual parameters take no sweeps."""
        return self.whitening is None or self.whitening.has_formula

    @property
    def is_exact(self) -> bool:
        """Whether second derivatives are exact, not differences of first ones."""
        return self.whitening is None or self.whitening.is_exact

    @property
    def block_count(self) -> int:
        """Parameters of all blocks."""
        return self.slices[-1].stop if self.slices else 0

    @property
    def residual_count(self) -> int:
        """r, parameters of the residual structure beside sigma_e."""
        return 0 if self.whitening is None else self.whitening.count

    @property
    def count(self) -> int:
        """Parameters of the search: those of the blocks, then the residual ones."""
        return self.block_count + self.residual_count

    def matrices(self, nu: np.ndarray) -> tuple[np.ndarray, ...]:
        """The blocks K Sigma K'/sigma_e^2 of the natural coordinates of all blocks."""
        return tuple(
            block.structure.matrix(nu[part])
            for block, part in zip(self.problem.blocks, self.slices, strict=True)
        )

    def natural(self, blocks: tuple[np.ndarray, ...]) -> np.ndarray:
        """Natural coordinates of all blocks, (k-1,)."""
        pairs = zip(self.problem.blocks, blocks, strict=True)
        return np.concatenate([np.zeros(0), *(b.structure.coordinates(m) for b, m in pairs)])

    def point(self, blocks: tuple[np.ndarray, ...], rho: np.ndarray | None = None) -> Point:
        """Sweep upward at the given blocks and residual parameters (None: where these start)."""
        psis, sweeps = self._working(blocks), self.sweeps
        if rho is None:
            rho = np.zeros(0) if self.whitening is None else self.whitening.start
        with np.errstate(all="ignore"):
            try:
                sweeps, log_det = self._whitened(rho)
                up = sweeps.up(psis)
                if log_det:
                    up = up._replace(log_det_V=up.log_det_V + log_det)
                value = self.profiled(float(up.rss.real), self.log_det(up))
                if self.whitening is not None and up.rss.real < _ROUNDING * sweeps.outcome_squares:
                    value = -inf
            except np.linalg.LinAlgError:
                up, value = self._without_effects, -inf
        return Point(blocks, psis, up, value if isfinite(value) else -inf, rho, sweeps)

    @cached_property
    def _without_effects(self) -> Upward:
        """What stands for the sweep of a point that has none."""
        return self.sweeps.up(tuple(np.zeros((q, q)) for q in self.sweeps.sizes))

    def _whitened(self, rho: np.ndarray) -> tuple[Sweeps, float]:
        if self.whitening is None:
            return self.sweeps, 0.0
        self.sweeps.evaluations += 1
        return self.whitening.at(rho)

    def _working(self, blocks: tuple[np.ndarray, ...]) -> Psis:
        if self._lift is not None:
            return (self._lift.dot(blocks[0].ravel()).reshape(blocks[0].shape),)
        psis: list[np.ndarray | None] = [None] * len(self.sweeps.sizes)
        for block, value in zip(self.problem.blocks, blocks, strict=True):
            for position, part in working_parts(block, value):
                before = psis[position]
                psis[position] = part if before is None else before + part
        sizes = self.sweeps.sizes
        return tuple(
            np.zeros((q, q)) if psi is None else (psi + psi.T) / 2 for q, psi in zip(sizes, psis, strict=True)
        )

    def profiled(self, rss: float, log_det: float) -> float:
        """The log likelihood with beta and sigma_e profiled out, from y'Py and `log_det`."""
        if not rss > 0:
            return -inf
        return self.constant - 0.5 * (self._df * (1.0 + LOG_2PI + log(rss / self._df)) + log_det)

    def log_det(self, up: Upward) -> float:
        """log|V|, with log|X'V^{-1}X| for REML."""
        return float(up.log_det_V.real) + (float(up.log_det_X.real) if self.problem.reml else 0.0)

    @cached_property
    def constant(self) -> float:
        """What scaling y and X took out of the log likelihood."""
        problem = self.problem
        value = -problem.residual_df * np.log(problem.y_scale)
        if problem.reml:
            value -= float(np.sum(np.log(problem.x_scale)))
        return float(value)

    def free_log_likelihood(self, up: Upward, variance: float) -> float:
        """L* of the manual at residual variance `variance` (working units): only beta is profiled out."""
        df, rss = self._df, float(up.rss.real)
        return self.constant - 0.5 * (df * (LOG_2PI + np.log(variance)) + rss / variance + self.log_det(up))

    def variance(self, point: Point) -> float:
        """Profiled sigma_e^2, working units: equation (12)."""
        return float(point.up.rss.real) / self._df

    def share_left(self, point: Point) -> float:
        """What eliminating all effects leaves of y'Lambda^{-1}y, as a share of it."""
        return float(point.up.rss.real) / point.sweeps.outcome_squares

    def down(self, point: Point) -> Downward:
        """Sweep downward at a point."""
        with np.errstate(all="ignore"):
            return point.sweeps.down(point.up, point.psis)

    def derivatives(self, point: Point, refined: bool = False) -> Derivatives:
        """Derivatives along the natural coordinates of all blocks, then the residual parameters.

        `refined`: second derivatives along residual parameters, which are differences of exact first ones, to
        full accuracy, and all derivatives beside effects far larger than residuals where rows are few.
        """
        if refined and is_far_larger(point.psis) and self._projected is not None:
            found = self._projected.derivatives(point.psis, point.rho)
            if found is not None:
                return found
        stencil: Stencil = _PLAIN
        if self.residual_count and not self.is_exact:
            stencil = _REFINED if refined else _PLAIN
        if stencil not in self._latest or self._latest[stencil][0] is not point:
            self._latest[stencil] = (point, self._joint(point, stencil))
        return self._latest[stencil][1]

    def _joint(self, point: Point, stencil: Stencil) -> Derivatives:
        self._derivatives_taken += 1
        if self.whitening is not None:
            exact = self.whitening.curvature(point.rho, point.up)
            if exact is not None:
                return Derivatives(exact.log_det, exact.rss, exact.log_det_second, exact.rss_second)
        down = self.down(point)
        with np.errstate(all="ignore"):
            found = derivatives(point.sweeps, point.psis, self.directions, point.up, down)
            own = found if self._pieces is None else _along(found, self._pieces)
            if self.whitening is None:
                return own
            return _with_residual(own, *self._with_residual_rows(point, down, stencil))

    def _slopes(self, point: Point, down: Downward | None = None) -> tuple[np.ndarray, np.ndarray]:
        """First derivatives of the log determinants and of y'Py along all parameters, both (k-1,)."""
        down = self.down(point) if down is None else down
        with np.errstate(all="ignore"):
            return self._slopes_at(point.rho, point.sweeps, point.up, down, point.psis)

    def _slopes_at(
        self, rho: np.ndarray, sweeps: Sweeps, up: Upward, down: Downward, psis: Psis
    ) -> tuple[np.ndarray, np.ndarray]:
        """See `_slopes`; all may carry an imaginary step."""
        log_det, rss = first_derivatives(self.directions, down)
        if self._pieces is not None:
            log_det, rss = self._pieces.T @ log_det, self._pieces.T @ rss
        if self.whitening is None:
            return log_det, rss
        own = self.whitening.slopes(rho, sweeps, up, psis)
        return np.append(log_det, own[0]), np.append(rss, own[1])

    def _with_residual_rows(
        self, point: Point, down: Downward, stencil: Stencil
    ) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """Slopes, and second derivatives along each residual parameter and all others: (r, k-1) of both."""
        rows = self._rows_by_formula(point)
        if rows is not None:
            return self._slopes(point, down), rows
        if self._separate:
            rows = self._separate_rows(point, None if self.is_exact else stencil)
        elif self.is_exact and self.residual_count:
            return self._exact_rows(point)
        slopes = self._slopes(point, down)
        if rows is None:
            rows = self._exact_rows(point)[1] if self.is_exact else self._rows(point, stencil)
        return slopes, rows

    def _rows_by_formula(self, point: Point) -> tuple[np.ndarray, np.ndarray] | None:
        """See `_with_residual_rows`; None where sweeps at other parameters make them."""
        assert self.whitening is not None
        found = self.whitening.rows_by_formula(point.rho, point.sweeps, point.up, point.psis, self.directions)
        if found is None:
            return None
        count = len(self.directions)
        change = np.eye(count) if self._pieces is None else self._pieces
        log_det, rss = (np.concatenate([row[:, :count] @ change, row[:, count:]], axis=1) for row in found)
        return log_det, rss

    def _separate_rows(self, point: Point, stencil: Stencil | None) -> tuple[np.ndarray, np.ndarray] | None:
        """See `_with_residual_rows`; None next to where Lambda stops being positive definite."""
        assert isinstance(self.whitening, NestedWhitening)
        place = Place(point.rho, point.sweeps, point.up, point.psis)
        groups = SeparateGroups(self.whitening, place, stencil)
        try:
            inner, outer = groups.among_residuals(), groups.along_effects(self.directions)
        except np.linalg.LinAlgError:
            return None
        if self._pieces is not None:
            outer = outer @ self._pieces
        rows = np.concatenate([outer, inner], axis=2)
        return rows[0], rows[1]

    def _exact_rows(
        self, point: Point
    ) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
        """See `_with_residual_rows`: complex steps of the exact slopes, whose real part are the slopes."""
        assert self.whitening is not None
        log_det, rss = np.zeros((2, self.residual_count, self.count))
        slopes: tuple[np.ndarray, np.ndarray] = (np.zeros(0), np.zeros(0))
        for i in range(self.residual_count):
            rho, sweeps = self.whitening.stepped(point.rho, i)
            up = sweeps.up(point.psis)
            down = sweeps.down(up, point.psis)
            slopes = self._slopes_at(rho, sweeps, up, down, point.psis)
            log_det[i], rss[i] = (np.imag(kind) / STEP for kind in slopes)
        return (np.real(slopes[0]), np.real(slopes[1])), (log_det, rss)

    def _rows(self, point: Point, stencil: Stencil) -> tuple[np.ndarray, np.ndarray]:
        """See `_with_residual_rows`: differences of exact slopes."""
        log_det = np.zeros((self.residual_count, self.count))
        rss = np.zeros_like(log_det)
        for i in range(self.residual_count):
            for shrink in _SHRINK:
                near = [self._moved(point, i, shrink * step) for step, _ in stencil]
                if not all(np.isfinite(neighbour.log_likelihood) for neighbour in near):
                    continue
                for neighbour, (_, weight) in zip(near, stencil, strict=True):
                    slopes = self._slopes(neighbour)
                    log_det[i] += weight / shrink * slopes[0]
                    rss[i] += weight / shrink * slopes[1]
                break
        return log_det, rss

    def _moved(self, point: Point, i: int, step: float) -> Point:
        rho = point.rho.copy()
        rho[i] += step
        return self.point(point.blocks, rho)

    def gradient(self, point: Point) -> np.ndarray:
        """Gradient of the profiled log likelihood along the natural coordinates and rho, (k-1,)."""
        log_det, rss = self._slopes(point)
        return -0.5 * (log_det + rss / self.variance(point))

    def second_order(self, point: Point, refined: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and Hessian of the profiled log likelihood along the natural coordinates."""
        d = self.derivatives(point, refined)
        variance, df = self.variance(point), self._df
        gradient = -0.5 * (d.log_det + d.rss / variance)
        rss_part = d.rss_second / variance - d.rss[:, None] * d.rss / (variance**2 * df)
        return gradient, -0.5 * (d.log_det_second + rss_part)


def effect_shares(objective: Objective, point: Point) -> list[float]:
    """What the largest effects of each block add to a group's sum of squares over the residual variance."""
    return [
        float((user_matrix(block, psi).diagonal() * block.start_scale).max())
        for block, psi in zip(objective.problem.blocks, point.blocks, strict=True)
    ]


def _whitening(problem: Problem) -> Whitening | None:
    residual = problem.residual
    if isinstance(residual, CrossedResidualData):
        return CrossedWhitening(problem, residual)
    return NestedWhitening(problem, residual) if isinstance(residual, NestedResidualData) else None


def _nested(problem: Problem) -> Sweeps:
    if in_two_products(problem):
        return OneOrTwoEffects(problem)
    if in_few_calls(problem):
        return FewGroups(problem)
    if not in_blocks(problem):
        return NestedSweeps(problem)
    return many_sweeps(problem) if problem.origin is None else BlockedSweeps(problem)


def _lift(problem: Problem, sizes: tuple[int, ...]) -> np.ndarray | None:
    """What takes the elements of the only block to those of the working covariance, (q q, q q).

    None where there are several blocks, or many columns.
    """
    blocks = problem.blocks
    if not (len(blocks) == len(sizes) == 1 and sizes[0] <= _FEW_COLUMNS) or blocks[0].tie is not None:
        return None
    change = blocks[0].to_working
    both = change[:, None, :, None] * change[:, None]
    return (0.5 * (both + both.swapaxes(0, 1))).reshape(change.size, change.size)


def _slices(problem: Problem) -> tuple[slice, ...]:
    result, first = [], 0
    for block in problem.blocks:
        count = len(block.structure.labels)
        result.append(slice(first, first + count))
        first += count
    return tuple(result)


def _pieces(problem: Problem, slices: tuple[slice, ...]) -> np.ndarray | None:
    """From the natural coordinates to multiples of the directions; None where they are the same."""
    if all(block.tie is None for block in problem.blocks):
        return None
    whole = np.zeros((slices[-1].stop, slices[-1].stop))
    for block, part in zip(problem.blocks, slices, strict=True):
        whole[part, part] = pieces(block)
    return whole


def _along(found: Derivatives, change: np.ndarray) -> Derivatives:
    """Derivatives along coordinates from those along the directions that they are made of."""
    return Derivatives(
        change.T @ found.log_det,
        change.T @ found.rss,
        change.T @ found.log_det_second @ change,
        change.T @ found.rss_second @ change,
    )


def _with_residual(
    own: Derivatives, slopes: tuple[np.ndarray, np.ndarray], rows: tuple[np.ndarray, np.ndarray]
) -> Derivatives:
    """Derivatives along all parameters from those of the blocks and the rows of the residual ones."""
    first = len(own.rss)
    seconds = []
    for inner, row in zip((own.log_det_second, own.rss_second), rows, strict=True):
        whole = np.empty((row.shape[1], row.shape[1]))
        whole[:first, :first] = inner
        whole[first:, :first], whole[:first, first:] = row[:, :first], row[:, :first].T
        whole[first:, first:] = (row[:, first:] + row[:, first:].T) / 2
        seconds.append(whole)
    return Derivatives(*slopes, *seconds)
