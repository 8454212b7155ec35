"""Leaving a local maximum: a likelihood may have several.

They are most often met where columns differ in scale, and with correlated residuals of few units.
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.covariance.blocks import size
from xmixed.engine.search.em import shape_of_start
from xmixed.engine.search.objective import Objective, Point, effect_shares
from xmixed.engine.search.optimise import Surface

# Shares of EM's starting covariance matrix that are tried in place of a block.
_SHARES = (1e-6, 1e-4, 1e-2, 1.0)
_GAIN, _GAIN_SHARE = 1e-8, 1e-10
# Powers of ten by which standard deviations are tried.
_POWERS = (-4, -3, -2, -1, 1, 2, 3, 4)
# Rows up to which other points are tried.
FEW_ROWS = 500
# What effects add to a group's sum of squares, in terms of the residual variance, where they are large.
_LARGE = 1e4


def higher_start(objective: Objective, point: Point) -> Point | None:
    """A point above a maximum found, near a model without one of its blocks (or without any).

    A maximum below such a smaller model is only a local one. None where there is no such point; it costs
    one upward sweep a block to know.
    """
    count = len(point.blocks)
    choices: list[tuple[int, ...]] = [(index,) for index in range(count)]
    if count > 1:
        choices.append(tuple(range(count)))
    best, floor = None, threshold(point)
    for choice in choices:
        without = objective.point(_replaced(objective, point, choice, 0.0), point.rho)
        if without.log_likelihood <= floor:
            continue
        for share in _SHARES:
            trial = objective.point(_replaced(objective, point, choice, share), point.rho)
            if trial.log_likelihood > floor:
                best, floor = trial, trial.log_likelihood
    return best if best is not None else _ladder(objective, point)


def _ladder(objective: Objective, point: Point) -> Point | None:
    """The highest point above a maximum found that has one variance a power of ten larger or smaller.

    Beside effects thousands of times as large a variance near zero has neither slope nor curvature in terms
    of its own size, wherever its maximum is.
    """
    if objective.problem.n > FEW_ROWS or max(effect_shares(objective, point), default=0.0) < _LARGE:
        return None
    best, floor = None, threshold(point)
    for index, block in enumerate(objective.problem.blocks):
        q, usual = len(point.blocks[index]), shape_of_start(block).diagonal()
        common = block.structure.common_variance or block.tie is not None
        for chosen in [np.ones(q, bool)] if common else np.eye(q, dtype=bool):
            for power in _POWERS:
                share = np.where(chosen, 10.0**power, 1.0)
                moved = point.blocks[index] * np.outer(share, share)
                if not moved.diagonal()[chosen].any():
                    moved = moved + np.diag(np.where(chosen, usual * share**2, 0.0))
                blocks = (*point.blocks[:index], moved, *point.blocks[index + 1 :])
                trial = objective.point(blocks, point.rho)
                if trial.log_likelihood > floor:
                    best, floor = trial, trial.log_likelihood
    return best


def threshold(point: Point) -> float:
    """What is above a maximum, and not only by rounding."""
    return point.log_likelihood + least_gain(point.log_likelihood)


def least_gain(log_likelihood: float) -> float:
    """What is no rounding error of a log likelihood."""
    return _GAIN + _GAIN_SHARE * abs(log_likelihood)


def _replaced(
    objective: Objective, point: Point, choice: tuple[int, ...], share: float
) -> tuple[np.ndarray, ...]:
    """The blocks of a point, those chosen replaced by a share of EM's start."""
    blocks = list(point.blocks)
    for index in choice:
        block = objective.problem.blocks[index]
        start = block.structure.coordinates(share * shape_of_start(block))
        blocks[index] = block.structure.matrix(start)
    return tuple(blocks)


def leave_false_boundary(root: Surface, point: Point) -> Point:
    """Step off a zero variance at which the log likelihood rises.

    The matrix square root is stationary at zero whatever the slope in the variance is.
    """
    objective, left = root.objective, False
    gradient = objective.gradient(point)
    blocks = list(point.blocks)
    for index, (block, part) in enumerate(zip(objective.problem.blocks, objective.slices, strict=True)):
        units = root.units[part] ** 2 if root.units is not None else np.ones(part.stop - part.start)
        moved = blocks[index].copy()
        for m, (kind, i, _) in enumerate(block.structure.labels):
            rises = gradient[part.start + m] * units[m] > 1e-6
            if kind == "log_sd" and rises and moved[i - 1, i - 1] <= 1e-8 * units[m]:
                where = np.arange(size(block)) if block.structure.common_variance else [i - 1]
                moved[where, where] = 1e-4 * units[m]
                left = True
        blocks[index] = moved
    return objective.point(tuple(blocks), point.rho) if left else point
