"""A graph with everything around it: titles, legend, a plot region or panels in rows and columns."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xmixed.graphics.colors import CLEAR
from xmixed.graphics.drawing.legend import LegendBlock
from xmixed.graphics.drawing.page import Box, Page
from xmixed.graphics.drawing.region import ALONE, Frame, draw_region, heading_size, margins_of, sides_of
from xmixed.graphics.looks import pen_of
from xmixed.graphics.model import Graph, Heading, Panels
from xmixed.graphics.schemes import Scheme

MARGIN = 8.0
SPACE = 3.0
SMALLEST = 0.5
"""Least scale of the texts of panels."""


@dataclass(frozen=True, slots=True)
class _Head:
    """A heading measured: its text as drawn, size, and the side of the plot where it stands."""

    text: str
    size: float
    color: str
    heading: Heading
    side: str
    across: str
    height: float


def draw_graph(
    page: Page, graph: Graph, box: Box, scale: float = 1.0, frame: Frame = ALONE, strip: bool = False
) -> None:
    """Draw a graph in a box; `strip`: its subtitle heads a panel of a shared grid."""
    scale *= graph.scale
    if not strip:
        _background(page, graph, box)
    margin = (MARGIN * scale if graph.region.margin is None else graph.region.margin) if not strip else 1.5
    inner = box.shrunk(margin, margin, margin, margin)
    heads = _heads(page, _outer(graph, page.scheme, strip), inner, scale)
    rest = _without(heads, inner, scale)
    legend = LegendBlock(page, graph, rest, scale)
    around, side = legend.room(rest)
    near = _heads(page, _near(graph, page.scheme), around, scale)
    plot = _without(near, around, scale)
    if graph.panels is not None:
        region = plot
        _draw_panels(page, graph.panels, plot, scale)
    else:
        region = draw_region(page, graph, plot, scale, frame)
    if strip:
        _draw_strip(page, heads, region, scale)
        _draw_heads(page, [head for head in heads if head.side != "top"], inner, region, scale)
    else:
        _draw_heads(page, heads, inner, region, scale)
    _draw_heads(page, near, around, region, scale)
    legend.draw(rest, side, region)


def _background(page: Page, graph: Graph, box: Box) -> None:
    border = pen_of(graph.region.outside_border, CLEAR, 0.8, 1.0)
    page.rectangle(box, graph.region.outside or page.scheme.outside, border.color, border.width)


_Usual = tuple[tuple[Heading, float, str, int], ...]
"""Headings with their usual sizes, colours and hours, from the outside inwards."""


def _outer(graph: Graph, scheme: Scheme, strip: bool) -> _Usual:
    titles = graph.titles
    return (
        (titles.title, scheme.title_size, scheme.title_color, 12),
        (titles.subtitle, scheme.label_size * 1.05 if strip else scheme.subtitle_size, scheme.foreground, 12),
        (titles.caption, scheme.subtitle_size * 0.9, scheme.foreground, 7),
        (titles.note, scheme.note_size, scheme.foreground, 7),
    )


def _near(graph: Graph, scheme: Scheme) -> _Usual:
    """Return the headings between the legend and the plots, such as axis titles that panels share."""
    titles, size, color = graph.titles, scheme.axis_title_size, scheme.foreground
    return (
        (titles.top, size, color, 12),
        (titles.bottom, size, color, 6),
        (titles.left, size, color, 9),
        (titles.right, size, color, 3),
    )


def _heads(page: Page, usual: _Usual, box: Box, scale: float) -> list[_Head]:
    """Return headings measured."""
    heads = []
    for heading, standard, color, place in usual:
        if not heading.lines or heading.ring == 0:
            continue
        size = heading_size(page, heading, standard, scale)
        position = heading.position or place
        side = "left" if position == 9 else "right" if position == 3 else "top"
        side = "bottom" if position in (4, 5, 6, 7, 8) else side
        across = "left" if position in (7, 8, 10, 11) else "right" if position in (1, 2, 4, 5) else "center"
        across = heading.justify or across
        length = box.height if side in ("left", "right") else box.width
        text = page.wrapped(heading.lines, size, length * 0.98)
        height = page.measure(text, size)[1]
        heads.append(_Head(text, size, heading.color or color, heading, side, across, height))
    return heads


def _without(heads: list[_Head], box: Box, scale: float) -> Box:
    """Return the box less the room of headings."""
    taken = {"left": 0.0, "bottom": 0.0, "right": 0.0, "top": 0.0}
    for head in heads:
        taken[head.side] += head.height + SPACE * scale * (0.5 if head.side == "bottom" else 1.0)
    return box.shrunk(**taken)


def _draw_heads(page: Page, heads: list[_Head], box: Box, region: Box, scale: float) -> None:
    taken = {"left": 0.0, "bottom": 0.0, "right": 0.0, "top": 0.0}
    for head in heads:
        away = taken[head.side] + head.height / 2
        taken[head.side] += head.height + SPACE * scale * (0.5 if head.side == "bottom" else 1.0)
        if head.side in ("left", "right"):
            x = box.left + away if head.side == "left" else box.right - away
            turn = 90.0 if head.side == "left" else -90.0
            middle = (region.bottom + region.top) / 2
            page.text(x, middle, head.text, head.size, head.color, rotation=turn)
            continue
        y = box.top - away if head.side == "top" else box.bottom + away
        x = _across(page, head, box, region)
        page.text(
            x, y, head.text, head.size, head.color, ha=head.across, va="center", multialignment=head.across
        )


def _across(page: Page, head: _Head, box: Box, region: Box) -> float:
    """Return where a heading stands: over the plot region, over the whole graph where it is wider."""
    width = page.measure(head.text, head.size)[0]
    span = box if head.heading.span or width > region.width or head.side == "bottom" else region
    if head.across == "left":
        return span.left
    if head.across == "right":
        return span.right
    half = width / 2
    return min(max((span.left + span.right) / 2, box.left + half), max(box.right - half, box.left + half))


def _draw_strip(page: Page, heads: list[_Head], region: Box, scale: float) -> None:
    """Draw the name of a panel right above its plot region, and over it other headings that it has."""
    bottom = region.top
    for head in reversed([head for head in heads if head.side == "top"]):
        band = Box(region.left, bottom, region.right, bottom + head.height + 2 * scale)
        page.rectangle(band, page.scheme.strip)
        middle = (band.left + band.right) / 2
        page.text(middle, (band.bottom + band.top) / 2, head.text, head.size, head.color)
        bottom = band.top


def _draw_panels(page: Page, panels: Panels, box: Box, scale: float) -> None:
    cells = [i for i in range(1, panels.rows * panels.columns + 1) if i not in panels.holes]
    width, height = box.width / panels.columns, box.height / panels.rows
    inner = _inner_scale(panels, width, height, scale)
    places = []
    for cell in cells[: len(panels.graphs)]:
        row, column = _cell(cell - 1, panels)
        left, top = box.left + column * width, box.top - row * height
        places.append((row, column, Box(left, top - height, left + width, top)))
    if panels.shared:
        _draw_shared(page, panels, places, box, inner)
        return
    for child, (_, _, place) in zip(panels.graphs, places, strict=False):
        draw_graph(page.in_scheme(child.scheme), child, place, inner)


def _inner_scale(panels: Panels, width: float, height: float, scale: float) -> float:
    if panels.scale is not None:
        return panels.scale * scale
    if panels.shared:
        return scale * min(1.0, max(SMALLEST, min(width / 200, height / 130)))
    # whole graphs in small: their texts shrink less than they do, or nobody could read them
    shrunk = min(width / 396, height / 288)
    return min(1.0, max(SMALLEST, math.sqrt(shrunk)))


def _cell(i: int, panels: Panels) -> tuple[int, int]:
    if panels.column_first:
        return i % panels.rows, i // panels.rows
    return i // panels.columns, i % panels.columns


def _draw_shared(
    page: Page, panels: Panels, places: list[tuple[int, int, Box]], box: Box, scale: float
) -> None:
    """Draw panels of one graph: equal plot regions, axes at the left and below each column."""
    last = {column: max(row for row, c, _ in places if c == column) for _, column, _ in places}
    sides = [side for child in panels.graphs[:60] for side in sides_of(page, child, places[0][2], scale)]
    left = max((side.room for side in sides if side.vertical and not side.far), default=0.0)
    right = max((side.room for side in sides if side.vertical and side.far), default=0.0)
    bottom = max((side.room for side in sides if not side.vertical), default=0.0)
    gap = 6.0 * scale
    width = (box.width - left - right) / panels.columns
    height = (box.height - bottom) / panels.rows
    for child, (row, column, _) in zip(panels.graphs, places, strict=False):
        x, y = box.left + left + column * width, box.top - row * height
        at_bottom = row == last[column]
        cell = Box(x - left, y - height - bottom, x + width, y)
        frame = Frame(
            left=column == 0 or child.axes.y.opposite,
            bottom=at_bottom,
            margins=(left + gap, bottom + gap * 0.5, gap, gap * 0.5),
        )
        draw_graph(page, child, cell, scale, frame, strip=True)


def natural_margins(page: Page, graph: Graph, box: Box, scale: float) -> tuple[float, float, float, float]:
    """Return the room that a graph's axes ask for around its plot region."""
    return margins_of(sides_of(page, graph, box, scale), scale)
