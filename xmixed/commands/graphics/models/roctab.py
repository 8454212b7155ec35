"""roctab, roccomp: how well ratings tell two kinds of cases apart, as figures and curves."""

from __future__ import annotations

import numpy as np

from xmixed.commands.graphics.layers.columns import Column
from xmixed.commands.graphics.layers.making import Making
from xmixed.commands.graphics.show import finish
from xmixed.commands.graphics.single import SingleMaker, single_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Plot, Stroke, Style
from xmixed.graphics.options import tables
from xmixed.language.graph_syntax import Content, GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.render.layouts.inference.roc import (
    render_areas,
    render_cutpoints,
    render_equal_areas,
    render_roc,
)
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import chi2_tail, normal_quantile
from xmixed.statistics.inference.roc import areas_of, cutpoints
from xmixed.statistics.linear.joint import joint_statistic


def _option(name: str, minimum: str, help: str, content: Content = "flag") -> GraphOptionSpec:
    return GraphOptionSpec(name, minimum, "flag" if content == "flag" else "text", help, content=content)


_SHARED = (
    _option("graph", "gr", "draw the curves"),
    _option("summary", "sum", "the table beside the graph"),
    _option("level", "l", "confidence level", "number"),
)
ONE = (
    *tables.POINT_OPTIONS,
    *_SHARED,
    _option("detail", "det", "what each cutoff does"),
    _option("table", "ta", "the ratings of both kinds of cases"),
)
SEVERAL = (*tables.POINT_OPTIONS, *_SHARED)
WEIGHTS = ("fweight",)


@command(
    "roctab",
    syntax=single_syntax("roctab", ONE, "varlist", WEIGHTS),
    synopsis="roctab refvar classvar [if] [in] [fweight] [, detail table graph summary level(#) options]",
    needs=("data",),
)
def roctab(session: SessionState, node: GraphCommand) -> None:
    maker = SingleMaker(session, node, _curves, legend=False)
    making = maker.making(maker.columns.rows(node.plots[0]))
    truth, rating = making.variables(2, 2)
    positive, ratings = _cases(making, [truth, rating])
    level = _level(session, making)
    found = areas_of(positive, ratings)
    area, error = float(found.areas[0]), float(np.sqrt(found.V[0, 0]))
    limits = _limits(area, error, level)
    scalars = {"N": float(len(positive)), "area": area, "se": error, "lb": limits[0], "ub": limits[1]}
    if making.options.flag("table"):
        session.execute(f"tabulate {truth.name} {rating.name}{_where(node)}")
    if making.options.flag("detail"):
        cuts = cutpoints(positive, ratings[:, 0])
        fmt = session.data[rating.name].format
        session.out.write(
            *render_cutpoints(cuts, [format_value(v, fmt).strip() for v in cuts.values.tolist()])
        )
    graph = making.options.flag("graph") or making.options.flag("summary")
    if not graph or making.options.flag("summary"):
        session.out.write(*render_roc(float(len(positive)), area, error, limits, level))
    if graph:
        finish(session, maker.graph(), node, node.options, maker.notes)
    session.r = Results(scalars)


@command(
    "roccomp",
    syntax=single_syntax("roccomp", SEVERAL, "varlist", WEIGHTS),
    synopsis="roccomp refvar classvar [classvars] [if] [in] [fweight] [, graph summary level(#)]",
    needs=("data",),
)
def roccomp(session: SessionState, node: GraphCommand) -> None:
    maker = SingleMaker(session, node, _curves, legend=True)
    making = maker.making(maker.columns.rows(node.plots[0]))
    columns = making.variables(2)
    level = _level(session, making)
    if len(columns) < 3:
        raise StataError(102, "too few variables specified")
    positive, ratings = _cases(making, columns)
    found = areas_of(positive, ratings)
    errors = np.sqrt(np.diag(found.V))
    names = [column.name for column in columns[1:]]
    rows = [
        (name, float(len(positive)), area, error, *_limits(area, error, level))
        for name, area, error in zip(names, found.areas.tolist(), errors.tolist(), strict=True)
    ]
    differences = np.eye(len(names))[:-1] - np.eye(len(names))[1:]
    V = differences @ found.V @ differences.T
    chi2, df = joint_statistic(differences @ found.areas, V), int(np.linalg.matrix_rank(V))
    p = chi2_tail(chi2, df)
    graph = making.options.flag("graph") or making.options.flag("summary")
    if not graph or making.options.flag("summary"):
        session.out.write(*render_areas(rows, "", level), *render_equal_areas(names, chi2, df, p))
    if graph:
        finish(session, maker.graph(), node, node.options, maker.notes)
    session.r = Results(
        {"N_g": float(len(names)), "chi2": chi2, "df": float(df), "p": p},
        matrices={"V": Matrix(found.V, names, names)},
    )


def _where(node: GraphCommand) -> str:
    """Return the `if`, `in` and weight of the plot as typed."""
    text = node.text[: node.text.find(",")] if "," in node.text else node.text
    for word in (" if ", " in ", "["):
        if word in text:
            return " " + text[text.index(word) :].strip()
    return ""


def _level(session: SessionState, making: Making) -> float:
    level = float(making.options.value("level") or session.settings.level)
    if not 10 <= level <= 99.99:
        raise StataError(198, "level() must be between 10 and 99.99 inclusive")
    return level


def _cases(making: Making, columns: list[Column]) -> tuple[np.ndarray, np.ndarray]:
    """Return which cases are positive, shape (n,), and their ratings, shape (n, k)."""
    weights = making.columns.weights(making.node)
    used = making.complete(*columns, weights=weights)
    truth = columns[0].values[used]
    kinds = np.unique(truth)
    if not len(truth):
        raise StataError(2000, "no observations")
    if len(kinds) > 2 or not np.isin(kinds, (0.0, 1.0)).all():
        raise StataError(198, f"{columns[0].name} must be 0 or 1")
    if len(kinds) < 2:
        raise StataError(198, f"outcome does not vary: {columns[0].name} is always {kinds[0]:g}")
    ratings = np.column_stack([column.values[used] for column in columns[1:]])
    if weights is not None:
        copies = weights[used].astype(np.intp)
        truth, ratings = np.repeat(truth, copies), np.repeat(ratings, copies, axis=0)
    return truth == 1, ratings


def _limits(area: float, error: float, level: float) -> tuple[float, float]:
    reach = normal_quantile(level) * error
    return max(0.0, area - reach), min(1.0, area + reach)


def _curves(maker: SingleMaker, making: Making) -> list[Layer]:
    columns = making.variables(2)
    positive, ratings = _cases(making, columns)
    across, along = Measure("1 - Specificity"), Measure("Sensitivity")
    layers = []
    for place, column in enumerate(columns[1:]):
        found = cutpoints(positive, ratings[:, place])
        style = making.looks.style("connected", place)
        number = place + 1
        label = f"{column.name} ROC area: {areas_of(positive, ratings[:, [place]]).areas[0]:.4f}"
        plot = Plot(
            "connected", 1 - found.specificity, found.sensitivity, style=style, label=label, number=number
        )
        layers.append(Layer((plot,), across, along))
    ends = np.array([0.0, 1.0])
    style = Style(line=Stroke())
    diagonal = Plot("line", ends, ends, style=style, label="Reference", number=len(columns))
    return [*layers, Layer((diagonal,), across, along)]
