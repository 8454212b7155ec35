"""xtivreg2: instrumental variables in panels, after the means of panels are taken out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.instrumental.options import XTIVREG2_SYNTAX
from xmixed.estimation.linear.panel import Groups
from xmixed.estimation.linear.variance import is_nested
from xmixed.estimation.population.panel_variables import panel_variable
from xmixed.estimation.run import conclude, overflow, replayed
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState
from xmixed.statistics.grouping import factorise

if TYPE_CHECKING:
    from xmixed.estimation.instrumental.fit import Lists
    from xmixed.estimation.instrumental.model import Model
    from xmixed.expressions.factors.terms import Term


@command(
    "xtivreg2",
    syntax=XTIVREG2_SYNTAX,
    synopsis="xtivreg2 depvar [varlist1] (varlist2 = varlist_iv) [if] [in], fe [small robust gmm2s liml ...]",
    by="each",
)
def xtivreg2(session: SessionState, node: Command) -> None:
    from xmixed.estimation.instrumental.estimator import ESTIMATOR
    from xmixed.estimation.instrumental.model import model_of
    from xmixed.estimation.instrumental.validity import overidentification

    if replayed(session, node, {"xtivreg2"}, ESTIMATOR):
        return
    if not node.option("fe"):
        raise StataError(198, "option fe required", None, "(fd is not implemented in xmixed)")
    if not session.data.variables:
        raise StataError(111, "no variables defined")
    if node.option("ivar") is not None:
        panel = resolve_name(node.option("ivar"), session.data)
    else:
        panel = panel_variable(session, node)
    context = Context.of(session)
    variable = session.data[panel]
    rows = variable.known()
    found = _of_rows(model_of(node, context), rows, variable.values)
    if not len(found.sample.y):
        raise StataError(2000, "no observations")
    codes = factorise(variable.values[found.sample.rows])
    groups = Groups(codes.codes, len(codes.levels))
    clusters = found.sample.clusters
    nested = clusters is not None and is_nested(codes.codes, groups.count, clusters.codes)
    absorbed = 0 if nested else groups.count
    columns = {term: groups.without_means(own) for term, own in found.lists.columns.items()}
    lists = _varying(found.lists, columns)
    sample = replace(found.sample, y=groups.without_means(found.sample.y))
    if len(sample.y) - absorbed <= sum(not own.status for own in (*lists.endogenous, *lists.exogenous)):
        raise StataError(2001, "insufficient observations")
    if not any(not own.status for own in (*lists.endogenous, *lists.exogenous)):
        raise StataError(2001, "no covariate varies within panels")
    if sum(not own.status for own in lists.instruments) < sum(not own.status for own in lists.endogenous):
        raise StataError(481, "equation not identified; too few instruments vary within panels")
    request = replace(found.request, command="xtivreg2", absorbed=absorbed)
    model = replace(found, sample=sample, lists=lists, request=request)
    with overflow():
        fitted = model.fitted()
        e = fitted.estimates.scalars
        tests = overidentification(model, fitted)
        if tests:
            robust = sample.variance.kind in ("robust", "cluster")
            key = "j" if robust else "sargan"
            share = 1.0 if robust else (fitted.prepared.n - absorbed) / fitted.prepared.n
            e |= {key: share * tests[0].statistic, f"{key}df": float(tests[0].df)}
    e |= {"N_g": float(groups.count)}
    fitted.estimates.macros |= {"ivar": panel, "xtmodel": "fe", "title": "Fixed-effects IV regression"}
    conclude(
        session,
        node,
        ESTIMATOR,
        fitted.estimates,
        replace(found.sample, notes=(*found.sample.notes, *lists.notes[len(found.lists.notes) :])),
    )


def _of_rows(model: Model, known: np.ndarray, panels: np.ndarray) -> Model:
    """Return the model without observations whose panel is not known, and panels of one observation."""
    rows = model.sample.rows
    inside = known[rows]
    codes = factorise(panels[rows]).codes
    sizes = np.bincount(codes, weights=inside)
    inside = inside & (sizes[codes] > 1)
    if inside.all():
        return model
    columns = {term: own[inside] for term, own in model.lists.columns.items()}
    sample = model.sample.restricted(inside)
    gone = int((~inside).sum())
    sample = replace(
        sample,
        notes=(*sample.notes, f"Warning - singleton groups detected.  {gone} observation(s) not used."),
    )
    return replace(model, sample=sample, lists=replace(model.lists, columns=columns))


def _varying(lists: Lists, columns: dict[Term, np.ndarray]) -> Lists:
    """Return the lists with columns less the means of panels; what does not vary within panels is omitted."""
    found: dict[str, tuple[Term, ...]] = {}
    for name in ("endogenous", "exogenous", "instruments"):
        terms = []
        for term in getattr(lists, name):
            own = columns.get(term)
            before = lists.columns.get(term)
            flat = own is not None and before is not None and not term.status and _flat(own, before)
            terms.append(replace(term, status="omitted") if flat else term)
        found[name] = tuple(terms)
    every = {term for terms in found.values() for term in terms}
    kept = {term: own for term, own in columns.items() if term in every}
    notes = [
        f"note: {term.without_marks()} omitted because of collinearity"
        for terms in found.values()
        for term in terms
        if term.status == "omitted" and replace(term, status="") in columns
    ]
    return replace(lists, columns=kept, constant=False, notes=(*lists.notes, *notes), **found)


def _flat(within: np.ndarray, before: np.ndarray) -> bool:
    return float(np.abs(within).max(initial=0.0)) <= 1e-10 * float(np.abs(before).max(initial=0.0))
