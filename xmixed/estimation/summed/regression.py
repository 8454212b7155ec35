"""Linear regression of data by reference: from totals; robust variances by one more query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xmixed.data.reference.fetching import doubles_of
from xmixed.data.reference.model import Reference
from xmixed.errors import StataError
from xmixed.estimation.linear.regression import Regression, regression_of
from xmixed.estimation.linear.variance import Clusters, Weighting
from xmixed.estimation.sample import notes_of_empty
from xmixed.estimation.single import (
    UNWEIGHTED_SUM,
    SingleSample,
    Variance,
    note_of_weights,
    resolved_terms,
    variance_of,
    weight_kind,
)
from xmixed.estimation.summed.leaves import Leaves
from xmixed.estimation.summed.sums import WEIGHT, Totals, deviations, total, totals_of
from xmixed.estimation.summed.weights import check_weight_column
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Part, Term
from xmixed.language.nodes import Command
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares_of_sums
from xmixed.statistics.linear.sandwich import sandwich

_FITTED = 1e-12
"""1 - h of an observation that is fitted exactly: it has no residual to blow up."""


@dataclass(frozen=True, slots=True, eq=False)
class _Design:
    """What the queries are about.

    Attributes
    ----------
    leaves : Leaves
    terms : tuple of p Term
        Covariates, then the outcome.
    centers : (p+1,) array
        Their means, or zeros where there is no constant.
    constant : bool
    kind : str
        Of weights; "" for none.
    scale : float
        What weights are multiplied by: analytic and sampling weights sum to the rows.
    """

    leaves: Leaves
    terms: tuple[Term, ...]
    centers: np.ndarray
    constant: bool
    kind: str
    scale: float

    def residuals(self, slopes: np.ndarray, keys: Sequence[str] = ()) -> Any:
        """The table of deviations with `e`, y less all covariates times their slopes, and weights as `v`."""
        table = deviations(self.leaves, self.terms, self.centers, keys)
        last = len(self.terms) - 1
        e: Any = table[f"d{last}"]
        for place, slope in enumerate(slopes):
            if slope:
                e = e - float(slope) * table[f"d{place}"]
        weight = table[WEIGHT] * self.scale if WEIGHT in table.columns else None
        return table.mutate(e=e) if weight is None else table.mutate(e=e, v=weight)

    def run(self, query: Any) -> dict[str, float]:
        """The one row of a query."""
        return self.leaves.rows.run(query).to_pylist()[0]


def regression_by_sums(
    node: Command, context: Context, rows: Reference, choice: Any, constant: bool, mse1: bool
) -> tuple[Regression, SingleSample]:
    """Fit a linear regression of data by reference; the sample has terms and notes, but no columns.

    `choice` is where `rows` are, over the table of the data.

    Raises
    ------
    StataError
        As `single.specify`; r(1400) overflow; what queries raise.
    """
    depvar, series, resolved = resolved_terms(node, context)
    leaves = Leaves(context, rows)
    leaves.number(depvar, series, "dependent variable")
    leaves.add_terms(resolved)
    kind, notes = weight_kind(node.weight, "aweight") if node.weight is not None else ("", [])
    if node.weight is not None:
        leaves.expression(WEIGHT, node.weight.expression, keeps_zero=False)
    variance = variance_of(node, context, kind, "ols")
    key = leaves.identifier(variance.cluster) if variance.cluster else ""
    if node.weight is not None:
        check_weight_column(leaves, kind, node.weight.span)
    terms = leaves.expanded(resolved)
    columns = (*(term for term in terms if not term.status), Term((Part(depvar),)))
    totals = totals_of(leaves, columns)
    if totals.n == 0:
        raise StataError(2000, "no observations")
    if node.weight is not None and kind not in UNWEIGHTED_SUM:
        notes.append(note_of_weights(totals.weight))
    found, count = _regression(_design(leaves, columns, totals, constant, kind), totals, variance, key, mse1)
    none = np.zeros(0)
    sample = SingleSample(
        depvar,
        (*terms, Term(())) if constant else terms,
        none,
        (*[none] * (len(columns) - 1), *[None] * constant),
        leaves.sample(choice),
        Weighting(kind, none) if kind else None,
        node.weight.text if node.weight is not None else "",
        variance,
        None if count is None else Clusters(none.astype(np.int64), count),
        notes=(*notes, *notes_of_empty(terms)),
    )
    return found, sample


def _regression(
    design: _Design, totals: Totals, variance: Variance, key: str, mse1: bool
) -> tuple[Regression, int | None]:
    """The regression, and the number of clusters where there are any; `key` is their column."""
    fit, n = _fit(design, totals), float(totals.n)
    if design.kind in ("fweight", "iweight"):
        n = totals.weight if design.kind == "fweight" else float(np.trunc(totals.weight))
    robust, count = None, None
    if variance.kind == "cluster":
        robust, count = _clustered(design, fit, n, key)
    elif variance.kind != "ols":
        robust = _robust(design, fit, n, variance.kind)
    extra = _of_analytic_weights(design) if design.kind == "aweight" else 0.0
    constants = [False] * (len(design.terms) - 1) + [True] * design.constant
    return regression_of(fit, constants, n, robust, count, mse1, extra), count


def _design(leaves: Leaves, terms: tuple[Term, ...], totals: Totals, constant: bool, kind: str) -> _Design:
    centers = totals.centers if constant else np.zeros(len(terms))
    scale = totals.n / totals.weight if kind in ("aweight", "pweight") else 1.0
    return _Design(leaves, terms, centers, constant, kind, scale)


def _fit(design: _Design, totals: Totals) -> LeastSquares:
    products = totals.products
    if not design.constant:
        products = products + totals.weight * np.outer(totals.centers, totals.centers)

    def residual_fit(kept: np.ndarray, slopes: np.ndarray) -> tuple[np.ndarray, float]:
        whole = np.zeros(len(design.terms) - 1)
        whole[kept] = slopes
        table = design.residuals(whole)
        own = table["e"] * table["v"] if "v" in table.columns else table["e"]
        wanted = {f"s{place}": total(own * table[f"d{place}"], table) for place in kept}
        row = design.run(table.aggregate(rss=total(own * table["e"], table), **wanted))
        return np.array([row[f"s{place}"] for place in kept], np.float64), float(row["rss"])

    constants = [False] * (len(design.terms) - 1) + [True] * design.constant
    weight = totals.weight * design.scale
    return least_squares_of_sums(constants, products * design.scale, design.centers, weight, residual_fit)


def _columns(design: _Design, table: Any) -> list[Any]:
    """The design's columns, centred, the constant last; None is the constant."""
    found: list[Any] = [table[f"d{place}"] for place in range(len(design.terms) - 1)]
    return [*found, None] if design.constant else found


