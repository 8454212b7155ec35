"""The tables of `table`: contents of cells by rows, columns and superrows."""

from __future__ import annotations

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
    super_head, super_texts
        "" and () without superrows.
    concise : bool
        Rows without observations are left out.
    """

    row_head: str
    row_texts: tuple[str, ...]
    contents: tuple[Contents, ...]
    present: np.ndarray
    column_head: str = ""
    column_texts: tuple[str, ...] = ()
    super_head: str = ""
    super_texts: tuple[str, ...] = ()
    concise: bool = False
    stub_width: int = 0
    cell_width: int = 0
    separation: int = 2


def render_contents(table: ContentsTable, linesize: int) -> list[Line]:
    """Return the table after a blank line, in panels one below the other when it is wide."""
    stub = table.stub_width or min(WIDEST_STUB, max([LEAST_STUB, *map(columns_of, table.row_texts)]))
    width = table.cell_width or _cell_width(table)
    heads = table.column_texts or [content.head for content in table.contents]
    room = max(1, (linesize - stub - 3 + table.separation) // (width + table.separation))
    lines: list[Line] = []
    for start in range(0, len(heads), room):
        lines += [line(), *_panel(table, stub, width, range(start, min(start + room, len(heads))))]
    return lines


def _cell_width(table: ContentsTable) -> int:
    if not table.column_texts:
        return max([LEAST_CELL, *(len(content.head) for content in table.contents)])
    labels = (min(WIDEST_LABEL, columns_of(printable(text))) for text in table.column_texts)
    return max([*(width_of(content.format or FREQUENCY) for content in table.contents), *labels])


def _panel(table: ContentsTable, stub: int, width: int, columns: range) -> list[Line]:
    inside = 1 + width * len(columns) + table.separation * (len(columns) - 1)
    edge = line(rule(stub + 2 + inside))
    inner = line(rule(stub + 1) + "+" + rule(inside))
    lines = [edge, *_head(table, stub, width, columns, inside), inner]
    several = bool(table.column_texts) and len(table.contents) > 1
    for s in range(table.present.shape[0]):
        if table.super_texts:
            lines += [inner] if s else []
            lines.append(line(left(cut(printable(table.super_texts[s]), stub), stub) + " |"))
        shown = [r for r in range(len(table.row_texts)) if not table.concise or table.present[s, r].any()]
        for i, r in enumerate(shown):
            if several and i:
                lines.append(line(" " * stub + " | "))
            lines += _row(table, stub, width, columns, s, r)
    return [*lines, edge]


def _row(table: ContentsTable, stub: int, width: int, columns: range, s: int, r: int) -> list[Line]:
    label = right(cut(printable(table.row_texts[r]), stub), stub)
    gap = " " * table.separation
    if not table.column_texts:
        cells = [_figure(table.contents[c], s, r, 0) if table.present[s, r, 0] else "" for c in columns]
        return [line(label + " |", result(" " + gap.join(cell.rjust(width) for cell in cells)))]
    lines = []
    for k, content in enumerate(table.contents):
        cells = [_figure(content, s, r, c) if table.present[s, r, c] else "" for c in columns]
        body = " " + gap.join(cell.rjust(width) for cell in cells)
        lines.append(line((label if k == 0 else " " * stub) + " |", result(body)))
    return lines


def _figure(content: Contents, s: int, r: int, c: int) -> str:
    value = float(content.values[s, r, c])
    if content.format:
        return format_value(value, content.format).strip()
    return f"{value:,.0f}" if value == int(value) else format_value(value, "%9.0gc").strip()


def _head(table: ContentsTable, stub: int, width: int, columns: range, inside: int) -> list[Line]:
    gap = " " * table.separation
    texts = table.column_texts or [content.head for content in table.contents]
    labels = " " + gap.join(right(cut(printable(texts[c]), width), width) for c in columns)
    right_side = [_centred(text, inside) for text in wrap(printable(table.column_head), inside)]
    right_side = [*(right_side if table.column_texts else []), labels]
    left_side = wrap(printable(table.row_head), stub)
    if table.super_head:
        left_side = [*wrap(printable(table.super_head), stub), "and", *left_side]
    justify = right if len(left_side) == 1 else left
    height = max(len(left_side), len(right_side))
    left_side = [""] * (height - len(left_side)) + left_side
    right_side = [""] * (height - len(right_side)) + right_side
    return [line(justify(a, stub) + " |" + b) for a, b in zip(left_side, right_side, strict=True)]


def _centred(text: str, width: int) -> str:
    """Return text in the middle of a width that it fills; an odd blank stands to its right."""
    blanks = max(0, width - columns_of(text))
    return " " * (blanks // 2) + text + " " * (blanks - blanks // 2)


def head_of(statistic: str, name: str) -> str:
    """Return what a statistic of a variable is called above its column."""
    short = {"median": "med", "count": "N", "n": "N", "semean": "sem"}.get(statistic, statistic)
    return f"{short}({name})"
