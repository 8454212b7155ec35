"""Arriving where Newton's steps creep along a bent valley: a maximum that a curved ridge leads to.

Where two parameters describe nearly the same covariances, the log likelihood falls steeply away from a curve
and hardly along it. Each step leaves the curve, so that forty of them come a tenth of the way. Such a way
often ends on the boundary: there it is looked for first. Else the parameter that changes most along the curve
is held, the others follow it, and the secant of the slope that is left finds where that vanishes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xmixed.engine.covariance.blocks import metric_matrix, size, user_matrix
from xmixed.engine.search.local_maxima import threshold
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.optimise import State, Surface, polish

# Scaled gradient from which a maximum has not been arrived at: a hundred-thousandth of a standard error.
ARRIVED = 1e-10
# A fall of the log likelihood at a limit that is rounding, in terms of it.
_LEVEL_SHARE = 1e-11
# How small a share of the residual a variance, or an eigenvalue of correlations, is that may go to zero.
_SMALL = 0.1
# A logit of correlations near one, and what is minus that of none.
_BESIDE_ONE, _NO_CORRELATION = 4.0, 20.0
_SECANTS = 12
# The longest step of the parameter held, in terms of its size, and how much a secant may lengthen steps.
_LONGEST, _STRETCH = 1.0, 10.0
# A move along it that leads down, or outside, is halved so often.
_HALVINGS = 6


def end_of_valley(root: Surface, point: Point) -> Point:
    """The maximum that a bent valley leads to from where polishing ended; the point itself elsewhere."""
    if root.objective.is_dear or not _creeps(root, point):
        return point
    found = _without_correlations(root, point) or _at_limits(root, point)
    return _followed(root, found) if _creeps(root, found) else found


def _creeps(root: Surface, point: Point) -> bool:
    return ARRIVED < _remaining(root, point) < np.inf


def _remaining(root: Surface, point: Point) -> float:
    """The scaled gradient where the log likelihood is concave, else infinity."""
    step = root.step(root.at(point))
    return step.scaled_gradient if step.concave else np.inf


def _at_limits(root: Surface, point: Point) -> Point:
    """The highest of the maxima with a small variance or eigenvalue at zero that are not below the point."""
    best, left = point, _remaining(root, point)
    floor = point.log_likelihood - _LEVEL_SHARE * max(1.0, abs(point.log_likelihood))
    for blocks in _nearer_limits(root.objective, point):
        trial = polish(root, root.objective.point(blocks, point.rho)).point
        if trial.log_likelihood >= floor and _remaining(root, trial) < left:
            best, floor = trial, trial.log_likelihood
    return best


def _without_correlations(root: Surface, point: Point) -> Point | None:
    """The maximum without correlations of the residuals, if that is above the point; logistic ones alone.

    Beside correlations near one a random intercept takes what residuals of a group have in common. Without
    them only what they differ by is left of the residuals' variance: other variances are so many times more.
    """
    objective = root.objective
    whitening = objective.whitening
    if whitening is None or not whitening.residual.structure.logistic or not objective.block_count:
        return None
    own = whitening.correlations
    least = float(point.rho[own].min(initial=np.inf))
    if not _BESIDE_ONE < least < np.inf:
        return None
    blocks = tuple(block * (1.0 + np.exp(least)) for block in point.blocks)
    trial = objective.point(blocks, np.where(own, -_NO_CORRELATION, point.rho))
    if not np.isfinite(trial.log_likelihood):
        return None
    free = np.append(np.ones(objective.block_count, bool), ~own)
    found = polish(root, trial, free).point
    return found if found.log_likelihood > threshold(point) else None


def _nearer_limits(objective: Objective, point: Point) -> Iterator[tuple[np.ndarray, ...]]:
    """The blocks of a point, each with what is small in it at zero."""
    for index, block in enumerate(objective.problem.blocks):
        if block.tie is not None:
            continue
        before, after = point.blocks[:index], point.blocks[index + 1 :]
        sigma, q = user_matrix(block, point.blocks[index]), size(block)
        shares = sigma.diagonal() * block.start_scale
        common = block.structure.common_variance
        for gone in [np.ones(q, bool)] if common else np.eye(q, dtype=bool):
            if 0.0 < shares[gone].max() < _SMALL:
                yield (*before, metric_matrix(block, sigma * np.outer(~gone, ~gone)), *after)
        if block.structure.correlated and q > 1 and (shares > 0).all():
            sds = np.sqrt(sigma.diagonal())
            values, vectors = np.linalg.eigh(sigma / np.outer(sds, sds))
            if 0.0 < values[0] < _SMALL:
                values = np.where(values <= 1.001 * values[0], 0.0, values)
                cut = ((vectors * values) @ vectors.T) * np.outer(sds, sds)
                whole = block.structure.matrix(block.structure.coordinates(cut))
                yield (*before, metric_matrix(block, whole), *after)


def _followed(root: Surface, point: Point) -> Point:
    """Where the slope along the valley vanishes, or as near to it as its secants lead."""
    state = root.at(point)
    held = _most_along(root, state)
    unit = float(root.sizes(state.theta)[held])
    slope, bend = _along(state, held)
    for _ in range(_SECANTS):
        if not bend < 0.0 or slope**2 < -(ARRIVED**2) * bend:
            break
        move = -slope / bend
        move = float(np.clip(move, -_LONGEST * unit, _LONGEST * unit))
        following = None
        for _ in range(_HALVINGS):
            following = _moved(root, state, held, move)
            if following is not None:
                break
            move /= 2.0
        if following is None:
            break
        ahead, curved = _along(following, held)
        secant = (ahead - slope) / move
        # The valley's own curvature where the secant says that the slope does not fall.
        state, slope = following, ahead
        bend = secant if secant < 0.0 and abs(secant) * _STRETCH > abs(curved) else curved
    found = polish(root, state.point).point
    arrived = _remaining(root, found) < _remaining(root, point)
    return found if arrived and found.log_likelihood >= point.log_likelihood else point


def _most_along(root: Surface, state: State) -> int:
    """The parameter that changes most along the least curved direction."""
    sizes = root.sizes(state.theta)
    _, vectors = np.linalg.eigh(-state.hessian * np.outer(sizes, sizes))
    return int(np.argmax(np.abs(vectors[:, 0])))


def _along(state: State, held: int) -> tuple[float, float]:
    """First and second derivative of the log likelihood along a parameter, the others following."""
    follow = _following(state, held)
    return float(state.gradient @ follow), float(state.hessian[held] @ follow)


def _following(state: State, held: int) -> np.ndarray:
    """How all parameters move, (k-1,), where the one held moves by one and the slope of the others stays."""
    free = np.arange(len(state.theta)) != held
    result = np.ones(len(free))
    H = state.hessian
    result[free] = -np.linalg.lstsq(H[np.ix_(free, free)], H[free, held], rcond=None)[0]
    return result


def _moved(root: Surface, state: State, held: int, move: float) -> State | None:
    """The highest point with one parameter moved; None where there is none, or it is not higher."""
    free = np.arange(len(state.theta)) != held
    trial = root.point(state.theta + move * _following(state, held))
    if not np.isfinite(trial.log_likelihood):
        return None
    found = polish(root, trial, free)
    slack = 1e-12 * max(1.0, abs(state.point.log_likelihood))
    return found if found.point.log_likelihood >= state.point.log_likelihood - slack else None
