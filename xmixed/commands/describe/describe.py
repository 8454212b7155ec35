"""describe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.replacing import check_may_replace
from xmixed.data.columns import bytes_of_observation, string_type
from xmixed.data.dataset import Dataset, Variable, default_format, from_double, is_string_type
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.describe.describe import (
    Description,
    VariableRow,
    render_header,
    render_names,
    render_sorted,
    render_table,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState


def has_notes(data: Dataset, name: str) -> bool:
    """Return whether a variable (or `_dta`) has notes."""
    return data.characteristics.get(name, {}).get("note0", "0").strip() not in {"", "0"}


@command(
    "describe",
    syntax=Syntax(
        "varlist",
        using=True,
        options=(
            OptionSpec("short", "s", help="only the lines above the table"),
            OptionSpec("simple", "si", help="only the variables' names"),
            OptionSpec("fullnames", "f", help="do not abbreviate names"),
            OptionSpec("numbers", "n", help="show the variables' positions"),
            OptionSpec("detail", "d", help="the width of an observation too"),
            OptionSpec("replace", "replace", help="the description in place of the data"),
            OptionSpec("clear", "clear", help="with replace: even if the data are not saved"),
            OptionSpec("varlist", "varl", help="names and sort order in r()"),
        ),
        exclusive=(("fullnames", "numbers"), ("replace", "short"), ("replace", "simple")),
    ),
    synopsis="describe [varlist] [using filename] [, short simple fullnames numbers detail varlist replace"
    " clear]",
    by_reference=True,
)
def describe(session: SessionState, node: Command) -> None:
    if node.option("replace"):
        check_may_replace(session, node)
    if node.using is None:
        data, n_obs = session.data, session.data.n_obs
    else:
        data, n_obs = _header_of(node.using)
    chosen = [data[name] for name in resolve_varlist(node.argument, data)] if node.argument else list(data)
    description = Description(
        source=data.source,
        n_obs=n_obs,
        n_variables=len(data.variables),
        size=n_obs * bytes_of_observation(data),
        label=data.label,
        timestamp=data.timestamp,
        has_notes=has_notes(data, "_dta"),
        sorted_by=data.sorted_by,
        changed=data.changed and node.using is None,
        from_file=node.using is not None,
        rows=tuple(_row(data, variable) for variable in chosen),
        names=tuple(data.names),
        width=bytes_of_observation(data) if node.option("detail") else 0,
    )
    scalars = {"N": float(n_obs), "k": float(len(data.variables)), "width": float(bytes_of_observation(data))}
    macros = {}
    if node.option("varlist"):
        macros = {"varlist": " ".join(data.names), "sortlist": " ".join(data.sorted_by)}
    if node.option("replace"):
        session.data = _as_data(description)
    else:
        _write(session, node, description)
    session.r = Results(scalars | {"changed": float(description.changed)}, macros)


def _as_data(description: Description) -> Dataset:
    """Return one observation for each variable that is described."""
    rows = description.rows
    numbers = {
        "position": ("int", [row.number for row in rows], "%8.0g", "position in the data"),
        "isnumeric": ("byte", [not is_string_type(row.type) for row in rows], "%8.0g", "1 for numbers"),
    }
    texts = {
        "name": ([row.name for row in rows], "variable name"),
        "type": ([row.type for row in rows], "storage type"),
        "format": ([row.format for row in rows], "display format"),
        "vallab": ([row.value_label for row in rows], "value label"),
        "varlab": ([row.label for row in rows], "variable label"),
    }
    made = []
    for name in ("position", "name", "type", "isnumeric", "format", "vallab", "varlab"):
        if name in numbers:
            kind, values, fmt, label = numbers[name]
            made.append(Variable(name, kind, from_double(np.array(values, dtype=float), kind), fmt, label))
        else:
            column = np.array(texts[name][0], dtype=object)
            kind = string_type(column)
            made.append(Variable(name, kind, column, default_format(kind), texts[name][1]))
    return Dataset(tuple(made), len(rows), changed=True)


def _header_of(using: str) -> tuple[Dataset, int]:
    from xmixed.data.files.dta.reader import read_dta_header
    from xmixed.data.files.locate import locate

    found = locate(using)
    header = read_dta_header(found.path, found.display_name)
    return replace(header.dataset, source=found.address), header.n_obs


def _row(data: Dataset, variable: Variable) -> VariableRow:
    return VariableRow(
        variable.name,
        variable.type,
        variable.format,
        variable.value_label,
        variable.label,
        has_notes(data, variable.name),
        data.places[variable.name] + 1,
    )


def _write(session: SessionState, node: Command, description: Description) -> None:
    linesize = session.settings.linesize
    if node.option("simple"):
        session.out.write(*render_names([row.name for row in description.rows], linesize, description.names))
        return
    framed = not node.argument
    lines = render_header(description, linesize) if framed else []
    if not node.option("short") and description.rows:
        fullnames, numbers = bool(node.option("fullnames")), bool(node.option("numbers"))
        lines += render_table(description, linesize, framed, fullnames, numbers)
    if framed:
        lines += render_sorted(description)
    session.out.write(*lines)
