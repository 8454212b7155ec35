"""Scores of clusters of groups, which robust variances are made of.

By Fisher's identity a score is the conditional mean of that of the complete data. With r = y - X beta, the
residuals e = r - sum Z u at the conditional means, and V(u) the conditional variance of u (sigma_e = 1), all
sums weighted, a group's log likelihood has

    d/d beta          = X'Lambda^{-1}e / sigma_e^2
    d/d Psi along D   = (s'Ds / sigma_e^2 - tr(D Z'V^{-1}Z)) / 2,   s = Z'V^{-1}r
    d/d log sigma_e   = r'Lambda^{-1}e / sigma_e^2 - n              (Psi = Sigma/sigma_e^2 held)
    d/d rho           = -(d log|Lambda| + tr(V(u) Z'dL Z) + e'dL e / sigma_e^2) / 2,   dL = d Lambda^{-1}

and the chain rule leads to log standard deviations and atanh correlations.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.engine.covariance.blocks import metric_change, pieces
from xmixed.engine.errors import InvalidModel, WeightsNotSupported
from xmixed.engine.model import Model
from xmixed.engine.problem import Problem
from xmixed.engine.products.cells import CellScatter, Combination, combination, combined
from xmixed.engine.products.columns import WorkingColumn
from xmixed.engine.products.enclosing import enclosing_level
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.residuals.data import NestedResidualData, make_products
from xmixed.engine.residuals.products import Units
from xmixed.engine.result import SandwichParts
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.sweeps.sweeps import GroupMoments


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """y - X beta and the conditional means of the residuals, (n,), working units; what cells have of them."""

    rest: np.ndarray
    means: np.ndarray
    of_rest: Combination
    of_means: Combination


def refuse_scores(model: Model) -> None:
    """Raise WeightsNotSupported where a model has no scores: REML."""
    if model.method == "reml":
        raise WeightsNotSupported("robust variances are not supported with restricted maximum likelihood")


def cluster_scores(
    objective: Objective,
    point: Point,
    relative: np.ndarray,
    variance: float,
    clusters: tuple[np.ndarray, int],
) -> np.ndarray:
    """Scores of clusters by (beta, estimation metric), (M, p + k), weights included; ML.

    Beta is that of the working columns, whose scores lose no digits far from zero: see `user_scores`.

    Parameters
    ----------
    point : Point
    relative : (k_b,) array
        Estimation metric of Sigma/sigma_e^2.
    variance : float
        sigma_e^2, working units.
    clusters : (n,) array and int
        Codes of the rows' clusters, and M; a group of the highest level lies in one of them.
    """
    problem = objective.problem
    codes, count = clusters
    places, by_level = _groups_of_rows(problem, codes)
    moments = point.sweeps.moments(point.up, point.psis)
    rest, of_rest = _residuals(objective, point, len(codes))
    means, of_means = rest.copy(), [(of_rest, 1.0)]
    for columns, psi, found, place in zip(problem.z_columns, point.psis, moments, places, strict=True):
        for column, effects in zip(columns, psi @ found.scores, strict=True):
            means -= column.times(effects[place])
            of_means.append((_combination(problem, column), -effects[place]))
    parts = _Parts(rest, means, of_rest, combined(of_means))
    alpha, shifts = _covariance_scores(objective, moments, relative, variance, by_level, count)
    if problem.residual is None:
        of_rows = _row_scores(objective, parts, variance, clusters)
        of_rho = np.zeros((count, 0))
    else:
        of_rows, of_rho = _unit_scores(objective, point, parts, variance, clusters)
    sigma = of_rows[:, -1] - alpha @ shifts
    return np.column_stack([of_rows[:, :-1], alpha, sigma, of_rho])


def _groups_of_rows(problem: Problem, codes: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """For each level the position of every row's group, (n,), and the cluster of every group, (G,)."""
    nesting, levels = problem.nesting, range(len(problem.products.levels))
    if nesting is not None:
        places = [_places(nesting, at, len(codes)) for at in levels]
        by_level = [_codes_of_groups(nesting, at, codes) for at in levels]
    else:
        places = [_level_codes(problem, at) for at in levels]
        by_level = []
        for at, place in zip(levels, places, strict=True):
            of_groups = np.zeros(problem.products.levels[at].ZtZ.shape[2], codes.dtype)
            of_groups[place] = codes
            by_level.append(of_groups)
    checked = levels if nesting is None else levels[:1]
    if not all(np.array_equal(by_level[at][places[at]], codes) for at in checked):
        raise InvalidModel("clusters split groups of the highest level")
    return places, by_level


