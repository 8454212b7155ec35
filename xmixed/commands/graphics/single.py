"""Commands that draw one plot with more around it: histogram, kdensity, lowess, lpoly, xtline, qnorm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.added import AddedPlots
from xmixed.commands.graphics.layers.columns import Columns, panel_and_time, parts_of
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.plot_syntax import GRAPH_OPTIONS
from xmixed.commands.graphics.show import finish
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.graphics.assemble import Panel, assembled, by_graph
from xmixed.graphics.curves import Curve
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import Graph, Titles
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import NO_TITLES, titles_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import scheme_from
from xmixed.graphics.options.styles import Looks
from xmixed.language.graph_syntax import GraphOptionSpec, GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.language.syntax import ArgumentKind, Syntax
from xmixed.missing import MISSING
from xmixed.session.results import Results
from xmixed.session.state import SessionState

WEIGHTS = ("aweight", "fweight", "iweight")


def single_syntax(
    name: str,
    options: tuple[GraphOptionSpec, ...],
    argument: ArgumentKind = "varlist_factor",
    weights: tuple[str, ...] = WEIGHTS,
) -> Syntax:
    """Return the syntax of a command that draws one plot of its own name."""
    plot = Syntax(argument, condition=True, in_range=True, weights=weights)
    return GraphSyntax("graph", options=GRAPH_OPTIONS, plots=(PlotSyntax(name, name, plot, options),))


class SingleMaker:
    """Makes the graph of a command whose layers a function makes of the observations of each panel.

    Attributes
    ----------
    saved : Results or None
        r() of the command.
    usual_titles : Titles
        Where no option says otherwise.
    curve : Curve or None
        What `generate()` keeps.
    errors : ndarray
        Standard errors of the curve, which `se()` keeps.
    places : ndarray of int or None
        Observations of the points of the curve; None: the first ones.
    """

    def __init__(
        self,
        session: SessionState,
        node: GraphCommand,
        layers: Callable[[SingleMaker, Making], list[Layer]],
        legend: bool | None = None,
    ) -> None:
        self.session, self.node, self._layers, self.legend = session, node, layers, legend
        self.notes = Notes()
        self.scheme = scheme_from(node.options, session.settings.scheme, self.notes)
        self.columns = Columns(session, node)
        self.added = AddedPlots(session, node.options, self.scheme, self.notes)
        self.saved: Results | None = None
        self.usual_titles = Titles()
        self.curve: Curve | None = None
        self.errors = np.empty(0)
        self.places: np.ndarray | None = None

    def say_once(self, text: str) -> None:
        """Tell the user of the first panel."""
        if self.saved is None:
            self.notes.add(text)

    def keep(self, names: Sequence[str], columns: Sequence[tuple[str, np.ndarray]]) -> None:
        """Keep what belongs to the points of a curve as new variables, each with a label.

        Raises
        ------
        StataError
            r(110) for a name in use, r(198) where there are more points than observations.
        """
        data = self.session.data
        count = len(columns[0][1])
        if count > data.n_obs:
            raise StataError(198, f"n() must be at most {data.n_obs}, the number of observations")
        rows = np.arange(count) if self.places is None else self.places
        made = []
        for name, (label, values) in zip(names, columns, strict=True):
            check_new_name(name, data)
            column = np.full(data.n_obs, MISSING)
            column[rows] = np.where(np.isnan(values), MISSING, values)
            made.append(Variable(name, "double", column, "%10.0g", label))
        self.session.data = data.with_variables(*made)

    def making(self, rows: np.ndarray) -> Making:
        level = self.session.settings.level
        time = panel_and_time(self.session.data)[1]
        return Making(self.columns, self.node.plots[0], rows, self.scheme, self.notes, level, time)

    def graph(self) -> Graph:
        """Return the graph, and set r().

        Raises
        ------
        StataError
            r(2000) when there is nothing to draw.
        """
        if len(self.node.plots) != 1:
            raise StataError(198, "one plot only; twoway draws several over each other")
        rows = self.columns.rows(self.node.plots[0])
        by = self.node.options.last("by")
        if by is None:
            layers = self.added.around(self._layers(self, self.making(rows)))
            graph = assembled(layers, self.node.options, self.scheme, self.notes, legend=self.legend)
            titles = titles_of(self.node.options, self.scheme, self.notes, self.usual_titles)
            graph = replace(graph, titles=titles)
        else:
            names, code, note = parts_of(self.columns, by, rows | self.added.rows())
            parts = [(name, code == i) for i, name in enumerate(names)]
            panels = [self._panel(name, rows, part) for name, part in parts if (rows & part).any()]
            if by.options.flag("total"):
                panels.append(self._panel("Total", rows, code >= 0))
            graph = by_graph(panels, by, self.node.options, self.scheme, self.notes, note, None, self.legend)
        if not any(len(plot.x) for plot in graph.plots):
            raise StataError(2000, "no observations")
        if self.saved is not None:
            self.session.r = self.saved
        return graph

    def _panel(self, name: str, rows: np.ndarray, part: np.ndarray) -> Panel:
        """Return the panel of a part of the data."""
        layers = self._layers(self, self.making(rows & part))
        return Panel(name, tuple(self.added.around(layers, part)))


def draw_layers(
    session: SessionState,
    node: GraphCommand,
    make: Callable[[Looks], list[Layer]],
    legend: bool | None = None,
    usual: Titles = NO_TITLES,
) -> None:
    """Draw the graph of a command whose layers a function makes in the looks of the plot's options."""
    notes = Notes()
    scheme = scheme_from(node.options, session.settings.scheme, notes)
    layers = make(Looks(node.plots[0].options, scheme, notes))
    layers = AddedPlots(session, node.options, scheme, notes).around(layers)
    graph = assembled(layers, node.options, scheme, notes, legend=legend)
    graph = replace(graph, titles=titles_of(node.options, scheme, notes, usual))
    finish(session, graph, node, node.options, notes)


def lone_syntax(name: str, argument: ArgumentKind = "none", more: tuple[GraphOptionSpec, ...] = ()) -> Syntax:
    """Return the syntax of a command that draws one plot of the last model."""
    plot = PlotSyntax(name, name, Syntax(argument), (*more, *tables.POINT_OPTIONS))
    return GraphSyntax("graph", options=GRAPH_OPTIONS, plots=(plot,))
