"""mfx: the response at a point, and the table of its effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.text import result, rule

STUB, WIDTH = 8, 78
# Blanks before each figure, and its format: the effect, its error, z, P, two limits, X.
_COLUMNS = (
    (2, "%9.0g"),
    (5, "%7.0g"),
    (2, "%6.2f"),
    (3, "%5.3f"),
    (2, "%8.0g"),
    (1, "%8.0g"),
    (2, "%8.0g"),
)


class EffectRow(NamedTuple):
    """A variable, whether its effect is that of a change from 0 to 1, the figures, and where it stands."""

    name: str
    discrete: bool
    figures: Figures
    at: float


def render_effects_at_point(
    title: str, response: str, value: float, kind: str, level: float, rows: Sequence[EffectRow]
) -> list[Line]:
    """Return title, response and table.

    Parameters
    ----------
    response : str
        `Pr(d) (predict)`.
    kind : str
        `dy/dx`, `ey/ex`, ...
    """
    limits = f"[{level:>6g}% C.I.   ]"
    lines = [
        line(),
        line(title),
        line(f"      y  = {response}"),
        line("         = ", result(format_value(value, "%10.0g"))),
        line(rule(WIDTH)),
        line(f"variable |{kind:>11}    Std. Err.     z    P>|z|  {limits}      X"),
        line(rule(STUB + 1) + "+" + rule(WIDTH - STUB - 2)),
    ]
    for row in rows:
        own = row.figures
        values = (own.estimate, own.standard_error, own.statistic, own.p_value, own.lower, own.upper, row.at)
        cells = "".join(
            " " * blanks + format_value(number, fmt)
            for (blanks, fmt), number in zip(_COLUMNS, values, strict=True)
        )
        name = f"{abbreviate_name(row.name, STUB):>{STUB}}{'*' if row.discrete else ' '}|"
        lines.append(line(name, result(cells)))
    lines.append(line(rule(WIDTH)))
    if any(row.discrete for row in rows):
        lines.append(line(f"(*) {kind} is for discrete change of dummy variable from 0 to 1"))
    return lines
