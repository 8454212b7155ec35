"""Layers of curves and bars made of data: fitted lines, smooth curves, densities, histograms, functions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Column
from xmixed.commands.graphics.layers.making import Making
from xmixed.errors import StataError
from xmixed.graphics import curves
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.looks import INTERVAL
from xmixed.graphics.model import RANGES, Plot, Stroke
from xmixed.graphics.sizes import line_width
from xmixed.graphics.text import plain
from xmixed.language.nodes import Pattern
from xmixed.language.nodes.graphs import Curve, GraphOptions
from xmixed.missing import MISSING, is_missing
from xmixed.statistics.curves.kernels import KERNELS

# --- curves -----------------------------------------------------------------------------------------------


def _xy(making: Making) -> tuple[Column, Column, np.ndarray, np.ndarray, np.ndarray | None]:
    """Return y and x, their values without missing ones, and weights."""
    y, x = making.variables(2, 2)
    weights = making.columns.weights(making.node)
    used = making.complete(y, x, weights=weights)
    return y, x, x.values[used], y.values[used], None if weights is None else weights[used]


def _ends(making: Making, x: np.ndarray) -> tuple[float, float] | None:
    option = making.options.last("range")
    if option is None:
        return None
    numbers = [value for rule in option.value or () for value in rule.numbers]
    if len(numbers) != 2 or not numbers[0] < numbers[1]:
        raise StataError(198, "option range() incorrectly specified", option.span)
    return numbers[0], numbers[1]


def _level(making: Making) -> float:
    level = making.options.value("level", making.level)
    if not 10 <= level <= 99.99:
        raise StataError(198, "level() must be between 10 and 99.99 inclusive")
    return level


def _curve_layer(making: Making, curve: curves.Curve, x: Measure, y: Measure, label: str) -> Layer:
    """Return the layer of a curve, above the band of its interval where it has one."""
    looks = making.looks
    style = looks.style("line", 0)
    plot = Plot("line", curve.x, curve.y, style=style, label=plain(label), number=making.number())
    if not len(curve.low):
        return Layer((plot,), x, y)
    plot = replace(plot, style=replace(style, fill="", symbol=""))
    fill = looks.color("acolor afcolor fcolor color", 0) or INTERVAL
    outline = Stroke(
        looks.color("alcolor", 0),
        line_width(looks.word("alwidth", 0)) if looks.word("alwidth", 0) else None,
        "" if looks.word("alcolor alwidth", 0) else "blank",
    )
    band_style = replace(looks.style("rarea", 0), fill=fill, line=outline)
    kind = looks.word("ciplot", 0) or "rarea"
    if kind not in RANGES:
        raise StataError(198, f"option ciplot() incorrectly specified: {kind}")
    if kind != "rarea":
        band_style = looks.style(kind, 0)
    band = Plot(kind, curve.x, curve.low, y2=curve.high, style=band_style, label=f"{_level(making):g}% CI")
    kept = (
        (band,) if making.options.last("fit") is not None and not making.options.flag("fit") else (band, plot)
    )
    return Layer(kept, x, y)


def fit(making: Making) -> Layer:
    kind = making.node.kind
    y, x, xs, ys, w = _xy(making)
    measure = replace(y.measure, title="Fitted values")
    if len(xs) < 2:
        return Layer((Plot("line", label="Fitted values"),), x.measure, measure)
    curve = curves.fitted_polynomial(
        xs,
        ys,
        1 if kind.startswith("l") else 2,
        w,
        ends=_ends(making, xs),
        points=making.count(),
        level=_level(making) if kind.endswith("ci") else None,
        of_forecast=making.options.flag("stdf"),
    )
    return _curve_layer(making, curve, x.measure, measure, "Fitted values")


def fractional(making: Making) -> Layer:
    """Make the layer of `fpfit` and `fpfitci`; `estopts(degree(#))` says of how many powers."""
    y, x, xs, ys, w = _xy(making)
    measure = replace(y.measure, title="Fitted values")
    option = making.options.last("estopts")
    degree = 2 if option is None else option.options.value("degree", 2)
    if degree not in (1, 2, 3, 4):
        raise StataError(198, "degree() must be an integer between 1 and 4")
    if len(xs) < degree + 2:
        return Layer((Plot("line", label="Fitted values"),), x.measure, measure)
    curve = curves.fractional_polynomial(
        xs,
        ys,
        int(degree),
        w,
        ends=_ends(making, xs),
        points=making.count(),
        level=_level(making) if making.node.kind == "fpfitci" else None,
        of_forecast=making.options.flag("stdf"),
    )
    return _curve_layer(making, curve, x.measure, measure, "Fitted values")


def bands(making: Making) -> Layer:
    """Make the layer of `mband` and `mspline`: medians of y over those of x."""
    y, x, xs, ys, _ = _xy(making)
    label = f"Median {'bands' if making.node.kind == 'mband' else 'spline'}"
    measure = replace(y.measure, title=label)
    count = making.count("bands")
    if not len(xs):
        return Layer((Plot("line", label=label),), x.measure, measure)
    if making.node.kind == "mband":
        curve = curves.band_curve(xs, ys, count)
    else:
        curve = curves.spline_curve(xs, ys, count, making.count())
    return _curve_layer(making, curve, x.measure, measure, label)


def lowess_settings(options: GraphOptions) -> curves.LowessSettings:
    """Return what the options of `lowess` say; r(198) for a bandwidth that cannot be."""
    bandwidth = options.value("bwidth", 0.8)
    if not 0 < bandwidth <= 1:
        raise StataError(198, "bwidth() must be between 0 and 1")
    return curves.LowessSettings(
        bandwidth,
        options.flag("mean"),
        not options.flag("noweight"),
        options.flag("adjust"),
        options.flag("logit"),
    )


def lowess(making: Making) -> Layer:
    y, x, xs, ys, _ = _xy(making)
    settings = lowess_settings(making.options)
    label = f"lowess {y.name} {x.name}"
    if not len(xs):
        return Layer((Plot("line", label=label),), x.measure, replace(y.measure, title=label))
    curve = curves.lowess_curve(xs, ys, settings)
    return _curve_layer(making, curve, x.measure, replace(y.measure, title=label), label)


def kernel_of(options: GraphOptions) -> str:
    """Return the kernel that options name.

    Raises
    ------
    StataError
        r(198) for an unknown one.
    """
    word = options.word("kernel")
    for name in KERNELS:
        if options.flag(name) or (word and name.startswith(word) and len(word) >= 3):
            return name
    if word:
        raise StataError(198, f"invalid kernel function: {word}")
    return "epanechnikov"


def bandwidth_of(options: GraphOptions, name: str = "bwidth") -> float | None:
    """Return a bandwidth that was asked for; r(198) unless it is positive."""
    value = options.value(name)
    if value is not None and not 0 < value < MISSING:
        raise StataError(198, f"{name}() must be positive")
    return value


def local_settings(making: Making, level: float | None) -> curves.LocalSettings:
    """Return the settings of a local polynomial; r(198) for a degree that cannot be."""
    degree = making.options.value("degree", 0)
    if degree != int(degree) or not 0 <= degree <= 10:
        raise StataError(198, "degree() must be an integer between 0 and 10")
    return curves.LocalSettings(
        kernel_of(making.options),
        int(degree),
        bandwidth_of(making.options),
        making.count(),
        bandwidth_of(making.options, "pwidth"),
        level,
    )


def lpoly(making: Making) -> Layer:
    y, x, xs, ys, w = _xy(making)
    label = f"lpoly smooth: {y.name}"
    measure = replace(y.measure, title=label)
    level = _level(making) if making.node.kind == "lpolyci" else None
    settings = local_settings(making, level)
    if len(xs) < settings.degree + 5:
        raise StataError(2001, "insufficient observations")
    curve, _ = curves.local_curve(xs, ys, settings, w)
    return _curve_layer(making, curve, x.measure, measure, label)


def _one(making: Making) -> tuple[Column, np.ndarray, np.ndarray | None]:
    (x,) = making.variables(1, 1)
    weights = making.columns.weights(making.node)
    used = making.complete(x, weights=weights)
    return x, x.values[used], None if weights is None else weights[used]


def kdensity(making: Making) -> Layer:
    x, xs, w = _one(making)
    label = f"kdensity {x.name}"
    if not len(xs):
        return Layer((Plot("line", label=label),), replace(x.measure, title=x.name), Measure(label))
    curve, _ = curves.density_curve(
        xs,
        w,
        kernel=kernel_of(making.options),
        bandwidth=bandwidth_of(making.options),
        points=making.count() or 300,
        ends=_ends(making, xs),
    )
    area = making.options.value("area")
    if area is not None:
        curve = replace(curve, y=curve.y * area)
    layer = _curve_layer(making, curve, replace(x.measure, title=x.name), Measure(label), label)
    turned = making.options.flag("horizontal")
    plots = tuple(replace(plot, style=replace(plot.style, horizontal=turned)) for plot in layer.plots)
    return replace(layer, plots=plots)


# --- bars -------------------------------------------------------------------------------------------------


def histogram_scale(options: GraphOptions) -> str:
    """Return what the heights of a histogram are; r(198) when two were asked for."""
    asked = [name for name in curves.SCALES if options.flag(name)]
    if len(asked) > 1:
        raise StataError(198, f"options {asked[0]} and {asked[1]} may not be combined")
    return asked[0] if asked else "density"


def histogram_bars(making: Making, x: np.ndarray, w: np.ndarray | None) -> curves.Histogram:
    """Return the bars of a histogram of numbers as the options ask for them.

    Raises
    ------
    StataError
        r(198): bins that cannot be.
    """
    options = making.options
    count, width, start = (options.value(name) for name in ("bin", "width", "start"))
    if count is not None and (count != int(count) or not 1 <= count <= 100_000):
        raise StataError(198, "bin() must be a positive integer")
    if width is not None and not width > 0:
        raise StataError(198, "width() must be positive")
    if count is not None and width is not None:
        raise StataError(198, "options bin() and width() may not be combined")
    if start is not None and start > float(x.min()):
        raise StataError(198, f"start() must be less than or equal to {float(x.min()):g}")
    if width is not None and (float(x.max()) - float(x.min())) / width > 100_000:
        raise StataError(198, "width() makes too many bins")
    n = float(len(x) if w is None else w.sum())
    bins = curves.bins_of(
        x,
        n,
        count=None if count is None else int(count),
        width=width,
        start=start,
        discrete=options.flag("discrete"),
    )
    return curves.histogram(x, bins, histogram_scale(options), w)


def histogram(making: Making) -> Layer:
    x, xs, w = _one(making)
    title = curves.SCALES[histogram_scale(making.options)]
    if not len(xs):
        return Layer((Plot("bar", label=title),), x.measure, Measure(title))
    bars = histogram_bars(making, xs, w)
    return Layer((histogram_plot(making, bars, title),), x.measure, Measure(title))


def histogram_plot(making: Making, bars: curves.Histogram, label: str) -> Plot:
    """Return the plot of a histogram's bars."""
    style = making.looks.style("bar", 0)
    gap = making.options.value("gap", 0.0)
    width = style.bar_width or bars.bins.width * (1 - min(max(gap, 0.0), 99.0) / 100)
    return Plot(
        "bar",
        bars.x,
        bars.y,
        style=replace(style, bar_width=width),
        label=label,
        number=making.number(),
    )


