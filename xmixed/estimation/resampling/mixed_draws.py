"""A fitted mixed model once more on observations or groups drawn; nothing is parsed or designed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xmixed.data.operations.draws import SamplingUnits
from xmixed.estimation.mixed.fit import engine_model, variance_parameter
from xmixed.estimation.mixed.model import RESIDUAL, MixedResult, MixedSpecification
from xmixed.estimation.mixed.request import ResolvedMixed
from xmixed.estimation.mixed.specification import specify
from xmixed.expressions.context import Context

if TYPE_CHECKING:
    from xmixed.engine import Fit, Level, Model, Residuals


class Refitted(NamedTuple):
    """e(b), and e(V) where it was asked for."""

    b: np.ndarray
    V: np.ndarray | None


class MixedRefit:
    """e(b) of a mixed model from units drawn.

    Where the units are its largest groups their cross-products are kept; else the rows of its columns are
    drawn, and group codes with them.

    Parameters
    ----------
    units : SamplingUnits
        What is drawn.
    rows : ndarray of bool, shape (n,)
        The estimation sample.
    drawn_level : str or None
        The level whose groups are the units drawn, each draw a group of its own; "" where units keep the
        groups that they belong to, None where they do and no unit is drawn twice.
    errors : bool
        Whether e(V) is wanted.

    Raises
    ------
    ValueError
        The model or its units are not of the kind that can be drawn.
    """

    def __init__(
        self,
        result: MixedResult,
        context: Context,
        units: SamplingUnits,
        rows: np.ndarray,
        drawn_level: str | None,
        errors: bool,
    ) -> None:
        resolved = result.resolved
        if resolved is None or _has_series(resolved):
            raise ValueError("operators of time")
        if errors and resolved.vce != "oim":
            raise ValueError("robust variances")
        found = specify(resolved, context, rows)
        model, places = engine_model(found)
        self._errors = errors
        self._estimated = np.array([not term.status for term in found.description.terms], dtype=bool)
        self._draws: GroupDraws | RowDraws
        try:
            if drawn_level == "":
                raise ValueError("groups are not drawn whole")
            self._draws = GroupDraws(found, model, units.codes_of(len(rows)))
        except ValueError:
            self._draws = RowDraws(found, model, units, drawn_level)
        parameters = [
            variance_parameter(item, places, found.description.equations)
            for item in self._draws.fit.parameters
        ]
        self._count = len(parameters)
        self._order = sorted(
            range(self._count),
            key=lambda i: (parameters[i].equation == RESIDUAL, parameters[i].equation),
        )

    @property
    def batch(self) -> int:
        """How many draws are best fitted at once."""
        return 1 if self._errors else self._draws.batch

    def __call__(self, draws: Sequence[np.ndarray]) -> list[Refitted | None]:
        """Return what the model gives on units drawn; None where the command itself should be run."""
        together = self._draws.refits(draws) if self.batch > 1 else [None] * len(draws)
        return [
            self._alone(drawn) if found is None else Refitted(self._vector(*found), None)
            for drawn, found in zip(draws, together, strict=True)
        ]

    def _vector(self, beta: np.ndarray, estimates: np.ndarray) -> np.ndarray:
        """Return e(b) of the coefficients that are estimated and the engine's parameters."""
        whole = np.zeros(len(self._estimated))
        whole[self._estimated] = beta
        return np.concatenate([whole, np.asarray(estimates)[self._order]])

    def _alone(self, drawn: np.ndarray) -> Refitted | None:
        from xmixed.engine import EngineError

        try:
            found = self._draws.refit(drawn, self._errors)
        except (EngineError, np.linalg.LinAlgError):
            return None
        if found is None or not found.optimization.converged or len(found.estimates) != self._count:
            return None
        b = self._vector(found.beta, found.estimates)
        return Refitted(b, self._covariance(found) if self._errors else None)

    def _covariance(self, found: Fit) -> np.ndarray:
        p, k = len(self._estimated), self._count
        V = np.zeros((p + k, p + k))
        V[np.ix_(np.flatnonzero(self._estimated), np.flatnonzero(self._estimated))] = found.beta_covariance
        V[p:, p:] = np.asarray(found.parameter_covariance)[np.ix_(self._order, self._order)]
        return V


