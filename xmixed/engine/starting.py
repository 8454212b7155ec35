"""Starting values in the estimation metric."""

from __future__ import annotations

import numpy as np

from xmixed.engine.blocks import size, user_matrix
from xmixed.engine.covariance import LOG_FLOOR, labels, to_estimation
from xmixed.engine.em import start_blocks
from xmixed.engine.objective import Objective


def completed(objective: Objective, start: np.ndarray) -> np.ndarray:
    """Starting values with nan replaced by what EM would start from."""
    start = np.array(start, np.float64)
    gaps = np.isnan(start)
    if gaps.any():
        point = objective.point(start_blocks(objective))
        blocks = zip(objective.problem.blocks, point.blocks, strict=True)
        parts = [to_estimation(b.structure, user_matrix(b, psi), LOG_FLOOR) for b, psi in blocks]
        log_sigma = float(0.5 * np.log(objective.variance(point)) + np.log(objective.problem.y_scale))
        usual = np.append(absolute(objective, np.concatenate(parts), log_sigma), log_sigma)
        if len(start) == len(usual):
            start[gaps] = usual[gaps]
    return start


def absolute(objective: Objective, relative: np.ndarray, log_sigma: float) -> np.ndarray:
    """Estimation metric of Sigma from that of Sigma/sigma_e^2."""
    result = relative.copy()
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        for m, (kind, _, _) in enumerate(labels(block.structure, size(block)), part.start):
            if kind == "log_sd":
                result[m] += log_sigma
    return result
