"""collin: variance inflation and condition numbers of variables."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.community.collinearity import render_collinearity
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.collinearity import collinearity


@command(
    "collin",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("corr", "corr", help="condition numbers of the correlation matrix"),),
    ),
    synopsis="collin varlist [if] [in] [, corr]",
    needs=("data",),
    by="each",
)
def collin(session: SessionState, node: Command) -> None:
    variables = numeric_variables(session, node)
    if len(variables) < 2:
        raise StataError(102, "too few variables specified")
    rows = selected_rows(session, node)
    for variable in variables:
        rows = rows & variable.known()
    if np.count_nonzero(rows) <= len(variables):
        raise StataError(2001, "insufficient observations")
    X = np.column_stack([variable.to_double()[rows] for variable in variables])
    of_correlations = bool(node.option("corr"))
    found = collinearity(X, of_correlations)
    names = [variable.name for variable in variables]
    session.out.write(*render_collinearity(found, names, len(X), of_correlations))
    session.r = Results(scalars={"m_vif": float(found.vif.mean()), "cn": float(found.index[-1])})
