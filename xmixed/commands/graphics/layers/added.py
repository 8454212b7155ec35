"""Plots that `addplot()` lays over those of a command, or below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.commands.graphics.layers.columns import Columns, panel_and_time
from xmixed.commands.graphics.layers.layer import Making, layer_of
from xmixed.graphics.layers import Layer, Measure, numbered
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.schemes import Scheme
from xmixed.language.nodes.graphs import GraphCommand, GraphOptions
from xmixed.session.state import SessionState


class AddedPlots:
    """The plots of every `addplot()` of a command, which are about any observations of the data."""

    def __init__(self, session: SessionState, options: GraphOptions, scheme: Scheme, notes: Notes) -> None:
        self.session, self.scheme, self.notes = session, scheme, notes
        self._parts: list[tuple[GraphCommand, Columns, bool]] = [
            (option.value, Columns(session, option.value), option.options.flag("below"))
            for option in options.every("addplot")
            if option.value is not None
        ]

    def rows(self) -> np.ndarray:
        """Return the observations that any of the plots draws; bool, shape (n,)."""
        used = np.zeros(self.session.data.n_obs, dtype=bool)
        for node, columns, _ in self._parts:
            for plot in node.plots:
                used |= columns.rows(plot)
        return used

    def around(self, layers: Sequence[Layer], rows: np.ndarray | None = None) -> list[Layer]:
        """Return the layers of a command with those that are added, of some observations only where said.

        The command's own plots keep their looks whichever stand below, and their titles name the axes.
        """
        if not self._parts:
            return list(layers)
        over, below = self._layers(rows, below=False), self._layers(rows, below=True)
        if not below:
            return [*layers, *over]
        every = [_fixed(layer) for layer in numbered([*layers, *over, *below])]
        first = len(layers) + len(over)
        return [*every[first:], *every[:first]]

    def _layers(self, rows: np.ndarray | None, below: bool) -> list[Layer]:
        out = []
        for node, columns, is_below in self._parts:
            if is_below != below:
                continue
            for plot in node.plots:
                chosen = columns.rows(plot)
                making = Making(
                    columns,
                    plot,
                    chosen if rows is None else chosen & rows,
                    self.scheme,
                    self.notes,
                    self.session.settings.level,
                    panel_and_time(self.session.data)[1],
                )
                out.append(_untitled(layer_of(making)))
        return out


def _fixed(layer: Layer) -> Layer:
    """Return a layer whose plots keep the numbers of their looks."""
    return replace(layer, plots=tuple(replace(plot, number=-plot.number) for plot in layer.plots))


def _untitled(layer: Layer) -> Layer:
    """Return a layer that does not name the first axes: those are the command's."""
    x_axis, y_axis = ({getattr(plot, name) for plot in layer.plots} for name in ("x_axis", "y_axis"))
    x = Measure() if x_axis == {1} else layer.x
    return replace(layer, x=x, y=Measure(), y_titles=()) if y_axis == {1} else replace(layer, x=x)
