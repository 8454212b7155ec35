"""Leaving a local maximum: a likelihood may have several, most often where columns differ in scale."""

from __future__ import annotations

import numpy as np

from xmixed.engine.search.em import shape_of_start
from xmixed.engine.search.objective import Objective, Point

# Shares of EM's starting covariance matrix that are tried in place of a block.
_SHARES = (1e-6, 1e-4, 1e-2, 1.0)
_GAIN = 1e-8


def higher_start(objective: Objective, point: Point) -> Point | None:
    """A point above a maximum found, near a model without one of its blocks (or without any).

    A maximum below such a smaller model is only a local one. None where there is no such point; it costs
    one upward sweep a block to know.
    """
    count = len(point.blocks)
    choices: list[tuple[int, ...]] = [(index,) for index in range(count)]
    if count > 1:
        choices.append(tuple(range(count)))
    best, floor = None, point.log_likelihood + _GAIN * (1.0 + abs(point.log_likelihood))
    for choice in choices:
        without = objective.point(_replaced(objective, point, choice, 0.0), point.rho)
        if without.log_likelihood <= floor:
            continue
        for share in _SHARES:
            trial = objective.point(_replaced(objective, point, choice, share), point.rho)
            if trial.log_likelihood > floor:
                best, floor = trial, trial.log_likelihood
    return best


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
