"""The tables of `table`: contents of cells by rows, columns and superrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.formats import format_value, width_of
from xmixed.formats.width import columns_of, cut, left, right
from xmixed.output import Line, line
from xmixed.render.text import printable, result, rule, wrap

LEAST_STUB, WIDEST_STUB = 9, 11
LEAST_CELL, WIDEST_LABEL = 10, 20
FREQUENCY = "%8.0gc"


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """One of the contents: its head in a one-way table, its format ("" for frequencies), its figures.

    values : ndarray, shape (superrows, rows, columns), as they are shown, totals among them
    """

    head: str
    format: str
    values: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class ContentsTable:
    """What `table` shows.

    Attributes
    ----------
    row_head, row_texts
        Label of the row variable, and its values (`Total` among them).
    contents : tuple of Contents
    present : ndarray of bool, shape (superrows, rows, columns)
        Cells with observations; others are blank.
    column_head, column_texts
        "" and () in a one-way table, whose columns are the contents.
    groups : tuple of (str, int)
        Of supercolumns: the text above so many of the columns, in their order; () without.
    super_head
        Labels of the superrow variables; () without.
    super_texts : tuple of tuple of str
        Their values, one tuple for each superrow.
    concise : bool
        Rows without observations are left out.
    separation, group_separation : int
        Blanks between columns, and between supercolumns.
    left, center : bool
        Heads of columns stand at the left of their cells, figures in the middle.
    """

    row_head: str
    row_texts: tuple[str, ...]
    contents: tuple[Contents, ...]
    present: np.ndarray
    column_head: str = ""
    column_texts: tuple[str, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    super_head: tuple[str, ...] = ()
    super_texts: tuple[tuple[str, ...], ...] = ()
    concise: bool = False
    stub_width: int = 0
    cell_width: int = 0
    separation: int = 2
    group_separation: int = 4
    left: bool = False
    center: bool = False

    @property
    def firsts(self) -> frozenset[int]:
        """The first columns of supercolumns."""
        ends = np.cumsum([size for _, size in self.groups], dtype=int).tolist()
        return frozenset([0, *ends[:-1]])

    def across(self, cells: Sequence[str], columns: range) -> str:
        """Return the cells of a line, apart as the table has them."""
        blanks = " "
        firsts = self.firsts
        for cell, column in zip(cells, columns, strict=True):
            if column > columns.start:
                blanks += " " * (self.group_separation if column in firsts else self.separation)
            blanks += cell
        return blanks


def render_contents(table: ContentsTable, linesize: int) -> list[Line]:
    """Return the table after a blank line, in panels one below the other when it is wide."""
    stub = table.stub_width or min(WIDEST_STUB, max([LEAST_STUB, *map(columns_of, table.row_texts)]))
    width = table.cell_width or _cell_width(table)
    lines: list[Line] = []
    for columns in _panels(table, stub, width, linesize):
        lines += [line(), *_panel(table, stub, width, columns)]
    return lines


def _panels(table: ContentsTable, stub: int, width: int, linesize: int) -> list[range]:
    """Return the columns that stand beside each other: whole supercolumns, where these fit."""
    count = len(table.column_texts or table.contents)
    panels, start = [], 0
    for end in range(1, count + 1):
        whole = range(start, end)
        if end - start > 1 and stub + 2 + len(table.across([" " * width] * len(whole), whole)) > linesize:
            stop = max((first for first in table.firsts if start < first < end), default=end - 1)
            panels.append(range(start, stop))
            start = stop
    return [*panels, range(start, count)]


def _cell_width(table: ContentsTable) -> int:
    if not table.column_texts:
        return max([LEAST_CELL, *(len(content.head) for content in table.contents)])
    labels = (min(WIDEST_LABEL, columns_of(printable(text))) for text in table.column_texts)
    return max([*(width_of(content.format or FREQUENCY) for content in table.contents), *labels])


def _panel(table: ContentsTable, stub: int, width: int, columns: range) -> list[Line]:
    inside = len(table.across([" " * width] * len(columns), columns))
    edge = line(rule(stub + 2 + inside))
    inner = line(rule(stub + 1) + "+" + rule(inside))
    lines = [edge, *_head(table, stub, width, columns, inside), inner]
    several = bool(table.column_texts) and len(table.contents) > 1
    for s in range(table.present.shape[0]):
        if table.super_texts:
            lines += [inner] if s else []
            texts = (left(cut(printable(text), stub), stub) for text in table.super_texts[s])
            lines += [line(text + " |") for text in texts]
        shown = [r for r in range(len(table.row_texts)) if not table.concise or table.present[s, r].any()]
        for i, r in enumerate(shown):
            if several and i:
                lines.append(line(" " * stub + " | "))
            lines += _row(table, stub, width, columns, s, r)
    return [*lines, edge]


def _row(table: ContentsTable, stub: int, width: int, columns: range, s: int, r: int) -> list[Line]:
    label = right(cut(printable(table.row_texts[r]), stub), stub)

    def body(cells: list[str]) -> str:
        placed = [_centred(cell, width) if table.center else cell.rjust(width) for cell in cells]
        return table.across(placed, columns)

    if not table.column_texts:
        cells = [_figure(table.contents[c], s, r, 0) if table.present[s, r, 0] else "" for c in columns]
        return [line(label + " |", result(body(cells)))]
    lines = []
    for k, content in enumerate(table.contents):
        cells = [_figure(content, s, r, c) if table.present[s, r, c] else "" for c in columns]
        lines.append(line((label if k == 0 else " " * stub) + " |", result(body(cells))))
    return lines


def _figure(content: Contents, s: int, r: int, c: int) -> str:
    value = float(content.values[s, r, c])
    if content.format:
        return format_value(value, content.format).strip()
    return f"{value:,.0f}" if value == int(value) else format_value(value, "%9.0gc").strip()


def _head(table: ContentsTable, stub: int, width: int, columns: range, inside: int) -> list[Line]:
    texts = table.column_texts or [content.head for content in table.contents]
    place = left if table.left else right
    labels = table.across([place(cut(printable(texts[c]), width), width) for c in columns], columns)
    right_side = [_centred(text, inside) for text in wrap(printable(table.column_head), inside)]
    if table.groups:
        right_side.append(_group_heads(table, width, columns))
    right_side = [*(right_side if table.column_texts else []), labels]
    left_side = wrap(printable(table.row_head), stub)
    if table.super_head:
        heads = ", ".join(map(printable, table.super_head))
        left_side = [*wrap(heads, stub), "and", *left_side]
    justify = right if len(left_side) == 1 else left
    height = max(len(left_side), len(right_side))
    left_side = [""] * (height - len(left_side)) + left_side
    right_side = [""] * (height - len(right_side)) + right_side
    return [line(justify(a, stub) + " |" + b) for a, b in zip(left_side, right_side, strict=True)]


def _group_heads(table: ContentsTable, width: int, columns: range) -> str:
    """Return the texts of supercolumns, each between dashes above its columns."""
    heads, start = [], 0
    for text, size in table.groups:
        own = range(max(start, columns.start), min(start + size, columns.stop))
        start += size
        if own:
            room = width * len(own) + table.separation * (len(own) - 1)
            shown = f" {cut(printable(text), max(1, room - 4))} "
            dashes = max(0, room - columns_of(shown))
            heads.append("-" * (dashes - dashes // 2) + shown + "-" * (dashes // 2))
    return " " + (" " * table.group_separation).join(heads)


def _centred(text: str, width: int) -> str:
    """Return text in the middle of a width that it fills; an odd blank stands to its right."""
    blanks = max(0, width - columns_of(text))
    return " " * (blanks // 2) + text + " " * (blanks - blanks // 2)


def head_of(statistic: str, name: str) -> str:
    """Return what a statistic of a variable is called above its column."""
    short = {"median": "med", "count": "N", "n": "N", "semean": "sem"}.get(statistic, statistic)
    return f"{short}({name})"
