"""serrbar: means with bars of their standard errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import Plot
from xmixed.graphics.options import tables
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.session.state import SessionState

OPTIONS = (
    GraphOptionSpec("scale", "sc", "text"),
    GraphOptionSpec(
        "mvopts", "mvop", "text", "looks of the means", content="options", inside=tables.POINT_OPTIONS
    ),
    *tables.RANGE_OPTIONS,
)


@command(
    "serrbar",
    syntax=single_syntax("serrbar", OPTIONS, weights=()),
    synopsis="serrbar mvar svar xvar [if] [in] [, scale(#) options]",
    needs=("data",),
    keeps_r=True,
)
def serrbar(session: SessionState, node: GraphCommand) -> None:
    maker = SingleMaker(session, node, _bars, legend=False)
    finish(session, maker.graph(), node, node.options, maker.notes)


def _bars(maker: SingleMaker, making: Making) -> list[Layer]:
    """Return the bars, mean - scale * se to mean + scale * se, and the means."""
    mean, error, x = making.variables(3, 3)
    scale = _scale(making)
    rows = np.flatnonzero(making.complete(mean, error, x))
    y, half, at = mean.values[rows], scale * error.values[rows], x.values[rows]
    style = making.looks.style("rcap", 0)
    bars = Plot("rcap", at, y - half, y2=y + half, style=style, number=making.number(0))
    inside = making.options.last("mvopts")
    own = making if inside is None else replace(making, node=replace(making.node, options=inside.options))
    look = own.looks.style("scatter", 0)
    means = Plot("scatter", at, y, style=replace(look, line=style.line) if inside is None else look)
    return [Layer((bars, means), x.measure, mean.measure, (mean.measure.title,))]


def _scale(making: Making) -> float:
    word = making.options.word("scale")
    try:
        return float(word) if word else 1.0
    except ValueError:
        raise StataError(198, "option scale() incorrectly specified") from None
