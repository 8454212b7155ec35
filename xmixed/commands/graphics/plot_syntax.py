"""The kinds of plots of `twoway`: what follows their names, and their options."""

from __future__ import annotations

from xmixed.graphics.options import tables
from xmixed.graphics.options.help import HELP
from xmixed.language.graph_syntax import GraphOptionSpec, GraphSyntax, PlotSyntax
from xmixed.language.syntax import ArgumentKind, Syntax

WEIGHTS = ("aweight", "fweight", "pweight", "iweight")


def _plot(
    name: str,
    minimum: str,
    options: tuple[GraphOptionSpec, ...],
    argument: ArgumentKind = "varlist_factor",
    data: bool = True,
) -> PlotSyntax:
    syntax = Syntax(argument, condition=data, in_range=data, weights=WEIGHTS if data else ())
    return PlotSyntax(name, minimum, syntax, options)


PLOTS: tuple[PlotSyntax, ...] = (
    _plot("scatter", "sc", tables.POINT_OPTIONS),
    _plot("line", "l", tables.POINT_OPTIONS),
    _plot("connected", "con", tables.POINT_OPTIONS),
    _plot("tsline", "tsline", tables.POINT_OPTIONS),
    _plot("area", "area", tables.BAR_OPTIONS),
    _plot("bar", "bar", tables.BAR_OPTIONS),
    _plot("spike", "spike", tables.SPIKE_OPTIONS),
    _plot("dropline", "dropline", tables.SPIKE_OPTIONS),
    _plot("dot", "dot", tables.DOT_OPTIONS),
    _plot("rarea", "rarea", tables.RANGE_OPTIONS),
    _plot("rbar", "rbar", tables.RANGE_OPTIONS),
    _plot("rspike", "rspike", tables.RANGE_OPTIONS),
    _plot("rcap", "rcap", tables.RANGE_OPTIONS),
    _plot("rcapsym", "rcapsym", tables.RANGE_OPTIONS),
    _plot("rline", "rline", tables.RANGE_OPTIONS),
    _plot("rscatter", "rsc", tables.RANGE_OPTIONS),
    _plot("rconnected", "rcon", tables.RANGE_OPTIONS),
    _plot("tsrline", "tsrline", tables.RANGE_OPTIONS),
    _plot("lfit", "lfit", tables.FIT_OPTIONS),
    _plot("qfit", "qfit", tables.FIT_OPTIONS),
    _plot("lfitci", "lfitci", tables.INTERVAL_OPTIONS),
    _plot("qfitci", "qfitci", tables.INTERVAL_OPTIONS),
    _plot("fpfit", "fpfit", tables.FRACTIONAL_OPTIONS),
    _plot("fpfitci", "fpfitci", tables.FRACTIONAL_INTERVAL_OPTIONS),
    _plot("mband", "mband", tables.BAND_OPTIONS),
    _plot("mspline", "mspline", tables.BAND_OPTIONS),
    _plot("contour", "contour", tables.CONTOUR_OPTIONS),
    _plot("contourline", "contourline", tables.CONTOUR_LINE_OPTIONS),
    _plot("lowess", "low", tables.SMOOTH_OPTIONS),
    _plot("lpoly", "lpoly", tables.LPOLY_OPTIONS),
    _plot("lpolyci", "lpolyci", tables.LPOLY_OPTIONS),
    _plot("kdensity", "kden", tables.DENSITY_OPTIONS),
    _plot("histogram", "hist", tables.HISTOGRAM_OPTIONS),
    _plot("function", "func", tables.CURVE_OPTIONS, "curve", data=True),
    _plot("scatteri", "scatteri", tables.POINT_OPTIONS, "immediate", data=False),
    _plot("pci", "pci", tables.PAIR_OPTIONS, "immediate", data=False),
    _plot("pcarrowi", "pcarrowi", tables.PAIR_OPTIONS, "immediate", data=False),
    _plot("pcspike", "pcspike", tables.PAIR_OPTIONS),
    _plot("pccapsym", "pccapsym", tables.PAIR_OPTIONS),
    _plot("pcarrow", "pcarrow", tables.PAIR_OPTIONS),
    _plot("pcbarrow", "pcbarrow", tables.PAIR_OPTIONS),
    _plot("pcscatter", "pcscatter", tables.PAIR_OPTIONS),
)
ADDPLOT = GraphOptionSpec(
    "addplot",
    "addplot",
    "text",
    HELP["addplot"],
    content="plots",
    inside=(GraphOptionSpec("below", "below", "negatable", content="flag"), *tables.TWOWAY),
    plots=PLOTS,
)
GRAPH_OPTIONS = (*tables.TWOWAY, ADDPLOT)
"""Options of a graph on which more plots may be laid."""
TWOWAY_SYNTAX = GraphSyntax("graph", weights=WEIGHTS, options=GRAPH_OPTIONS, plots=PLOTS)


def plot_named(name: str) -> PlotSyntax:
    """Return the kind of plot of a name."""
    return next(plot for plot in PLOTS if plot.name == name)
