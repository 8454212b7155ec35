"""xtabond2: dynamic panel models by difference and system GMM."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.dynamic.instruments import LaggedStyle, StandardStyle
from xmixed.estimation.dynamic.options import XTABOND2_SYNTAX, Typed, read_lagged, read_standard
from xmixed.estimation.population.panel_variables import panel_variable, time_variable
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed
from xmixed.estimation.sample import resolve_terms
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.factors.design import column, expand
from xmixed.expressions.factors.terms import Term
from xmixed.language.nodes import Command, Name
from xmixed.missing import is_missing
from xmixed.session.state import SessionState


class _Columns:
    """Variables of instruments over all observations, by the names of their terms."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.terms: dict[str, Term] = {}

    def values(self, variable: str, series: str = "") -> np.ndarray:
        """Return a variable, nan for missing; r(109) for strings."""
        found, text = evaluate_column(Name(variable, series), self.context)
        if text:
            raise StataError(109, f"{variable}:  string variables may not be used as instruments")
        return np.where(is_missing(found), np.nan, found)

    def named(self, typed: Typed, rows: np.ndarray) -> tuple[str, ...]:
        """Return the names of the terms of a list, levels of factors as they occur in the sample."""
        whole = self.values

        def known(variable: str, series: str) -> np.ndarray:
            return whole(variable, series)[rows]

        terms = [
            term for term in expand(resolve_terms(typed.variables, self.context), known) if not term.status
        ]
        self.terms |= {term.name: term for term in terms}
        return tuple(term.name for term in terms)

    def column(self, name: str) -> np.ndarray:
        return column(self.terms[name], self.values)


@command(
    "xtabond2",
    syntax=XTABOND2_SYNTAX,
    synopsis="xtabond2 depvar varlist [if] [in], gmmstyle(...) ivstyle(...) [twostep robust noleveleq ...]",
    by="each",
)
def xtabond2(session: SessionState, node: Command) -> None:
    from xmixed.estimation.dynamic.estimator import ESTIMATOR
    from xmixed.estimation.dynamic.fit import Request, fit
    from xmixed.estimation.dynamic.timeline import Timeline

    if replayed(session, node, {"xtabond2"}, ESTIMATOR):
        return
    panel = panel_variable(session, node)
    time, step = time_variable(session, node)
    system = not node.option("noleveleq")
    # robust is read here: the sample's own variances are those of regressions.
    bare = replace(node, options={name: own for name, own in node.options.items() if name != "robust"})
    constant = system and not node.option("noconstant")
    sample = estimation_sample(session, bare, constant=constant, groups=(panel,), others=(time,))
    context = Context.of(session)
    columns = _Columns(context)
    lagged = read_lagged(_texts(node, "gmmstyle"))
    standard = read_standard(_texts(node, "ivstyle"))
    named = [replace(cast(LaggedStyle, own.style), names=columns.named(own, sample.rows)) for own in lagged]
    plain = [
        replace(cast(StandardStyle, own.style), names=columns.named(own, sample.rows)) for own in standard
    ]
    complete = np.ones(len(sample.rows), dtype=bool)
    for name in (name for own in plain for name in own.names):
        complete &= np.isfinite(columns.column(name))
    sample = sample.restricted(complete[sample.rows])
    if not len(sample.y):
        raise StataError(2000, "no observations")
    moments = session.data[time].to_double()
    panels = session.data[panel]
    valid = ~is_missing(moments) & (
        (panels.values != "") if panels.is_string else ~is_missing(panels.to_double())
    )
    timeline = Timeline.of(panels.values[valid], moments[valid], step, sample.rows[valid])
    request = Request(
        node.text.strip(),
        panel,
        time,
        tuple(named),
        tuple(plain),
        bool(node.option("twostep")),
        bool(node.option("robust")),
        bool(node.option("small")),
        system,
        bool(node.option("orthogonal")),
        int(node.option("artests", 2)),
        int(node.option("h", 3)),
    )

    def in_order(name: str) -> np.ndarray:
        return columns.column(name)[valid][timeline.order.order]

    with overflow():
        estimates, settled = fit(sample, timeline, request, in_order)
    conclude(session, node, ESTIMATOR, estimates, settled)


def _texts(node: Command, name: str) -> tuple[str, ...]:
    """Return the texts of an option that may be given several times."""
    found = node.option(name, ())
    return (found,) if isinstance(found, str) else tuple(found)
