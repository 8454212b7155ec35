"""The model at given parameters: log likelihood, fixed effects, random effects and their uncertainty.

Nothing is searched for here: the covariance parameters are those of a fit, or any others in their space.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from xmixed.engine.covariance.blocks import Block, log_floors, user_matrix
from xmixed.engine.errors import InvalidStart
from xmixed.engine.model import Level, Model
from xmixed.engine.prepare import prepare
from xmixed.engine.problem import Problem
from xmixed.engine.residuals.data import CrossedResidualData
from xmixed.engine.residuals.whitening import whitened_rows
from xmixed.engine.scores import cluster_scores, refuse_scores, user_scores
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.search.origin import from_nearby
from xmixed.engine.search.starting import Start, metric_blocks, split
from xmixed.engine.sweeps.sweeps import LevelMoments
from xmixed.engine.user_units import fixed_effects

# A variance not above the least that the estimation metric shows by more than this factor is a zero.
_ZERO = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class LevelEffects:
    """The random effects of one level given the data, in the order of its equations.

    Attributes
    ----------
    means : (q, G) array
        Best linear unbiased predictors by group code, response units; nan for a code without rows.
    variances : (q, q, G) array
        Of the prediction error: with REML they include the uncertainty of beta, with ML beta counts as known.
    with_beta : (q, p, G) array or None
        Covariance of u - E(u|y) and the estimate of beta; None with ML.
    """

    means: np.ndarray
    variances: np.ndarray
    with_beta: np.ndarray | None

    @property
    def standard_errors(self) -> np.ndarray:
        """Square roots of the variances, (q, G)."""
        return np.sqrt(np.maximum(np.einsum("aag->ag", self.variances), 0.0))


class Evaluation:
    """A model at given covariance parameters, with beta profiled out; see `evaluate`."""

    def __init__(self, model: Model, parameters: np.ndarray, prepared: object = None) -> None:
        self.model = model
        self.parameters = np.asarray(parameters, np.float64)
        self._prepared = prepared

    @cached_property
    def _placed(self) -> tuple[Objective, Point]:
        prepared = self._prepared
        first = Objective(prepared if isinstance(prepared, Problem) else prepare(self.model))
        point = _point_at(first, split(first, self.parameters))
        return from_nearby(first, point, lambda y: prepare(replace(self.model, y=y)))

    @property
    def _objective(self) -> Objective:
        return self._placed[0]

    @property
    def _point(self) -> Point:
        return self._placed[1]

    @cached_property
    def _start(self) -> Start:
        return split(self._objective, self.parameters)

    @property
    def _variance(self) -> float:
        """sigma_e^2 in response units."""
        return self._start.variance * self._objective.problem.y_scale**2

    @property
    def sigma_e(self) -> float:
        """Residual standard deviation, response units."""
        return float(np.sqrt(self._variance))

    @cached_property
    def log_likelihood(self) -> float:
        """(Restricted) log likelihood, response units."""
        return self._objective.free_log_likelihood(self._point.up, self._start.variance)

    @cached_property
    def _fixed(self) -> tuple[np.ndarray, np.ndarray]:
        up = self._point.up
        return fixed_effects(self._objective.problem, up.beta, up.factor, self._start.variance)

    @property
    def beta(self) -> np.ndarray:
        """(p,) generalised least squares estimates."""
        return self._fixed[0]

    @property
    def beta_covariance(self) -> np.ndarray:
        """(p, p) model-based covariance of beta."""
        return self._fixed[1]

    def effects(self) -> tuple[LevelEffects, ...]:
        """The random effects of every level of the model, in its order; an empty level has q = 0."""
        objective, point = self._objective, self._point
        problem = objective.problem
        ties = {block.position: block.tie.position for block in problem.blocks if block.tie is not None}
        with np.errstate(all="ignore"):
            moments = point.sweeps.effects(point.up, point.psis, ties)
        found = []
        for number, level in enumerate(self.model.levels, 1):
            pairs = zip(problem.blocks, point.blocks, strict=True)
            own = [pair for pair in pairs if pair[0].level == number]
            found.append(self._of_level(own, moments, level, problem.model.levels[number - 1]))
        return tuple(found)

    def _of_level(
        self,
        blocks: list[tuple[Block, np.ndarray]],
        moments: tuple[LevelMoments, ...],
        level: Level,
        fitted: Level,
    ) -> LevelEffects:
        """The effects of one level from those of the sweeps, in the user's units and by the user's codes."""
        p = self._objective.problem.p
        if not blocks:
            size = level.n_groups
            with_beta = np.zeros((0, p, size)) if self.model.method == "reml" else None
            return LevelEffects(np.zeros((0, size)), np.zeros((0, 0, size)), with_beta)
        first, _ = blocks[0]
        found = moments[first.position]
        if first.tie is not None:
            scale = float(first.metric[0, 0])
            own = np.linalg.inv(first.to_working * scale)
            common = np.array([[1.0 / (first.tie.to_working * scale)]])
            back = np.hstack([own, common])
        else:
            change = np.hstack([block.to_working @ block.metric for block, _ in blocks])
            back = np.linalg.inv(change)
            zero = np.concatenate([_is_zero(block, psi) for block, psi in blocks])
            back[zero] = 0.0
        y_scale = self._objective.problem.y_scale
        means = y_scale * (back @ found.means)
        variances = self._variance * np.einsum("ab,bcg,dc->adg", back, found.variances, back, optimize=True)
        with_beta = None
        if found.with_beta is not None:
            to_user = self._beta_change * (self._start.variance * y_scale)
            with_beta = np.einsum("ab,bpg,rp->arg", back, found.with_beta, to_user, optimize=True)
        sorted_ = LevelEffects(means, variances, with_beta)
        return _by_code(sorted_, self._labels(first.position), level, fitted)

    @cached_property
    def _beta_change(self) -> np.ndarray:
        """(p, p) matrix that takes the working coefficients' deviations to the user's."""
        return self._objective.problem.working_to_user()

    def _labels(self, position: int) -> np.ndarray | None:
        """The codes of a level's groups as the sweeps have them; None where they are 0, 1, ..."""
        nesting = self._objective.problem.nesting
        return None if nesting is None else nesting.labels[position]

    def scores(self, clusters: tuple[np.ndarray, int]) -> np.ndarray:
        """Scores of clusters by (beta, parameters), (M, p + k), weights included; ML only.

        Parameters
        ----------
        clusters : (n,) array and int
            Codes of the rows' clusters, and M; each is made of whole groups of the highest level.

        Raises
        ------
        WeightsNotSupported
            REML.
        """
        refuse_scores(self.model)
        objective = self._objective
        if isinstance(objective.problem.residual, CrossedResidualData):
            objective = Objective(prepare(self.model, by_columns=True))
        start = split(objective, self.parameters)
        with np.errstate(all="ignore"):
            point = _point_at(objective, start)
            found = cluster_scores(objective, point, start.relative, start.variance, clusters)
            return user_scores(objective.problem, found)

    def whitened(self, values: np.ndarray) -> np.ndarray:
        """R^{-1/2} times (n,) values, R being the residuals' covariance: within units the inverse of its
        lower Cholesky factor, rows in order of t().
        """
        values = np.asarray(values, np.float64) / self.sigma_e
        residuals = self.model.residuals
        if residuals is None:
            return values
        count = self._objective.block_count + 1
        return whitened_rows(residuals, self.parameters[count:], values)


