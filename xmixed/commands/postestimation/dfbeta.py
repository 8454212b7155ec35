"""dfbeta: how much each observation moves the coefficients of a regression."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.columns import stored
from xmixed.data.dataset import Variable, default_format
from xmixed.data.reference.model import needs_rows
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients, testable_places
from xmixed.estimation.frame import sample_rows
from xmixed.estimation.inference.prediction import Request, predicted
from xmixed.estimation.results import estimator_of
from xmixed.estimation.sample import resolve_terms
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "dfbeta",
    syntax=Syntax(
        "varlist_factor",
        options=(OptionSpec("stub", "stub", "name", "what the new variables are called, with a number"),),
    ),
    synopsis="dfbeta [indepvar ...] [, stub(name)]",
    needs=("estimates",),
    after=("regress",),
)
def dfbeta(session: SessionState, node: Command) -> None:
    """Make for each covariate what its coefficient changes by without the observation, in standard errors."""
    estimator, context = estimator_of(session.e), Context.of(session)
    terms, names = estimator.terms(session.e), Coefficients.of(session.e).names
    if node.argument:
        places = testable_places(terms, resolve_terms(node.argument, context))
    else:
        estimated = [term is not None and bool(term.parts) and not term.status for term in terms]
        places = np.flatnonzero(estimated).tolist()
    if session.data.reference is not None:
        raise needs_rows("dfbeta is")
    if not places:
        raise StataError(111, "no such covariates in the model")
    statistic = next(item for item in estimator.statistics if item.name == "dfbeta")
    stub = str(node.option("stub", "_dfbeta_"))
    storage_type, rows = session.settings.type, sample_rows(context, session.e.mark)
    made, number = [], 0
    for place in places:
        number += 1
        while f"{stub}{number}" in session.data:
            number += 1
        name = names[place].replace("bn.", ".")
        (values,) = predicted(Request(statistic, name), estimator, session.e, context, rows)
        column = stored(values, storage_type, copy=False)
        fmt = default_format(storage_type)
        made.append(Variable(f"{stub}{number}", storage_type, column, fmt, f"Dfbeta {name}"))
        session.out.write(f"{stub + str(number):>32}: dfbeta({name})")
    session.data = session.data.with_(variables=(*session.data.variables, *made))
