"""From the parsed xtmixed command to its specification: sample, columns, group codes, what is omitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.model import (
    Column,
    GroupLevel,
    LevelSummary,
    MixedDescription,
    MixedSpecification,
    RandomEquationSummary,
)
from xmixed.estimation.mixed.residuals import residual_part, residual_request
from xmixed.estimation.mixed.robust import cluster_variable, find_clusters, variance_kind
from xmixed.estimation.mixed.weights import expanded_counts, read_weights, sample_weights
from xmixed.estimation.sample import SampleColumns, resolve_one, resolve_plain, resolve_terms
from xmixed.expressions.context import Context
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Interaction, MixedCommand, RandomEquation
from xmixed.statistics.grouping import factorise, nested_codes

if TYPE_CHECKING:
    pass

ALL = "_all"
"""The level of one group with all observations."""


@dataclass(frozen=True, slots=True)
class _Equation:
    """A random-effects equation with its names resolved, before columns are known."""

    level: str
    effects: tuple[tuple[str, str], ...]
    constant: bool
    structure: str
    collinear: bool
    factor: str = ""


def specify(node: MixedCommand, context: Context, method: str) -> MixedSpecification:
    """Return the specification of an estimation command.

    Raises
    ------
    StataError
        r(111) unknown names; r(109) strings where numbers are needed; r(101) factor variables in a
        random-effects equation; r(198) what is not built, levels out of order; r(452); r(2000); what
        `residual_request` and `residual_part` raise.
    """
    assert node.fixed is not None
    fixed = node.fixed
    depvar, depvar_series = resolve_one(fixed.depvar, context)
    terms = resolve_terms(fixed.varlist, context)
    equations = _resolve_equations(node.random, context)
    request = residual_request(node, context)
    sample = SampleColumns(context, select_rows(fixed.condition, fixed.in_range, context))
    sample.add(depvar, depvar_series, "dependent variable")
    _add_columns(sample, terms, equations)
    request.add_columns(sample)
    correlated = request.form.correlated
    typed = read_weights(node, [equation.level for equation in equations], context, sample, correlated)
    kind = variance_kind(node, typed is not None and typed.kind == "pweight")
    cluster = cluster_variable(node, context)
    if cluster:
        sample.add_level(cluster)
    n = sample.close()
    if n == 0:
        raise StataError(2000, "no observations")
    if typed is not None:
        typed.check(sample.rows)
    notes = [note for note in (typed.note if typed is not None else "", request.note) if note]
    all_terms, columns = _fixed_part(terms, "noconstant" not in fixed.options, sample, notes)
    levels = _group_levels(equations, sample, n)
    names = list(dict.fromkeys(equation.level for equation in equations))
    described, effects = _random_part(equations, sample, notes)
    factors = _factor_groups(equations, levels, sample)
    described = tuple(
        replace(summary, structure="identity") if _is_lone(summary, factor, levels) else summary
        for summary, factor in zip(described, factors, strict=True)
    )
    series = f"{depvar_series}." if depvar_series else ""
    lowest = (levels[-1].codes, levels[-1].n_groups) if levels else None
    residuals = residual_part(request, lowest, sample, n)
    has_groups = residuals.summary is not None or any(equation.effects for equation in described)
    weights = sample_weights(typed, names, levels, sample.rows)
    clusters = None
    if kind != "oim":
        values = sample.level(cluster) if cluster else None
        clusters = find_clusters(kind, cluster, values, names, levels, n)
    n_obs, sizes = expanded_counts(weights, levels, n)
    summaries = tuple(LevelSummary(name, *size) for name, size in zip(names, sizes, strict=True))
    description = MixedDescription(
        series + depvar,
        all_terms,
        described,
        summaries if has_groups else (),
        method,
        n_obs,
        residuals.summary,
        clusters is not None,
    )
    y = sample.values(depvar, depvar_series)
    return MixedSpecification(
        description,
        y,
        columns,
        effects,
        factors,
        levels,
        sample.rows,
        tuple(notes),
        residuals.model,
        weights,
        clusters,
    )


def _add_columns(
    sample: SampleColumns, terms: Sequence[ResolvedTerm], equations: Sequence[_Equation]
) -> None:
    for term in terms:
        for operand in term.operands:
            role = "covariates" if operand.operator.continuous else "factor variables"
            sample.add(operand.variable, operand.time_series, role)
    for equation in equations:
        if equation.level != ALL:
            sample.add_level(equation.level)
        if equation.factor:
            sample.add_level(equation.factor)
        for variable, series in equation.effects:
            sample.add(variable, series, "random-effects covariates")


# --- fixed part ---------------------------------------------------------------------------------------


def _fixed_part(
    terms: Sequence[ResolvedTerm], constant: bool, sample: SampleColumns, notes: list[str]
) -> tuple[tuple[Term, ...], tuple[Column, ...]]:
    """Return all terms with their final status and the columns of those that are estimated."""
    expanded = expand(terms, sample.values)
    notes.extend(
        f"note: {term.without_marks()} identifies no observations in the sample"
        for term in expanded
        if term.status == "empty"
    )
    wanted = [place for place, term in enumerate(expanded) if not term.status]
    columns: list[Column] = [column(expanded[place], sample.values) for place in wanted]
    omitted = _collinear(([None] if constant else []) + columns)[1 if constant else 0 :]
    final = list(expanded)
    for place, gone in zip(wanted, omitted, strict=True):
        if gone:
            notes.append(f"note: {final[place].without_marks()} omitted because of collinearity")
            final[place] = replace(final[place], status="omitted")
    kept = [values for values, gone in zip(columns, omitted, strict=True) if not gone]
    if constant:
        return (*final, Term(())), (*kept, None)
    return tuple(final), tuple(kept)


def _collinear(columns: list[Column]) -> list[bool]:
    """Return which columns are combinations of those before them."""
    if not columns:
        return []
    from xmixed.engine import find_omitted

    return [bool(gone) for gone in find_omitted(tuple(columns))]


# --- random part --------------------------------------------------------------------------------------


def _resolve_equations(random: Sequence[RandomEquation], context: Context) -> tuple[_Equation, ...]:
    levels = [_level_name(equation, context) for equation in random]
    seen: set[str] = set()
    for place, level in enumerate(levels):
        if level in seen and levels[place - 1] != level:
            raise StataError(
                198,
                f"equations of the repeated level {level} must be listed consecutively",
                random[place].span,
            )
        seen.add(level)
    equations = []
    for place, (equation, level) in enumerate(zip(random, levels, strict=True)):
        # The constant stands in the last repeated equation; R.varname has none, so it does not count.
        last_of_level = not any(
            later == level and random[at].factor is None for at, later in enumerate(levels) if at > place
        )
        collinear = "collinear" in equation.options
        if equation.factor is not None:
            factor = resolve_name(equation.factor, context.data)
            equations.append(_Equation(level, (), False, _factor_structure(equation), collinear, factor))
            continue
        constant = last_of_level and "noconstant" not in equation.options
        effects = _effect_names(equation, context)
        structure = (
            equation.options["covariance"].value if "covariance" in equation.options else "independent"
        )
        equations.append(_Equation(level, effects, constant, structure, collinear))
    return tuple(equations)


def _factor_structure(equation: RandomEquation) -> str:
    """Return the structure of `R.varname`: identity by default, exchangeable where it is asked for."""
    option = equation.options.get("covariance")
    if option is None:
        return "identity"
    from xmixed.engine import covariance_structure

    if covariance_structure(option.value, 2).common_variance:
        return option.value
    raise StataError(
        198, "only covariance(identity) and covariance(exchangeable) are allowed with R.varname", option.span
    )


def _level_name(equation: RandomEquation, context: Context) -> str:
    if equation.level.text == ALL:
        return ALL
    return resolve_name(equation.level, context.data)


def _effect_names(equation: RandomEquation, context: Context) -> tuple[tuple[str, str], ...]:
    effects: list[tuple[str, str]] = []
    for item in equation.varlist:
        if isinstance(item, Interaction):
            raise StataError(
                101,
                "factor variables not allowed",
                item.span,
                "(make the variables with generate, or use R.varname for the values of one factor)",
            )
        effects.extend(resolve_plain(item, context))
    return tuple(effects)


def _random_part(
    equations: Sequence[_Equation], sample: SampleColumns, notes: list[str]
) -> tuple[tuple[RandomEquationSummary, ...], tuple[tuple[Column, ...], ...]]:
    """Return descriptions and columns of the equations, collinear covariates left out."""
    described, all_columns = [], []
    level_number, equation_number, previous = 0, 0, ""
    for equation in equations:
        if equation.level != previous:
            level_number, equation_number, previous = level_number + 1, 0, equation.level
        equation_number += 1
        if equation.factor:
            summary = RandomEquationSummary(
                equation.level,
                level_number,
                equation_number,
                equation.structure,
                (f"R.{equation.factor}",),
                len(factorise(sample.level(equation.factor)).levels),
            )
            described.append(summary)
            all_columns.append((None,))
            continue
        names = [f"{series}.{name}" if series else name for name, series in equation.effects]
        columns: list[Column] = [sample.values(name, series) for name, series in equation.effects]
        if columns and not equation.collinear:
            start = 1 if equation.constant else 0
            omitted = _collinear(([None] if equation.constant else []) + columns)[start:]
            notes.extend(
                f"note: {name} omitted because of collinearity"
                for name, gone in zip(names, omitted, strict=True)
                if gone
            )
            names = [name for name, gone in zip(names, omitted, strict=True) if not gone]
            columns = [values for values, gone in zip(columns, omitted, strict=True) if not gone]
        if equation.constant:
            names.append("_cons")
            columns.append(None)
        structure = "identity" if len(names) == 1 else equation.structure
        described.append(
            RandomEquationSummary(equation.level, level_number, equation_number, structure, tuple(names))
        )
        all_columns.append(tuple(columns))
    return tuple(described), tuple(all_columns)


def _group_levels(equations: Sequence[_Equation], sample: SampleColumns, n: int) -> tuple[GroupLevel, ...]:
    """Return the nested codes of each distinct level, highest first."""
    levels: list[GroupLevel] = []
    codes, n_groups = np.zeros(n, dtype=np.int64), 1
    for name in dict.fromkeys(equation.level for equation in equations):
        if name != ALL:
            codes, n_groups = nested_codes(codes, n_groups, factorise(sample.level(name)))
        elif n_groups != 1:
            raise StataError(198, "_all must be the highest level")
        levels.append(GroupLevel(codes, n_groups))
    return tuple(levels)


def _is_lone(summary: RandomEquationSummary, factor: GroupLevel | None, levels: Sequence[GroupLevel]) -> bool:
    """Return whether a factor has one value in each group, so that there are no two to be correlated."""
    return factor is not None and factor.n_groups == levels[summary.level_number - 1].n_groups


def _factor_groups(
    equations: Sequence[_Equation], levels: Sequence[GroupLevel], sample: SampleColumns
) -> tuple[GroupLevel | None, ...]:
    """Return for each equation `level: R.varname` the groups of the factor's values within the level."""
    names = list(dict.fromkeys(equation.level for equation in equations))
    found: list[GroupLevel | None] = []
    for equation in equations:
        if not equation.factor:
            found.append(None)
            continue
        level = levels[names.index(equation.level)]
        own = factorise(sample.level(equation.factor))
        found.append(GroupLevel(*nested_codes(level.codes, level.n_groups, own)))
    return tuple(found)
