"""svydescribe: the strata of survey data and their sampling units."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import value_texts
from xmixed.errors import StataError
from xmixed.estimation.survey.design import known_rows, survey_design, units_of
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.estimation.survey import StratumRow, render_design, render_units
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.grouping import factorise

_SYNTAX = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("single", "si", help="strata with one sampling unit alone"),
        OptionSpec("stage", "st", "integer", built=False),
        OptionSpec("finalstage", "final", built=False),
        OptionSpec("generate", "gen", "name", built=False),
    ),
)


@command(
    "svydescribe", syntax=_SYNTAX, synopsis="svydescribe [varlist] [if] [in] [, single]", needs=("data",)
)
def svydescribe(session: SessionState, node: Command) -> None:
    """Count units and observations; those with missing values of the variables do not count."""
    data, design = session.data, survey_design(session.data)
    rows = known_rows(data, design) & selected_rows(session, node)
    for name in resolve_varlist(node.argument, data) if node.argument else ():
        rows = rows & data[name].known()
    if not rows.any():
        raise StataError(2000, "no observations")
    units = units_of(data, design, rows)
    sizes = np.bincount(units.units, minlength=units.n_units)
    names = ["1"]
    if design.strata:
        column = data[design.strata]
        levels = factorise(column.values[rows] if column.is_string else column.to_double()[rows]).levels
        names = value_texts(data, column, [x if isinstance(x, str) else float(x) for x in levels])
    strata = [_row(name, sizes[units.strata == place]) for place, name in enumerate(names)]
    shown = [row for row in strata if row.n_units == 1] if node.option("single") else strata
    total = _row(str(units.n_strata), sizes)
    title = "Survey: Describing strata with a single sampling unit in stage 1"
    session.out.write("", title if node.option("single") else "Survey: Describing stage 1 sampling units")
    session.out.write(*render_design(design.shown()), *render_units(shown, total))
    session.r = Results(
        {"N": float(rows.sum()), "N_strata": float(units.n_strata), "N_units": float(units.n_units)}
    )


def _row(name: str, sizes: np.ndarray) -> StratumRow:
    least, most = int(sizes.min()), int(sizes.max())
    return StratumRow(name, len(sizes), int(sizes.sum()), least, float(sizes.mean()), most)
