"""lowess and lpoly as commands of their own: points with a smooth curve, titles, new variables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.curves import local_settings, lowess_settings
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.layers.points import with_texts
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.graphics import curves
from xmixed.graphics.layers import Layer
from xmixed.graphics.looks import INTERVAL
from xmixed.graphics.model import Heading, Plot, Stroke, Style, Titles
from xmixed.graphics.options import tables
from xmixed.language.graph_syntax import Content, GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand, GraphOptions
from xmixed.missing import MISSING
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile


def _option(
    name: str, minimum: str, content: Content, inside: tuple[GraphOptionSpec, ...] = ()
) -> GraphOptionSpec:
    kind = "negatable" if content == "flag" else "text"
    return GraphOptionSpec(name, minimum, kind, content=content, inside=inside)


_COMMON = (
    _option("generate", "gen", "marked"),
    _option("graph", "gr", "flag"),
    _option("lineopts", "lineop", "options", tables.FIT_OPTIONS),
)
LOWESS = (*_COMMON, *tables.SMOOTH_OPTIONS)
UNIT_LEVEL = 68.0
"""Of an interval that is not shown."""
LPOLY = (
    *_COMMON,
    _option("ci", "ci", "flag"),
    _option("scatter", "sc", "flag"),
    _option("se", "se", "marked"),
    _option("at", "at", "varlist"),
    _option("ciopts", "ciop", "options", tables.RANGE_OPTIONS),
    *tables.LPOLY_OPTIONS,
)


@command(
    "lowess",
    syntax=single_syntax("lowess", LOWESS, weights=()),
    synopsis="lowess yvar xvar [if] [in] [, bwidth(#) mean noweight adjust logit generate(newvar)"
    " nograph options]",
    needs=("data",),
    keeps_r=True,
)
def lowess(session: SessionState, node: GraphCommand) -> None:
    options = node.plots[0].options
    maker = SingleMaker(session, node, _lowess_layers, legend=False)
    graph = maker.graph()
    new = options.words("generate")
    if new:
        _keep_smooth(session, new, maker)
    if options.value("graph") is not False:
        finish(session, graph, node, node.options, maker.notes)


def _points(making: Making) -> tuple[Plot, np.ndarray, np.ndarray, Layer]:
    y, x = making.variables(2, 2)
    used = making.complete(y, x)
    xs, ys = x.values[used], y.values[used]
    point = Plot("scatter", xs, ys, style=making.looks.style("scatter", 0), label=y.measure.title)
    point = with_texts(point, making.columns, making.options, used)
    return point, xs, ys, Layer((point,), x.measure, y.measure)


def _lowess_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    _, xs, ys, layer = _points(making)
    if not len(xs):
        return [layer]
    settings = lowess_settings(making.options)
    curve = curves.lowess_curve(xs, ys, settings)
    maker.usual_titles = Titles(
        title=Heading(("Lowess smoother",)), note=Heading((f"bandwidth = {settings.bandwidth:.2g}",))
    )
    return [layer, _line(making, "lineopts", curve, layer)]


def _line(making: Making, name: str, curve: curves.Curve, points: Layer) -> Layer:
    inside = making.options.last(name)
    node = making.node if inside is None else replace(making.node, options=inside.options)
    style = replace(replace(making, node=node).looks.style("line", 0), symbol="")
    return Layer((Plot("line", curve.x, curve.y, style=style, label="Smooth"),), points.x, points.y)


def _keep_smooth(session: SessionState, names: tuple[str, ...], maker: SingleMaker) -> None:
    """Keep the smooth at every observation (`generate(newvar)`)."""
    if len(names) != 1:
        raise StataError(198, "option generate() incorrectly specified")
    check_new_name(names[0], session.data)
    making = maker.making(maker.columns.rows(maker.node.plots[0]))
    y, x = making.variables(2, 2)
    used = making.complete(y, x)
    values = np.full(session.data.n_obs, MISSING)
    settings = lowess_settings(making.options)
    values[used] = curves.smoothed(x.values[used], y.values[used], settings)
    label = f"lowess: {y.measure.title}"
    made = Variable(names[0], "double", values, "%10.0g", label)
    session.data = session.data.with_variables(made)


@command(
    "lpoly",
    syntax=single_syntax("lpoly", LPOLY),
    synopsis="lpoly yvar xvar [if] [in] [weight] [, kernel(name) bwidth(#) degree(#) n(#) ci"
    " noscatter at(varname) generate(x s) se(e) options]",
    needs=("data",),
)
def lpoly(session: SessionState, node: GraphCommand) -> None:
    maker = SingleMaker(session, node, _lpoly_layers, legend=None)
    graph = maker.graph()
    _keep_local(session, node.plots[0].options, maker)
    if node.plots[0].options.value("graph") is not False:
        finish(session, graph, node, node.options, maker.notes)


def _keep_local(session: SessionState, options: GraphOptions, maker: SingleMaker) -> None:
    """Keep the smooth and its standard errors: `generate(x s)`, with `at()` `generate(s)`; `se(e)`."""
    names, errors = options.words("generate"), options.words("se")
    curve = maker.curve
    if not (names or errors) or curve is None:
        return
    columns = [("lpoly smooth", curve.y)]
    if "at" not in options:
        columns.insert(0, ("lpoly smoothing grid", curve.x))
    if len(names) != len(columns):
        raise StataError(198, "option generate() incorrectly specified")
    if len(errors) > 1:
        raise StataError(198, "option se() incorrectly specified")
    columns += [("standard error of lpoly smooth", maker.errors)] * len(errors)
    maker.keep((*names, *errors), columns)


def _lpoly_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    point, xs, ys, layer = _points(making)
    ci = making.options.flag("ci")
    settings = local_settings(making, making.level if ci else None)
    if len(xs) < settings.degree + 5:
        raise StataError(2001, "insufficient observations")
    weights = making.columns.weights(making.node)
    if weights is not None:
        y, x = making.variables(2, 2)
        used = making.complete(y, x, weights=weights)
        xs, ys, weights = x.values[used], y.values[used], weights[used]
    places = making.places()
    if places is not None:
        settings = replace(settings, at=places[0])
        maker.places = places[1]
    # standard errors are the half width of an interval over its quantile
    level = settings.level or UNIT_LEVEL
    curve, h = curves.local_curve(xs, ys, replace(settings, level=level), weights)
    maker.curve, maker.errors = curve, (curve.high - curve.y) / normal_quantile(level)
    note = f"kernel = {settings.kernel}, degree = {settings.degree}, bandwidth = {h:.3g}"
    maker.usual_titles = Titles(title=Heading(("Local polynomial smooth",)), note=Heading((note,)))
    maker.saved = Results(
        scalars={
            "degree": float(settings.degree),
            "ngrid": float(len(curve.x)),
            "N": float(len(xs)),
            "bwidth": h,
        },
        macros={"kernel": settings.kernel},
    )
    smooth_layer = _line(making, "lineopts", curve, layer)
    hidden = making.options.last("scatter") is not None and not making.options.flag("scatter")
    layers = [] if hidden else [layer]
    if ci:  # below the points and the curve, which keep their looks
        layers = [replace(one, plots=(replace(one.plots[0], number=-1),)) for one in layers]
        smooth_layer = replace(smooth_layer, plots=(replace(smooth_layer.plots[0], number=-2),))
        style = Style(fill=INTERVAL, line=Stroke(pattern="blank"))
        band = Plot("rarea", curve.x, curve.low, y2=curve.high, style=style, label=f"{making.level:g}% CI")
        layers.insert(0, Layer((band,), layer.x, layer.y))
    return [*layers, replace(smooth_layer, plots=(replace(smooth_layer.plots[0], label="lpoly smooth"),))]
