"""What `xtset` and `tsset` print."""

from __future__ import annotations

from xmixed.output import Line, line
from xmixed.render.text import printable, result

COLON = 21
"""Column of the colon; values start three columns later."""


def render_settings(panel: str, balance: str, time: str, span: str, gaps: bool, delta: str) -> list[Line]:
    """Return the lines of the panel variable, the time variable and delta, as far as they are set.

    Parameters
    ----------
    panel, time : str
        Names; "" when not set.
    balance : str
        `strongly balanced`, `balanced`, ...
    span : str
        First and last time, `1 to 9`; "" without observations.
    delta : str
        Period with its unit, `1 unit`.
    """
    lines = []
    if panel:
        lines.append(_row("panel variable", f"{panel} ({balance})"))
    if time:
        shown = f"{time}, {span}" if span else time
        lines.append(_row("time variable", shown + (", but with gaps" if gaps else "")))
        lines.append(_row("delta", delta))
    return lines


def _row(label: str, value: str) -> Line:
    return line(f"{label:>{COLON}}:  ", result(printable(value)))
