"""encode, decode."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import stored, string_type
from xmixed.data.dataset import Variable, default_format
from xmixed.data.operations.recode import encoded
from xmixed.data.value_labels import double_of, value_label_texts
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

LEAST_WIDTH = 12
"""Of the display format of codes; wider for longer texts."""


def _source(session: SessionState, node: Command) -> tuple[Variable, str]:
    """Return the variable and the name of the new one."""
    if node.argument is None:
        raise StataError(100, "varname required")
    variable = session.data[resolve_name(node.argument, session.data)]
    name = node.required("generate")
    check_new_name(name, session.data)
    return variable, name


@command(
    "encode",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "gen", "name", help="the new variable"),
            OptionSpec("label", "l", "name", help="name of the value label"),
            OptionSpec("noextend", "noe", help="refuse texts that the label lacks"),
        ),
    ),
    synopsis="encode varname [if] [in], generate(newvar) [label(name) noextend]",
    needs=("data",),
    keeps_r=True,
)
def encode(session: SessionState, node: Command) -> None:
    variable, name = _source(session, node)
    if not variable.is_string:
        raise StataError(107, "not possible with numeric variable")
    label = node.option("label", name)
    known = session.data.value_labels.get(label, {})
    found = encoded(variable.values, selected_rows(session, node), known, not node.option("noextend"))
    width = max([LEAST_WIDTH, *map(len, found.texts.values())])
    values = stored(found.values, "long")
    new = Variable(name, "long", values, f"%{width}.0g", variable.label, label)
    data = session.data.with_variables(new)
    session.data = data.with_(value_labels={**data.value_labels, label: found.texts})


@command(
    "decode",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "gen", "name", help="the new variable"),
            OptionSpec("maxlength", "max", "integer", help="longest text", minimum_value=1),
        ),
    ),
    synopsis="decode varname [if] [in], generate(newvar) [maxlength(#)]",
    needs=("data",),
    keeps_r=True,
)
def decode(session: SessionState, node: Command) -> None:
    variable, name = _source(session, node)
    if variable.is_string:
        raise StataError(108, "not possible with string variable")
    table = value_label_texts(session.data, variable)
    if not table:
        raise StataError(182, f"{variable.name} not labeled")
    width = node.option("maxlength")
    texts = {double_of(code): text[:width] for code, text in table.items()}
    rows = selected_rows(session, node)
    values = np.empty(len(rows), dtype=object)
    values[:] = [
        texts.get(value, "") if chosen else ""
        for value, chosen in zip(variable.to_double().tolist(), rows.tolist(), strict=True)
    ]
    kind = string_type(values)
    new = Variable(name, kind, values, default_format(kind), variable.label)
    session.data = session.data.with_variables(new)
