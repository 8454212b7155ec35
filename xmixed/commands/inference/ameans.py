"""ameans."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows, weights_of
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.inference.intervals import MEANS, MeansRow, render_means
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.means import three_means


@command(
    "ameans",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight"),
        options=(
            OptionSpec("add", "a", "number", help="# is added to every value first"),
            OptionSpec("only", "o", help="with add(): only where a variable has values below or at zero"),
            LEVEL,
        ),
    ),
    synopsis="ameans [varlist] [if] [in] [weight] [, add(#) only level(#)]",
    needs=("data",),
    by="each",
)
def ameans(session: SessionState, node: Command) -> None:
    if node.option("only") and node.option("add") is None:
        raise StataError(198, "only requires add()", node.options["only"].span)
    variables = numeric_variables(session, node)
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows)
    if weights.values is not None:
        rows = rows & (weights.values != 0)
    level = float(node.option("level", session.settings.level))
    shown = []
    for variable in variables:
        x = variable.to_double()
        used = rows & ~is_missing(x)
        if not used.any():
            continue
        x, added = x[used], 0.0
        if node.option("add") is not None and not (node.option("only") and np.all(x > 0)):
            added = float(node.option("add"))
        w = None if weights.values is None else weights.values[used]
        means = three_means(x + added, w, weights.kind == "fweight", level)
        shown.append(MeansRow(variable.name, added, means))
    if not shown:
        raise StataError(2000, "no observations")
    session.out.write(*render_means(shown, level))
    scalars: dict[str, float] = {"level": level}
    for (_, ending), found in zip(MEANS, shown[-1].means, strict=True):
        figures = {"N": found.n, "mean": found.mean, "lb": found.low, "ub": found.high}
        scalars |= {name + ending: value for name, value in figures.items()}
    scalars["N_pos"] = scalars.pop("N_g")
    del scalars["N_h"]
    session.r = Results(scalars=scalars)
