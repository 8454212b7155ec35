"""Starting elsewhere: points from which the way may lead above a maximum found.

Correlated residuals of few units, and covariance matrices of few groups, often have several maxima. With few
rows to a parameter points all around are tried, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from xmixed.engine.covariance.blocks import metric_matrix, user_matrix
from xmixed.engine.search.em import start_blocks
from xmixed.engine.search.local_maxima import FEW_ROWS, least_gain, threshold
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.optimise import Surface, climbed_step, newton_step
from xmixed.engine.search.rounding import surely_open
from xmixed.engine.search.stopping import QUIET, at_most

# Units, by() groups and ratios of standard deviations that are few; from how many points, and how far, to go.
_FEW_UNITS, _FEW_GROUPS, _STARTS, _STEPS = 25, 3, 4, 15
# How many of the first correlations to start from, as hyperbolic arctangents and as logits.
_CORRELATIONS, _ATANHS, _LOGITS = 2, (-1.5, 1.5), (-2.0, 3.0)
# One near one, where rows are few, and as a logit; one that is at its limit.
_HIGH, _HIGH_LOGIT, _BEYOND = 3.5, 8.0, 15.0
# By how much the logarithm of a ratio of standard deviations is changed.
_LOG_RATIOS = (-2.0, 2.0)
# A block so much smaller than EM's start counts as near zero.
_SMALL = 1e-2
# Where rows to a parameter are fewer, and parameters no fewer, points all around are tried, so many, with
# logarithms of standard deviations so far apart; how much work that may take.
_ROWS_EACH, _MANY_PARAMETERS, _SCATTERED, _SPREAD, _MOST_SCATTERED = 9, 2, 40, 2.0, 1000.0
_SEED = 1
# Shares of such correlations that are tried in turn, until there is a likelihood.
_NEARER = (1.0, 0.6, 0.3)
_ENOUGH = 1e-3
_NEARLY, _NEAR_ZERO, _AT_LIMIT = 0.95, 0.1, 4.0
# A way that comes so near to the maximum found, in terms of each parameter's size, ends there.
_NEAR = 0.3
# Shares of the straight line to that maximum at which the log likelihood is looked at.
_BETWEEN = (0.25, 0.5, 0.75, 0.9)
# On how many of the pieces next to it each is to be less steep than the one before.
_LEVELLING = 3
# So many steps in a row that gain less than this share of what is wanting: the way ends in a corner.
_MOST_SLOW, _SLOW = 3, 1e-2


def start_elsewhere(root: Surface, point: Point, fixed: np.ndarray) -> tuple[Point | None, bool]:
    """A point above a maximum found, on the way up from other correlations or variances; few rows only.

    One on a way that ends at a maximum, if there is such, and whether it is; None where the ways that are
    followed end below. `fixed`: parameters (k-1,) on the boundary.
    """
    objective = root.objective
    if objective.problem.n > FEW_ROWS:
        return None, False
    trials = [objective.point(blocks, point.rho) for blocks in _at_limits(objective, point)]
    residual = objective.problem.residual
    if objective.residual_count and residual is not None and residual.n_units <= _FEW_UNITS:
        blocks = _other_blocks(objective, point)
        for rho in _other_correlations(objective, point):
            ways = (objective.point(own, rho) for own in blocks)
            trials.append(max(ways, key=lambda trial: trial.log_likelihood))
    settled = _is_settled(root, point, fixed)
    chosen = _Allowance(_STARTS, at_most(objective, objective.work))
    found = _highest_way(root, point, settled, _distinct(trials, point), chosen)
    if found[1] or not settled or not _has_few_rows(objective):
        return found
    around = _Allowance(_SCATTERED, at_most(objective, _MOST_SCATTERED), first=True)
    scattered = _highest_way(root, point, settled, _scattered(objective, point), around)
    return scattered if scattered[1] or found[0] is None else found


def _is_settled(root: Surface, point: Point, fixed: np.ndarray) -> bool:
    """Whether a point is a maximum, so that what a way promises is worth something.

    Next to a singular matrix, where there is no maximum, it is not.
    """
    state = root.at(point)
    step = newton_step(state, root.sizes(state.theta), ~fixed) if fixed.any() else root.step(state)
    return step.concave and step.scaled_gradient < QUIET


@dataclass(frozen=True, slots=True)
class _Allowance:
    """How much may be tried.

    Attributes
    ----------
    ways : int
    work : float
        Of the whole fit, in upward sweeps.
    first : bool
        Whether the first higher maximum will do. Ways are followed then from what only rises to the maximum
        known, too: where rows are few, others lie beside that line.
    """

    ways: int
    work: float
    first: bool = False


def _highest_way(
    root: Surface, point: Point, settled: bool, trials: Iterable[Point], allowance: _Allowance
) -> tuple[Point | None, bool]:
    """See `start_elsewhere`, which starts from these trials; `settled`: see `_is_settled`."""
    best, unended, ways = None, None, 0
    for trial in trials:
        if root.objective.work > allowance.work or ways == allowance.ways:
            break
        if not np.isfinite(trial.log_likelihood) or (
            settled and not allowance.first and _only_rises(root, trial, best or point)
        ):
            continue
        ways += 1
        found, ended = _way_up(root, trial, best or point, settled)
        if found is not None and _is_rounding(root.objective, found, best or point):
            continue
        if ended:
            best = found
            if allowance.first:
                break
        if found is not None and (unended is None or found.log_likelihood > unended.log_likelihood):
            unended = found
    return (unended, False) if best is None else (best, True)


def _is_rounding(objective: Objective, point: Point, below: Point) -> bool:
    """Whether a point may be above another one by rounding alone."""
    return point.log_likelihood - below.log_likelihood < surely_open(objective, point)


def _has_few_rows(objective: Objective) -> bool:
    """Whether there are so few rows to a parameter that several maxima are likely."""
    count, problem = objective.count, objective.problem
    return count >= _MANY_PARAMETERS and problem.n < _ROWS_EACH * (count + 1 + problem.p)


def _scattered(objective: Objective, point: Point) -> Iterator[Point]:
    """Points all around: the blocks found, or EM's start, with other deviations, and any correlations.

    They are the same whenever a model is fitted.
    """
    rng, usual, whitening = np.random.default_rng(_SEED), start_blocks(objective), objective.whitening
    linked = np.zeros(len(point.rho), bool) if whitening is None else whitening.correlations
    for number in range(_SCATTERED):
        blocks = []
        for block, own, start in zip(objective.problem.blocks, point.blocks, usual, strict=True):
            base = start if number % 2 or np.trace(own) < _SMALL * np.trace(start) else own
            common = block.structure.common_variance or block.tie is not None
            sds = np.exp(_SPREAD * rng.normal(size=1 if common else len(own)))
            blocks.append(block.structure.matrix(block.structure.coordinates(base * sds * sds[:, None])))
        moved = rng.normal(size=len(point.rho))
        ratios = np.where(np.abs(point.rho) < _AT_LIMIT, point.rho + moved, point.rho)
        # Many correlations at once are seldom those of a matrix.
        for share in _NEARER:
            trial = objective.point(tuple(blocks), np.where(linked, share * moved, ratios))
            if np.isfinite(trial.log_likelihood):
                yield trial
                break


def _distinct(trials: list[Point], point: Point) -> list[Point]:
    """The trials from the highest down, without mirror images of each other and of a maximum found.

    Where all lags are even the log likelihood depends on squares of correlations.
    """
    found, kept = [point.log_likelihood], []
    for trial in sorted(trials, key=lambda trial: -trial.log_likelihood):
        if all(abs(trial.log_likelihood - other) > least_gain(other) for other in found):
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
    yield from _other_ratios(point, ~own)
    yield from _turned(objective, point, own)
    if 1 < len(groups) <= _FEW_GROUPS:
        for group in groups:
            yield from _turned(objective, point, own & (whitening.groups == group))


def _other_ratios(point: Point, own: np.ndarray) -> Iterator[np.ndarray]:
    """Residual parameters with one of few log ratios of standard deviations larger or smaller."""
    places = np.flatnonzero(own)
    for place in places if len(places) < _FEW_GROUPS else ():
        for change in _LOG_RATIOS:
            # One that is zero, or beyond measure, stays that.
            if abs(point.rho[place] + change) < _AT_LIMIT:
                yield np.where(np.arange(len(own)) == place, point.rho + change, point.rho)


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
            high = (_HIGH,) if _has_few_rows(objective) else ()
            for value in _LOGITS if logistic else (*_ATANHS, *high):
                yield np.where(chosen, value, np.where(own, 0.0, point.rho))


def _other_blocks(objective: Objective, point: Point) -> list[tuple[np.ndarray, ...]]:
    """Blocks to start from: as they are, EM's start, and what is near zero the other way round."""
    usual = start_blocks(objective)
    if not usual:
        return [point.blocks]
    turned = []
    for block, start in zip(point.blocks, usual, strict=True):
        small = np.trace(block) < _SMALL * np.trace(start)
        turned.append(start if small else 1e-3 * start)
    return [point.blocks, usual, tuple(turned)]


