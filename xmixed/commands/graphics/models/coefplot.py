"""coefplot: coefficients of one or several models as points with confidence intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.graphics.layers.added import AddedPlots
from xmixed.commands.graphics.plot_syntax import GRAPH_OPTIONS
from xmixed.commands.graphics.show import finish
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.expressions.varlist import matches_pattern
from xmixed.formats import format_value
from xmixed.graphics.assemble import Categories, assembled
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import RANGES, Graph, Plot, Tick
from xmixed.graphics.options import tables
from xmixed.graphics.options.legends import legend_of_some
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import scheme_from
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import Content, GraphOptionSpec, GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import GraphCommand, GraphOption, GraphOptions, PlotNode
from xmixed.language.syntax import Syntax
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates
from xmixed.statistics.distributions import normal_quantile, t_quantile

_HELP = {
    "keep": "coefficients to show",
    "drop": "coefficients not to show",
    "rename": "pairs of old and new names",
    "levels": "levels of the intervals",
    "ci": "intervals; noci leaves them out",
    "ciopts": "looks of the intervals",
    "eform": "exponentiated coefficients",
    "omitted": "omitted coefficients too",
    "baselevels": "base levels too",
    "mlabel": "values beside the points",
    "format": "display format of these values",
    "offsets": "models beside each other; nooffsets draws them over each other",
    "label": "name of a model in the legend",
    "offset": "how far a model is moved aside",
    "order": "coefficients to show first",
    "coeflabels": "labels of coefficients",
    "vertical": "coefficients along the x axis",
    "horizontal": "coefficients along the y axis",
    "labels": "labels of variables; nolabels shows names",
    "headings": "headings between coefficients",
    "groups": "labels of groups of coefficients",
    "grid": "lines between coefficients",
    "byopts": "looks of the panels",
    "bylabel": "labels of the panels",
    "eqlabels": "labels of the equations",
    "plotlabels": "labels of the models",
    "cismooth": "intervals of many levels, shaded",
    "citop": "intervals above the points",
    "barwidth": "width of bars",
}


def _option(
    name: str, minimum: str, content: Content = "marked", inside: tuple[GraphOptionSpec, ...] = ()
) -> GraphOptionSpec:
    kind = "negatable" if content == "flag" else "text"
    return GraphOptionSpec(name, minimum, kind, _HELP.get(name, ""), content=content, inside=inside)


def _words(names: str) -> tuple[GraphOptionSpec, ...]:
    """Return options that are accepted without effect."""
    return tuple(
        GraphOptionSpec(name, name, "text", _HELP.get(name, ""), content="marked", drawn=False, bare=True)
        for name in names.split()
    )


_CHOICE = (
    _option("keep", "keep"),
    _option("drop", "drop"),
    _option("rename", "rename"),
    _option("levels", "lev", "numbers"),
    _option("ci", "ci", "flag"),
    _option("ciopts", "ciop", "options", tables.RANGE_OPTIONS),
    _option("eform", "eform", "flag"),
    _option("omitted", "omit", "flag"),
    _option("baselevels", "base", "flag"),
    GraphOptionSpec("mlabel", "mlab", "text", _HELP["mlabel"], content="marked", bare=True),
    _option("format", "format"),
    _option("label", "lab", "title"),
    _option("offset", "off", "number"),
)
_MODEL = (*_CHOICE, *(option for option in tables.POINT_OPTIONS if option.name != "mlabel"))
_COMMAND = (
    *(option for option in _CHOICE if option.name not in ("label", "offset")),
    _option("order", "order"),
    GraphOptionSpec(
        "coeflabels",
        "coefl",
        "text",
        _HELP["coeflabels"],
        content="marked",
        inside=_words("wrap truncate break"),
    ),
    _option("offsets", "offsets", "flag"),
    *_words("headings groups grid byopts bylabel eqlabels plotlabels cismooth citop barwidth"),
    _option("vertical", "vert", "flag"),
    _option("horizontal", "hor", "flag"),
    _option("labels", "labels", "flag"),
)
"""Options of the whole; those of a model may stand among them where there is one model."""
SYNTAX = GraphSyntax(
    "graph",
    options=(*_COMMAND, *GRAPH_OPTIONS),
    plots=(PlotSyntax("coefplot", "coefplot", Syntax("marked"), _MODEL, groups=True),),
)
DODGE = 0.16
"""Distance of the same coefficient in two models, in distances of coefficients."""


@command(
    "coefplot",
    syntax=SYNTAX,
    synopsis="coefplot [name ...] [, keep(names) drop(names) order(names) levels(numlist) vertical options]"
    "  or  coefplot (name, options) (name, options) [, options]",
    needs=("estimates",),
    keeps_r=True,
)
def coefplot(session: SessionState, node: GraphCommand) -> None:
    maker = CoefficientMaker(session, node)
    finish(session, maker.graph(), node, node.options, maker.notes)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The coefficients of one model.

    Attributes
    ----------
    label : str
    names : tuple of str
        As they are shown.
    b : ndarray, shape (k,)
    limits : tuple of (level, low, high)
        Arrays of shape (k,).
    options : GraphOptions
    """

    label: str
    names: tuple[str, ...]
    b: np.ndarray
    limits: tuple[tuple[float, np.ndarray, np.ndarray], ...]
    options: GraphOptions


