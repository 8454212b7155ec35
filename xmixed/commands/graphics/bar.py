"""graph bar, graph hbar, graph dot, graph box, graph hbox: statistics or distributions over categories."""

from __future__ import annotations

from xmixed.commands.graphics.grouped import GroupedMaker
from xmixed.commands.graphics.show import finish
from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.graphics.options import tables
from xmixed.language.graph_syntax import GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

WEIGHTS = ("aweight", "fweight", "pweight", "iweight")


def _syntax(name: str) -> Syntax:
    plot = Syntax("bars", condition=True, in_range=True, weights=WEIGHTS)
    options = (*tables.GROUPED, *tables.TWOWAY)
    return GraphSyntax("graph", options=options, plots=(PlotSyntax(name, name, plot),))


def _draw(session: SessionState, node: GraphCommand, kind: str, horizontal: bool) -> None:
    maker = GroupedMaker(session, node, kind, horizontal)
    graph = maker.graph()
    if not any(len(plot.x) for plot in graph.plots):
        raise StataError(2000, "no observations")
    finish(session, graph, node, node.options, maker.notes)


_FORM = "[(stat)] varlist [(stat) ...] [if] [in] [weight] [, over(varname) stack percentages options]"


@subcommand(
    "graph", "bar", syntax=_syntax("bar"), synopsis=f"graph bar {_FORM}", needs=("data",), keeps_r=True
)
def bar(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, "bar", False)


@subcommand(
    "graph", "hbar", syntax=_syntax("hbar"), synopsis=f"graph hbar {_FORM}", needs=("data",), keeps_r=True
)
def hbar(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, "bar", True)


@subcommand(
    "graph", "dot", syntax=_syntax("dot"), synopsis=f"graph dot {_FORM}", needs=("data",), keeps_r=True
)
def dot(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, "dot", True)


@subcommand(
    "graph",
    "box",
    syntax=_syntax("box"),
    synopsis="graph box varlist [, over(varname) options]",
    needs=("data",),
    keeps_r=True,
)
def box(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, "box", False)


@subcommand(
    "graph",
    "hbox",
    syntax=_syntax("hbox"),
    synopsis="graph hbox varlist [, over(varname) options]",
    needs=("data",),
    keeps_r=True,
)
def hbox(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, "box", True)
