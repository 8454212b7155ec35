"""The layers of a plot region, one function a kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xmixed.graphics.colors import readable_on
from xmixed.graphics.decimate import MOST_POINTS, thin_line, thin_points
from xmixed.graphics.looks import Look, Pen, pen_of
from xmixed.graphics.model import Plot
from xmixed.graphics.sizes import SYMBOLS

_OFFSETS = {
    0: (0, 0),
    12: (0, 1),
    1: (0.6, 0.9),
    2: (0.9, 0.6),
    3: (1, 0),
    4: (0.9, -0.6),
    5: (0.6, -0.9),
    6: (0, -1),
    7: (-0.6, -0.9),
    8: (-0.9, -0.6),
    9: (-1, 0),
    10: (-0.9, 0.6),
    11: (-0.6, 0.9),
}


def offset_of(clock: int) -> tuple[float, float]:
    """Return the direction of an hour, from the middle."""
    return _OFFSETS[clock]


def alignment(clock: int) -> dict[str, str]:
    """Return how text at an hour from its place is aligned."""
    dx, dy = _OFFSETS[clock]
    return {
        "ha": "center" if abs(dx) < 0.3 else "left" if dx > 0 else "right",
        "va": "center" if abs(dy) < 0.7 else "bottom" if dy > 0 else "top",
    }


def draw_plot(ax: Any, plot: Plot, look: Look, label_size: float, foreground: str) -> None:
    """Draw one layer on matplotlib axes."""
    _KINDS[plot.kind](ax, plot, look)
    if plot.texts and plot.kind != "pie":
        _labels(ax, plot, look, label_size, foreground)


def _dashed(pen: Pen) -> Any:
    return (0, tuple(max(0.5, length) for length in pen.dashes)) if pen.dashes else "solid"


def _turned(plot: Plot, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (y, x) if plot.style.horizontal else (x, y)


def _scaled(ax: Any, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return values on the scales of the axes."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (
            np.log(x) if ax.get_xscale() == "log" else x,
            np.log(y) if ax.get_yscale() == "log" else y,
        )


def _symbols(ax: Any, plot: Plot, look: Look, x: np.ndarray, y: np.ndarray) -> None:
    """Draw symbols; where there are very many, one for each place that can be told apart."""
    if not look.symbol or look.symbol_size <= 0:
        return
    x, y = _turned(plot, x, y)
    sx, sy = _scaled(ax, x, y)
    finite = np.isfinite(sx) & np.isfinite(sy)
    everything = bool(finite.all())
    if not everything:
        x, y, sx, sy = x[finite], y[finite], sx[finite], sy[finite]
    if not len(x):
        return
    sizes = plot.sizes if everything else plot.sizes[finite] if len(plot.sizes) else plot.sizes
    many = len(x) > MOST_POINTS
    if many:
        kept = thin_points(sx, sy)
        x, y = x[kept], y[kept]
        sizes = sizes[kept] if len(sizes) else sizes
    mark: Any = SYMBOLS[look.symbol]
    size = look.symbol_size * (0.55 if look.symbol == "point" else 1.0)
    look_words: dict[str, Any] = {"rasterized": many, "zorder": 3, "clip_on": False}
    if len(sizes):
        area = size**2 * 6 * sizes / max(float(sizes.max()), 1e-300)
        ax.scatter(
            x,
            y,
            s=np.maximum(area, 0.5),
            marker=mark,
            facecolors=look.symbol_fill,
            edgecolors=look.symbol_edge,
            linewidths=look.symbol_edge_width,
            **look_words,
        )
        return
    ax.plot(
        x,
        y,
        linestyle="none",
        marker=mark,
        markersize=size,
        markerfacecolor=look.symbol_fill,
        markeredgecolor=look.symbol_edge,
        markeredgewidth=look.symbol_edge_width,
        **look_words,
    )


def _path(ax: Any, plot: Plot, pen: Pen, x: np.ndarray, y: np.ndarray) -> None:
    if pen.width <= 0 or not len(x):
        return
    if len(x) > MOST_POINTS and np.isfinite(x).all() and np.isfinite(y).all():
        kept = thin_line(x, y)
        x, y = x[kept], y[kept]
    x, y = _turned(plot, x, y)
    steps = {"stairs": "steps-post", "rise": "steps-pre"}.get(plot.style.connect, "default")
    ax.plot(
        x,
        y,
        color=pen.color,
        linewidth=pen.width,
        linestyle=_dashed(pen),
        drawstyle=steps,
        solid_joinstyle="round",
        rasterized=len(x) > MOST_POINTS,
        zorder=2.5,
    )


def _scatter(ax: Any, plot: Plot, look: Look) -> None:
    if plot.style.connect not in ("", "none"):
        _path(ax, plot, look.pen, plot.x, plot.y)
    _symbols(ax, plot, look, plot.x, plot.y)


def _line(ax: Any, plot: Plot, look: Look) -> None:
    if plot.style.connect != "none":
        _path(ax, plot, look.pen, plot.x, plot.y)
    if plot.style.symbol:
        _symbols(ax, plot, look, plot.x, plot.y)


def _connected(ax: Any, plot: Plot, look: Look) -> None:
    _path(ax, plot, look.pen, plot.x, plot.y)
    _symbols(ax, plot, look, plot.x, plot.y)


def _lines(ax: Any, plot: Plot, look: Look) -> None:
    """Many lines in one collection, in colours that follow each other."""
    x, y = _turned(plot, plot.x, plot.y)
    gaps = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)))
    points = np.column_stack([x, y])
    pieces = [points[a:b] for a, b in zip(np.r_[0, gaps + 1], np.r_[gaps, len(x)], strict=True) if b > a]
    _segments(ax, pieces, look.pen, look.colors if not plot.style.line.color else None)


def _segments(ax: Any, pieces: Any, pen: Pen, colors: tuple[str, ...] | None = None) -> None:
    from matplotlib.collections import LineCollection

    if pen.width <= 0 or not len(pieces):
        return
    collection = LineCollection(
        pieces,
        colors=list(colors) if colors else pen.color,
        linewidths=pen.width,
        linestyles=[_dashed(pen)],
        rasterized=len(pieces) > MOST_POINTS,
        zorder=2.4,
    )
    ax.add_collection(collection, autolim=False)


def _area(ax: Any, plot: Plot, look: Look) -> None:
    _band(ax, plot, look, np.full(len(plot.y), plot.style.base), plot.y)


def _rarea(ax: Any, plot: Plot, look: Look) -> None:
    _band(ax, plot, look, plot.y, plot.y2)


def _band(ax: Any, plot: Plot, look: Look, low: np.ndarray, high: np.ndarray) -> None:
    fill = ax.fill_betweenx if plot.style.horizontal else ax.fill_between
    fill(
        plot.x,
        low,
        high,
        facecolor=look.fill,
        edgecolor=look.pen.color,
        linewidth=look.pen.width,
        linestyle=_dashed(look.pen),
        zorder=2.2,
    )


def _rectangles(ax: Any, plot: Plot, look: Look, low: np.ndarray, high: np.ndarray) -> None:
    from matplotlib.collections import PolyCollection

    half = (plot.style.bar_width if plot.style.bar_width is not None else 0.8) / 2
    finite = np.isfinite(plot.x) & np.isfinite(low) & np.isfinite(high)
    x, low, high = plot.x[finite], low[finite], high[finite]
    across = np.column_stack([x - half, x - half, x + half, x + half])
    along = np.column_stack([low, high, high, low])
    corners = np.stack(_turned(plot, across, along), axis=2)
    fill: Any = list(plot.style.colors) if plot.style.colors else look.fill
    collection = PolyCollection(
        list(corners),
        facecolors=fill,
        edgecolors=look.pen.color,
        linewidths=look.pen.width,
        linestyles=[_dashed(look.pen)],
        zorder=2.2,
    )
    ax.add_collection(collection, autolim=False)


def _bar(ax: Any, plot: Plot, look: Look) -> None:
    base = plot.y2 if len(plot.y2) else np.full(len(plot.y), plot.style.base)
    _rectangles(ax, plot, look, base, plot.y)


def _rbar(ax: Any, plot: Plot, look: Look) -> None:
    _rectangles(ax, plot, look, plot.y, plot.y2)


def _spikes(ax: Any, plot: Plot, look: Look, low: np.ndarray, high: np.ndarray) -> None:
    ends = [np.column_stack(_turned(plot, plot.x, value)) for value in (low, high)]
    pieces = np.stack(ends, axis=1)
    _segments(ax, pieces[np.isfinite(pieces).all(axis=(1, 2))], look.pen)


def _spike(ax: Any, plot: Plot, look: Look) -> None:
    _spikes(ax, plot, look, np.full(len(plot.y), plot.style.base), plot.y)


def _dropline(ax: Any, plot: Plot, look: Look) -> None:
    _spike(ax, plot, look)
    _symbols(ax, plot, look, plot.x, plot.y)


def _dot(ax: Any, plot: Plot, look: Look) -> None:
    from dataclasses import replace

    dotted = replace(
        look, pen=Pen(look.pen.color + "" if look.pen.color else "", max(0.5, look.pen.width * 0.6), (1, 3))
    )
    _spike(ax, plot, dotted)
    _symbols(ax, plot, look, plot.x, plot.y)


def _rspike(ax: Any, plot: Plot, look: Look) -> None:
    _spikes(ax, plot, look, plot.y, plot.y2)


def _rcap(ax: Any, plot: Plot, look: Look) -> None:
    _rspike(ax, plot, look)
    mark = "|" if plot.style.horizontal else "_"
    size = 5.0 * max(0.4, look.symbol_size / 5.4)
    for value in (plot.y, plot.y2):
        x, y = _turned(plot, plot.x, value)
        ax.plot(
            x,
            y,
            linestyle="none",
            marker=mark,
            markersize=size,
            markeredgecolor=look.pen.color,
            markeredgewidth=look.pen.width,
            zorder=2.6,
        )


def _rcapsym(ax: Any, plot: Plot, look: Look) -> None:
    _rspike(ax, plot, look)
    _rscatter(ax, plot, look)


def _rscatter(ax: Any, plot: Plot, look: Look) -> None:
    for value in (plot.y, plot.y2):
        _symbols(ax, plot, look, plot.x, value)


def _rline(ax: Any, plot: Plot, look: Look) -> None:
    for value in (plot.y, plot.y2):
        _path(ax, plot, look.pen, plot.x, value)


def _rconnected(ax: Any, plot: Plot, look: Look) -> None:
    _rline(ax, plot, look)
    _rscatter(ax, plot, look)


def _pcspike(ax: Any, plot: Plot, look: Look) -> None:
    pieces = np.stack([np.column_stack([plot.x, plot.y]), np.column_stack([plot.x2, plot.y2])], axis=1)
    _segments(ax, pieces[np.isfinite(pieces).all(axis=(1, 2))], look.pen)


def _pccapsym(ax: Any, plot: Plot, look: Look) -> None:
    _pcspike(ax, plot, look)
    for x, y in ((plot.x, plot.y), (plot.x2, plot.y2)):
        _symbols(ax, plot, look, x, y)


def _pcarrow(ax: Any, plot: Plot, look: Look) -> None:
    both = plot.style.connect == "both"
    for start_x, start_y, end_x, end_y in zip(plot.x, plot.y, plot.x2, plot.y2, strict=True):
        if np.isfinite([start_x, start_y, end_x, end_y]).all():
            ax.annotate(
                "",
                xy=(end_x, end_y),
                xytext=(start_x, start_y),
                arrowprops={
                    "arrowstyle": "<|-|>" if both else "-|>",
                    "color": look.pen.color,
                    "linewidth": look.pen.width,
                    "linestyle": _dashed(look.pen),
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
            )


def _box(ax: Any, plot: Plot, look: Look) -> None:
    half = (plot.style.bar_width if plot.style.bar_width is not None else 0.6) / 2
    lower, first, middle, third, upper = plot.boxes.T
    _rectangles(ax, plot, look, first, third)
    pen = Pen(look.pen.color, max(0.8, look.pen.width))
    for start, end in ((first, lower), (third, upper)):
        _spikes(ax, plot, _with_pen(look, pen), start, end)
    for value, reach, color in ((lower, half / 2, ""), (upper, half / 2, ""), (middle, half, "#ffffffff")):
        ends = [np.column_stack(_turned(plot, plot.x + sign * reach, value)) for sign in (-1, 1)]
        width = pen.width * (1.6 if color else 1.0)
        _segments(ax, np.stack(ends, axis=1), Pen(color or pen.color, width))
    if len(plot.y):
        _symbols(ax, plot, look, plot.x2, plot.y)


def _with_pen(look: Look, pen: Pen) -> Look:
    from dataclasses import replace

    return replace(look, pen=pen)


def _pie(ax: Any, plot: Plot, look: Look) -> None:
    """Slices one after the other; `x` says how far each stands out, texts stand in the slices."""
    from matplotlib.patches import Wedge

    style = plot.style
    share = plot.y / max(float(plot.y.sum()), 1e-300)
    edges = style.start + (-360 if style.clockwise else 360) * np.r_[0.0, np.cumsum(share)]
    colors = look.colors
    pen = pen_of(style.line, "#ffffffff", 0.8, 1.0)
    for i, (start, end) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        middle = np.deg2rad((start + end) / 2)
        out = float(plot.x[i]) if len(plot.x) else 0.0
        center = (out * np.cos(middle), out * np.sin(middle))
        color = colors[i % len(colors)]
        ax.add_patch(
            Wedge(
                center,
                1.0,
                min(start, end),
                max(start, end),
                facecolor=color,
                edgecolor=pen.color,
                linewidth=pen.width,
                linestyle=_dashed(pen),
            )
        )
        for j in range(i, len(plot.texts), len(plot.y)):
            away = 0.68 + (style.text_gaps[j] / 100 if style.text_gaps else 0.0)
            x, y = center[0] + away * np.cos(middle), center[1] + away * np.sin(middle)
            own = style.text_colors[j] if style.text_colors else ""
            written = own or (readable_on(color) if away < 1 else "#000000ff")
            size = (style.text_sizes[j] if style.text_sizes else 0.0) or 9.5
            ax.text(x, y, plot.texts[j], color=written, fontsize=size, ha="center", va="center")


def _contour(ax: Any, plot: Plot, look: Look) -> None:
    ax.contourf(plot.x, plot.y, plot.surface, plot.levels, colors=list(plot.style.colors), zorder=2.1)


def _contourline(ax: Any, plot: Plot, look: Look) -> None:
    if look.pen.width > 0:
        ax.contour(
            plot.x,
            plot.y,
            plot.surface,
            plot.levels,
            colors=list(plot.style.colors),
            linewidths=look.pen.width,
            linestyles=[_dashed(look.pen)],
            zorder=2.5,
        )


def _labels(ax: Any, plot: Plot, look: Look, size: float, foreground: str) -> None:
    """Write the labels of points beside their symbols."""
    style = plot.style
    clocks = plot.clocks if len(plot.clocks) else np.full(len(plot.texts), style.label_position)
    gap = 1.5 + (look.symbol_size / 2 if look.symbol else 0.0)
    size = style.label_size or size
    x, y = _turned(plot, plot.x, plot.y)
    for text, px, py, clock in zip(plot.texts, x, y, clocks, strict=True):
        if text and np.isfinite(px) and np.isfinite(py):
            dx, dy = offset_of(int(clock))
            ax.annotate(
                text,
                (px, py),
                xytext=(dx * gap, dy * gap),
                textcoords="offset points",
                fontsize=size,
                color=style.label_color or foreground,
                rotation=style.label_angle,
                annotation_clip=True,
                zorder=4,
                **alignment(int(clock)),
            )


_KINDS: dict[str, Callable[[Any, Plot, Look], None]] = {
    "scatter": _scatter,
    "line": _line,
    "lines": _lines,
    "connected": _connected,
    "area": _area,
    "bar": _bar,
    "spike": _spike,
    "dropline": _dropline,
    "dot": _dot,
    "rarea": _rarea,
    "rbar": _rbar,
    "rspike": _rspike,
    "rcap": _rcap,
    "rcapsym": _rcapsym,
    "rline": _rline,
    "rscatter": _rscatter,
    "rconnected": _rconnected,
    "pcspike": _pcspike,
    "pcarrow": _pcarrow,
    "pccapsym": _pccapsym,
    "box": _box,
    "pie": _pie,
    "contour": _contour,
    "contourline": _contourline,
}
