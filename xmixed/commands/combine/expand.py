"""expand, expandcl, fillin."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import room_of, selected_rows
from xmixed.data.dataset import Variable, default_format, from_double
from xmixed.data.operations.expand import expand as expand_data
from xmixed.data.operations.expand import expand_clusters
from xmixed.data.operations.expand import fillin as fillin_data
from xmixed.data.operations.recode import narrowest_type
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.text import counted
from xmixed.session.state import SessionState

LARGEST = 2_000_000_000
"""Observations that data may have at most."""


@command(
    "expand",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(OptionSpec("generate", "gen", "name", help="1 for the copies"),),
    ),
    synopsis="expand [=]exp [if] [in] [, generate(newvar)]",
    needs=("data",),
    keeps_r=True,
)
def expand(session: SessionState, node: Command) -> None:
    data, name = session.data, node.option("generate")
    if name is not None:
        check_new_name(name, data)
    expanded, added = expand_data(data, _copies(session, node))
    if name is not None:
        expanded = expanded.with_variables(Variable(name, "byte", added.astype(np.int8), "%8.0g"))
    session.data = expanded
    session.out.write(f"({counted(int(added.sum()), 'observation')} created)")


def _copies(session: SessionState, node: Command) -> np.ndarray:
    """Return how often each observation is to be there; what is ignored is said."""
    data = session.data
    text = (node.argument or "").strip().removeprefix("=")
    if not text:
        raise StataError(100, "=exp required")
    values, strings = evaluate_column(parse_expression(text), Context.of(session))
    if strings:
        raise StataError(109, "type mismatch")
    rows = selected_rows(session, node)
    absent = rows & is_missing(values)
    numbers = np.where(absent | ~rows, 1.0, np.trunc(np.where(absent, 1.0, values)))
    if np.maximum(numbers, 1.0).sum() > LARGEST:
        raise StataError(901, "no room to add more observations")
    room_of(session).require(int(np.maximum(numbers, 1.0).sum()), data)
    _say_ignored(session, int(absent.sum()), "missing")
    _say_ignored(session, int((numbers < 0).sum()), "negative")
    _say_ignored(session, int((numbers == 0).sum()), "zero")
    return numbers.astype(np.int64)


@command(
    "expandcl",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "gen", "name", help="number of the cluster"),
            OptionSpec("cluster", "cl", "varlist", help="variables that identify clusters"),
        ),
    ),
    synopsis="expandcl [=]exp [if] [in], cluster(varlist) generate(newvar)",
    needs=("data",),
    keeps_r=True,
)
def expandcl(session: SessionState, node: Command) -> None:
    data, groups, name = session.data, node.required("cluster"), node.required("generate")
    check_new_name(name, data)
    codes, count = group_codes(data, resolve_varlist(groups, data))
    copies = _copies(session, node)
    low = np.full(count, np.iinfo(np.int64).max)
    high = np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(low, codes, copies)
    np.maximum.at(high, codes, copies)
    if not np.array_equal(low, high):
        raise StataError(198, "expression is not constant within clusters")
    expanded, numbers = expand_clusters(data, copies, codes, count)
    made = expanded.n_obs - data.n_obs
    kind = narrowest_type(numbers.astype(np.float64), "double")
    values = from_double(numbers.astype(np.float64), kind)
    session.data = expanded.with_variables(Variable(name, kind, values, default_format(kind)))
    session.out.write(f"({counted(made, 'observation')} created)")


def _say_ignored(session: SessionState, count: int, kind: str) -> None:
    if count:
        what = counted(count, f"{kind} count")
        session.out.write(f"({what} ignored; {'observation' if count == 1 else 'observations'} not deleted)")


@command(
    "fillin",
    syntax=Syntax("varlist"),
    synopsis="fillin varlist",
    needs=("data",),
    keeps_r=True,
)
def fillin(session: SessionState, node: Command) -> None:
    names = list(dict.fromkeys(resolve_varlist(node.argument, session.data))) if node.argument else []
    if len(names) < 2:
        raise StataError(102, "too few variables specified")
    check_new_name("_fillin", session.data)
    data, added = fillin_data(session.data, names, room_of(session))
    session.data = data.with_variables(Variable("_fillin", "byte", added.astype(np.int8), "%8.0g"))
