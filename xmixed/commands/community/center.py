"""center: variables less their means, or standardised."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows, weights_of
from xmixed.commands.varlists import generated_names
from xmixed.data.columns import new_variable
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped


@command(
    "center",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight", "iweight", "pweight"),
        options=(
            OptionSpec("standardize", "s", help="divided by their standard deviations"),
            OptionSpec("prefix", "p", "name", "beginning of the names of new variables; default c_"),
            OptionSpec("generate", "g", "text", "names of the new variables"),
            OptionSpec("replace", "replace", help="the variables themselves"),
            OptionSpec("double", "double", help="store as double"),
            OptionSpec("casewise", "c", help="observations without any missing value only"),
            OptionSpec("meansave", "means", "text", built=False, optional_value=True),
            OptionSpec("theta", "theta", "text", built=False),
        ),
        exclusive=(("prefix", "generate", "replace"),),
    ),
    synopsis="center varlist [if] [in] [weight] [, standardize prefix(name) generate(names) replace "
    "double casewise]",
    needs=("data",),
    by="whole",
    keeps_r=True,
)
def center(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    variables = numeric_variables(session, node)
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    codes, count = _groups(session)
    if node.option("casewise"):
        for variable in variables:
            rows = rows & variable.known()
    names = _names(node, variables, session.data)
    made = []
    for variable, name in zip(variables, names, strict=True):
        x = variable.to_double()
        used = rows & ~is_missing(x)
        own = None if weights.values is None else weights.values[used]
        groups = Grouped(x[used], codes[used], count, own, weights.kind)
        values = x.copy() if node.option("replace") else np.full(len(x), MISSING)
        values[used] = x[used] - groups.mean[codes[used]]
        if node.option("standardize"):
            sd = groups.sd[codes[used]]
            values[used] = np.where(
                is_missing(sd) | (sd == 0), MISSING, values[used] / np.where(sd == 0, 1.0, sd)
            )
        kind = "double" if node.option("double") or variable.type == "double" else "float"
        word = "standardized" if node.option("standardize") else "centered"
        label = f"{word} {variable.label or variable.name}"
        made.append(new_variable(name, kind, values, label))
    if node.option("replace"):
        made = [replace(new, label=variable.label) for new, variable in zip(made, variables, strict=True)]
    else:
        session.out.write(f"(generated variables: {' '.join(names)})")
    session.data = session.data.with_variables(*made)


def _groups(session: SessionState) -> tuple[np.ndarray, int]:
    """Return the by-group of each observation, and how many there are."""
    partition = Context.of(session).partition
    if partition is None:
        return np.zeros(session.data.n_obs, dtype=np.intp), 1
    return partition.group, partition.count


def _names(node: Command, variables: list[Variable], data: Dataset) -> list[str]:
    if node.option("replace"):
        return [variable.name for variable in variables]
    if "generate" in node.options:
        return generated_names(node.option("generate"), len(variables), data)
    names = [f"{node.option('prefix', 'c_')}{variable.name}" for variable in variables]
    for name in names:
        check_new_name(name, data)
    return names
