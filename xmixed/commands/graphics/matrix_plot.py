"""graph matrix: scatter plots of every pair of variables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Column, Columns
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.graphics.assemble import assembled
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import Axes, Graph, Heading, Label, Panels, Plot
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import heading_of, titles_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import region_of, scheme_from, with_sizes
from xmixed.graphics.schemes import scheme_of
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

_PLOT = Syntax("varlist", condition=True, in_range=True, weights=("aweight", "fweight", "pweight", "iweight"))
SYNTAX = GraphSyntax(
    "graph", options=tables.TWOWAY, plots=(PlotSyntax("matrix", "matrix", _PLOT, tables.MATRIX),)
)
NAME_SIZE = 12.0
MOST = 12
"""Most variables of a matrix of scatter plots."""


@subcommand(
    "graph",
    "matrix",
    syntax=SYNTAX,
    synopsis="graph matrix varlist [if] [in] [, half diagonal(texts) maxes(axis options) options]",
    needs=("data",),
    keeps_r=True,
)
def matrix(session: SessionState, node: GraphCommand) -> None:
    notes = Notes()
    scheme = scheme_from(node.options, session.settings.scheme, notes)
    columns = Columns(session, node)
    plot = node.plots[0]
    if "by" in node.options:
        raise StataError(198, "option by() is not implemented in xmixed yet for graph matrix")
    making = Making(columns, plot, columns.rows(plot), scheme, notes, session.settings.level)
    variables = making.variables(2, MOST)
    used = making.complete(*variables)
    if not used.any():
        raise StataError(2000, "no observations")
    count, half = len(variables), plot.options.flag("half")
    names = _diagonal(plot.options, [variable.measure.title for variable in variables])
    edges = GraphOptions(tuple(item for option in plot.options.every("maxes") for item in option.options))
    cells, holes = [], []
    for i, down in enumerate(variables):
        for j, across in enumerate(variables):
            if half and j > i:
                holes.append(i * count + j + 1)
            elif i == j:
                corner = _cell(
                    making, edges, down, down, used, not half and i == count - 1, not half and i == 0
                )
                cells.append(_name_cell(corner, names[i], plot.options.last("diagonal"), notes))
            else:
                cells.append(_cell(making, edges, across, down, used, i == count - 1, j == 0))
    graph = Graph(
        titles=titles_of(node.options, scheme, notes),
        panels=Panels(tuple(cells), count, count, shared=True, holes=tuple(holes)),
        scheme=scheme.name,
        region=region_of(node.options, scheme, notes),
    )
    finish(session, with_sizes(graph, node.options, notes), node, node.options, notes)


def _cell(
    making: Making,
    edges: GraphOptions,
    across: Column,
    down: Column,
    used: np.ndarray,
    lowest: bool,
    leftmost: bool,
) -> Graph:
    """Return one scatter plot; labels stand at the edges of the matrix only."""
    style = making.looks.style("scatter", 0)
    style = style if style.symbol_size else replace(style, symbol_size=making.scheme.symbol_size * 0.8)
    plot = Plot("scatter", across.values[used], down.values[used], style=style)
    layer = Layer((plot,), replace(across.measure, title=""), replace(down.measure, title=""))
    graph = assembled([layer], edges, making.scheme, making.notes)
    x = graph.axes.x if lowest else replace(graph.axes.x, shown=False)
    y = graph.axes.y if leftmost else replace(graph.axes.y, shown=False)
    x, y = (replace(axis, grid=bool(axis.grid)) for axis in (x, y))
    return replace(graph, axes=replace(graph.axes, x=x, y=y))


def _diagonal(options: GraphOptions, usual: list[str]) -> list[str]:
    """Return the texts of the diagonal: those of `diagonal("A" . "C")`, `.` for the variable's own name."""
    given = [word.text if word.quoted or word.text != "." else "" for word in options.value("diagonal", ())]
    return [given[i] if i < len(given) and given[i] else name for i, name in enumerate(usual)]


def _name_cell(graph: Graph, name: str, look: GraphOption | None, notes: Notes) -> Graph:
    """Return the cell of the diagonal: the variable's name in place of its points."""
    heading = Heading(size=NAME_SIZE)
    if look is not None:
        heading = heading_of(replace(look, value=None), scheme_of(graph.scheme), notes, heading)
    words = plain(name).split(" ")
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) > 14:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    x, y = graph.axes.x, graph.axes.y
    across, along = ((axis.minimum + axis.maximum) / 2 for axis in (x, y))
    text = Label(across, along, tuple(lines[:5]), size=heading.size, color=heading.color)
    axes = Axes(replace(x, grid=False), replace(y, grid=False))
    return replace(graph, plots=(), axes=axes, labels=(text,))
