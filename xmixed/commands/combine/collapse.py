"""collapse, contract."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.operations.collapse import Wanted, Weighting, is_statistic
from xmixed.data.operations.collapse import collapse as collapse_data
from xmixed.data.operations.collapse import contract as contract_data
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, is_valid_name, resolve_item, resolve_varlist
from xmixed.language.arguments.targets import Target, read_targets
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

_SYNTAX = Syntax(
    "text",
    condition=True,
    in_range=True,
    weights=("aweight", "fweight", "iweight", "pweight"),
    options=(
        OptionSpec("by", "by", "varlist", help="one observation for each group"),
        OptionSpec("cw", "cw", help="leave out observations with a missing value"),
        OptionSpec("fast", "fast", help="accepted; failures leave the data as they are anyway"),
    ),
)
_SYNOPSIS = "collapse [(stat)] varlist [(stat)] [newvar=varname ...] [if] [in] [weight] [, by(varlist) cw]"


@command(
    "gcollapse",
    syntax=_SYNTAX,
    synopsis=f"g{_SYNOPSIS}",
    needs=("data",),
    keeps_r=True,
)
@command(
    "collapse",
    syntax=_SYNTAX,
    synopsis=_SYNOPSIS,
    needs=("data",),
    keeps_r=True,
)
def collapse(session: SessionState, node: Command) -> None:
    data = session.data
    wanted = [item for target in read_targets(node.argument or "") for item in _wanted(target, data)]
    by = list(dict.fromkeys(resolve_varlist(node.option("by"), data))) if node.option("by") else []
    rows = selected_rows(session, node)
    if node.option("cw"):
        for name in {item.source for item in wanted}:
            variable = data[name]
            rows &= variable.values != "" if variable.is_string else ~is_missing(variable.to_double())
    weights = weights_of(session, node, rows)
    session.data = collapse_data(data, wanted, by, rows, Weighting(weights.values, weights.kind))


def _wanted(target: Target, data: Dataset) -> list[Wanted]:
    if not is_statistic(target.statistic):
        raise StataError(198, f"({target.statistic}) invalid statistic")
    if target.name and not is_valid_name(target.name):
        raise StataError(198, f"{target.name} invalid name")
    names = resolve_item(target.source, data)
    if target.name and len(names) > 1:
        raise StataError(103, "too many variables specified")
    return [Wanted(target.statistic, name, target.name or name) for name in names]


@command(
    "contract",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight",),
        options=(
            OptionSpec("freq", "f", "name", help="name of the frequency; _freq"),
            OptionSpec("cfreq", "cf", "name", help="cumulative frequency"),
            OptionSpec("percent", "p", "name", help="percentage"),
            OptionSpec("cpercent", "cp", "name", help="cumulative percentage"),
            OptionSpec("float", "float", help="percentages in float, not double"),
            OptionSpec("format", "form", "format", help="display format of percentages"),
            OptionSpec("zero", "z", help="combinations that do not occur too"),
            OptionSpec("nomiss", "nomiss", help="leave out observations with a missing value"),
        ),
    ),
    synopsis="contract varlist [if] [in] [fweight] [, freq(newvar) cfreq() percent() cpercent() float"
    " format(%fmt) zero nomiss]",
    needs=("data",),
    keeps_r=True,
)
def contract(session: SessionState, node: Command) -> None:
    data = session.data
    if not node.argument:
        raise StataError(100, "varlist required")
    names = list(dict.fromkeys(resolve_varlist(node.argument, data)))
    rows = selected_rows(session, node)
    if node.option("nomiss"):
        for name in names:
            rows &= data[name].values != "" if data[name].is_string else ~is_missing(data[name].to_double())
    weights = weights_of(session, node, rows).values
    if weights is not None:
        rows = rows & (weights > 0)
    if not rows.any():
        raise StataError(2000, "no observations")
    found, frequencies = contract_data(data, names, rows, weights, bool(node.option("zero")))
    total = max(float(frequencies.sum()), 1.0)
    kind = "float" if node.option("float") else "double"
    fmt = node.option("format", "%8.2f")
    columns = (
        ("freq", frequencies, "Frequency", "", ""),
        ("cfreq", np.cumsum(frequencies), "Cumulative frequency", "", ""),
        ("percent", 100 * frequencies / total, "Percent", kind, fmt),
        ("cpercent", 100 * np.cumsum(frequencies) / total, "Cumulative percent", kind, fmt),
    )
    for option, values, label, storage, shown in columns:
        name = node.option(option, "_freq" if option == "freq" else None)
        if name is None:
            continue
        check_new_name(name, found)
        found = found.with_variables(_column(name, values, label, storage, shown))
    session.data = found


def _column(name: str, values: np.ndarray, label: str, storage: str, fmt: str) -> Variable:
    from xmixed.data.columns import promoted_type, stored

    kind = storage or promoted_type("byte", values)
    return Variable(name, kind, stored(values, kind), fmt or default_format(kind), label)
