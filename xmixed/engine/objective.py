"""The log likelihood as a function of the covariance blocks: profiled, and with sigma_e free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.blocks import pieces, size, working_directions, working_parts
from xmixed.engine.covariance import coordinates, labels, matrix
from xmixed.engine.crossed import CrossedSweeper
from xmixed.engine.curvature import Derivatives, Direction, derivatives, first_derivatives
from xmixed.engine.prepare import Problem
from xmixed.engine.sweep import Downward, Psis, Sweeper, Upward

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The profiled log likelihood at one value of the covariance blocks.

    Attributes
    ----------
    blocks : tuple of (q, q) arrays
        K Sigma K'/sigma_e^2 of every block.
    psis : per level (q, q) arrays, the same in working columns
    up : Upward
    log_likelihood : float
        Equation (11) or (13), response units; -inf where it cannot be computed.
    """

    blocks: tuple[np.ndarray, ...]
    psis: Psis
    up: Upward
    log_likelihood: float


class Objective:
    """The likelihood of one problem; `directions` are the natural coordinates of all blocks in turn.

    A block tied to a second level has two directions of its own instead, see `blocks.pieces`.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        crossed = problem.crossed
        self.sweeper = Sweeper(problem) if crossed is None else CrossedSweeper(problem, crossed)
        # Where each block's coordinates stand among all.
        self.slices: tuple[slice, ...] = _slices(problem)
        # The end of the search, its polishing and the standard errors share one point.
        self._latest: tuple[Point, Derivatives] | None = None
        self.directions: tuple[Direction, ...] = tuple(
            Direction(*direction) for block in problem.blocks for direction in working_directions(block)
        )
        self._pieces = _pieces(problem, self.slices)

    def matrices(self, nu: np.ndarray) -> tuple[np.ndarray, ...]:
        """The blocks K Sigma K'/sigma_e^2 of the natural coordinates of all blocks."""
        return tuple(
            matrix(block.structure, size(block), nu[part])
            for block, part in zip(self.problem.blocks, self.slices, strict=True)
        )

    def natural(self, blocks: tuple[np.ndarray, ...]) -> np.ndarray:
        """Natural coordinates of all blocks, (k-1,)."""
        pairs = zip(self.problem.blocks, blocks, strict=True)
        return np.concatenate([np.zeros(0), *(coordinates(b.structure, m) for b, m in pairs)])

    def point(self, blocks: tuple[np.ndarray, ...]) -> Point:
        """Sweep upward at the given blocks."""
        psis = self._working(blocks)
        with np.errstate(all="ignore"):
            try:
                up = self.sweeper.up(psis)
                value = self._profiled(up)
            except np.linalg.LinAlgError:
                up = self.sweeper.up(tuple(np.zeros_like(psi) for psi in psis))
                value = -np.inf
        return Point(blocks, psis, up, value if np.isfinite(value) else -np.inf)

    def _working(self, blocks: tuple[np.ndarray, ...]) -> Psis:
        psis = [np.zeros((q, q)) for q in self.sweeper.sizes]
        for block, value in zip(self.problem.blocks, blocks, strict=True):
            for position, part in working_parts(block, value):
                psis[position] += part
        return tuple((psi + psi.T) / 2 for psi in psis)

    def _profiled(self, up: Upward) -> float:
        df = self.problem.residual_df
        rss = float(up.rss.real)
        if not rss > 0:
            return -np.inf
        return float(self.constant() - 0.5 * (df * (1.0 + LOG_2PI + np.log(rss / df)) + self.log_det(up)))

    def log_det(self, up: Upward) -> float:
        """log|V|, with log|X'V^{-1}X| for REML."""
        return float(up.log_det_V.real) + (float(up.log_det_X.real) if self.problem.reml else 0.0)

    def constant(self) -> float:
        """What scaling y and X took out of the log likelihood."""
        problem = self.problem
        value = -problem.residual_df * np.log(problem.y_scale)
        if problem.reml:
            value -= float(np.sum(np.log(problem.x_scale)))
        return float(value)

    def free_log_likelihood(self, up: Upward, variance: float) -> float:
        """L* of the manual at residual variance `variance` (working units): only beta is profiled out."""
        df = self.problem.residual_df
        rss = float(up.rss.real)
        return self.constant() - 0.5 * (df * (LOG_2PI + np.log(variance)) + rss / variance + self.log_det(up))

    def variance(self, point: Point) -> float:
        """Profiled sigma_e^2, working units: equation (12)."""
        return float(point.up.rss.real) / self.problem.residual_df

    def down(self, point: Point) -> Downward:
        """Sweep downward at a point."""
        with np.errstate(all="ignore"):
            return self.sweeper.down(point.up, point.psis)

    def derivatives(self, point: Point, down: Downward | None = None) -> Derivatives:
        """Derivatives along the natural coordinates of all blocks."""
        if self._latest is None or self._latest[0] is not point:
            down = self.down(point) if down is None else down
            with np.errstate(all="ignore"):
                found = derivatives(self.sweeper, point.psis, self.directions, point.up, down)
            self._latest = (point, found if self._pieces is None else _along(found, self._pieces))
        return self._latest[1]

    def gradient(self, point: Point) -> np.ndarray:
        """Gradient of the profiled log likelihood along the natural coordinates, (k-1,)."""
        log_det, rss = first_derivatives(self.directions, self.down(point))
        gradient = -0.5 * (log_det + rss / self.variance(point))
        return gradient if self._pieces is None else self._pieces.T @ gradient

    def second_order(self, point: Point) -> tuple[np.ndarray, np.ndarray]:
        """Gradient and Hessian of the profiled log likelihood along the natural coordinates."""
        d = self.derivatives(point)
        variance, df = self.variance(point), self.problem.residual_df
        gradient = -0.5 * (d.log_det + d.rss / variance)
        rss_part = d.rss_second / variance - np.outer(d.rss, d.rss) / (variance**2 * df)
        return gradient, -0.5 * (d.log_det_second + rss_part)


def _slices(problem: Problem) -> tuple[slice, ...]:
    result, first = [], 0
    for block in problem.blocks:
        count = len(labels(block.structure, size(block)))
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
