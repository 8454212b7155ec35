"""btscs: how long it is since the last event, in data of panels over time."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.dataset import Variable, default_format, from_double
from xmixed.data.operations.recode import narrowest_type
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState


@command(
    "btscs",
    syntax=Syntax(
        "varlist",
        options=(
            OptionSpec("generate", "g", "name", "the new variable"),
            OptionSpec("nspline", "nspline", "integer", built=False),
            OptionSpec("dummy", "dummy", "text", built=False),
            OptionSpec("knots", "knots", "text", built=False),
            OptionSpec("failure", "failure", built=False),
            OptionSpec("tcensor", "tcensor", "name", built=False),
        ),
    ),
    synopsis="btscs event timevar groupvars, generate(newvar)",
    needs=("data",),
    keeps_r=True,
)
def btscs(session: SessionState, node: Command) -> None:
    """Sort the data; the first observation of a group and the one behind an event count zero."""
    data = session.data
    names = resolve_varlist(node.argument or (), data)
    if len(names) < 3:
        raise StataError(102, "too few variables specified")
    name = node.option("generate")
    if name is None:
        raise StataError(198, "option generate() required")
    check_new_name(name, data)
    event, time, groups = names[0], names[1], names[2:]
    if data[event].is_string or data[time].is_string:
        raise StataError(109, "type mismatch")
    if not np.isin(data[event].to_double()[~is_missing(data[event].to_double())], (0.0, 1.0)).all():
        raise StataError(450, f"{event} is not a 0/1 variable")
    session.execute(f"sort {' '.join(groups)} {time}")
    data = session.data
    codes = group_codes(data, groups)[0]
    happened = data[event].to_double() == 1
    values = spell_lengths(codes, happened)
    kind = narrowest_type(values)
    session.data = data.with_variables(
        Variable(name, kind, from_double(values, kind), default_format(kind), f"time since last {event}")
    )


def spell_lengths(codes: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Return how many rows stand between each row and the start of its spell, shape (n,).

    Spells begin with the first row of a group, groups lying together, and behind each row with an event.
    """
    n = len(codes)
    begins = np.ones(n, dtype=bool)
    begins[1:] = (codes[1:] != codes[:-1]) | happened[:-1]
    starts = np.maximum.accumulate(np.where(begins, np.arange(n), 0))
    return (np.arange(n) - starts).astype(np.float64)
