"""winsor, winsor2: extreme values pulled in, or set to missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import promoted_type
from xmixed.data.dataset import Variable, from_double
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped


@command(
    "winsor",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "g", "name", "new variable"),
            OptionSpec("p", "p", "number", "share of each tail", minimum_value=0, maximum_value=0.5),
            OptionSpec("h", "h", "integer", "number of values in each tail", minimum_value=1),
            OptionSpec("highonly", "high", help="the highest values only"),
            OptionSpec("lowonly", "low", help="the lowest values only"),
        ),
        exclusive=(("p", "h"), ("highonly", "lowonly")),
    ),
    synopsis="winsor varname [if] [in], generate(newvar) {p(#) | h(#)} [highonly lowonly]",
    needs=("data",),
    keeps_r=True,
)
def winsor(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    variable = session.data[resolve_name(node.argument, session.data)]
    name, share, count = node.required("generate"), node.option("p"), node.option("h")
    if share is None and count is None:
        raise StataError(198, "either p() or h() should be specified")
    check_new_name(name, session.data)
    x = variable.to_double()
    rows = selected_rows(session, node) & ~is_missing(x)
    ranked = np.sort(x[rows])
    h = count if share is None else int(share * len(ranked) + 1e-9)  # .05 of 60 is 3
    if 2 * h >= len(ranked) or h < 1:
        raise StataError(198, "no values to use: too many or none in each tail")
    low = -np.inf if node.option("highonly") else ranked[h]
    high = np.inf if node.option("lowonly") else ranked[-1 - h]
    values = np.where(rows, np.clip(x, low, high), MISSING)
    fraction = f"fraction {share:g}" if count is None else f"{h} in each tail"
    label = f"{variable.label or variable.name}, Winsorized {fraction}"
    made = Variable(name, variable.type, from_double(values, variable.type), variable.format, label)
    session.data = session.data.with_variables(made)


@command(
    "winsor2",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("cuts", "cuts", "numlist", "percentiles of the lower and the upper cut; default 1 99"),
            OptionSpec("suffix", "s", "name", "end of the names of new variables; default _w, _tr with trim"),
            OptionSpec("replace", "replace", help="the variables themselves"),
            OptionSpec("trim", "trim", help="missing values instead"),
            OptionSpec("by", "by", "varlist", "percentiles of groups"),
            OptionSpec("label", "label", built=False),
        ),
        exclusive=(("suffix", "replace"),),
    ),
    synopsis="winsor2 varlist [if] [in] [, cuts(# #) suffix(text) replace trim by(varlist)]",
    needs=("data",),
    keeps_r=True,
)
def winsor2(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    data = session.data
    cuts = sorted(node.option("cuts", (1.0, 99.0)))
    if len(cuts) != 2 or not 0 <= cuts[0] < cuts[1] <= 100:
        raise StataError(198, "option cuts() incorrectly specified")
    trim = bool(node.option("trim"))
    suffix = "" if node.option("replace") else node.option("suffix", "_tr" if trim else "_w")
    by = resolve_varlist(node.option("by"), data) if node.option("by") else []
    selected = selected_rows(session, node)
    made: list[Variable] = []
    for name in dict.fromkeys(resolve_varlist(node.argument, data)):
        variable = data[name]
        if suffix:
            check_new_name(f"{name}{suffix}", data)
        x = variable.to_double()
        rows = selected & ~is_missing(x)
        codes, count = group_codes(data, by, rows)
        groups = Grouped(x[rows], codes[rows], count)
        low, high = (_edge(groups, percentile)[codes[rows]] for percentile in cuts)
        values = x.copy() if not suffix else np.where(rows, x, MISSING)
        inside = x[rows]
        beyond = (inside < low) | (inside > high)
        values[rows] = np.where(beyond, MISSING, inside) if trim else np.clip(inside, low, high)
        kind = promoted_type(variable.type, values)
        made.append(replace(variable, name=f"{name}{suffix}", type=kind, values=from_double(values, kind)))
    session.data = data.with_variables(*made)


def _edge(groups: Grouped, percentile: float) -> np.ndarray:
    """Return a percentile of each group; 0 and 100 are the extremes."""
    if percentile == 0:
        return groups.min
    return groups.max if percentile == 100 else groups.percentile(percentile)
