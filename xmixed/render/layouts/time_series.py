"""What `xtset` and `tsset` print; tables of correlations by lag."""

from __future__ import annotations

import numpy as np

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

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


# --- correlograms -----------------------------------------------------------------------------------------

_AXIS = "-1       0       1"
_STEP = 0.125
"""What one character of a bar stands for."""


def _bar(value: float) -> str:
    """Return a bar from zero: eight characters to either side."""
    length = 0 if value != value else min(8, int(abs(value) / _STEP))
    dashes = "-" * length
    return f"{dashes if value < 0 else '':>8}|{dashes if value >= 0 else '':<8}"


def render_correlogram(
    r: np.ndarray, partial: np.ndarray, q: np.ndarray, p: np.ndarray, bars: bool
) -> list[Line]:
    """Return the table of `corrgram`: a row for each lag from 1; arrays of shape (lags,)."""
    head = " LAG       AC       PAC      Q     Prob>Q"
    width = 79 if bars else len(head)
    lines = [line(), line(" " * 42 + f"{_AXIS} {_AXIS}")] if bars else [line()]
    lines += [line(head + ("  [Autocorrelation]  [Partial Autocor]" if bars else "")), line(rule(width))]
    for lag, (one, other, statistic, tail) in enumerate(zip(r, partial, q, p, strict=True), 1):
        figures = "".join(
            (format_value(float(value), fmt) if value == value else ".").rjust(size)
            for value, fmt, size in (
                (one, "%7.4f", 8),
                (other, "%7.4f", 9),
                (statistic, "%7.5g", 9),
                (tail, "%6.4f", 8),
            )
        )
        shown = f"  {_bar(one)}  {_bar(other)}" if bars else ""
        lines.append(line(f"{lag:<7}", result(figures + shown)))
    return lines


def render_cross_correlogram(lags: list[int], r: np.ndarray, bars: bool) -> list[Line]:
    """Return the table of `xcorr, table`."""
    head = " LAG      CORR"
    lines = [line(), line(" " * 17 + _AXIS)] if bars else [line()]
    lines += [line(head + ("  [Cross-correlation]" if bars else "")), line(rule(36 if bars else len(head)))]
    for lag, value in zip(lags, r, strict=True):
        figure = (format_value(float(value), "%7.4f") if value == value else ".").rjust(8)
        lines.append(line(f"{lag:<7}", result(figure + (f"  {_bar(value)}" if bars else ""))))
    return lines
