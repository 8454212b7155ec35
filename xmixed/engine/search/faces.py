"""Maxima where Lambda is singular although V is not: structured residuals beside random effects.

The log likelihood has a slope up to the edge where Lambda stops being positive definite. There its maximum is
the limit, mu to zero, of those of L + mu log|C|, C being the correlations, each within the edge. What counts
against L at weight mu is at most mu times the number of eigenvalues that vanish. In the limit the Hessian of
the sum is infinite across the face of singular matrices, along it that of L with the face's own curvature:
what standard errors rest on.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from xmixed.engine.result import BoundaryNote
from xmixed.engine.search.boundary import Boundary, Face, Rung, settle
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.optimise import State, Step, Surface, flatness, newton_step
from xmixed.engine.search.rounding import left_open, surely_open
from xmixed.engine.search.stopping import is_spent

# The first weight, for a hundred observations, what shares of it follow, and which of these are rungs.
_FIRST = 0.1
_SHARES = (1.0, 1e-1, 2e-2, 1e-2, 5e-3, 5e-4, 5e-5, 5e-6, 5e-7, 5e-8)
_RUNGS = (2e-2, 1e-2, 5e-3)
_MOST_STEPS = 25
_HALVINGS = 30
# Steps that have gained less than this share of the weight, after which it is rounding that is climbed.
_MOST_IDLE, _LITTLE = 6, 1e-5
# Gain still to come in terms of the weight: at a rung, there where rounding allows no more, and elsewhere.
_ENOUGH = 1e-10
_ROUNDING = 1e-6
_ROUGHLY = 1e-3
_DRAWN = 0.1
# How much smaller both are where they have led away.
_LIGHTER = 0.02
_LOST = 1e-5
_PART = 0.1
# An eigenvalue of the correlations below this is at zero.
_EDGE = 1e-6
_ZERO = 1e-2
# What counts as zero on the way there, where the log likelihood has little slope across the face.
_ZEROS = (_ZERO, 3e-2, 0.1, 0.3)


def at_edge(objective: Objective, point: Point) -> bool:
    """Whether Lambda is nearly singular, no random effects standing beside it.

    The log likelihood is infinite where a pattern's Lambda is singular along what the residuals of its units
    have nothing of.
    """
    whitening = objective.whitening
    alone = not objective.problem.blocks
    return alone and whitening is not None and whitening.is_exact and whitening.is_near_edge(point.rho, _EDGE)


def leave_corner(root: Surface, point: Point) -> tuple[Point, Boundary | None]:
    """The maximum that has Lambda singular, or the way to one inside.

    The highest point known, and no boundary, where neither is higher. A search that goes straight up ends in
    a corner of the edge, from which no step leads further.
    """
    objective = root.objective
    # In the corner the log likelihood may be higher by what rounding leaves open.
    lowest = point.log_likelihood - surely_open(objective, point) - _LOST
    weight = _FIRST * max(1.0, objective.problem.n / 100)
    best, rungs = _way_to_face(root, point, weight, _DRAWN)
    if rungs and best.log_likelihood < lowest:
        # The weight was so large that the way began at another maximum.
        best, rungs = _way_to_face(root, point, _LIGHTER * weight, _LIGHTER * _DRAWN)
    if not rungs or best.log_likelihood < lowest:
        return _higher(point, best), None
    face = _face(objective, rungs, best)
    if face is None:
        above = best.log_likelihood > lowest + _LOST
        return settle(objective, best) if above else (_higher(point, best), None)
    best, boundary = settle(objective, best, face)
    boundary.notes += [BoundaryNote("residual_singular", 0, group) for group in face.groups]
    return best, boundary


def _way_to_face(
    root: Surface, point: Point, weight: float, drawn: float
) -> tuple[Point, list[tuple[Point, float]]]:
    """The last maximum with a barrier whose weight vanishes, and the rungs; none where the way has no end."""
    objective = root.objective
    best, rungs, way = _drawn_back(objective, point, drawn), [], []
    for share in _SHARES:
        if is_spent(objective):
            return best, []
        start = _ahead(root, way, best, share * weight)
        found, ended = _highest(root, start, share * weight, _ENOUGH if share in _RUNGS else _ROUGHLY)
        if share == _SHARES[1] and not ended:
            return found, []
        if share in _RUNGS and ended:
            rungs.append((found, share * weight))
        elif len(rungs) == len(_RUNGS):
            gain, opened = found.log_likelihood - best.log_likelihood, left_open(objective, found)
            if gain < 0.0 or opened > share * weight:
                # What is still to be gained is rounding; that may be less than what was.
                return (found if gain > opened else best), rungs
        best = found
        way.append((found, share * weight))
    return best, rungs if len(rungs) == len(_RUNGS) else []


def extrapolated(values: list[np.ndarray]) -> np.ndarray:
    """What values at the rungs, each half as far from the face as the one before, tend to."""
    while len(values) > 1:
        power = 2.0 ** (len(_RUNGS) + 1 - len(values))
        values = [(power * after - before) / (power - 1.0) for before, after in pairwise(values)]
    return values[0]


def step_along(root: Surface, rung: Rung, fixed: np.ndarray) -> tuple[Step, np.ndarray]:
    """Newton's step among the singular matrices, and which parameters (k-1,) it cannot tell about."""
    first, count = root.objective.block_count, root.objective.count
    state = root.state(root.theta(rung.point), rung.point)
    carry = np.zeros((count, first + rung.basis.shape[1]))
    carry[:first, :first], carry[first:, first:] = np.eye(first), rung.basis
    hessian = carry.T @ state.hessian @ carry
    hessian[first:, first:] += rung.bend
    inner = State(carry.T @ state.theta, state.point, carry.T @ state.gradient, hessian)
    sizes = np.append(root.sizes(state.theta)[:first], np.ones(rung.basis.shape[1]))
    free = np.append(~fixed[:first], np.ones(rung.basis.shape[1], bool))
    values, vectors = np.linalg.eigh(-(hessian * np.outer(sizes, sizes))[np.ix_(free, free)])
    level = carry[:, free] @ (sizes[free, None] * vectors[:, np.abs(values) <= flatness(values)])
    return newton_step(inner, sizes, free), np.abs(level).max(axis=1, initial=0.0) > _PART


