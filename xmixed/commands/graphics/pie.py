"""graph pie: shares of totals, of the sums of variables or of the groups of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Columns, groups_of, parts_of
from xmixed.commands.graphics.show import finish
from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.graphics.assemble import grid_of
from xmixed.graphics.colors import intensified
from xmixed.graphics.model import Graph, Heading, Legend, LegendEntry, Panels, Plot, Stroke, Style
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import color_word, titles_of
from xmixed.graphics.options.legends import legend_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import region_of, scheme_from, with_sizes
from xmixed.graphics.options.styles import Looks, stroke_of
from xmixed.graphics.sizes import POINTS_PER_CENT, angle_of, symbol_size, text_size
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, Marked
from xmixed.language.syntax import Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

_PLOT = Syntax("varlist", condition=True, in_range=True, weights=("aweight", "fweight", "pweight", "iweight"))
SYNTAX = GraphSyntax("graph", options=(*tables.PIE, *tables.TWOWAY), plots=(PlotSyntax("pie", "pie", _PLOT),))
EXPLODED = 0.1
MOST_SLICES = 100
FARTHEST = 100.0
"""Of texts from their usual place, in per cent of the radius."""


class PieMaker:
    """Makes pies of the observations of a command."""

    def __init__(self, session: SessionState, node: GraphCommand) -> None:
        self.session, self.node, self.options = session, node, node.options
        self.notes = Notes()
        self.scheme = scheme_from(node.options, session.settings.scheme, self.notes)
        self.columns = Columns(session, node)
        self.plot = node.plots[0]
        self.rows = self.columns.rows(self.plot)
        self.weights = self.columns.weights(self.plot)

    def slices(self, rows: np.ndarray) -> tuple[list[str], np.ndarray]:
        """Return names and sizes of the slices."""
        over = self.options.last("over")
        variables = self.columns.columns(self.plot.argument)
        weights = np.ones(len(rows)) if self.weights is None else self.weights
        if self.options.flag("cw"):  # observations at which every variable is known
            rows = rows & ~np.any([is_missing(column.values) for column in variables], axis=0)
        if over is None:
            if not variables:
                raise StataError(100, "varlist required", self.plot.span)
            totals = [
                float(np.sum((column.values * weights)[rows & ~is_missing(column.values)]))
                for column in variables
            ]
            return [plain(column.measure.title) for column in variables], np.array(totals)
        if len(variables) > 1:
            raise StataError(103, "too many variables specified", self.plot.span)
        names, code, _ = groups_of(self.columns, over.value or (), self.rows, self.options.flag("missing"))
        used = rows & (code >= 0)
        amount = weights
        if variables:
            used &= ~is_missing(variables[0].values)
            amount = variables[0].values * weights
        return [plain(name) for name in names], np.bincount(code[used], amount[used], len(names))

    def pie(self, rows: np.ndarray) -> tuple[Plot, list[str]]:
        """Return the plot of a pie, and the names of its slices in the order drawn."""
        names, sizes = self.slices(rows)
        if np.any(sizes < 0):
            raise StataError(411, "negative values encountered; a pie shows shares of a total")
        if len(sizes) > MOST_SLICES:
            raise StataError(134, f"too many slices: {len(sizes)}; at most {MOST_SLICES} are drawn")
        order = np.arange(len(sizes))
        if self.options.flag("sort"):
            order = np.argsort(sizes, kind="stable")
            order = order[::-1] if self.options.flag("descending") else order
        sizes, names = sizes[order], [names[i] for i in order]
        colors, out = self._looks(len(names))
        texts, style = self._texts(sizes, names)
        style = replace(
            style,
            colors=colors,
            start=self._start(),
            clockwise=self.options.last("clockwise") is None or self.options.flag("clockwise"),
            line=self._outline(),
        )
        return Plot("pie", out, sizes, style=style, texts=texts), names

    def _start(self) -> float:
        """Return where the first slice begins: `angle0(#)`, degrees against the clock from three o'clock."""
        word = self.options.word("angle0")
        angle = angle_of(word) if word else 90.0
        if angle is None:
            raise StataError(198, f"option angle0() incorrectly specified: {word}")
        return angle

    def _outline(self) -> Stroke:
        found = self.options.last("line")
        return Stroke() if found is None else stroke_of(found.options, self.scheme, self.notes)

    def _looks(self, count: int) -> tuple[tuple[str, ...], np.ndarray]:
        """Return colours of the slices and how far each stands out: `pie(2, explode color(red))`."""
        colors = [intensified(self.scheme.color(i + 1), self._intensity()) for i in range(count)]
        out = np.zeros(count)
        for option in self.options.every("pie"):
            words = [word.text for word in option.value or ()]
            chosen = range(count) if "_all" in words else [int(w) - 1 for w in words if w.isdecimal()]
            look = Looks(option.options, self.scheme, self.notes)
            color = look.color("color fcolor", 0)
            for i in chosen:
                if 0 <= i < count:
                    colors[i] = color or colors[i]
                    out[i] = EXPLODED if "explode" in option.options else out[i]
        return tuple(colors), out

    def _intensity(self) -> float:
        """Return `intensity(*#)` or `intensity(#)` per cent as a share."""
        word = self.options.word("intensity").removeprefix("inten")
        if not word:
            return 1.0
        try:
            share = float(word.lstrip("*")) / (1 if word.startswith("*") else 100)
        except ValueError:
            raise StataError(198, f"option intensity() incorrectly specified: {word}") from None
        return min(max(share, 0.0), 10.0)

    def _texts(self, sizes: np.ndarray, names: list[str]) -> tuple[tuple[str, ...], Style]:
        """Return what stands in the slices: `plabel(_all percent, size(small))`."""
        found: dict[tuple[int, float], tuple[str, str, float]] = {}  # by slice and place in it
        for option in self.options.every("plabel"):
            words = option.value or ()
            if len(words) < 2:
                raise StataError(198, "option plabel() incorrectly specified", option.span)
            which, look = words[0].text, option.options
            chosen = range(len(sizes)) if which == "_all" else [int(which) - 1] if which.isdecimal() else []
            size, gap = look.word("size"), look.word("gap")
            height = (text_size(size) or 0.0) if size else 0.0
            away = (symbol_size(gap, 0.0) or 0.0) / POINTS_PER_CENT if gap else 0.0
            away = min(max(away, -100.0), FARTHEST)
            for i in chosen:
                if 0 <= i < len(sizes):
                    text = _slice_text(option, words[1], names[i], float(sizes[i]), float(sizes.sum()))
                    color = color_word(look, "color", self.scheme, self.notes)
                    found[i, away] = (text, color, height)
        return self._rows(found, len(sizes))

    @staticmethod
    def _rows(
        found: dict[tuple[int, float], tuple[str, str, float]], count: int
    ) -> tuple[tuple[str, ...], Style]:
        """Return texts for all slices in turn, as often as one has several, and their looks."""
        own = [[(away, *found[i, away]) for j, away in found if j == i] for i in range(count)]
        often = max((len(texts) for texts in own), default=0)
        if not often:
            return (), Style()
        rows = [texts[k] if k < len(texts) else (0.0, "", "", 0.0) for k in range(often) for texts in own]
        gaps, texts, colors, heights = zip(*rows, strict=True)
        return texts, Style(text_colors=colors, text_sizes=heights, text_gaps=gaps)

    def graph(self) -> Graph:
        by = self.options.last("by")
        if by is None:
            plot, names = self.pie(self.rows)
            graph = Graph(
                (plot,),
                titles=titles_of(self.options, self.scheme, self.notes),
                legend=self._legend(plot, names),
                scheme=self.scheme.name,
                region=region_of(self.options, self.scheme, self.notes),
            )
            return with_sizes(self._with_keys(graph, plot, names), self.options, self.notes)
        return self._panels(by)

    def _panels(self, by: GraphOption) -> Graph:
        names, code, note = parts_of(self.columns, by, self.rows)
        graphs = []
        plot, slices = Plot("pie"), []
        for i, name in enumerate(names):
            plot, slices = self.pie(self.rows & (code == i))
            titles = titles_of(self.options, self.scheme, self.notes)
            titles = replace(titles, subtitle=Heading((plain(name),)))
            graphs.append(Graph((plot,), titles=titles, scheme=self.scheme.name))
        rows, columns = grid_of(len(graphs), by.options)
        titles = titles_of(by.options, self.scheme, self.notes)
        titles = titles if titles.note.lines else replace(titles, note=Heading((note,)))
        graph = Graph(
            titles=titles,
            legend=self._legend(plot, slices),
            panels=Panels(tuple(graphs), rows, columns),
            scheme=self.scheme.name,
            region=region_of(self.options, self.scheme, self.notes),
        )
        return with_sizes(self._with_keys(graph, plot, slices), self.options, self.notes)

    def _keys(self, plot: Plot, names: list[str]) -> tuple[Plot, ...]:
        return tuple(
            Plot("bar", style=Style(fill=color), label=name)
            for color, name in zip(plot.style.colors, names, strict=True)
        )

    def _legend(self, plot: Plot, names: list[str]) -> Legend:
        legend = legend_of(
            self.options.every("legend"), self._keys(plot, names), self.scheme, self.notes, True
        )
        entries = tuple(
            LegendEntry(entry.plot + 1 if entry.plot >= 0 else -1, entry.text) for entry in legend.entries
        )
        return replace(legend, entries=entries)

    def _with_keys(self, graph: Graph, plot: Plot, names: list[str]) -> Graph:
        """Add plots without data, whose looks the legend shows."""
        return replace(graph, plots=(plot, *self._keys(plot, names)))


def _slice_text(option: GraphOption, what: Marked, name: str, size: float, total: float) -> str:
    """Return what stands in a slice: a text, its name, its size or its share.

    Raises
    ------
    StataError
        r(198) for another word.
    """
    if what.quoted:
        return plain(what.text)
    format = option.options.word("format")
    if what.text == "name":
        return name
    if what.text == "sum":
        return format_value(size, format or "%9.0g").strip()
    if what.text == "percent":
        share = 100 * size / (total or 1.0)
        return format_value(share, format or "%9.4g").strip() + ("" if format else "%")
    raise StataError(198, f"option plabel() incorrectly specified: {what.text}", option.span)


@subcommand(
    "graph",
    "pie",
    syntax=SYNTAX,
    synopsis="graph pie [varlist] [if] [in] [weight] [, over(varname) sort plabel(_all percent)"
    " pie(#, explode) options]",
    needs=("data",),
    keeps_r=True,
)
def pie(session: SessionState, node: GraphCommand) -> None:
    maker = PieMaker(session, node)
    graph = maker.graph()
    if not any(len(p.y) and p.y.sum() > 0 for p in graph.plots):
        raise StataError(2000, "no observations")
    finish(session, graph, node, node.options, maker.notes)
