"""lroc, lsens: how well a model of a binary outcome tells outcomes apart, at every cutoff."""

from __future__ import annotations

import numpy as np

from xmixed.commands.graphics.single import draw_layers, lone_syntax
from xmixed.commands.registry import command
from xmixed.estimation.likelihood.fitted_probabilities import FittedProbabilities, fitted_probabilities
from xmixed.estimation.likelihood.patterns import Curve, operating_curve
from xmixed.expressions.context import Context
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Plot, Stroke, Style
from xmixed.graphics.options.styles import Looks
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.render.layouts.postestimation.goodness import render_area
from xmixed.session.results import Results
from xmixed.session.state import SessionState

BINARY = ("logit", "logistic", "probit")
OPTIONS = (
    GraphOptionSpec("nograph", "nog", "flag", content="flag"),
    GraphOptionSpec("all", "all", "flag", content="flag"),
)


def _curve(session: SessionState, node: GraphCommand) -> tuple[FittedProbabilities, Curve]:
    whole = node.plots[0].options.last("all") is not None
    own = fitted_probabilities(session.e, Context.of(session), whole=whole)
    return own, operating_curve(own.positive, own.probability, own.weights)


@command(
    "lroc",
    syntax=lone_syntax("lroc", more=OPTIONS),
    synopsis="lroc [, all nograph options]",
    needs=("estimates",),
    after=BINARY,
)
def lroc(session: SessionState, node: GraphCommand) -> None:
    """Show the area under the ROC curve, and draw it."""
    own, curve = _curve(session, node)
    area = curve.area
    session.out.write(*render_area(own.title, own.n, area))
    session.r = Results({"N": own.n, "area": area})
    if node.plots[0].options.last("nograph") is not None:
        return

    def make(looks: Looks) -> list[Layer]:
        style = looks.style("connected", 0)
        points = Plot("connected", 1.0 - curve.specificity, curve.sensitivity, style=style, number=1)
        ends = np.array([0.0, 1.0])
        diagonal = Plot("line", ends, ends, style=Style(line=Stroke()), number=2)
        across, along = Measure("1 - Specificity"), Measure("Sensitivity")
        return [Layer((points,), across, along), Layer((diagonal,), across, along)]

    draw_layers(session, node, make, legend=False)


@command(
    "lsens",
    syntax=lone_syntax("lsens", more=OPTIONS),
    synopsis="lsens [, all nograph options]",
    needs=("estimates",),
    after=BINARY,
)
def lsens(session: SessionState, node: GraphCommand) -> None:
    """Draw sensitivity and specificity by the cutoff."""
    own, curve = _curve(session, node)
    session.r = Results({"N": own.n})
    if node.plots[0].options.last("nograph") is not None:
        return
    # From cutoff 0, where every observation is positive.
    cutoffs = np.concatenate([[0.0], curve.cutoffs])

    def make(looks: Looks) -> list[Layer]:
        usual = looks.style("connected", 0)
        across, along = Measure("Probability cutoff"), Measure("Sensitivity/Specificity")
        layers = []
        for number, (name, values) in enumerate(
            (("Sensitivity", curve.sensitivity), ("Specificity", curve.specificity)), 1
        ):
            whole = np.concatenate([values[:1], values])
            plot = Plot("connected", cutoffs, whole, style=usual, label=name, number=number)
            layers.append(Layer((plot,), across, along))
        return layers

    draw_layers(session, node, make)
