"""Starting values in the estimation metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.covariance.blocks import estimated, metric_matrix
from xmixed.engine.covariance.distant import from_estimates, is_far
from xmixed.engine.errors import InvalidStart
from xmixed.engine.search.em import start_blocks
from xmixed.engine.search.objective import Objective


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Starting values by what they are.

    Attributes
    ----------
    relative : (k,) array
        Estimation metric of Sigma/sigma_e^2.
    variance : float
        sigma_e^2, working units.
    rho : (r,) array
        Residual parameters, search metric.
    """

    relative: np.ndarray
    variance: float
    rho: np.ndarray


def split(objective: Objective, parameters: np.ndarray) -> Start:
    """Split values in the order of `Fit.parameters`; raises InvalidStart where they cannot be."""
    count, r = objective.block_count, objective.residual_count
    if parameters.shape != (count + 1 + r,) or not np.isfinite(parameters).all():
        raise InvalidStart(f"{count + 1 + r} finite values are needed")
    relative, log_sigma = parameters[:count].copy(), float(parameters[count])
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        for m, (kind, _, _) in enumerate(block.structure.labels, part.start):
            if kind == "log_sd":
                relative[m] -= log_sigma
    variance = float(np.exp(2.0 * (log_sigma - np.log(objective.problem.y_scale))))
    rho = np.zeros(0)
    if objective.whitening is not None:
        try:
            rho = objective.whitening.from_estimates(parameters[count + 1 :])
        except np.linalg.LinAlgError:
            raise InvalidStart("the residuals are not stationary or not invertible") from None
    return Start(relative, variance, rho)


def completed(objective: Objective, start: np.ndarray) -> np.ndarray:
    """Starting values with nan replaced by what EM would start from."""
    start = np.array(start, np.float64)
    gaps = np.isnan(start)
    if gaps.any():
        point = objective.point(start_blocks(objective))
        blocks = zip(objective.problem.blocks, point.blocks, strict=True)
        parts = [estimated(b, psi) for b, psi in blocks]
        log_sigma = float(0.5 * np.log(objective.variance(point)) + np.log(objective.problem.y_scale))
        whitening = objective.whitening
        residual = np.zeros(0) if whitening is None else whitening.estimates(point.rho)
        relative = np.concatenate([np.zeros(0), *parts])
        usual = np.concatenate([absolute(objective, relative, log_sigma), [log_sigma], residual])
        if len(start) == len(usual):
            start[gaps] = usual[gaps]
    return start


def absolute(objective: Objective, relative: np.ndarray, log_sigma: float) -> np.ndarray:
    """Estimation metric of Sigma from that of Sigma/sigma_e^2."""
    result = relative.copy()
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        for m, (kind, _, _) in enumerate(block.structure.labels, part.start):
            if kind == "log_sd":
                result[m] += log_sigma
    return result


def metric_blocks(objective: Objective, relative: np.ndarray) -> tuple[np.ndarray, ...]:
    """Blocks in the optimiser's metric from the estimation metric of Sigma/sigma_e^2.

    Raises
    ------
    InvalidStart
        Where one is not positive semidefinite.
    """
    blocks = []
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        if is_far(block):
            psi = from_estimates(block, relative[part])
            _refuse_indefinite(psi)
            blocks.append(psi)
            continue
        nu = block.structure.from_estimation(relative[part]).value
        sigma = block.structure.matrix(nu)
        psi = metric_matrix(block, sigma)
        _refuse_indefinite(sigma if block.tie is None else psi)
        blocks.append(psi)
    return tuple(blocks)


def _refuse_indefinite(matrix: np.ndarray) -> None:
    if np.linalg.eigvalsh(matrix)[0] < -1e-10 * np.trace(matrix):
        raise InvalidStart("the covariance matrix is not positive semidefinite")
