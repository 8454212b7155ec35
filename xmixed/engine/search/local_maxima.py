"""Leaving a local maximum: a likelihood may have several.

They are most often met where columns differ in scale, and with correlated residuals of few units.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xmixed.engine.covariance.blocks import metric_matrix, size, user_matrix
from xmixed.engine.search.em import shape_of_start, start_blocks
from xmixed.engine.search.objective import Objective, Point, effect_shares
from xmixed.engine.search.optimise import Surface, climbed_step
from xmixed.engine.search.stopping import as_much_again

# Shares of EM's starting covariance matrix that are tried in place of a block.
_SHARES = (1e-6, 1e-4, 1e-2, 1.0)
_GAIN, _GAIN_SHARE = 1e-8, 1e-10
# Powers of ten by which standard deviations are tried.
_POWERS = (-4, -3, -2, -1, 1, 2, 3, 4)
# What effects add to a group's sum of squares, in terms of the residual variance, where they are large.
_LARGE = 1e4
# Rows up to which the search starts elsewhere, too, from how many points, and how far.
_FEW_ROWS = 500
_FEW_UNITS, _FEW_GROUPS, _STARTS, _STEPS = 25, 3, 4, 15
# How many of the first correlations to start from, as hyperbolic arctangents and as logits.
_CORRELATIONS, _ATANHS, _LOGITS = 2, (-1.5, 1.5), (-2.0, 3.0)
_ENOUGH = 1e-3
_NEARLY, _NEAR_ZERO, _AT_LIMIT = 0.95, 0.1, 4.0
# A way that comes so near to the maximum found, in terms of each parameter's size, ends there.
_NEAR = 0.3
# Shares of the straight line to that maximum at which the log likelihood is looked at.
_BETWEEN = (0.25, 0.5, 0.75, 0.9)
# On how many of the pieces next to it each is to be less steep than the one before.
_LEVELLING = 3
# Scaled gradient below which a point with a concave log likelihood is a maximum.
_SETTLED = 1e-5
# So many steps in a row that gain less than this share of what is wanting: the way ends in a corner.
_MOST_SLOW, _SLOW = 3, 1e-2


def higher_start(objective: Objective, point: Point) -> Point | None:
    """A point above a maximum found, near a model without one of its blocks (or without any).

    A maximum below such a smaller model is only a local one. None where there is no such point; it costs
    one upward sweep a block to know.
    """
    count = len(point.blocks)
    choices: list[tuple[int, ...]] = [(index,) for index in range(count)]
    if count > 1:
        choices.append(tuple(range(count)))
    best, floor = None, _floor(point)
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
    if objective.problem.n > _FEW_ROWS or max(effect_shares(objective, point), default=0.0) < _LARGE:
        return None
    best, floor = None, _floor(point)
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


def _floor(point: Point) -> float:
    """What is above a maximum, and not only by rounding."""
    return point.log_likelihood + _GAIN + _GAIN_SHARE * abs(point.log_likelihood)


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


def start_elsewhere(root: Surface, point: Point) -> tuple[Point | None, bool]:
    """A point above a maximum found, on the way up from other correlations or variances; few rows only.

    One on a way that ends at a maximum, if there is such, and whether it is; None where the ways that begin
    highest end below.
    """
    objective = root.objective
    if objective.problem.n > _FEW_ROWS:
        return None, False
    trials = [objective.point(blocks, point.rho) for blocks in _at_limits(objective, point)]
    residual = objective.problem.residual
    if objective.residual_count and residual is not None and residual.n_units <= _FEW_UNITS:
        blocks = _other_blocks(objective, point)
        for rho in _other_correlations(objective, point):
            ways = (objective.point(own, rho) for own in blocks)
            trials.append(max(ways, key=lambda trial: trial.log_likelihood))
    most, best, unended = as_much_again(objective), None, None
    step = root.step(root.at(point))
    # Next to a singular matrix, where there is no maximum, a promise will not do.
    settled = step.concave and step.scaled_gradient < _SETTLED
    for trial in _distinct(trials, point)[:_STARTS]:
        if objective.work > most:
            break
        if not np.isfinite(trial.log_likelihood) or (settled and _only_rises(root, trial, best or point)):
            continue
        found, ended = _way_up(root, trial, best or point, settled)
        if ended:
            best = found
        unended = unended if found is None else found
    return (unended, False) if best is None else (best, True)


def _distinct(trials: list[Point], point: Point) -> list[Point]:
    """The trials from the highest down, without mirror images of each other and of a maximum found.

    Where all lags are even the log likelihood depends on squares of correlations.
    """
    found, kept = [point.log_likelihood], []
    for trial in sorted(trials, key=lambda trial: -trial.log_likelihood):
        if all(abs(trial.log_likelihood - other) > _GAIN + _GAIN_SHARE * abs(other) for other in found):
            kept.append(trial)
            found.append(trial.log_likelihood)
    return kept


def _at_limits(objective: Objective, point: Point) -> Iterator[tuple[np.ndarray, ...]]:
    """The blocks of a point, those whose variances and covariances are common nearly at either limit."""
    for index, block in enumerate(objective.problem.blocks):
        structure = block.structure
        if not (structure.correlated and structure.common_variance) or block.tie is not None:
            continue
        sigma = user_matrix(block, point.blocks[index])
        variance = float(sigma.diagonal().mean())
        for limit in (-1.0 / (len(sigma) - 1.0), 1.0):
            correlation = _NEARLY * limit
            moved = variance * (correlation + (1.0 - correlation) * np.eye(len(sigma)))
            yield (*point.blocks[:index], metric_matrix(block, moved), *point.blocks[index + 1 :])


def _other_correlations(objective: Objective, point: Point) -> Iterator[np.ndarray]:
    """Residual parameters to start from: of all by() groups, and where these are few of each alone."""
    whitening = objective.whitening
    assert whitening is not None
    own, groups = whitening.correlations, np.unique(whitening.groups)
    yield from _turned(objective, point, own)
    if 1 < len(groups) <= _FEW_GROUPS:
        for group in groups:
            yield from _turned(objective, point, own & (whitening.groups == group))


def _turned(objective: Objective, point: Point, own: np.ndarray) -> Iterator[np.ndarray]:
    """Residual parameters with some correlations zero, mirrored, and each of the first of them alone."""
    whitening = objective.whitening
    assert whitening is not None
    logistic = whitening.residual.structure.logistic
    # Just beside zero: where all lags are even that is a saddle.
    yield np.where(own, 0.0 if logistic else _NEAR_ZERO, point.rho)
    if not own.any():
        return
    if not logistic:
        yield np.where(own, -point.rho, point.rho)
        far = own & (np.abs(point.rho) > _AT_LIMIT)
        if far.any():
            yield np.where(far, np.sign(point.rho) * _ATANHS[-1], point.rho)
    # The place of each correlation among those of its by() group.
    place = np.cumsum(own) - np.maximum.accumulate(
        np.where(np.diff(whitening.groups, prepend=-1) != 0, np.cumsum(own) - own, 0)
    )
    for number in range(1, _CORRELATIONS + 1):
        chosen = own & (place == number)
        if chosen.any():
            for value in _LOGITS if logistic else _ATANHS:
                yield np.where(chosen, value, np.where(own, 0.0, point.rho))


def _other_blocks(objective: Objective, point: Point) -> list[tuple[np.ndarray, ...]]:
    """Blocks to start from: as they are, EM's start, and what is near zero the other way round."""
    usual = start_blocks(objective)
    if not usual:
        return [point.blocks]
    turned = []
    for block, start in zip(point.blocks, usual, strict=True):
        small = np.trace(block) < 1e-2 * np.trace(start)
        turned.append(start if small else 1e-3 * start)
    return [point.blocks, usual, tuple(turned)]


