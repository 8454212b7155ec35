"""The observations a data command works on, and their weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.room import Room
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_varlist
from xmixed.expressions.weights import check_weights
from xmixed.language.nodes import Command, Range
from xmixed.missing import is_missing
from xmixed.session.state import SessionState


class Weights(NamedTuple):
    """Weights of a command.

    kind : str
        "" without weights (then `values` is None), fweight, aweight or iweight.
    values : ndarray of float64, shape (n,), or None
        0 where missing or not selected.
    """

    kind: str
    values: np.ndarray | None


def room_of(session: SessionState) -> Room:
    """Return the room that `set max_memory` leaves for data."""
    return Room.of_setting(session.settings.remembered.get("max_memory", "."))


def selected_rows(session: SessionState, node: Command) -> np.ndarray:
    """Return where the command's `if` and `in` hold; bool, shape (n,)."""
    return select_rows(node.condition, node.in_range, Context.of(session))


def weights_of(session: SessionState, node: Command, rows: np.ndarray) -> Weights:
    """Return the weights; `[w=exp]` means analytic ones.

    Raises
    ------
    StataError
        r(401) fractional frequency weights, r(402) negative weights.
    """
    if node.weight is None:
        return Weights("", None)
    kind = "aweight" if node.weight.kind == "weight" else node.weight.kind
    if node.weight.kind == "weight":
        session.out.write("(analytic weights assumed)")
    values, text = evaluate_column(node.weight.expression, Context.of(session))
    if text:
        raise StataError(109, "type mismatch", node.weight.span)
    values = np.where(rows & ~is_missing(values), values, 0.0)
    check_weights(values, kind)
    return Weights(kind, values)


def variables_of(data: Dataset, node: Command) -> list[Variable]:
    """Return the variables of the command's varlist; all when it has none.

    Those with operators are made, where the command's syntax takes them.
    """
    if node.argument and any(not isinstance(item, Range) for item in node.argument):
        from xmixed.commands.operated import has_operators, operated_variables

        if has_operators(node.argument):
            return operated_variables(node.argument, data)
    return [data[name] for name in resolve_varlist(node.argument, data)] if node.argument else list(data)


def numeric_variables(session: SessionState, node: Command) -> list[Variable]:
    """Return the variables of the command; without names, all but the strings, each of which is told.

    Raises
    ------
    StataError
        r(109) for a string variable that is named.
    """
    chosen = variables_of(session.data, node)
    if not node.argument:
        ignored = [variable.name for variable in chosen if variable.is_string]
        session.out.write(*(f"({name} ignored because string variable)" for name in ignored))
        return [variable for variable in chosen if not variable.is_string]
    for variable in chosen:
        if variable.is_string:
            hint = f"{variable.name} is a string variable"
            raise StataError(109, "string variables not allowed in varlist;", hint=hint)
    return chosen
