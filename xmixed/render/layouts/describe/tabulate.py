"""The tables of `tabulate`: one way, two ways, with percentages and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import columns_of, cut, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule, wrap

ONE_WAY_STUB, WIDEST_ONE_WAY_STUB = 11, 39
TWO_WAY_STUB, WIDEST_TWO_WAY_STUB = 10, 21
CELL, LABEL = 11, 9
"""Width of the cells of a two-way table, and of the column labels in them."""
EQUALS = 26
"""Column of the equals sign in the lines of tests."""
PLOT_WIDTH = 53


@dataclass(frozen=True, slots=True, eq=False)
class OneWay:
    """A one-way table: the variable's label or name, its values, how often each occurs.

    `longest` is the width of the longest text that a value could have; `plot` replaces percentages by stars.
    """

    head: str
    texts: tuple[str, ...]
    counts: np.ndarray
    longest: int
    weighted: bool = False
    plot: bool = False


def frequency(count: float, weighted: bool = False) -> str:
    """Return a frequency with commas; those of weights that are no counts have decimals."""
    if weighted and count != int(count):
        return format_value(count, "%10.0gc").strip()
    return f"{count:,.0f}"


def stub_width(texts: Sequence[str], least: int, most: int, longest: int = 0) -> int:
    """Return the width of the row labels."""
    return min(most, max([least, longest, *map(columns_of, texts)]))


def render_one_way(table: OneWay) -> list[Line]:
    """Return the table after a blank line."""
    width = stub_width(table.texts, ONE_WAY_STUB, WIDEST_ONE_WAY_STUB, table.longest)
    total = float(table.counts.sum())
    heads = wrap(printable(table.head), width)
    across = "            +" + rule(PLOT_WIDTH) if table.plot else ""
    columns = "      Freq." + ("" if table.plot else "     Percent        Cum.")
    inner = line(rule(width + 1) + "+" + (rule(12) + across.strip() if table.plot else rule(35)))
    lines = [line(), *(line(right(head, width) + " |") for head in heads[:-1])]
    lines += [line(right(heads[-1], width) + " |" + columns), inner]
    largest = float(table.counts.max(initial=0.0)) or 1.0
    cumulated = 0.0
    for text, count in zip(table.texts, table.counts.tolist(), strict=True):
        cumulated += count
        label = right(cut(printable(text), width), width) + " |"
        shown = frequency(count, table.weighted).rjust(11)
        if table.plot:
            lines.append(line(label, result(shown), " |" + "*" * _stars(count, largest)))
        else:
            shares = f"{100 * count / total:12.2f}{100 * cumulated / total:12.2f}"
            lines.append(line(label, result(shown + shares)))
    last = frequency(total, table.weighted).rjust(11) + ("" if table.plot else f"{100:12.2f}")
    return [*lines, inner, line(right("Total", width) + " |", result(last))]


def _stars(count: float, largest: float) -> int:
    """One star an observation as long as they fit."""
    return int(count if largest <= PLOT_WIDTH else np.floor(count * PLOT_WIDTH / largest + 0.5))


# --- two ways ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """One line of each cell: what the key calls it, and its figures with the margins, shape (r+1, c+1)."""

    key: str
    values: np.ndarray
    format: str


@dataclass(frozen=True, slots=True)
class Test:
    """A line below the table: label and value, with a p-value, a standard error, or alone (`exact`)."""

    label: str
    value: float
    kind: str = "p"
    second: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class TwoWay:
    """A two-way table; `key` says whether the box that explains the cells is shown."""

    row_head: str
    column_head: str
    row_texts: tuple[str, ...]
    column_texts: tuple[str, ...]
    contents: tuple[Content, ...]
    tests: tuple[Test, ...] = ()
    key: bool = True
    stages: tuple[int, ...] = ()
    longest: int = 0
    trailing: str = " "
    title_bias: int = 1


def render_two_way(table: TwoWay, linesize: int) -> list[Line]:
    """Return key, table (in panels when it is wide), tests, and the blank line that ends them."""
    lines = [line(), *_key([content.key for content in table.contents])] if table.key else []
    if table.stages:
        count = len(table.stages)
        lines += [line(), line("Enumerating sample-space combinations:")]
        lines += [
            line(f"stage {count - i}:  enumerations = {number}") for i, number in enumerate(table.stages)
        ]
    for panel in two_way_panels(table, linesize) if table.contents else []:
        lines += [line(), *panel]
    if table.tests:
        lines += [line(), *map(_test, table.tests)]
    return [*lines, line()]


def _key(texts: Sequence[str]) -> list[Line]:
    width = max(map(len, texts))
    edge = line("+" + rule(width + 2) + "+")
    rows = [line("| " + centred(text, width, 0) + " |") for text in texts]
    return [edge, line("| " + "Key".ljust(width) + " |"), line("|" + rule(width + 2) + "|"), *rows, edge]


def centred(text: str, width: int, bias: int) -> str:
    """Return text centred in a width; an odd blank stands to its left (bias 1) or right (0)."""
    blanks = max(0, width - columns_of(text))
    before = (blanks + bias) // 2
    return " " * before + text + " " * (blanks - before)


def two_way_panels(table: TwoWay, linesize: int) -> list[list[Line]]:
    """Return the table in panels of as many columns as fit; the last one has the totals."""
    width = stub_width(table.row_texts, TWO_WAY_STUB, WIDEST_TWO_WAY_STUB, table.longest)
    columns = len(table.column_texts)
    room = max(1, (linesize - width - 2) // CELL)
    if columns * CELL + CELL + width + 2 <= max(linesize, width + 2 + 2 * CELL):
        return [_panel(table, width, range(columns), True)]
    starts = range(0, columns, room)
    panels = [range(start, min(start + room, columns)) for start in starts]
    if (len(panels[-1]) + 1) * CELL + width + 2 > linesize and len(panels[-1]) > 1:
        last = panels.pop()
        panels += [range(last.start, last.stop - 1), range(last.stop - 1, last.stop)]
    return [_panel(table, width, panel, panel is panels[-1]) for panel in panels]


def _panel(table: TwoWay, width: int, columns: range, totals: bool) -> list[Line]:
    inside = CELL * len(columns)
    inner = line(rule(width + 1) + "+" + rule(inside) + ("+" + rule(CELL - 1) if totals else ""))
    lines = [*_head(table, width, columns, totals), inner]
    by_row = len(table.contents) > 1
    labels = [*table.row_texts, "Total"]
    for i, label in enumerate(labels):
        if i == len(labels) - 1 and not by_row:
            lines.append(inner)
        for k, content in enumerate(table.contents):
            shown = right(cut(printable(label), width), width) if k == 0 else " " * width
            cells = [_figure(value, content.format) for value in content.values[i].tolist()]
            body = "".join(cells[j].rjust(CELL) for j in columns)[1:] + " "
            ending = ("|", result(cells[-1].rjust(CELL - 1) + table.trailing)) if totals else ()
            lines.append(line(shown + " |", result(body), *ending))
        if by_row and i < len(labels) - 1:
            lines.append(inner)
    return lines


def _figure(value: float, fmt: str) -> str:
    if fmt == "count":
        return frequency(value)
    return frequency(value, True) if fmt == "weighted" else format_value(value, fmt).strip()


def _head(table: TwoWay, width: int, columns: range, totals: bool) -> list[Line]:
    inside = CELL * len(columns)
    titles = [
        centred(text, inside, table.title_bias).rstrip()
        for text in wrap(printable(table.column_head), inside)
    ]
    names = "".join(right(cut(printable(table.column_texts[j]), LABEL), CELL) for j in columns)[1:]
    tail = titles + [names + (" |" + "Total".rjust(CELL - 1) if totals else "")]
    stub = wrap(printable(table.row_head), width)
    height = max(len(tail), len(stub))
    stub = [""] * (height - len(stub)) + stub
    tail = [""] * (height - len(tail)) + tail
    return [line(right(left, width) + " |" + text) for left, text in zip(stub, tail, strict=True)]


def _test(test: Test) -> Line:
    head = test.label.rjust(EQUALS - 1) + " ="
    if test.kind == "exact":
        return line(head, result(f"{test.value:5.3f}".rjust(22)))
    value = result(format_value(test.value, "%9.4f"))
    if test.kind == "p":
        return line(head, value, "   Pr = ", result(format_value(test.second, "%5.3f").strip()))
    if test.kind == "ase":
        return line(head, value, "  ASE = ", result(format_value(test.second, "%5.3f").strip()))
    return line(head, value)
