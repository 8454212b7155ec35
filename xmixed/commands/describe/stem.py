"""stem: stem-and-leaf plots."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.describe.stem import automatic_digits, automatic_lines, render_stems
from xmixed.session.state import SessionState

_MOST = 1e15


@command(
    "stem",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("digits", "d", "integer", "digits of leaves", minimum_value=1, maximum_value=6),
            OptionSpec("lines", "l", "integer", "lines of each stem: 1, 2 or 5", minimum_value=1),
            OptionSpec("round", "r", "number", "round to multiples of this"),
            OptionSpec("width", "w", "integer", built=False),
            OptionSpec("truncate", "t", "text", built=False),
            OptionSpec("prune", "p", help="no lines without leaves at the ends; they have none anyway"),
        ),
    ),
    synopsis="stem varname [if] [in] [, digits(#) lines(1 | 2 | 5) round(#)]",
    needs=("data",),
    by="each",
)
def stem(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    variable = session.data[resolve_name(node.argument, session.data)]
    if variable.is_string:
        raise StataError(109, "type mismatch")
    values = variable.to_double()
    values = values[selected_rows(session, node) & ~is_missing(values)]
    if not len(values):
        raise StataError(2000, "no observations")
    lines = node.option("lines")
    if lines not in (None, 1, 2, 5):
        raise StataError(198, "lines() must be 1, 2 or 5")
    unit = node.option("round")
    if unit is not None and not unit > 0:
        raise StataError(198, "round() must be positive")
    unit = _unit(values) if unit is None else float(unit)
    whole = np.rint(values / unit)
    if np.abs(whole).max() > _MOST:
        raise StataError(198, "values are too large for their unit: round() larger multiples")
    whole = whole.astype(np.int64)
    digits = node.option("digits", automatic_digits(whole))
    lines = automatic_lines(whole, digits) if lines is None else lines
    name = variable.name
    title = f"Stem-and-leaf plot for {name}{f' ({variable.label})' if variable.label else ''}"
    session.out.write("", title, "")
    if unit != 1:
        shown = format_value(unit, "%9.0g").strip()
        session.out.write(f"{name} rounded to nearest multiple of {shown}", f"plot in units of {shown}", "")
    session.out.write(*render_stems(whole, digits, lines, session.settings.linesize))


def _unit(values: np.ndarray) -> float:
    """Return 1 for whole numbers, else the power of ten that leaves three digits of their range."""
    if np.array_equal(values, np.rint(values)) and np.abs(values).max() <= _MOST:
        return 1.0
    spread = float(np.ptp(values)) or float(np.abs(values).max())
    return float(10.0 ** (np.floor(np.log10(spread)) - 2))
