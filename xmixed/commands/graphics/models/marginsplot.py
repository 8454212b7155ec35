"""marginsplot: the margins that the last `margins` left in r(), as lines with intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.graphics.layers.added import AddedPlots
from xmixed.commands.graphics.plot_syntax import GRAPH_OPTIONS
from xmixed.commands.graphics.show import finish
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.inference.margins_results import Shown
from xmixed.estimation.inference.margins_results import margins_results as results_of
from xmixed.formats import format_value
from xmixed.graphics.assemble import Panel, assembled, by_graph
from xmixed.graphics.colors import with_opacity
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.looks import FILLED
from xmixed.graphics.margin_cells import EFFECT, AtTable, MarginCell, cells_of, dimensions_of
from xmixed.graphics.model import PLOT_KINDS, RANGES, Graph, Heading, Plot, Stroke, Tick, Titles
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import titles_of
from xmixed.graphics.options.legends import legend_of_some
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import scheme_from
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import Content, GraphOptionSpec, GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import NO_OPTIONS, GraphCommand, GraphOption, GraphOptions
from xmixed.language.syntax import Syntax
from xmixed.missing import MISSING
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState

MOST_LABELS = 12
"""More values of x than this get round labels."""
HEADINGS = ("title", "subtitle", "note", "caption")
SERIES = 20
"""plot1opts() to plot20opts()."""


def _option(
    name: str,
    minimum: str,
    content: Content = "options",
    inside: tuple[GraphOptionSpec, ...] = (),
    drawn: bool = True,
    bare: bool = False,
) -> GraphOptionSpec:
    kind = "negatable" if content == "flag" else "text"
    return GraphOptionSpec(name, minimum, kind, content=content, inside=inside, drawn=drawn, bare=bare)


DIMENSION = (
    _option("labels", "lab", "marked"),
    _option("elabels", "elab", "marked", drawn=False),
    *(_option(name, name[:6], "flag", drawn=False) for name in ("allsimplelabels", "simplelabels")),
    _option("separator", "sep", "marked", drawn=False, bare=True),
)
"""Options of a dimension: `x(age, labels("young" "old"))`."""
_LOOK = (*tables.POINT_OPTIONS, *tables.BAR_OPTIONS)
_CI_LOOK = (*tables.RANGE_OPTIONS,)
OPTIONS = (
    _option("xdimension", "x", "marked", DIMENSION),
    _option("plotdimension", "plot", "marked", DIMENSION),
    _option("bydimension", "by", "marked", (*tables.BY_INSIDE, *DIMENSION)),
    _option("graphdimension", "graph", "marked", DIMENSION, drawn=False),
    _option("byopts", "byop", "options", tables.BY_INSIDE),
    _option("allxlabels", "allx", "flag"),
    _option("recast", "recast", "marked"),
    _option("recastci", "recastci", "marked"),
    _option("ci", "ci", "flag"),
    _option("ciopts", "ciop", inside=_CI_LOOK),
    _option("plotopts", "plotop", inside=_LOOK),
    *(_option(f"plot{i}opts", f"plot{i}op", inside=_LOOK) for i in range(1, SERIES + 1)),
    *(_option(f"ci{i}opts", f"ci{i}op", inside=_CI_LOOK) for i in range(1, SERIES + 1)),
    _option("horizontal", "hor", "flag"),
    _option("level", "level", "number"),
    _option("labels", "lab", "flag"),
    *(
        _option(name, name, "flag", drawn=False)
        for name in ("unique", "csort", "allsimplelabels", "simplelabels")
    ),
    GraphOptionSpec("separator", "sep", "negatable", content="marked", drawn=False, bare=True),
    _option("mcompare", "mcomp", "marked", drawn=False, bare=True),
    _option("derivlabels", "derivlab", "flag", drawn=False),
)
SYNTAX = GraphSyntax(
    "graph",
    options=GRAPH_OPTIONS,
    plots=(PlotSyntax("marginsplot", "marginsplot", Syntax("none"), OPTIONS),),
)


@command(
    "marginsplot",
    syntax=SYNTAX,
    synopsis="marginsplot [, x(name) plot(name) by(name) recast(plot) recastci(plot) noci options]",
    keeps_r=True,
)
def marginsplot(session: SessionState, node: GraphCommand) -> None:
    maker = MarginsMaker(session, node)
    graph = maker.graph()
    session.out.write(
        "", f"  Variables that uniquely identify margins: {' '.join(maker.dimensions)}".rstrip()
    )
    finish(session, graph, node, node.options, maker.notes)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which dimension lies along x, which tells lines apart, which panels."""

    x: str
    plots: tuple[str, ...]
    panels: tuple[str, ...]


