"""histogram and kdensity as commands of their own, with their titles, notes and saved results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.curves import (
    bandwidth_of,
    histogram_bars,
    histogram_plot,
    histogram_scale,
    kernel_of,
)
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.graphics import curves
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Heading, Plot, Style, Titles
from xmixed.graphics.options import tables
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.session.results import Results
from xmixed.session.state import SessionState


def _option(name: str, minimum: str, content: str, inside: tuple = (), bare: bool = False) -> GraphOptionSpec:
    kind = "negatable" if content == "flag" else "text"
    return GraphOptionSpec(name, minimum, kind, content=content, inside=inside, bare=bare)  # type: ignore[arg-type]


HISTOGRAM = (
    *tables.HISTOGRAM_OPTIONS,
    _option("normal", "norm", "flag"),
    _option("normopts", "normop", "options", tables.FIT_OPTIONS),
    _option("kdensity", "kden", "flag"),
    _option("kdenopts", "kdenop", "options", tables.DENSITY_OPTIONS),
    _option("addlabels", "addl", "flag"),
    _option("addlabopts", "addlabop", "options", tables.MARKERS),
)


@command(
    "histogram",
    syntax=single_syntax("histogram", HISTOGRAM),
    synopsis="histogram varname [if] [in] [weight] [, bin(#) width(#) start(#) discrete fraction"
    " frequency percent normal kdensity options]",
    needs=("data",),
)
def histogram(session: SessionState, node: GraphCommand) -> None:
    maker = SingleMaker(session, node, _histogram_layers)
    finish(session, maker.graph(), node, node.options, maker.notes)


def _histogram_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    (x,) = making.variables(1, 1)
    weights = making.columns.weights(making.node)
    used = making.complete(x, weights=weights)
    xs, w = x.values[used], None if weights is None else weights[used]
    scale = histogram_scale(making.options)
    title = curves.SCALES[scale]
    if not len(xs):
        return [Layer((Plot("bar", label=title),), x.measure, Measure(title))]
    bars = histogram_bars(making, xs, w)
    start, width = (format_value(value, "%10.0g").strip() for value in (bars.bins.start, bars.bins.width))
    maker.say_once(f"(bin={bars.bins.count}, start={start}, width={width})")
    plot = histogram_plot(making, bars, title)
    layers = [Layer((plot,), x.measure, Measure(title))]
    if making.options.flag("addlabels"):
        layers.append(_heights(making, plot, x.measure, title))
    low, high = bars.bins.start, bars.bins.start + bars.bins.count * bars.bins.width
    if making.options.flag("normal"):
        mean, sd = float(np.average(xs, weights=w)), float(np.std(xs, ddof=1)) if len(xs) > 1 else 0.0
        curve = curves.normal_curve(mean, sd, low - 0.1 * (high - low), high + 0.1 * (high - low))
        layers.append(_overlaid(making, "normopts", curve, bars.factor, f"Normal {x.name}", layers[0]))
    if making.options.flag("kdensity"):
        inside = making.options.last("kdenopts")
        wishes = making.options if inside is None else inside.options
        curve, _ = curves.density_curve(xs, w, kernel=kernel_of(wishes), bandwidth=bandwidth_of(wishes))
        layers.append(_overlaid(making, "kdenopts", curve, bars.factor, f"kdensity {x.name}", layers[0]))
    maker.saved = Results(
        scalars={
            "N": float(len(xs)),
            "bin": float(bars.bins.count),
            "width": bars.bins.width,
            "start": bars.bins.start,
            "area": bars.factor,
        }
    )
    return layers


def _heights(making: Making, plot: Plot, x: Measure, title: str) -> Layer:
    values = tuple(f"{value:.4g}" for value in plot.y)
    style = Style(symbol="none", label_position=12, horizontal=plot.style.horizontal)
    return Layer((Plot("scatter", plot.x, plot.y, style=style, texts=values),), x, Measure(title))


def _overlaid(
    making: Making, name: str, curve: curves.Curve, factor: float, label: str, bars: Layer
) -> Layer:
    """Return a density on the scale of the bars, in the look that `normopts()` or `kdenopts()` ask for."""
    inside = making.options.last(name)
    node = making.node if inside is None else replace(making.node, options=inside.options)
    style = replace(making, node=node).looks.style("line", 0) if inside is not None else Style()
    style = replace(style, horizontal=bars.plots[0].style.horizontal)
    return Layer((Plot("line", curve.x, curve.y * factor, style=style, label=plain(label)),), bars.x, bars.y)


# --- kdensity ---------------------------------------------------------------------------------------------

KDENSITY = (
    *tables.DENSITY_OPTIONS,
    _option("generate", "g", "marked"),
    _option("normal", "nor", "flag"),
    _option("normopts", "normop", "options", tables.FIT_OPTIONS),
    _option("graph", "gr", "flag"),
    _option("student", "stu", "number"),
    _option("stopts", "stop", "options", tables.FIT_OPTIONS),
    _option("at", "at", "varlist"),
    _option("width", "w", "number"),
)


@command(
    "kdensity",
    syntax=single_syntax("kdensity", KDENSITY),
    synopsis="kdensity varname [if] [in] [weight] [, kernel(name) bwidth(#) n(#) at(varname) normal"
    " student(#) generate(x d) nograph options]",
    needs=("data",),
)
def kdensity(session: SessionState, node: GraphCommand) -> None:
    options = node.plots[0].options
    maker = SingleMaker(session, node, _density_layers)
    graph = maker.graph()
    new = options.words("generate")
    if new:
        _generate(new, maker)
    if options.value("graph") is not False:
        finish(session, graph, node, node.options, maker.notes)


def _density_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    (x,) = making.variables(1, 1)
    weights = making.columns.weights(making.node)
    used = making.complete(x, weights=weights)
    xs, w = x.values[used], None if weights is None else weights[used]
    measure = Measure("Density")
    if not len(xs):
        return [Layer((Plot("line", label="Kernel density estimate"),), x.measure, measure)]
    kernel = kernel_of(making.options)
    places = making.places()
    curve, h = curves.density_curve(
        xs,
        w,
        kernel=kernel,
        bandwidth=bandwidth_of(making.options) or bandwidth_of(making.options, "width"),
        points=making.count() or min(len(xs), 50),
        at=None if places is None else places[0],
    )
    maker.places = None if places is None else places[1]
    label = "Kernel density estimate"
    style = making.looks.style("line", 0)
    layers = [Layer((Plot("line", curve.x, curve.y, style=style, label=label),), x.measure, measure)]
    mean, sd = float(np.average(xs, weights=w)), float(np.std(xs, ddof=1)) if len(xs) > 1 else 0.0
    ends = float(curve.x[0]), float(curve.x[-1])
    if making.options.flag("normal"):
        normal = curves.normal_curve(mean, sd, *ends)
        layers.append(_overlaid(making, "normopts", normal, 1.0, "Normal density", layers[0]))
    if "student" in making.options:
        df = making.options.value("student")
        if df is None or not 0 < df < 1e9:
            raise StataError(198, "student() must be a positive number")
        student = curves.student_curve(mean, sd, df, *ends)
        layers.append(_overlaid(making, "stopts", student, 1.0, f"t density, df = {df:g}", layers[0]))
    maker.usual_titles = Titles(
        title=Heading((label,)), note=Heading((f"kernel = {kernel}, bandwidth = {h:.4f}",))
    )
    maker.curve = curve
    spacing = float(curve.x[1] - curve.x[0]) if len(curve.x) > 1 else 0.0
    maker.saved = Results(
        scalars={"bwidth": h, "n": float(len(curve.x)), "scale": spacing}, macros={"kernel": kernel}
    )
    return layers


def _generate(names: tuple[str, ...], maker: SingleMaker) -> None:
    """Keep the density as new variables: `generate(x d)`, with `at()` `generate(d)`."""
    curve = maker.curve
    count = 1 if maker.places is not None else 2
    if len(names) not in (1, count) or curve is None:
        raise StataError(198, "option generate() incorrectly specified")
    label = "Kernel density estimate"
    columns = [(label, curve.x), (label, curve.y)]
    maker.keep(names, columns[-len(names) :])
