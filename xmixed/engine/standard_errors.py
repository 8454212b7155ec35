"""The covariance matrix of the variance parameters in the estimation metric."""

from __future__ import annotations

import numpy as np

from xmixed.engine.covariance import change_of_metric, from_estimation, labels
from xmixed.engine.objective import Objective, Point, size


def free_hessian(objective: Objective, point: Point, relative: np.ndarray, variance: float) -> np.ndarray:
    """Hessian of L* in (log sds, atanh correlations, log sigma_e), only beta profiled out; (k, k).

    Parameters
    ----------
    point : Point
        Its blocks agree with `relative`.
    relative : (k-1,) array
        Estimation metric of Sigma/sigma_e^2: log sds less log sigma_e, and atanh correlations.
    variance : float
        sigma_e^2, working units.
    """
    d = objective.derivatives(point)
    rss = float(point.up.rss.real)
    k = len(relative)
    gradient = -0.5 * (d.log_det + d.rss / variance)
    inner = -0.5 * (d.log_det_second + d.rss_second / variance)
    jacobian, bend = np.zeros((k, k)), np.zeros((k, k))
    is_sd = np.zeros(k)
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        q = size(block)
        mapping = from_estimation(block.structure, q, relative[part])
        change = change_of_metric(block.structure, block.metric)
        jacobian[part, part] = change @ mapping.jacobian
        bend[part, part] = np.tensordot(gradient[part] @ change, mapping.second, axes=1)
        is_sd[part] = [kind == "log_sd" for kind, _, _ in labels(block.structure, q)]
    hessian = np.zeros((k + 1, k + 1))
    hessian[:k, :k] = jacobian.T @ inner @ jacobian + bend
    hessian[:k, k] = hessian[k, :k] = jacobian.T @ (d.rss / variance)
    hessian[k, k] = -2.0 * rss / variance
    # Absolute log sds: relative = absolute - log sigma_e.
    to_relative = np.eye(k + 1)
    to_relative[:k, k] = -is_sd
    return to_relative.T @ hessian @ to_relative


def inverse_of_free(hessian: np.ndarray, fixed: np.ndarray) -> np.ndarray | None:
    """Inverse of the negative Hessian of the free parameters, zeros elsewhere; None if not definite."""
    free = np.flatnonzero(~fixed)
    result = np.zeros_like(hessian)
    negative = -hessian[np.ix_(free, free)]
    diagonal = negative.diagonal()
    if not (np.isfinite(negative).all() and (diagonal > 0).all()):
        return None
    scale = 1.0 / np.sqrt(diagonal)
    values, vectors = np.linalg.eigh(negative * np.outer(scale, scale))
    if not values[0] > 1e-12:
        return None
    result[np.ix_(free, free)] = ((vectors / values) @ vectors.T) * np.outer(scale, scale)
    return (result + result.T) / 2