# --- functions --------------------------------------------------------------------------------------------


def function(making: Making) -> Layer:
    """Draw `y = f(x)` over a range of x: the expression is evaluated with the numbers of the range as x."""
    curve: Curve | None = making.node.argument
    if curve is None:
        raise StataError(198, "invalid syntax", making.node.span)
    count = making.count() or 300
    low, high = _function_range(making)
    x = np.linspace(low, high, count)
    y = _evaluated(making, curve, x)
    kind = "line"
    style = making.looks.style("line", 0)
    drops = making.options.value("droplines", ())
    plots = [Plot(kind, x, y, style=style, label=plain(curve.name or "y"), number=making.number())]
    if drops:
        at = np.array(drops, dtype=np.float64)
        thin = replace(style, symbol="none", line=replace(style.line, width=0.7))
        plots.append(Plot("spike", at, _evaluated(making, curve, at), style=thin))
    return Layer(tuple(plots), Measure("x"), Measure(curve.name or "y"))


def _function_range(making: Making) -> tuple[float, float]:
    option = making.options.last("range")
    if option is None:
        return 0.0, 1.0
    words = [word.text for word in option.value or ()]
    if len(words) == 1:
        (column,) = making.columns.columns((Pattern(words[0], "", option.span),))
        values = column.values[making.rows & ~is_missing(column.values)]
        if not len(values):
            raise StataError(2000, "no observations")
        return float(values.min()), float(values.max())
    try:
        low, high = (float(word) for word in words)
    except ValueError:
        raise StataError(198, "option range() incorrectly specified", option.span) from None
    if not low < high:
        raise StataError(198, "option range() incorrectly specified", option.span)
    return low, high


def _evaluated(making: Making, curve: Curve, x: np.ndarray) -> np.ndarray:
    """Return the expression at values of x; NaN where it is missing."""
    from xmixed.data.dataset import Dataset, Variable
    from xmixed.expressions.evaluate import evaluate_column

    points = Dataset((Variable("x", "double", x, "%9.0g"),), len(x))
    context = replace(making.columns.context, data=points, partition=None)
    values, text = evaluate_column(curve.expression, context)
    if text:
        raise StataError(109, "type mismatch", curve.span)
    values = np.broadcast_to(values, x.shape)
    return np.where(is_missing(values), np.nan, values)
