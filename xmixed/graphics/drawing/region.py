"""One plot region: its axes with labels and titles, what is drawn in it, and how much room all that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from xmixed.graphics.drawing.page import Box, Page
from xmixed.graphics.drawing.plots import alignment, draw_plot, offset_of
from xmixed.graphics.looks import look_of, pen_of
from xmixed.graphics.model import Axis, Graph, Heading, Tick
from xmixed.graphics.scales import finite_range

TICK = 3.5
GAP = 3.0
PADDING = 0.025
"""Room at the ends of an axis, as a share of its length."""
MOST_POINT_LABELS = 2000
LOWEST_PLOT = 2.2
"""Where plots lie over the grid and the lines of reference."""
MOST_LABEL_SHARE = 0.42
"""Labels take at most this share of the width or height."""


@dataclass(frozen=True, slots=True)
class Side:
    """An axis and where it is drawn.

    Attributes
    ----------
    axis : Axis
    vertical, far : bool
        `far` is right or top.
    labels : tuple of str
        As drawn: broken or cut where they are too long.
    size, angle : float
    label_room, room : float
        Points that ticks and labels take, and all with the title.
    title : str
    title_size : float
    """

    axis: Axis
    vertical: bool
    far: bool
    labels: tuple[str, ...]
    size: float
    angle: float
    label_room: float
    room: float
    title: str
    title_size: float


@dataclass(frozen=True, slots=True)
class Frame:
    """Which axes of a panel are drawn, and margins that panels of one row or column share (None: its own)."""

    left: bool = True
    bottom: bool = True
    margins: tuple[float, float, float, float] | None = None


ALONE = Frame()


def sides_of(page: Page, graph: Graph, box: Box, scale: float, frame: Frame = ALONE) -> list[Side]:
    """Return the axes of a graph with the room that each needs around a plot region inside `box`."""
    axes = graph.axes
    found = []
    for axis, vertical, far, drawn in (
        (axes.y, True, False, frame.left),
        (axes.x, False, False, frame.bottom),
        (axes.y2, True, True, True),
        (axes.x2, False, True, True),
    ):
        if axis is not None and drawn:
            found.append(_side(page, axis, vertical, far != axis.opposite, box, scale))
    return found


def _side(page: Page, axis: Axis, vertical: bool, far: bool, box: Box, scale: float) -> Side:
    scheme = page.scheme
    size = (axis.label_size or scheme.label_size) * scale
    title_size = (axis.title.size or scheme.axis_title_size) * scale
    length = (box.height if vertical else box.width) * 0.8
    labels, angle, label_room = _labels(page, axis, vertical, box, size, length)
    if axis.shown and axis.tick_marks and axis.ticks:
        label_room += TICK * scale
    title = page.wrapped(axis.title.lines, title_size, length * 1.15) if axis.title.lines else ""
    room = label_room + (page.measure(title, title_size)[1] + GAP * scale if title else 0.0)
    return Side(axis, vertical, far, labels, size, angle, label_room, room, title, title_size)


def _labels(
    page: Page, axis: Axis, vertical: bool, box: Box, size: float, length: float
) -> tuple[tuple[str, ...], float, float]:
    """Return the labels as drawn, their angle, and the room that they take across the axis."""
    if not axis.shown:
        return tuple("" for _ in axis.ticks), 0.0, 0.0
    texts = [tick.label for tick in axis.ticks]
    if vertical:
        widest = box.width * MOST_LABEL_SHARE
        texts = [page.wrapped((text,), size, widest) for text in texts]
    else:
        longest = max(box.height * MOST_LABEL_SHARE, length / max(1, len(texts)))
        texts = [page.shortened(text, size, longest) for text in texts]
    sizes = [page.measure(text, size) for text in texts if text]
    angle = _angle(axis, vertical, page.scheme.y_angle, sizes, length)
    if not vertical and axis.angle is None and axis.tiers == () and angle == 0 and texts:
        slot = length / len(texts) * 1.1
        cut = any(text != tick.label for text, tick in zip(texts, axis.ticks, strict=True))
        if len(texts) > 1 and (cut or any(width > slot for width, _ in sizes)):
            texts = [page.wrapped((tick.label,), size, slot) for tick in axis.ticks]
            sizes = [page.measure(text, size) for text in texts if text]
    turn = math.radians(angle)
    across = [
        abs(width * math.cos(turn)) + abs(height * math.sin(turn))
        if vertical
        else abs(width * math.sin(turn)) + abs(height * math.cos(turn))
        for width, height in sizes
    ]
    room = max(across, default=0.0) + (GAP * (1.0 if axis.tick_marks else 1.8) if sizes else 0.0)
    for tier in axis.tiers:
        measured = [page.measure(tick.label, size) for tick in tier]
        room += max((m[0] if vertical else m[1] for m in measured), default=0.0) + GAP
    return tuple(texts), angle, room


def _angle(
    axis: Axis, vertical: bool, usual: float, sizes: list[tuple[float, float]], length: float
) -> float:
    """Return the angle of the labels: what was asked for, else one at which they do not overlap."""
    if axis.angle is not None:
        return axis.angle
    if vertical:
        # labels along the axis only where each has room
        fits = sum(width for width, _ in sizes) <= length * 0.8
        return usual if fits and not axis.tiers else 0.0
    needed = sum(width for width, _ in sizes) + 5.0 * len(sizes)
    if needed <= length * 1.02 or axis.tiers:
        return 0.0
    blanks = any(" " in tick.label for tick in axis.ticks)
    return 0.0 if blanks and needed <= length * 2 else 45.0


def margins_of(sides: list[Side], scale: float) -> tuple[float, float, float, float]:
    """Return the room left, below, right and above that sides need."""
    room = {(True, False): 0.0, (False, False): 0.0, (True, True): 0.0, (False, True): 0.0}
    for side in sides:
        room[side.vertical, side.far] += side.room
    least = 3.0 * scale
    return (
        max(room[True, False], least),
        max(room[False, False], least),
        max(room[True, True], least),
        max(room[False, True], least),
    )


def draw_region(page: Page, graph: Graph, box: Box, scale: float, frame: Frame = ALONE) -> Box:
    """Draw the plots and axes of a graph in a box, and return the rectangle of the plot region."""
    sides = sides_of(page, graph, box, scale, frame)
    margins = frame.margins
    if margins is None:
        margins = _with_overhang(page, sides, margins_of(sides, scale), box)
        margins = _with_point_labels(page, graph, margins, box, scale)
    region = _aspect(box.shrunk(*margins), graph.aspect)
    ax = page.axes(region)
    if any(plot.kind == "pie" for plot in graph.plots):
        _pie_axes(ax, region)
    else:
        _limits(ax, graph)
    _surroundings(page, ax, graph, scale)
    second = _second_axes(page, graph, region)
    for order, plot in enumerate(graph.plots):
        target = second if second is not None and (plot.y_axis == 2 or plot.x_axis == 2) else ax
        before = {id(artist) for artist in target.get_children()}
        draw_plot(
            target,
            plot,
            look_of(plot, page.scheme, scale),
            page.scheme.label_size * scale,
            page.scheme.foreground,
        )
        for artist in target.get_children():  # later plots lie over earlier ones
            if id(artist) not in before:
                artist.set_zorder(LOWEST_PLOT + 0.001 * order)
    _added_text(page, graph, ax, second, scale)
    if not any(plot.kind == "pie" for plot in graph.plots):
        for side in sides:
            _draw_side(page, graph, side, region, scale)
    return region


def _with_overhang(
    page: Page, sides: list[Side], margins: tuple[float, float, float, float], box: Box
) -> tuple[float, float, float, float]:
    """Widen margins by what the first and last label reach beyond the plot region."""
    left, bottom, right, top = margins
    for side in sides:
        if not side.labels or not side.axis.shown:
            continue
        for i, at_start in ((0, True), (-1, False)):
            width, height = page.measure(side.labels[i], side.size)
            half = (height if side.vertical and side.angle == 0 else width) / 2
            if not side.vertical and side.angle % 180:
                half = (
                    abs(width * math.cos(math.radians(side.angle))) if at_start == (side.angle > 0) else 0.0
                )
            place = _share(side.axis, side.axis.ticks[i].value)
            length = (box.height - top - bottom) if side.vertical else (box.width - left - right)
            inside = (place if at_start != side.axis.reversed else 1 - place) * length
            over = max(0.0, half - inside)
            if side.vertical:
                bottom, top = (max(bottom, over), top) if at_start else (bottom, max(top, over))
            else:
                left, right = (max(left, over), right) if at_start else (left, max(right, over))
    return left, bottom, right, top


def _with_point_labels(
    page: Page, graph: Graph, margins: tuple[float, float, float, float], box: Box, scale: float
) -> tuple[float, float, float, float]:
    """Widen the margin at the right by what labels of points reach beyond it."""
    left, bottom, right, top = margins
    length = box.width - left - right
    for plot in graph.plots:
        clocks = set(plot.clocks.tolist()) or {plot.style.label_position}
        if not plot.texts or plot.kind == "pie" or not clocks & {1, 2, 3, 4, 5}:
            continue
        size = plot.style.label_size or page.scheme.label_size * scale
        across = plot.y if plot.style.horizontal else plot.x
        for text, x in zip(plot.texts[:MOST_POINT_LABELS], across.tolist(), strict=False):
            if text and math.isfinite(x):
                beyond = page.measure(text, size)[0] + 6.0 * scale - (1 - _share(graph.axes.x, x)) * length
                right = max(right, min(beyond, box.width * MOST_LABEL_SHARE))
    return left, bottom, right, top


def _aspect(region: Box, aspect: float | None) -> Box:
    if not aspect or aspect <= 0:
        return region
    width = min(region.width, region.height / aspect)
    height = width * aspect
    across, along = (region.width - width) / 2, (region.height - height) / 2
    return region.shrunk(across, along, across, along)


def padded(axis: Axis, flush: bool, padding: float | None = None) -> tuple[float, float]:
    """Return the ends of an axis with some room beyond, on its own scale; `flush`: none at the lower end."""
    low, high = axis.minimum, axis.maximum
    share = PADDING if padding is None else padding
    if axis.log and low > 0:
        factor = (high / low) ** share if high > low else 1.5
        return low / factor, high * factor
    extra = (high - low) * share if high > low else (abs(low) * 0.05 or 1.0)
    return (low if flush else low - extra), high + extra


def _flush(graph: Graph, vertical: bool) -> bool:
    """Return whether bars or areas stand on the lower end of an axis: no room is left beneath them."""
    axis = graph.axes.y if vertical else graph.axes.x
    standing = [
        plot
        for plot in graph.plots
        if plot.kind in ("bar", "area", "dot") and plot.style.horizontal != vertical
    ]
    return any(plot.style.base == axis.minimum for plot in standing)


def _share(axis: Axis, value: float) -> float:
    """Return where a value stands between the ends of an axis, 0 to 1."""
    low, high = padded(axis, False)
    if axis.log and low > 0 and value > 0:
        low, high, value = math.log(low), math.log(high), math.log(value)
    return (value - low) / (high - low) if high > low else 0.5


def _limits(ax: Any, graph: Graph) -> None:
    axes = graph.axes
    for axis, vertical, setter in ((axes.x, False, "x"), (axes.y, True, "y")):
        if axis.log and axis.minimum > 0:
            getattr(ax, f"set_{setter}scale")("log")
        low, high = padded(axis, _flush(graph, vertical), graph.region.padding)
        getattr(ax, f"set_{setter}lim")((high, low) if axis.reversed else (low, high))


def _second_axes(page: Page, graph: Graph, region: Box) -> Any:
    """Return transparent axes over the first ones for plots on second axes; None without any."""
    axes = graph.axes
    if axes.y2 is None and axes.x2 is None:
        return None
    from dataclasses import replace

    over = page.axes(region)
    over.patch.set_visible(False)
    _bare(over)
    second = replace(axes, x=axes.x2 or axes.x, y=axes.y2 or axes.y)
    _limits(over, replace(graph, axes=second, plots=()))
    return over


def _pie_axes(ax: Any, region: Box) -> None:
    ratio = region.width / max(region.height, 1.0)
    reach = 1.12
    ax.set_xlim(-reach * max(1, ratio), reach * max(1, ratio))
    ax.set_ylim(-reach * max(1, 1 / ratio), reach * max(1, 1 / ratio))


def _bare(ax: Any) -> None:
    """Take everything off that axes draw by themselves."""
    ax.xaxis.set_visible(False)
    ax.yaxis.set_visible(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _surroundings(page: Page, ax: Any, graph: Graph, scale: float) -> None:
    """Draw background, frame, grid and reference lines."""
    scheme, region = page.scheme, graph.region
    _bare(ax)
    ax.patch.set_facecolor(region.inside or scheme.inside)
    if any(plot.kind == "pie" for plot in graph.plots):
        ax.patch.set_visible(False)
        return
    border = pen_of(region.border, scheme.frame, 0.8, scale)
    for spine in ax.spines.values():
        spine.set_visible(border.width > 0)
        spine.set_color(border.color)
        spine.set_linewidth(border.width)
        spine.set_zorder(2.9)
    axes = graph.axes
    for axis, line, usual in ((axes.y, ax.axhline, scheme.grid_y), (axes.x, ax.axvline, scheme.grid_x)):
        if usual if axis.grid is None else axis.grid:
            pen = pen_of(axis.grid_stroke, scheme.grid_color, scheme.grid_width, scale, scheme.grid_pattern)
            for tick in axis.ticks:
                _across(line, tick.value, pen, 1.0)
    for axis, line in ((axes.y, ax.axhline), (axes.x, ax.axvline)):
        for reference in axis.references:
            _across(line, reference.value, pen_of(reference.stroke, "#7f7f7fff", 0.9, scale), 2.1)


def _across(line: Any, value: float, pen: Any, order: float) -> None:
    if pen.width > 0 and math.isfinite(value):
        style: Any = (0, pen.dashes) if pen.dashes else "solid"
        line(value, color=pen.color, linewidth=pen.width, linestyle=style, zorder=order)


def _added_text(page: Page, graph: Graph, ax: Any, second: Any, scale: float) -> None:
    for label in graph.labels:
        target = second if second is not None and label.y_axis == 2 else ax
        dx, dy = offset_of(label.position)
        target.annotate(
            "\n".join(label.lines),
            (label.x, label.y),
            xytext=(dx * 2, dy * 2),
            textcoords="offset points",
            fontsize=(label.size or page.scheme.label_size * 1.05) * scale,
            color=label.color or page.scheme.foreground,
            rotation=label.angle,
            annotation_clip=False,
            zorder=4,
            **alignment(label.position),
        )


def _draw_side(page: Page, graph: Graph, side: Side, region: Box, scale: float) -> None:
    """Draw the line of an axis with its ticks and labels, and its title."""
    axis, scheme = side.axis, page.scheme
    position = _Position(graph, side, region)
    if axis.shown:
        _axis_line(page, axis, position, scale)
        reach = TICK * scale if axis.tick_marks and axis.ticks else 0.0
        for tick, text in zip(axis.ticks, side.labels, strict=True):
            _label(page, side, position, tick.value, text, reach + GAP * (0.6 if reach else 1.4))
        _tiers(page, side, position, reach)
    if side.title:
        away = side.room - page.measure(side.title, side.title_size)[1] / 2
        color = axis.title.color or scheme.foreground
        x, y = position.away(position.middle, away)
        turn = {"rotation": -90.0 if side.far else 90.0} if side.vertical else {}
        page.text(x, y, side.title, side.title_size, color, ha="center", va="center", **turn)


class _Position:
    """Places along and away from an axis, in points of the page."""

    def __init__(self, graph: Graph, side: Side, region: Box) -> None:
        self.side, self.region = side, region
        low, high = padded(side.axis, _flush(graph, side.vertical), graph.region.padding)
        self.log = side.axis.log and low > 0
        self.low, self.high = (math.log(low), math.log(high)) if self.log else (low, high)

    @property
    def middle(self) -> float:
        region = self.region
        return (region.bottom + region.top) / 2 if self.side.vertical else (region.left + region.right) / 2

    def along(self, value: float) -> float | None:
        """Return the place of a value along the axis; None outside it."""
        if self.log:
            if value <= 0:
                return None
            value = math.log(value)
        share = (value - self.low) / (self.high - self.low)
        if not -1e-9 <= share <= 1 + 1e-9:
            return None
        share = 1 - share if self.side.axis.reversed else share
        region = self.region
        start, length = (region.bottom, region.height) if self.side.vertical else (region.left, region.width)
        return start + share * length

    def away(self, along: float, distance: float) -> tuple[float, float]:
        """Return x and y of a place at a distance outwards."""
        region, side = self.region, self.side
        if side.vertical:
            return (region.right + distance if side.far else region.left - distance), along
        return along, (region.top + distance if side.far else region.bottom - distance)


def _axis_line(page: Page, axis: Axis, position: _Position, scale: float) -> None:
    from matplotlib.collections import LineCollection

    region, side = position.region, position.side
    ends = (region.bottom, region.top) if side.vertical else (region.left, region.right)
    pieces = [[position.away(end, 0.0) for end in ends]] if axis.line else []
    if axis.tick_marks:
        places = [(tick.value, TICK) for tick in axis.ticks] + [(value, TICK * 0.6) for value in axis.minor]
        for value, length in places:
            along = position.along(value)
            if along is not None:
                pieces.append([position.away(along, 0.0), position.away(along, length * scale)])
    scaled = [[(x / page.width, y / page.height) for x, y in piece] for piece in pieces]
    lines = LineCollection(
        scaled,
        colors=page.scheme.foreground,
        linewidths=0.7 * scale,
        capstyle="projecting",
        transform=page.figure.transFigure,
    )
    page.figure.add_artist(lines)


def _label(page: Page, side: Side, position: _Position, value: float, text: str, reach: float) -> None:
    along = position.along(value)
    if along is None or not text:
        return
    x, y = position.away(along, reach)
    turned = side.angle % 180 != 0
    if side.vertical:
        place = {"ha": "left" if side.far else "right", "va": "center"}
        if abs(side.angle) % 180 == 90:
            place = {"ha": "left" if side.far else "right", "va": "center", "rotation_mode": "default"}
    else:
        place = {"ha": "center", "va": "bottom" if side.far else "top"}
        if turned and abs(side.angle) % 180 != 90:
            up = side.angle % 180 < 90
            place["ha"] = "right" if up != side.far else "left"
            place["rotation_mode"] = "anchor"
            place["va"] = "center"
            x, y = position.away(along, reach + side.size * 0.45)
    color = side.axis.label_color or page.scheme.foreground
    page.text(x, y, text, side.size, color, rotation=side.angle, **place)


def _tiers(page: Page, side: Side, position: _Position, reach: float) -> None:
    """Write further rows of labels outside the first."""
    away = side.label_room
    for tier in reversed(side.axis.tiers):
        measured = [page.measure(tick.label, side.size) for tick in tier]
        depth = max((m[0] if side.vertical else m[1] for m in measured), default=0.0)
        for tick in tier:
            _tier_label(page, side, position, tick, away - depth)
        away -= depth + GAP


def _tier_label(page: Page, side: Side, position: _Position, tick: Tick, away: float) -> None:
    along = position.along(tick.value)
    if along is None:
        return
    x, y = position.away(along, away)
    place = {"ha": "right", "va": "center"} if side.vertical else {"ha": "center", "va": "top"}
    page.text(x, y, tick.label, side.size, page.scheme.foreground, **place)


def plot_range(graph: Graph, vertical: bool) -> tuple[float, float] | None:
    """Return the range of what is plotted along an axis; None without anything."""
    arrays = []
    for plot in graph.plots:
        arrays += [plot.y, plot.y2] if vertical != plot.style.horizontal else [plot.x, plot.x2]
    return finite_range(*arrays)


def heading_size(page: Page, heading: Heading, usual: float, scale: float) -> float:
    """Return the size of a heading in points."""
    return (usual if heading.size is None else heading.size) * scale
