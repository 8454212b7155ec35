"""How far rounding errors leave the log likelihood open: its change where parameters move by a last digit.

Beside a nearly singular matrix, or with random effects thousands of times the residuals, large parts of it
all but cancel. What is left of them changes by as much when every figure they are made of is rounded anew.
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.result import BoundaryNote
from xmixed.engine.search.objective import Objective, Point, effect_shares

_DIGIT = 2.0**-51
_TRIALS = 4
# Few trials find the largest rounding error to such a factor.
_SURELY = 4.0
# A share of y'Lambda^{-1}y below which it is next to nothing.
_NOTHING = 1e-10
_SEED = 1
# What is as good as exact: absolutely, and in terms of the log likelihood, of which eight digits are shown.
_EXACT, _EXACT_SHARE = 1e-7, 1e-9
# Correlations of residuals with an eigenvalue below this share are what makes it.
_SINGULAR = 1e-5


def near_singular(objective: Objective, point: Point) -> bool:
    """Whether Lambda is so nearly singular that its inverse has lost digits."""
    whitening = objective.whitening
    return whitening is not None and whitening.is_near_edge(point.rho, _SINGULAR)


def rounding_notes(objective: Objective, point: Point) -> list[BoundaryNote]:
    """Say how far the log likelihood is open, and because of what, if it is.

    That is the residual covariance matrix (level 0), or the equation with the largest effects.
    """
    found = left_open(objective, point)
    if found <= max(_EXACT, _EXACT_SHARE * abs(point.log_likelihood)):
        return []
    shares = effect_shares(objective, point)
    if not shares or near_singular(objective, point):
        return [BoundaryNote("rounding", size=found)]
    largest = objective.problem.blocks[int(np.argmax(shares))]
    return [BoundaryNote("rounding", largest.level, largest.equation, size=found)]


def left_open(objective: Objective, point: Point) -> float:
    """The largest change there; infinite where the log likelihood cannot be computed any more."""
    rng = np.random.default_rng(_SEED)
    nu, off = objective.natural(point.blocks), 0.0
    for _ in range(_TRIALS):
        moved = nu * (1.0 + _DIGIT * rng.choice([-1.0, 1.0], len(nu)))
        rho = point.rho * (1.0 + _DIGIT * rng.choice([-1.0, 1.0], len(point.rho)))
        trial = objective.point(objective.matrices(moved), rho)
        off = max(off, abs(trial.log_likelihood - point.log_likelihood))
    return max(off, _of_products(objective, point))


def surely_open(objective: Objective, point: Point) -> float:
    """The largest change there that may be rounding alone."""
    return _SURELY * left_open(objective, point)


def _of_products(objective: Objective, point: Point) -> float:
    """What errors of products that are formed once may do where next to nothing is left of them."""
    share, problem = objective.share_left(point), objective.problem
    if not 0.0 < share < _NOTHING:
        return 0.0
    return 0.5 * problem.residual_df * problem.n * np.finfo(float).eps / share
