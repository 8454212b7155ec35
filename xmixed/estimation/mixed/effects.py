"""Random effects of a fitted model: predicted on the estimation sample, found again on any rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import sample_rows
from xmixed.estimation.mixed.fit import as_stata_error, engine_model, variance_parameter
from xmixed.estimation.mixed.model import Column, MixedResult, MixedSpecification
from xmixed.estimation.mixed.request import ResolvedMixed
from xmixed.estimation.mixed.resolve import ALL
from xmixed.estimation.mixed.specification import factor_groups, group_levels, specify
from xmixed.estimation.sample import SampleColumns
from xmixed.expressions.context import Context
from xmixed.expressions.factors.design import column
from xmixed.expressions.factors.terms import Term
from xmixed.session.results import Estimates

if TYPE_CHECKING:
    from xmixed.engine import Evaluation, Fit, Model


@dataclass(frozen=True, slots=True, eq=False)
class FittedSample:
    """A fitted model on its estimation sample.

    Attributes
    ----------
    result : MixedResult
    specification : MixedSpecification
    model : engine.Model
    evaluation : engine.Evaluation
        The model at the estimates.
    places : dict
        Our equation of each (level, equation) of the engine, which counts from 1.
    order : list of int
        Where each variance parameter of the engine stands in e(b), after the fixed effects.
    """

    result: MixedResult
    specification: MixedSpecification
    model: Model
    evaluation: Evaluation
    places: dict[tuple[int, int], int]
    order: list[int]


@dataclass(frozen=True, slots=True, eq=False)
class EquationEffects:
    """The random effects of one equation.

    Attributes
    ----------
    means, errors : ndarray, shape (q, G)
        Best linear unbiased predictors and their standard errors, by group.
    codes : ndarray of int, shape (n,)
        Group of each observation of the estimation sample.
    """

    means: np.ndarray
    errors: np.ndarray
    codes: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class RowEffects:
    """The random effects on some rows.

    Attributes
    ----------
    rows : ndarray of bool, shape (all observations,)
        Those that have what is needed, their groups in the estimation sample unless `row_effects` keeps all.
    groups : dict of ndarray, shape (number of rows,)
        Group of each row, by place of the equation; -1 for one outside the sample.
    columns : dict of tuple of Column
        Columns of Z over the rows, by place of the equation.
    """

    rows: np.ndarray
    groups: dict[int, np.ndarray]
    columns: dict[int, tuple[Column, ...]]


def fitted_sample(estimates: Estimates, context: Context) -> FittedSample:
    """Return the model on its estimation sample, at the estimates.

    Raises
    ------
    StataError
        r(498) where the sample is gone; r(459) where its data have changed.
    """
    result: MixedResult = estimates.payload
    rows = sample_rows(context, estimates.mark)
    if result.resolved is None:
        raise StataError(498, "e(sample) information not available")
    check_variables(result, context)
    specification, problem = _prepared(estimates, context)
    if specification is None:
        specification = specify(result.resolved, context, rows)
        if not np.array_equal(specification.rows, rows):
            raise StataError(459, "data have changed since estimation")
    return fitted_on(result, specification, problem)


def fitted_on(result: MixedResult, specification: MixedSpecification, problem: object = None) -> FittedSample:
    """Return a fitted model on what it was fitted to, at the estimates; r(459) where that is another one.

    `problem` is what the fit has prepared, where that was kept.
    """
    from xmixed import engine

    model, places = engine_model(specification)
    equations = specification.description.equations
    by_name = {parameter.name: place for place, parameter in enumerate(result.parameters)}
    names = [variance_parameter(item, places, equations).name for item in engine.parameters_of(model)]
    if len(names) != len(by_name) or not by_name.keys() >= set(names):
        raise StataError(459, "data have changed since estimation")
    order = [by_name[name] for name in names]
    try:
        evaluation = engine.evaluate(model, result.estimates[order], problem)
    except engine.EngineError as error:
        raise as_stata_error(error) from error
    return FittedSample(result, specification, model, evaluation, places, order)


MOST_KEPT = 2**28
"""Bytes of columns up to which what fits have prepared is kept for predictions, of all estimates together."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedSample:
    """What a fit has made of the data.

    Attributes
    ----------
    specification : MixedSpecification
    problem : object
        See `engine.Fit.prepared`.
    columns : tuple of ndarray
        What it was made from.
    size : int
        Bytes of the model's columns; what was made of them takes no more where groups have some rows each.
    """

    specification: MixedSpecification
    problem: object
    columns: tuple[np.ndarray, ...]
    size: int


def keep_prepared(
    estimates: Estimates, specification: MixedSpecification, fit: Fit, context: Context
) -> None:
    """Keep what a fit has prepared, where it serves predictions and is no burden."""
    columns = len(specification.fixed) + sum(len(own) for own in specification.effects) + 1
    size = columns * specification.y.nbytes
    if fit.prepared is None or size > MOST_KEPT:
        return
    sources = columns_of(estimates, context)
    if sources:
        estimates.prepared = PreparedSample(specification, fit.prepared, sources, size)


def _prepared(estimates: Estimates, context: Context) -> tuple[MixedSpecification | None, object]:
    """Return what the fit has prepared, where the data are still the same."""
    kept = estimates.prepared
    if isinstance(kept, PreparedSample) and same_columns(kept.columns, columns_of(estimates, context)):
        return kept.specification, kept.problem
    return None, None


