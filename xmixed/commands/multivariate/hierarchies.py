"""cluster singlelinkage, averagelinkage, wardslinkage and their kin: hierarchies of mergers."""

from __future__ import annotations

from typing import cast

import numpy as np

from xmixed.commands.multivariate.kept import Analysis, new_name, number_variable, with_analysis
from xmixed.commands.multivariate.samples import MEASURE, NAME, measure_of, sample_of
from xmixed.commands.registry import Handler, subcommand
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.session.state import SessionState
from xmixed.statistics.clustering import SQUARED, Linkage, hierarchy

LARGEST = 20_000
"""Observations: their dissimilarities are all in memory."""

_SYNTAX = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    options=(
        NAME,
        MEASURE,
        OptionSpec("generate", "gen", "name", "what names of the variables begin with; default the analysis"),
    ),
)


def _registered(handler: Handler) -> Handler:
    for word in ("single", "average", "complete", "waverage", "median", "centroid", "wards"):
        name = f"{word}linkage"
        synopsis = f"cluster {name} [varlist] [if] [in] [, name() measure() generate(stub)]"
        subcommand("cluster", name, syntax=_SYNTAX, synopsis=synopsis, needs=("data",))(handler)
    return handler


@_registered
def cluster_hierarchy(session: SessionState, node: Command) -> None:
    linkage = cast(Linkage, node.name.split()[1].removesuffix("linkage"))
    names, rows, x = sample_of(session, node)
    if len(x) < 2:
        raise StataError(2001, "insufficient observations")
    if len(x) > LARGEST:
        raise StataError(1000, f"at most {LARGEST} observations can be merged")
    name = new_name(session.data, str(node.option("name", "") or ""))
    stub = str(node.option("generate", name))
    made = [f"{stub}_{part}" for part in ("id", "ord", "hgt")]
    for variable in made:
        check_new_name(variable, session.data)
    measure = measure_of(node, "L2squared" if linkage in SQUARED else "L2")
    try:
        found = hierarchy(x, linkage, measure)
    except FloatingPointError:
        raise StataError(1400, "numerical overflow") from None
    columns = [np.full(session.data.n_obs, MISSING) for _ in made]
    columns[0][rows] = np.arange(1, len(rows) + 1)
    columns[1][rows] = found.order + 1
    columns[2][rows[:-1]] = found.heights
    variables = [number_variable(own, values) for own, values in zip(made[:2], columns[:2], strict=True)]
    variables.append(Variable(made[2], "double", columns[2], "%10.0g"))
    own = Analysis(name, "hierarchical", linkage, measure, " ".join(names), " ".join(made))
    session.data = with_analysis(session.data.with_variables(*variables), own)
    session.out.write(f"cluster name: {name}")
