"""From layers and options to a graph: axes around everything plotted, legend, titles, panels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xmixed.errors import StataError
from xmixed.graphics.layers import Extent, Layer, Measure, numbered, plot_extent
from xmixed.graphics.model import Axes, Axis, Graph, Heading, Legend, Panels, Plot, Tick, Titles
from xmixed.graphics.options.axes import Along, axis_of
from xmixed.graphics.options.headings import labels_of, titles_of
from xmixed.graphics.options.legends import legend_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import region_of, with_sizes
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.text import plain
from xmixed.language.nodes.graphs import GraphOption, GraphOptions


@dataclass(frozen=True, slots=True)
class Categories:
    """Names along an axis of categories: those of the inner groups, and rows of outer ones."""

    ticks: tuple[Tick, ...] = ()
    tiers: tuple[tuple[Tick, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the data of `by()` and its name."""

    name: str
    layers: tuple[Layer, ...]


def assembled(
    layers: Sequence[Layer],
    options: GraphOptions,
    scheme: Scheme,
    notes: Notes,
    categories: Categories | None = None,
    legend: bool | None = None,
) -> Graph:
    """Return the graph of layers in one plot region.

    `categories` are those of the first dimension (the x axis, or y where plots are horizontal); `legend`
    whether there is one by default.
    """
    layers = numbered(layers)
    plots = tuple(plot for layer in layers for plot in layer.plots)
    axes = _axes(layers, _extents(layers), options, scheme, notes, categories)
    graph = Graph(
        plots,
        axes,
        titles_of(options, scheme, notes),
        _of_scale(legend_of(options.every("legend"), plots, scheme, notes, legend), layers),
        labels_of(options, scheme, notes),
        scheme=scheme.name,
        region=region_of(options, scheme, notes),
    )
    return with_sizes(graph, options, notes)


def _of_scale(legend: Legend, layers: Sequence[Layer]) -> Legend:
    """Return the legend at the right and under its title where its keys are steps of a scale."""
    scale = next((layer.scale for layer in layers if layer.scale.lines), None)
    if scale is None or not legend.entries:
        return legend
    placed = bool(legend.position or legend.columns or legend.rows)
    title = legend.title if legend.title.lines else scale
    return replace(legend, title=title) if placed else replace(legend, title=title, position=3, columns=1)


Extents = dict[tuple[str, int], Extent]


def _extents(layers: Sequence[Layer]) -> Extents:
    plots = [plot for layer in layers for plot in layer.plots]
    return {(letter, n): plot_extent(plots, letter, n) for letter in "xy" for n in (1, 2)}


def _axes(
    layers: Sequence[Layer],
    extents: Extents,
    options: GraphOptions,
    scheme: Scheme,
    notes: Notes,
    categories: Categories | None = None,
) -> Axes:
    turned = any(plot.style.horizontal for layer in layers for plot in layer.plots)

    def make(letter: str, number: int) -> Axis | None:
        used = any(
            (plot.x_axis if letter == "x" else plot.y_axis) == number
            for layer in layers
            for plot in layer.plots
        )
        if number == 2 and not used:
            return None
        first = (letter == "x") != turned
        measure, title = _measure(layers, letter, number, first)
        extent = extents[letter, number]
        along = Along(
            extent.low,
            extent.high,
            extent.smallest_positive,
            title,
            measure.format,
            measure.value_label,
        )
        if categories is not None and first:
            along = replace(along, categories=categories.ticks, tiers=categories.tiers, title="")
        axis = axis_of(letter, number, options, along, scheme, notes)
        if categories is not None and first:
            axis = replace(axis, tick_marks=False, grid=bool(axis.grid), reversed=axis.reversed != turned)
        return axis

    return Axes(make("x", 1) or Axis(), make("y", 1) or Axis(), make("x", 2), make("y", 2))


def _measure(layers: Sequence[Layer], letter: str, number: int, first: bool) -> tuple[Measure, str]:
    """Return what an axis measures, and its title: empty where several things are measured along it."""
    measures = [
        (layer.x if first else layer.y, (layer.x.title,) if first else layer.y_titles or (layer.y.title,))
        for layer in layers
        if any((plot.x_axis if letter == "x" else plot.y_axis) == number for plot in layer.plots)
    ]
    if not measures:
        return Measure(), ""
    titles = dict.fromkeys(title for _, names in measures for title in names if title)
    one = next(iter(titles), "") if len(titles) == 1 or first else ""
    measure = next((measure for measure, names in measures if any(names)), measures[0][0])
    return measure, one