def _product(*factors: Any) -> Any:
    """The product of expressions, None being one."""
    found: Any = None
    for factor in factors:
        if factor is not None:
            found = factor if found is None else found * factor
    assert found is not None
    return found


def _slopes(design: _Design, fit: LeastSquares) -> np.ndarray:
    return fit.beta[: len(design.terms) - 1]


def _robust(design: _Design, fit: LeastSquares, n: float, kind: str) -> np.ndarray:
    """See `linear.variance.robust_variance`: scores by the centred columns."""
    table = design.residuals(_slopes(design, fit))
    columns, frequencies = _columns(design, table), design.kind == "fweight"
    weight = table["v"] if "v" in table.columns else None
    u: Any = table["e"] if weight is None or frequencies else table["e"] * weight
    factor = n / (n - fit.rank)
    if kind in ("hc2", "hc3"):
        factor = 1.0
        left = 1.0 - _leverage(design, fit, columns, None if frequencies else weight)
        left = _or_one(left)
        u = u / (left.sqrt() if kind == "hc2" else left)
    squares = u * u * weight if frequencies and weight is not None else u * u
    k = len(columns)
    pairs = [(i, j) for i in range(k) for j in range(i + 1)]
    wanted = {f"m{i}_{j}": total(_product(squares, columns[i], columns[j]), table) for i, j in pairs}
    row = design.run(table.aggregate(**wanted))
    meat = np.zeros((k, k))
    for i, j in pairs:
        meat[i, j] = meat[j, i] = row[f"m{i}_{j}"]
    return sandwich(fit.centred, meat, factor)


def _or_one(left: Any) -> Any:
    import ibis

    return ibis.cases((left > _FITTED, left), else_=1.0)


def _leverage(design: _Design, fit: LeastSquares, columns: list[Any], weight: Any) -> Any:
    """x'(X'WX)^-1 x of every row, times its weight where one is given."""
    k, inverse = len(columns), fit.centred
    found: Any = 0.0
    for i in range(k):
        for j in range(i + 1):
            share = float(inverse[i, j]) * (1.0 if i == j else 2.0)
            if share and not (columns[i] is None and columns[j] is None):
                found = found + _product(columns[i], columns[j]) * share
            elif share:
                found = found + share
    return found if weight is None else found * weight


def _clustered(design: _Design, fit: LeastSquares, n: float, key: str) -> tuple[np.ndarray, int]:
    """See `linear.variance.robust_variance`; r(198) for a single cluster."""
    table = design.residuals(_slopes(design, fit), [key])
    u: Any = table["e"] * table["v"] if "v" in table.columns else table["e"]
    columns = _columns(design, table)
    wanted = {f"s{i}": total(_product(u, column), table) for i, column in enumerate(columns)}
    found = design.leaves.rows.run(table.group_by(key).aggregate(**wanted))
    count = found.num_rows
    if count < 2:
        raise StataError(198, "vce(cluster) needs more than one cluster")
    sums = np.column_stack([doubles_of(found.column(f"s{i}")) for i in range(len(columns))])
    factor = (n - 1) / (n - fit.rank) * count / (count - 1)
    return sandwich(fit.centred, sums.T @ sums, factor), count


def _of_analytic_weights(design: _Design) -> float:
    table = design.leaves.table
    row = design.run(table.aggregate(logs=total((table[WEIGHT] * design.scale).ln(), table)))
    return 0.5 * float(row["logs"])