class GroupDraws:
    """Fits from the cross-products of the largest groups.

    Raises
    ------
    ValueError
        Weights, correlated residuals, crossed effects, or units that are not the groups.
    """

    def __init__(self, found: MixedSpecification, model: Model, codes: np.ndarray) -> None:
        from xmixed.engine import EngineError, Resampler

        if found.weights is not None or found.residuals is not None or not model.levels:
            raise ValueError("weights, correlated residuals or no groups")
        if any(factor is not None for factor in found.factors):
            raise ValueError("factors as random effects")
        try:
            self._resampler = Resampler(model)
        except EngineError as error:
            raise ValueError(str(error)) from None
        self.fit, self.batch = self._resampler.fit, self._resampler.batch
        self._place = self._places(found, model.levels[0].groups, codes)

    def _places(self, found: MixedSpecification, groups: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Return the place of the group of the model that each unit is."""
        units = codes[found.rows]
        count = int(codes.max()) + 1
        labels = self._resampler.labels
        if count != len(labels) or units.min() < 0:
            raise ValueError("units are not groups")
        label_of = np.zeros(count, dtype=np.intp)
        label_of[units] = groups
        if not np.array_equal(label_of[units], groups):
            raise ValueError("units are not groups")
        rank = np.zeros(int(labels.max()) + 1, dtype=np.intp)
        rank[labels] = np.arange(len(labels))
        return rank[label_of]

    def refits(self, draws: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray] | None]:
        """Return (beta, estimates) of several draws; None for those that `refit` should look at."""
        return self._resampler.refits([self._place[drawn] for drawn in draws])

    def refit(self, drawn: np.ndarray, errors: bool) -> Fit | None:
        """Return the fit of units drawn. Raises EngineError."""
        return self._resampler.refit(self._place[drawn], errors)


class RowDraws:
    """Fits of the model's rows drawn.

    Raises
    ------
    ValueError
        Weights that depend on the sample; residuals ordered in time, of which rows would be drawn twice.
    """

    batch = 1

    def __init__(
        self, found: MixedSpecification, model: Model, units: SamplingUnits, drawn_level: str | None
    ) -> None:
        from xmixed.engine import EngineError, Options, fit

        summary = None if found.weights is None else found.weights.summary
        if summary is not None and summary.scale:
            raise ValueError("pwscale() depends on the sample")
        if drawn_level == "" and model.residuals is not None and model.residuals.time is not None:
            raise ValueError("t() would repeat within groups")
        if drawn_level and any(level.within is not None for level in model.levels):
            raise ValueError("factors whose values are correlated within groups")
        self._model, self._units, self._drawn_level = model, units, drawn_level
        self._place = np.full(len(found.rows), -1, dtype=np.intp)
        self._place[found.rows] = np.arange(len(model.y))
        self._apart = self._drawn_apart(found, drawn_level)
        self._options = Options(
            standard_errors=False, relative_weights=summary is not None and summary.kind == "pweight"
        )
        try:
            self.fit = fit(model, self._options)
        except EngineError as error:
            raise ValueError(str(error)) from None
        self._start = None if self.fit.boundary else self.fit.estimates

    def _drawn_apart(self, found: MixedSpecification, drawn_level: str | None) -> list[bool]:
        """Return for each level of the engine whether every draw has groups of its own there."""
        names = [summary.name for summary in found.description.levels]
        if not drawn_level:
            return [False] * len(self._model.levels)
        if drawn_level not in names:
            raise ValueError("the variable of idcluster() is no level")
        first = found.levels[names.index(drawn_level)].n_groups
        if self._units.count != first:
            raise ValueError("units are not the groups of a level")
        # Levels are nested codes: those from the one drawn on have at least as many groups.
        by_codes = {id(level.codes): place for place, level in enumerate(found.levels)}
        apart = []
        for level in self._model.levels:
            place = by_codes.get(id(level.groups))
            if place is None:  # values of a factor within a level: those of `_all` stay what they are
                place = self._level_of_factor(found, level)
            apart.append(place >= names.index(drawn_level))
        return apart

    def _level_of_factor(self, found: MixedSpecification, level: Level) -> int:
        for factor, equation in zip(found.factors, found.description.equations, strict=True):
            if factor is not None and factor.codes is level.groups:
                return equation.level_number - 1
        raise ValueError("a level without a name")

    def refits(self, draws: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray] | None]:
        """Return None for each: rows are drawn one sample after the other."""
        return [None] * len(draws)

    def refit(self, drawn: np.ndarray, errors: bool) -> Fit | None:
        """Return the fit of units drawn, None where a column depends on others. Raises EngineError."""
        from xmixed.engine import InvalidStart, find_omitted, fit

        model = self._drawn(drawn)
        if model is None or any(find_omitted(model.fixed)):
            return None
        options = replace(self._options, standard_errors=errors)
        try:
            found = fit(model, replace(options, start=self._start))
            if found.optimization.converged or self._start is None:
                return found
        except InvalidStart:
            pass
        return fit(model, options)

    def _drawn(self, drawn: np.ndarray) -> Model | None:
        own = self._place[self._units.rows(drawn)]
        number = self._units.numbers(drawn)[own >= 0]
        own = own[own >= 0]
        model = self._model
        pick = lambda column: None if column is None else column[own]  # noqa: E731
        levels = []
        for level, apart in zip(model.levels, self._apart, strict=True):
            codes, n_groups, old = _compact(level.groups[own], level.n_groups, number if apart else None)
            levels.append(
                replace(
                    level,
                    groups=codes,
                    n_groups=n_groups,
                    equations=tuple(
                        replace(equation, columns=tuple(map(pick, equation.columns)))
                        for equation in level.equations
                    ),
                    within=_within(level.within, own),
                    weights=None if level.weights is None else level.weights[old],
                )
            )
        residuals = model.residuals
        if residuals is not None:
            residuals = self._residuals(residuals, own, number)
            if residuals is None:
                return None
        return replace(
            model,
            y=model.y[own],
            fixed=tuple(map(pick, model.fixed)),
            levels=tuple(levels),
            residuals=residuals,
            weights=pick(model.weights),
        )

    def _residuals(self, residuals: Residuals, own: np.ndarray, number: np.ndarray) -> Residuals | None:
        """Return the residuals of the rows; None where a set of parameters or a time is not among them."""
        # Groups of residuals are those of the lowest level, or lie within them.
        apart = number if self._drawn_level else None
        codes, n_groups, _ = _compact(residuals.groups[own], residuals.n_groups, apart)
        time = None if residuals.time is None else residuals.time[own]
        by = None if residuals.by is None else residuals.by[own]
        if by is not None and len(np.unique(by)) < residuals.n_by:
            return None
        if residuals.n_times and (time is None or len(np.unique(time)) < residuals.n_times):
            return None
        return replace(residuals, groups=codes, n_groups=n_groups, time=time, by=by)


def _compact(codes: np.ndarray, count: int, number: np.ndarray | None) -> tuple[np.ndarray, int, np.ndarray]:
    """Return codes 0..m-1 of groups, their number m, and the old code of each; apart for each `number`."""
    if number is None:
        used = np.zeros(count, dtype=bool)
        used[codes] = True
        old = np.flatnonzero(used)
        rank = np.cumsum(used) - 1
        return rank[codes], len(old), old
    labels, found = np.unique(number * count + codes, return_inverse=True)
    return found.reshape(-1), len(labels), labels % count


def _within(within: tuple[np.ndarray, int] | None, own: np.ndarray) -> tuple[np.ndarray, int] | None:
    if within is None:
        return None
    codes, count, _ = _compact(within[0][own], within[1], None)
    return codes, count


def _has_series(resolved: ResolvedMixed) -> bool:
    """Whether a variable has an operator of time: what it gives depends on the other observations."""
    operands = [operand for term in resolved.terms for operand in term.operands]
    parts = [part for equation in resolved.equations for term in equation.effects for part in term.parts]
    return bool(resolved.depvar[1]) or any(item.time_series for item in (*operands, *parts))