def evaluate(model: Model, parameters: np.ndarray, prepared: object = None) -> Evaluation:
    """The model at given covariance parameters.

    Parameters
    ----------
    model : Model
    parameters : (k,) array
        Estimation metric, in the order of `Fit.parameters`.
    prepared : object
        That of a fit of the same model; None to begin anew.

    Raises
    ------
    InvalidStart
        Where the parameters are none of the model, or covariance matrices are not positive semidefinite.
    """
    found = Evaluation(model, parameters, prepared)
    with np.errstate(all="ignore"):
        if not np.isfinite(found.log_likelihood):
            raise InvalidStart("the covariance matrix is not positive semidefinite")
    return found


def log_likelihood(model: Model, parameters: np.ndarray) -> float:
    """(Restricted) log likelihood with only beta profiled out; see `evaluate`."""
    return evaluate(model, parameters).log_likelihood


def _point_at(objective: Objective, start: Start) -> Point:
    point = objective.point(metric_blocks(objective, start.relative), start.rho)
    if not np.isfinite(point.log_likelihood):
        raise InvalidStart("the covariance matrix is not positive semidefinite")
    return point


def _is_zero(block: Block, psi: np.ndarray) -> np.ndarray:
    """Which variances are zero, (q,)."""
    return user_matrix(block, psi).diagonal() <= _ZERO * np.exp(2.0 * np.array(log_floors(block)))


def _by_code(effects: LevelEffects, labels: np.ndarray | None, level: Level, fitted: Level) -> LevelEffects:
    """Effects by the codes of the user's level.

    `fitted` is the level that was swept: where it crossed others the user's groups are its columns.
    """
    columns = fitted.equations[0].columns
    own = level.equations[0].columns
    if columns[0] is not None and len(own) == 1 and own[0] is None:
        rows = _representatives(level)
        rank = np.zeros(len(rows), np.intp)
        for k, column in enumerate(columns):
            assert column is not None
            rank[column[rows] > 0] = k
        place = np.arange(fitted.n_groups)
        if labels is not None:
            place = np.zeros(fitted.n_groups, np.intp)
            place[labels] = np.arange(len(labels))
        at = place[fitted.groups[rows]]
        with_beta = None if effects.with_beta is None else effects.with_beta[rank, :, at].T[None]
        return LevelEffects(
            effects.means[rank, at][None], effects.variances[rank, rank, at][None, None], with_beta
        )
    if labels is None:
        return effects

    def placed(values: np.ndarray) -> np.ndarray:
        result = np.full((*values.shape[:-1], level.n_groups), np.nan)
        result[..., labels] = values
        return result

    with_beta = None if effects.with_beta is None else placed(effects.with_beta)
    return LevelEffects(placed(effects.means), placed(effects.variances), with_beta)


def _representatives(level: Level) -> np.ndarray:
    """A row of each group, (n_groups,)."""
    rows = np.zeros(level.n_groups, np.intp)
    rows[level.groups] = np.arange(len(level.groups))
    return rows
