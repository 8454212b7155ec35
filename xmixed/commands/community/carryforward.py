"""carryforward: values carried into the missing ones behind them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.commands.varlists import generated_names
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import counted
from xmixed.session.state import SessionState
from xmixed.statistics.partition import Partition


@command(
    "carryforward",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "gen", "text", "names of the new variables"),
            OptionSpec("replace", "replace", help="the variables themselves"),
            OptionSpec("strict", "strict", help="if and in hold for where values come from too"),
            OptionSpec("back", "back", built=False),
            OptionSpec("cfindic", "cfindic", "text", built=False),
            OptionSpec("dynamic_condition", "dynamic_condition", "text", built=False),
        ),
    ),
    synopsis="carryforward varlist [if] [in], {generate(newvars) | replace} [strict]",
    needs=("data",),
    by="whole",
    keeps_r=True,
)
def carryforward(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    if (node.option("generate") is None) == (node.option("replace") is None):
        raise StataError(198, "must specify either generate or replace option")
    variables = variables_of(session.data, node)
    names = [variable.name for variable in variables]
    if not node.option("replace"):
        names = generated_names(node.option("generate"), len(variables), session.data)
    rows = selected_rows(session, node)
    partition = Context.of(session).partition
    made = []
    for variable, name in zip(variables, names, strict=True):
        known = variable.known() & rows if node.option("strict") else variable.known()
        source = last_known(known, partition)
        carried = ~variable.known() & rows & (source >= 0)
        values = variable.values.copy()
        values[carried] = variable.values[source[carried]]
        session.out.write(f"{name}:  ({counted(int(carried.sum()), 'real change')} made)")
        made.append(replace(variable, name=name, values=values))
    session.data = session.data.with_variables(*made)


def last_known(known: np.ndarray, partition: Partition | None) -> np.ndarray:
    """Return the last row at or before each one, within its group, that is known, shape (n,); -1 for none."""
    n = len(known)
    source = np.maximum.accumulate(np.where(known, np.arange(n), -1)) if n else np.zeros(0, dtype=np.intp)
    if partition is None:
        return source
    return np.where(source >= partition.starts[partition.group], source, -1)
