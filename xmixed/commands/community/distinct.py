"""unique, distinct: how many different values there are."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.community.counts import render_distinct
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@command(
    "unique",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("by", "by", "varlist", built=False),
            OptionSpec("generate", "gen", "name", built=False),
            OptionSpec("detail", "d", built=False),
        ),
    ),
    synopsis="unique varlist [if] [in]",
    needs=("data",),
    by="each",
)
def unique(session: SessionState, node: Command) -> None:
    """Missing values count as values, as the author's command counts them."""
    if not node.argument:
        raise StataError(100, "varlist required")
    names = resolve_varlist(node.argument, session.data)
    rows = selected_rows(session, node)
    _, count = group_codes(session.data, names, rows)
    n = int(np.count_nonzero(rows))
    session.out.write(
        f"Number of unique values of {' '.join(names)} is  {count}", f"Number of records is  {n}"
    )
    session.r = Results(scalars={"N": float(n), "sum": float(count), "unique": float(count)})


@command(
    "distinct",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("missing", "m", help="missing values count"),
            OptionSpec("joint", "j", help="values of all the variables together"),
            OptionSpec("abbrev", "a", "integer", "characters of names", minimum_value=5),
            OptionSpec("minimum", "min", "integer", "variables with at least so many", minimum_value=0),
            OptionSpec("maximum", "max", "integer", "variables with at most so many", minimum_value=0),
        ),
    ),
    synopsis="distinct [varlist] [if] [in] [, missing joint abbrev(#) minimum(#) maximum(#)]",
    needs=("data",),
    by="each",
)
def distinct(session: SessionState, node: Command) -> None:
    variables = variables_of(session.data, node)
    selected = selected_rows(session, node)
    known = {v.name: selected if node.option("missing") else selected & v.known() for v in variables}
    sets = (
        [[variable.name for variable in variables]] if node.option("joint") else [[v.name] for v in variables]
    )
    low, high = node.option("minimum", 0), node.option("maximum", session.data.n_obs)
    table: list[tuple[str, int, int]] = []
    for names in sets:
        rows = np.logical_and.reduce([known[name] for name in names])
        _, count = group_codes(session.data, names, rows)
        if low <= count <= high:
            shown = "(jointly)" if node.option("joint") else names[0]
            table.append((shown, int(np.count_nonzero(rows)), count))
    session.out.write(*render_distinct(table, node.option("abbrev", 32)))
    if table:
        _, total, count = table[-1]
        session.r = Results(scalars={"N": float(total), "ndistinct": float(count)})
