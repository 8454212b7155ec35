"""Bars, dots and boxes over categories: from a command and the data to a graph."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Column, Columns, groups_of, parts_of
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_item
from xmixed.formats import format_value
from xmixed.graphics import bars
from xmixed.graphics.assemble import Categories, Panel, assembled, by_graph
from xmixed.graphics.curves import box_figures
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Graph, Plot, Style
from xmixed.graphics.options.headings import color_word
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import scheme_from
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.scales import round_ticks
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.sizes import text_size
from xmixed.graphics.text import plain
from xmixed.language.nodes import Pattern
from xmixed.language.nodes.graphs import BarItem, GraphCommand, GraphOption, GraphOptions, Marked
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.grouped import Grouped

STATISTICS = "mean median sum count min max sd semean iqr range first last asis percent rawsum".split()
MOST_BARS = 2000
HEADROOM = 0.08
"""Room for the values at the ends of bars, as a share of the longest."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One thing measured: a statistic of a variable."""

    statistic: str
    column: Column | None
    label: str


class GroupedMaker:
    """Makes a graph of bars, dots or boxes."""

    def __init__(self, session: SessionState, node: GraphCommand, kind: str, horizontal: bool) -> None:
        self.session, self.node, self.kind, self.horizontal = session, node, kind, horizontal
        self.options: GraphOptions = node.options
        self.notes = Notes()
        self.scheme: Scheme = scheme_from(node.options, session.settings.scheme, self.notes)
        self.columns = Columns(session, node)
        self.plot = node.plots[0]
        self.rows = self.columns.rows(self.plot)
        self.weights = self.columns.weights(self.plot)
        self.series = self._series(self.plot.argument)
        if self.weights is not None:
            self.rows = self.rows & (self.weights > 0)
        if self.options.flag("cw"):
            for one in self.series:
                if one.column is not None:
                    self.rows = self.rows & ~is_missing(one.column.values)
        self.overs = self._overs()
        self.as_series = self.options.flag("asyvars") and len(self.series) == 1 and bool(self.overs)

    # --- what is measured -------------------------------------------------------------------------------

    def _series(self, items: tuple[BarItem, ...]) -> list[Series]:
        statistic, out = "mean", []
        for item in items:
            if item.variables is None:
                statistic = self._statistic(item)
                if statistic in ("count", "percent") and items[-1] is item:
                    out.append(Series(statistic, None, "Frequency" if statistic == "count" else "Percent"))
                continue
            names = resolve_item(item.variables, self.session.data)
            for column in self.columns.columns(tuple(Pattern(name, "", item.span) for name in names)):
                out.append(Series(statistic, column, self._label(statistic, column, item.name)))
        if not out:
            raise StataError(100, "varlist required", self.plot.span)
        return out

    def _statistic(self, item: BarItem) -> str:
        word = item.statistic
        if word.startswith("p") and word[1:].isdecimal() and 1 <= int(word[1:]) <= 99:
            return word
        found = {"med": "median", "N": "count", "n": "count"}.get(word, word)
        if found not in STATISTICS:
            raise StataError(198, f"unknown statistic: {word}", item.span)
        return found

    def _label(self, statistic: str, column: Column, name: str) -> str:
        if name:
            return plain(name)
        if self.kind == "box" or statistic == "asis":
            return plain(column.measure.title)
        shown = f"p {statistic[1:]}" if statistic[0] == "p" and statistic[1:].isdecimal() else statistic
        return f"{shown} of {column.name}"

    # --- groups -----------------------------------------------------------------------------------------

    def _overs(self) -> list[tuple[GraphOption, list[str], np.ndarray]]:
        """Return what `over()` says, innermost first: option, names of groups, observations' groups."""
        out = []
        missing = self.options.flag("missing")
        for option in self.options.every("over"):
            if not option.value:
                raise StataError(100, "varlist required", option.span)
            with_missing = missing or option.options.flag("missing")
            labelled = self.options.last("label") is None or self.options.flag("label")
            names, code, _ = groups_of(self.columns, option.value, self.rows, with_missing, labelled)
            if not names:
                raise StataError(2000, "no observations")
            out.append((option, self._relabelled(option, names), code))
        if len(out) > 3:
            raise StataError(198, "at most three over() options are allowed", out[3][0].span)
        return out

    def _relabelled(self, option: GraphOption, names: list[str]) -> list[str]:
        """Apply `relabel(1 "text" ...)`."""
        found = option.options.last("relabel")
        words: tuple[Marked, ...] = () if found is None else found.value or ()
        names = [plain(name) for name in names]
        for number, text in zip(words[::2], words[1::2], strict=False):
            if not number.text.isdecimal():
                raise StataError(198, "option relabel() incorrectly specified", option.span)
            if 1 <= int(number.text) <= len(names):
                names[int(number.text) - 1] = plain(text.text)
        return names

    def cells(self, rows: np.ndarray) -> tuple[np.ndarray, tuple[int, int, int]]:
        """Return each observation's cell (-1 for none), and the numbers of outer, middle, inner groups."""
        counts = [len(names) for _, names, _ in self.overs] + [1] * (3 - len(self.overs))
        used = rows.copy()
        code = np.zeros(len(rows), dtype=np.int64)
        for place in (2, 1, 0):
            if place < len(self.overs):
                group = self.overs[place][2]
                used &= group >= 0
                code = code * counts[place] + np.maximum(group, 0)
        return np.where(used, code, -1), (counts[2], counts[1], counts[0])

    def values(self, rows: np.ndarray) -> np.ndarray:
        """Return the statistics by cell, shape (third, second, first, series); NaN where there is none."""
        code, counts = self.cells(rows)
        size = counts[0] * counts[1] * counts[2]
        columns = [self._by_cell(series, code, size) for series in self.series]
        return np.stack(columns, axis=1).reshape(*counts, len(self.series))

    def _by_cell(self, series: Series, code: np.ndarray, size: int) -> np.ndarray:
        used = code >= 0
        x = np.ones(len(code)) if series.column is None else series.column.values
        used &= ~is_missing(x)
        w = None if self.weights is None else self.weights[used]
        kind = "" if w is None else (self.plot.weight or self.node.weight).kind  # type: ignore[union-attr]
        grouped = Grouped(x[used], code[used], size, w, "aweight" if kind == "weight" else kind)
        name = {"rawsum": "sum", "asis": "mean"}.get(series.statistic, series.statistic)
        if name in ("first", "last"):
            out = np.full(size, np.nan)
            order = slice(None, None, -1) if name == "first" else slice(None)
            out[code[used][order]] = x[used][order]
            return out
        if name in ("count", "percent"):
            counts = grouped.n
            return 100 * counts / max(counts.sum(), 1e-300) if name == "percent" else counts
        found = grouped.statistic(name)
        found = np.where(is_missing(found), np.nan, found)
        return np.where(grouped.n > 0, found, np.nan)

    # --- the graph --------------------------------------------------------------------------------------

    def graph(self) -> Graph:
        by = self.options.last("by")
        if by is None:
            layers, categories = self.layers(self.rows)
            return assembled(layers, self._options(), self.scheme, self.notes, categories, self._has_legend())
        names, code, note = parts_of(self.columns, by, self.rows)
        made = [self.layers(self.rows & (code == i)) for i in range(len(names))]
        panels = [Panel(name, tuple(layers)) for name, (layers, _) in zip(names, made, strict=True)]
        if by.options.flag("total"):
            panels.append(Panel("Total", tuple(self.layers(self.rows & (code >= 0))[0])))
        return by_graph(
            panels,
            by,
            self._options(),
            self.scheme,
            self.notes,
            note,
            made[0][1],
            self._has_legend(),
        )

    def _options(self) -> GraphOptions:
        """Return the options with those of the axis of categories turned to where that is drawn."""
        items = []
        for option in self.options:
            name = option.name
            if self.horizontal and name in (
                "ytitle",
                "ylabel",
                "yscale",
                "yline",
                "ytick",
                "ymtick",
                "ymlabel",
            ):
                option = replace(option, name="x" + name[1:])
            items.append(option)
        for over, _, _ in self.overs[:1]:
            label = over.options.last("label")
            if label is not None:
                stem = "y" if self.horizontal else "x"
                items.append(replace(label, name=f"{stem}label", value=None))
        values, groups = ("x", "y") if self.horizontal else ("y", "x")
        for name, letter, what in (
            ("yalternate", values, "alternate"),
            ("yreverse", values, "reverse"),
            ("xalternate", groups, "alternate"),
        ):
            if self.options.flag(name):
                turned = GraphOptions((GraphOption(what, None, GraphOptions()),))
                items.append(GraphOption(f"{letter}scale", None, turned))
        return GraphOptions(tuple(items))

    def _has_legend(self) -> bool:
        several = len(self.series) > 1 and not self.options.flag("ascategory")
        return several or self.as_series

    def arranged(self, values: np.ndarray) -> tuple[np.ndarray, list[list[str]], list[str]]:
        """Return values as (outer, inner, series), names of inner and outer groups, labels of series."""
        names = [list(found) for _, found, _ in self.overs] + [[""]] * (3 - len(self.overs))
        third, second, first, series = values.shape
        if self.options.flag("ascategory"):
            if second > 1 or third > 1:
                raise StataError(198, "at most one over() option with ascategory")
            table, labels = values[0, 0][:, :, None], [self.series[0].label]
            inner, outer = [one.label for one in self.series], names[0]
        elif self.as_series:
            table, labels = values[:, :, :, 0], names[0]
            inner, outer = names[1], names[2]
        elif series > 1 or third == 1:
            if third > 1:
                raise StataError(198, "at most two over() options with several variables")
            table, labels = values[0], [one.label for one in self.series]
            inner, outer = names[0], names[1]
        else:  # three over() variables: the innermost makes the bars of a group
            table, labels = values[:, :, :, 0], names[0]
            inner, outer = names[1], names[2]
        return table, [inner, outer], labels

    def layers(self, rows: np.ndarray) -> tuple[list[Layer], Categories]:
        """Return the layers of bars, dots or boxes of some observations, and the names of the categories."""
        if self.kind == "box":
            return self._boxes(rows)
        values, (inner, outer), labels = self.arranged(self.values(rows))
        inner_order, outer_order = self._orders(values)
        values = bars.ordered(values, (outer_order, inner_order, range(values.shape[2])))
        inner, outer = [inner[i] for i in inner_order], [outer[i] for i in outer_order]
        self._check_size(values.size)
        stack = self.options.flag("stack")
        shape = values.shape if not stack and self.kind != "dot" else (*values.shape[:2], 1)
        places = self._places((shape[0], shape[1], shape[2]))
        if self.kind == "dot":
            places = replace(places, bars=np.repeat(places.bars, values.shape[2], axis=2))
        base = self._base(values)
        styles = [replace(self._style(k), base=base) for k in range(values.shape[2])]
        plots = bars.series_plots(
            self.kind,
            places,
            values,
            labels,
            styles,
            [1] * len(labels),
            stack,
            self.options.flag("percentages"),
        )
        plots += tuple(label for plot in plots for label in self._bar_labels(plot))
        return [Layer(plots, Measure(), self._measure())], bars.category_labels(
            places, _named(inner), _named(outer)
        )

    def _base(self, values: np.ndarray) -> float:
        """Return where bars begin: zero, or with `exclude0` at a round number below all of them."""
        known = values[np.isfinite(values)]
        if not self.options.flag("exclude0") or not len(known) or known.min() <= 0:
            return 0.0
        first, *more = round_ticks(float(known.min()), float(known.max()))
        step = more[0] - first if more else abs(first) * 0.1
        return first if first <= known.min() else first - step

    def _check_size(self, size: int) -> None:
        if size > MOST_BARS:
            raise StataError(134, f"too many bars: {size}; at most {MOST_BARS} are drawn")

    def _measure(self) -> Measure:
        first = self.series[0]
        format = "%9.0g"
        if first.column is not None and first.statistic not in ("count", "percent", "sd"):
            format = first.column.measure.format
        if self.options.flag("percentages"):
            return Measure("percent", "%9.0g")
        title = first.label if len(self.series) == 1 else ""
        return Measure(title, format)

    def _places(self, shape: tuple[int, int, int]) -> bars.Places:
        gaps = [_gap(option.options.word("gap")) for option, _, _ in self.overs] + [None, None]
        if self.as_series:
            gaps = gaps[1:]
        between = _gap(self.options.word("bargap") or self.options.word("boxgap"))
        usual = 0.25 if self.kind == "box" else 0.0
        return bars.places_of(shape, usual if between is None else between, gaps[0], gaps[1])

    def _orders(self, values: np.ndarray) -> tuple[list[int], list[int]]:
        """Return the orders of inner and outer groups: `sort(1)` by a series, `descending`."""
        overs = [option for option, _, _ in self.overs]
        if self.options.flag("ascategory"):
            return list(range(values.shape[1])), list(range(values.shape[0]))
        if self.as_series or (values.ndim == 3 and len(overs) == 3):
            overs = overs[1:]
        out = []
        for axis, place in ((1, 0), (0, 1)):
            option = overs[place] if place < len(overs) else None
            n = values.shape[axis]
            out.append(list(range(n)) if option is None else self._order(option, values, axis))
        return out[0], out[1]

    def _order(self, option: GraphOption, values: np.ndarray, axis: int) -> list[int]:
        n = values.shape[axis]
        order = list(range(n))
        word = option.options.word("sort")
        if word:
            if word.isdecimal():
                if not 1 <= int(word) <= values.shape[2]:
                    raise StataError(198, f"option sort() incorrectly specified: {word}", option.span)
                key = np.nansum(values[:, :, int(word) - 1], axis=1 - axis)
            else:
                key = self._sort_key(word, option, n)
            order = [int(i) for i in np.argsort(key, kind="stable")]
        turned = option.options.flag("descending") != option.options.flag("reverse")
        return order[::-1] if turned else order

    def _sort_key(self, word: str, option: GraphOption, n: int) -> np.ndarray:
        """Return the mean of a variable in each group of an `over()`."""
        (column,) = self.columns.columns((Pattern(word, "", option.span),))
        code = next(code for known, _, code in self.overs if known is option)
        used = (code >= 0) & ~is_missing(column.values)
        return Grouped(column.values[used], code[used], n).mean

    def _style(self, k: int) -> Style:
        """Return the style of series `k`: that of the graph's options, over it that of `bar(#, look)`."""
        name = {"box": "box", "dot": "marker"}.get(self.kind, "bar")
        own = GraphOptions(
            tuple(
                item
                for option in self.options.every(name, "marker" if self.kind == "box" else name)
                if option.value == k + 1
                for item in option.options
            )
        )
        general = GraphOptions(self.options.every("intensity"))
        look = Looks(GraphOptions(general.items + own.items), self.scheme, self.notes)
        style = look.style({"box": "box", "dot": "dot"}.get(self.kind, "bar"), 0)
        return replace(style, horizontal=self.horizontal)

    def _bar_labels(self, plot: Plot) -> list[Plot]:
        """Return points without symbols that write values at the bars (`blabel(bar)`)."""
        option = self.options.last("blabel")
        what = option.value[0].text if option is not None and option.value else "none"
        if option is None or what == "none" or not len(plot.x):
            return []
        if what not in ("bar", "total", "name", "group"):
            raise StataError(198, f"option blabel() incorrectly specified: {what}", option.span)
        look = option.options
        base = plot.y2 if len(plot.y2) else np.zeros(len(plot.y))
        format = look.word("format") or "%9.0g"
        values = plot.y - base if what == "bar" else plot.y
        texts = tuple(
            plot.label if what in ("name", "group") else format_value(float(value), format).strip()
            for value in values
        )
        inside = look.word("position") in ("center", "inside", "base") or (len(plot.y2) > 0 and what == "bar")
        size = look.word("size")
        style = Style(
            symbol="none",
            horizontal=self.horizontal,
            label_position=0 if inside else (3 if self.horizontal else 12),
            label_size=text_size(size, self.scheme.label_size) if size else None,
            label_color=color_word(look, "color", self.scheme, self.notes) or ("#ffffffff" if inside else ""),
        )
        at = (plot.y + base) / 2 if inside else plot.y
        across = plot.x
        if not inside:  # one point without text makes room for the texts beyond the bars
            room = float(plot.y.max()) + HEADROOM * float(np.ptp(np.r_[0.0, plot.y]))
            at, across, texts = np.r_[at, room], np.r_[across, across[-1]], (*texts, "")
        return [Plot("scatter", across, at, style=style, texts=texts)]

    # --- boxes ------------------------------------------------------------------------------------------

    def _boxes(self, rows: np.ndarray) -> tuple[list[Layer], Categories]:
        code, counts = self.cells(rows)
        size = counts[0] * counts[1] * counts[2]
        self._check_size(size * len(self.series))
        figures = np.full((size, len(self.series), 5), np.nan)
        outside: dict[tuple[int, int], np.ndarray] = {}
        for k, series in enumerate(self.series):
            assert series.column is not None
            x = series.column.values
            used = (code >= 0) & ~is_missing(x)
            order = np.flatnonzero(used)[np.argsort(code[used], kind="stable")]
            cuts = np.searchsorted(code[order], np.arange(size + 1))
            for cell in range(size):  # over boxes
                members = order[cuts[cell] : cuts[cell + 1]]
                if len(members):
                    w = None if self.weights is None else self.weights[members]
                    figures[cell, k], outside[cell, k] = box_figures(x[members], w)
        medians = figures[:, :, 2].reshape(*counts, len(self.series))
        table, (inner, outer), labels = self.arranged(medians)
        inner_order, outer_order = self._orders(table)
        cells = np.arange(size * len(self.series)).reshape(size, len(self.series)).reshape(*counts, -1)
        numbers, _, _ = self.arranged(cells)
        numbers = bars.ordered(numbers, (outer_order, inner_order, range(numbers.shape[2])))
        places = self._places((numbers.shape[0], numbers.shape[1], numbers.shape[2]))
        plots = tuple(
            self._box_plot(k, numbers[:, :, k], places.bars[:, :, k], figures, outside, label)
            for k, label in enumerate(labels)
        )
        names = [inner[i] for i in inner_order], [outer[i] for i in outer_order]
        categories = bars.category_labels(places, _named(names[0]), _named(names[1]))
        return [Layer(plots, Measure(), self._measure())], categories

    def _box_plot(
        self,
        k: int,
        numbers: np.ndarray,
        at: np.ndarray,
        figures: np.ndarray,
        outside: dict[tuple[int, int], np.ndarray],
        label: str,
    ) -> Plot:
        boxes, middles, points, point_middles = [], [], [np.empty(0)], [np.empty(0)]
        for number, middle in zip(numbers.ravel().tolist(), at.ravel().tolist(), strict=True):
            key = divmod(number, len(self.series))
            if key in outside:
                boxes.append(figures[key])
                middles.append(middle)
                points.append(outside[key])
                point_middles.append(np.full(len(outside[key]), middle))
        hidden = self.options.last("outsides") is not None and not self.options.flag("outsides")
        return Plot(
            "box",
            np.array(middles),
            np.empty(0) if hidden else np.concatenate(points),
            x2=np.empty(0) if hidden else np.concatenate(point_middles),
            boxes=np.array(boxes).reshape(-1, 5),
            style=replace(self._style(k), bar_width=0.85),
            label=label,
        )


def _named(names: list[str]) -> list[str]:
    """Return names of groups; none where there is no variable that makes them."""
    return [] if names == [""] else names


def _gap(word: str) -> float | None:
    """Return a gap in widths of a bar: per cent, or `*#` of the usual one."""
    if not word:
        return None
    try:
        return bars.INNER_GAP * float(word[1:]) if word.startswith("*") else float(word) / 100
    except ValueError:
        raise StataError(198, f"option gap() incorrectly specified: {word}") from None
