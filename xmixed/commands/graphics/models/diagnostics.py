"""rvfplot, rvpplot, lvr2plot, estat caterpillar: what a fitted model leaves over, and its random effects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.added import AddedPlots
from xmixed.commands.graphics.layers.columns import Columns
from xmixed.commands.graphics.layers.points import with_texts
from xmixed.commands.graphics.models.fitted import Fitted, first_rows, level_named
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import draw_layers, lone_syntax
from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.estimation.inference.prediction import read_request
from xmixed.graphics.assemble import Panel, assembled, by_graph
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Heading, Plot, Stroke, Style, Titles
from xmixed.graphics.options.headings import titles_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import scheme_from
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes.graphs import NO_OPTIONS, GraphCommand, GraphOption, TickRule
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile

MOST_CAPS = 60
"""Intervals of more groups are drawn as spikes without caps."""


def _draw(
    session: SessionState, node: GraphCommand, x: np.ndarray, y: np.ndarray, across: Measure, along: Measure
) -> None:
    """Draw points of the estimation sample."""
    used = ~is_missing(x) & ~is_missing(y)

    def make(looks: Looks) -> list[Layer]:
        style = looks.style("scatter", 0)
        plot = Plot("scatter", x[used], y[used], style=style, label=along.title)
        return [Layer((with_texts(plot, Columns(session, node), looks.options, used),), across, along)]

    draw_layers(session, node, make)


_FORM = "[, options]"


@command(
    "rvfplot", syntax=lone_syntax("rvfplot"), synopsis=f"rvfplot {_FORM}", needs=("estimates",), keeps_r=True
)
def rvfplot(session: SessionState, node: GraphCommand) -> None:
    model = Fitted(session)
    _draw(session, node, model.fitted(), model.residuals(), Measure("Fitted values"), Measure("Residuals"))


@command(
    "rvpplot",
    syntax=lone_syntax("rvpplot", "varlist"),
    synopsis="rvpplot indepvar [, options]",
    needs=("estimates",),
    keeps_r=True,
)
def rvpplot(session: SessionState, node: GraphCommand) -> None:
    columns = Columns(session, node).columns(node.plots[0].argument)
    if len(columns) != 1:
        raise StataError(102 if not columns else 103, "one variable required")
    _draw(
        session,
        node,
        columns[0].values,
        Fitted(session).residuals(),
        columns[0].measure,
        Measure("Residuals"),
    )


@command(
    "lvr2plot",
    syntax=lone_syntax("lvr2plot"),
    synopsis=f"lvr2plot {_FORM}",
    needs=("estimates",),
    keeps_r=True,
)
def lvr2plot(session: SessionState, node: GraphCommand) -> None:
    """Leverage against squared residuals as shares of their sum, with lines at the means of both."""
    model = Fitted(session)
    leverage, residuals = model.prediction("leverage")[0], model.residuals()
    used = ~is_missing(leverage) & ~is_missing(residuals)
    squared = np.where(used, residuals, 0.0) ** 2
    share = np.where(used, squared / max(float(squared.sum()), 1e-300), residuals)
    lines = tuple(
        GraphOption(name, (_rule(float(values[used].mean())),), NO_OPTIONS)
        for name, values in (("yline", leverage), ("xline", share))
    )
    node = replace(node, options=replace(node.options, items=(*lines, *node.options.items)))
    _draw(session, node, share, leverage, Measure("Normalized residual squared"), Measure("Leverage"))


def _rule(value: float) -> TickRule:
    return TickRule("numbers", (value,))


# --- random effects ---------------------------------------------------------------------------------------

_LEVEL = GraphOptionSpec("relevel", "rel", "text", content="marked")


@subcommand(
    "estat",
    "caterpillar",
    syntax=lone_syntax("caterpillar", more=(_LEVEL,)),
    synopsis="estat caterpillar [, relevel(levelvar) options]",
    needs=("estimates",),
    after=("xtmixed", "mixed"),
    keeps_r=True,
)
def caterpillar(session: SessionState, node: GraphCommand) -> None:
    """Draw the random effects of a level with their intervals, in ascending order."""
    model = Fitted(session)
    names = model.levels()
    level = level_named(model, node.plots[0].options.word("relevel") or (names[0] if names else ""))
    levels = model.levels(whole=True)
    effects = model.prediction(f"reffects relevel({level})")
    errors = model.prediction(f"reses relevel({level})")
    first = first_rows(session, levels[: levels.index(level) + 1], model.rows)
    notes = Notes()
    scheme = scheme_from(node.options, session.settings.scheme, notes)
    request = read_request(model.estimator.statistics, f"reffects relevel({level})")
    names = [_short(label) for label in request.labels(model.estimates)]
    critical = normal_quantile(session.settings.level)
    added = AddedPlots(session, node.options, scheme, notes)
    ranked = [
        _ranked(effect[first], critical * error[first], scheme, node, notes)
        for effect, error in zip(effects, errors, strict=True)
    ]
    panels = [Panel(name, tuple(added.around([layer]))) for name, layer in zip(names, ranked, strict=True)]
    title = f"Random effects of {level} with {session.settings.level:g}% intervals"
    if len(panels) == 1:
        graph = assembled(panels[0].layers, node.options, scheme, notes, legend=False)
        usual = Titles(title=Heading((title,)), subtitle=Heading((plain(panels[0].name),)))
        graph = replace(graph, titles=titles_of(node.options, scheme, notes, usual))
    else:
        inside = (GraphOption("title", (title,), NO_OPTIONS), GraphOption("yrescale", None, NO_OPTIONS))
        by = GraphOption("by", None, replace(NO_OPTIONS, items=inside))
        graph = by_graph(panels, by, node.options, scheme, notes, "", None, False)
    finish(session, graph, node, node.options, notes)


def _short(label: str) -> str:
    """Return the effect that a label names: what stands behind the last colon."""
    return label.rpartition(":")[2].strip() or label


def _ranked(effects: np.ndarray, half: np.ndarray, scheme: Scheme, node: GraphCommand, notes: Notes) -> Layer:
    """Return effects in ascending order, with their intervals."""
    known = ~is_missing(effects) & ~is_missing(half)
    effects, half = effects[known], half[known]
    order = np.argsort(effects, kind="stable")
    y, half = effects[order], half[order]
    rank = np.arange(1.0, len(y) + 1)
    style = Looks(node.plots[0].options, scheme, notes).style("scatter", 0)
    kind = "rcap" if len(y) <= MOST_CAPS else "rspike"
    interval = Plot(kind, rank, y - half, y2=y + half, number=-1)
    size = style.symbol_size or scheme.symbol_size * (0.8 if len(y) <= MOST_CAPS else 0.4)
    points = Plot("scatter", rank, y, style=replace(style, symbol_size=size), number=-1)
    grey = Style(line=Stroke("#7f7f7fff", 0.9))
    zero = Plot("line", np.array([1.0, max(2.0, len(y))]), np.zeros(2), style=grey)
    return Layer((zero, interval, points), Measure("Rank"), Measure("Random effect"))
