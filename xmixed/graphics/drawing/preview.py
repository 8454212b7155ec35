"""A graph as lines of text: Braille dots for what is drawn, letters where its texts stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from xmixed.graphics.drawing.figure import drawing, page_size, texts_of
from xmixed.graphics.drawing.page import Box
from xmixed.graphics.looks import FILLED
from xmixed.graphics.model import Graph, Plot, Region

FINE = 3
"""Pixels along a dot's side: the darkest of them counts."""
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""The dots of a Braille character, four rows of two."""
_THRESHOLDS = np.array([[0.15, 0.48], [0.6, 0.3]])
"""How dark a dot must be, in a pattern that shows areas of half tones; fainter than all is a grid."""
SHADES = ("#404040ff", "#a4a4a4ff", "#747474ff", "#d0d0d0ff")
"""What areas are filled with: half tones, one after the other."""
_BLANK = "\u2800"


def text_picture(graph: Graph, columns: int) -> list[str]:
    """Return a graph as lines of at most `columns` characters.

    Raises
    ------
    StataError
        r(601) without matplotlib.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    width, height = page_size(graph)
    rows = max(4, round(columns * height / width / 2))
    with drawing(_shaded(graph)) as figure:
        canvas = FigureCanvasAgg(figure)
        figure.set_dpi(columns * 2 * FINE / width)
        figure.set_size_inches(width, rows * 4 * width / (columns * 2))
        canvas.draw()
        renderer: Any = canvas.get_renderer()
        texts = [text for text in texts_of(figure) if text.get_text().strip() and text.get_visible()]
        places = [(text, text.get_window_extent(renderer)) for text in texts]
        for text in texts:
            text.set_alpha(0.0)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba(), dtype=np.float64)[..., :3]
    cells = _dots(pixels, rows, columns)
    for text, extent in places:
        box = Box(extent.x0, extent.y0, extent.x1, extent.y1)
        _write(cells, text.get_text(), box, float(text.get_rotation()))
    lines = ["".join(row).replace(_BLANK, " ").rstrip() for row in cells]
    drawn = [i for i, line in enumerate(lines) if line]
    return lines[drawn[0] : drawn[-1] + 1] if drawn else []


def _shaded(graph: Graph) -> Graph:
    """Return a graph on plain ground whose areas are half tones, so that lines over them are seen."""
    panels = graph.panels
    if panels is not None:
        panels = replace(panels, graphs=tuple(_shaded(child) for child in panels.graphs))
    plots = tuple(_shaded_plot(plot) if plot.kind in FILLED else plot for plot in graph.plots)
    return replace(graph, plots=plots, panels=panels, region=Region())


def _shaded_plot(plot: Plot) -> Plot:
    style = plot.style
    colors = tuple(SHADES[i % len(SHADES)] for i in range(len(style.colors)))
    return replace(plot, style=replace(style, fill=SHADES[plot.number % len(SHADES)], colors=colors))


def _dots(pixels: np.ndarray, rows: int, columns: int) -> list[list[str]]:
    """Return the Braille characters of a picture, row by row."""
    background = np.median(pixels[:2], axis=(0, 1))  # at the edge, where nothing is drawn
    dark = np.abs(pixels - background).max(axis=2) / 255
    dark = dark[: rows * 4 * FINE, : columns * 2 * FINE]
    whole = np.zeros((rows * 4 * FINE, columns * 2 * FINE))
    whole[: dark.shape[0], : dark.shape[1]] = dark
    darkest = whole.reshape(rows * 4, FINE, columns * 2, FINE).max(axis=(1, 3))
    on = darkest > np.tile(_THRESHOLDS, (rows * 2, columns))
    codes = (on.reshape(rows, 4, columns, 2) * _BITS[None, :, None, :]).sum(axis=(1, 3))
    return [[chr(0x2800 + int(code)) for code in row] for row in codes]


def _write(cells: list[list[str]], text: str, box: Box, rotation: float) -> None:
    """Write a text over the middle of its place, downwards where it was turned."""
    rows, columns = len(cells), len(cells[0])
    lines = text.split("\n")
    row = rows - (box.bottom + box.top) / 2 / (4 * FINE)
    column = (box.left + box.right) / 2 / (2 * FINE)
    for i, line in enumerate(lines):
        away = i - (len(lines) - 1) / 2
        if 45 < abs(rotation) % 180 < 135:
            line = line if len(line) <= rows else line[: rows - 1] + "…"
            first = min(max(0, round(row - len(line) / 2)), rows - len(line))
            at = min(max(0, int(column + away)), columns - 1)
            for j, letter in enumerate(line):
                cells[first + j][at] = letter
            continue
        line = line if len(line) <= columns else line[: columns - 1] + "…"
        first = min(max(0, round(column - len(line) / 2)), columns - len(line))
        at = min(max(0, int(row + away)), rows - 1)
        cells[at][first : first + len(line)] = line
