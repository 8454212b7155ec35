"""A graph as frozen data: what is drawn, where, and how it looks, without a word of the drawing library.

What is None or "" in a style is the scheme's choice, so that a graph can be shown again in another scheme.
Colours are `#rrggbbaa`, lengths of text and lines are points, those of symbols too; positions around a plot
are hours of a clock. NaN in the arrays of a line is a gap.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

EMPTY = np.empty(0)
PLOT_KINDS = frozenset(
    "scatter line lines connected area bar spike dropline dot rarea rbar rspike rcap rcapsym rline rscatter"
    " rconnected pcspike pcarrow pccapsym box pie contour contourline".split()
)
SPECIAL = frozenset({"lines", "box", "pie", "contour", "contourline"})
"""Kinds with data of their own, which no other plot can be recast to."""
RANGES = frozenset({"rarea", "rbar", "rspike", "rcap", "rcapsym", "rline", "rscatter", "rconnected"})
"""Kinds that draw from y to y2."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A text outside the data: a title, a note, the title of an axis.

    Attributes
    ----------
    lines : tuple of str
        () for none.
    size : float or None
        Points.
    position : int
        Hour of the clock; 0 the usual place.
    ring : int or None
        0 inside the plot region.
    justify : str
        "", left, center, right.
    span : bool
        Placed over the whole graph and not over the plot region.
    """

    lines: tuple[str, ...] = ()
    size: float | None = None
    color: str = ""
    position: int = 0
    ring: int | None = None
    justify: str = ""
    span: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line's look. `pattern` is one of `sizes.PATTERNS`, or dashes like `-.`; `blank` draws nothing."""

    color: str = ""
    width: float | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Style:
    """How a plot looks.

    Attributes
    ----------
    symbol : str
        One of `sizes.SYMBOLS`.
    symbol_size : float or None
        Diameter.
    symbol_fill, symbol_edge : str
        Colours; a hollow symbol has no fill.
    line : Stroke
        Lines, spikes, the outline of bars and areas.
    fill : str
        Colour inside bars, areas, boxes.
    connect : str
        "", direct, stairs, rise (first up, then on).
    bar_width : float or None
        Units of the axis.
    base : float
        Where bars, spikes, areas begin.
    horizontal : bool
        x and y change places.
    label_position, label_size, label_color, label_angle : look of the labels of points.
    colors : tuple of str
        One colour for each slice, or in turn for each of many lines.
    start : float
        Angle at which the slices of a pie begin, in degrees against the clock from three o'clock.
    clockwise : bool
        The way in which slices follow each other.
    text_colors, text_sizes, text_gaps : tuple
        Of the texts in slices, where they are not all alike; a gap is in per cent of the radius, outwards.
    """

    symbol: str = ""
    symbol_size: float | None = None
    symbol_fill: str = ""
    symbol_edge: str = ""
    symbol_edge_width: float | None = None
    line: Stroke = Stroke()
    fill: str = ""
    connect: str = ""
    bar_width: float | None = None
    base: float = 0.0
    horizontal: bool = False
    label_position: int = 3
    label_size: float | None = None
    label_color: str = ""
    label_angle: float = 0.0
    colors: tuple[str, ...] = ()
    start: float = 90.0
    clockwise: bool = True
    text_colors: tuple[str, ...] = ()
    text_sizes: tuple[float, ...] = ()
    text_gaps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """One layer of a graph.

    Attributes
    ----------
    kind : str
        scatter, line, connected, lines (many, told apart by gaps), area, bar, spike, dropline, dot; rarea,
        rbar, rspike, rcap, rcapsym, rline, rscatter, rconnected between y and y2; pcspike, pcarrow, pccapsym
        from (x, y) to (x2, y2); box with the rows of `boxes`; pie; contour (bands in `style.colors`) and
        contourline of the `surface` over the places x and y.
    x, y, x2, y2 : ndarray of float64, shape (n,)
        Empty where the kind has no use for them.
    boxes : ndarray of float64, shape (n, 5)
        Lower adjacent value, quartiles, upper adjacent value of each box at `x`.
    style : Style
    label : str
        What the legend says.
    number : int
        Which look of the scheme's, from 1.
    x_axis, y_axis : int
        1 or 2.
    texts : tuple of str
        Labels of the points; those of slices, once or several times for all of them; () for none.
    clocks : ndarray of float64, shape (n,)
        Hours of the labels of points; empty where all have the style's.
    sizes : ndarray of float64, shape (n,)
        Relative areas of the symbols (weights); empty for equal ones.
    surface : ndarray of float64, shape (len(y), len(x))
        Heights at every y and x.
    levels : ndarray of float64, shape (k,)
        Ascending heights at which bands begin and end, or lines are drawn.
    """

    kind: str
    x: np.ndarray = field(default_factory=lambda: EMPTY)
    y: np.ndarray = field(default_factory=lambda: EMPTY)
    x2: np.ndarray = field(default_factory=lambda: EMPTY)
    y2: np.ndarray = field(default_factory=lambda: EMPTY)
    boxes: np.ndarray = field(default_factory=lambda: np.empty((0, 5)))
    style: Style = Style()
    label: str = ""
    number: int = 1
    x_axis: int = 1
    y_axis: int = 1
    texts: tuple[str, ...] = ()
    sizes: np.ndarray = field(default_factory=lambda: EMPTY)
    clocks: np.ndarray = field(default_factory=lambda: EMPTY)
    surface: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    levels: np.ndarray = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    value: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A line across the plot region at a value of an axis."""

    value: float
    stroke: Stroke = Stroke()


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes
    ----------
    title : Heading
    minimum, maximum : float
    log, reversed : bool
    shown : bool
        The line with its ticks and labels.
    line : bool
        The line itself.
    ticks : tuple of Tick
    minor : tuple of float
        Places of ticks without label.
    tiers : tuple of tuple of Tick
        Further rows of labels, outwards: groups of categories.
    angle, label_size, label_color : look of the labels.
    tick_marks : bool
    grid : bool or None
    grid_stroke : Stroke
    opposite : bool
        On the other side than usual.
    references : tuple of Reference
    """

    title: Heading = Heading()
    minimum: float = 0.0
    maximum: float = 1.0
    log: bool = False
    reversed: bool = False
    shown: bool = True
    line: bool = True
    ticks: tuple[Tick, ...] = ()
    minor: tuple[float, ...] = ()
    tiers: tuple[tuple[Tick, ...], ...] = ()
    angle: float | None = None
    label_size: float | None = None
    label_color: str = ""
    tick_marks: bool = True
    grid: bool | None = None
    grid_stroke: Stroke = Stroke()
    opposite: bool = False
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes of a plot region; `x2` and `y2` only where plots use them."""

    x: Axis = Axis()
    y: Axis = Axis()
    x2: Axis | None = None
    y2: Axis | None = None


@dataclass(frozen=True, slots=True)
class Titles:
    """The texts around a graph."""

    title: Heading = Heading()
    subtitle: Heading = Heading()
    note: Heading = Heading()
    caption: Heading = Heading()
    left: Heading = Heading()
    right: Heading = Heading()
    top: Heading = Heading()
    bottom: Heading = Heading()


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A key: the plot whose look is shown (from 0; -1 for a text alone) and its text."""

    plot: int
    text: str