# --- panels -----------------------------------------------------------------------------------------------


def by_graph(
    panels: Sequence[Panel],
    by: GraphOption,
    options: GraphOptions,
    scheme: Scheme,
    notes: Notes,
    note: str,
    categories: Categories | None = None,
    legend: bool | None = None,
) -> Graph:
    """Return the graph of `by()`: a panel for each part of the data, with common axes unless asked otherwise.

    Parameters
    ----------
    by : GraphOption
    note : str
        What stands below by default: `Graphs by sex`.
    """
    inside = by.options
    parts = [numbered(panel.layers) for panel in panels]
    every = [layer for part in parts for layer in part]
    common = _extents(every)
    free_x = inside.flag("rescale") or inside.flag("xrescale")
    free_y = inside.flag("rescale") or inside.flag("yrescale")
    graphs = []
    for panel, layers in zip(panels, parts, strict=True):
        own = _extents(layers)
        extents = {key: own[key] if (free_x if key[0] == "x" else free_y) else common[key] for key in common}
        axes = _axes(layers or every, extents, options, scheme, notes, categories)
        graphs.append(_panel(panel, layers, axes, options, scheme, notes))
    rows, columns = grid_of(len(graphs), inside)
    fullest = max(parts, key=lambda part: sum(len(layer.plots) for layer in part), default=[])
    plots = tuple(plot for layer in fullest for plot in layer.plots)
    usual = Titles(note=Heading((plain(note),) if note else ()))
    titles = titles_of(inside, scheme, notes, usual)
    x, y = graphs[0].axes.x.title, graphs[0].axes.y.title
    if not free_x and not free_y:
        graphs = [_untitled(graph) for graph in graphs]
        titles = replace(titles, bottom=titles.bottom if titles.bottom.lines else x)
        titles = replace(titles, left=titles.left if titles.left.lines else y)
    graph = Graph(
        plots,
        titles=titles,
        legend=legend_of([*options.every("legend"), *inside.every("legend")], plots, scheme, notes, legend),
        panels=Panels(
            tuple(graphs),
            rows,
            columns,
            shared=not free_x and not free_y,
            column_first=inside.flag("colfirst"),
            holes=tuple(int(hole) for hole in inside.value("holes", ())),
            scale=_inner_scale(inside),
        ),
        scheme=scheme.name,
        region=region_of(GraphOptions(options.items + inside.items), scheme, notes),
    )
    return with_sizes(with_sizes(graph, options, notes), inside, notes)


def _inner_scale(inside: GraphOptions) -> float | None:
    """Return the size of the panels' texts that `iscale()` asks for."""
    word = inside.word("iscale").lstrip("*")
    try:
        return min(3.0, max(0.1, float(word))) if word else None
    except ValueError:
        raise StataError(198, "option iscale() incorrectly specified") from None


def _panel(
    panel: Panel,
    layers: Sequence[Layer],
    axes: Axes,
    options: GraphOptions,
    scheme: Scheme,
    notes: Notes,
) -> Graph:
    plots: tuple[Plot, ...] = tuple(plot for layer in layers for plot in layer.plots)
    titles = titles_of(options, scheme, notes, Titles(subtitle=Heading((plain(panel.name),))))
    aspect = with_sizes(Graph(), options, notes).aspect
    return Graph(
        plots,
        axes,
        titles,
        labels=labels_of(options, scheme, notes),
        scheme=scheme.name,
        region=region_of(options, scheme, notes),
        aspect=aspect,
    )


def _untitled(graph: Graph) -> Graph:
    axes = graph.axes
    return replace(
        graph,
        axes=replace(axes, x=replace(axes.x, title=Heading()), y=replace(axes.y, title=Heading())),
    )


def grid_of(count: int, options: GraphOptions) -> tuple[int, int]:
    """Return rows and columns of panels: as asked for, else about as many of each."""
    rows, columns = (int(options.value(name, (0,))[0]) for name in ("rows", "cols"))
    holes = len(options.value("holes", ()))
    needed = max(1, count + holes)
    if columns > 0:
        return max(rows, math.ceil(needed / columns)), columns
    if rows > 0:
        return rows, math.ceil(needed / rows)
    columns = math.ceil(math.sqrt(needed))
    return math.ceil(needed / columns), columns
