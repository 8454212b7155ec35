"""xtline: a line for each panel of panel data, in graphs of their own or over each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Column, groups_of, panel_and_time
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import Plot
from xmixed.graphics.options import tables
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes import Pattern
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

OPTIONS = (
    GraphOptionSpec("overlay", "ov", "negatable", content="flag"),
    GraphOptionSpec("i", "i", "text", content="varlist"),
    GraphOptionSpec("t", "t", "text", content="varlist"),
    GraphOptionSpec("byopts", "byop", "text", content="options", inside=tables.BY_INSIDE),
    *tables.POINT_OPTIONS,
)
MOST_KEYS = 20
"""More panels than this are told apart by colour, without a legend."""


@command(
    "xtline",
    syntax=single_syntax("xtline", OPTIONS, weights=()),
    synopsis="xtline varlist [if] [in] [, overlay i(panelvar) t(timevar) options]",
    needs=("data",),
    keeps_r=True,
)
def xtline(session: SessionState, node: GraphCommand) -> None:
    options = node.plots[0].options
    if options.flag("overlay"):
        maker = SingleMaker(session, node, _overlaid)
    else:
        panel = _panel(session, options)
        by = GraphOption("by", (Pattern(panel),), GraphOptions(), panel)
        given = node.options.last("by")
        inside = [item for option in options.every("byopts") for item in option.options]
        by = replace(by, options=GraphOptions((*(given.options if given else ()), *inside)))
        node = replace(node, options=GraphOptions((*node.options.items, by)))
        maker = SingleMaker(session, node, _alone)
    finish(session, maker.graph(), node, node.options, maker.notes)


def _panel(session: SessionState, options: GraphOptions) -> str:
    option = options.last("i")
    panel = option.text if option is not None else panel_and_time(session.data)[0]
    if not panel:
        raise StataError(459, "panel variable not set; use xtset varname ...")
    return panel


def _time(making: Making) -> Column:
    option = making.options.last("t")
    time = option.text if option is not None else making.time
    if not time:
        raise StataError(459, "time variable not set; use xtset panelvar timevar")
    return making.columns.columns((Pattern(time),))[0]


def _alone(maker: SingleMaker, making: Making) -> list[Layer]:
    """Return the lines of one panel."""
    x, ys = _time(making), making.variables(1)
    plots = []
    for i, y in enumerate(ys):
        rows = np.flatnonzero(making.complete(x, y))
        rows = rows[np.argsort(x.values[rows], kind="stable")]
        style = making.looks.style("line", i)
        plots.append(Plot("line", x.values[rows], y.values[rows], style=style, label=plain(y.measure.title)))
    return [Layer(tuple(plots), x.measure, ys[0].measure, tuple(y.measure.title for y in ys))]


def _overlaid(maker: SingleMaker, making: Making) -> list[Layer]:
    """Return the lines of all panels: a plot for each of few, all in one of very many."""
    x, (y,) = _time(making), making.variables(1, 1)
    panel = Pattern(_panel(maker.session, making.options))
    names, code, _ = groups_of(making.columns, (panel,), making.rows & ~is_missing(y.values), False)
    rows = np.flatnonzero((code >= 0) & making.complete(x, y))
    rows = rows[np.lexsort((x.values[rows], code[rows]))]
    xs, ys, code = x.values[rows], y.values[rows], code[rows]
    if len(names) <= MOST_KEYS:
        cuts = np.searchsorted(code, np.arange(len(names) + 1))
        plots = tuple(
            Plot("line", xs[a:b], ys[a:b], style=making.looks.style("line", i), label=plain(name))
            for i, (name, a, b) in enumerate(zip(names, cuts[:-1], cuts[1:], strict=True))
        )
        return [Layer(plots, x.measure, y.measure, (y.measure.title,))]
    breaks = np.flatnonzero(code[1:] != code[:-1]) + 1
    xs, ys = np.insert(xs, breaks, xs[breaks]), np.insert(ys, breaks, np.nan)
    style = making.looks.style("lines", 0)
    maker.legend = False
    return [Layer((Plot("lines", xs, ys, style=style, label=plain(y.measure.title)),), x.measure, y.measure)]
