"""strate, stir: rates of failure by group, and by exposure."""

from __future__ import annotations

import math

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import value_texts
from xmixed.data.dataset import Variable
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.survival.declared import declared
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.combine.duplicates import EVERY, render_listing
from xmixed.render.layouts.estimation.survival import render_settings
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile

TIME = "_person_time"


def _counted(session: SessionState, node: Command) -> np.ndarray:
    """Return the observations that count; r(459) for weighted data, which these commands do not take."""
    settings = declared(session.data)
    if settings.weight:
        raise StataError(101, "weights not allowed")
    rows = selected_rows(session, node) & (session.data["_st"].to_double() == 1)
    if not rows.any():
        raise StataError(2000, "no observations")
    return rows


@command(
    "strate",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("per", "per", "number", "units of time of the rates", minimum_value=1e-12),
            OptionSpec("noshow", "nosh", help="without the settings of the data"),
            OptionSpec("jackknife", "j", built=False),
            OptionSpec("cluster", "cl", "varname", built=False),
            OptionSpec("smr", "smr", "varname", built=False),
            OptionSpec("output", "out", "text", built=False),
            OptionSpec("graph", "g", built=False),
            LEVEL,
        ),
    ),
    synopsis="strate [varlist] [if] [in] [, per(#) noshow level(#)]",
    needs=("data",),
    keeps_r=True,
)
def strate(session: SessionState, node: Command) -> None:
    data, rows = session.data, _counted(session, node)
    names = list(dict.fromkeys(resolve_varlist(node.argument, data))) if node.argument else []
    for name in names:
        rows = rows & data[name].known()
    level, per = float(node.option("level", session.settings.level)), float(node.option("per", 1.0))
    codes, count = group_codes(data, names, rows)
    failures = np.bincount(codes[rows], weights=data["_d"].to_double()[rows], minlength=count)
    spent = (data["_t"].to_double() - data["_t0"].to_double())[rows]
    times = np.bincount(codes[rows], weights=spent, minlength=count)
    first = [int(np.flatnonzero(codes == code)[0]) for code in range(count)]
    columns: list[tuple[str, list[str]]] = []
    for name in names:
        variable = data[name]
        if variable.is_string:
            columns.append((name, [str(variable.values[row]) for row in first]))
        else:
            columns.append((name, value_texts(data, variable, variable.to_double()[first].tolist())))
    z = normal_quantile(level)
    table = [_row(d, y, per, z) for d, y in zip(failures.tolist(), times.tolist(), strict=True)]
    heads = ("D", "Y", "Rate", "Lower", "Upper")
    columns += [(head, [row[place] for row in table]) for place, head in enumerate(heads)]
    if not node.option("noshow"):
        session.out.write(*render_settings(declared(data).rows))
    title = "Estimated rates" + (f" (per {per:g})" if per != 1 else "")
    session.out.write(
        "",
        f"{title} and lower/upper bounds of {level:g}% confidence intervals",
        f"({int(rows.sum())} records included in the analysis)",
        *render_listing(columns, frozenset(range(EVERY, len(table), EVERY))),
    )


def _row(failures: float, time: float, per: float, z: float) -> list[str]:
    rate = per * failures / time if time else MISSING
    low = high = MISSING
    if failures and time:
        factor = math.exp(z / math.sqrt(failures))
        low, high = rate / factor, rate * factor
    figures = [format_value(value, "%9.0g").strip() for value in (rate, low, high)]
    return [f"{failures:.0f}", format_value(time / per, "%9.0g").strip(), *figures]


@command(
    "stir",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("by", "by", "varname", "strata, and their combination by Mantel and Haenszel"),
            OptionSpec("noshow", "nosh", help="without the settings of the data"),
            LEVEL,
        ),
    ),
    synopsis="stir exposed [if] [in] [, by(varname) noshow level(#)]",
    needs=("data",),
)
def stir(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    own, rows = session.data, _counted(session, node)
    exposed = resolve_name(node.argument, own)
    time = own["_t"].to_double() - own["_t0"].to_double()
    options = [f"level({node.option('level', session.settings.level)})"]
    if node.option("by") is not None:
        options.append(f"by({resolve_name(node.option('by'), own)})")
    if not node.option("noshow"):
        session.out.write(*render_settings(declared(own).rows))
    session.data = own.with_variables(Variable(TIME, "double", time, "%9.0g")).rows(rows)
    try:
        session.execute(f"ir _d {exposed} {TIME}, {' '.join(options)}")
    finally:
        session.data = own
