"""Measuring the outcome from near its random effects, where these are far larger than the residuals.

Products of y are then of the size of the effects' squares, and what the residuals say is in their last
digits. Once the effects are known roughly, y is replaced by what they and the fixed effects leave of it; the
sweeps put back what the effects add (see `Origin`), the fixed effects' part joins the offset.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.engine.errors import EngineError
from xmixed.engine.problem import Origin, Problem
from xmixed.engine.search.objective import Objective, Point

# What elimination leaves of y'Lambda^{-1}y, as a share of it, where so much is lost that y is to be moved:
# with one variance, and with a structure, whose Lambda may come nearer to a singular matrix on the way.
_FAR, _FAR_WITH_STRUCTURE = 1e-5, 1e-3
# Variances of so many times what counts as zero are judged as they are, once y is measured from its effects.
_ABOVE_ZERO = 10.0
_PASSES = 3
# Where Lambda itself is nearly singular the share stays small: nothing is to be gained.
_WORTH_IT = 4.0
Prepared = Callable[[np.ndarray], Problem]
"""Prepares the model with another y."""
_ROUNDING = 1e-15


def from_nearby(objective: Objective, point: Point, prepared: Prepared | None) -> tuple[Objective, Point]:
    """The objective with y measured from near its effects at a point, and that point.

    As they are where nothing is lost, or where there is nothing to prepare anew.
    """
    for _ in range(_PASSES if prepared is not None else 0):
        assert prepared is not None
        problem = objective.problem
        far = _FAR if problem.residual is None else _FAR_WITH_STRUCTURE
        if problem.model.cells is not None or objective.share_left(point) > far:
            break
        known = problem.origin is not None
        if known and objective.variance(point) < _ABOVE_ZERO * problem.least_variance:
            break
        try:
            nearer = Objective(_moved(objective, point, prepared))
        except (EngineError, np.linalg.LinAlgError):
            break
        nearer.goes_on_from(objective)
        there = nearer.point(point.blocks, point.rho)
        gained = nearer.share_left(there) > _WORTH_IT * objective.share_left(point)
        if not (np.isfinite(there.log_likelihood) and gained):
            break
        objective, point = nearer, there
    return objective, point


def _moved(objective: Objective, point: Point, prepared: Prepared) -> Problem:
    """The problem with y measured from the effects that are likely at a point."""
    problem = objective.problem
    pairs = zip(point.psis, objective.down(point).scores, strict=True)
    effects = [psi @ scores for psi, scores in pairs]
    offset = problem.offset + problem.y_scale * point.up.beta / problem.x_scale
    y, every = problem.model.y, slice(0, len(problem.model.y))
    rest = y - problem.y_center
    for column, coefficient in zip(problem.x_columns, offset * problem.x_scale, strict=True):
        rest -= coefficient * column.values(every)
    for at, (columns, own) in enumerate(zip(problem.z_columns, effects, strict=True)):
        place = problem.places(at)
        if place is None:
            continue
        for column, effect in zip(columns, own, strict=True):
            rest -= column.times(problem.y_scale * effect[place], every)
    found = prepared(rest)
    ratio = problem.y_scale / found.y_scale
    return replace(
        found,
        model=problem.model,
        offset=found.offset + offset,
        y_center=found.y_center + problem.y_center,
        least_variance=(_ROUNDING * float(np.abs(y).max()) / found.y_scale) ** 2,
        origin=Origin(
            tuple(own * ratio for own in effects),
            problem if problem.origin is None else problem.origin.unmoved,
        ),
    )
