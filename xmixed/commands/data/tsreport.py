"""tsreport: gaps in the times of a sample."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.ordering import stable_order

_MARK = "__gap"
"""A variable that is there while observations are listed."""


@command(
    "tsreport",
    syntax=Syntax(
        "none",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("report", "r", help="say how many gaps there are, if any"),
            OptionSpec("report0", "report0", help="say it even where there is none"),
            OptionSpec("panel", "p", help="a change of panel is no gap"),
            OptionSpec("list", "l", help="list the observations behind gaps"),
        ),
    ),
    synopsis="tsreport [if] [in] [, report report0 panel list]",
    needs=("data",),
)
def tsreport(session: SessionState, node: Command) -> None:
    data = session.data
    kept = data.characteristics.get("_dta", {})
    panel, time = kept.get("_TSpanel", ""), kept.get("_TStvar", "")
    if not time or time not in data:
        raise StataError(111, "time variable not set")
    rows = selected_rows(session, node)
    times = data[time].to_double()
    panels = data[panel].to_double() if panel in data else np.zeros(data.n_obs)
    rows = np.flatnonzero(rows & ~is_missing(times) & ~is_missing(panels))
    rows = rows[stable_order([panels[rows], times[rows]])]
    changes = panels[rows][1:] != panels[rows][:-1]
    late = (times[rows][1:] - times[rows][:-1]) > (number_of(kept.get("_TSdelta", "")) or 1.0)
    counted = late & ~changes if node.option("panel") else late | changes
    gaps = int(np.count_nonzero(counted))
    with_changes = bool(panel) and not node.option("panel")
    if node.option("report0") or (node.option("report") and gaps):
        includes = "   (gap count includes panel changes)" if with_changes else ""
        session.out.write("", f"Number of gaps in sample:  {gaps}{includes}")
    if node.option("list") and gaps:
        includes = ("(gaps include panel changes)",) if with_changes else ()
        session.out.write("", "Observations with preceding time gaps", *includes)
        _list(session, [panel, time] if panel in data else [time], rows[1:][counted])
    scalars = {"N_gaps": float(gaps)}
    if len(rows):
        scalars |= {"start": float(times[rows].min()), "end": float(times[rows].max())}
    session.r = Results(scalars=scalars)


def _list(session: SessionState, names: list[str], rows: np.ndarray) -> None:
    """List observations, in the order of the data."""
    marks = np.zeros(session.data.n_obs, dtype=bool)
    marks[rows] = True
    own = session.data
    session.data = own.with_variables(Variable(_MARK, "byte", marks.astype(np.int8), "%8.0g"))
    try:
        session.execute(f"list {' '.join(names)} if {_MARK}")
    finally:
        session.data = own
