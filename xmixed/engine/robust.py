"""Scores of the top-level groups, which robust variances are made of.

By Fisher's identity a score is the conditional mean of that of the complete data. With r = y - X beta and the
residuals e = r - sum Z u at the conditional means, all sums weighted, a group's log likelihood has

    d/d beta       = X'e / sigma_e^2
    d/d Psi along D = (s'Ds / sigma_e^2 - tr(D Z'V^{-1}Z)) / 2,   s = Z'V^{-1}r
    d/d log sigma_e = r'e / sigma_e^2 - n                         (Psi = Sigma/sigma_e^2 held)

and the chain rule leads to log standard deviations and atanh correlations.
"""

from __future__ import annotations

import numpy as np

from xmixed.engine.blocks import metric_change, size, user_matrix
from xmixed.engine.covariance import from_estimation, labels
from xmixed.engine.errors import WeightsNotSupported
from xmixed.engine.grouping import Nesting
from xmixed.engine.model import Model
from xmixed.engine.objective import Objective, Point
from xmixed.engine.sweep import GroupMoments, Sweeper


def refuse_scores(model: Model, objective: Objective) -> None:
    """Refuse models whose scores are not available.

    Raises
    ------
    WeightsNotSupported
        For REML, crossed effects, residual structures, and effects that are equally correlated within
        larger groups.
    """
    if objective.problem.reml or not isinstance(objective.sweeper, Sweeper):
        text = "robust variances are supported with nested levels and maximum likelihood only"
        raise WeightsNotSupported(text)
    if model.residuals is not None:
        raise WeightsNotSupported("robust variances are not supported with residual structures")
    if any(block.tie is not None for block in objective.problem.blocks):
        raise WeightsNotSupported("robust variances are not supported with exchangeable values of a factor")


def group_scores(
    model: Model,
    objective: Objective,
    point: Point,
    relative: np.ndarray,
    variance: float,
    beta: np.ndarray,
) -> np.ndarray:
    """Scores of the top-level groups by (beta, estimation metric), (M, p + k), weights included; ML.

    Rows go by the codes of the highest level with random effects; by observation where there is none.

    Parameters
    ----------
    point : Point
    relative : (k-1,) array
        Estimation metric of Sigma/sigma_e^2.
    variance : float
        sigma_e^2, working units.
    beta : (p,) array, response units
    """
    sweeper, nesting = objective.sweeper, objective.problem.nesting
    assert isinstance(sweeper, Sweeper) and nesting is not None
    moments = sweeper.moments(point.up, point.psis)
    residual, conditional = _residuals(model, objective, point, moments, beta)
    weights, top = _rows(model, objective, nesting)
    count = _top_count(model, nesting)

    def summed(values: np.ndarray) -> np.ndarray:
        return np.bincount(top, values * weights, minlength=count)

    sigma2 = variance * objective.problem.y_scale**2
    fixed = [
        summed(conditional if column is None else conditional * column) / sigma2 for column in model.fixed
    ]
    alpha, shifts = _covariance_scores(objective, nesting, moments, relative, variance, count)
    sigma = summed(residual * conditional) / sigma2 - summed(np.ones(len(residual)))
    sigma = sigma - alpha @ shifts
    return np.column_stack([*fixed, alpha, sigma])


def _top_count(model: Model, nesting: Nesting) -> int:
    """How many codes the top level has."""
    if not nesting.labels:
        return len(model.y)
    return int(nesting.labels[0].max()) + 1


def _places(nesting: Nesting, position: int, n: int) -> np.ndarray:
    """Position of every row's group, rows as the caller has them."""
    bottom = len(nesting.labels) - 1
    groups = np.repeat(np.arange(len(nesting.row_starts)), np.diff(nesting.row_starts, append=n))
    placed = nesting.ancestors(position, bottom)[groups]
    if nesting.order is None:
        return placed
    result = np.empty(n, placed.dtype)
    result[nesting.order] = placed
    return result


def _rows(model: Model, objective: Objective, nesting: Nesting) -> tuple[np.ndarray, np.ndarray]:
    """How often every row counts in all, and the code of its top-level group."""
    n = len(model.y)
    weights = np.ones(n)
    if objective.problem.weights is not None:
        weights[slice(None) if nesting.order is None else nesting.order] = (
            objective.problem.weights.whole_rows
        )
    if not nesting.labels:
        return weights, np.arange(n)
    return weights, nesting.labels[0][_places(nesting, 0, n)]


def _residuals(
    model: Model, objective: Objective, point: Point, moments: tuple[GroupMoments, ...], beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """y - X beta, and the same less the conditional means of the random effects; response units."""
    problem, n = objective.problem, len(model.y)
    residual = np.array(model.y, np.float64)
    for column, coefficient in zip(model.fixed, beta, strict=True):
        residual -= coefficient if column is None else coefficient * column
    conditional = residual.copy()
    assert problem.nesting is not None
    for block, psi in zip(problem.blocks, point.blocks, strict=True):
        user_scores = block.metric.T @ (block.to_working.T @ moments[block.position].scores)
        effects = problem.y_scale * (user_matrix(block, psi) @ user_scores)
        places = _places(problem.nesting, block.position, n)
        columns = model.levels[block.level - 1].equations[block.equation - 1].columns
        for column, effect in zip(columns, effects, strict=True):
            conditional -= effect[places] if column is None else effect[places] * column
    return residual, conditional


def _covariance_scores(
    objective: Objective,
    nesting: Nesting,
    moments: tuple[GroupMoments, ...],
    relative: np.ndarray,
    variance: float,
    count: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores by the estimation metric of Sigma/sigma_e^2, (M, k-1), and which of it are log sds."""
    natural = np.zeros((count, len(objective.directions)))
    for place, direction in enumerate(objective.directions):
        at = direction.position
        s, information = moments[at].scores, moments[at].information
        terms = (s * (direction.matrix @ s)).sum(axis=0) / variance
        terms = 0.5 * (terms - np.tensordot(direction.matrix, information, axes=2))
        if objective.problem.weights is not None:
            terms = terms * objective.problem.weights.groups[at]
        codes = nesting.labels[0][nesting.ancestors(0, at)]
        natural[:, place] = np.bincount(codes, terms, minlength=count)
    result, shifts = np.zeros_like(natural), np.zeros(natural.shape[1])
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        inner = from_estimation(block.structure, size(block), relative[part]).jacobian
        result[:, part] = natural[:, part] @ (metric_change(block) @ inner)
        shifts[part] = [float(kind == "log_sd") for kind, _, _ in labels(block.structure, size(block))]
    return result, shifts
