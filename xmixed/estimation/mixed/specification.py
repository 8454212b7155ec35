"""From a resolved model to what is fitted: sample, columns, group codes, what is omitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.model import (
    Clusters,
    Column,
    GroupLevel,
    LevelSummary,
    MixedDescription,
    MixedSpecification,
    RandomEquationSummary,
)
from xmixed.estimation.mixed.request import ResolvedEquation, ResolvedMixed
from xmixed.estimation.mixed.residuals import residual_part
from xmixed.estimation.mixed.resolve import ALL
from xmixed.estimation.mixed.robust import find_clusters
from xmixed.estimation.mixed.weights import TypedWeights, evaluate_weights, expanded_counts, sample_weights
from xmixed.estimation.sample import SampleColumns, notes_of_empty
from xmixed.expressions.context import Context
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.statistics.grouping import factorise, nested_codes


def specify(resolved: ResolvedMixed, context: Context, rows: np.ndarray) -> MixedSpecification:
    """Return what is to be fitted: the columns and group codes of a resolved model on some rows of the data.

    Parameters
    ----------
    rows : ndarray of bool, shape (n,)
        Observations that may be used; those with missing values are left out.

    Raises
    ------
    StataError
        r(109) strings where numbers are needed; r(198) levels out of order; r(401), r(402), r(452), r(459);
        r(2000); what `residual_part` raises.
    """
    sample = SampleColumns(context, rows)
    _add_columns(sample, resolved)
    typed = None if resolved.weights is None else evaluate_weights(resolved.weights, sample)
    n = _close(sample, resolved, typed)
    notes = list(resolved.notes)
    terms, columns = _fixed_part(resolved.terms, resolved.constant, sample, notes)
    equations = resolved.equations
    levels = group_levels(equations, sample, n)
    described, effects = _random_part(equations, sample, notes)
    factors = factor_groups(equations, levels, sample)
    described = _without_lone_structures(described, factors, levels)
    lowest = (levels[-1].codes, levels[-1].n_groups) if levels else None
    residuals = residual_part(resolved.residuals, lowest, sample, n)
    has_groups = residuals.summary is not None or any(equation.effects for equation in described)
    names = list(resolved.levels)
    weights = sample_weights(typed, names, levels, sample.rows)
    clusters = _clusters(resolved, sample, levels, n)
    n_obs, sizes = expanded_counts(weights, levels, n)
    summaries = tuple(LevelSummary(name, *size) for name, size in zip(names, sizes, strict=True))
    description = MixedDescription(
        resolved.depvar_name,
        terms,
        described,
        summaries if has_groups else (),
        resolved.method,
        n_obs,
        residuals.summary,
        clusters is not None,
    )
    return MixedSpecification(
        description,
        sample.values(*resolved.depvar),
        columns,
        effects,
        factors,
        levels,
        sample.rows,
        tuple(notes),
        residuals.model,
        weights,
        clusters,
        resolved,
    )


def _close(sample: SampleColumns, resolved: ResolvedMixed, typed: TypedWeights | None) -> int:
    """Settle the rows and return how many they are; r(2000) for none, r(402) for negative weights."""
    if resolved.cluster:
        sample.add_level(resolved.cluster)
    n = sample.close()
    if n == 0:
        raise StataError(2000, "no observations")
    if typed is not None:
        typed.check(sample.rows)
    return n


def _clusters(
    resolved: ResolvedMixed, sample: SampleColumns, levels: tuple[GroupLevel, ...], n: int
) -> Clusters | None:
    if resolved.vce == "oim":
        return None
    values = sample.level(resolved.cluster) if resolved.cluster else None
    return find_clusters(resolved.vce, resolved.cluster, values, list(resolved.levels), levels, n)


def _add_columns(sample: SampleColumns, resolved: ResolvedMixed) -> None:
    sample.add(*resolved.depvar, "dependent variable")
    sample.add_terms(resolved.terms)
    for equation in resolved.equations:
        if equation.level != ALL:
            sample.add_level(equation.level)
        if equation.factor:
            sample.add_level(equation.factor)
        for part in (part for term in equation.effects for part in term.parts):
            sample.add(part.variable, part.time_series, "random-effects covariates")
    resolved.residuals.add_columns(sample)


# --- fixed part ---------------------------------------------------------------------------------------


def _fixed_part(
    terms: Sequence[ResolvedTerm], constant: bool, sample: SampleColumns, notes: list[str]
) -> tuple[tuple[Term, ...], tuple[Column, ...]]:
    """Return all terms with their final status and the columns of those that are estimated."""
    expanded = expand(terms, sample.values)
    notes.extend(notes_of_empty(expanded))
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
    from xmixed.engine import NonFiniteData, find_omitted

    try:
        return [bool(gone) for gone in find_omitted(tuple(columns))]
    except NonFiniteData:
        raise StataError(1400, "numerical overflow") from None


# --- random part --------------------------------------------------------------------------------------


def _random_part(
    equations: Sequence[ResolvedEquation], sample: SampleColumns, notes: list[str]
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
        names = [term.name for term in equation.effects]
        columns: list[Column] = [column(term, sample.values) for term in equation.effects]
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


def group_levels(
    equations: Sequence[ResolvedEquation], sample: SampleColumns, n: int
) -> tuple[GroupLevel, ...]:
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


def _without_lone_structures(
    described: Sequence[RandomEquationSummary],
    factors: Sequence[GroupLevel | None],
    levels: Sequence[GroupLevel],
) -> tuple[RandomEquationSummary, ...]:
    return tuple(
        replace(summary, structure="identity") if _is_lone(summary, factor, levels) else summary
        for summary, factor in zip(described, factors, strict=True)
    )


def _is_lone(summary: RandomEquationSummary, factor: GroupLevel | None, levels: Sequence[GroupLevel]) -> bool:
    """Return whether a factor has one value in each group, so that there are no two to be correlated."""
    return factor is not None and factor.n_groups == levels[summary.level_number - 1].n_groups


def factor_groups(
    equations: Sequence[ResolvedEquation], levels: Sequence[GroupLevel], sample: SampleColumns
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
