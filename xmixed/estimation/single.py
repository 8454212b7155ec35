"""The sample of a one-equation estimation command: `depvar indepvars [if] [in] [weight], vce()`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.linear.variance import Clusters, Weighting
from xmixed.estimation.sample import SampleColumns, notes_of_empty, resolve_one, resolve_terms
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Command, Pattern, Weight
from xmixed.language.nodes.estimators import MixedCommand, VarianceEstimator
from xmixed.missing import is_missing
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.blocks import Column

WEIGHT_NAMES = {
    "fweight": "frequency",
    "aweight": "analytic",
    "pweight": "sampling",
    "iweight": "importance",
}
UNWEIGHTED_SUM = frozenset({"fweight"})
"""Kinds whose sum of weights is not shown: it is the number of observations."""


@dataclass(frozen=True, slots=True)
class Variance:
    """What `vce()`, `robust` and `cluster()` ask for: the kind, and the variable of `cluster`."""

    kind: str
    cluster: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SingleSample:
    """The rows and columns of a model with one set of covariates.

    Attributes
    ----------
    depvar : str
        With its time-series operator.
    terms : tuple of Term
        Covariates as they will stand in e(b), those that collinearity omits not yet marked, and the
        constant, last, unless it is suppressed.
    y : ndarray, shape (n,)
    columns : tuple of Column
        Of the terms without a status; None is the constant.
    rows : ndarray of bool
        The sample over the observations of the data.
    weighting : Weighting or None
    weight_text : str
        As typed.
    variance : Variance
    clusters : Clusters or None
    others : dict of name to ndarray
        Further variables over the sample.
    notes : tuple of str
        Lines to print before the results.
    """

    depvar: str
    terms: tuple[Term, ...]
    y: np.ndarray
    columns: tuple[Column, ...]
    rows: np.ndarray
    weighting: Weighting | None
    weight_text: str
    variance: Variance
    clusters: Clusters | None
    others: dict[str, np.ndarray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def places(self) -> list[int]:
        """Where the columns stand among the terms."""
        return [place for place, term in enumerate(self.terms) if not term.status]

    def settled(self, omitted: Sequence[bool] | np.ndarray) -> SingleSample:
        """Mark the terms whose columns are omitted because of collinearity, and say so in the notes.

        The columns stay; `kept` gives those that are left.
        """
        terms, notes = list(self.terms), list(self.notes)
        for place, gone in zip(self.places, omitted, strict=True):
            if gone:
                notes.append(f"note: {terms[place].without_marks()} omitted because of collinearity")
                terms[place] = replace(terms[place], status="omitted")
        kept = tuple(own for own, gone in zip(self.columns, omitted, strict=True) if not gone)
        return replace(self, terms=tuple(terms), columns=kept, notes=tuple(notes))

    def restricted(self, kept: np.ndarray) -> SingleSample:
        """Return the sample with only some of its rows; `kept` is bool, shape (n,)."""
        rows = self.rows.copy()
        rows[self.rows] = kept
        weighting, clusters = self.weighting, self.clusters
        return replace(
            self,
            y=self.y[kept],
            columns=tuple(None if column is None else column[kept] for column in self.columns),
            rows=rows,
            weighting=None if weighting is None else Weighting(weighting.kind, weighting.values[kept]),
            clusters=None if clusters is None else _restricted_clusters(clusters, kept),
            others={name: values[kept] for name, values in self.others.items()},
        )


def _restricted_clusters(clusters: Clusters, kept: np.ndarray) -> Clusters:
    own = factorise(clusters.codes[kept])
    return Clusters(own.codes, len(own.levels))


def weight_macros(sample: SingleSample) -> dict[str, str]:
    """Return e(wtype) and e(wexp)."""
    if sample.weighting is None:
        return {}
    return {"wtype": sample.weighting.kind, "wexp": f"= {sample.weight_text}"}


def variance_of(
    node: Command | MixedCommand, context: Context, weighted: str, default: str = "ols"
) -> Variance:
    """Return the variance estimator that a command asks for.

    Raises
    ------
    StataError
        r(198) for two of them, or one that sampling weights exclude; r(111).
    """
    vce = node.option("vce")
    cluster: Pattern | None = node.option("cluster")
    given = [name for name in ("vce", "robust", "cluster") if name in node.options]
    if "vce" in given and len(given) > 1:
        raise StataError(198, f"options vce() and {given[1]} may not be combined", node.options["vce"].span)
    if isinstance(vce, VarianceEstimator):
        kind, cluster = vce.kind, vce.cluster
    else:
        kind = "cluster" if cluster is not None else "robust" if node.option("robust") else default
    if weighted == "pweight" and kind in ("ols", "oim", "conventional"):
        if isinstance(vce, VarianceEstimator):
            raise StataError(198, f"vce({kind}) not allowed with pweights", vce.span)
        kind = "robust"
    name = "" if cluster is None else resolve_name(Pattern(cluster.text, "", cluster.span), context.data)
    return Variance(kind, name)


def specify(
    node: Command,
    context: Context,
    constant: bool = True,
    default: str = "ols",
    assumed: str = "aweight",
    groups: Sequence[str] = (),
    others: Sequence[str] = (),
) -> SingleSample:
    """Return the sample of a command whose argument is `depvar indepvars`.

    Parameters
    ----------
    constant : bool
        Whether the model has one.
    default : str
        Kind of variance when nothing is said.
    assumed : str
        What `[w=exp]` means.
    groups : sequence of str
        Grouping variables, numeric or string, whose missing values leave the sample.
    others : sequence of str
        Further numeric variables (offset, exposure).

    Raises
    ------
    StataError
        r(100), r(111), r(109), r(101) for names; r(401), r(402) for weights; r(452); r(2000), r(198).
    """
    depvar, series, terms = resolved_terms(node, context)
    sample = SampleColumns(context, select_rows(node.condition, node.in_range, context))
    sample.add(depvar, series, "dependent variable")
    sample.add_terms(terms)
    closed = close_sample(node, sample, default, assumed, groups, others)
    expanded = expand(terms, sample.values)
    columns: list[Column] = [column(term, sample.values) for term in expanded if not term.status]
    return closed.single(
        f"{series}.{depvar}" if series else depvar,
        (*expanded, Term(())) if constant else tuple(expanded),
        sample.values(depvar, series),
        (*columns, None) if constant else tuple(columns),
        (*closed.notes, *notes_of_empty(expanded)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class ClosedSample:
    """What a command's sample has besides its equations; for the attributes see `SingleSample`."""

    rows: np.ndarray
    weighting: Weighting | None
    weight_text: str
    variance: Variance
    clusters: Clusters | None
    others: dict[str, np.ndarray]
    notes: tuple[str, ...]

    def single(
        self,
        depvar: str,
        terms: tuple[Term, ...],
        y: np.ndarray,
        columns: tuple[Column, ...],
        notes: tuple[str, ...],
    ) -> SingleSample:
        """Return the sample with one equation over its rows."""
        weights = self.weighting, self.weight_text
        return SingleSample(
            depvar, terms, y, columns, self.rows, *weights, self.variance, self.clusters, self.others, notes
        )


