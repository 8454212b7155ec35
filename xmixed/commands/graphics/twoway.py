"""twoway and its short forms: scatter, line, tsline, histogram, kdensity, lowess, lpoly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.added import AddedPlots
from xmixed.commands.graphics.layers.columns import Columns, panel_and_time, parts_of
from xmixed.commands.graphics.layers.layer import Making, layer_of
from xmixed.commands.graphics.plot_syntax import TWOWAY_SYNTAX
from xmixed.commands.graphics.show import finish
from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.graphics.assemble import Panel, assembled, by_graph
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import Graph
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import scheme_from
from xmixed.graphics.schemes import Scheme
from xmixed.language.nodes.graphs import GraphCommand, GraphOption
from xmixed.session.state import SessionState


class TwowayMaker:
    """Makes the graph of plots over each other, in one region or in panels."""

    def __init__(self, session: SessionState, node: GraphCommand) -> None:
        self.session, self.node = session, node
        self.notes = Notes()
        by = node.options.last("by")
        options = (
            node.options if by is None else replace(node.options, items=node.options.items + by.options.items)
        )
        self.scheme: Scheme = scheme_from(options, session.settings.scheme, self.notes)
        self.columns = Columns(session, node)
        self.added = AddedPlots(session, node.options, self.scheme, self.notes)

    def layers(self, rows: np.ndarray | None = None) -> list[Layer]:
        """Return the layers of all plots, of some observations only if `rows` says which."""
        out = []
        for plot in self.node.plots:
            chosen = self.columns.rows(plot)
            making = Making(
                self.columns,
                plot,
                chosen if rows is None else chosen & rows,
                self.scheme,
                self.notes,
                self.session.settings.level,
                panel_and_time(self.session.data)[1],
            )
            out.append(layer_of(making))
        return self.added.around(out, rows)

    def graph(self) -> Graph:
        """Return the graph.

        Raises
        ------
        StataError
            r(2000) when there is nothing to draw.
        """
        by = self.node.options.last("by")
        if by is not None:
            return self.panels(by)
        layers = self.layers()
        check_any(layers)
        return assembled(layers, self.node.options, self.scheme, self.notes)

    def panels(self, by: GraphOption) -> Graph:
        panels, note = self.parts(by)
        check_any([layer for panel in panels for layer in panel.layers])
        return by_graph(panels, by, self.node.options, self.scheme, self.notes, note)

    def parts(self, by: GraphOption) -> tuple[list[Panel], str]:
        """Return the panels of `by()` and the note below them."""
        used = self.added.rows()
        for plot in self.node.plots:
            used |= self.columns.rows(plot)
        names, code, note = parts_of(self.columns, by, used)
        panels = [Panel(name, tuple(self.layers(code == i))) for i, name in enumerate(names)]
        if by.options.flag("total"):
            panels.append(Panel("Total", tuple(self.layers(code >= 0))))
        return panels, note


def check_any(layers: list[Layer]) -> None:
    """Refuse a graph of nothing, r(2000)."""
    if not any(len(plot.x) for layer in layers for plot in layer.plots):
        raise StataError(2000, "no observations")


def _draw(session: SessionState, node: GraphCommand) -> None:
    if not node.plots:
        raise StataError(198, "twoway plottype required", hint="twoway scatter y x || line y x, options")
    maker = TwowayMaker(session, node)
    finish(session, maker.graph(), node, node.options, maker.notes)


@command(
    "twoway",
    syntax=TWOWAY_SYNTAX,
    synopsis="twoway plot [if] [in] [weight] [|| plot ...] [, options]  or  twoway (plot) (plot) [, options]",
    keeps_r=True,
)
@subcommand(
    "graph",
    "twoway",
    syntax=TWOWAY_SYNTAX,
    synopsis="graph twoway plot [|| plot ...] [, options]",
    keeps_r=True,
)
@command(
    "scatter",
    syntax=TWOWAY_SYNTAX,
    synopsis="scatter yvarlist xvar [if] [in] [weight] [, options]",
    keeps_r=True,
)
@command("line", syntax=TWOWAY_SYNTAX, synopsis="line yvarlist xvar [if] [in] [, options]", keeps_r=True)
@command("tsline", syntax=TWOWAY_SYNTAX, synopsis="tsline varlist [if] [in] [, options]", keeps_r=True)
def twoway(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node)
