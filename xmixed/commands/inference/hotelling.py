"""hotelling: vectors of means compared."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.two_samples import BY
from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.data.categories import categories_of
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.inference.multivariate import render_hotelling
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.multivariate import hotelling


@command(
    "hotelling",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(BY, OptionSpec("notable", "notab", help="without the summary of the variables")),
    ),
    synopsis="hotelling varlist [if] [in] [, by(varname) notable]",
    needs=("data",),
    by="each",
)
def compare_means(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    variables = numeric_variables(session, node)
    rows = selected_rows(session, node)
    for variable in variables:
        rows = rows & variable.known()
    X = np.column_stack([variable.to_double() for variable in variables])
    samples: tuple[np.ndarray, ...] = (X[rows],)
    if node.option("by") is not None:
        by = session.data[resolve_name(node.option("by"), session.data)]
        found = categories_of(by, rows)
        if len(found.values) != 2:
            many = len(found.values) > 2
            message = "more than 2 groups found, only 2 allowed" if many else "1 group found, 2 required"
            raise StataError(420, message)
        rows = found.used
        samples = X[found.codes == 0], X[found.codes == 1]
    if not rows.any():
        raise StataError(2000, "no observations")
    test = hotelling(samples)
    if not node.option("notable"):
        _summarize(session, node, rows)
    session.out.write(*render_hotelling(test, [len(sample) for sample in samples]))
    scalars = {"N": float(rows.sum()), "k": test.df, "T2": test.statistic, "df": test.df_residual}
    session.r = Results(scalars | {"F": test.f, "p": test.p})


def _summarize(session: SessionState, node: Command, rows: np.ndarray) -> None:
    """Show the moments of the variables, by group."""
    own = session.data
    names = " ".join(variable.name for variable in numeric_variables(session, node))
    by = node.option("by")
    session.data = own.rows(rows)
    try:
        prefix = f"by {resolve_name(by, own)}, sort: " if by is not None else ""
        session.execute(f"{prefix}summarize {names}")
    finally:
        session.data = own
