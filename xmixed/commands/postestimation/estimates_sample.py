"""estimates esample: the estimation sample of results from a file, said by the user."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.estimation.sample import SampleColumns
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_column
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command, Varlist, Weight
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.session.stored import commit, new_mark, stored_estimates

BY_USER = " by user"
"""At the end of the name of a row mark that `estimates esample:` has set."""


@subcommand("estimates", "esample", syntax=Syntax(), synopsis="estimates esample [: varlist]", keeps_r=True)
def esample(session: SessionState, node: Command) -> None:
    mark = stored_estimates(session, ".").mark
    if mark not in session.data.marks:
        session.out.write("e(sample) not set (0 assumed)")
    else:
        session.out.write(f"e(sample) set by {'user' if mark.endswith(BY_USER) else 'estimation command'}")


@subcommand(
    "estimates",
    "esample:",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight", "pweight", "iweight"),
        options=(
            OptionSpec("replace", "replace", help="set the sample anew"),
            OptionSpec("stringvars", "string", "varlist", "observations with empty strings stay out too"),
            OptionSpec("zeroweight", "zero", help="observations with weight 0 stay in"),
        ),
    ),
    synopsis="estimates esample: [varlist] [if] [in] [weight] [, replace stringvars(varlist) zeroweight]",
    keeps_r=True,
)
def set_esample(session: SessionState, node: Command) -> None:
    active = stored_estimates(session, ".")
    if active.mark in session.data.marks and not node.option("replace"):
        raise StataError(322, "e(sample) already set", hint="option replace sets it anew")
    context = Context.of(session)
    sample = SampleColumns(context, select_rows(node.condition, node.in_range, context))
    numeric: Varlist = node.argument or ()
    strings: Varlist = node.option("stringvars", ())
    for name in (*resolve_varlist(numeric, session.data), *resolve_varlist(strings, session.data)):
        sample.add_level(name)
    rows = sample.rows
    if node.weight is not None:
        rows = rows & _weighted(node.weight, bool(node.option("zeroweight")), context)
    mark = new_mark() + BY_USER
    session.data = session.data.with_(marks={**session.data.marks, mark: rows}, changed=session.data.changed)
    commit(session, replace(active, mark=mark))


def _weighted(weight: Weight, zero: bool, context: Context) -> np.ndarray:
    """Return which observations have a weight."""
    values, _ = evaluate_column(weight.expression, context)
    return ~is_missing(values) & ((values != 0) | zero)
