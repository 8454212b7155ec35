"""loneway: one-way analysis of variance with the intraclass correlation."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.response import response_by_group
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.render.layouts.inference.oneway import render_loneway
from xmixed.session.results import Results
from xmixed.session.state import SessionState
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
    own = response_by_group(session, node)
    anova = one_way(own.cells.n, own.cells.mean, own.cells.sd)
    if len(own.values) < 2 or anova.df_within <= 0 or not anova.within > 0:
        raise StataError(2001, "insufficient observations")
    exact = bool(node.option("exact"))
    if exact and len(np.unique(anova.n)) > 1:
        raise StataError(198, "exact is for groups of one size only")
    level = float(node.option("level", session.settings.level))
    found = intraclass(anova, level, exact)
    names = own.response.name, own.response.label, own.group.name
    session.out.write(*render_loneway(anova, found, *names, level))
    scalars = {
        "N": anova.total_n,
        "rho": found.rho,
        "lb": found.lower,
        "ub": found.upper,
        "rho_t": found.reliability,
        "se": found.se,
        "sd_w": found.sd_within,
        "sd_b": found.sd_between,
    }
    session.r = Results({name: value for name, value in scalars.items() if value < MISSING})
