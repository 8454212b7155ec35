"""avplot, avplots, cprplot, acprplot: what one covariate of a regression adds to the others."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Columns
from xmixed.commands.graphics.layers.curves import lowess_settings
from xmixed.commands.graphics.layers.points import with_texts
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import draw_layers, lone_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.linear.diagnostics import FittedSample
from xmixed.estimation.linear.refit import Refitted, fitted_sample
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import resolve_name
from xmixed.formats import format_value
from xmixed.graphics import curves
from xmixed.graphics.assemble import assembled, grid_of
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Graph, Heading, Panels, Plot, Titles
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import titles_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import region_of, scheme_from, with_sizes
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphOptionSpec, GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import NO_OPTIONS, GraphCommand, GraphOptions
from xmixed.language.syntax import Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.linear.blocks import Column, linear_combination
from xmixed.statistics.linear.least_squares import least_squares

MOST_PANELS = 100
NOTE_SIZE = 7.5
"""Of the figures below one of many graphs."""
_LOOKS = (GraphOptionSpec("rlopts", "rlop", "text", content="options", inside=tables.FIT_OPTIONS),)
_CURVES = (
    GraphOptionSpec("lowess", "low", "negatable", "a lowess curve too", content="flag"),
    GraphOptionSpec("mspline", "msp", "negatable", "a median spline too", content="flag"),
    GraphOptionSpec("lsopts", "lsop", "text", content="options", inside=tables.SMOOTH_OPTIONS),
    GraphOptionSpec("msopts", "msop", "text", content="options", inside=tables.BAND_OPTIONS),
)


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """A covariate and what it explains beside the others.

    Attributes
    ----------
    name : str
    x, y : ndarray, shape (n,)
        Over the estimation sample.
    coefficient, error : float
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    coefficient: float
    error: float


class Regression:
    """The last regression with its data, and what its covariates add to each other."""

    def __init__(self, session: SessionState, node: GraphCommand) -> None:
        self.session, self.estimates = session, session.e
        self.columns = Columns(session, node)
        self.sample: Refitted = fitted_sample(session.e, Context.of(session))
        self.data: FittedSample = self.sample.data

    def place(self, name: str) -> int | None:
        """Return the column of a covariate; None for a variable that the model does not have."""
        names = [term.without_marks() if term.parts else "" for term in self.sample.terms]
        return names.index(name) if name in names else None

    def _without(self, y: np.ndarray, columns: tuple[Column, ...]) -> np.ndarray:
        """Return what a regression on some columns leaves of y."""
        fit = least_squares(y, columns, self.data.weights)
        return y - linear_combination(columns, fit.beta, len(y))

    def values(self, name: str) -> np.ndarray:
        """Return a variable of the data over the sample; r(459) where it has missing values there."""
        values = self.sample.values(self.session.data[resolve_name(name, self.session.data)].to_double())
        if is_missing(values).any():
            raise StataError(459, f"{name} has missing values in the estimation sample")
        return values

    def added(self, name: str) -> Partial:
        """Return what is left of y and of a covariate by all the others."""
        place = self.place(name)
        columns = self.data.columns
        if place is not None:
            x, others = self._column(columns[place]), columns[:place] + columns[place + 1 :]
            b, se = self._coefficient(name)
            return Partial(name, self._without(x, others), self._without(self.data.y, others), b, se)
        x = self.values(name)
        fit = least_squares(self.data.y, (*columns, x), self.data.weights)
        variance = fit.inverse[-1, -1] * fit.rss / max(self.data.n - fit.rank, 1)
        b, se = float(fit.beta[-1]), math.sqrt(max(variance, 0.0))
        return Partial(name, self._without(x, columns), self._without(self.data.y, columns), b, se)

    def _column(self, column: Column) -> np.ndarray:
        return np.ones(len(self.data.y)) if column is None else np.asarray(column, dtype=np.float64)

    def _coefficient(self, name: str) -> tuple[float, float]:
        known = Coefficients.of(self.estimates)
        i = known.names.index(name)
        return float(known.b[i]), math.sqrt(max(float(known.V[i, i]), 0.0))

    def component(self, name: str, augmented: bool) -> Partial:
        """Return a covariate, and residuals with its own part of the prediction added to them.

        `augmented`: of the regression that has its square too.
        """
        place = self.place(name)
        if place is None:
            raise StataError(398, f"{name} is not in the model")
        x = self._column(self.data.columns[place])
        b, se = self._coefficient(name)
        if not augmented:
            return Partial(name, x, self.data.y - self.data.fitted + b * x, b, se)
        columns = (*self.data.columns, x**2)
        fit = least_squares(self.data.y, columns, self.data.weights)
        left = self.data.y - linear_combination(columns, fit.beta, len(x))
        return Partial(name, x, left + fit.beta[place] * x + fit.beta[-1] * x**2, b, se)


def _covariate(node: GraphCommand) -> str:
    words = node.plots[0].argument
    if len(words) != 1:
        raise StataError(102 if not words else 103, "one variable required")
    return words[0].text


def _inside(looks: Looks, name: str) -> tuple[GraphOptions, Looks]:
    """Return the options inside of an option, and their looks."""
    option = looks.options.last(name)
    options = NO_OPTIONS if option is None else option.options
    return options, Looks(options, looks.scheme, looks.notes)


