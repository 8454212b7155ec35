"""loneway: one-way analysis of variance with the intraclass correlation."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, weights_of
from xmixed.commands.varlists import check_count
from xmixed.data.categories import categories_of
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.inference.oneway import render_loneway
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped
from xmixed.statistics.inference.comparisons import one_way
from xmixed.statistics.inference.intraclass import intraclass


@command(
    "loneway",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("aweight",),
        options=(
            OptionSpec("mean", "me", built=False),
            OptionSpec("median", "med", built=False),
            OptionSpec("exact", "ex", help="exact limits; the groups must have one size"),
            LEVEL,
        ),
    ),
    synopsis="loneway response group [if] [in] [aweight] [, exact level(#)]",
    needs=("data",),
    by="each",
)
def loneway(session: SessionState, node: Command) -> None:
    names = resolve_varlist(node.argument or (), session.data)
    check_count(names, 2, 2)
    response, group = (session.data[name] for name in names)
    if response.is_string:
        raise StataError(109, "type mismatch")
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    x = response.to_double()
    used = rows & ~is_missing(x)
    if weights.values is not None:
        used &= weights.values != 0
    found = categories_of(group, used)
    used = found.used
    if not used.any():
        raise StataError(2000, "no observations")
    w = None if weights.values is None else weights.values[used] * (used.sum() / weights.values[used].sum())
    count = len(found.values)
    cells = Grouped(x[used], found.codes[used], count, w, "fweight" if w is not None else "")
    anova = one_way(cells.n, cells.mean, cells.sd)
    if count < 2 or anova.df_within <= 0 or not anova.within > 0:
        raise StataError(2001, "insufficient observations")
    exact = bool(node.option("exact"))
    if exact and len(np.unique(anova.n)) > 1:
        raise StataError(198, "exact is for groups of one size only")
    level = float(node.option("level", session.settings.level))
    own = intraclass(anova, level, exact)
    session.out.write(*render_loneway(anova, own, response.name, response.label, group.name, level))
    scalars = {
        "N": anova.total_n,
        "rho": own.rho,
        "lb": own.lower,
        "ub": own.upper,
        "rho_t": own.reliability,
        "se": own.se,
        "sd_w": own.sd_within,
        "sd_b": own.sd_between,
    }
    session.r = Results({name: value for name, value in scalars.items() if value < MISSING})
