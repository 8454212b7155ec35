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
from typing import NamedTuple

import numpy as np

from xmixed.engine.covariance.blocks import metric_change, pieces
from xmixed.engine.errors import InvalidModel, WeightsNotSupported
from xmixed.engine.model import Model
from xmixed.engine.problem import Problem
from xmixed.engine.products.cells import CellScatter, Combination, combination, combined
from xmixed.engine.products.columns import WorkingColumn
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.residuals.data import NestedResidualData, make_products
from xmixed.engine.residuals.products import Units
from xmixed.engine.result import SandwichParts
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.sweeps.sweeps import GroupMoments

_CHUNK = 1 << 18
"""Rows at a time: what is made of them stays near the processor."""


class _Effects(NamedTuple):
    """The conditional means of one column's random effects, (G,), and the place of every row among them."""

    column: WorkingColumn
    means: np.ndarray
    place: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class _Residuals:
    """y - X beta, and the conditional means of the residuals, working units.

    Attributes
    ----------
    problem : Problem
    coefficients : (p,) array, see `_coefficients`
    effects : tuple of _Effects
    """

    problem: Problem
    coefficients: np.ndarray
    effects: tuple[_Effects, ...]

    @property
    def _outcome(self) -> WorkingColumn:
        cells, y = self.problem.model.cells, self.problem.model.y
        taken = 0.0 if cells is None else cells.origin(y)
        return WorkingColumn(y, self.problem.y_center - taken, self.problem.y_scale)

    def of(self, rows: slice) -> tuple[np.ndarray, np.ndarray]:
        """Both for some rows."""
        rest = self._outcome.values(rows)
        for column, coefficient in zip(self.problem.x_columns, self.coefficients, strict=True):
            rest -= column.times(coefficient, rows)
        means = rest.copy()
        for column, effects, place in self.effects:
            means -= column.times(effects[place[rows]], rows)
        return rest, means

    def within_cells(self) -> tuple[Combination, Combination]:
        """What both have within cells."""
        problem = self.problem
        terms = [(_combination(problem, self._outcome), 1.0)]
        for column, coefficient in zip(problem.x_columns, self.coefficients, strict=True):
            terms.append((_combination(problem, column), -float(coefficient)))
        rest = combined(terms)
        own = [(_combination(problem, column), -effects[place]) for column, effects, place in self.effects]
        return rest, combined([(rest, 1.0), *own])


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
    effects = tuple(
        _Effects(column, means, place)
        for columns, psi, found, place in zip(problem.z_columns, point.psis, moments, places, strict=True)
        for column, means in zip(columns, psi @ found.scores, strict=True)
    )
    residuals = _Residuals(problem, _coefficients(problem, point), effects)
    alpha, shifts = _covariance_scores(objective, moments, relative, variance, by_level, count)
    if problem.residual is None:
        of_rows = _row_scores(objective, residuals, variance, clusters)
        of_rho = np.zeros((count, 0))
    else:
        of_rows, of_rho = _unit_scores(objective, point, residuals, variance, clusters)
    sigma = of_rows[:, -1] - alpha @ shifts
    return np.column_stack([of_rows[:, :-1], alpha, sigma, of_rho])


