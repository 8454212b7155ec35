"""tabm: several variables of the same values as one table, a row each."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.language.arguments.own_options import without_own_options
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_by
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

OPTIONS = (
    OptionSpec("transpose", "trans", help="variables as columns"),
    OptionSpec("oneway", "one", help="all values together as a one-way table"),
    OptionSpec("valuemax", "valuemax", "text", built=False),
)


@command(
    "tabm",
    syntax=Syntax("raw", options=OPTIONS),
    synopsis="tabm varlist [if] [in] [, transpose oneway options of tabulate]",
    needs=("data",),
)
def tabm(session: SessionState, node: Command) -> None:
    text, options = without_own_options(str(node.argument), OPTIONS)
    head, comma, rest = text.partition(",")
    typed = parse_by(Command("tabm", f"tabm {head}", None, head.strip()), _SELECTION)
    variables = numeric_variables(session, typed)
    if not typed.argument:
        raise StataError(100, "varlist required")
    rows = selected_rows(session, typed)
    data = session.data
    session.data = _stacked(data, variables, rows)
    words = "_stack _values" if "transpose" not in options else "_values _stack"
    try:
        session.execute(f"tabulate {'_values' if 'oneway' in options else words}{comma}{rest}")
    finally:
        session.data = data


_SELECTION = Syntax("varlist", condition=True, in_range=True)


def _stacked(data: Dataset, variables: list[Variable], rows: np.ndarray) -> Dataset:
    """Return the values of the variables in one, `_values`, beside the number of the variable."""
    n = int(np.count_nonzero(rows))
    values = np.concatenate([variable.to_double()[rows] for variable in variables])
    place = np.repeat(np.arange(1, len(variables) + 1), n).astype(np.int16)
    names = {number: v.label or v.name for number, v in enumerate(variables, 1)}
    first = variables[0]
    return Dataset(
        (
            Variable("_stack", "int", place, "%8.0g", "variable", "_stack"),
            Variable("_values", "double", values, first.format, "values", first.value_label),
        ),
        n * len(variables),
        value_labels={**data.value_labels, "_stack": names},
    )
