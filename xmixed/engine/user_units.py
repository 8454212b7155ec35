"""From the maximum back to the user's units: parameters, covariance matrices, fixed effects."""

from __future__ import annotations

import numpy as np

from xmixed.engine.batched import FEW_COLUMNS, eliminated_number_by_number, triangular_inverse
from xmixed.engine.covariance.blocks import estimated, user_matrix
from xmixed.engine.covariance.distant import correlations, is_distant
from xmixed.engine.model import Model
from xmixed.engine.problem import Problem
from xmixed.engine.result import Parameter, Regression
from xmixed.engine.search.boundary import Boundary
from xmixed.engine.search.objective import Objective, Point


def block_parameters(objective: Objective) -> tuple[Parameter, ...]:
    """All parameters that are fitted, in the order of `Fit.parameters`."""
    result = [
        Parameter(kind, block.level, block.equation, row, column)
        for block in objective.problem.blocks
        for kind, row, column in block.structure.labels
    ]
    found = objective.problem.residual
    residual = () if found is None else found.structure.parameters(found.table)
    return (*result, Parameter("log_sd_residual", 0, 0, 0, 0), *residual)


def covariances(
    model: Model, objective: Objective, point: Point, sigma_e: float
) -> tuple[tuple[np.ndarray, ...], ...]:
    """Sigma of every equation, response units; levels without equations give ().

    Where a level of `model`, the user's, was made columns of a larger one, its effects are alike: their
    variance, or the matrix of two that are equally correlated, says all.
    """
    levels: dict[int, list[np.ndarray]] = {}
    for block, psi in zip(objective.problem.blocks, point.blocks, strict=True):
        level = model.levels[block.level - 1]
        q = 2 if level.within is not None else len(level.equations[block.equation - 1].columns)
        levels.setdefault(block.level, []).append(user_matrix(block, psi)[:q, :q] * sigma_e**2)
    return tuple(tuple(levels.get(i + 1, ())) for i in range(objective.problem.level_count))


def fixed_effects(
    problem: Problem, beta: np.ndarray, factor: np.ndarray, variance: float
) -> tuple[np.ndarray, np.ndarray]:
    """beta and its covariance in response units; `factor` is that of X'V^{-1}X, working units."""
    p = problem.p
    if p == 0:
        return np.zeros(0), np.zeros((0, 0))
    centred = problem.offset + problem.y_scale * beta / problem.x_scale
    half = triangular_inverse(factor) / problem.x_scale * (problem.y_scale * np.sqrt(variance))
    if problem.x_mix is not None:
        centred, half = problem.x_mix @ centred, half @ problem.x_mix.T
    result, constant = centred.copy(), problem.x_constant
    if constant is not None:
        result[constant] += problem.y_center - problem.x_center @ centred
        half[:, constant] -= half @ problem.x_center
    return result, half.T @ half


def centred_covariance(problem: Problem, factor: np.ndarray, variance: float) -> np.ndarray:
    """The covariance of beta for the user's columns less their centers; see `fixed_effects`."""
    if problem.p == 0:
        return np.zeros((0, 0))
    half = np.sqrt(variance) * triangular_inverse(factor) @ problem.working_to_centred().T
    return half.T @ half


def regression(problem: Problem) -> Regression:
    """The comparison model: y is already its own residual, so that beta is the offset."""
    if problem.origin is not None:
        return regression(problem.origin.unmoved)
    p, df = problem.p, problem.residual_df
    XyXy = problem.products.XyXy
    variance = float(XyXy[p, p]) / df
    found = eliminated_number_by_number(XyXy) if p <= FEW_COLUMNS else None
    factor = np.linalg.cholesky(XyXy[:p, :p]) if found is None else found[3]
    log_det = 2.0 * float(np.sum(np.log(factor.diagonal()))) if problem.reml else 0.0
    scaling = -df * np.log(problem.y_scale)
    if problem.reml:
        scaling -= float(np.sum(np.log(problem.x_scale)))
    value = scaling - 0.5 * (df * (1.0 + np.log(2.0 * np.pi * variance)) + log_det)
    beta, covariance = fixed_effects(problem, np.zeros(p), factor, variance)
    sigma_e = problem.y_scale * float(np.sqrt(variance))
    return Regression(beta, covariance, sigma_e, float(value), problem.n, p)


def relative_estimates(objective: Objective, point: Point, boundary: Boundary) -> np.ndarray:
    """Estimation metric of Sigma/sigma_e^2, correlations on the boundary at their exact limits."""
    parts = [np.zeros(0)]
    for block, psi, limits in zip(objective.problem.blocks, point.blocks, boundary.limits, strict=True):
        alpha = estimated(block, psi)
        if is_distant(block, psi):
            found = correlations(block, psi)
            alpha[-len(found) :] = np.where(np.isfinite(found), found, alpha[-len(found) :])
        for m, correlation in limits.items():
            bound = float(np.nextafter(1.0, 0.0))
            alpha[m] = np.arctanh(np.clip(correlation, -bound, bound))
        parts.append(alpha)
    return np.concatenate(parts)
