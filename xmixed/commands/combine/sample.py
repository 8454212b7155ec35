"""sample, bsample."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import promoted_type, stored
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.draws import sampling_units
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import check_new_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.text import counted
from xmixed.session.state import SessionState


@command(
    "sample",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("count", "c", help="a number of observations, not a percentage"),
            OptionSpec("by", "by", "varlist", help="from each group"),
        ),
    ),
    synopsis="sample # [if] [in] [, count by(varlist)]",
    needs=("data",),
    keeps_r=True,
)
def sample(session: SessionState, node: Command) -> None:
    data = session.data
    if not node.argument:
        raise StataError(198, "invalid syntax")
    number = evaluate_number(parse_expression(node.argument), Context.of(session))
    if number < 0 or number >= MISSING or (not node.option("count") and number > 100):
        raise StataError(198, f"{node.argument.strip()} invalid sample size")
    rows = selected_rows(session, node)
    by = resolve_varlist(node.option("by"), data) if node.option("by") else []
    codes, count = group_codes(data, by, rows)
    used = np.flatnonzero(rows)
    order = used[np.lexsort([session.memory.generator().random(len(used)), codes[used]])]
    sizes = np.bincount(codes[used], minlength=count)
    wanted = np.full(count, number) if node.option("count") else np.floor(sizes * number / 100 + 0.5)
    place = np.arange(len(used)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    gone = order[place >= wanted[codes[order]]]
    keep = np.ones(data.n_obs, dtype=bool)
    keep[gone] = False
    if len(gone):
        session.data = data.rows(keep)
    session.out.write(f"({counted(len(gone), 'observation')} deleted)")


@command(
    "bsample",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("strata", "str", "varlist", help="within each stratum"),
            OptionSpec("cluster", "cl", "varlist", help="whole clusters"),
            OptionSpec("idcluster", "id", "name", help="numbers of the clusters drawn"),
            OptionSpec("weight", "w", "varname", help="how often each is drawn, instead of the data drawn"),
        ),
    ),
    synopsis="bsample [#] [if] [in] [, strata(varlist) cluster(varlist) idcluster(newvar) weight(varname)]",
    needs=("data",),
    keeps_r=True,
)
def bsample(session: SessionState, node: Command) -> None:
    data = session.data
    names = {
        option: resolve_varlist(node.option(option), data) if node.option(option) else []
        for option in ("strata", "cluster")
    }
    units = sampling_units(data, names["strata"], names["cluster"], selected_rows(session, node))
    size = None
    if node.argument:
        number = evaluate_number(parse_expression(node.argument), Context.of(session))
        if not 0 < number < MISSING or number != int(number):
            raise StataError(198, f"{node.argument.strip()} invalid sample size")
        size = int(number)
        if np.any(size > units.strata_sizes):
            raise StataError(498, "resample size must not be greater than number of sampling units")
    drawn = units.draw(session.memory.generator(), size)
    rows = units.rows(drawn)
    if node.option("weight") is not None:
        if node.option("idcluster") is not None:
            raise StataError(198, "weight() may not be combined with idcluster()")
        session.data = _with_frequencies(data, node.option("weight"), rows)
        return
    found = data.rows(rows).with_(marks={})
    if node.option("idcluster") is not None:
        check_new_name(node.option("idcluster"), data)
        numbers = units.numbers(drawn).astype(np.int32)
        found = found.with_variables(Variable(node.option("idcluster"), "long", numbers, "%12.0g"))
    session.data = found


def _with_frequencies(data: Dataset, pattern: str, drawn: np.ndarray) -> Dataset:
    """Return data in which a variable says how often each observation was drawn."""
    variable = data[resolve_name(pattern, data)]
    if variable.is_string:
        raise StataError(109, "type mismatch")
    counts = np.bincount(drawn, minlength=data.n_obs).astype(np.float64)
    kind = promoted_type(variable.type, counts)
    return data.with_variables(replace(variable, type=kind, values=stored(counts, kind)))
