"""Solutions on the boundary: a variance of zero, a correlation at its limit, a singular Sigma."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from xmixed.engine.covariance.blocks import Block, metric_matrix, size, user_matrix
from xmixed.engine.covariance.distant import at_limits, is_distant
from xmixed.engine.problem import Problem
from xmixed.engine.result import BoundaryNote
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.rounding import surely_open

# A variance (or eigenvalue of the correlations) below this share is tried at exactly zero.
_CANDIDATE = 1e-7
# An eigenvalue of the correlations below this may be zero just as well.
_MAY_BE_ZERO = 1e-2
# Beyond these a correlation is tried at its limit,
_ATANH_NEAR = 2.0
_LOGIT_NEAR = 4.0
_AT_LIMIT = 20.0
_NO_CORRELATION = 200.0
# and beyond these it counts as there, if the log likelihood is level.
_ATANH_LIMIT = 4.0
_LOGIT_LIMIT = 8.0
_LEVEL, _STEEP = 1e-3, 1e-2
# Log ratio to sigma_e from which a residual standard deviation is tried at zero, and what stands for that.
# The log likelihood has rounding errors of its square, relative to 1e-16.
_LOG_NEAR = -4.0
_LOG_ZERO, _FARTHER_ZERO = -8.0, 9.0
_ROUNDING = 1e-6
# A fall below this may be rounding elsewhere, too.
_PERHAPS_ROUNDING = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """A point so near to a face that it has its shape, and so far that derivatives keep their digits.

    Attributes
    ----------
    point : Point
    basis : (r, s) array
        Directions of the residual parameters, search metric, that keep the rank.
    bend : (s, s) array
        What the face's own curvature adds to the Hessian of the log likelihood along them.
    """

    point: Point
    basis: np.ndarray
    bend: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """Singular residual covariance matrices around a maximum among them.

    Attributes
    ----------
    rungs : tuple of Rung
        On the way to it, each half as far away as the one before.
    groups : tuple of int
        by() groups whose matrices are singular, from 1.
    """

    rungs: tuple[Rung, ...]
    groups: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Boundary:
    """What lies on the boundary.

    Attributes
    ----------
    fixed : (k-1,) bool array, parameters of the blocks, then of the residuals, that are not free
    null : list over blocks of lists of columns with variance zero
    limits : list over blocks of dicts, correlation parameter within the block -> its sign
    on_face : list over blocks of bool: an unstructured block of three or more columns left with a
        singular covariance matrix that has no zero variance
    notes : list of BoundaryNote
    face : Face or None
        Where Lambda is singular although V is not.
    level_count : int
        Directions along which the log likelihood is level: what the data do not identify.
    sigma_zero : bool
        Whether sigma_e is zero, and the residual standard deviations in terms of it have no limit.
    """

    fixed: np.ndarray
    null: list[list[int]]
    limits: list[dict[int, float]]
    on_face: list[bool]
    notes: list[BoundaryNote] = field(default_factory=list)
    face: Face | None = None
    level_count: int = 0
    sigma_zero: bool = False

    @property
    def of_residuals(self) -> bool:
        """Whether a residual parameter is marked where it is, the log likelihood being level."""
        return any(note.kind in ("residual_limit", "residual_sd_zero") for note in self.notes)


def no_boundary(objective: Objective) -> Boundary:
    """Nothing on the boundary."""
    blocks = objective.problem.blocks
    return Boundary(
        np.zeros(objective.count, bool), [[] for _ in blocks], [{} for _ in blocks], [False] * len(blocks)
    )


def unseen_lags(problem: Problem) -> list[BoundaryNote]:
    """Name the residual parameters that are left out since no two observations are so far apart."""
    if problem.residual is None:
        return []
    missing = problem.residual.structure.unidentified(problem.residual.table)
    return [BoundaryNote("lag_not_seen", 0, item.equation, item.row, lag) for lag, item in missing]


def settle(objective: Objective, point: Point, face: Face | None = None) -> tuple[Point, Boundary]:
    """Put what is zero to rounding at exactly zero, if the log likelihood does not fall."""
    blocks = objective.problem.blocks
    boundary = no_boundary(objective)
    for index in range(len(blocks)):
        point = _null_variances(objective, point, index, boundary)
        point = _singular(objective, point, index, boundary)
    boundary.face = face
    return point if face is not None else _residual_limits(objective, point, boundary), boundary


def _residual_limits(objective: Objective, point: Point, boundary: Boundary) -> Point:
    """Mark residual correlations at their limits, and put them there if the log likelihood does not fall.

    One that the data cannot tell from its limit, or that levels off where the limit has no likelihood, is
    marked where it is. The coefficients of an ar or ma of higher order all depend on each of its partial
    autocorrelations, so that one at its limit takes the others with it.
    """
    whitening = objective.whitening
    if whitening is None:
        return point
    structure = whitening.residual.structure
    point = _zero_deviations(objective, point, boundary)
    near, limit = (_LOGIT_NEAR, _LOGIT_LIMIT) if structure.logistic else (_ATANH_NEAR, _ATANH_LIMIT)
    fixed = boundary.fixed[objective.block_count :]
    for place in np.flatnonzero((np.abs(point.rho) > near) & whitening.correlations):
        far = bool(abs(point.rho[place]) > limit)
        # Two residuals that are equal have no likelihood: their limit need not be tried.
        trial = None if structure.pairwise else _at_limit(objective, point, int(place))
        if trial is not None and not _falls(objective, point, trial):
            point = trial
        elif not _is_level(objective, point, trial, int(place), far):
            continue
        group = whitening.groups == whitening.groups[place]
        fixed[group & whitening.correlations if structure.coupled else place] = True
        note = BoundaryNote("residual_limit", 0, int(whitening.groups[place]) + 1)
        if note not in boundary.notes:
            boundary.notes.append(note)
    return point


def _zero_deviations(objective: Objective, point: Point, boundary: Boundary) -> Point:
    """Put residual standard deviations at zero, to working precision, if the log likelihood does not fall.

    So is one where the fixed effects fit what has it exactly.
    """
    whitening = objective.whitening
    assert whitening is not None
    for place in np.flatnonzero((point.rho < _LOG_NEAR) & ~whitening.correlations).tolist():
        rho = point.rho.copy()
        rho[place] = min(rho[place], _LOG_ZERO)
        trial = objective.point(point.blocks, rho)
        lower = trial.log_likelihood < point.log_likelihood - _ROUNDING
        if lower or not _is_level(objective, trial, None, place, True):
            continue
        point = trial
        boundary.fixed[objective.block_count + place] = True
        group = int(whitening.groups[place]) + 1
        boundary.notes.append(BoundaryNote("residual_sd_zero", 0, group, place + 1))
    return _zero_sigma(objective, point, boundary)


def _zero_sigma(objective: Objective, point: Point, boundary: Boundary) -> Point:
    """See `_zero_deviations`: the same of sigma_e, which all others are so many times.

    All of them, and the blocks, move together then; the first ratio stands for that direction.
    """
    whitening, first = objective.whitening, objective.block_count
    assert whitening is not None
    ratios = np.flatnonzero(~whitening.correlations)
    if not len(ratios) or not (least := float(point.rho[ratios].min())) > -_LOG_NEAR:
        return point
    move, rho = max(0.0, _FARTHER_ZERO - least), point.rho.copy()
    rho[ratios] += move
    trial = objective.point(tuple(block * np.exp(2.0 * move) for block in point.blocks), rho)
    if trial.log_likelihood < point.log_likelihood - _ROUNDING:
        return point
    gradient, hessian = objective.second_order(trial)
    direction, own = np.zeros(objective.count), objective.natural(trial.blocks)
    direction[:first], direction[first + ratios] = 2.0 * own, 1.0
    bend = direction @ hessian @ direction + 4.0 * own @ gradient[:first]
    if not (abs(bend) < _LEVEL and abs(gradient @ direction) < _STEEP):
        return point
    boundary.fixed[first + ratios[0]] = boundary.sigma_zero = True
    boundary.notes.append(BoundaryNote("residual_sd_zero"))
    return trial


def _at_limit(objective: Objective, point: Point, place: int) -> Point:
    """The point with one residual correlation at its limit."""
    rho, whitening = point.rho.copy(), objective.whitening
    # Gaps may be far shorter than the usual one: rho to their power must vanish too.
    none = whitening is not None and whitening.residual.structure.logistic and rho[place] < 0
    limit = _NO_CORRELATION if none else _AT_LIMIT
    rho[place] = np.copysign(max(limit, abs(rho[place])), rho[place])
    return objective.point(point.blocks, rho)


def _is_level(objective: Objective, point: Point, limit: Point | None, place: int, far: bool) -> bool:
    """Whether the log likelihood hardly changes along a residual parameter, up to its limit or `far` out."""
    if not far and (limit is None or not point.log_likelihood - limit.log_likelihood < _LEVEL):
        return False
    gradient, hessian = objective.second_order(point)
    at = objective.block_count + place
    # Where it rises without limit its slope is that of a logarithm, which is not curved either.
    return bool(abs(hessian[at, at]) < _LEVEL and abs(gradient[at]) < _STEEP)


def _falls(objective: Objective, point: Point, trial: Point) -> bool:
    """Whether the log likelihood is lower at a trial, and not by rounding alone."""
    fall = point.log_likelihood - trial.log_likelihood
    if fall <= 1e-11 * max(1.0, abs(point.log_likelihood)):
        return False
    return not fall < _PERHAPS_ROUNDING or fall > surely_open(objective, point)


def _replace(objective: Objective, point: Point, index: int, psi: np.ndarray) -> Point | None:
    """The point with one block replaced, or None where the log likelihood falls."""
    trial = objective.point((*point.blocks[:index], psi, *point.blocks[index + 1 :]), point.rho)
    return None if _falls(objective, point, trial) else trial


def _null_variances(objective: Objective, point: Point, index: int, boundary: Boundary) -> Point:
    block, part = objective.problem.blocks[index], objective.slices[index]
    sigma = user_matrix(block, point.blocks[index])
    shares = sigma.diagonal() * block.start_scale
    whole = block.structure.common_variance
    if whole:
        shares = np.full(1, shares.mean())
    # The smallest first: whether the next may go too is judged with it gone.
    for row in np.argsort(shares):
        if not shares[row] < _CANDIDATE:
            break
        keep = np.ones(size(block), bool)
        keep[slice(None) if whole else row] = False
        keep[boundary.null[index]] = False
        trial_sigma = sigma * np.outer(keep, keep)
        trial = _replace(objective, point, index, metric_matrix(block, trial_sigma))
        if trial is None:
            continue
        point = trial
        boundary.null[index].append(int(row))
        number = int(row) + 1
        boundary.notes.append(BoundaryNote("variance_zero", block.level, block.equation, number, number))
        for m, (_, i, j) in enumerate(block.structure.labels):
            if row + 1 in (i, j):
                boundary.fixed[part.start + m] = True
    return point


def _singular(objective: Objective, point: Point, index: int, boundary: Boundary) -> Point:
    block, part = objective.problem.blocks[index], objective.slices[index]
    structure = block.structure
    if not structure.correlated or (structure.common_variance and boundary.null[index]):
        return point
    keep = [i for i in range(size(block)) if i not in boundary.null[index]]
    if len(keep) < 2:
        return point
    psi = point.blocks[index]
    inner = psi[np.ix_(keep, keep)]
    sds = np.sqrt(inner.diagonal())
    if not (sds > 0).all():
        return point
    values, vectors = np.linalg.eigh(inner / np.outer(sds, sds))
    if not values[0] < _MAY_BE_ZERO:
        return point
    values = np.where(values < max(_CANDIDATE, 1.001 * values[0]), 0.0, values)
    cut = ((vectors * values) @ vectors.T) * np.outer(sds, sds)
    inner_structure, trial_psi = structure.of(len(keep)), np.zeros_like(psi)
    trial_psi[np.ix_(keep, keep)] = inner_structure.matrix(inner_structure.coordinates(cut))
    trial = _replace(objective, point, index, trial_psi)
    if trial is None:
        return point
    _mark_limits(block, part, trial_psi, keep, index, boundary)
    return trial


def _mark_limits(
    block: Block, part: slice, psi: np.ndarray, keep: list[int], index: int, boundary: Boundary
) -> None:
    """Say which correlations of a singular block are at their limits."""
    sigma = user_matrix(block, psi)
    one_limit = block.structure.of(len(keep)).has_one_limit
    # Beside a covariate far from zero every correlation with the constant is within rounding of a limit.
    tied = at_limits(block, psi) if is_distant(block, psi) else None
    found = False
    boundary.on_face[index] = not one_limit
    for m, (kind, i, j) in enumerate(block.structure.labels):
        if kind != "atanh_correlation" or i - 1 not in keep or j - 1 not in keep:
            continue
        correlation = sigma[i - 1, j - 1] / np.sqrt(sigma[i - 1, i - 1] * sigma[j - 1, j - 1])
        equal = abs(correlation) > 1.0 - 1e-9 if tied is None else bool(tied[m - size(block)])
        if one_limit or equal:
            found = True
            boundary.fixed[part.start + m] = True
            boundary.limits[index][m] = block.structure.limit(correlation)
            boundary.notes.append(BoundaryNote("correlation_limit", block.level, block.equation, i, j))
    if not found:
        boundary.notes.append(BoundaryNote("covariance_singular", block.level, block.equation))
