"""Variables that a varlist makes with operators: L.x, 2.g, c.x#i.g, as columns beside the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.data.dataset import Dataset, Variable, default_format, from_double
from xmixed.errors import StataError
from xmixed.estimation.sample import resolve_terms
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.terms import ResolvedTerm, Term
from xmixed.language.nodes import Interaction, Name, Varlist
from xmixed.missing import MISSING, is_missing


def series_column(context: Context, variable: str, series: str) -> np.ndarray:
    """Return a numeric variable or its lag, lead or difference, over all observations."""
    if not series:
        return context.data[variable].to_double()
    return evaluate_column(Name(variable, series), context)[0]


def has_operators(varlist: Varlist) -> bool:
    """Return whether a varlist holds factor variables or time-series operators."""
    return any(isinstance(item, Interaction) or bool(getattr(item, "operator", "")) for item in varlist)


def expanded_terms(varlist: Varlist, data: Dataset, rows: np.ndarray | None = None) -> tuple[Term, ...]:
    """Return the terms of a varlist, one for each column, their levels those of some rows (bool, shape (n,)).

    Raises
    ------
    StataError
        r(111), r(109), r(452).
    """
    context = Context(data=data)
    terms = resolve_terms(varlist, context)
    keep = np.ones(data.n_obs, dtype=bool) if rows is None else rows.copy()
    for variable, series in _sources(terms):
        if data[variable].is_string:
            raise StataError(109, "type mismatch")
        keep &= ~is_missing(series_column(context, variable, series))
    return expand(terms, lambda variable, series: series_column(context, variable, series)[keep])


def _sources(terms: Sequence[ResolvedTerm]) -> list[tuple[str, str]]:
    return [
        (operand.variable, operand.time_series)
        for term in terms
        for operand in term.operands
        if not operand.operator.continuous
    ]


def operated_variables(varlist: Varlist, data: Dataset) -> list[Variable]:
    """Return the variables of a varlist, those with operators as new ones with the names of their terms."""
    context = Context(data=data)
    return [_variable(term, context) for term in expanded_terms(varlist, data)]


def _variable(term: Term, context: Context) -> Variable:
    first = term.parts[0]
    if len(term.parts) == 1 and first.level is None and not first.time_series:
        return context.data[first.variable]
    columns = [series_column(context, part.variable, part.time_series) for part in term.parts]
    missing = np.logical_or.reduce([is_missing(values) for values in columns])
    values = column(term, lambda variable, series: series_column(context, variable, series))
    kind = "byte" if all(part.level is not None for part in term.parts) else "double"
    stored = from_double(np.where(missing, MISSING, values), kind)
    fmt = default_format("float") if kind == "double" else default_format(kind)
    return Variable(term.without_marks(), kind, stored, fmt)
