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

from dataclasses import dataclass

import numpy as np

from xmixed.engine.covariance.blocks import Block, metric_change, pieces, user_matrix
from xmixed.engine.errors import InvalidModel, WeightsNotSupported
from xmixed.engine.model import Model
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.residuals.data import ResidualData, make_products
from xmixed.engine.residuals.products import Units
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.sweeps.sweeps import GroupMoments

Column = np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class _Effect:
    """One random effect of a level's groups, for all of them.

    Attributes
    ----------
    position : int
    column : (n,) array or None
        Of Z, the user's; None is the constant.
    means : (G,) array
        Conditional means, response units.
    """

    position: int
    column: Column
    means: np.ndarray


def refuse_scores(model: Model) -> None:
    """Raise WeightsNotSupported where a model has no scores: REML."""
    if model.method == "reml":
        raise WeightsNotSupported("robust variances are not supported with restricted maximum likelihood")


def cluster_scores(
    objective: Objective,
    point: Point,
    relative: np.ndarray,
    variance: float,
    beta: np.ndarray,
    clusters: tuple[np.ndarray, int],
) -> np.ndarray:
    """Scores of clusters by (beta, estimation metric), (M, p + k), weights included; ML, nested levels.

    Parameters
    ----------
    point : Point
    relative : (k_b,) array
        Estimation metric of Sigma/sigma_e^2.
    variance : float
        sigma_e^2, working units.
    beta : (p,) array, response units
    clusters : (n,) array and int
        Codes of the rows' clusters, and M; a group of the highest level lies in one of them.
    """
    problem = objective.problem
    assert problem.nesting is not None, "no level crosses another"
    codes, count = clusters
    nesting, levels = problem.nesting, range(len(problem.nesting.labels))
    places = [_places(nesting, at, len(codes)) for at in levels]
    by_level = [_codes_of_groups(nesting, at, codes) for at in levels]
    if places and not np.array_equal(by_level[0][places[0]], codes):
        raise InvalidModel("clusters split groups of the highest level")
    moments = point.sweeps.moments(point.up, point.psis)
    effects = _effects(objective, point, moments)
    rest = np.array(problem.model.y, np.float64)
    for column, coefficient in zip(problem.model.fixed, beta, strict=True):
        rest -= coefficient if column is None else coefficient * column
    means = rest.copy()
    for effect in effects:
        own = effect.means[places[effect.position]]
        means -= own if effect.column is None else own * effect.column
    sigma2 = variance * problem.y_scale**2
    alpha, shifts = _covariance_scores(objective, moments, relative, variance, by_level, count)
    if problem.residual is None:
        of_rows = _row_scores(objective, rest, means, sigma2, clusters)
        of_rho = np.zeros((count, 0))
    else:
        of_rows, of_rho = _unit_scores(objective, point, rest, means, sigma2, clusters)
    sigma = of_rows[:, -1] - alpha @ shifts
    return np.column_stack([of_rows[:, :-1], alpha, sigma, of_rho])


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


def _effects(objective: Objective, point: Point, moments: tuple[GroupMoments, ...]) -> list[_Effect]:
    """The random effects of all blocks at their conditional means, those of a level together."""
    problem, found = objective.problem, []
    for block, psi in zip(problem.blocks, point.blocks, strict=True):
        sigma = problem.y_scale * user_matrix(block, psi)
        for position, columns, change in _parts(problem.model, block):
            if block.tie is not None:
                own = sigma[0, 1] if position == block.tie.position else sigma[0, 0] - sigma[0, 1]
                sigma_part = np.array([[own]])
            else:
                sigma_part = sigma
            means = sigma_part @ (change.T @ moments[position].scores)
            found += [_Effect(position, *pair) for pair in zip(columns, means, strict=True)]
    return found