def close_sample(
    node: Command,
    sample: SampleColumns,
    default: str,
    assumed: str,
    groups: Sequence[str] = (),
    others: Sequence[str] = (),
) -> ClosedSample:
    """Close a sample that has its equations' variables: others, weights, groups and clusters come to them.

    Parameters and failures are those of `specify`.
    """
    for name in others:
        sample.add(name, "", "covariates")
    kind, values, notes = weights_over(node.weight, sample.context, sample, assumed)
    variance = variance_of(node, sample.context, kind, default)
    for name in (*groups, *([variance.cluster] if variance.cluster else [])):
        sample.add_level(name)
    if sample.close() == 0:
        raise StataError(2000, "no observations")
    weighting = weighting_of(node.weight, kind, values, sample, notes)
    return ClosedSample(
        sample.rows,
        weighting,
        node.weight.text if node.weight is not None else "",
        variance,
        clusters_of(variance, sample),
        {name: sample.level(name) for name in groups} | {name: sample.values(name) for name in others},
        tuple(notes),
    )


def resolved_terms(node: Command, context: Context) -> tuple[str, str, Sequence[ResolvedTerm]]:
    """Return the dependent variable, its time-series operator, and the terms of the covariates.

    Raises
    ------
    StataError
        r(100), r(111), r(198) for names.
    """
    items = node.argument
    if not items:
        raise StataError(100, "varlist required")
    if not isinstance(items[0], Pattern):
        raise StataError(198, "depvar may not be a factor variable", getattr(items[0], "span", None))
    return *resolve_one(items[0], context), resolve_terms(items[1:], context)


def weighting_of(
    weight: Weight | None, kind: str, values: np.ndarray | None, sample: SampleColumns, notes: list[str]
) -> Weighting | None:
    """Return the weights of the sample, checked; their sum goes into the notes."""
    if values is None or weight is None:
        return None
    check_weights(values[sample.rows], kind, weight.span)
    weighting = Weighting(kind, values[sample.rows])
    if kind not in UNWEIGHTED_SUM:
        notes.append(note_of_weights(weighting.values.sum()))
    return weighting


def clusters_of(variance: Variance, sample: SampleColumns) -> Clusters | None:
    if not variance.cluster:
        return None
    own = factorise(sample.level(variance.cluster))
    clusters = Clusters(own.codes, len(own.levels))
    if clusters.count < 2:
        raise StataError(198, "vce(cluster) needs more than one cluster")
    return clusters


def weight_kind(weight: Weight, assumed: str) -> tuple[str, list[str]]:
    """Return the kind of weights and what is to be said of it; `assumed` is what `[w=exp]` means."""
    if weight.kind != "weight":
        return weight.kind, []
    return assumed, [f"({WEIGHT_NAMES[assumed]} weights assumed)"]


def note_of_weights(total: float) -> str:
    """Return the note on the sum of weights that do not count observations."""
    return f"(sum of wgt is {total:12.4e})"


def weights_over(
    weight: Weight | None, context: Context, sample: SampleColumns, assumed: str
) -> tuple[str, np.ndarray | None, list[str]]:
    """Return kind and values over all observations, and notes; rows without a weight leave the sample."""
    if weight is None:
        return "", None, []
    kind, notes = weight_kind(weight, assumed)
    values, text = evaluate_column(weight.expression, context)
    if text:
        raise StataError(109, "type mismatch", weight.span)
    sample.rows = sample.rows & ~is_missing(values) & (values != 0)
    return kind, values, notes