def _level_codes(problem: Problem, position: int) -> np.ndarray:
    """The group of every row at a level that crosses others, (n,)."""
    for block in problem.blocks:
        level = problem.model.levels[block.level - 1]
        if block.position == position:
            return level.groups
        if block.tie is not None and block.tie.position == position:
            return enclosing_level(level).groups
    raise AssertionError("every level has a block")


def _codes_of_groups(nesting: Nesting, at: int, codes: np.ndarray) -> np.ndarray:
    """The cluster of the first row of every group of a level, (G,)."""
    bottom = len(nesting.labels) - 1
    first = nesting.row_starts if at == bottom else nesting.row_starts[nesting.starts(at, bottom)]
    return codes[first if nesting.order is None else nesting.order[first]]


def _places(nesting: Nesting, position: int, n: int) -> np.ndarray:
    """Position of every row's group, rows as the caller has them."""
    bottom = len(nesting.labels) - 1
    groups = np.repeat(np.arange(len(nesting.row_starts)), np.diff(nesting.row_starts, append=n))
    placed = nesting.ancestors(position, bottom)[groups]
    return placed if nesting.order is None else _unsorted(nesting.order, placed)


def _unsorted(order: np.ndarray, values: np.ndarray) -> np.ndarray:
    result = np.empty_like(values)
    result[order] = values
    return result


def _combination(problem: Problem, column: WorkingColumn) -> Combination:
    """A working column as a combination of those of cells; empty where rows are observations."""
    cells = problem.model.cells
    if cells is None:
        return {}
    return combined([(combination(cells, column.array), 1.0 / column.divisor)])


def _residuals(objective: Objective, point: Point, n: int) -> tuple[np.ndarray, Combination]:
    """y - X beta, (n,), working units, and what it has within cells."""
    problem = objective.problem
    cells, y = problem.model.cells, problem.model.y
    taken = 0.0 if cells is None else cells.origin(y)
    outcome = WorkingColumn(y, problem.y_center - taken, problem.y_scale)
    rest = outcome.values(n)
    step = problem.offset * problem.x_scale / problem.y_scale + np.real(point.up.beta)
    terms = [(_combination(problem, outcome), 1.0)]
    for column, coefficient in zip(problem.x_columns, step, strict=True):
        if column.array is None:
            rest -= coefficient * (1.0 / column.divisor)
        else:
            rest -= coefficient * column.values(n)
        terms.append((_combination(problem, column), -float(coefficient)))
    return rest, combined(terms)


def _row_scores(
    objective: Objective,
    parts: _Parts,
    sigma2: float,
    clusters: tuple[np.ndarray, int],
) -> np.ndarray:
    """Scores by beta and log sigma_e (Psi held) where residuals are independent, (M, p + 1)."""
    codes, count = clusters
    problem, rest = objective.problem, parts.rest
    weights, cells = _row_weights(objective), problem.model.cells
    counts = weights
    if cells is not None:
        counts = cells.counts if weights is None else cells.counts * weights
    share = (parts.means if counts is None else parts.means * counts) / sigma2
    columns = (
        *(_combination(problem, column) for column in problem.x_columns),
        parts.of_rest,
        parts.of_means,
    )
    scatter = None if cells is None else CellScatter(cells, columns)

    def summed(values: np.ndarray | None, at: int | None = None) -> np.ndarray:
        within = None if scatter is None or at is None else scatter(at, -1)
        if within is not None:
            assert values is not None
            values = values + (within if weights is None else within * weights) / sigma2
        return np.bincount(codes, values, minlength=count)

    fixed = [summed(column.times(share), at) for at, column in enumerate(problem.x_columns)]
    return np.column_stack([*fixed, summed(rest * share, -2) - summed(counts)])


def _row_weights(objective: Objective) -> np.ndarray | None:
    """How often every row counts in all."""
    weights, nesting = objective.problem.weights, objective.problem.nesting
    if weights is None or nesting is None or nesting.order is None:
        return None if weights is None else weights.whole_rows
    return _unsorted(nesting.order, weights.whole_rows)


