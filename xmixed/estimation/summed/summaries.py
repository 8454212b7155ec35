"""What is said of an estimation sample by reference: statistics of its variables, inflation of variances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xmixed.data.reference.model import Reference, needs_rows
from xmixed.data.reference.moments import moments_of, sum_of
from xmixed.data.reference.rows import reference_of, with_reference
from xmixed.errors import StataError
from xmixed.estimation.summed.leaves import Leaves
from xmixed.estimation.summed.margins import in_sample
from xmixed.estimation.summed.predictions import term_column
from xmixed.estimation.summed.sums import WEIGHT, totals_of
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Term
from xmixed.expressions.pushdown.translate import pushed_value
from xmixed.language.nodes import Expression
from xmixed.render.layouts.postestimation.estat import SampleRow
from xmixed.session.results import Estimates


def _sample(estimates: Estimates, context: Context) -> Reference:
    return reference_of(context.data).where(in_sample(context, estimates))


def _refuse_series(terms: Sequence[Term]) -> None:
    for part in (part for term in terms for part in term.parts):
        if part.time_series:
            raise needs_rows(f"{part.plain} is")


def sample_statistics(
    estimates: Estimates,
    context: Context,
    asked: Sequence[tuple[str, Term]],
    weight: tuple[str, Expression] | None,
) -> tuple[float, list[SampleRow]]:
    """Return the observations and the statistics of columns over the estimation sample.

    Parameters
    ----------
    asked : sequence of (name, Term)
    weight : (kind, expression) or None
        As `summarize` takes them.

    Raises
    ------
    StataError
        r(3) operators of time; r(498) where the sample is gone.
    """
    _refuse_series([term for _, term in asked])
    rows = _sample(estimates, context)
    kind, number = "", None
    wanted: dict[str, Any] = {"n": rows.table.count()}
    if weight is not None:
        kind = weight[0]
        found, text = pushed_value(weight[1], context.over(with_reference(context.data, rows)))
        if text:
            raise StataError(109, "type mismatch")
        rows, _ = rows.with_column(found.nullif(0.0))
        number = rows.table[rows.table.columns[-1]]
        wanted = {"n": sum_of(number) if kind == "fweight" else number.count()}
    data = with_reference(context.data, rows)
    columns = [term_column(term, data) for _, term in asked]
    n = rows.run(rows.table.aggregate(**wanted)).to_pylist()[0]["n"]
    statistics = moments_of(rows, columns, number, kind, False)
    pairs = zip(asked, statistics, strict=True)
    return float(n or 0), [SampleRow(name, m.mean, m.sd, m.minimum, m.maximum) for (name, _), m in pairs]


def inflation_by_sums(
    estimates: Estimates, context: Context, terms: Sequence[Term], weight: Expression | None, centred: bool
) -> np.ndarray:
    """Return 1 / (1 - R^2) of the regression of each covariate on the others; see `inflation_factors`.

    `terms`: estimated ones, the constant among them where there is one.
    """
    _refuse_series(terms)
    leaves = Leaves(context, _sample(estimates, context))
    covariates = [term for term in terms if term.parts]
    for part in (part for term in covariates for part in term.parts):
        leaves.number(part.variable, "", "covariates")
    if weight is not None:
        leaves.expression(WEIGHT, weight, keeps_zero=False)
    totals = totals_of(leaves, covariates)
    gram = totals.products
    if not centred:
        gram = gram + totals.weight * np.outer(totals.centers, totals.centers)
        if len(covariates) < len(terms):
            sums = totals.weight * totals.centers
            gram = np.block([[gram, sums[:, None]], [sums[None], np.array([[totals.weight]])]])
    scale = np.sqrt(gram.diagonal())
    return np.linalg.inv(gram / np.outer(scale, scale)).diagonal()
