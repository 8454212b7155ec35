"""Margins of data by reference: over points that have the moments of the observations.

The mean of a linear prediction needs no more of the observations than means of products of covariates.
Within a cell, all observations with the same values of the factors, a few points with the same mean and
covariance of the other covariates have these too, as long as no product has more than two of them. So what
averages over observations in memory averages over points, each as often as it stands for observations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.reference.model import Reference, needs_rows
from xmixed.data.reference.moments import percentiles_of
from xmixed.data.reference.rows import reference_of
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame
from xmixed.estimation.inference.covariates import Covariates, empty_cells, names_of
from xmixed.estimation.inference.estimability import Estimability
from xmixed.estimation.inference.marginal_cells import MarginalModel, model_over
from xmixed.estimation.inference.margins import MarginsRequest, Setting
from xmixed.estimation.inference.margins_sample import weighting_of
from xmixed.estimation.inference.prediction import Request
from xmixed.estimation.inference.responses import LinearResponse
from xmixed.estimation.results import Estimator
from xmixed.estimation.summed.leaves import Leaves
from xmixed.estimation.summed.sums import WEIGHT, CellSums, cell_sums, totals_of
from xmixed.estimation.summed.weights import check_weight_column
from xmixed.expressions.context import Context
from xmixed.expressions.factors.terms import Part, Term
from xmixed.language.nodes import Weight
from xmixed.session.results import Estimates

MOST_CELLS = 1_000_000
"""Combinations of the values of factors and of over() that come into memory."""
_EXACT = ("", "mean", "zero", "base", "asobserved", "asbalanced")
"""Statistics of at() that points have in common with the observations."""
_NULL = 1e-12
"""Share of the largest variance, of columns scaled alike, below which one is rounding."""


def summed_setting(
    request: Request,
    estimator: Estimator,
    estimates: Estimates,
    context: Context,
    rows: Reference,
    wanted: MarginsRequest,
    weight: Weight | None = None,
) -> Setting:
    """Return what margins are computed over; `rows` are those that count.

    Parameters
    ----------
    weight : Weight or None
        Weights in place of those of the estimates.

    Raises
    ------
    StataError
        r(401), r(402) bad weights; r(3) what needs the observations; r(109) strings; r(111) a variable
        that is not there; r(2000).
    """
    terms = estimator.terms(estimates)
    _refuse(request, terms, wanted)
    covariates = Covariates.of(terms)
    leaves = Leaves(context, rows)
    for name in (*covariates.order, *wanted.grouping):
        if name not in context.data:
            raise StataError(111, f"variable {name} not found")
        leaves.number(name, "", "factor variables" if name in wanted.grouping else "covariates")
    kind, expression = weighting_of(estimates, weight)
    if expression is not None:
        leaves.expression(WEIGHT, expression, keeps_zero=False)
        check_weight_column(leaves, kind, None if weight is None else weight.span)
    points, weights, rows_of_points = _points(leaves, covariates, wanted.grouping)
    frame = EstimationFrame(context.over(points), np.ones(points.n_obs, bool))
    b = Coefficients.of(estimates).b

    def respond(own: EstimationFrame, own_weights: np.ndarray | None) -> LinearResponse:
        return LinearResponse(terms, b, own, own_weights)

    if wanted.reweight:
        covariates = replace(covariates, empty=empty_cells(terms, covariates, frame))
    check = Estimability(terms, frame) if wanted.check else None
    counts = weights if kind == "fweight" else rows_of_points
    known = _order_statistics(leaves, covariates, wanted)
    return Setting(covariates, frame, weights, counts, respond, check, known=known)


def _order_statistics(
    leaves: Leaves, covariates: Covariates, wanted: MarginsRequest
) -> dict[tuple[str, str], float]:
    """Statistics of at() that points do not have in common with the observations, by queries of these."""
    table = leaves.table
    rows = replace(leaves.rows, table=table)
    weight = table[WEIGHT] if WEIGHT in table.columns else None
    found = {}
    for item in (item for own in wanted.at for item in own if item.statistic not in _EXACT):
        for name in names_of(item.names, covariates):
            number = table[f"x_{name}"]
            if item.statistic in ("min", "max"):
                low, high = number.min(), number.max()
                row = rows.run(table.aggregate(min=low, max=high)).to_pylist()[0]
                found[name, item.statistic] = float(row[item.statistic])
            else:
                p = 50 if item.statistic == "median" else int(item.statistic[1:])
                found[name, item.statistic] = float(percentiles_of(rows, number, weight, [p])[p])
    return found


def summed_model(estimator: Estimator, estimates: Estimates, context: Context, check: bool) -> MarginalModel:
    """Return the active model for comparisons; see `marginal_cells.marginal_model`."""
    terms = estimator.terms(estimates)
    _refuse_degrees(terms)
    covariates = Covariates.of(terms)
    leaves = Leaves(context, reference_of(context.data).where(in_sample(context, estimates)))
    for name in covariates.order:
        leaves.number(name, "", "covariates")
    points, _, rows = _points(leaves, covariates, ())
    frame = EstimationFrame(context.over(points), np.ones(points.n_obs, bool))
    return model_over(terms, estimates, frame, rows, check)


def _refuse(request: Request, terms: Sequence[Term | None], wanted: MarginsRequest) -> None:
    if not request.statistic.linear:
        raise needs_rows("margins of what is not linear is")
    # With all covariates held the points are the observations, whatever is made of them.
    if wanted.effect in ("eyex", "eydx") and not wanted.at_means:
        raise needs_rows(f"margins, {wanted.effect}() is")
    statistics = {item.statistic for own in wanted.at for item in own} - set(_EXACT)
    if statistics and wanted.grouping:
        raise needs_rows(f"at(({statistics.pop()})) with over() is")
    _refuse_degrees(terms)


def _refuse_degrees(terms: Sequence[Term | None]) -> None:
    degrees = [sum(part.level is None for part in term.parts) for term in terms if term is not None]
    if max(degrees, default=0) > 2:
        raise needs_rows("margins with products of three continuous covariates is")


def _points(
    leaves: Leaves, covariates: Covariates, grouping: Sequence[str]
) -> tuple[Dataset, np.ndarray, np.ndarray]:
    """Points as data in memory, what each weighs, and how many rows it stands for."""
    names = list(covariates.continuous)
    terms = [Term((Part(name),)) for name in names]
    keys = list(dict.fromkeys((*covariates.factors, *grouping)))
    centers = totals_of(leaves, terms).centers if terms else np.zeros(0)
    k = len(terms)
    pairs = [(i, j) for i in range(k) for j in range(i, k)]
    sums = cell_sums(leaves, [f"x_{name}" for name in keys], terms, centers, pairs)
    if not sums.rows.sum():
        raise StataError(2000, "no observations")
    if len(sums.rows) > MOST_CELLS:
        raise needs_rows(f"margins over more than {MOST_CELLS:,} combinations of factors is")
    values, weights = _spread(sums, k)
    count = len(weights) // len(sums.rows)
    columns = {name: np.repeat(sums.keys[f"x_{name}"], count) for name in keys}
    columns |= {name: values[:, at] + centers[at] for at, name in enumerate(names) if name not in columns}
    data = leaves.context.data
    variables = tuple(replace(data[name], type="double", values=own) for name, own in columns.items())
    none: Any = None
    points = replace(data, variables=variables, n_obs=len(weights), reference=none, marks={}, sorted_by=())
    return points, weights, np.repeat(sums.rows / count, count)


def _spread(sums: CellSums, k: int) -> tuple[np.ndarray, np.ndarray]:
    """For each cell points with its mean and covariance, (points, k), and what each counts, (points,).

    With LL' the covariance they are the mean plus and minus sqrt(K) times each column of L, K of them,
    those that are null included: a power of two, so that counts divide exactly.
    """
    if not k:
        return np.zeros((len(sums.rows), 0)), sums.counts
    K = 1 << (k - 1).bit_length()
    covariance = np.empty((len(sums.rows), k, k))
    for (i, j), own in sums.within.items():
        covariance[:, i, j] = covariance[:, j, i] = own / sums.counts
    total = np.einsum("mij,m->ij", covariance, sums.counts) / sums.counts.sum()
    scale = np.sqrt(np.where(total.diagonal() > 0, total.diagonal(), 1.0))
    variances, directions = np.linalg.eigh(covariance / np.outer(scale, scale))
    variances[variances < _NULL * variances.max()] = 0.0
    L = directions * np.sqrt(variances)[:, None, :] * scale[:, None]
    steps = np.zeros((len(sums.rows), 2 * K, k))
    steps[:, :k] = np.sqrt(K) * L.transpose(0, 2, 1)
    steps[:, K : K + k] = -steps[:, :k]
    means = np.stack(sums.means, axis=1)
    points = (means[:, None, :] + steps).reshape(-1, k)
    return points, np.repeat(sums.counts / (2 * K), 2 * K)


def in_sample(context: Context, estimates: Estimates) -> Any:
    """Return where the estimation sample is, an ibis boolean; r(498) where it is gone."""
    mark = context.data.marks.get(estimates.mark)
    if mark is None:
        raise StataError(498, "e(sample) information not available")
    return reference_of(context.data).mark(mark)
