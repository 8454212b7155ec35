"""mvdecode, mvencode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of
from xmixed.data.columns import promoted_type, stored
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.text import counted
from xmixed.session.state import SessionState

NAME_WIDTH = 12


def _changes(node: Command) -> list[tuple[tuple[float, ...] | None, float | None]]:
    """Return what `mv()` says: values before each `=` (None: else), and the one behind (None without)."""
    text = node.required("mv")
    found = []
    for part in text.split("\\"):
        before, equals, after = part.partition("=")
        values = None if before.strip() == "else" else parse_numlist(before)
        target = parse_numlist(after) if equals else ()
        nothing = not equals if values is None else not values
        if nothing or (equals and len(target) != 1):
            raise StataError(198, "option mv() incorrectly specified")
        found.append((values, next(iter(target), None)))
    return found


@command(
    "mvdecode",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(OptionSpec("mv", "mv", "text", help="values that become missing"),),
    ),
    synopsis="mvdecode varlist [if] [in], mv(numlist | numlist=mv [\\ numlist=mv ...])",
    needs=("data",),
    keeps_r=True,
)
def mvdecode(session: SessionState, node: Command) -> None:
    changes = _changes(node)
    rows = selected_rows(session, node)
    changed = []
    for variable in _chosen(session, node):
        values = variable.to_double().copy()
        touched = np.zeros(len(values), dtype=bool)
        for before, after in changes:
            at = np.isin(variable.to_double(), before or ()) & rows
            values[at] = MISSING if after is None else after
            touched |= at
        count = int(touched.sum())
        if count:
            changed.append(replace(variable, values=stored(values, variable.type)))
            session.out.write(f"{variable.name:>{NAME_WIDTH}}: {counted(count, 'missing value')} generated")
    session.data = session.data.with_variables(*changed) if changed else session.data


def _chosen(session: SessionState, node: Command) -> list[Variable]:
    """Return the numeric variables; strings are named and left out."""
    if not node.argument:
        raise StataError(100, "varlist required")
    found = []
    for variable in variables_of(session.data, node):
        if variable.is_string:
            session.out.write(f"{variable.name:>{NAME_WIDTH}}: string variable ignored")
        else:
            found.append(variable)
    return found


@command(
    "mvencode",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("mv", "mv", "text", help="values for missing ones"),
            OptionSpec("override", "o", help="also where a value is there already"),
        ),
    ),
    synopsis="mvencode varlist [if] [in], mv(# | mv=# [\\ mv=# ...] [\\ else=#]) [override]",
    needs=("data",),
    keeps_r=True,
)
def mvencode(session: SessionState, node: Command) -> None:
    changes = _changes(node)
    rows = selected_rows(session, node)
    changed, lines, taken = [], [], []
    for variable in _chosen(session, node):
        before = variable.to_double()
        values, open_ = before.copy(), rows & is_missing(before)
        for source, target in changes:
            value = source[0] if target is None and source else target
            at = open_ if source is None or target is None else open_ & np.isin(before, source)
            if at.any() and not node.option("override"):
                there = int(np.count_nonzero(before[rows] == value))
                if there:
                    taken.append(f"{variable.name}: already {value:g} in {counted(there, 'observation')}")
            values[at] = value
            open_ = open_ & ~at
        count = int(np.count_nonzero(values != before))
        if count:
            kind = promoted_type(variable.type, values)
            changed.append(replace(variable, type=kind, values=stored(values, kind)))
            lines.append(f"{variable.name:>{NAME_WIDTH}}: {counted(count, 'missing value')} recoded")
    if taken:
        raise StataError(9, "\n".join([*taken, "no action taken"]))
    session.data = session.data.with_variables(*changed) if changed else session.data
    session.out.write(*lines)
