"""load: rows of data by reference come into memory."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.referenced import loaded, max_memory, selected_reference
from xmixed.commands.registry import command
from xmixed.data.room import Room
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "load",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("limit", "l", "integer", "at most # observations", minimum_value=0),),
    ),
    synopsis="load [varlist] [if] [in] [, limit(#)]",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def load(session: SessionState, node: Command) -> None:
    """Bring observations of data by reference into memory."""
    data = session.data
    if data.reference is None:
        raise StataError(198, "the data are in memory", hint="load is for data by reference")
    names = list(dict.fromkeys(resolve_varlist(node.argument, data))) if node.argument else data.names
    selected = selected_reference(session, node)
    limit = node.option("limit")
    if limit is not None:
        selected = replace(selected, table=selected.table.limit(limit))
    found = loaded(data, selected, names, Room.of_setting(max_memory(session)), marks=True)
    session.data = found
    count = len(found.variables)
    session.out.write(f"({count} {'var' if count == 1 else 'vars'}, {found.n_obs} obs)")