def same_columns(first: tuple[np.ndarray, ...], second: tuple[np.ndarray, ...]) -> bool:
    """Return whether columns are the same objects: they never change."""
    if not first or len(first) != len(second):
        return False
    return all(a is b for a, b in zip(first, second, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class SampleEffects:
    """The random effects of a fitted model.

    Attributes
    ----------
    result : MixedResult
    rows : ndarray of bool, shape (all observations,)
        The estimation sample.
    effects : dict
        Those of each equation, by its place in the model's description.
    columns : tuple of ndarray
        What they were computed from: columns never change, so the same ones have the same effects.
    """

    result: MixedResult
    rows: np.ndarray
    effects: dict[int, EquationEffects]
    columns: tuple[np.ndarray, ...]


def sample_effects(estimates: Estimates, context: Context) -> SampleEffects:
    """Return the random effects; as they were where the data have not changed since the last prediction.

    Raises
    ------
    StataError
        As `fitted_sample`.
    """
    columns = columns_of(estimates, context)
    kept = estimates.kept
    if isinstance(kept, SampleEffects) and same_columns(kept.columns, columns):
        return kept
    fitted = fitted_sample(estimates, context)
    made = SampleEffects(fitted.result, fitted.specification.rows, equation_effects(fitted), columns)
    if columns:
        estimates.kept = made
    return made


def columns_of(estimates: Estimates, context: Context) -> tuple[np.ndarray, ...]:
    """Return all columns that a model depends on; () where it depends on more: weights, the order in time."""
    result: MixedResult = estimates.payload
    resolved, rows = result.resolved, context.data.marks.get(estimates.mark)
    if resolved is None or rows is None or resolved.weights is not None or resolved.depvar[1]:
        return ()
    parts = [part for equation in resolved.equations for term in equation.effects for part in term.parts]
    operands = [operand for term in resolved.terms for operand in term.operands]
    if any(item.time_series for item in (*parts, *operands)):
        return ()
    names = [name for name in variables_of(resolved) if name]
    if any(name not in context.data for name in names):
        return ()
    return (rows, *(context.data[name].values for name in names))


def check_variables(result: MixedResult, context: Context) -> None:
    """Refuse a model whose variables are gone, r(111)."""
    assert result.resolved is not None
    for name in variables_of(result.resolved):
        if name and name not in context.data:
            raise StataError(111, f"variable {name} not found")


def variables_of(resolved: ResolvedMixed) -> list[str]:
    """Return the variables of a model, "" among them."""
    names = [resolved.depvar[0], resolved.cluster, resolved.residuals.by, resolved.residuals.time]
    names += [operand.variable for term in resolved.terms for operand in term.operands]
    for equation in resolved.equations:
        names += ["" if equation.level == ALL else equation.level, equation.factor]
        names += [part.variable for term in equation.effects for part in term.parts]
    return names


def equation_effects(fitted: FittedSample) -> dict[int, EquationEffects]:
    """Return the effects of every equation, by its place in the model's description."""
    found = {}
    by_level = fitted.evaluation.effects()
    for number, (level, effects) in enumerate(zip(fitted.model.levels, by_level, strict=True), 1):
        first, errors = 0, effects.standard_errors
        for i, equation in enumerate(level.equations, 1):
            own = slice(first, first + len(equation.columns))
            first = own.stop
            place = fitted.places[number, i]
            found[place] = EquationEffects(effects.means[own], errors[own], level.groups)
    return found


CONSTANT_TERM = Term(())


def effect_terms(names: Sequence[str], effects: Sequence[Term]) -> list[Term]:
    """Return the terms of the effects that stayed in the model, the constant at the end."""
    by_name = {term.name: term for term in effects}
    return [by_name.get(name, CONSTANT_TERM) for name in names]


def row_effects(
    sample_of: SampleEffects,
    effects: dict[int, EquationEffects],
    context: Context,
    rows: np.ndarray,
    with_columns: bool,
    known_only: bool = True,
) -> RowEffects:
    """Find the groups of equations, and on demand Z, on rows of the data.

    Parameters
    ----------
    effects : dict
        The equations wanted, by place in the model's description.
    rows : ndarray of bool, shape (all observations,)
    known_only : bool
        Whether rows leave whose group is not in the estimation sample.
    """
    assert sample_of.result.resolved is not None
    equations, in_sample = sample_of.result.description.equations, sample_of.rows
    needed = tuple(
        equation if place in effects else replace(equation, factor="", effects=())
        for place, equation in enumerate(sample_of.result.resolved.equations[: max(effects) + 1])
    )
    sample = SampleColumns(context, rows | in_sample)
    for equation in needed:
        if equation.level != ALL:
            sample.add_level(equation.level)
        if equation.factor:
            sample.add_level(equation.factor)
    terms = {
        place: effect_terms(equations[place].effects, needed[place].effects)
        for place in effects
        if not needed[place].factor
    }
    if with_columns:
        for part in (part for own in terms.values() for term in own for part in term.parts):
            sample.add(part.variable, part.time_series, "random-effects covariates")
    levels = group_levels(needed, sample, sample.close())
    factors = factor_groups(needed, levels, sample)
    inside, known = in_sample[sample.rows], rows[sample.rows]
    groups: dict[int, np.ndarray] = {}
    for place, own in effects.items():
        level = factors[place] or levels[equations[place].level_number - 1]
        of_fit = np.full(level.n_groups, -1, dtype=np.int64)
        of_fit[level.codes[inside]] = own.codes
        groups[place] = of_fit[level.codes]
        if known_only:
            known = known & (groups[place] >= 0)
    final = np.zeros(len(rows), dtype=bool)
    final[np.flatnonzero(sample.rows)[known]] = True
    columns: dict[int, tuple[Column, ...]] = {}
    if with_columns:
        for place in effects:
            columns[place] = tuple(
                column(term, sample.values)[known] if term.parts else None
                for term in terms.get(place, (CONSTANT_TERM,))
            )
    return RowEffects(final, {place: codes[known] for place, codes in groups.items()}, columns)
