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
from xmixed.graphics.colors import color_of
from xmixed.graphics.model import Graph, Heading, Legend, LegendEntry, Panels, Plot, Style
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import titles_of
from xmixed.graphics.options.legends import legend_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import region_of, scheme_from, with_sizes
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.sizes import text_size
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import GraphCommand, GraphOption
from xmixed.language.syntax import Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

_PLOT = Syntax("varlist", condition=True, in_range=True, weights=("aweight", "fweight", "pweight", "iweight"))
SYNTAX = GraphSyntax("graph", options=(*tables.PIE, *tables.TWOWAY), plots=(PlotSyntax("pie", "pie", _PLOT),))
EXPLODED = 0.1
MOST_SLICES = 100


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
        return Plot("pie", out, sizes, style=replace(style, colors=colors), texts=texts), names

    def _looks(self, count: int) -> tuple[tuple[str, ...], np.ndarray]:
        """Return colours of the slices and how far each stands out: `pie(2, explode color(red))`."""
        colors = [self.scheme.color(i + 1) for i in range(count)]
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

    def _texts(self, sizes: np.ndarray, names: list[str]) -> tuple[tuple[str, ...], Style]:
        """Return what stands in the slices: `plabel(_all percent, size(small))`."""
        texts = [""] * len(sizes)
        style = Style()
        total = float(sizes.sum()) or 1.0
        for option in self.options.every("plabel"):
            words = option.value or ()
            if len(words) < 2:
                raise StataError(198, "option plabel() incorrectly specified", option.span)
            which, what = words[0].text, words[1]
            chosen = range(len(sizes)) if which == "_all" else [int(which) - 1] if which.isdecimal() else []
            format = option.options.word("format")
            for i in chosen:
                if not 0 <= i < len(sizes):
                    continue
                if what.quoted:
                    texts[i] = plain(what.text)
                elif what.text in ("name", "sum", "percent"):
                    share = 100 * float(sizes[i]) / total
                    texts[i] = {
                        "name": names[i],
                        "sum": format_value(float(sizes[i]), format or "%9.0g").strip(),
                        "percent": format_value(share, format or "%9.4g").strip() + ("" if format else "%"),
                    }[what.text]
                else:
                    raise StataError(198, f"option plabel() incorrectly specified: {what.text}", option.span)
            size = option.options.word("size")
            color = color_of(option.options.word("color") or "white") or ""
            style = replace(style, label_size=text_size(size) if size else None, label_color=color)
        return tuple(texts), style

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
