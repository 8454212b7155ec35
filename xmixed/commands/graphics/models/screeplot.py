"""screeplot: the eigenvalues of pca or factor, the largest first."""

from __future__ import annotations

import numpy as np

from xmixed.commands.graphics.single import draw_layers, lone_syntax
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.graphics.layers import Layer, Measure
from xmixed.graphics.model import Heading, Plot, Stroke, Style, Titles
from xmixed.graphics.options.styles import Looks
from xmixed.language.graph_syntax import GraphOptionSpec
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.session.state import SessionState

OPTIONS = (
    GraphOptionSpec("mean", "mean", "flag", "a line at the mean of the eigenvalues", content="flag"),
    GraphOptionSpec("neigen", "n", "text", "how many eigenvalues are shown", content="number"),
)


@command(
    "screeplot",
    syntax=lone_syntax("screeplot", more=OPTIONS),
    synopsis="screeplot [, mean neigen(#) options]",
    needs=("estimates",),
    after=("pca", "factor"),
    keeps_r=True,
)
def screeplot(session: SessionState, node: GraphCommand) -> None:
    values = session.e.matrices["Ev"].values[0]
    options = node.plots[0].options
    most = options.value("neigen", len(values))
    if most != int(most) or not 1 <= most <= len(values):
        raise StataError(198, f"neigen() must be between 1 and {len(values)} inclusive")
    shown = values[: int(most)]
    numbers = np.arange(1.0, len(shown) + 1)

    def make(looks: Looks) -> list[Layer]:
        across, along = Measure("Number"), Measure("Eigenvalues")
        style = looks.style("connected", 0)
        layers = [Layer((Plot("connected", numbers, shown, style=style, number=1),), across, along)]
        if options.flag("mean"):
            level = np.full(2, values.mean())
            mean = Plot("line", numbers[[0, -1]], level, style=Style(line=Stroke()), number=2)
            layers.append(Layer((mean,), across, along))
        return layers

    title = f"Scree plot of eigenvalues after {session.e.macros['cmd']}"
    draw_layers(session, node, make, legend=False, usual=Titles(Heading((title,))))
