"""The tables of `tabulate, summarize()`: means, standard deviations, frequencies by categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import cut, right
from xmixed.output import Line, line
from xmixed.render.layouts.describe.tabulate import (
    LABEL,
    ONE_WAY_STUB,
    Content,
    TwoWay,
    centred,
    frequency,
    two_way_panels,
)
from xmixed.render.text import printable, result, rule, wrap

CELL = 12
HEADS = {"mean": "Mean", "sd": "Std. Dev.", "freq": "Freq.", "obs": "Obs."}
_WORDS = {
    "mean": "Means",
    "sd": "Standard Deviations",
    "freq": "Frequencies",
    "obs": "Numbers of Observations",
}
STATISTIC = "%10.0g"


@dataclass(frozen=True, slots=True, eq=False)
class SummaryTable:
    """Statistics of a variable by categories.

    Attributes
    ----------
    title : str
        Label or name of the variable that is summarised.
    head, texts
        Row variable and its values.
    statistics : tuple of str
        Of mean, sd, freq and obs, those that are shown.
    values : dict of str to ndarray, shape (r+1,) or (r+1, c+1)
        The last ones are the totals.
    column_head, column_texts
        The same for columns; "" and () in a one-way table.
    """

    title: str
    head: str
    texts: tuple[str, ...]
    statistics: tuple[str, ...]
    values: dict[str, np.ndarray]
    column_head: str = ""
    column_texts: tuple[str, ...] = ()
    weighted: bool = False


def render_summary_table(table: SummaryTable, linesize: int) -> list[Line]:
    """Return the table after a blank line."""
    if table.column_texts:
        return _two_way(table, linesize)
    width, inside = ONE_WAY_STUB, CELL * len(table.statistics)
    stub = wrap(printable(table.head), width)
    titles = [
        centred(text, inside, 1).rstrip() for text in wrap(f"Summary of {printable(table.title)}", inside)
    ]
    tail = [*titles, "".join(HEADS[name].rjust(CELL) for name in table.statistics)]
    height = max(len(stub), len(tail))
    stub, tail = [""] * (height - len(stub)) + stub, [""] * (height - len(tail)) + tail
    inner = line(rule(width + 1) + "+" + rule(inside))
    lines = [line(right(a, width) + " |" + b) for a, b in zip(stub, tail, strict=True)]
    rows = [_row(table, i, right(cut(printable(text), LABEL), width)) for i, text in enumerate(table.texts)]
    return [line(), *lines, inner, *rows, inner, _row(table, len(table.texts), right("Total", width))]


def _row(table: SummaryTable, i: int, label: str) -> Line:
    cells = (_figure(float(table.values[name][i]), name, table.weighted) for name in table.statistics)
    return line(label + " |", result("".join(cell.rjust(CELL) for cell in cells)))


def _figure(value: float, name: str, weighted: bool) -> str:
    if name in ("mean", "sd"):
        return format_value(value, STATISTIC).strip()
    return frequency(value, weighted and name == "freq")


def _two_way(table: SummaryTable, linesize: int) -> list[Line]:
    kinds = {"mean": STATISTIC, "sd": STATISTIC, "obs": "count"}
    kinds["freq"] = "weighted" if table.weighted else "count"
    contents = tuple(Content("", table.values[name], kinds[name]) for name in table.statistics)
    grid = TwoWay(
        table.head, table.column_head, table.texts, table.column_texts, contents, trailing="", title_bias=0
    )
    title = f"     {_joined([_WORDS[name] for name in table.statistics])} of {printable(table.title)}"
    lines = [line(), line(title)]
    for panel in two_way_panels(grid, linesize):
        lines += [line(), *panel]
    return lines


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
