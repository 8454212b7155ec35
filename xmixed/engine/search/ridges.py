"""Directions along which the log likelihood is level: what the data do not identify."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.engine.result import BoundaryNote, Parameter
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.optimise import State, Surface, flatness, polish
from xmixed.engine.search.rounding import left_open, surely_open
from xmixed.engine.search.stopping import at_most

# A curvature per relative change this small is looked at: that of a ridge is rounding of the others'.
_SUSPECT = 0.05
_SUSPECT_SHARE = 1e-6
# How far a ridge is followed, and by how much it may fall: absolutely, and in terms of the log likelihood.
_STRIDE = 0.3
_FALL = 1e-7
_FALL_SHARE = 1e-11
_LONGEST, _MOST_STRIDES = 1.0, 15
# It ends where rounding comes to so much of what counts as a rise: from there on a rise says nothing.
_ROUNDING_PART = 0.01
# Work that the way along a ridge may take, however soon the search had ended there.
_LEAST_WORK = 400.0
_PART = 0.1


def level_parameters(root: Surface, state: State) -> tuple[np.ndarray, int]:
    """Which parameters take part in directions along which the log likelihood is level, (k-1,), and how many.

    Beside those without curvature, the least curved directions are followed: with groups of thousands the
    curvature along a ridge, of either sign, is a rounding error of others that are thousands of millions
    times as large. None where the log likelihood is clearly convex along some direction.
    """
    values = root.step(state).curvatures
    suspicion = max(_SUSPECT, _SUSPECT_SHARE * float(np.abs(values).max(initial=0.0)))
    if not len(values) or values[0] >= suspicion:
        return np.zeros(len(state.theta), bool), 0
    sizes = root.sizes(state.theta)
    values, vectors = np.linalg.eigh(-state.hessian * np.outer(sizes, sizes))
    level = np.abs(values) <= flatness(values)
    if not level.any() and (values < -suspicion).any():
        return np.zeros(len(sizes), bool), 0
    suspects = np.flatnonzero((np.abs(values) < suspicion) & ~level)
    slack = _tolerance(state.point.log_likelihood)
    if len(suspects):
        slack += left_open(root.objective, state.point)
    for place in suspects:
        level[place] = _is_ridge(root, state, sizes * vectors[:, place], slack)
    return np.abs(vectors[:, level]).max(axis=1, initial=0.0) > _PART, int(level.sum())


def _is_ridge(root: Surface, state: State, direction: np.ndarray, slack: float) -> bool:
    """Whether the log likelihood stays level along a direction, the other parameters following."""
    ll = state.point.log_likelihood
    every = np.ones(len(direction), bool)
    moves = (side * _STRIDE * direction for side in (1.0, -1.0))
    gains = [_highest(root, state, move, every).log_likelihood - ll for move in moves]
    return abs(max(gains)) <= slack


def higher_on_ridge(root: Surface, point: Point, fixed: np.ndarray) -> Point | None:
    """The highest point on the way along the least curved direction, if that rises; saddles are left so, too.

    A ridge may be bent: Newton's steps make no headway there, and what is still to be gained looks like
    nothing. One that is level may rise where another parameter has taken the place of the one that fades.
    `fixed`: parameters (k-1,) that are on the boundary, and stay there.
    """
    found = _least_curved(root, root.at(point), fixed)
    if found is None or not found[0] < _SUSPECT:
        return None
    most = at_most(root.objective, max(root.objective.work, _LEAST_WORK))
    slack = _tolerance(point.log_likelihood)
    for side in (1.0, -1.0):
        stride, here, best, along = _STRIDE, root.at(point), point, side * found[1]
        for _ in range(_MOST_STRIDES):
            there = _highest(root, here, stride * along * root.sizes(here.theta), ~fixed)
            fallen = not there.log_likelihood > best.log_likelihood - slack
            if fallen or surely_open(root.objective, there) > _ROUNDING_PART * slack:
                break
            best = there if there.log_likelihood > best.log_likelihood + slack else best
            here, stride = root.at(there), min(2.0 * stride, _LONGEST)
            following = _least_curved(root, here, fixed)
            if following is None or root.objective.work > most:
                break
            along = following[1] * np.copysign(1.0, following[1] @ along)
        if best is not point:
            return best
    return None


def _least_curved(root: Surface, state: State, fixed: np.ndarray) -> tuple[float, np.ndarray] | None:
    """The least curvature and its direction, both in terms of the parameters' sizes."""
    sizes = np.where(fixed, 0.0, root.sizes(state.theta))
    if fixed.all() or not np.isfinite(state.hessian).all():
        return None
    # Directions of what is fixed count as curved.
    negative = -state.hessian * np.outer(sizes, sizes) + np.diag(np.where(fixed, 1.0, 0.0))
    values, vectors = np.linalg.eigh(negative)
    return float(values[0]), vectors[:, 0]


def _tolerance(ll: float) -> float:
    return _FALL + _FALL_SHARE * abs(ll)


def _highest(root: Surface, state: State, move: np.ndarray, others: np.ndarray) -> Point:
    """The highest point where what a move is most of is held after it; `others` may move."""
    free = others & (np.arange(len(move)) != int(np.argmax(np.abs(move / root.sizes(state.theta)))))
    point = root.point(state.theta + move)
    return polish(root, point, free).point if np.isfinite(point.log_likelihood) else point


def unidentified(objective: Objective, level: np.ndarray) -> list[BoundaryNote]:
    """Name the blocks and residual parameters that some parameters belong to."""
    notes = []
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        found = np.flatnonzero(level[part]) + 1
        if block.structure.separate_columns:
            rows = (int(row) for row in found)
            notes += [BoundaryNote("not_identified", block.level, block.equation, row, row) for row in rows]
        elif len(found):
            notes.append(BoundaryNote("not_identified", block.level, block.equation))
    return notes + residual_notes(objective, np.flatnonzero(level[objective.block_count :]))


def residual_notes(objective: Objective, places: np.ndarray) -> list[BoundaryNote]:
    """Name residual parameters by their places among them."""
    if objective.whitening is None:
        return []
    groups = objective.whitening.groups
    return [BoundaryNote("not_identified", 0, int(groups[at]) + 1, int(at) + 1) for at in places.tolist()]


def really_unidentified(
    notes: Sequence[BoundaryNote], parameters: Sequence[Parameter], variances: np.ndarray
) -> list[BoundaryNote]:
    """The remarks without those on parameters that have a standard error.

    The search knows standard deviations in terms of sigma_e, which a ridge may change alone.
    """
    own = [place for place, parameter in enumerate(parameters) if parameter.kind.startswith("residual")]

    def concerns(note: BoundaryNote) -> list[int]:
        if not note.level:
            return [own[note.row - 1]]
        at = (note.level, note.equation)
        rows = (note.row,) if note.row else range(1, len(parameters) + 1)
        found = [k for k, one in enumerate(parameters) if (one.level, one.equation) == at]
        return [k for k in found if parameters[k].row in rows or parameters[k].kind != "log_sd"]

    kept = []
    for note in notes:
        known = note.kind == "not_identified" and all(variances[place] > 0 for place in concerns(note))
        if not known:
            kept.append(note)
    return kept
