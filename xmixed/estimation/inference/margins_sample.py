"""What margins are averaged over: observations, weights, the response, and what can be estimated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.inference.covariates import Covariates, empty_cells
from xmixed.estimation.inference.estimability import Estimability
from xmixed.estimation.inference.margins import MarginsRequest, Setting
from xmixed.estimation.inference.prediction import Request
from xmixed.estimation.inference.responses import EvaluatedResponse, LinearResponse, Response
from xmixed.estimation.results import Estimator
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Expression, Weight
from xmixed.language.parser import parse_expression
from xmixed.missing import is_missing
from xmixed.session.results import Estimates


def margins_setting(
    request: Request,
    estimator: Estimator,
    estimates: Estimates,
    context: Context,
    rows: np.ndarray,
    wanted: MarginsRequest,
    weight: Weight | None = None,
    whole: bool = False,
    lenient: bool = False,
    unconditional: bool = False,
) -> Setting:
    """Return what margins are computed over.

    Parameters
    ----------
    rows : (n,) bool array
        Observations that `if` and `in` leave.
    weight : Weight or None
        Weights in place of those of the estimates.
    whole : bool
        Whether observations outside the estimation sample count.
    lenient : bool
        Whether a statistic counts that depends on more than e(b).
    unconditional : bool
        Whether it is wanted what each observation adds.

    Raises
    ------
    StataError
        r(498) where the response is random, or the sample is gone; r(401), r(402) bad weights; r(111).
    """
    statistic = request.statistic
    if statistic.gradient is None and not lenient:
        raise StataError(498, "prediction is a function of possibly stochastic quantities other than e(b)")
    if statistic.gradient is None:
        raise StataError(198, "option force is of no use; the statistic has no derivatives")
    if not whole:
        rows = rows & sample_rows(context, estimates.mark)
    terms = estimator.terms(estimates)
    for term in terms:
        for part in () if term is None else term.parts:
            if part.variable not in context.data:
                raise StataError(111, f"variable {part.variable} not found")
    frame = EstimationFrame(context, rows)
    frame.require_terms(terms)
    for name in wanted.grouping:
        if context.data[name].is_string:
            raise StataError(109, f"{name}:  string variables may not be used as factor variables")
        frame.require(name)
    kind, weights = _weights(estimates, context, weight)
    if weights is not None:
        frame.rows = frame.rows & (weights > 0)
        check_weights(weights[frame.rows], kind)
    covariates, b = Covariates.of(terms), Coefficients.of(estimates).b
    # Of several outcomes the first, unless one is named.
    argument = request.argument or ("#1" if statistic.columns is not None else "")

    def respond(own: EstimationFrame, own_weights: np.ndarray | None) -> Response:
        if statistic.linear:
            return LinearResponse(terms, b, own, own_weights)
        return EvaluatedResponse(statistic, argument, estimates, own, own_weights)

    def by_row(own: EstimationFrame, own_weights: np.ndarray | None) -> EvaluatedResponse:
        return EvaluatedResponse(statistic, argument, estimates, own, own_weights, kind == "fweight")

    if wanted.reweight:
        covariates = replace(covariates, empty=empty_cells(terms, covariates, frame))
    check = Estimability(terms, frame) if wanted.check and frame.size else None
    counts = weights if kind == "fweight" else None
    return Setting(covariates, frame, weights, counts, respond, check, by_row if unconditional else None)


def weighting_of(estimates: Estimates, weight: Weight | None) -> tuple[str, Expression | None]:
    """Return the kind of the weights and what they are, those of the fit unless others are given."""
    if weight is not None:
        return "aweight" if weight.kind == "weight" else weight.kind, weight.expression
    if "wtype" in estimates.macros:
        return estimates.macros["wtype"], parse_expression(estimates.macros["wexp"].removeprefix("=").strip())
    return "", None


def _weights(estimates: Estimates, context: Context, weight: Weight | None) -> tuple[str, np.ndarray | None]:
    """Return the kind and values of the weights; see `weighting_of`."""
    kind, expression = weighting_of(estimates, weight)
    if expression is None:
        return "", None
    values, text = evaluate_column(expression, context)
    if text:
        raise StataError(109, "type mismatch")
    return kind, np.where(is_missing(values), 0.0, values)
