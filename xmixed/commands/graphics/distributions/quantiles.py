"""qnorm, pnorm, qchi, pchi, quantile, symplot, qqplot: how a variable is distributed, point by point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Plot, Stroke, Style
from xmixed.graphics.options import tables
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.missing import is_missing
from xmixed.session.state import SessionState

Layers = Callable[[SingleMaker, Making], list[Layer]]
OPTIONS = (
    *tables.POINT_OPTIONS,
    GraphOptionSpec("rlopts", "rlop", "text", content="options", inside=tables.FIT_OPTIONS),
    GraphOptionSpec("grid", "grid", "negatable", content="flag", drawn=False),
)


def _sorted(making: Making) -> tuple[np.ndarray, Measure]:
    (x,) = making.variables(1, 1)
    values = x.values[making.rows & ~is_missing(x.values)]
    return np.sort(values), x.measure


def _against(making: Making, x: np.ndarray, y: np.ndarray, across: Measure, along: Measure) -> list[Layer]:
    """Return points and the line on which they would lie."""
    points = Plot("scatter", x, y, style=making.looks.style("scatter", 0), label=along.title)
    ends = np.array([x.min(), x.max()]) if len(x) else np.empty(0)
    inside = making.options.last("rlopts")
    style = Style(line=Stroke())
    if inside is not None:
        style = replace(making, node=replace(making.node, options=inside.options)).looks.style("line", 0)
    line = Plot("line", ends, ends, style=style, label="Reference")
    return [Layer((points,), across, along), Layer((line,), across, along)]


def _qnorm_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    from scipy.special import ndtri

    y, measure = _sorted(making)
    n = len(y)
    expected = ndtri(np.arange(1, n + 1) / (n + 1)) * (y.std(ddof=1) if n > 1 else 1.0) + (
        y.mean() if n else 0
    )
    return _against(making, expected, y, Measure("Inverse Normal"), measure)


def _pnorm_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    from scipy.special import ndtr

    y, measure = _sorted(making)
    n = len(y)
    sd = y.std(ddof=1) if n > 1 else 1.0
    observed = ndtr((y - y.mean()) / sd) if n and sd > 0 else np.zeros(n)
    empirical = np.arange(1, n + 1) / (n + 1)
    title = f"Normal F[({measure.title}-m)/s]"
    return _against(making, empirical, observed, Measure("Empirical P[i] = i/(N+1)"), Measure(title))


def _quantile_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    y, measure = _sorted(making)
    n = len(y)
    fraction = (np.arange(1, n + 1) - 0.5) / max(n, 1)
    points = Plot("scatter", fraction, y, style=making.looks.style("scatter", 0), label=measure.title)
    line = Plot("line", np.array([0.0, 1.0]), y[[0, -1]] if n else np.zeros(2), label="Reference")
    title = Measure(f"Quantiles of {measure.title}", measure.format)
    across = Measure("Fraction of the data")
    return [Layer((points,), across, title), Layer((line,), across, title)]


def _symmetry_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    y, measure = _sorted(making)
    n = len(y)
    middle = float(np.median(y)) if n else 0.0
    half = (n + 1) // 2
    below, above = middle - y[:half], y[::-1][:half] - middle
    return _against(
        making,
        below,
        above,
        Measure("Distance below median"),
        Measure("Distance above median", measure.format),
    )


def _degrees(making: Making) -> float:
    df = making.options.value("df", 1.0)
    if not 0 < df < 1e9:
        raise StataError(198, "df() must be positive")
    return df


def _qchi_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    from scipy.special import chdtri

    y, measure = _sorted(making)
    n, df = len(y), _degrees(making)
    expected = chdtri(df, 1 - np.arange(1, n + 1) / (n + 1))
    return _against(making, expected, y, Measure(f"Expected chi-squared d.f. = {df:g}"), measure)


def _pchi_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    from scipy.special import chdtr

    y, measure = _sorted(making)
    n, df = len(y), _degrees(making)
    observed = chdtr(df, np.maximum(y, 0.0))
    title = f"chi-squared({measure.title}) d.f. = {df:g}"
    empirical = np.arange(1, n + 1) / (n + 1)
    return _against(making, empirical, observed, Measure("Empirical P[i] = i/(N+1)"), Measure(title))


def _qq_layers(maker: SingleMaker, making: Making) -> list[Layer]:
    """Return the quantiles of two variables against each other, at the fractions of the smaller sample."""
    columns = making.variables(2, 2)
    y, x = (np.sort(column.values[making.rows & ~is_missing(column.values)]) for column in columns)
    count = min(len(x), len(y))
    x, y = (_quantiles(values, count) for values in (x, y))
    return _against(making, x, y, columns[1].measure, columns[0].measure)


def _quantiles(ranked: np.ndarray, count: int) -> np.ndarray:
    """Return numbers at the fractions (i - .5) / count, by straight lines between ranks."""
    if count in (0, len(ranked)):
        return ranked[:count]
    own = (np.arange(1, len(ranked) + 1) - 0.5) / len(ranked)
    return np.interp((np.arange(1, count + 1) - 0.5) / count, own, ranked)


_FORM = "varname [if] [in] [, options]"


def _draw(session: SessionState, node: GraphCommand, layers: Layers) -> None:
    maker = SingleMaker(session, node, layers, legend=False)
    finish(session, maker.graph(), node, node.options, maker.notes)


@command(
    "qnorm",
    syntax=single_syntax("qnorm", OPTIONS, weights=()),
    synopsis=f"qnorm {_FORM}",
    needs=("data",),
    keeps_r=True,
)
def qnorm(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, _qnorm_layers)


@command(
    "pnorm",
    syntax=single_syntax("pnorm", OPTIONS, weights=()),
    synopsis=f"pnorm {_FORM}",
    needs=("data",),
    keeps_r=True,
)
def pnorm(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, _pnorm_layers)


@command(
    "quantile",
    syntax=single_syntax("quantile", OPTIONS, weights=()),
    synopsis=f"quantile {_FORM}",
    needs=("data",),
    keeps_r=True,
)
def quantile(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, _quantile_layers)


@command(
    "symplot",
    syntax=single_syntax("symplot", OPTIONS, weights=()),
    synopsis=f"symplot {_FORM}",
    needs=("data",),
    keeps_r=True,
)
def symplot(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, _symmetry_layers)


_DEGREES = GraphOptionSpec("df", "df", "text", "degrees of freedom; 1", content="number")


@command(
    "qchi",
    syntax=single_syntax("qchi", (*OPTIONS, _DEGREES), weights=()),
    synopsis="qchi varname [if] [in] [, df(#) options]",
    needs=("data",),
    keeps_r=True,
)
def qchi(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, _qchi_layers)


@command(
    "pchi",
    syntax=single_syntax("pchi", (*OPTIONS, _DEGREES), weights=()),
    synopsis="pchi varname [if] [in] [, df(#) options]",
    needs=("data",),
    keeps_r=True,
)
def pchi(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, _pchi_layers)


@command(
    "qqplot",
    syntax=single_syntax("qqplot", OPTIONS, weights=()),
    synopsis="qqplot varname1 varname2 [if] [in] [, options]",
    needs=("data",),
    keeps_r=True,
)
def qqplot(session: SessionState, node: GraphCommand) -> None:
    _draw(session, node, _qq_layers)
