"""The tables of `tabstat`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value, width_of
from xmixed.formats.width import abbreviate_name, columns_of, cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule

STATISTIC_STUB, VARIABLE_STUB, LEAST_GROUP_STUB, LONG_STUB = 8, 12, 8, 9
CELL, NAME = 10, 8
DEFAULT = "%9.0g"
HEADS = {"n": "N", "count": "N", "semean": "se(mean)", "median": "p50"}


@dataclass(frozen=True, slots=True, eq=False)
class TabstatTable:
    """Statistics of variables, of all observations or by groups.

    Attributes
    ----------
    values : ndarray, shape (groups or 1, statistics, variables)
        With totals the last group is the total.
    formats : tuple of str
        Of each variable; "" for the default.
    by : str
        Name of the group variable; "" without groups.
    by_label : str
    groups : tuple of str
        `Total` among them.
    statistics_across : bool
        Statistics are the columns, variables the rows.
    """

    variables: tuple[str, ...]
    statistics: tuple[str, ...]
    values: np.ndarray
    formats: tuple[str, ...]
    by: str = ""
    by_label: str = ""
    groups: tuple[str, ...] = ()
    statistics_across: bool = False
    total: bool = False
    separated: bool = True
    long_stub: bool = False
    label_width: int = 16
    variable_width: int = VARIABLE_STUB
    among: tuple[str, ...] = ()


def head_of(statistic: str) -> str:
    """Return what a statistic is called in the table."""
    return HEADS.get(statistic, statistic)


def render_tabstat(table: TabstatTable) -> list[Line]:
    """Return the table after a blank line, with its titles when there are groups."""
    across = [head_of(name) for name in table.statistics] if table.statistics_across else table.variables
    down = table.variables if table.statistics_across else [head_of(name) for name in table.statistics]
    cell = CELL + max(0, *(width_of(fmt or DEFAULT) - width_of(DEFAULT) for fmt in table.formats))
    stub, corner = _stub(table)
    heads = "".join(right(abbreviate_name(name, cell - 2, table.among), cell) for name in across)
    inner = line(rule(stub + 1) + "+" + rule(cell * len(across)))
    lines = [line(), *_titles(table), line(corner + " |" + heads), inner]
    groups = table.groups or ("",)
    for g, group in enumerate(groups):
        if g and ((len(down) > 1 and table.separated) or (table.total and g == len(groups) - 1)):
            lines.append(inner)
        for d, name in enumerate(down):
            cells = (_figure(table, g, d, a).rjust(cell) for a in range(len(across)))
            lines.append(line(_label(table, stub, group, d, name) + " |", result("".join(cells))))
    return [*lines, line(rule(stub + 2 + cell * len(across)))]


def _stub(table: TabstatTable) -> tuple[int, str]:
    """Return the width of the row labels, and what stands over them."""
    down = "variable" if table.statistics_across else "stats"
    if not table.by:
        width = min(table.variable_width, 32) if table.statistics_across else STATISTIC_STUB
        return width, right(down, width)
    longest = max(columns_of(cut(printable(group), table.label_width)) for group in table.groups)
    width = max(LEAST_GROUP_STUB, columns_of(table.by), longest)
    if not table.long_stub:
        return width, right(table.by, width)
    more = LONG_STUB if not table.statistics_across else table.variable_width + 1
    return width + more, table.by.ljust(width) + right(down, more)


def _label(table: TabstatTable, stub: int, group: str, d: int, name: str) -> str:
    if not table.by:
        return right(abbreviate_name(name, stub, table.among), stub)
    shown = cut(printable(group), table.label_width) if d == 0 else ""
    if not table.long_stub:
        return right(shown, stub)
    more = LONG_STUB if not table.statistics_across else table.variable_width + 1
    return shown.ljust(stub - more) + right(abbreviate_name(name, more - 1, table.among), more)


def _titles(table: TabstatTable) -> list[Line]:
    if not table.by:
        return []
    by = f"by categories of: {table.by} " + (f"({printable(table.by_label)})" if table.by_label else "")
    if table.statistics_across:
        return [line(f"Summary for variables: {' '.join(table.variables)}"), line("     " + by), line()]
    heads = ", ".join(head_of(name) for name in table.statistics)
    return [line(f"Summary statistics: {heads}"), line("  " + by), line()]


def _figure(table: TabstatTable, g: int, d: int, a: int) -> str:
    s, v = (a, d) if table.statistics_across else (d, a)
    fmt = table.formats[v] if table.statistics[s] not in ("n", "count") else ""
    return format_value(float(table.values[g, s, v]), fmt or DEFAULT).strip()