def _covariance_scores(
    objective: Objective,
    moments: tuple[GroupMoments, ...],
    relative: np.ndarray,
    variance: float,
    codes: list[np.ndarray],
    count: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores by the estimation metric of Sigma/sigma_e^2, (M, k_b), and which of it are log sds."""
    along = np.zeros((count, len(objective.directions)))
    for place, direction in enumerate(objective.directions):
        at = direction.position
        s, information = moments[at].scores, moments[at].information
        terms = (s * (direction.matrix @ s)).sum(axis=0) / variance
        terms = 0.5 * (terms - np.tensordot(direction.matrix, information, axes=2))
        if objective.problem.weights is not None:
            terms = terms * objective.problem.weights.groups[at]
        along[:, place] = np.bincount(codes[at], terms, minlength=count)
    result, shifts = np.zeros_like(along), np.zeros(along.shape[1])
    for block, part in zip(objective.problem.blocks, objective.slices, strict=True):
        inner = block.structure.from_estimation(relative[part]).jacobian
        result[:, part] = along[:, part] @ (pieces(block) @ metric_change(block) @ inner)
        shifts[part] = [float(kind == "log_sd") for kind, _, _ in block.structure.labels]
    return result, shifts


def _unit_scores(
    objective: Objective,
    point: Point,
    parts: _Parts,
    sigma2: float,
    clusters: tuple[np.ndarray, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Scores by beta and log sigma_e (Psi held), (M, p + 1), and by the residual parameters, (M, r)."""
    problem, residual, whitening = objective.problem, objective.problem.residual, objective.whitening
    assert isinstance(residual, NestedResidualData) and whitening is not None
    units, variances = _score_units(objective, point, residual, clusters[0])
    own = clusters[0][units.rows]
    codes = own[units.starts]
    if not np.array_equal(np.repeat(codes, units.sizes), own):
        raise InvalidModel("clusters split groups of correlated residuals")
    n, levels = len(parts.rest), reversed(problem.z_columns) if residual.groups else ()
    effects = [column for level in levels for column in level]
    of_effects = [column.values(n) for column in effects]
    data = [*of_effects, parts.means, *(column.values(n) for column in problem.x_columns), parts.rest]
    D = np.stack(data)[:, units.rows]
    Q = len(effects) + 1
    # The weights of units are left to the end: here every unit counts once.
    once = replace(units, counts=None)
    if problem.model.cells is not None:
        own = [*(_combination(problem, column) for column in effects), parts.of_means]
        own += [*(_combination(problem, column) for column in problem.x_columns), parts.of_rest]
        once = replace(once, scatter=CellScatter(problem.model.cells, tuple(own), units.rows))
    products = make_products(residual.residuals, residual.structure, residual.table, once, D, Q)
    full = whitening.table(point.rho)
    of_means = products.at(full).ZtD[-1, Q:] / sigma2
    row_weights = np.ones(n) if units.row_weights is None else units.row_weights
    of_means[-1] -= units.summed(units.counted(row_weights))
    first, second = products.unit_slopes(full, variances)
    of_rho = -0.5 * (first + second / sigma2)[residual.table.free]
    of_rho[whitening.correlations] /= whitening.unit_slopes(point.rho)[whitening.correlations, None]

    def summed(values: np.ndarray) -> np.ndarray:
        counted = values if units.counts is None else values * units.counts
        return np.column_stack(
            [np.zeros((clusters[1], 0)), *(np.bincount(codes, row, clusters[1]) for row in counted)]
        )

    return summed(of_means), summed(of_rho)


def _score_units(
    objective: Objective, point: Point, residual: NestedResidualData, codes: np.ndarray
) -> tuple[Units, np.ndarray]:
    """Units within clusters, and the effects' conditional variances by unit (sigma_e = 1)."""
    if not residual.groups:
        if residual.structure.correlated:
            return residual.units, np.zeros((0, 0, residual.n_units))
        rows = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[rows], prepend=-1))
        weights = _row_weights(objective)
        cells = objective.problem.model.cells
        counts = None if cells is None else cells.counts[rows]
        units = Units(rows, starts, None if weights is None else weights[rows], observations=counts)
        return units, np.zeros((0, 0, len(starts)))
    working = point.sweeps.posterior(point.up, point.psis).variances
    return residual.units, working[:, :, residual.groups[-1]]


def user_scores(problem: Problem, scores: np.ndarray) -> np.ndarray:
    """Scores by the user's beta from those by that of the working columns, (M, p + k)."""
    p = problem.p
    return np.concatenate([scores[:, :p] @ problem.working_to_user(-1.0), scores[:, p:]], axis=1)


def sandwich_parts(
    problem: Problem, scores: np.ndarray, factor: np.ndarray, variance: float, of_parameters: np.ndarray
) -> SandwichParts:
    """What robust variances are made of, beta being that of the working columns.

    Parameters
    ----------
    factor : (p, p) array, of X'V^{-1}X, working units
    of_parameters : (k, k) array
        The usual covariance of the variance parameters.
    """
    p, k = problem.p, len(of_parameters)
    bread, back, near = np.zeros((p + k, p + k)), np.eye(p + k), np.eye(p + k)
    half = np.linalg.inv(factor)
    bread[:p, :p] = variance * half.T @ half
    bread[p:, p:] = of_parameters
    back[:p, :p] = problem.working_to_user()
    near[:p, :p] = problem.working_to_centred()
    return SandwichParts(scores, bread, back, near)