def _parts(model: Model, block: Block) -> list[tuple[int, tuple[Column, ...], np.ndarray]]:
    """What a block is at the levels: position, the user's columns and C with Z (user) = Z (working) C."""
    if block.tie is None:
        columns = model.levels[block.level - 1].equations[block.equation - 1].columns
        return [(block.position, columns, block.to_working @ block.metric)]
    scale = float(block.metric[0, 0])
    return [
        (block.position, (None,), block.to_working * scale),
        (block.tie.position, (None,), np.array([[block.tie.to_working * scale]])),
    ]


def _row_scores(
    objective: Objective,
    rest: np.ndarray,
    means: np.ndarray,
    sigma2: float,
    clusters: tuple[np.ndarray, int],
) -> np.ndarray:
    """Scores by beta and log sigma_e (Psi held) where residuals are independent, (M, p + 1)."""
    codes, count = clusters
    weights = _row_weights(objective)
    share = (means if weights is None else means * weights) / sigma2

    def summed(values: np.ndarray | None) -> np.ndarray:
        return np.bincount(codes, values, minlength=count)

    fixed = [summed(share if column is None else share * column) for column in objective.problem.model.fixed]
    return np.column_stack([*fixed, summed(rest * share) - summed(weights)])


def _row_weights(objective: Objective) -> np.ndarray | None:
    """How often every row counts in all."""
    weights, nesting = objective.problem.weights, objective.problem.nesting
    assert nesting is not None
    if weights is None or nesting.order is None:
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
    rest: np.ndarray,
    means: np.ndarray,
    sigma2: float,
    clusters: tuple[np.ndarray, int],
) -> tuple[np.ndarray, np.ndarray]:
    """Scores by beta and log sigma_e (Psi held), (M, p + 1), and by the residual parameters, (M, r)."""
    problem, residual, whitening = objective.problem, objective.problem.residual, objective.whitening
    assert residual is not None and whitening is not None
    units, variances, columns = _score_units(objective, point, residual, clusters[0])
    own = clusters[0][units.rows]
    codes = own[units.starts]
    if not np.array_equal(np.repeat(codes, units.sizes), own):
        raise InvalidModel("clusters split groups of correlated residuals")
    data = [*columns, means, *problem.model.fixed, rest]
    D = np.stack([np.ones(len(rest)) if column is None else column[units.rows] for column in data])
    Q = len(columns) + 1
    # The weights of units are left to the end: here every unit counts once.
    once = Units(units.rows, units.starts, units.row_weights)
    products = make_products(residual.residuals, residual.structure, residual.table, once, D, Q)
    full = whitening.table(point.rho)
    of_means = products.at(full).ZtD[-1, Q:] / sigma2
    row_weights = np.ones(len(rest)) if units.row_weights is None else units.row_weights
    of_means[-1] -= units.summed(row_weights)
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
    objective: Objective,
    point: Point,
    residual: ResidualData,
    codes: np.ndarray,
) -> tuple[Units, np.ndarray, list[Column]]:
    """Units within clusters, the effects' conditional variances by unit (sigma_e = 1), and their columns."""
    if not residual.groups:
        if residual.structure.correlated:
            return residual.units, np.zeros((0, 0, residual.n_units)), []
        rows = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[rows], prepend=-1))
        weights = _row_weights(objective)
        units = Units(rows, starts, None if weights is None else weights[rows])
        return units, np.zeros((0, 0, len(starts))), []
    working = point.sweeps.posterior(point.up, point.psis).variances
    changes = [np.zeros((q, q)) for q in residual.sizes]
    columns: list[list[Column]] = [[None] * q for q in residual.sizes]
    for block in objective.problem.blocks:
        for position, own, change in _parts(objective.problem.model, block):
            part = block.columns if position == block.position else slice(0, 1)
            changes[position][:, part] = change
            columns[position][part] = own
    back = np.zeros((len(working), len(working)))
    first = 0
    for change in reversed(changes):  # from the bottom level up, as the variances stand
        part = slice(first, first + len(change))
        back[part, part] = np.linalg.inv(change)
        first = part.stop
    variances = np.einsum("ab,bcg,dc->adg", back, working, back, optimize=True)
    ordered = [column for level in reversed(columns) for column in level]
    return residual.units, variances[:, :, residual.groups[-1]], ordered
