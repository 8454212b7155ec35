"""From a mixed model's specification to its likelihood: outcomes, standardised columns, groups, a start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.likelihood.newton import Evaluation, Maximum, Progress, Tolerances, maximise
from xmixed.estimation.mixed.model import Column, MixedSpecification
from xmixed.estimation.mixed.request import ResolvedMixed
from xmixed.estimation.mixed.specification import RowSample, specification_of
from xmixed.estimation.multilevel.groups import Nested
from xmixed.estimation.multilevel.likelihood import Block, MultilevelLikelihood
from xmixed.estimation.multilevel.model import Kind
from xmixed.estimation.multilevel.responses import Binomial, Counts, Ordered
from xmixed.expressions.context import Context
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.scaled import scaled_columns

_DEVIATIONS = (0.1, 0.3, 1.0, 3.0)
"""Standard deviations of scaled random effects among which the start is looked for."""
_STEP = 1e-5


class OutcomeSample(RowSample):
    """Rows with further variables: offset, exposure, numbers of trials."""

    def __init__(self, context: Context, rows: np.ndarray, extra: Sequence[str]) -> None:
        super().__init__(context, rows)
        self.extra = tuple(extra)

    def begin(self, resolved: ResolvedMixed) -> int:
        """See `MixedSample`."""
        for name in self.extra:
            self.add(name, "", "covariates")
        return super().begin(resolved)


def specification_for(resolved: ResolvedMixed, sample: RowSample, kind: Kind) -> MixedSpecification:
    """Return what is to be fitted, see `specification_of`; cut points take the place of the constant."""
    found = specification_of(resolved, sample)
    if kind.family != "ordered" or not resolved.constant:
        return found
    description = replace(found.description, terms=found.description.terms[:-1])
    return replace(found, description=description, fixed=found.fixed[:-1])


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A likelihood, and the way back to the user's units.

    Attributes
    ----------
    likelihood : MultilevelLikelihood
    equations : tuple of int
        Which equation of the description each block is.
    scales : tuple of ndarray, shapes (q,)
        What the columns of each block were divided by.
    levels : tuple of float
        Outcomes in order; () for others.
    constant : float
        What the log likelihood has beside its rows.
    """

    likelihood: MultilevelLikelihood
    equations: tuple[int, ...]
    scales: tuple[np.ndarray, ...]
    levels: tuple[float, ...]
    constant: float


def response_of(
    kind: Kind, depvar: str, y: np.ndarray, trials: np.ndarray | None
) -> tuple[Binomial | Counts | Ordered, tuple[float, ...]]:
    """Return outcomes as a likelihood takes them, and the categories of ordered ones.

    Raises
    ------
    StataError
        r(2000) where a binary one does not vary; r(459) outcomes out of range; r(148).
    """
    if kind.family == "ordered":
        codes, levels = factorise(y)
        if len(levels) < 2:
            raise StataError(148, "too few categories")
        return Ordered(codes, len(levels) - 1, kind.link), tuple(float(level) for level in levels)
    if kind.family == "counts":
        if y.min() < 0:
            raise StataError(459, f"{depvar} must be greater than or equal to zero")
        if y.max() == 0:
            raise StataError(498, f"{depvar} is zero in all observations")
        return Counts(y), ()
    if trials is None:
        y, trials = (y != 0).astype(np.float64), np.ones(len(y))
    if np.any((trials < 1) | (trials != np.floor(trials))):
        raise StataError(459, "the number of trials must be a positive integer")
    if np.any((y < 0) | (y > trials)):
        raise StataError(459, f"{depvar} must lie between zero and the number of trials")
    if y.max() == 0 or np.all(y == trials):
        raise StataError(2000, "outcome does not vary")
    return Binomial(y, trials, kind.link), ()


def problem_of(
    specification: MixedSpecification,
    kind: Kind,
    points: int,
    offset: np.ndarray | None,
    trials: np.ndarray | None,
) -> Problem:
    """Return the likelihood of a specification; its start is not set.

    Raises
    ------
    StataError
        r(198) without random effects, or with those of factors; those of `response_of`.
    """
    equations = specification.description.equations
    places = [place for place, equation in enumerate(equations) if equation.effects]
    if not places:
        raise StataError(198, "the model has no random effects")
    if any(specification.factors[place] is not None for place in places):
        raise StataError(198, "R.varname is not implemented in xmixed yet for this model")
    numbers = sorted({equations[place].level_number for place in places})
    nested = Nested.of([specification.levels[number - 1].codes for number in numbers])
    order = nested.order
    y = specification.y[order]
    response, levels = response_of(
        kind, specification.description.depvar, y, None if trials is None else trials[order]
    )
    X, back = standardised(
        [None if c is None else c[order] for c in specification.fixed], len(y), response.cuts
    )
    blocks, scales = [], []
    for place in places:
        columns = np.column_stack(
            [np.ones(len(y)) if c is None else c[order] for c in specification.effects[place]]
        )
        form = equations[place].form
        own = np.sqrt(np.mean(columns**2, axis=0))
        own = np.where(own > 0, own, 1.0)
        if form.common_variance:
            own = np.full(len(own), np.sqrt(np.mean(own**2)))
        level = numbers.index(equations[place].level_number)
        blocks.append(Block(level, columns / own, form.basis))
        scales.append(own)
    likelihood = MultilevelLikelihood(
        response,
        X,
        back,
        np.zeros(len(y)) if offset is None else offset[order],
        tuple(blocks),
        nested,
        points,
        np.zeros(0),
    )
    return Problem(likelihood, tuple(places), tuple(scales), levels, response.constant)


