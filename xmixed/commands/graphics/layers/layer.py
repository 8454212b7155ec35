"""From a plot of a command and the data to a layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xmixed.commands.graphics.layers.curves import (
    bands,
    fit,
    fractional,
    function,
    histogram,
    kdensity,
    lowess,
    lpoly,
)
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.layers.points import immediate, pairs, points, ranges
from xmixed.commands.graphics.layers.surfaces import contours
from xmixed.errors import StataError
from xmixed.graphics.layers import Layer
from xmixed.graphics.model import PLOT_KINDS, RANGES, SPECIAL, Plot
from xmixed.graphics.text import plain

_POINTS = ("scatter", "line", "connected", "tsline", "area", "bar", "spike", "dropline", "dot")
_MAKERS: dict[str, Callable[[Making], Layer]] = {
    **dict.fromkeys(_POINTS, points),
    **dict.fromkeys((*RANGES, "tsrline"), ranges),
    **dict.fromkeys(("pcspike", "pccapsym", "pcarrow", "pcbarrow", "pcscatter"), pairs),
    **dict.fromkeys(("scatteri", "pci", "pcarrowi"), immediate),
    **dict.fromkeys(("lfit", "qfit", "lfitci", "qfitci"), fit),
    **dict.fromkeys(("fpfit", "fpfitci"), fractional),
    **dict.fromkeys(("mband", "mspline"), bands),
    **dict.fromkeys(("contour", "contourline"), contours),
    **dict.fromkeys(("lpoly", "lpolyci"), lpoly),
    "lowess": lowess,
    "kdensity": kdensity,
    "histogram": histogram,
    "function": function,
}


def layer_of(making: Making) -> Layer:
    """Return the layer of a plot.

    Raises
    ------
    StataError
        r(100), r(102), r(103) for the wrong number of variables; r(109) for strings.
    """
    layer = _MAKERS[making.node.kind](making)
    x_axis, y_axis = making.axes()
    plots = tuple(_recast(making, replace(plot, x_axis=x_axis, y_axis=y_axis)) for plot in layer.plots)
    return _renamed(making, replace(layer, plots=plots))


def _recast(making: Making, plot: Plot) -> Plot:
    kind = making.options.word("recast")
    if not kind:
        return plot
    if kind not in PLOT_KINDS - SPECIAL or (kind in RANGES) != (plot.kind in RANGES):
        raise StataError(198, f"option recast() incorrectly specified: {kind} does not fit {plot.kind}")
    return replace(plot, kind=kind)


def _renamed(making: Making, layer: Layer) -> Layer:
    """Apply `yvarlabel()` and `xvarlabel()`."""
    names, x = making.options.words("yvarlabel"), making.options.words("xvarlabel")
    if names:
        plots = tuple(
            replace(plot, label=plain(names[i])) if i < len(names) else plot
            for i, plot in enumerate(layer.plots)
        )
        layer = replace(layer, plots=plots, y_titles=tuple(plot.label for plot in plots))
    return replace(layer, x=replace(layer.x, title=x[0])) if x else layer
