"""The legend: keys that look like their plots, in columns, beside the plot region or inside it."""

from __future__ import annotations

from typing import Any

import numpy as np

from xmixed.graphics.drawing.page import Box, Page
from xmixed.graphics.drawing.region import heading_size
from xmixed.graphics.looks import FILLED, MARKED, look_of, pen_of
from xmixed.graphics.model import Graph, LegendEntry, Plot
from xmixed.graphics.sizes import SYMBOLS

KEY_WIDTH = 22.0
PAD = 4.0


class LegendBlock:
    """A legend with its measures, which is then drawn at a place.

    Attributes
    ----------
    width, height : float
        Points; 0 without a legend.
    position : int
        Hour of the clock.
    inside : bool
    """

    def __init__(self, page: Page, graph: Graph, room: Box, scale: float) -> None:
        legend = graph.legend
        self.page, self.graph, self.scale = page, graph, scale
        self.entries = legend.entries
        self.position = legend.position or page.scheme.legend_position
        self.inside = legend.ring == 0
        self.width = self.height = 0.0
        if not self.entries:
            return
        self.size = (legend.size or page.scheme.label_size) * scale
        self.key = KEY_WIDTH * scale if legend.symbol_width is None else legend.symbol_width
        beside = self.position in (2, 3, 4, 8, 9, 10)
        widest = room.width * (0.4 if beside and not self.inside else 0.96)
        self.columns = self._columns(widest, beside)
        # a key's text is broken where its column would not fit
        each = widest / self.columns - self.key - 5 * PAD * scale
        self.texts = [
            page.wrapped(tuple(e.text.split("\n")), self.size, max(each, 20.0)) for e in self.entries
        ]
        self._measure(widest)

    def _columns(self, widest: float, beside: bool) -> int:
        legend, count = self.graph.legend, len(self.entries)
        sizes = [self.page.measure(entry.text, self.size)[0] for entry in self.entries]
        wanted = legend.columns or (-(-count // legend.rows) if legend.rows else 0)
        if wanted:  # as many as asked for, but no more than have room for some letters
            least = self.key + 5 * PAD * self.scale + min(max(sizes, default=0.0), 4 * self.size)
            return max(1, min(wanted, count, int(widest // least)))
        usual = 1 if beside or self.inside else self.page.scheme.legend_columns
        if usual == 1:
            return 1
        each = max(sizes, default=0.0) + self.key + 5 * PAD * self.scale
        fitting = max(1, int(widest // each))
        if count <= fitting and count <= 4:
            return count
        return min(usual if count <= 6 else max(usual, min(4, fitting)), fitting, count)

    @property
    def rows(self) -> int:
        return -(-len(self.entries) // self.columns)

    def cell(self, i: int) -> tuple[int, int]:
        """Return row and column of an entry."""
        if self.graph.legend.column_first:
            return i % self.rows, i // self.rows
        return i // self.columns, i % self.columns

    def _measure(self, widest: float) -> None:
        widths, heights = np.zeros(self.columns), np.zeros(self.rows)
        for i, text in enumerate(self.texts):
            row, column = self.cell(i)
            width, height = self.page.measure(text, self.size)
            key = 0.0 if self.entries[i].plot < 0 else self.key + PAD * self.scale
            widths[column] = max(widths[column], width + key)
            heights[row] = max(heights[row], height)
        self.column_widths, self.row_heights = widths, heights
        title = self.graph.legend.title
        self.title_size = heading_size(self.page, title, self.page.scheme.label_size * 1.1, self.scale)
        self.title = self.page.wrapped(title.lines, self.title_size, widest) if title.lines else ""
        title_width, title_height = (
            self.page.measure(self.title, self.title_size) if self.title else (0.0, 0.0)
        )
        gaps = 5 * PAD * self.scale * (self.columns - 1)
        pad = 2 * PAD * self.scale
        self.width = max(float(widths.sum()) + gaps, title_width) + pad
        self.height = float(heights.sum()) + title_height + pad

    def room(self, box: Box) -> tuple[Box, str]:
        """Return the box less the legend's room, and at which side that is."""
        gap = 2 * PAD * self.scale
        if not self.entries or self.inside:
            return box, ""
        if self.position in (2, 3, 4):
            return box.shrunk(right=self.width + gap), "right"
        if self.position in (8, 9, 10):
            return box.shrunk(left=self.width + gap), "left"
        if self.position in (11, 12, 1):
            return box.shrunk(top=self.height + gap), "top"
        return box.shrunk(bottom=self.height + gap), "bottom"

    def draw(self, box: Box, side: str, region: Box) -> None:
        """Draw the legend at its side of `box`, in line with the plot region, or inside that."""
        if not self.entries:
            return
        left, top = self._corner(box, side, region)
        legend, scheme = self.graph.legend, self.page.scheme
        outline = Box(left, top - self.height, left + self.width, top)
        pen = pen_of(legend.border, scheme.legend_frame, 0.6, self.scale)
        fill = legend.fill or (scheme.inside if self.inside else scheme.legend_fill)
        _LegendAxes(self.page, outline, fill, pen.color, pen.width).draw(self)

    def _corner(self, box: Box, side: str, region: Box) -> tuple[float, float]:
        """Return left and top of the legend."""
        center_x = min(max(region.left + (region.width - self.width) / 2, box.left), box.right - self.width)
        middle_y = region.bottom + (region.height + self.height) / 2
        if not side:
            return self._inside(region)
        if side in ("right", "left"):
            left = box.right - self.width if side == "right" else box.left
            low = self.position in (4, 8)
            top = region.top if self.position in (2, 10) else region.bottom + self.height if low else middle_y
            return left, min(max(top, box.bottom + self.height), max(box.top, box.bottom + self.height))
        top = box.top if side == "top" else box.bottom + self.height
        if self.position in (7, 11):
            center_x = region.left
        elif self.position in (5, 1):
            center_x = region.right - self.width
        return max(box.left, center_x), top

    def _inside(self, region: Box) -> tuple[float, float]:
        gap = PAD * self.scale
        right = self.position in (1, 2, 3, 4, 5)
        left = self.position in (7, 8, 9, 10, 11)
        x = region.right - self.width - gap if right else region.left + gap if left else None
        upper, lower = self.position in (10, 11, 12, 1, 2), self.position in (4, 5, 6, 7, 8)
        y = region.top - gap if upper else region.bottom + self.height + gap if lower else None
        x = region.left + (region.width - self.width) / 2 if x is None else x
        y = region.bottom + (region.height + self.height) / 2 if y is None else y
        return x, y


class _LegendAxes:
    """Axes in points over the legend's rectangle, on which keys are drawn as the plots themselves are."""

    def __init__(self, page: Page, outline: Box, fill: str, border: str, width: float) -> None:
        self.page, self.outline = page, outline
        self.ax: Any = page.axes(outline)
        self.ax.set_xlim(0, outline.width)
        self.ax.set_ylim(0, outline.height)
        self.ax.xaxis.set_visible(False)
        self.ax.yaxis.set_visible(False)
        self.ax.patch.set_facecolor(fill)
        for spine in self.ax.spines.values():
            spine.set_color(border)
            spine.set_linewidth(width)

    def draw(self, block: LegendBlock) -> None:
        pad = PAD * block.scale
        scheme, legend = block.page.scheme, block.graph.legend
        top = block.height - pad
        if block.title:
            height = block.page.measure(block.title, block.title_size)[1]
            color = legend.title.color or scheme.foreground
            self._text(block.width / 2, top - height / 2, block.title, block.title_size, color, "center")
            top -= height
        row_tops = top - np.r_[0.0, np.cumsum(block.row_heights)]
        lefts = pad + np.r_[0.0, np.cumsum(block.column_widths + 5 * pad)]
        for i, entry in enumerate(block.entries):
            row, column = block.cell(i)
            x, y = float(lefts[column]), float(row_tops[row] - block.row_heights[row] / 2)
            if entry.plot >= 0:
                self._key(block, entry, x, y)
                x += block.key + pad
            self._text(x, y, block.texts[i], block.size, legend.color or scheme.foreground, "left")

    def _text(self, x: float, y: float, text: str, size: float, color: str, across: str) -> None:
        self.ax.text(x, y, text, fontsize=size, color=color, ha=across, va="center", linespacing=1.15)

    def _key(self, block: LegendBlock, entry: LegendEntry, x: float, y: float) -> None:
        if entry.plot >= len(block.graph.plots):
            return
        plot = block.graph.plots[entry.plot]
        _draw_key(self.ax, plot, block, x, y)


def _draw_key(ax: Any, plot: Plot, block: LegendBlock, x: float, y: float) -> None:
    """Draw a key: a patch for what has an area, a line for what has one, a symbol for what has one."""
    look = look_of(plot, block.page.scheme, block.scale)
    width, height = block.key, block.size * 0.75
    dashes: Any = (0, look.pen.dashes) if look.pen.dashes else "solid"
    if plot.kind in FILLED:
        from matplotlib.patches import Rectangle

        fill = plot.style.colors[0] if plot.style.colors else look.fill
        ax.add_patch(
            Rectangle(
                (x, y - height / 2),
                width,
                height,
                facecolor=fill,
                edgecolor=look.pen.color,
                linewidth=look.pen.width,
                linestyle=dashes,
            )
        )
        return
    lined = plot.kind != "scatter" and plot.kind != "dot" and plot.kind != "rscatter"
    lined = (lined or plot.style.connect not in ("", "none")) and plot.style.connect != "none"
    if lined and look.pen.width > 0:
        mark: Any = "|" if plot.kind == "rcap" else ""
        ax.plot(
            [x, x + width],
            [y, y],
            color=look.pen.color,
            linewidth=look.pen.width,
            linestyle=dashes,
            marker=mark,
            markersize=height * 0.7,
        )
    if look.symbol and (plot.kind in MARKED or plot.style.symbol):
        shape: Any = SYMBOLS[look.symbol]
        ax.plot(
            [x + width / 2],
            [y],
            marker=shape,
            markersize=look.symbol_size,
            markerfacecolor=look.symbol_fill,
            markeredgecolor=look.symbol_edge,
            markeredgewidth=look.symbol_edge_width,
            linestyle="none",
        )
