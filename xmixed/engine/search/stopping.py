"""When a search is over: what counts as no progress, and how much work may be done."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.engine.result import Iteration
from xmixed.engine.search.objective import Objective, Point

# Below this scaled gradient nothing is to be gained.
QUIET = 1e-5
_IDLE = 20
# Iterations after which a search is long, and the last of them that tell whether it leads anywhere.
_LONG, _ASTRAY = 60, 30
# Over so many iterations a gain below this is none, and so many may pass mostly without a quadratic model.
_CREEPING, _LITTLE, _MOST_CREEPING, _MOSTLY = 50, 1e-6, 200, 0.75
# The last so many steps were held up at the edge of the residuals' parameters, of so many in all.
_HELD, _LEAST_HELD = 8, 12
# An eigenvalue of the residuals' correlations below this is on its way to zero.
_NEARLY_SINGULAR = 0.05
# All that a fit may take with what is tried after its first search, in upward sweeps. Where no maximum
# is found with so much the log likelihood has none, or is rounding.
_MOST = 3000.0


def stands_still(iterations: Sequence[Iteration]) -> bool:
    """Whether many iterations have not raised the log likelihood: on a corner, a ridge, or at rounding."""
    if len(iterations) <= _IDLE:
        return False
    last, before = iterations[-1].log_likelihood, iterations[-1 - _IDLE].log_likelihood
    if last - before <= 1e-10 * abs(last):
        return True
    gains = len(iterations) <= _CREEPING or last - iterations[-1 - _CREEPING].log_likelihood > _LITTLE
    window = _MOST_CREEPING if gains else _CREEPING
    return len(iterations) > window and _without_model(iterations[-window:]) > _MOSTLY


def _without_model(iterations: Sequence[Iteration]) -> float:
    """The share of iterations in which no quadratic model held."""
    return float(np.mean([entry.not_concave or entry.backed_up for entry in iterations]))


def is_held(iterations: Sequence[Iteration]) -> bool:
    """Whether no quadratic model has held for the last steps."""
    return len(iterations) > _LEAST_HELD and _without_model(iterations[-_HELD:]) == 1.0


def is_near_face(objective: Objective, point: Point) -> bool:
    """Whether Lambda is nearly singular, random effects standing beside it."""
    whitening = objective.whitening
    if whitening is None or not objective.problem.blocks or not whitening.has_barrier:
        return False
    return whitening.is_near_edge(point.rho, _NEARLY_SINGULAR)


def is_long(iterations: Sequence[Iteration]) -> bool:
    """Whether there were so many iterations that a search without a maximum is not taken further."""
    return len(iterations) > _LONG


def goes_astray(iterations: Sequence[Iteration]) -> bool:
    """Whether no quadratic model has held for long: more parameters than units tell have no maximum."""
    return is_long(iterations) and _without_model(iterations[-_ASTRAY:]) == 1.0


def is_spent(objective: Objective) -> bool:
    """Whether nothing more may be tried."""
    return objective.work > _MOST


def at_most(objective: Objective, more: float) -> float:
    """The work at which what is tried now is to end: so much more, as far as that is allowed."""
    return min(objective.work + more, max(_MOST, objective.work))
