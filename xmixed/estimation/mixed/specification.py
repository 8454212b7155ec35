"""From a resolved model to what is fitted: sample, columns, group codes, what is omitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.mixed.model import (
    Clusters,
    Column,
    GroupLevel,
    LevelSample,
    LevelSummary,
    MixedDescription,
    MixedSample,
    MixedSpecification,
    MixedWeights,
    RandomEquationSummary,
)
from xmixed.estimation.mixed.request import ResolvedEquation, ResolvedMixed
from xmixed.estimation.mixed.residuals import residual_part
from xmixed.estimation.mixed.resolve import ALL
from xmixed.estimation.mixed.robust import find_clusters
from xmixed.estimation.mixed.weights import TypedWeights, evaluate_weights, expanded_counts, sample_weights
from xmixed.estimation.sample import SampleColumns, notes_of_empty
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Part, ResolvedTerm, Term
from xmixed.statistics.grouping import factorise, nested_codes

if TYPE_CHECKING:
    from xmixed.engine import Cells


def specify(resolved: ResolvedMixed, context: Context, rows: np.ndarray) -> MixedSpecification:
    """Return what is to be fitted: the columns and group codes of a resolved model on some rows of the data.

    Parameters
    ----------
    rows : ndarray of bool, shape (n,)
        Observations that may be used; those with missing values are left out.

    Raises
    ------
    StataError
        See `specification_of`.
    """
    return specification_of(resolved, RowSample(context, rows))


class RowSample(SampleColumns):
    """See `MixedSample`: rows are observations."""

    _typed: TypedWeights | None = None

    def begin(self, resolved: ResolvedMixed) -> int:
        """See `MixedSample`."""
        if resolved.weights is not None:
            self._typed = evaluate_weights(resolved.weights, self)
        n = self.close()
        if n and self._typed is not None:
            self._typed.check(self.rows)
        return n

    def weights(self, names: Sequence[str], levels: Sequence[GroupLevel]) -> MixedWeights | None:
        """See `MixedSample`."""
        return sample_weights(self._typed, names, levels, self.rows)

    def taken(self, terms: Sequence[Term]) -> None:
        """See `MixedSample`."""

    @property
    def observations(self) -> np.ndarray:
        """See `MixedSample`."""
        return np.ones(self.size)

    @property
    def cells(self) -> Cells | None:
        """See `MixedSample`."""
        return None


def specification_of(resolved: ResolvedMixed, sample: MixedSample) -> MixedSpecification:
    """Return what is to be fitted: the columns and group codes of a resolved model on a sample.

    Raises
    ------
    StataError
        r(109) strings where numbers are needed; r(198) levels out of order; r(401), r(402), r(452), r(459);
        r(2000); what `residual_part` raises.
    """
    _add_columns(sample, resolved)
    if sample.begin(resolved) == 0:
        raise StataError(2000, "no observations")
    notes = list(resolved.notes)
    terms, fixed = _fixed_part(resolved.terms, resolved.constant, sample, notes)
    equations = resolved.equations
    described, effects = _random_part(equations, sample, notes)
    levels = group_levels(equations, sample, sample.size)
    factors = factor_groups(equations, levels, sample)
    described = _without_lone_structures(described, factors, levels)
    lowest = (levels[-1].codes, levels[-1].n_groups) if levels else None
    residuals = residual_part(resolved.residuals, lowest, sample, sample.size)
    has_groups = residuals.summary is not None or any(equation.effects for equation in described)
    names = list(resolved.levels)
    weights = sample.weights(names, levels)
    clusters = _clusters(resolved, sample, levels, sample.size)
    n_obs, sizes = expanded_counts(weights, levels, sample.observations)
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
        sample.column(Term((Part(*resolved.depvar),))),
        _columns(fixed, sample),
        tuple(_columns(own, sample) for own in effects),
        factors,
        levels,
        sample.rows,
        tuple(notes),
        residuals.model,
        weights,
        clusters,
        resolved,
        sample.cells,
        sample.taken(fixed),
    )


def _columns(terms: Sequence[Term], sample: MixedSample) -> tuple[Column, ...]:
    return tuple(sample.column(term) if term.parts else None for term in terms)


def _clusters(
    resolved: ResolvedMixed, sample: MixedSample, levels: tuple[GroupLevel, ...], n: int
) -> Clusters | None:
    if resolved.vce == "oim":
        return None
    values = sample.level(resolved.cluster) if resolved.cluster else None
    return find_clusters(resolved.vce, resolved.cluster, values, list(resolved.levels), levels, n)


def _add_columns(sample: MixedSample, resolved: ResolvedMixed) -> None:
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
    if resolved.cluster:
        sample.add_level(resolved.cluster)


# --- fixed part ---------------------------------------------------------------------------------------


def _fixed_part(
    terms: Sequence[ResolvedTerm], constant: bool, sample: MixedSample, notes: list[str]
) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Return all terms with their final status, and those that are estimated, the constant last."""
    expanded = sample.expanded(terms)
    notes.extend(notes_of_empty(expanded))
    wanted = [place for place, term in enumerate(expanded) if not term.status]
    omitted = sample.omitted([expanded[place] for place in wanted], constant)
    final = list(expanded)
    for place, gone in zip(wanted, omitted, strict=True):
        if gone:
            notes.append(f"note: {final[place].without_marks()} omitted because of collinearity")
            final[place] = replace(final[place], status="omitted")
    if constant:
        final.append(Term(()))
    return tuple(final), tuple(term for term in final if not term.status)


# --- random part --------------------------------------------------------------------------------------


def _random_part(
    equations: Sequence[ResolvedEquation], sample: MixedSample, notes: list[str]
) -> tuple[tuple[RandomEquationSummary, ...], tuple[tuple[Term, ...], ...]]:
    """Return descriptions and terms of the equations, collinear covariates left out."""
    described, all_terms = [], []
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
            all_terms.append((Term(()),))
            continue
        effects = list(equation.effects)
        if effects and not equation.collinear:
            omitted = sample.omitted(effects, equation.constant)
            notes.extend(
                f"note: {term.name} omitted because of collinearity"
                for term, gone in zip(effects, omitted, strict=True)
                if gone
            )
            effects = [term for term, gone in zip(effects, omitted, strict=True) if not gone]
        if equation.constant:
            effects.append(Term(()))
        names = [term.name for term in effects]
        structure = "identity" if len(names) == 1 else equation.structure
        described.append(
            RandomEquationSummary(equation.level, level_number, equation_number, structure, tuple(names))
        )
        all_terms.append(tuple(effects))
    return tuple(described), tuple(all_terms)


def group_levels(
    equations: Sequence[ResolvedEquation], sample: LevelSample, n: int
) -> tuple[GroupLevel, ...]:
    """Return the nested codes of each distinct level, highest first."""
    levels: list[GroupLevel] = []
    codes, n_groups = np.zeros(n, dtype=np.int64), 1
    for name in dict.fromkeys(equation.level for equation in equations):
        if name != ALL:
            codes, n_groups = nested_codes(codes, n_groups, sample.groups(name))
        elif n_groups != 1:
            raise StataError(
                198,
                "_all must be the highest level",
                hint="levels go from the highest down; _all, which holds all groups, comes first",
            )
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
    equations: Sequence[ResolvedEquation], levels: Sequence[GroupLevel], sample: LevelSample
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
