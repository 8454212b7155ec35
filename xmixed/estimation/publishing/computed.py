"""What `estadd` computes of the estimation sample of results: standardized coefficients, summaries, VIFs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows, variable_of
from xmixed.estimation.linear.diagnostics import inflation_factors
from xmixed.estimation.linear.refit import fitted_sample
from xmixed.estimation.results import own_estimator
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.language.parser import parse_expression
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.moments import Moments, moments

Found = Mapping[str, "float | Matrix"]


def _frame(e: Estimates, context: Context) -> EstimationFrame:
    return EstimationFrame(context, sample_rows(context, e.mark))


def _moments(e: Estimates, frame: EstimationFrame, values: np.ndarray) -> Moments:
    """Return the moments of a column, weighted as the model was; sampling weights as analytic ones."""
    kind = e.macros.get("wtype", "")
    if not kind:
        return moments(values, None, "", False)
    weights, _ = evaluate_column(parse_expression(e.macros["wexp"].removeprefix("=")), frame.context)
    return moments(values, weights[frame.rows], "aweight" if kind == "pweight" else kind, False)


def _columns(e: Estimates, frame: EstimationFrame) -> list[np.ndarray | None]:
    """Return the column of each coefficient; None for constants and other parameters."""
    estimator = own_estimator(e)
    terms = () if estimator is None else estimator.terms(e)
    names = e.matrices["b"].column_names
    found: list[np.ndarray | None] = [
        None if term is None or term.status or not term.parts else frame.column(term) for term in terms
    ]
    return found + [None] * (len(names) - len(found))


def betas(e: Estimates, context: Context) -> Found:
    """Return e(beta): b sd(x) / sd(y), missing for constants."""
    frame = _frame(e, context)
    spread = _moments(e, frame, frame.values(*variable_of(e.macros["depvar"].split()[0]))).sd
    b = e.matrices["b"]
    spreads = [None if own is None else _moments(e, frame, own).sd for own in _columns(e, frame)]
    values = [
        MISSING if own is None or not spread else value * own / spread
        for value, own in zip(b.values[0].tolist(), spreads, strict=True)
    ]
    return {"beta": Matrix(np.array([values]), ["y1"], list(b.column_names))}


def inflation(e: Estimates, context: Context) -> Found:
    """Return e(vif) of the covariates of regress, missing for others; r(498) after other commands."""
    if e.macros.get("cmd") != "regress":
        raise StataError(498, "estadd vif can only be used after regress")
    names = list(e.matrices["b"].column_names)
    sample = fitted_sample(e, context)
    factors = dict(zip(sample.names, inflation_factors(sample.data).tolist(), strict=False))
    values = [factors.get(name, MISSING) for name in names]
    return {"vif": Matrix(np.array([values]), ["y1"], names)}


def covariate_summary(e: Estimates, context: Context) -> Found:
    """Return e(mean), e(sd), e(min) and e(max) of the covariates."""
    frame = _frame(e, context)
    found = [None if own is None else _moments(e, frame, own) for own in _columns(e, frame)]
    names = list(e.matrices["b"].column_names)
    figures = {
        "mean": [MISSING if own is None else own.mean for own in found],
        "sd": [MISSING if own is None else own.sd for own in found],
        "min": [MISSING if own is None else own.minimum for own in found],
        "max": [MISSING if own is None else own.maximum for own in found],
    }
    return {name: Matrix(np.array([values]), ["y1"], names) for name, values in figures.items()}


def outcome_summary(e: Estimates, context: Context) -> Found:
    """Return mean, sd, min and max of the dependent variable."""
    frame = _frame(e, context)
    own = _moments(e, frame, frame.values(*variable_of(e.macros["depvar"].split()[0])))
    return {"mean": own.mean, "sd": own.sd, "min": own.minimum, "max": own.maximum}
