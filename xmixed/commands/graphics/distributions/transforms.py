"""ladder, gladder, qladder: which power of a variable is nearest to normal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.graphics.layers.curves import histogram_bars, histogram_plot
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.commands.rows import numeric_variables, selected_rows
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.graphics import curves
from xmixed.graphics.assemble import Panel, assembled, grid_of
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Graph, Heading, Panels, Plot, Titles
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import titles_of
from xmixed.graphics.options.regions import region_of, with_sizes
from xmixed.graphics.text import plain
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes import Command
from xmixed.language.nodes.graphs import NO_OPTIONS, GraphCommand
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.render.layouts.inference.normality import LadderRow, render_ladder
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.normality import skewness_kurtosis
from xmixed.statistics.transforms import LADDER


@command(
    "ladder",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        options=(
            OptionSpec(
                "generate", "g", "name", help="new variable for the transformation with the least chi2"
            ),
            OptionSpec("noadjust", "noa", help="without Royston's adjustment"),
        ),
    ),
    synopsis="ladder varname [if] [in] [, generate(newvar) noadjust]",
    needs=("data",),
    by="each",
)
def ladder(session: SessionState, node: Command) -> None:
    """Test nine powers of a variable for normality."""
    variables = numeric_variables(session, node) if node.argument else []
    if len(variables) != 1:
        raise StataError(
            103 if variables else 100, "too many variables specified" if variables else "varlist required"
        )
    variable = variables[0]
    whole = variable.to_double()
    x = whole[selected_rows(session, node) & ~is_missing(whole)]
    if not len(x):
        raise StataError(2000, "no observations")
    rows, scalars = [], {"N": float(len(x))}
    for rung in LADDER:
        with np.errstate(over="ignore"):
            made = rung.function(x) if rung.exists(x) else None
        known = made is not None and bool(np.isfinite(made).all())
        tested = skewness_kurtosis(made, not node.option("noadjust")) if known and made is not None else None
        chi2, p = (MISSING, MISSING) if tested is None else (tested.chi2, tested.p)
        rows.append(LadderRow(rung.name, rung.formula.format(variable.name), chi2, p))
        scalars |= {rung.key: chi2, f"P_{rung.key}": p}
    session.out.write(*render_ladder(rows))
    if node.option("generate"):
        _keep_best(session, node.option("generate"), variable, [row.chi2 for row in rows])
    session.r = Results(scalars=scalars)


def _keep_best(session: SessionState, name: str, variable: Variable, chi2: list[float]) -> None:
    """Keep the transformation whose statistic is the smallest."""
    check_new_name(name, session.data)
    rung = LADDER[int(np.argmin(chi2))]
    x = variable.to_double()
    with np.errstate(all="ignore"):
        values = rung.function(np.where(is_missing(x), np.nan, x))
    values = np.where(np.isfinite(values), values, MISSING)
    made = Variable(name, "float", values.astype(np.float32), "%9.0g", rung.formula.format(variable.name))
    session.data = session.data.with_variables(made)


# --- graphs -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """A panel for each transformation: its layers, and the title above them all."""

    layers: Callable[[Making, np.ndarray], list[Layer]]
    title: str


def _histogram(making: Making, x: np.ndarray) -> list[Layer]:
    bars = histogram_bars(making, x, None)
    sd = float(x.std(ddof=1)) if len(x) > 1 else 0.0
    low, high = bars.bins.start, bars.bins.start + bars.bins.count * bars.bins.width
    normal = curves.normal_curve(float(x.mean()), sd, low - 0.1 * (high - low), high + 0.1 * (high - low))
    plots = (histogram_plot(making, bars, "Density"), Plot("line", normal.x, normal.y, label="Normal"))
    return [Layer(plots, Measure(), Measure())]


def _quantiles(making: Making, x: np.ndarray) -> list[Layer]:
    from scipy.special import ndtri

    n = len(x)
    expected = ndtri(np.arange(1, n + 1) / (n + 1)) * (x.std(ddof=1) if n > 1 else 1.0) + x.mean()
    points = Plot("scatter", expected, np.sort(x), style=making.looks.style("scatter", 0))
    ends = np.array([expected[0], expected[-1]])
    return [Layer((points, Plot("line", ends, ends)), Measure(), Measure())]


def _graph(session: SessionState, node: GraphCommand, kind: _Kind) -> None:
    """Draw every transformation that exists in a panel of its own."""
    maker = SingleMaker(session, node, lambda _, __: [])
    if len(node.plots) != 1 or "by" in node.options:
        raise StataError(198, "invalid syntax")
    making = maker.making(maker.columns.rows(node.plots[0]))
    (column,) = making.variables(1, 1)
    x = column.values[making.complete(column)]
    if not len(x):
        raise StataError(2000, "no observations")
    panels = []
    for rung in LADDER:
        with np.errstate(over="ignore"):
            made = rung.function(x) if rung.exists(x) else np.array([np.nan])
        if np.isfinite(made).all():
            panels.append(Panel(rung.name, tuple(kind.layers(making, made))))
    graphs = []
    for panel in panels:
        graph = assembled(panel.layers, NO_OPTIONS, maker.scheme, maker.notes, legend=False)
        graphs.append(replace(graph, titles=Titles(subtitle=Heading((panel.name,)))))
    rows, columns = grid_of(len(graphs), node.options)
    usual = Titles(title=Heading((kind.title,)), note=Heading((plain(column.measure.title),)))
    graph = Graph(
        titles=titles_of(node.options, maker.scheme, maker.notes, usual),
        panels=Panels(tuple(graphs), rows, columns),
        scheme=maker.scheme.name,
        region=region_of(node.options, maker.scheme, maker.notes),
    )
    finish(session, with_sizes(graph, node.options, maker.notes), node, node.options, maker.notes)


def _syntax(name: str, options: tuple[GraphOptionSpec, ...]) -> Syntax:
    return replace(single_syntax(name, options, weights=()), options=tables.COMBINE)


@command(
    "gladder",
    syntax=_syntax("gladder", tables.HISTOGRAM_OPTIONS),
    synopsis="gladder varname [if] [in] [, options]",
    needs=("data",),
    keeps_r=True,
)
def gladder(session: SessionState, node: GraphCommand) -> None:
    _graph(session, node, _Kind(_histogram, "Histograms by transformation"))


@command(
    "qladder",
    syntax=_syntax("qladder", tables.POINT_OPTIONS),
    synopsis="qladder varname [if] [in] [, options]",
    needs=("data",),
    keeps_r=True,
)
def qladder(session: SessionState, node: GraphCommand) -> None:
    _graph(session, node, _Kind(_quantiles, "Quantile-normal plots by transformation"))
