"""The covariance matrix of the variance parameters in the estimation metric.

It is the inverse of the negative Hessian of L*, the log likelihood with only beta profiled out, in
(log sds, atanh correlations, log sigma_e). Parameters on the boundary take no part. Where a covariance
matrix of three or more columns is singular although no correlation needs to be at its limit, L* has a
slope there in every coordinate; its Hessian is then taken along the singular matrices of that rank
(coordinates: those of the matrix square root that change Sigma) and carried over by the delta method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.covariance.blocks import Block, metric_change, size
from xmixed.engine.covariance.distant import estimation_slopes, is_distant
from xmixed.engine.covariance.metrics import MatrixSquareRoot
from xmixed.engine.covariance.structures import Mapping, pairs
from xmixed.engine.search.boundary import Boundary, Rung
from xmixed.engine.search.objective import Objective, Point

# Eigenvalues of the scaled Hessian that count as zero: rounding alone, and with differences in it.
_LEAST = 1e-12
_LEAST_WITH_RESIDUALS = 1e-9
# What a direction along which nothing changes comes out with.
_FLAT = 1e-7
# How much of a level direction a parameter may have and still be identified.
_PART = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class _Chart:
    """Local coordinates of one block.

    Attributes
    ----------
    mapping : Mapping, coordinates -> natural coordinates in the optimiser's metric; (k,), (k, r), (k, r, r)
    to_estimation : (k, r) array, derivative of the estimation metric (log sds relative to sigma_e)
    is_sd : (r,) array, 1 where the coordinate is a log sd itself, which log sigma_e shifts
    bend : (r, r) array or 0, what the space's own curvature adds to the Hessian
    """

    mapping: Mapping
    to_estimation: np.ndarray
    is_sd: np.ndarray
    bend: np.ndarray | float = 0.0


def parameter_covariance(
    objective: Objective,
    point: Point,
    relative: np.ndarray,
    variance: float,
    boundary: Boundary,
    rung: Rung | None = None,
) -> np.ndarray | None:
    """Covariance of (log sds, atanh correlations, log sigma_e, residual parameters), or None.

    Parameters
    ----------
    point : Point
        Its blocks agree with `relative`.
    relative : (number of the blocks' parameters,) array
        Estimation metric of Sigma/sigma_e^2: log sds less log sigma_e, and atanh correlations.
    variance : float
        sigma_e^2, working units.
    boundary : Boundary
    rung : Rung or None
        Where the residual parameters keep to a face.
    """
    charts = _charts(objective, point, relative, boundary, rung)
    count = len(relative)
    least = _LEAST if objective.is_exact else _LEAST_WITH_RESIDUALS
    inverse = _inverse(_hessian(objective, point, variance, charts), least, boundary.level_count)
    if inverse is None:
        return None
    k, r = objective.count, len(inverse) - 1
    carry = np.zeros((k + 1, r + 1))
    # log sigma_e comes before the residual parameters.
    carry[count, r] = 1.0
    if boundary.sigma_zero:
        # It stays at zero: what moves is the others' ratio to it.
        assert objective.whitening is not None
        carry[count, r], carry[count + 1 :, r] = 0.0, ~objective.whitening.correlations
    if objective.residual_count:
        carry[count + 1 :, r - len(charts[-1].is_sd) : r] = charts[-1].to_estimation
    column = 0
    for block, part, chart in zip(objective.problem.blocks, objective.slices, charts, strict=False):
        width = chart.to_estimation.shape[1]
        carry[part, column : column + width] = chart.to_estimation
        # Absolute log sds of a face: relative ones plus log sigma_e. The others are absolute already.
        if not chart.is_sd.any():
            kinds = block.structure.labels
            carry[part, r] = [float(kind == "log_sd") for kind, _, _ in kinds]
            carry[part, r] *= ~boundary.fixed[part]
        column += width
    result = carry @ inverse @ carry.T
    return (result + result.T) / 2


def flat_blocks(
    objective: Objective, point: Point, relative: np.ndarray, variance: float, boundary: Boundary
) -> list[int] | None:
    """Which blocks a direction within the boundary belongs to along which the log likelihood is level.

    The residual parameters come after the blocks, as one more.
    None where it rises along one, so that the point is no maximum on the boundary; arguments as above.
    """
    charts = _charts(objective, point, relative, boundary)
    found = _spectrum(_hessian(objective, point, variance, charts))
    if found is None:
        return None
    _, values, vectors = found
    if values[0] < -_FLAT:
        return None
    flat = np.abs(vectors[:, values <= _FLAT]).max(axis=1, initial=0.0)
    ends = np.cumsum([len(chart.is_sd) for chart in charts])
    parts = (flat[end - len(chart.is_sd) : end] for chart, end in zip(charts, ends, strict=True))
    return [index for index, own in enumerate(parts) if (own > 0.1).any()]


def _charts(
    objective: Objective,
    point: Point,
    relative: np.ndarray,
    boundary: Boundary,
    rung: Rung | None = None,
) -> list[_Chart]:
    """Charts of the blocks, then of the residual parameters."""
    charts = [
        _face(block, psi, boundary.fixed[part])
        if boundary.on_face[index] or is_distant(block, psi)
        else _free(block, relative[part], boundary.fixed[part])
        for index, (block, psi, part) in enumerate(
            zip(objective.problem.blocks, point.blocks, objective.slices, strict=True)
        )
    ]
    if objective.whitening is not None:
        fixed = boundary.fixed[objective.block_count :]
        basis = np.eye(len(fixed))[:, ~fixed] if rung is None else rung.basis
        bend = np.zeros((basis.shape[1], basis.shape[1])) if rung is None else rung.bend
        charts.append(_residual(objective.whitening.jacobian(point.rho), basis, bend))
    return charts


def _hessian(objective: Objective, point: Point, variance: float, charts: list[_Chart]) -> np.ndarray:
    """Hessian of L* in the charts' coordinates, log sds absolute, and log sigma_e last; (r+1, r+1)."""
    d = objective.derivatives(point, refined=True)
    rss = float(point.up.rss.real)
    k = len(d.rss)
    r = sum(len(chart.is_sd) for chart in charts)
    gradient = -0.5 * (d.log_det + d.rss / variance)
    inner = -0.5 * (d.log_det_second + d.rss_second / variance)
    jacobian, bend = np.zeros((k, r)), np.zeros((r, r))
    column = 0
    parts = [*objective.slices, slice(objective.block_count, k)][: len(charts)]
    for part, chart in zip(parts, charts, strict=True):
        own = slice(column, column + len(chart.is_sd))
        jacobian[part, own] = chart.mapping.jacobian
        bend[own, own] = chart.mapping.bent(gradient[part]) + chart.bend
        column = own.stop
    hessian = np.zeros((r + 1, r + 1))
    hessian[:r, :r] = jacobian.T @ inner @ jacobian + bend
    hessian[:r, r] = hessian[r, :r] = jacobian.T @ (d.rss / variance)
    hessian[r, r] = -2.0 * rss / variance
    to_relative = np.eye(r + 1)
    to_relative[:r, r] = -np.concatenate([np.zeros(0), *(chart.is_sd for chart in charts)])
    return to_relative.T @ hessian @ to_relative


def _residual(jacobian: np.ndarray, basis: np.ndarray, bend: np.ndarray) -> _Chart:
    """Directions of the residual parameters; `jacobian` takes these to the estimation metric."""
    r, s = basis.shape
    return _Chart(Mapping(np.zeros(r), basis, np.zeros((r, s, s))), jacobian @ basis, np.zeros(s), bend)


def _free(block: Block, alpha: np.ndarray, fixed: np.ndarray) -> _Chart:
    """The estimation metric itself, without what is fixed."""
    mapping = block.structure.from_estimation(alpha)
    change, k = metric_change(block), len(alpha)
    second = change.dot(mapping.second.reshape(k, k * k)).reshape(k, k, k)
    whole = Mapping(change.dot(mapping.value), change.dot(mapping.jacobian), second)
    is_sd = np.array([float(kind == "log_sd") for kind, _, _ in block.structure.labels])
    if not fixed.any():
        return _Chart(whole, np.eye(k), is_sd)
    free = np.flatnonzero(~fixed)
    chosen = Mapping(whole.value, whole.jacobian[:, free], second[:, free][:, :, free])
    return _Chart(chosen, np.eye(k)[:, free], is_sd[free])


def _face(block: Block, psi: np.ndarray, fixed: np.ndarray) -> _Chart:
    """Matrix square roots that keep the rank: the directions in which Sigma changes to first order.

    Where Sigma is not singular these are all there are, in the optimiser's metric.
    """
    metric = MatrixSquareRoot()
    q = size(block)
    theta = metric.inverse(block.structure, psi)
    whole = metric.mapping(block.structure, theta)
    alive = psi.diagonal() > 0
    keep = np.append(alive, [alive[i] and alive[j] for i, j in pairs(q)])
    # Orthogonal in the matrices' own inner product, in which covariances count twice: only then do the
    # chosen directions stay among the matrices of this rank to second order.
    weight = np.sqrt(np.where(np.arange(len(theta)) < q, 1.0, 2.0))
    _, sizes, rows = np.linalg.svd(whole.jacobian * keep / weight)
    basis = (rows[sizes > 1e-6 * sizes[0]] / weight).T
    second = np.einsum("iab,ac,bd->icd", whole.second, basis, basis)
    chosen = Mapping(whole.value, whole.jacobian @ basis, second)
    carry = np.where(fixed[:, None], 0.0, estimation_slopes(block, psi) @ basis)
    return _Chart(chosen, carry, np.zeros(basis.shape[1]))


def _inverse(hessian: np.ndarray, least: float, level: int = 0) -> np.ndarray | None:
    """Inverse of the negative Hessian, or None where it is not positive definite.

    `level`: how many directions are known to be level. Parameters that take part in them get zeros.
    """
    found = _spectrum(hessian, level > 0)
    if found is None:
        return None
    scale, values, vectors = found
    dropped = np.arange(len(values)) < level
    if level:
        dropped |= values <= _FLAT
    if dropped.all() or not values[~dropped][0] > least:
        return None
    known = np.abs(vectors[:, dropped]).max(axis=1, initial=0.0) <= _PART
    kept = vectors[:, ~dropped] * known[:, None]
    return ((kept / values[~dropped]) @ kept.T) * np.outer(scale, scale)


def _spectrum(hessian: np.ndarray, level: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Scale, (r+1,), that makes the negative Hessian's diagonal one, with eigenvalues and vectors of that.

    None where an element of the diagonal is not positive; `level`: such a one keeps its size.
    """
    negative = -hessian
    diagonal = negative.diagonal()
    if level:
        diagonal = np.where(diagonal > _FLAT, diagonal, 1.0)
    if not (np.isfinite(negative).all() and (diagonal > 0).all()):
        return None
    scale = 1.0 / np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(negative * np.outer(scale, scale))
    return scale, values, vectors
