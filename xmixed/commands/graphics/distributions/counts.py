"""spikeplot, dotplot: how often each value occurs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.graphics.layers.columns import groups_of
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.graphics.assemble import Categories, assembled
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Graph, Plot, Stroke, Style, Tick
from xmixed.graphics.options import tables
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import Content, GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

# --- spikes -----------------------------------------------------------------------------------------------


def _option(
    name: str, minimum: str, help: str, content: Content = "flag", drawn: bool = True
) -> GraphOptionSpec:
    kind = "negatable" if content == "flag" else "text"
    return GraphOptionSpec(name, minimum, kind, help, content=content, drawn=drawn, bare=not drawn)


SPIKES = (
    *tables.SPIKE_OPTIONS,
    _option("round", "ro", "values rounded to multiples of this", "number"),
    _option("fraction", "frac", "shares in place of frequencies"),
    _option("root", "root", "square roots of frequencies"),
)


@command(
    "spikeplot",
    syntax=single_syntax("spikeplot", SPIKES),
    synopsis="spikeplot varname [if] [in] [weight] [, round(#) fraction root options]",
    needs=("data",),
    keeps_r=True,
)
def spikeplot(session: SessionState, node: GraphCommand) -> None:
    maker = SingleMaker(session, node, _spike_layers, legend=False)
    finish(session, maker.graph(), node, node.options, maker.notes)


def _spike_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    (x,) = making.variables(1, 1)
    weights = making.columns.weights(making.node)
    used = making.complete(x, weights=weights)
    values = x.values[used]
    width = making.options.value("round")
    if width is not None:
        if not width > 0:
            raise StataError(198, "round() must be positive")
        values = np.round(values / width) * width
    root, fraction = making.options.flag("root"), making.options.flag("fraction")
    if root and fraction:
        raise StataError(198, "options fraction and root may not be combined")
    at, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, None if weights is None else weights[used], len(at)).astype(np.float64)
    title = "Fraction" if fraction else "Root of frequency" if root else "Frequency"
    heights = np.sqrt(counts) if root else counts / max(float(counts.sum()), 1e-300) if fraction else counts
    style = making.looks.style("spike", 0)
    plot = Plot("spike", at, heights, style=style, label=title, number=making.number())
    return [Layer((plot,), x.measure, Measure(title))]


# --- dots -------------------------------------------------------------------------------------------------

USUAL_BINS = 35
GAP = 0.15
"""Room between columns, as a share of the widest one."""
DOTS = (
    *tables.POINT_OPTIONS,
    _option("over", "over", "a column of dots for each group", "varlist"),
    _option("ny", "ny", "about how many rows of dots", "number"),
    _option("incr", "incr", "how many observations a dot is", "number"),
    _option("group", "group", "values grouped into rows; nogroup leaves them as they are"),
    _option("center", "ce", "dots centred in their column"),
    _option("mean", "mean", "a line at the mean of each column"),
    _option("median", "median", "a line at the median of each column"),
    _option("bar", "bar", "dashed lines at the quartiles, or one sd from the mean"),
    _option("nx", "nx", "no effect: dots have the width that fits", "number", drawn=False),
    _option("bounded", "bo", "no effect: symbols stay in the picture", drawn=False),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """The numbers of one column of dots."""

    name: str
    values: np.ndarray


@command(
    "dotplot",
    syntax=single_syntax("dotplot", DOTS, weights=()),
    synopsis="dotplot varlist [if] [in] [, over(groupvar) center mean median bar ny(#) nogroup options]",
    needs=("data",),
    keeps_r=True,
)
def dotplot(session: SessionState, node: GraphCommand) -> None:
    """Draw every observation as a dot, beside others of about the same value."""
    maker = SingleMaker(session, node, lambda _, __: [])
    if len(node.plots) != 1:
        raise StataError(198, "one plot only; twoway draws several over each other")
    if "by" in node.options:
        raise StataError(198, "option by() not allowed", hint="over() draws a column for each group")
    making = maker.making(maker.columns.rows(node.plots[0]))
    finish(session, _dot_graph(maker, making), node, node.options, maker.notes)


def _dot_columns(making: Making) -> tuple[list[_Column], Measure]:
    variables = making.variables(1)
    over = making.options.last("over")
    if over is None:
        found = [
            _Column(plain(x.measure.title), x.values[making.rows & ~is_missing(x.values)]) for x in variables
        ]
        return found, variables[0].measure if len(variables) == 1 else Measure()
    if len(variables) > 1:
        raise StataError(103, "too many variables specified; over() takes one")
    (x,) = variables
    names, code, _ = groups_of(making.columns, over.value or (), making.complete(x), False)
    return [_Column(plain(name), x.values[code == i]) for i, name in enumerate(names)], x.measure


def _dot_graph(maker: SingleMaker, making: Making) -> Graph:
    columns, measure = _dot_columns(making)
    every = np.concatenate([column.values for column in columns]) if columns else np.empty(0)
    if not len(every):
        raise StataError(2000, "no observations")
    step = _row_height(making, every)
    per_dot = making.options.value("incr", 1.0)
    if not per_dot >= 1:
        raise StataError(198, "incr() must be at least 1")
    stacks = [_stacked(column.values, step, per_dot) for column in columns]
    widest = max(float(place.max(initial=1.0)) for _, place in stacks)
    apart = widest * (1 + GAP) + 1
    centered = making.options.flag("center")
    xs, ticks, lines = [], [], []
    for i, (column, (_, place)) in enumerate(zip(columns, stacks, strict=True)):
        middle = i * apart + (widest + 1) / 2
        xs.append(place + i * apart if not centered else middle + _centred(place, stacks[i][0]))
        ticks.append(Tick(middle, column.name))
        lines += _marks(making, column.values, i * apart + 0.5, i * apart + widest + 0.5)
    style = making.looks.style("scatter", 0)
    style = style if style.symbol_size else replace(style, symbol_size=maker.scheme.symbol_size * 0.7)
    y = np.concatenate([value for value, _ in stacks])
    plot = Plot("scatter", np.concatenate(xs), y, style=style, number=making.number())
    alone = len(columns) == 1
    across = Measure("Frequency" if alone and not centered else "")
    layer = Layer((plot, *lines), across, measure)
    options = maker.node.options if alone else _with_room(maker.node.options, len(columns) * apart)
    categories = None if alone else Categories(tuple(ticks))
    layers = maker.added.around([layer])
    return assembled(layers, options, maker.scheme, maker.notes, categories, legend=False)


def _with_room(options: GraphOptions, end: float) -> GraphOptions:
    """Return options with an axis that is as wide as all columns."""
    ends = GraphOptions((GraphOption("range", (0.0, end), GraphOptions()),))
    return GraphOptions((GraphOption("xscale", None, ends), *options.items))


def _row_height(making: Making, every: np.ndarray) -> float:
    """Return the height of a row of dots; 0 where values stay as they are."""
    rows = making.options.value("ny", float(USUAL_BINS))
    if not 1 <= rows <= 100_000:
        raise StataError(198, "ny() must be between 1 and 100000")
    if making.options.value("group") is False or len(np.unique(every)) <= rows:
        return 0.0
    return float(np.ptp(every)) / rows


def _stacked(values: np.ndarray, step: float, per_dot: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the heights of dots and their places in their rows, from 1."""
    rows = np.sort(np.round(values / step) * step if step else values)
    first = np.r_[True, rows[1:] != rows[:-1]] if len(rows) else np.empty(0, dtype=bool)
    starts = np.flatnonzero(first)
    place = np.arange(len(rows)) - starts[np.cumsum(first) - 1] + 1.0 if len(rows) else rows
    if per_dot == 1:
        return rows, place
    kept = (place - 1) % per_dot < 1
    return rows[kept], np.ceil(place[kept] / per_dot)


def _centred(place: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return places about the middle of their rows."""
    _, row, counts = np.unique(rows, return_inverse=True, return_counts=True)
    return place - (counts[row] + 1) / 2


def _marks(making: Making, values: np.ndarray, left: float, right: float) -> list[Plot]:
    """Return lines at the mean or the median of a column, and at what `bar` adds."""
    mean, median = making.options.flag("mean"), making.options.flag("median")
    if mean and median:
        raise StataError(198, "options mean and median may not be combined")
    bar = making.options.flag("bar")
    if not len(values) or not (mean or median or bar):
        return []
    middle = float(values.mean()) if mean else float(np.median(values))
    marks = [(middle, "solid")] if mean or median else []
    if bar:
        sd = float(values.std(ddof=1)) if len(values) > 1 else 0.0
        ends = (middle - sd, middle + sd) if mean else np.quantile(values, (0.25, 0.75))
        marks += [(float(end), "dash") for end in ends]
    ends = np.array([left, right])
    return [
        Plot("line", ends, np.full(2, at), style=Style(line=Stroke("#4d4d4dff", 1.2, pattern)), number=-2)
        for at, pattern in marks
    ]
