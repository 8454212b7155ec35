"""Starting values for crossed levels, where every sweep is dear: each level fitted as if it stood alone.

Alone, a level's sweep costs next to nothing. Its own variance comes out nearly right, that of the others
goes to the residual; what is left of the total when all are taken out is the residual's own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.engine.covariance.metrics import MatrixSquareRoot
from xmixed.engine.problem import Problem
from xmixed.engine.products.crossproducts import CrossProducts
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.search.em import em, start_blocks
from xmixed.engine.search.objective import Objective
from xmixed.engine.search.optimise import Surface, polish

_EM_STEPS = 20
_EM_TOLERANCE = 1e-6
# A level that shows nothing alone starts from this share of the usual start, off the stationary zero.
_LEAST = 1e-2


def are_separate(objective: Objective) -> bool:
    """Whether good starting values are worth fitting each level alone."""
    return objective.problem.crossed is not None and objective.sweeps.is_dear


def separate_start(objective: Objective) -> tuple[np.ndarray, ...]:
    """Blocks K Sigma K'/sigma_e^2 to start from; the usual start where blocks are tied between levels."""
    problem = objective.problem
    usual = start_blocks(objective)
    if any(block.tie is not None for block in problem.blocks):
        return usual
    found: dict[int, np.ndarray] = {}
    explained, totals = 0.0, []
    for position, level in enumerate(problem.products.levels):
        places = [i for i, block in enumerate(problem.blocks) if block.position == position]
        if not places:
            continue
        alone = Objective(_alone(problem, position))
        point, _ = em(alone, start_blocks(alone), _EM_STEPS, _EM_TOLERANCE, _silent)
        point = polish(Surface(alone, MatrixSquareRoot()), point).point
        variance = alone.variance(point)
        share = variance * float(np.vdot(level.ZtZ.sum(axis=2), point.psis[0])) / problem.n
        explained += share
        totals.append(variance + share)
        found.update({place: variance * block for place, block in zip(places, point.blocks, strict=True)})
    residual = max(float(np.mean(totals)) - explained, 0.1 * (min(totals) - explained / len(totals)))
    if not (np.isfinite(residual) and residual > 0):
        return usual
    return tuple(found[i] / residual + _LEAST * start for i, start in enumerate(usual))


def _alone(problem: Problem, position: int) -> Problem:
    """The problem with one of its levels only."""
    level = problem.products.levels[position]
    groups = np.arange(level.ZtZ.shape[2])
    blocks = tuple(replace(block, position=0) for block in problem.blocks if block.position == position)
    return replace(
        problem,
        products=CrossProducts((level,), problem.products.XyXy),
        nesting=Nesting(None, groups, (np.zeros_like(groups),), (groups,)),
        crossed=None,
        residual=None,
        blocks=blocks,
        weights=problem.weights and problem.weights.of_level(position),
    )


def _silent(number: int, log_likelihood: float) -> None:
    """Report to nobody."""
