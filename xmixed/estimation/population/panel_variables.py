"""The panel and time variables of an estimation command: those of its options, or of xtset."""

from __future__ import annotations

from xmixed.data.panel import panel_settings
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.formats.hexadecimal import number_of
from xmixed.language.nodes import Command
from xmixed.session.state import SessionState


def panel_variable(session: SessionState, node: Command) -> str:
    """Return the variable of i(), or the one that xtset has set.

    Raises
    ------
    StataError
        r(459) where none is set.
    """
    if "i" in node.options:
        return resolve_name(node.options["i"].value, session.data)
    try:
        return panel_settings(session.data).panel
    except StataError:
        raise StataError(459, "must specify panelvar; use xtset") from None


def time_variable(session: SessionState, node: Command) -> tuple[str, float]:
    """Return the variable of t(), or the one that xtset has set, and the step from one time to the next.

    Raises
    ------
    StataError
        r(459) where none is set.
    """
    if "t" in node.options:
        return resolve_name(node.options["t"].value, session.data), 1.0
    try:
        settings = panel_settings(session.data, time=True)
    except StataError:
        raise StataError(459, "time variable not set, use xtset panelvar timevar") from None
    return settings.time, settings.periods


def series_variables(session: SessionState) -> tuple[str, str, float]:
    """Return the panel variable, "" for none, the time variable and the step, as tsset or xtset has set them.

    Raises
    ------
    StataError
        r(111) without a time variable.
    """
    kept = session.data.characteristics.get("_dta", {})
    panel, time = kept.get("_TSpanel", ""), kept.get("_TStvar", "")
    if not time or time not in session.data:
        raise StataError(111, "time variable not set, use tsset varname ...")
    return panel if panel in session.data else "", time, number_of(kept.get("_TSdelta", "")) or 1.0
