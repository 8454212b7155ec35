"""EM: starting values and steps for the covariance blocks, beta and sigma_e profiled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.engine.covariance.blocks import Block
from xmixed.engine.covariance.tied import Tie
from xmixed.engine.residuals.data import NestedResidualData
from xmixed.engine.search.em_by_number import em_by_number, is_by_number
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.sweeps.sweeps import Downward

_START = 0.375
_STEPS_WHERE_DEAR = 4
# Crossed levels start from good values (`separate_levels`).
_STEPS_WHERE_CROSSED = 1


def start_blocks(objective: Objective) -> tuple[np.ndarray, ...]:
    """Delta = 0.375 sqrt(diag(sum Z'Z)/M) on the user's own Z (Bates and Pinheiro 1998).

    Where residuals are far smaller than random effects, in terms of what Z leaves: EM gains so little at a
    time that residual correlations would run away before it gets there.
    """
    residual = objective.problem.residual
    left = residual.left if isinstance(residual, NestedResidualData) else 1.0
    return tuple(shape_of_start(block) / left for block in objective.problem.blocks)


def shape_of_start(block: Block) -> np.ndarray:
    """The block's starting matrix, (q, q), in the optimiser's metric.

    A variance that columns share is that of their mean square: the mean of their own variances would
    be the largest one, which for the other columns is far from anything likely.
    """
    squares = np.where(block.start_scale > 0, block.start_scale, 1.0)
    if block.structure.common_variance:
        squares = np.full(len(squares), squares.mean())
    psi = block.metric @ np.diag(1.0 / (_START**2 * squares)) @ block.metric.T
    return block.structure.matrix(block.structure.coordinates(psi))


def worthwhile_steps(objective: Objective, most: int) -> int:
    """EM steps to take before Newton's: fewer than `most` where a step costs as much as one of Newton's.

    A few steps bring the blocks to where the quadratic model holds; from there Newton needs two or three.
    """
    if not objective.sweeps.is_dear:
        return most
    return min(most, _STEPS_WHERE_DEAR if objective.problem.crossed is None else _STEPS_WHERE_CROSSED)


def em_step(objective: Objective, point: Point) -> Point:
    """One step: Sigma <- average over groups of E(uu'|y), in the form its structure allows.

    With s = Z'Py: E(uu'|y)/sigma_e^2 = Psi + Psi (ss'/sigma_e^2 - Z'MZ) Psi, so that only two sums over
    groups are needed. The nearest member of the structure is the maximiser for all four structures.
    """
    down = objective.down(point)
    variance = objective.variance(point)
    blocks = []
    for block, psi in zip(objective.problem.blocks, point.blocks, strict=True):
        excess = down.outer(block.position) / variance - down.information[block.position]
        own = block.to_working.T.dot(excess).dot(block.to_working) / down.size(block.position)
        if block.tie is not None:
            blocks.append(_tied_step(block, block.tie, psi, float(own[0, 0]), down, variance))
            continue
        updated = psi + psi.dot(own).dot(psi)
        blocks.append(block.structure.matrix(block.structure.coordinates(updated)))
    return objective.point(tuple(blocks), point.rho)


def _tied_step(
    block: Block, tie: Tie, psi: np.ndarray, own: float, down: Downward, variance: float
) -> np.ndarray:
    """The step of equally correlated effects; `own`: the mean excess of the level itself."""
    common = float(down.outer(tie.position)[0, 0]) / variance - float(down.information[tie.position][0, 0])
    total = own * down.size(block.position)
    return tie.em_step(psi, total, common * tie.to_working**2, down.size(tie.position))


def em(
    objective: Objective,
    blocks: tuple[np.ndarray, ...],
    iterations: int,
    tolerance: float,
    report: Callable[[int, float], None],
) -> tuple[Point, int]:
    """Up to `iterations` steps, until the log likelihood changes relatively less than `tolerance`."""
    if is_by_number(objective):
        return em_by_number(objective, blocks[0], iterations, tolerance, report)
    point, done = objective.point(blocks), 0
    if not blocks:
        return point, done
    while done < iterations:
        following = em_step(objective, point)
        if not np.isfinite(following.log_likelihood):
            break
        done += 1
        change = abs(following.log_likelihood - point.log_likelihood)
        point = following
        report(done, point.log_likelihood)
        if change < tolerance * max(1e-300, abs(point.log_likelihood)):
            break
    return point, done
