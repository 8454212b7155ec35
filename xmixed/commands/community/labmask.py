"""labmask: the values of a variable labelled by those of another one."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import value_texts
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name, resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState


@command(
    "labmask",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("values", "val", "varname", "whose values are the labels"),
            OptionSpec("lblname", "lbl", "name", "name of the value label; default that of the variable"),
            OptionSpec("decode", "dec", help="value labels of the other variable in place of its numbers"),
        ),
    ),
    synopsis="labmask varname [if] [in], values(varname) [lblname(name) decode]",
    needs=("data",),
    keeps_r=True,
)
def labmask(session: SessionState, node: Command) -> None:
    data = session.data
    if not node.argument:
        raise StataError(100, "varlist required")
    if node.option("values") is None:
        raise StataError(198, "option values() required")
    variable = data[resolve_name(node.argument, data)]
    source = data[resolve_name(node.option("values"), data)]
    if variable.is_string:
        raise StataError(109, "type mismatch")
    values = variable.to_double()
    rows = np.flatnonzero(selected_rows(session, node) & ~is_missing(values))
    if (values[rows] != np.floor(values[rows])).any():
        raise StataError(498, "may not label noninteger values")
    if source.is_string:
        texts = [str(source.values[row]) for row in rows.tolist()]
    else:
        texts = value_texts(data, source, source.to_double()[rows].tolist(), bool(node.option("decode")))
    labels: dict[int, str] = {}
    for value, text in zip(values[rows].astype(np.int64).tolist(), texts, strict=True):
        if labels.setdefault(value, text) != text:
            raise StataError(198, f"{source.name} not constant within groups of {variable.name}")
    name = str(node.option("lblname", variable.name))
    if not is_valid_name(name):
        raise StataError(198, f"{name} invalid name")
    known = {value: text for value, text in labels.items() if text}
    session.data = data.with_(value_labels={**data.value_labels, name: known})
    session.execute(f"label values {variable.name} {name}")