def _groups_of_rows(problem: Problem, codes: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """For each level the position of every row's group, (n,), and the cluster of every group, (G,)."""
    nesting, levels = problem.nesting, range(len(problem.products.levels))
    places = [_places(problem, at) for at in levels]
    if nesting is not None:
        by_level = [_codes_of_groups(nesting, at, codes) for at in levels]
    else:
        by_level = []
        for at, place in zip(levels, places, strict=True):
            of_groups = np.zeros(problem.products.levels[at].ZtZ.shape[2], codes.dtype)
            of_groups[place] = codes
            by_level.append(of_groups)
    checked = levels if nesting is None else levels[:1]
    if not all(places[at] is codes or np.array_equal(by_level[at][places[at]], codes) for at in checked):
        raise InvalidModel("clusters split groups of the highest level")
    return places, by_level


def _places(problem: Problem, position: int) -> np.ndarray:
    found = problem.places(position)
    assert found is not None, "every level has a block"
    return found


def _codes_of_groups(nesting: Nesting, at: int, codes: np.ndarray) -> np.ndarray:
    """The cluster of the first row of every group of a level, (G,)."""
    bottom = len(nesting.labels) - 1
    first = nesting.row_starts if at == bottom else nesting.row_starts[nesting.starts(at, bottom)]
    return codes[first if nesting.order is None else nesting.order[first]]


def _combination(problem: Problem, column: WorkingColumn) -> Combination:
    """A working column as a combination of those of cells; empty where rows are observations."""
    cells = problem.model.cells
    if cells is None:
        return {}
    return combined([(combination(cells, column.array), 1.0 / column.divisor)])


def _coefficients(problem: Problem, point: Point) -> np.ndarray:
    """beta of the working columns, whole: what was taken from y at first counts too."""
    return problem.offset * problem.x_scale / problem.y_scale + np.real(point.up.beta)


def _row_scores(
    objective: Objective,
    residuals: _Residuals,
    sigma2: float,
    clusters: tuple[np.ndarray, int],
) -> np.ndarray:
    """Scores by beta and log sigma_e (Psi held) where residuals are independent, (M, p + 1)."""
    codes, count = clusters
    problem, p = objective.problem, objective.problem.p
    counts, cells = _row_weights(objective), problem.model.cells
    weights = counts
    if cells is not None:
        counts = cells.counts if weights is None else cells.counts * weights
    found = np.zeros((p + 1, count))
    for first in range(0, len(codes), _CHUNK):
        rows = slice(first, first + _CHUNK)
        own = codes[rows]
        rest, means = residuals.of(rows)
        share = (means if counts is None else means * counts[rows]) / sigma2
        for target, column in zip(found, problem.x_columns, strict=False):
            target += np.bincount(own, column.times(share, rows), minlength=count)
        share *= rest
        share -= 1.0 if counts is None else counts[rows]
        found[-1] += np.bincount(own, share, minlength=count)
    if cells is not None:
        of_rest, of_means = residuals.within_cells()
        columns = (*(_combination(problem, column) for column in problem.x_columns), of_rest, of_means)
        scatter = CellScatter(cells, columns)
        for place in range(p + 1):
            within = scatter(place, -1)
            if within is not None:
                within = (within if weights is None else within * weights) / sigma2
                found[place] += np.bincount(codes, within, minlength=count)
    return found.T


def _row_weights(objective: Objective) -> np.ndarray | None:
    """How often every row counts in all."""
    weights, nesting = objective.problem.weights, objective.problem.nesting
    if weights is None or nesting is None or nesting.order is None:
        return None if weights is None else weights.whole_rows
    return nesting.as_given(weights.whole_rows)


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
    residuals: _Residuals,
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
    n, levels = len(clusters[0]), reversed(problem.z_columns) if residual.groups else ()
    every = slice(0, n)
    rest, means = residuals.of(every)
    effects = [column for level in levels for column in level]
    of_effects = [column.values(every) for column in effects]
    data = [*of_effects, means, *(column.values(every) for column in problem.x_columns), rest]
    D = np.stack(data)[:, units.rows]
    Q = len(effects) + 1
    # The weights of units are left to the end: here every unit counts once.
    once = replace(units, counts=None)
    if problem.model.cells is not None:
        of_rest, of_means = residuals.within_cells()
        own = [*(_combination(problem, column) for column in effects), of_means]
        own += [*(_combination(problem, column) for column in problem.x_columns), of_rest]
        once = replace(once, scatter=CellScatter(problem.model.cells, tuple(own), units.rows))
    products = make_products(residual.residuals, residual.structure, residual.table, once, D, Q)
    full = whitening.table(point.rho)
    along_means = products.at(full).ZtD[-1, Q:] / sigma2
    row_weights = np.ones(n) if units.row_weights is None else units.row_weights
    along_means[-1] -= units.summed(units.counted(row_weights))
    first, second = products.unit_slopes(full, variances)
    of_rho = -0.5 * (first + second / sigma2)[residual.table.free]
    of_rho[whitening.correlations] /= whitening.unit_slopes(point.rho)[whitening.correlations, None]

    def summed(values: np.ndarray) -> np.ndarray:
        counted = values if units.counts is None else values * units.counts
        return np.column_stack(
            [np.zeros((clusters[1], 0)), *(np.bincount(codes, row, clusters[1]) for row in counted)]
        )

    return summed(along_means), summed(of_rho)


def _score_units(
    objective: Objective, point: Point, residual: NestedResidualData, codes: np.ndarray
) -> tuple[Units, np.ndarray]:
    """Units within clusters, and the effects' conditional variances by unit (sigma_e = 1)."""
    if not residual.groups:
        if residual.structure.correlated:
            return residual.units, np.zeros((0, 0, residual.n_units))
        # A unit is what a cluster and a by() group have in common.
        by = residual.residuals.by
        own = codes if by is None else codes.astype(np.int64) * residual.residuals.n_by + by
        rows = np.argsort(own, kind="stable")
        starts = np.flatnonzero(np.diff(own[rows], prepend=-1))
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
