"""separate, ipolate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.commands.varlists import check_count
from xmixed.data.columns import blank_column, count_missing, stored
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.order import group_codes
from xmixed.data.value_labels import value_text
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command, Name
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.describe.describe import Description, VariableRow, render_table
from xmixed.render.text import counted
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@command(
    "separate",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("by", "by", "expression", help="variable or condition that forms the groups"),
            OptionSpec("generate", "gen", "name", help="beginning of the new names"),
            OptionSpec("missing", "miss", help="missing values form a group"),
            OptionSpec("shortlabel", "short", help="labels without the name of the variable"),
            OptionSpec("sequential", "seq", help="numbers 1, 2, ... in the new names"),
        ),
    ),
    synopsis="separate varname [if] [in], by(groupvar | exp) [generate(stub) missing shortlabel sequential]",
    needs=("data",),
)
def separate(session: SessionState, node: Command) -> None:
    data = session.data
    if node.argument is None:
        raise StataError(100, "varname required")
    by = node.required("by")
    source = data[resolve_name(node.argument, data)]
    rows = selected_rows(session, node)
    text = node.options["by"].text
    if isinstance(by, Name) and not by.operator:
        groups = _groups_of(data, data[resolve_name(by.name, data)], rows, node)
    else:
        groups = _groups_of_condition(session, node, rows, text)
    stub = node.option("generate", source.name)
    made: list[Variable] = []
    for suffix, label, members in groups:
        name = f"{stub}{suffix}"
        check_new_name(name, data)
        values = blank_column(source.type, data.n_obs)
        values[members] = source.values[members]
        label = label if node.option("shortlabel") else f"{source.name}, {label}"
        made.append(replace(source, name=name, values=values, label=label[:80]))
    session.data = data.with_variables(*made)
    shown = tuple(VariableRow(v.name, v.type, v.format, v.value_label, v.label) for v in made)
    table = Description("", data.n_obs, len(made), 0, rows=shown)
    session.out.write(*render_table(table, session.settings.linesize, framed=False))
    session.r = Results(macros={"varlist": " ".join(variable.name for variable in made)})


def _groups_of(
    data: Dataset, group: Variable, rows: np.ndarray, node: Command
) -> list[tuple[str, str, np.ndarray]]:
    """Return ending of the name, label and rows of the groups of a variable."""
    used = rows.copy()
    if not node.option("missing"):
        used &= group.values != "" if group.is_string else ~is_missing(group.to_double())
    codes, count = group_codes(data, [group.name], used)
    found = []
    for code in range(count):
        members = codes == code
        first = int(np.argmax(members))
        suffix = str(code + 1)
        if not group.is_string and not node.option("sequential"):
            value = float(group.to_double()[first])
            if value < MISSING:
                if value != int(value) or value < 0:
                    raise StataError(198, "by() must hold whole numbers; use the option sequential")
                suffix = str(int(value))
            else:
                suffix = "_missing"
        shown = f'"{group.values[first]}"' if group.is_string else value_text(data, group, first)
        found.append((suffix, f"{group.name} == {shown}", members))
    return found


def _groups_of_condition(
    session: SessionState, node: Command, rows: np.ndarray, text: str
) -> list[tuple[str, str, np.ndarray]]:
    values, strings = evaluate_column(node.option("by"), Context.of(session))
    if strings:
        raise StataError(109, "type mismatch")
    holds = values != 0
    numbers = ("1", "2") if node.option("sequential") else ("0", "1")
    return [(numbers[0], f"!({text})", rows & ~holds), (numbers[1], text, rows & holds)]


@command(
    "ipolate",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "gen", "name", help="the new variable"),
            OptionSpec("epolate", "e", help="beyond the first and last known value too"),
        ),
    ),
    synopsis="ipolate yvar xvar [if] [in], generate(newvar) [epolate]",
    needs=("data",),
    by="whole",
    keeps_r=True,
)
def ipolate(session: SessionState, node: Command) -> None:
    data = session.data
    names = resolve_varlist(node.argument, data)
    check_count(names, 2, 2)
    name = node.required("generate")
    check_new_name(name, data)
    if any(data[each].is_string for each in names):
        raise StataError(109, "string variables not allowed")
    y, x = (data[each].to_double() for each in names)
    rows = selected_rows(session, node) & ~is_missing(x)
    groups = session.groups
    codes = np.zeros(data.n_obs, dtype=np.intp) if groups is None else groups.partition.group
    values = _interpolated(y, x, codes, rows, bool(node.option("epolate")))
    kind = session.settings.type
    column = stored(values, kind)
    session.data = data.with_variables(Variable(name, kind, column, default_format(kind)))
    missing = count_missing(column, kind)
    if missing:
        session.out.write(f"({counted(missing, 'missing value')} generated)")


def _interpolated(
    y: np.ndarray, x: np.ndarray, codes: np.ndarray, rows: np.ndarray, beyond: bool
) -> np.ndarray:
    """Return y, where it is missing on the line between its neighbours in x; ties of x have their mean."""
    out = np.full(len(y), MISSING)
    known = rows & ~is_missing(y)
    at = np.flatnonzero(known)
    at = at[np.lexsort([x[at], codes[at]])]
    if not len(at):
        return out
    new = np.concatenate([[True], (codes[at][1:] != codes[at][:-1]) | (x[at][1:] != x[at][:-1])])
    starts = np.flatnonzero(new)
    mean = np.add.reduceat(y[at], starts) / np.diff(starts, append=len(at))
    point, group = x[at][starts], codes[at][starts]
    wanted = np.flatnonzero(rows)
    place = _places(group, point, codes[wanted], x[wanted])
    left, right = np.clip(place - 1, 0, len(group) - 1), np.clip(place, 0, len(group) - 1)
    has_left = (place > 0) & (group[left] == codes[wanted])
    has_right = (place < len(group)) & (group[right] == codes[wanted])
    exact = has_right & (point[right] == x[wanted])
    if beyond:
        low = ~has_left & ~exact
        right = np.where(low, np.minimum(right + 1, len(group) - 1), right)
        left = np.where(low, right - 1, left)
        high = ~has_right
        left = np.where(high, np.maximum(left - 1, 0), left)
        right = np.where(high, left + 1, right)
        right = np.minimum(right, len(group) - 1)
        has_left = (group[left] == codes[wanted]) & (left < right)
        has_right = group[right] == codes[wanted]
    usable = has_left & has_right & ~exact
    width = np.where(usable, point[right] - point[left], 1.0)
    line = mean[left] + (mean[right] - mean[left]) * (x[wanted] - point[left]) / width
    out[wanted] = np.where(exact, mean[np.clip(place, 0, len(group) - 1)], np.where(usable, line, MISSING))
    return np.where(known, y, out)


def _places(group: np.ndarray, point: np.ndarray, codes: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return where (code, x) would stand among (group, point), which ascend."""
    last = np.concatenate([np.ones(len(group)), np.zeros(len(x))])
    order = np.lexsort([last, np.concatenate([point, x]), np.concatenate([group, codes])])
    is_point = order < len(group)
    before = np.cumsum(is_point)
    out = np.empty(len(x), dtype=np.intp)
    asked = ~is_point
    out[order[asked] - len(group)] = before[asked]
    return out
