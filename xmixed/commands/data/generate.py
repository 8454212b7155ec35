"""generate, replace."""

from __future__ import annotations

import numpy as np

from xmixed.commands.data.new_types import new_type, retyped
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import (
    blank_column,
    count_missing,
    promoted_string_type,
    promoted_type,
    stored,
    string_type,
)
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.ordered.replace import reads_itself, replace_in_order
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import check_new_name, is_valid_name, resolve_name
from xmixed.language.nodes import Command, Subscript
from xmixed.language.nodes.assignments import Assignment, NewVariable
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import plural
from xmixed.session.state import SessionState


@command(
    "generate",
    syntax=Syntax(
        "newvar",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("after", "after", "varname", "put the variable behind another one"),
            OptionSpec("before", "before", "varname", "put the variable before another one"),
        ),
        exclusive=(("after", "before"),),
    ),
    synopsis="generate [type] newvar[:lblname] =exp [if] [in] [, after(varname) before(varname)]",
    by="whole",
    keeps_r=True,
    by_reference=True,
)
def generate(session: SessionState, node: Command) -> None:
    new: NewVariable = node.argument
    check_new_name(new.name, session.data, new.span)
    if new.value_label and not is_valid_name(new.value_label):
        raise StataError(198, f"{new.value_label} invalid name", new.span)
    beside = _neighbour(session, node)
    if session.data.reference is not None:
        from xmixed.commands.data.referenced_values import added

        session.data, missing = added(session, node)
    else:
        rows = selected_rows(session, node)
        values, _ = evaluate_column(new.expression, Context.of(session), rows)
        variable = _new_variable(session, new, values, rows)
        missing = count_missing(variable.values, variable.type)
        session.data = session.data.with_variables(variable)
    if beside is not None:
        session.data = _moved(session.data, new.name, *beside)
    if missing:
        session.out.write(f"({plural(missing, 'missing value', 'missing values')} generated)")


def _neighbour(session: SessionState, node: Command) -> tuple[str, int] | None:
    """Return the variable that after() or before() names, and how many places behind it the new one is."""
    for place, name in ((1, "after"), (0, "before")):
        if name in node.options:
            return resolve_name(node.options[name].value, session.data), place
    return None


def _moved(data: Dataset, name: str, beside: str, place: int) -> Dataset:
    """Return the data with a variable at or behind another one."""
    names = [own for own in data.names if own != name]
    names.insert(names.index(beside) + place, name)
    return data.with_(variables=tuple(data[own] for own in names))


def _new_variable(session: SessionState, new: NewVariable, values: np.ndarray, rows: np.ndarray) -> Variable:
    """Return the variable; `values` are those of the selected rows, shape (number of rows,)."""
    storage_type = new_type(new, values.dtype == object, session.settings.type)
    if storage_type == "str":
        storage_type = string_type(values)
    own = values.base is None and all(values is not variable.values for variable in session.data.variables)
    column = stored(values, storage_type, copy=not own)
    if len(column) < session.data.n_obs:
        known, column = column, blank_column(storage_type, session.data.n_obs)
        column[rows] = known
    return Variable(new.name, storage_type, column, default_format(storage_type), value_label=new.value_label)


@command(
    "replace",
    syntax=Syntax(
        "assignment",
        condition=True,
        in_range=True,
        options=(OptionSpec("nopromote", "nopromote", help="keep the storage type"),),
    ),
    synopsis="replace oldvar =exp [if] [in] [, nopromote]",
    by="whole",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def replace(session: SessionState, node: Command) -> None:
    assignment: Assignment = node.argument
    if isinstance(assignment.target, Subscript):
        raise StataError(101, "weights not allowed", assignment.target.span)  # Stata: reads x[3] as a weight
    data = session.data
    old = data[resolve_name(assignment.target.name, data)]
    keep_type = bool(node.option("nopromote"))
    if data.reference is not None:
        from xmixed.commands.data.referenced_values import replaced

        after, changed, to_missing = replaced(session, node, old, keep_type)
        new = after[old.name]
    else:
        values, rows = _new_values(session, node, old, keep_type)
        new = _replaced(old, values, rows, keep_type)
        changed, to_missing = _count_changes(old, new)
        after = data.with_variables(new)
    if changed or new.type != old.type:
        session.data = after
    if new.type != old.type:
        session.out.write(f"{old.name} was {old.type} now {new.type}")
    also = f", {to_missing} to missing" if to_missing else ""
    session.out.write(f"({plural(changed, 'real change', 'real changes')} made{also})")


def _new_values(
    session: SessionState, node: Command, old: Variable, keep_type: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of `replace` and the rows, bool of shape (n,), that they are for."""
    context, expression = Context.of(session), node.argument.expression
    if not reads_itself((expression, node.condition), old.name, context):
        rows = selected_rows(session, node)
        values, _ = evaluate_column(expression, context, rows)
        _check_kind(old, values)
        return values, rows

    def choose_type(values: np.ndarray) -> str:
        _check_kind(old, values)
        if keep_type:
            return old.type
        return "strL" if old.is_string else promoted_type(old.type, values)  # strL: nothing is cut

    chosen = select_rows(None, node.in_range, context)
    return replace_in_order(expression, node.condition, chosen, old.name, context, choose_type)


def _check_kind(old: Variable, values: np.ndarray) -> None:
    if (values.dtype == object) != old.is_string:
        raise StataError(109, "type mismatch")


def _replaced(old: Variable, values: np.ndarray, rows: np.ndarray, keep_type: bool) -> Variable:
    promote = promoted_string_type if old.is_string else promoted_type
    storage_type = old.type if keep_type else promote(old.type, values)
    if storage_type == old.type or old.is_string:
        column = old.values.copy()
    else:
        column = stored(old.to_double(), storage_type)
    column[rows] = stored(values, storage_type)
    return retyped(old, storage_type, column)


def _count_changes(old: Variable, new: Variable) -> tuple[int, int]:
    """Return how many observations changed, and how many of them to missing (numbers only)."""
    if old.is_string:
        return int(np.count_nonzero(old.values != new.values)), 0
    same_type = old.type == new.type
    before, after = (old.values, new.values) if same_type else (old.to_double(), new.to_double())
    changed = before != after
    return int(np.count_nonzero(changed)), count_missing(new.values[changed], new.type)
