"""Tests of residuals in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.output import Line, line
from xmixed.render.text import result, rule

_WIDTH = 75


@dataclass(frozen=True, slots=True)
class SerialTest:
    """A test at an order; F with `df_residual`, else chi2."""

    lags: int
    statistic: float
    df: int
    p_value: float
    df_residual: float | None = None


def render_durbin_watson(k: int, n: int, d: float) -> list[Line]:
    """Return the statistic of k coefficients and n observations."""
    shown = result(format_value(d, "%9.0g").strip().rjust(9))
    return [line(), line(f"Durbin-Watson d-statistic({k:3d},{n:6d}) = ", shown)]


def render_serial(title: str, rows: Sequence[SerialTest], null: str) -> list[Line]:
    """Return the table of tests, and the hypothesis below it."""
    small = rows[0].df_residual is not None
    kind = "F" if small else "chi2"
    lines = [
        line(),
        line(title),
        line(rule(_WIDTH)),
        line(f"    lags(p)  |{kind:>14}{'df':>17}{'Prob > ' + kind:>28}"),
        line(f"{rule(13)}+{rule(_WIDTH - 14)}"),
    ]
    for row in rows:
        df = str(row.df) if row.df_residual is None else f"({row.df:3d},{row.df_residual:6.0f} )"
        statistic = format_value(row.statistic, "%9.3f").strip()
        p_value = format_value(row.p_value, "%6.4f").strip()
        text = f"{statistic:>16}{df:>{16 if row.df_residual is None else 20}}"
        lines.append(line(f"{row.lags:8d}     |", result(text + p_value.rjust(57 - len(text)))))
    return [*lines, line(rule(_WIDTH)), line(null.center(_WIDTH).rstrip())]
