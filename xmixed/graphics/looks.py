"""What a plot looks like once its scheme has filled the gaps of its style."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.graphics.colors import CLEAR, intensified, with_opacity
from xmixed.graphics.model import Plot, Stroke
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.sizes import dashes

INTERVAL = "interval"
"""Colour word of styles for the band of a confidence interval."""

FILLED = frozenset({"area", "bar", "rarea", "rbar", "box", "pie"})
MARKED = frozenset(
    {"scatter", "connected", "dropline", "dot", "rcapsym", "rscatter", "rconnected", "pccapsym"}
)
_BANDS = frozenset({"area", "rarea"})
_LINED = frozenset({"line", "lines", "rline", "connected", "rconnected"})


@dataclass(frozen=True, slots=True)
class Pen:
    """A line as it is drawn: colour, width in points, dashes in line widths; width 0 draws nothing."""

    color: str
    width: float
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """A plot as it is drawn; `symbol` is "" for none."""

    pen: Pen
    fill: str
    symbol: str
    symbol_size: float
    symbol_fill: str
    symbol_edge: str
    symbol_edge_width: float
    colors: tuple[str, ...]


def pen_of(stroke: Stroke, color: str, width: float, scale: float, pattern: str = "solid") -> Pen:
    """Return the pen of a stroke, with a colour, width and pattern where it has none."""
    typed = stroke.pattern or pattern
    drawn = 0.0 if typed == "blank" else (width if stroke.width is None else stroke.width)
    return Pen(stroke.color or color, drawn * scale, dashes(typed))


def look_of(plot: Plot, scheme: Scheme, scale: float = 1.0) -> Look:
    """Return how a plot is drawn in a scheme, its sizes multiplied by `scale`."""
    style, kind = plot.style, plot.kind
    color = scheme.color(plot.number)
    fill = _fill(style.fill, kind, color, scheme)
    own_line = intensified(color, 1.25) if kind in FILLED else color
    if style.fill == INTERVAL:
        own_line = CLEAR
    pattern = scheme.pattern(plot.number) if kind in _LINED else "solid"
    width = scheme.line_width * (0.6 if kind in FILLED else 1.0)
    pen = pen_of(style.line, own_line, width, scale, pattern)
    symbol = style.symbol or (scheme.symbol(plot.number) if kind in MARKED or kind == "box" else "")
    hollow = scheme.hollow and kind == "scatter" and plot.number == 1
    symbol_fill = style.symbol_fill or (with_opacity(color, 0.0) if hollow else color)
    size = scheme.symbol_size if style.symbol_size is None else style.symbol_size
    edge = style.symbol_edge or (color if hollow else symbol_fill)
    edge_width = 0.8 if style.symbol_edge_width is None else style.symbol_edge_width
    colors = style.colors or scheme.colors
    return Look(
        pen,
        fill,
        "" if symbol == "none" else symbol,
        size * scale,
        symbol_fill,
        edge,
        edge_width * scale,
        colors,
    )


def _fill(typed: str, kind: str, color: str, scheme: Scheme) -> str:
    if typed == INTERVAL:
        return scheme.interval_fill or "#8c8c8c66"
    if typed:
        return typed
    return with_opacity(color, scheme.area_fill if kind in _BANDS else scheme.bar_fill)