def _only_rises(root: Surface, start: Point, maximum: Point) -> bool:
    """Whether the log likelihood rises from a point straight to a maximum, and levels off as it comes near.

    The point is on the slope of that maximum then; a rise that is steeper again has met another one's.
    """
    first, last = root.theta(start), root.theta(maximum)
    shares, values = (0.0, *_BETWEEN, 1.0), [start.log_likelihood]
    for share in _BETWEEN:
        values.append(root.point(first + share * (last - first)).log_likelihood)
        if not values[-1] > values[-2]:
            return False
    slopes = np.diff([*values, maximum.log_likelihood]) / np.diff(shares)
    return bool(slopes[-1] > 0.0 and (np.diff(slopes[-_LEVELLING:]) < 0.0).all())


def _way_up(root: Surface, start: Point, maximum: Point, settled: bool) -> tuple[Point | None, bool]:
    """Where Newton's way ends above a maximum, and whether that is a maximum.

    None where it promises to end below, or there. `settled`: `maximum` is one indeed, so that a step that
    leads next to it says where the way ends.
    """
    state, floor, there = root.at(start), _floor(maximum), root.theta(maximum)
    sizes, slow = root.sizes(there), 0
    for _ in range(_STEPS):
        above = state.point.log_likelihood > floor
        step = root.step(state)
        if above and step.concave and step.scaled_gradient < _ENOUGH:
            return state.point, True
        ends = (state.theta, state.theta + step.direction) if settled else (state.theta,)
        near = any((np.abs(end - there) < _NEAR * sizes).all() for end in ends)
        if not above and step.concave and (near or state.point.log_likelihood + step.scaled_gradient < floor):
            return None, False
        following = climbed_step(root, state, step)
        if following is None:
            break
        gained, state = following.point.log_likelihood - state.point.log_likelihood, following
        wanting = max(floor - state.point.log_likelihood, _GAIN)
        slow = slow + 1 if gained < _SLOW * wanting else 0
        if slow == _MOST_SLOW:
            break
    return (state.point if state.point.log_likelihood > floor else None), False
