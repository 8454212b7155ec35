"""binscatter: means of one variable by quantiles of another, a command of users."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from xmixed.commands.graphics.layers.columns import Column, groups_of
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Plot
from xmixed.graphics.options import tables
from xmixed.language.graph_syntax import Content, GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.curves.binned import binned, residualised

LINES = {"lfit": 1, "qfit": 2, "connect": 0, "none": 0}
MOST_BINS = 1000


def _option(name: str, minimum: str, help: str, content: Content = "flag") -> GraphOptionSpec:
    return GraphOptionSpec(name, minimum, "flag" if content == "flag" else "text", help, content=content)


OPTIONS = (
    *tables.POINT_OPTIONS,
    _option("nquantiles", "n", "how many bins; default 20", "number"),
    _option("controls", "control", "what else explains both variables", "varlist"),
    _option("absorb", "absorb", "groups with constants of their own", "varlist"),
    _option("linetype", "line", "lfit, qfit, connect or none", "marked"),
    _option("discrete", "discrete", "bins are the values of x"),
    _option("medians", "med", "medians of y"),
)


@command(
    "binscatter",
    syntax=single_syntax("binscatter", OPTIONS, "varlist", ("aweight", "fweight")),
    synopsis="binscatter y x [if] [in] [weight] [, nquantiles(#) controls(varlist) absorb(varname) "
    "by(varname) linetype(lfit | qfit | connect | none) discrete medians options]",
    needs=("data",),
)
def binscatter(session: SessionState, node: GraphCommand) -> None:
    """by() makes points of each group in one graph, not graphs of their own."""
    by = node.options.last("by")
    node = replace(node, options=GraphOptions(tuple(item for item in node.options if item.name != "by")))
    maker = SingleMaker(session, node, partial(_layers, by=by))
    graph = maker.graph()
    finish(session, graph, node, node.options, maker.notes)


def _layers(maker: SingleMaker, making: Making, by: GraphOption | None) -> list[Layer]:
    y, x = making.variables(2, 2)
    controls = _named(making, "controls")
    used = making.complete(y, x, *controls, weights=making.columns.weights(making.node))
    weights = making.columns.weights(making.node)
    own = np.ones(int(used.sum())) if weights is None else weights[used]
    line = making.options.word("linetype") or "lfit"
    if line not in LINES:
        raise StataError(198, "option linetype() takes lfit, qfit, connect or none")
    bins = making.options.value("nquantiles", 20)
    if bins != int(bins) or not 2 <= bins <= MOST_BINS:
        raise StataError(198, f"nquantiles() must be between 2 and {MOST_BINS} inclusive")
    if not used.any():
        raise StataError(2000, "no observations")
    columns = np.column_stack([y.values[used], x.values[used]])
    others = np.column_stack([column.values[used] for column in controls]) if controls else columns[:, :0]
    both = residualised(columns, others, _groups(maker, making, used), own)
    discrete = None if making.options.flag("discrete") else int(bins)
    maker.saved = Results({"N": float(used.sum())})
    layers: list[Layer] = []
    for number, (name, rows) in enumerate(_parts(making, used, by)):
        part = both[rows]
        found = binned(
            part[:, 0], part[:, 1], own[rows], discrete, LINES[line], making.options.flag("medians")
        )
        kind = "connected" if line == "connect" else "scatter"
        style = making.looks.style(kind, number)
        points = Plot(kind, found.x, found.y, style=style, label=name, number=2 * number + 1)
        plots = [points]
        if LINES[line]:
            at = np.linspace(found.x.min(), found.x.max(), 2 if line == "lfit" else 100)
            look = making.looks.style("line", number)
            plots.append(Plot("line", at, found.fitted(at), style=look, number=2 * number + 2))
        layers.append(Layer(tuple(plots), x.measure, Measure(y.measure.title, y.measure.format)))
    return layers


def _named(making: Making, option: str) -> list[Column]:
    given = making.options.last(option)
    return [] if given is None else making.columns.columns(given.value or ())


def _groups(maker: SingleMaker, making: Making, used: np.ndarray) -> np.ndarray | None:
    """Return the groups of absorb() among the observations used."""
    given = making.options.last("absorb")
    if given is None:
        return None
    data = maker.session.data
    codes, _ = group_codes(data, resolve_varlist(given.value, data), used)
    return codes[used]


def _parts(making: Making, used: np.ndarray, by: GraphOption | None) -> list[tuple[str, np.ndarray]]:
    """Return the groups of by() with their rows among those used; one without a name otherwise."""
    if by is None:
        return [("", np.ones(int(used.sum()), dtype=bool))]
    names, codes, _ = groups_of(making.columns, by.value, used, missing=False)
    return [(name, codes[used] == code) for code, name in enumerate(names)]
