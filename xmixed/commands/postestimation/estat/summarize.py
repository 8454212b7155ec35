"""estat summarize: statistics of variables over the estimation sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.frame import variable_of
from xmixed.estimation.results import estimator_of
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column
from xmixed.expressions.factors.terms import Part, Term
from xmixed.expressions.varlist import resolve_varlist
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Command, Expression, Name
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.postestimation.estat import (
    SampleRow,
    render_sample,
)
from xmixed.session.results import Estimates, Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.moments import moments


@subcommand(
    "estat",
    "summarize",
    syntax=Syntax(
        "varlist",
        options=(
            OptionSpec("noweights", "now", help="ignore weights"),
            OptionSpec("labels", "lab", help="show labels", built=False),
            OptionSpec("noheader", "noh", help="no line with the number of observations"),
            OptionSpec("group", "g", help="by equation", built=False),
        ),
    ),
    synopsis="estat summarize [varlist] [, noweights noheader]",
    needs=("estimates",),
)
def summarize(session: SessionState, node: Command) -> None:
    """Summarise the variables of the model, or others, over the estimation sample."""
    if session.data.marks.get(session.e.mark) is None:
        raise StataError(498, "e(sample) information not available")
    asked = _asked(session, node)
    if session.data.reference is None:
        n, table = _of_rows(session, node, asked)
    else:
        n, table = _by_reference(session, node, asked)
    header = not node.option("noheader")
    session.out.write(*render_sample(session.e.macros.get("cmd", ""), n, table, header))
    stats = np.array([[row.mean, row.sd, row.minimum, row.maximum] for row in table])
    heads = ["mean", "sd", "min", "max"]
    session.r = Results({"N": n}, matrices={"stats": Matrix(stats, [row.name for row in table], heads)})


def _asked(session: SessionState, node: Command) -> list[tuple[str, Term]]:
    """Return the columns that are wanted and what they are called; r(109) for strings."""
    if not node.argument:
        outcome = session.e.macros["depvar"]
        found = [(outcome, Term((Part(*variable_of(outcome)),)))]
        return found + [(term.without_marks(), term) for term in _summarized(session.e)]
    names = resolve_varlist(node.argument, session.data)
    for name in names:
        if session.data[name].is_string:
            raise StataError(109, f"string variables not allowed in varlist;\n{name} is a string variable")
    return [(name, Term((Part(name),))) for name in dict.fromkeys(names)]


def _by_reference(
    session: SessionState, node: Command, asked: list[tuple[str, Term]]
) -> tuple[float, list[SampleRow]]:
    """Return the number of observations and the statistics, by queries."""
    from xmixed.estimation.summed.summaries import sample_statistics

    weight = None if node.option("noweights") else _weight_of(session.e)
    return sample_statistics(session.e, Context.of(session), asked, weight)


def _of_rows(
    session: SessionState, node: Command, asked: list[tuple[str, Term]]
) -> tuple[float, list[SampleRow]]:
    context, rows = Context.of(session), session.data.marks[session.e.mark]
    weights = None if node.option("noweights") else _sample_weights(session, context)

    def values(variable: str, series: str) -> np.ndarray:
        if variable not in session.data:
            raise StataError(111, f"variable {variable} not found")
        found, text = evaluate_column(Name(variable, series), context)
        if text:
            raise StataError(109, "type mismatch")
        return found[rows]

    columns = [(name, column(term, values)) for name, term in asked]
    kind, own = ("", None) if weights is None else (weights[0], weights[1][rows])
    if own is not None:
        check_weights(own, kind)
    table = [_sample_row(name, found, kind, own) for name, found in columns]
    n = float(np.count_nonzero(rows))
    if own is not None:
        n = float(own.sum() if kind == "fweight" else np.count_nonzero(own))
    return n, table


def _summarized(estimates: Estimates) -> list[Term]:
    """Return the covariates as terms of their own, each once: operands of interactions, no base levels."""
    found: dict[Any, Term] = {}
    for term in estimator_of(estimates).terms(estimates):
        for part in term.parts if term is not None else ():
            if part.base:
                continue
            single = Term((part,), factorial=part.level is not None)
            found.setdefault((part.variable, part.time_series, part.level), single)
    return list(found.values())


def _sample_weights(session: SessionState, context: Context) -> tuple[str, np.ndarray] | None:
    """Return the kind and the values of the observations' weights; see `_weight_of`."""
    found = _weight_of(session.e)
    if found is None:
        return None
    values, _ = evaluate_column(found[1], context)
    return found[0], np.where(is_missing(values), 0.0, values)


def _weight_of(estimates: Estimates) -> tuple[str, Expression] | None:
    """Return the weights as `summarize` takes them, sampling weights as analytic ones."""
    kind = estimates.macros.get("wtype")
    if not kind:
        return None
    expression = parse_expression(estimates.macros["wexp"].removeprefix("= "))
    return "aweight" if kind == "pweight" else kind, expression


def _sample_row(name: str, values: np.ndarray, kind: str, weights: np.ndarray | None) -> SampleRow:
    known = ~is_missing(values)
    if weights is not None:
        known &= weights > 0
    found = moments(values[known], None if weights is None else weights[known], kind, False)
    return SampleRow(name, found.mean, found.sd, found.minimum, found.maximum)