def standardised(columns: Sequence[Column], n: int, cuts: int) -> tuple[np.ndarray, np.ndarray]:
    """Return X of n rows with columns centred and scaled, and the way back to coefficients and cut points.

    Cut points take up a constant as a constant does: they fall by what the centres add.
    """
    constant = next((place for place, column in enumerate(columns) if column is None), None)
    places = [place for place, column in enumerate(columns) if column is not None]
    varying = [column for column in columns if column is not None]
    centred = constant is not None or cuts > 0
    centers = np.array([float(column.mean()) if centred else 0.0 for column in varying])
    own = np.column_stack(varying) - centers if varying else np.zeros((n, 0))
    X, back = np.ones((n, len(columns))), np.eye(len(columns) + cuts)
    X[:, places], transform = scaled_columns(own)
    back[np.ix_(places, places)] = transform
    if constant is not None:
        back[constant, places] = -centers @ transform
    back[len(columns) :, places] = centers @ transform
    return X, back


# --- the model without random effects ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Simple:
    """See `newton.Likelihood`: the model without random effects."""

    whole: MultilevelLikelihood
    initial: np.ndarray

    @property
    def transform(self) -> np.ndarray:
        return self.whole.back

    def start(self) -> np.ndarray:
        return self.initial

    def _figures(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        whole = self.whole
        p, response = whole.X.shape[1], whole.response
        cuts = parameters[p:]
        if np.any(np.diff(cuts) <= 0):
            return -np.inf, np.zeros(len(parameters))
        eta = whole.X @ parameters[:p] + whole.offset
        ll, slope = response.values(eta, cuts)
        gradient = whole.X.T @ slope
        if isinstance(response, Ordered):
            own = response.by_cut(response.cut_slopes(eta, cuts).ll).sum(axis=0)
            gradient = np.concatenate([gradient, own])
        return float(ll.sum()), gradient

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return self._figures(parameters)[0]

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        ll, gradient = self._figures(parameters)
        moves = _STEP * np.eye(len(parameters))
        second = np.array(
            [
                (self._figures(parameters + move)[1] - self._figures(parameters - move)[1]) / (2 * _STEP)
                for move in moves
            ]
        ).reshape(len(parameters), len(parameters))
        return Evaluation(ll, gradient, -(second + second.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        raise NotImplementedError("only a start")


def fit_simple(problem: Problem, progress: Progress | None, limits: Tolerances) -> Maximum:
    """Fit the model without random effects.

    Raises
    ------
    FloatingPointError
        Where it cannot be evaluated.
    """
    whole = problem.likelihood
    p, response = whole.X.shape[1], whole.response
    initial = np.zeros(p + response.cuts)
    if isinstance(response, Ordered):
        shares = np.bincount(response.codes, minlength=response.cuts + 1) / len(response.codes)
        below = np.clip(np.cumsum(shares)[:-1], 1e-6, 1 - 1e-6)
        initial[p:] = np.log(below / (1 - below))
    elif isinstance(response, Counts):
        constant = np.all(whole.X == 1, axis=0)
        level = np.log(response.y.mean()) - np.log(np.mean(np.exp(whole.offset)))
        initial[np.flatnonzero(constant)] = level
    return maximise(Simple(whole, initial), progress, limits)


def start_of(problem: Problem, simple: Maximum) -> np.ndarray:
    """Return where the search begins: the simple model, random effects of the likeliest size."""
    likelihood = problem.likelihood

    def point(deviations: Sequence[float]) -> np.ndarray:
        pairs = zip(likelihood.blocks, deviations, strict=True)
        thetas = [_same_deviation(block.basis, deviation) for block, deviation in pairs]
        return np.concatenate([simple.standardised, *thetas])

    def likeliest(trials: Sequence[list[float]]) -> list[float]:
        return max(trials, key=lambda own: likelihood.log_likelihood(point(own)))

    count = len(likelihood.blocks)
    found = likeliest([[deviation] * count for deviation in _DEVIATIONS])
    for place in range(count if count > 1 else 0):
        found = likeliest([[*found[:place], own, *found[place + 1 :]] for own in _DEVIATIONS])
    return point(found)


def _same_deviation(basis: np.ndarray, deviation: float) -> np.ndarray:
    """Return the coordinates of `deviation` times the identity."""
    diagonal = np.einsum("kii->k", basis) > 0
    return np.where(diagonal, deviation, 0.0)