class MarginsMaker:
    """Makes the graph of margins."""

    def __init__(self, session: SessionState, node: GraphCommand) -> None:
        self.session, self.node = session, node
        self.notes = Notes()
        self.options: GraphOptions = node.plots[0].options
        self.scheme = scheme_from(node.options, session.settings.scheme, self.notes)
        self.added = AddedPlots(session, node.options, self.scheme, self.notes)
        self.results = margins_results(session)
        self.cells = self._cells()
        if not self.cells:
            raise StataError(2000, "no margins to plot")
        self.dimensions = dimensions_of(self.cells)
        self.layout = self._layout()
        self._given = self._given_labels()

    def _cells(self) -> list[MarginCell]:
        table = self.results["table"]
        assert isinstance(table, Matrix)
        rows = {name: table.values[i] for i, name in enumerate(table.row_names)}
        low, high = rows["ll"], rows["ul"]
        level = self.options.value("level")
        if level is not None:
            low, high = self._limits(rows["b"], rows["se"], rows["df"], level)
        at = self.results.get("at")
        known = AtTable.of(at.row_names, at.column_names, at.values) if isinstance(at, Matrix) else None
        effects = bool(self.results.get("derivatives"))
        return cells_of(table.column_names, rows["b"], low, high, known, effects)

    def _limits(
        self, b: np.ndarray, se: np.ndarray, df: np.ndarray, level: float
    ) -> tuple[np.ndarray, np.ndarray]:
        from scipy.special import ndtri, stdtrit

        if not 10 <= level <= 99.99:
            raise StataError(198, "level() must be between 10 and 99.99 inclusive")
        share = 0.5 + level / 200
        normal = df >= MISSING
        critical = np.where(normal, ndtri(share), stdtrit(np.where(normal, 1.0, df), share))
        known = se < MISSING
        half = np.where(known, critical * np.where(known, se, 0.0), 0.0)
        return np.where(known, b - half, MISSING), np.where(known, b + half, MISSING)

    @property
    def level(self) -> float:
        return float(self.options.value("level", self.results.get("level", self.session.settings.level)))

    def _layout(self) -> Layout:
        x = self._named("xdimension")
        panels, plots = self._named("bydimension"), self._named("plotdimension")
        rest = [name for name in self.dimensions if name not in (*x, *panels, *plots)]
        if len(x) > 1:
            raise StataError(198, "option xdimension() takes one variable")
        if not x:
            x = tuple(rest[:1]) or ("",)
            rest = rest[1:]
        return Layout(x[0], (*plots, *rest), panels)

    def _given_labels(self) -> dict[tuple[str, float | str | None], str]:
        """Return the names that `labels()` of a dimension gives to its values, in their order."""
        found: dict[tuple[str, float | str | None], str] = {}
        for option in self.options.every("xdimension", "plotdimension", "bydimension"):
            texts = option.options.words("labels")
            for name in self._named(option.name)[:1] if texts else ():
                values = list(dict.fromkeys(cell.place.get(name) for cell in self.cells))
                if all(isinstance(value, float) for value in values):
                    values.sort()  # type: ignore[type-var]
                found |= {(name, value): plain(text) for value, text in zip(values, texts, strict=False)}
        return found

    def _named(self, option: str) -> tuple[str, ...]:
        """Return the dimensions that an option names; r(198) for what is none."""
        names = self.options.words(option)
        for name in names:
            if name not in self.dimensions:
                known = ", ".join(self.dimensions) or "none"
                raise StataError(
                    198, f"{name} is not a dimension of the margins", hint=f"dimensions: {known}"
                )
        return names

    # --- names ------------------------------------------------------------------------------------------

    def _text(self, dimension: str, value: float | str | None) -> str:
        """Return the name of a value of a dimension: what `labels()` says, its value label, or name=value."""
        if value is None:
            return ""
        given = self._given.get((dimension, value))
        if given is not None:
            return given
        data = self.session.data
        if isinstance(value, str):
            level, point, variable = value.partition(".")
            if point and level.isdecimal() and variable in data:
                return self._text(variable, float(level))
            return self._label(value)
        shown = f"{value:g}"
        if dimension in data:
            variable = data[dimension]
            bare = self.options.last("labels") is not None and not self.options.flag("labels")
            table = {} if bare else data.value_labels.get(variable.value_label, {})
            if int(value) == value and int(value) in table:
                return plain(table[int(value)])
            shown = format_value(value, variable.format).strip()
        return f"{dimension}={shown}"

    def _label(self, name: str) -> str:
        data = self.session.data
        return plain((data[name].label or name) if name in data else name)

    def _place_name(self, dimensions: tuple[str, ...], values: tuple) -> str:
        return ", ".join(self._text(name, value) for name, value in zip(dimensions, values, strict=True))

    # --- the graph --------------------------------------------------------------------------------------

    def graph(self) -> Graph:
        options = self._options()
        by = self.options.last("bydimension")
        if not self.layout.panels or by is None:
            graph = assembled(self._layers(self.cells), options, self.scheme, self.notes, legend=False)
            titles = titles_of(options, self.scheme, self.notes, self._titles())
            return self._with_legend(replace(graph, titles=titles), options)
        panels = [
            Panel(self._place_name(self.layout.panels, values), tuple(self._layers(cells)))
            for values, cells in self._split(self.cells, self.layout.panels)
        ]
        # titles are those of the whole graph, not of each panel
        with_title = GraphOption("title", self._titles().title.lines, NO_OPTIONS)
        own = options.every(*HEADINGS)
        more = [item for option in self.options.every("byopts") for item in option.options]
        inside = GraphOptions((with_title, *own, *by.options.items, *more))
        rest = GraphOptions(tuple(item for item in options if item.name not in HEADINGS))
        graph = by_graph(panels, replace(by, options=inside), rest, self.scheme, self.notes, "", None, False)
        return self._with_legend(graph, options)

    def _split(
        self, cells: list[MarginCell], dimensions: tuple[str, ...]
    ) -> list[tuple[tuple, list[MarginCell]]]:
        """Return cells by their values in some dimensions, in ascending order of numbers."""
        keys = [tuple(cell.place.get(name) for name in dimensions) for cell in cells]
        order = list(dict.fromkeys(keys))
        if all(isinstance(value, float) for key in keys for value in key):
            order.sort()
        return [(key, [cell for cell, own in zip(cells, keys, strict=True) if own == key]) for key in order]

    def _layers(self, cells: list[MarginCell]) -> list[Layer]:
        bands, lines = [], []
        for i, (values, own) in enumerate(self._split(cells, self.layout.plots)):
            x, order = self._positions(own)
            if self._with_intervals:
                low, high = (
                    np.array(ends)[order] for ends in zip(*((c.low, c.high) for c in own), strict=True)
                )
                bands.append(self._interval(i, x, low, high))
            label = self._place_name(self.layout.plots, values)
            lines.append(self._line(i, x, np.array([cell.value for cell in own])[order], label))
        if not bands or bands[0].kind in FILLED:  # areas lie below all lines
            plots = [*bands, *lines]
        else:
            plots = [plot for pair in zip(bands, lines, strict=True) for plot in pair]
        own = Layer(tuple(plots), Measure(self._x_title()), Measure(self._y_title()))
        return self.added.around([own])

    @property
    def _with_intervals(self) -> bool:
        return self.options.last("ci") is None or self.options.flag("ci")

    def _positions(self, cells: list[MarginCell]) -> tuple[np.ndarray, np.ndarray]:
        places = self._x_places()
        x = np.array([places[cell.place.get(self.layout.x)] for cell in cells])
        order = np.argsort(x, kind="stable")
        return x[order], order

    def _x_places(self) -> dict[float | str | None, float]:
        """Return where each value along x stands: at itself, or names one after the other."""
        values = list(dict.fromkeys(cell.place.get(self.layout.x) for cell in self.cells))
        if all(isinstance(value, float) for value in values):
            return {value: float(value) for value in values}  # type: ignore[arg-type]
        return {value: float(i) for i, value in enumerate(values, 1)}

    def _look(self, names: tuple[str, ...]) -> GraphOptions:
        return GraphOptions(
            tuple(item for name in names for option in self.options.every(name) for item in option.options)
        )

    def _line(self, i: int, x: np.ndarray, y: np.ndarray, label: str) -> Plot:
        look = self._look(("plotopts", f"plot{i + 1}opts"))
        kind = look.word("recast") or self.options.word("recast") or "connected"
        if kind not in PLOT_KINDS - RANGES - {
            "lines",
            "box",
            "pie",
            "contour",
            "contourline",
        } or kind.startswith("pc"):
            raise StataError(198, f"option recast() incorrectly specified: {kind}")
        style = Looks(look, self.scheme, self.notes).style(kind, 0)
        style = replace(style, horizontal=self.options.flag("horizontal"))
        number = Looks(look, self.scheme, self.notes).number(i + 1, 0)
        return Plot(kind, x, y, style=style, label=label, number=-number)

    def _interval(self, i: int, x: np.ndarray, low: np.ndarray, high: np.ndarray) -> Plot:
        look = self._look(("ciopts", f"ci{i + 1}opts"))
        kind = look.word("recast") or self.options.word("recastci") or "rcap"
        if kind not in RANGES:
            raise StataError(198, f"option recastci() incorrectly specified: {kind}")
        looks = Looks(look, self.scheme, self.notes)
        style = replace(looks.style(kind, 0), horizontal=self.options.flag("horizontal"))
        if kind == "rarea" and not style.fill:
            faint = with_opacity(self.scheme.color(i + 1), 0.22)
            style = replace(
                style, fill=faint, line=style.line if style.line.color else Stroke(pattern="blank")
            )
        return Plot(kind, x, low, y2=high, style=style, number=-(i + 1))

    def _options(self) -> GraphOptions:
        """Return the options, with labels at the values along x where no option says otherwise."""
        options = self.node.options
        letter = "y" if self.options.flag("horizontal") else "x"
        return options if self._ticks() is None else GraphOptions((self._tick_option(letter), *options.items))

    def _ticks(self) -> tuple[Tick, ...] | None:
        places = self._x_places()
        if len(places) > MOST_LABELS and not self.options.flag("allxlabels"):
            return None
        named = self._is_named()
        texts = {place: self._short(value) if named else "" for value, place in places.items()}
        return tuple(Tick(place, texts[place]) for place in sorted(texts))

    def _is_named(self) -> bool:
        data, x = self.session.data, self.layout.x
        labelled = x in data and data[x].value_label in data.value_labels
        named = any(dimension == x for dimension, _ in self._given)
        return x == EFFECT or x not in data or labelled or named

    def _short(self, value: float | str | None) -> str:
        text = self._text(self.layout.x, value)
        return text.removeprefix(f"{self.layout.x}=") or " "

    def _tick_option(self, letter: str) -> GraphOption:
        from xmixed.language.nodes.graphs import TickRule

        rules: list[TickRule] = []
        for tick in self._ticks() or ():
            rules.append(TickRule("numbers", (tick.value,)))
            if tick.label:
                rules.append(TickRule("text", text=tick.label))
        return GraphOption(f"{letter}label", tuple(rules), NO_OPTIONS)

    def _x_title(self) -> str:
        x = self.layout.x
        return {EFFECT: "Effects with respect to", "_at": "at() points"}.get(x, self._label(x) if x else "")

    def _y_title(self) -> str:
        label = str(self.results.get("predict_label", "")) or "Prediction"
        title = " ".join(word if word.isupper() else word.capitalize() for word in label.split(" ") if word)
        return f"Effects on {title}" if self.results.get("derivatives") else title

    def _titles(self) -> Titles:
        title = str(self.results.get("title", "Margins"))
        title = " ".join(word.capitalize() for word in title.split())
        terms = str(self.results.get("xvars", "") or self.results.get("margins", ""))
        of = f" of {terms}" if terms else ""
        shown = f" with {self.level:g}% CIs" if self._with_intervals else ""
        return Titles(title=Heading((f"{title}{of}{shown}",)))

    def _with_legend(self, graph: Graph, options: GraphOptions) -> Graph:
        """Show lines in the legend, not their intervals; keys are counted over the lines."""
        lines = [i for i, plot in enumerate(graph.plots) if plot.kind not in RANGES]
        by = self.options.last("bydimension")
        given = [*options.every("legend"), *(by.options.every("legend") if by is not None else ())]
        return replace(graph, legend=legend_of_some(given, graph.plots, lines, self.scheme, self.notes))


def margins_results(session: SessionState) -> Results:
    """Return what `margins` left in r(), or, posted, in e().

    Raises
    ------
    StataError
        r(301) when the last command that left results was another one.
    """
    results = session.r
    posted = session.e.payload if session.e.macros.get("cmd") == "margins" else None
    if results.macros.get("cmd") != "margins" and isinstance(posted, Shown):
        return results_of(posted, session.e.macros["cmdline"])
    if results.macros.get("cmd") != "margins" or "table" not in results.matrices:
        raise StataError(
            301, "previous command was not margins", hint="marginsplot follows margins right away"
        )
    return results