def _fitted_line(looks: Looks, x: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> Plot:
    line = curves.fitted_polynomial(x, y, 1, weights)
    return Plot("line", line.x, line.y, style=_inside(looks, "rlopts")[1].style("line", 0), label="Fitted")


def _points(looks: Looks, model: Regression, found: Partial) -> Plot:
    plot = Plot("scatter", found.x, found.y, style=looks.style("scatter", 0), label="Observations")
    return with_texts(plot, model.columns, looks.options, model.sample.rows)


# --- added variables --------------------------------------------------------------------------------------


def _added_layers(looks: Looks, model: Regression, found: Partial) -> list[Layer]:
    across = Measure(f"e( {found.name} | X )")
    along = Measure(f"e( {model.estimates.macros.get('depvar', 'y')} | X )")
    plots = (
        _points(looks, model, found),
        _fitted_line(looks, found.x, found.y, model.data.weights),
    )
    return [Layer(plots, across, along, (along.title,))]


def _note(found: Partial) -> Heading:
    b, se = (format_value(value, "%9.0g").strip() for value in (found.coefficient, found.error))
    t = found.coefficient / found.error if found.error > 0 else math.inf
    return Heading((f"coef = {b}, se = {se}, t = {t:.2f}",))


@command(
    "avplot",
    syntax=lone_syntax("avplot", "marked", more=_LOOKS),
    synopsis="avplot indepvar [, rlopts() options]",
    needs=("estimates",),
    after=("regress",),
    keeps_r=True,
)
def avplot(session: SessionState, node: GraphCommand) -> None:
    model = Regression(session, node)
    found = model.added(_covariate(node))
    usual = Titles(note=_note(found))
    draw_layers(session, node, lambda looks: _added_layers(looks, model, found), False, usual)


_AVPLOTS = GraphSyntax(
    "graph",
    options=tables.COMBINE,
    plots=(PlotSyntax("avplots", "avplots", Syntax("none"), (*_LOOKS, *tables.POINT_OPTIONS)),),
)


@command(
    "avplots",
    syntax=_AVPLOTS,
    synopsis="avplots [, rlopts() options]",
    needs=("estimates",),
    after=("regress",),
    keeps_r=True,
)
def avplots(session: SessionState, node: GraphCommand) -> None:
    """Draw the added-variable plots of all covariates in one graph."""
    model, notes = Regression(session, node), Notes()
    scheme = scheme_from(node.options, session.settings.scheme, notes)
    looks = Looks(node.plots[0].options, scheme, notes)
    names = model.sample.names
    if not names:
        raise StataError(398, "the model has no covariates")
    if len(names) > MOST_PANELS:
        raise StataError(134, f"too many covariates: {len(names)}; at most {MOST_PANELS} are drawn")
    graphs = []
    for name in names:
        found = model.added(name)
        layers = _added_layers(looks, model, found)
        graph = assembled(layers, NO_OPTIONS, scheme, notes, legend=False)
        graphs.append(replace(graph, titles=Titles(note=replace(_note(found), size=NOTE_SIZE))))
    rows, columns = grid_of(len(graphs), node.options)
    graph = Graph(
        titles=titles_of(node.options, scheme, notes),
        panels=Panels(tuple(graphs), rows, columns),
        scheme=scheme.name,
        region=region_of(node.options, scheme, notes),
    )
    finish(session, with_sizes(graph, node.options, notes), node, node.options, notes)


# --- components plus residuals ----------------------------------------------------------------------------


def _component(session: SessionState, node: GraphCommand, augmented: bool) -> None:
    model = Regression(session, node)
    found = model.component(_covariate(node), augmented)
    data = session.data
    label = plain(data[found.name].label or found.name) if found.name in data else found.name
    across = Measure(label)
    along = Measure("Augmented component plus residual" if augmented else "Component plus residual")

    def make(looks: Looks) -> list[Layer]:
        plots = [
            _points(looks, model, found),
            _fitted_line(looks, found.x, found.y, model.data.weights),
        ]
        if looks.options.flag("lowess") or "lsopts" in looks.options:
            options, own = _inside(looks, "lsopts")
            curve = curves.lowess_curve(found.x, found.y, lowess_settings(options))
            plots.append(Plot("line", curve.x, curve.y, style=own.style("line", 0), label="lowess"))
        if looks.options.flag("mspline") or "msopts" in looks.options:
            options, own = _inside(looks, "msopts")
            curve = curves.spline_curve(found.x, found.y, int(options.value("bands", 0)))
            plots.append(Plot("line", curve.x, curve.y, style=own.style("line", 0), label="Median spline"))
        return [Layer(tuple(plots), across, along, (along.title,))]

    draw_layers(session, node, make, False)


@command(
    "cprplot",
    syntax=lone_syntax("cprplot", "marked", more=(*_LOOKS, *_CURVES)),
    synopsis="cprplot indepvar [, lowess mspline rlopts() lsopts() msopts() options]",
    needs=("estimates",),
    after=("regress",),
    keeps_r=True,
)
def cprplot(session: SessionState, node: GraphCommand) -> None:
    _component(session, node, augmented=False)


@command(
    "acprplot",
    syntax=lone_syntax("acprplot", "marked", more=(*_LOOKS, *_CURVES)),
    synopsis="acprplot indepvar [, lowess mspline rlopts() lsopts() msopts() options]",
    needs=("estimates",),
    after=("regress",),
    keeps_r=True,
)
def acprplot(session: SessionState, node: GraphCommand) -> None:
    _component(session, node, augmented=True)
