"""ac, pac, xcorr, corrgram: correlations of a series with itself at other times, and with another series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.series.regular import Series, series_of
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.looks import INTERVAL
from xmixed.graphics.model import Heading, Plot, Stroke, Style, Titles
from xmixed.graphics.options import tables
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand, GraphOptions
from xmixed.missing import MISSING
from xmixed.render.layouts.time_series import render_correlogram, render_cross_correlogram
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.series import (
    autocorrelations,
    bartlett_errors,
    cross_correlations,
    partial_by_regression,
    partial_by_yule_walker,
    portmanteau,
)

MOST_LAGS, MOST_CROSS_LAGS = 40, 20
"""Usual numbers of lags where the series is long."""

_LAGS = GraphOptionSpec("lags", "lags", "text", "number of lags", content="number")
_GENERATE = GraphOptionSpec("generate", "gen", "text", "new variable for the correlations")
_YULE_WALKER = GraphOptionSpec("yw", "yw", "negatable", "by the Yule-Walker equations", content="flag")
_BANDS = (
    GraphOptionSpec("level", "l", "text", "level of the bands", content="number"),
    GraphOptionSpec(
        "ciopts", "ciop", "text", "looks of the bands", content="options", inside=tables.RANGE_OPTIONS
    ),
    GraphOptionSpec("fft", "fft", "negatable", "no effect: the same figures", content="flag", drawn=False),
)
_LOOKS = (*tables.SPIKE_OPTIONS, _LAGS, _GENERATE)


def _lags(options: GraphOptions, n: int, most: int) -> int:
    """Return the number of lags: as asked for, or half the series less two."""
    asked = options.value("lags")
    if asked is None:
        return max(1, min(n // 2 - 2, most))
    if asked != int(asked) or not 1 <= asked < n:
        raise StataError(198, f"lags() must be an integer between 1 and {n - 1}")
    return int(asked)


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """Correlations by lag, half the width of the band around zero, and what they are called."""

    lags: np.ndarray
    r: np.ndarray
    half: np.ndarray
    title: str
    note: str


Compute = Callable[[Series, Making], Correlations]


def _level(making: Making) -> float:
    level = making.options.value("level", making.level)
    if not 10 <= level <= 99.99:
        raise StataError(198, "level() must be between 10 and 99.99 inclusive")
    return level


def _auto(series: Series, making: Making) -> Correlations:
    lags = _lags(making.options, series.n, MOST_LAGS)
    r = autocorrelations(series.values[0], lags)
    half = normal_quantile(_level(making)) * bartlett_errors(r, series.n)
    note = f"Bartlett's formula for MA(q) {_level(making):g}% confidence bands"
    title = f"Autocorrelations of {series.columns[0].name}"
    return Correlations(np.arange(1.0, lags + 1), r, half, title, note)


def _partial(series: Series, making: Making) -> Correlations:
    lags = _lags(making.options, series.n, MOST_LAGS)
    r = _partial_figures(series, lags, making.options.flag("yw"))
    half = np.full(lags, normal_quantile(_level(making)) / np.sqrt(series.n))
    note = f"{_level(making):g}% confidence bands [se = 1/sqrt(n)]"
    title = f"Partial autocorrelations of {series.columns[0].name}"
    return Correlations(np.arange(1.0, lags + 1), r, half, title, note)


def _partial_figures(series: Series, lags: int, yule_walker: bool) -> np.ndarray:
    if yule_walker:
        return partial_by_yule_walker(autocorrelations(series.values[0], lags))
    return partial_by_regression(series.values[0], lags)


def _cross(series: Series, making: Making) -> Correlations:
    lags = _lags(making.options, series.n, MOST_CROSS_LAGS)
    r = cross_correlations(series.values[0], series.values[1], lags)
    x, y = (column.name for column in series.columns)
    title = f"Cross-correlations of {x} and {y}"
    return Correlations(np.arange(-float(lags), lags + 1), r, np.empty(0), title, "")


def _draw(session: SessionState, node: GraphCommand, count: int, compute: Compute) -> None:
    if "by" in node.options:
        raise StataError(198, "option by() not allowed")
    kept: list[Correlations] = []

    def layers(maker: SingleMaker, making: Making) -> list[Layer]:
        series = series_of(making, count)
        _tell_gaps(maker.notes.add, series)
        found = compute(series, making)
        kept.append(found)
        maker.usual_titles = Titles(note=Heading((found.note,) if found.note else ()))
        return _layers(making, found)

    maker = SingleMaker(session, node, layers, legend=False)
    graph = maker.graph()
    new = node.plots[0].options.words("generate")
    if new:
        _keep(session, new, kept[0])
    finish(session, graph, node, node.options, maker.notes)


def _tell_gaps(say: Callable[[str], None], series: Series) -> None:
    if series.gaps:
        say(f"(note:  time series has {series.gaps} gap{'s' if series.gaps > 1 else ''})")


def _layers(making: Making, found: Correlations) -> list[Layer]:
    across, along = Measure("Lag"), Measure(found.title)
    known = ~np.isnan(found.r)
    style = making.looks.style("dropline", 0)
    plots = [Plot("dropline", found.lags[known], found.r[known], style=style, label=found.title, number=-1)]
    if len(found.half):
        inside = making.options.last("ciopts")
        band = Style(fill=INTERVAL, line=Stroke(pattern="blank"))
        if inside is not None:
            node = replace(making.node, options=inside.options)
            band = replace(replace(making, node=node).looks.style("rarea", 0), line=band.line)
            band = band if band.fill else replace(band, fill=INTERVAL)
        plots.insert(
            0, Plot("rarea", found.lags, -found.half, y2=found.half, style=band, label="Confidence band")
        )
    return [Layer(tuple(plots), across, along, (found.title,))]


def _keep(session: SessionState, names: tuple[str, ...], found: Correlations) -> None:
    """Keep correlations in the first observations of a new variable."""
    data = session.data
    if len(names) != 1:
        raise StataError(198, "option generate() incorrectly specified")
    if len(found.r) > data.n_obs:
        raise StataError(198, f"{len(found.r)} correlations do not fit into {data.n_obs} observations")
    check_new_name(names[0], data)
    values = np.full(data.n_obs, MISSING)
    values[: len(found.r)] = np.where(np.isnan(found.r), MISSING, found.r)
    session.data = data.with_variables(Variable(names[0], "double", values, "%10.0g", found.title))


_FORM = "[if] [in] [, lags(#) generate(newvar) level(#)"


@command(
    "ac",
    syntax=single_syntax("ac", (*_LOOKS, *_BANDS), weights=()),
    synopsis=f"ac varname {_FORM} options]",
    needs=("data",),
    keeps_r=True,
)
def ac(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, 1, _auto)


@command(
    "pac",
    syntax=single_syntax("pac", (*_LOOKS, *_BANDS, _YULE_WALKER), weights=()),
    synopsis=f"pac varname {_FORM} yw options]",
    needs=("data",),
    keeps_r=True,
)
def pac(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, 1, _partial)


# --- tables -----------------------------------------------------------------------------------------------


def _tabled(session: SessionState, node: GraphCommand, count: int) -> tuple[Series, GraphOptions]:
    """Return the series of a command that shows a table."""
    if len(node.plots) != 1:
        raise StataError(198, "invalid syntax")
    maker = SingleMaker(session, node, lambda _, __: [])
    series = series_of(maker.making(maker.columns.rows(node.plots[0])), count)
    _tell_gaps(session.out.write, series)
    return series, node.plots[0].options


@command(
    "xcorr",
    syntax=single_syntax(
        "xcorr",
        (
            *_LOOKS,
            GraphOptionSpec("table", "t", "negatable", "a table in place of a graph", content="flag"),
            GraphOptionSpec(
                "plot", "plot", "negatable", "bars in the table; noplot leaves them out", content="flag"
            ),
        ),
        weights=(),
    ),
    synopsis="xcorr varname1 varname2 [if] [in] [, lags(#) generate(newvar) table noplot options]",
    needs=("data",),
    keeps_r=True,
)
def xcorr(session: SessionState, node: GraphCommand) -> None:
    options = node.plots[0].options
    if not options.flag("table"):
        _draw(session, node, 2, _cross)
        return
    series, options = _tabled(session, node, 2)
    lags = _lags(options, series.n, MOST_CROSS_LAGS)
    r = cross_correlations(series.values[0], series.values[1], lags)
    session.out.write(
        *render_cross_correlogram(list(range(-lags, lags + 1)), r, options.value("plot") is not False)
    )


@command(
    "corrgram",
    syntax=single_syntax(
        "corrgram",
        (
            _LAGS,
            _YULE_WALKER,
            GraphOptionSpec(
                "plot", "plot", "negatable", "bars in the table; noplot leaves them out", content="flag"
            ),
        ),
        weights=(),
    ),
    synopsis="corrgram varname [if] [in] [, lags(#) noplot yw]",
    needs=("data",),
)
def corrgram(session: SessionState, node: GraphCommand) -> None:
    """Show autocorrelations, partial ones and portmanteau statistics."""
    series, options = _tabled(session, node, 1)
    lags = _lags(options, series.n, MOST_LAGS)
    r = autocorrelations(series.values[0], lags)
    partial = _partial_figures(series, lags, options.flag("yw"))
    q, p = portmanteau(r, series.n)
    session.out.write(*render_correlogram(r, partial, q, p, options.value("plot") is not False))
    scalars = {"lags": float(lags)}
    for name, values in (("ac", r), ("pac", partial), ("q", q)):
        stata = np.where(np.isnan(values), MISSING, values)
        scalars |= {f"{name}{lag}": float(value) for lag, value in enumerate(stata, 1)}
    session.r = Results(scalars=scalars)