class CoefficientMaker:
    """Makes the graph of coefficients of models."""

    def __init__(self, session: SessionState, node: GraphCommand) -> None:
        self.session, self.node = session, node
        self.notes = Notes()
        self.scheme = scheme_from(node.options, session.settings.scheme, self.notes)
        self.whole = GraphOptions(
            (*node.options.items, *(item for plot in node.plots for item in plot.options.items))
        )
        self.series = [series for plot in node.plots for series in self._series(plot)]
        self.labels: dict[str, str] = {}

    def _series(self, plot: PlotNode) -> list[Series]:
        words = [word.text for word in plot.argument] or ["."]
        return [self._model(word, stored_estimates(self.session, word), plot.options) for word in words]

    def _model(self, name: str, estimates: Estimates, own: GraphOptions) -> Series:
        options = GraphOptions((*self.node.options.items, *own.items))
        known = Coefficients.of(estimates)
        chosen = [i for i, full in enumerate(known.names) if self._is_chosen(full, known, i, options)]
        if not chosen:
            raise StataError(111, f"{name}: no coefficients found")
        several = len({full.rpartition(":")[0] for full in (known.names[i] for i in chosen)}) > 1
        renamed = _pairs(options, "rename")
        shown = []
        for i in chosen:
            equation, _, coefficient = known.names[i].rpartition(":")
            coefficient = renamed.get(coefficient, coefficient)
            shown.append(f"{equation}:{coefficient}" if several else coefficient)
        b = known.b[chosen]
        se = np.sqrt(np.maximum(np.diag(known.V)[chosen], 0.0))
        limits = tuple(self._limits(level, b, se, estimates) for level in self._levels(options))
        if options.flag("eform"):
            b = np.exp(b)
            limits = tuple((level, np.exp(low), np.exp(high)) for level, low, high in limits)
        title = options.last("label")
        label = plain(title.value[0]) if title is not None and title.value else estimates.title or name
        label = label if label != "." else estimates.macros.get("depvar", ".")
        return Series(label, tuple(shown), b, limits, own)

    def _levels(self, options: GraphOptions) -> tuple[float, ...]:
        if options.last("ci") is not None and not options.flag("ci"):
            return ()
        levels = options.value("levels", (self.session.settings.level,))
        if not all(10 <= level <= 99.99 for level in levels):
            raise StataError(198, "levels() must be between 10 and 99.99 inclusive")
        return tuple(levels)

    def _limits(
        self, level: float, b: np.ndarray, se: np.ndarray, estimates: Estimates
    ) -> tuple[float, np.ndarray, np.ndarray]:
        df = estimates.scalars.get("df_r")
        half = (normal_quantile(level) if df is None else t_quantile(level, df)) * se
        return level, b - half, b + half

    def _is_chosen(self, full: str, known: Coefficients, i: int, options: GraphOptions) -> bool:
        """Return whether a coefficient is shown: of the first equation, unless `keep()` names others."""
        equation, _, name = full.rpartition(":")
        head = name.partition(".")[0] if "." in name else ""
        if head.endswith("b") and not options.flag("baselevels") and known.V[i, i] == 0:
            return False
        if head.endswith("o") and not options.flag("omitted") and known.V[i, i] == 0:
            return False
        keep, drop = options.words("keep"), options.words("drop")
        first = known.names[0].rpartition(":")[0]
        if keep:
            kept = any(_matches(full, pattern, first) for pattern in keep)
        else:
            kept = equation == first
        return kept and not any(_matches(full, pattern, equation) for pattern in drop)

    # --- the graph --------------------------------------------------------------------------------------

    def graph(self) -> Graph:
        names = self._order()
        places = {name: float(i) for i, name in enumerate(names)}
        horizontal = not self.whole.flag("vertical")
        layers = [self._layer(i, series, places, horizontal) for i, series in enumerate(self.series)]
        ticks = tuple(Tick(places[name], self._text(name)) for name in names)
        ends = GraphOptions((GraphOption("range", (-0.5, len(names) - 0.5), GraphOptions()),))
        scale = GraphOption("yscale" if horizontal else "xscale", None, ends)  # room at either end
        options = GraphOptions((scale, *self.node.options.items))
        layers = AddedPlots(self.session, options, self.scheme, self.notes).around(layers)
        graph = assembled(layers, options, self.scheme, self.notes, Categories(ticks), legend=False)
        points = [i for i, plot in enumerate(graph.plots) if plot.kind not in RANGES]
        given = self.node.options.every("legend")
        legend = legend_of_some(given, graph.plots, points, self.scheme, self.notes)
        return replace(graph, legend=legend)

    def _order(self) -> list[str]:
        """Return the coefficients of all models in the order drawn: `order()` first."""
        names = list(dict.fromkeys(name for series in self.series for name in series.names))
        front = [
            name for pattern in self.whole.words("order") for name in names if _matches(name, pattern, "")
        ]
        if "sort" in self.whole:  # by the first model that has each
            known = {
                name: b for one in reversed(self.series) for name, b in zip(one.names, one.b, strict=True)
            }
            names = sorted(names, key=known.__getitem__)
        return list(dict.fromkeys([*front, *names]))

    def _layer(self, i: int, series: Series, places: dict[str, float], horizontal: bool) -> Layer:
        count = len(self.series)
        offset = series.options.value("offset")
        apart = 0.0 if self.whole.last("offsets") is not None and not self.whole.flag("offsets") else DODGE
        shift = (i - (count - 1) / 2) * apart if offset is None else -offset
        x = np.array([places[name] for name in series.names]) + (shift if count > 1 or offset else 0.0)
        general = GraphOptions((*self.node.options.items, *series.options.items))
        looks = Looks(series.options, self.scheme, self.notes)
        number = looks.number(i + 1, 0)
        plots = [
            self._interval(general, place, x, low, high, number, horizontal)
            for place, (_, low, high) in enumerate(series.limits)
        ]
        kind = series.options.word("recast") or "scatter"
        if kind not in ("scatter", "connected", "line", "bar", "dot", "dropline", "spike"):
            raise StataError(198, f"option recast() incorrectly specified: {kind}")
        style = replace(looks.style(kind, 0), horizontal=horizontal)
        plot = Plot(kind, x, series.b, style=style, label=plain(series.label), number=-number)
        plots.append(self._with_values(plot, general, horizontal))
        return Layer(tuple(plots), Measure(), Measure())

    def _with_values(self, plot: Plot, options: GraphOptions, horizontal: bool) -> Plot:
        """Return points with their coefficients beside them, where `mlabel` asks for it."""
        if "mlabel" not in options:
            return plot
        format = options.word("format") or "%9.3g"
        texts = tuple(format_value(float(value), format).strip() for value in plot.y)
        asked = "mlabposition" in options
        usual = 12 if horizontal else 3
        style = plot.style if asked else replace(plot.style, label_position=usual)
        return replace(plot, texts=texts, style=style)

    def _interval(
        self,
        options: GraphOptions,
        place: int,
        x: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
        number: int,
        horizontal: bool,
    ) -> Plot:
        found = options.last("ciopts")
        inside = GraphOptions() if found is None else found.options
        looks = Looks(inside, self.scheme, self.notes)
        kind = looks.word("recast", place) or "rspike"
        if kind not in RANGES:
            raise StataError(198, f"option ciopts() incorrectly specified: {kind}")
        style = replace(looks.style(kind, place), horizontal=horizontal)
        if place and style.line.width is None:  # inner intervals are wider
            style = replace(style, line=replace(style.line, width=self.scheme.line_width * (1 + 1.2 * place)))
        return Plot(kind, x, low, y2=high, style=style, number=-number)

    # --- names ------------------------------------------------------------------------------------------

    def _text(self, name: str) -> str:
        given = _labels(self.whole)
        if name in given:
            return plain(given[name])
        equation, _, coefficient = name.rpartition(":")
        if coefficient in given:
            return plain(given[coefficient])
        if self.whole.last("labels") is not None and not self.whole.flag("labels"):
            return name
        parts = [self._part(part) for part in coefficient.split("#")]
        text = " # ".join(parts)
        return f"{equation}: {text}" if equation else text

    def _part(self, part: str) -> str:
        """Return the label of a variable, or of a level of one."""
        data = self.session.data
        level, point, variable = part.partition(".")
        if not point:
            return plain(data[part].label or part) if part in data else part
        if variable not in data:
            return part
        label = plain(data[variable].label or variable)
        number = level.rstrip("bno")
        if not number.isdecimal():
            return label
        table = data.value_labels.get(data[variable].value_label, {})
        return plain(table.get(int(number), f"{variable}={number}"))


def _matches(full: str, pattern: str, equation: str) -> bool:
    """Return whether a coefficient fits a pattern; one without an equation means those of `equation`."""
    own, _, name = full.rpartition(":")
    if ":" in pattern:
        wanted, _, rest = pattern.rpartition(":")
        return matches_pattern(own, wanted or "*") and matches_pattern(name, rest or "*")
    return own == equation and matches_pattern(name, pattern)


def _pairs(options: GraphOptions, name: str) -> dict[str, str]:
    """Return what `rename(old = new ...)` says."""
    words = " ".join(options.words(name)).replace(" = ", "=").replace("= ", "=").replace(" =", "=").split()
    pairs = [word.partition("=") for word in words]
    if any(not (old and sign and new) for old, sign, new in pairs):
        raise StataError(198, f"option {name}() incorrectly specified")
    return {old: new for old, _, new in pairs}


def _labels(options: GraphOptions) -> dict[str, str]:
    """Return what `coeflabels(name = "text" ...)` says."""
    found: dict[str, str] = {}
    key = ""
    for word in options.value("coeflabels", ()):
        if word.quoted:
            found[key.rstrip("=")] = word.text
            key = ""
        else:
            key += word.text
    return found
