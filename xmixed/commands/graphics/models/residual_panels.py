"""estat residuals: four graphs of what a mixed model leaves over, in one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.models.fitted import Fitted, first_rows, level_named
from xmixed.commands.graphics.show import finish
from xmixed.commands.registry import subcommand
from xmixed.estimation.inference.prediction import read_request
from xmixed.graphics import curves
from xmixed.graphics.assemble import assembled, grid_of
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Graph, Heading, Panels, Plot, Stroke, Style, Titles
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import titles_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import region_of, scheme_from, with_sizes
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphOptionSpec, GraphSyntax, PlotSyntax
from xmixed.language.nodes.graphs import NO_OPTIONS, GraphCommand
from xmixed.language.syntax import Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

_LEVEL = GraphOptionSpec("relevel", "rel", "text", "level whose random effects are shown", content="marked")
SYNTAX = GraphSyntax(
    "graph",
    options=tables.COMBINE,
    plots=(PlotSyntax("residuals", "residuals", Syntax("none"), (_LEVEL, *tables.POINT_OPTIONS)),),
)
_ZERO = Style(line=Stroke("#7f7f7fff", 0.9))
SMALL = 3.6
"""Size of symbols that were given none, points."""
_CURVE = -2
"""The look of curves and of the lines on which points should lie."""


@subcommand(
    "estat",
    "residuals",
    syntax=SYNTAX,
    synopsis="estat residuals [, relevel(levelvar) options]",
    needs=("estimates",),
    after=("xtmixed", "mixed"),
    keeps_r=True,
)
def residuals(session: SessionState, node: GraphCommand) -> None:
    """Draw residuals by fitted values, against the normal and as a histogram; and random effects."""
    model = Fitted(session)
    notes = Notes()
    scheme = scheme_from(node.options, session.settings.scheme, notes)
    looks = Looks(node.plots[0].options, scheme, notes)
    marks = replace(looks.style("scatter", 0), symbol_size=looks.style("scatter", 0).symbol_size or SMALL)
    fitted, left = model.fitted(), model.prediction("rstandard")[0]
    used = ~is_missing(fitted) & ~is_missing(left)
    fitted, left = fitted[used], left[used]
    name = "Standardized residuals"
    parts = [
        ("Residuals by fitted values", _by_fitted(marks, fitted, left)),
        ("Residuals against the normal", [_normal_quantiles(marks, [left], Measure(name))]),
        ("Distribution of residuals", _histogram(left, Measure(name))),
        _last_panel(session, model, node, marks, fitted, left),
    ]
    graphs = []
    for title, layers in parts:
        graph = assembled(layers, NO_OPTIONS, scheme, notes, legend=_labelled(layers))
        # points lie along the diagonal: the upper left corner is free
        legend = replace(graph.legend, ring=0, position=11)
        graphs.append(replace(graph, titles=Titles(subtitle=Heading((plain(title),))), legend=legend))
    rows, columns = grid_of(len(graphs), node.options)
    whole = Graph(
        titles=titles_of(node.options, scheme, notes),
        panels=Panels(tuple(graphs), rows, columns),
        scheme=scheme.name,
        region=region_of(node.options, scheme, notes),
    )
    finish(session, with_sizes(whole, node.options, notes), node, node.options, notes)


def _by_fitted(marks: Style, fitted: np.ndarray, left: np.ndarray) -> list[Layer]:
    points = Plot("scatter", fitted, left, style=marks, number=-1)
    ends = np.array([fitted.min(), fitted.max()])
    zero = Plot("line", ends, np.zeros(2), style=_ZERO)
    curve = curves.lowess_curve(fitted, left)
    smooth = Plot("line", curve.x, curve.y, number=_CURVE)
    return [Layer((zero, points, smooth), Measure("Fitted values"), Measure("Standardized residuals"))]


def _normal_quantiles(
    marks: Style, samples: list[np.ndarray], measure: Measure, names: tuple[str, ...] = ("",)
) -> Layer:
    """Return ordered numbers against those expected of a normal distribution of mean 0 and their own sd."""
    from scipy.special import ndtri

    plots = []
    for i, (sample, name) in enumerate(zip(samples, names, strict=True)):
        n = len(sample)
        expected = ndtri(np.arange(1, n + 1) / (n + 1))
        number = -1 if i == 0 else -(i + 2)
        plots.append(Plot("scatter", expected, np.sort(sample), style=marks, number=number, label=name))
    ends = np.array([min(p.x[0] for p in plots), max(p.x[-1] for p in plots)]) if plots else np.empty(0)
    plots.append(Plot("line", ends, ends, number=_CURVE))
    return Layer(tuple(plots), Measure("Inverse Normal"), measure)


def _histogram(left: np.ndarray, measure: Measure) -> list[Layer]:
    bins = curves.bins_of(left, len(left), count=None, width=None, start=None, discrete=False)
    bars = curves.histogram(left, bins, "density")
    plot = Plot("bar", bars.x, bars.y, style=Style(bar_width=bins.width), number=-1)
    low, high = bins.start, bins.start + bins.count * bins.width
    normal = curves.normal_curve(0.0, 1.0, min(low, -3.0), max(high, 3.0))
    return [Layer((plot, Plot("line", normal.x, normal.y, number=_CURVE)), measure, Measure("Density"))]


def _last_panel(
    session: SessionState,
    model: Fitted,
    node: GraphCommand,
    marks: Style,
    fitted: np.ndarray,
    left: np.ndarray,
) -> tuple[str, list[Layer]]:
    """Return the random effects of a level against the normal; without any the size of residuals."""
    levels = model.levels()
    asked = node.plots[0].options.word("relevel")
    if not levels and not asked:
        size = Plot("scatter", fitted, np.sqrt(np.abs(left)), style=marks, number=-1)
        curve = curves.lowess_curve(fitted, size.y)
        smooth = Plot("line", curve.x, curve.y, number=_CURVE)
        return "Size of residuals", [
            Layer((size, smooth), Measure("Fitted values"), Measure("Root of their absolute value"))
        ]
    level = level_named(model, asked or levels[-1])
    effects = model.prediction(f"reffects relevel({level})")
    levels = model.levels(whole=True)
    first = first_rows(session, levels[: levels.index(level) + 1], model.rows)
    request = read_request(model.estimator.statistics, f"reffects relevel({level})")
    samples = {}
    for label, effect in zip(request.labels(model.estimates), effects, strict=True):
        column = effect[first]
        known = column[~is_missing(column)]
        sd = float(known.std()) if len(known) else 0.0
        if sd > 0:
            samples[plain(_short(label))] = known / sd
    names = tuple(samples) if len(samples) > 1 else ("",) * len(samples)  # a key for each of several
    layer = _normal_quantiles(marks, list(samples.values()), Measure("Effects over their sd"), names)
    return f"Random effects of {level}", [layer]


def _short(label: str) -> str:
    return label.rpartition(":")[2].strip() or label


def _labelled(layers: list[Layer]) -> bool:
    """Return whether plots are told apart by a legend."""
    return any(plot.label for layer in layers for plot in layer.plots)