def _only_rises(root: Surface, start: Point, maximum: Point) -> bool:
    """Whether the log likelihood rises from a point straight to a maximum, and levels off as it comes near.

    The point is on the slope of that maximum then; a rise that is steeper again has met another one's.
    """
    first, last = root.theta(start), root.theta(maximum)
    # What is infinitely far away would hide what lies on the way there.
    _draw_nearer(root.objective, last)
    shares, values = (0.0, *_BETWEEN, 1.0), [start.log_likelihood]
    for share in _BETWEEN:
        values.append(root.point(first + share * (last - first)).log_likelihood)
        if not values[-1] > values[-2]:
            return False
    slopes = np.diff([*values, maximum.log_likelihood]) / np.diff(shares)
    return bool(slopes[-1] > 0.0 and (np.diff(slopes[-_LEVELLING:]) < 0.0).all())


def _draw_nearer(objective: Objective, theta: np.ndarray) -> None:
    """Put correlations at a limit, infinitely far away, to where they are nearly there."""
    if objective.whitening is not None:
        rho, logistic = theta[objective.block_count :], objective.whitening.residual.structure.logistic
        limit = objective.whitening.correlations & (np.abs(rho) > _BEYOND)
        rho[limit] = np.copysign(_HIGH_LOGIT if logistic else _HIGH, rho[limit])


def _way_up(root: Surface, start: Point, maximum: Point, settled: bool) -> tuple[Point | None, bool]:
    """Where Newton's way ends above a maximum, and whether that is a maximum.

    None where it promises to end below, or there. `settled`: `maximum` is one indeed, so that a step that
    leads next to it says where the way ends.
    """
    state, floor, there = root.at(start), threshold(maximum), root.theta(maximum)
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
        wanting = max(floor - state.point.log_likelihood, least_gain(floor))
        slow = slow + 1 if gained < _SLOW * wanting else 0
        if slow == _MOST_SLOW:
            break
    return (state.point if state.point.log_likelihood > floor else None), False