@dataclass(frozen=True, slots=True)
class Legend:
    """The legend; without entries there is none.

    `position` 0 is the scheme's; `ring` 0 stands inside the plot region. `columns` or `rows` 0: as they fit.
    """

    entries: tuple[LegendEntry, ...] = ()
    position: int = 0
    ring: int = 3
    columns: int = 0
    rows: int = 0
    column_first: bool = False
    size: float | None = None
    color: str = ""
    symbol_width: float | None = None
    fill: str = ""
    border: Stroke = Stroke()
    title: Heading = Heading()


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a place of the plot region."""

    x: float
    y: float
    lines: tuple[str, ...]
    size: float | None = None
    color: str = ""
    position: int = 0
    angle: float = 0.0
    y_axis: int = 1


@dataclass(frozen=True, slots=True)
class Region:
    """Colours behind the graph and the plot, and the line around the plot; "" is the scheme's.

    `margin` is the room around the graph in points, `padding` that at the ends of axes as a share of their
    length.
    """

    outside: str = ""
    inside: str = ""
    outside_border: Stroke = Stroke()
    border: Stroke = Stroke()
    margin: float | None = None
    padding: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Graphs in rows and columns.

    Attributes
    ----------
    graphs : tuple of Graph
        Row by row, or column by column with `column_first`.
    rows, columns : int
    shared : bool
        Panels of one graph: their axes are drawn at the edges of the grid.
    holes : tuple of int
        Cells left empty, from 1.
    scale : float or None
        Size of the panels' texts; None: as their number asks for.
    """

    graphs: tuple[Graph, ...]
    rows: int
    columns: int
    shared: bool = False
    column_first: bool = False
    holes: tuple[int, ...] = ()
    scale: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A graph: layers in a plot region, or panels.

    Attributes
    ----------
    plots : tuple of Plot
    axes : Axes
    titles : Titles
    legend : Legend
    labels : tuple of Label
    panels : Panels or None
        Then `plots` are those that the legend shows.
    scheme, name : str
    width, height : float or None
        Inches.
    region : Region
    aspect : float or None
        Height of the plot region over its width.
    scale : float
        Size of texts, symbols and line widths.
    command : str
        What drew it.
    """

    plots: tuple[Plot, ...] = ()
    axes: Axes = Axes()
    titles: Titles = Titles()
    legend: Legend = Legend()
    labels: tuple[Label, ...] = ()
    panels: Panels | None = None
    scheme: str = ""
    name: str = "Graph"
    width: float | None = None
    height: float | None = None
    region: Region = Region()
    aspect: float | None = None
    scale: float = 1.0
    command: str = ""