def _higher(point: Point, other: Point) -> Point:
    return other if other.log_likelihood > point.log_likelihood else point


def _ahead(root: Surface, way: list[tuple[Point, float]], best: Point, weight: float) -> Point:
    """Where the way leads that the last two maxima lie on, in a straight line, or the last of them."""
    if len(way) < 2:
        return best
    (before, heavier), (last, lighter) = way[-2:]
    here = root.theta(last)
    theta = here + (lighter - weight) / (heavier - lighter) * (here - root.theta(before))
    trial = root.point(theta)
    return trial if _value(root, trial, weight) > _value(root, best, weight) else best


def _drawn_back(objective: Objective, point: Point, share: float) -> Point:
    """The point with lower correlations of the residuals, from where Newton's steps are free to go."""
    whitening = objective.whitening
    assert whitening is not None
    rho, own = point.rho.copy(), whitening.correlations
    rho[own] = np.arctanh((1.0 - share) * np.tanh(rho[own]))
    return objective.point(point.blocks, rho)


def _face(objective: Objective, found: list[tuple[Point, float]], nearest: Point) -> Face | None:
    """The face that the rungs lead to; `nearest` tells which eigenvalues vanish there."""
    whitening = objective.whitening
    assert whitening is not None
    count = len(whitening.normals(nearest.rho, _ZERO))
    rungs: list[Rung] = []
    groups: np.ndarray = np.zeros(0)
    for point, weight in found:
        among = (whitening.normals(point.rho, share) for share in _ZEROS)
        normals = next((own for own in among if len(own) == count), None)
        barrier = whitening.barrier(point.rho)
        if barrier is None or normals is None or not count:
            return None
        sizes = np.linalg.norm(normals, axis=1, keepdims=True)
        _, values, rows = np.linalg.svd(normals / sizes)
        basis = rows[int((values > 1e-6 * values[0]).sum()) :].T
        groups = np.unique(whitening.groups[np.abs(normals).max(axis=0) > 0])
        rungs.append(Rung(point, basis, weight * basis.T @ barrier.bend @ basis))
    return Face(tuple(rungs), tuple(int(group) + 1 for group in groups))


def _with_barrier(root: Surface, point: Point, weight: float) -> tuple[State, float] | None:
    """Gradient and Hessian of L + weight log|C|, and its value."""
    whitening, first = root.objective.whitening, root.objective.block_count
    assert whitening is not None
    barrier = whitening.barrier(point.rho)
    if barrier is None or not np.isfinite(point.log_likelihood):
        return None
    state = root.state(root.theta(point), point)
    gradient, hessian = state.gradient.copy(), state.hessian.copy()
    gradient[first:] += weight * barrier.slopes
    hessian[first:, first:] += weight * barrier.bend
    return State(state.theta, point, gradient, hessian), point.log_likelihood + weight * barrier.value


def _value(root: Surface, point: Point, weight: float) -> float:
    whitening = root.objective.whitening
    assert whitening is not None
    if not np.isfinite(point.log_likelihood):
        return -np.inf
    try:
        return point.log_likelihood + weight * whitening.log_correlations(point.rho)
    except np.linalg.LinAlgError:
        return -np.inf


def _highest(root: Surface, point: Point, weight: float, enough: float) -> tuple[Point, bool]:
    """Newton's steps on L + weight log|C|, and whether they end at a maximum of it."""
    found, idle, least, nearest = _with_barrier(root, point, weight), 0, np.inf, point
    for _ in range(_MOST_STEPS):
        if found is None:
            return point, False
        state, value = found
        step = newton_step(state, root.sizes(state.theta))
        if step.concave and step.scaled_gradient < least:
            least, nearest = step.scaled_gradient, point
        if least < enough * weight:
            return nearest, True
        following = _climbed(root, state, step.direction, value, weight)
        if following is None or idle == _MOST_IDLE:
            return (nearest, True) if least < _ROUNDING * weight else (point, False)
        point, found = following, _with_barrier(root, following, weight)
        idle = idle + 1 if found is not None and found[1] - value < _LITTLE * weight else 0
    return point, False


def _climbed(root: Surface, state: State, direction: np.ndarray, value: float, weight: float) -> Point | None:
    for halving in range(_HALVINGS):
        trial = root.point(state.theta + direction / 2**halving)
        if _value(root, trial, weight) > value:
            return trial
    return None
