"""What making a layer of a plot needs: the data, the plot's options, the scheme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.commands.graphics.layers.columns import Column, Columns
from xmixed.errors import StataError
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.styles import Looks
from xmixed.graphics.schemes import Scheme
from xmixed.language.nodes.graphs import GraphOptions, PlotNode
from xmixed.missing import is_missing


@dataclass(frozen=True, slots=True, eq=False)
class Making:
    """What making a layer needs.

    Attributes
    ----------
    columns : Columns
    node : PlotNode
    rows : ndarray of bool, shape (n,)
        Observations to draw.
    scheme : Scheme
    notes : Notes
    level : float
        Confidence level when no option says one.
    time : str
        The time variable that was set, or "".
    """

    columns: Columns
    node: PlotNode
    rows: np.ndarray
    scheme: Scheme
    notes: Notes
    level: float
    time: str = ""

    @property
    def options(self) -> GraphOptions:
        return self.node.options

    @property
    def looks(self) -> Looks:
        return Looks(self.node.options, self.scheme, self.notes)

    def variables(self, least: int, most: int | None = None) -> list[Column]:
        """Return the variables of the plot; r(102), r(103) for too few or too many."""
        found = self.columns.columns(self.node.argument)
        if len(found) < least:
            raise StataError(
                102 if found else 100, "too few variables specified" if found else "varlist required"
            )
        if most is not None and len(found) > most:
            raise StataError(103, "too many variables specified", self.node.span)
        return found

    def complete(self, *columns: Column, weights: np.ndarray | None = None) -> np.ndarray:
        """Return the observations to draw at which nothing is missing; bool, shape (n,)."""
        used = self.rows.copy()
        for column in columns:
            used &= ~is_missing(column.values)
        if weights is not None:
            used &= weights > 0
        return used

    def places(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return the values of the variable of `at()` in ascending order, and their observations.

        None without the option; r(198) for more than one variable, r(2000) where all values are missing.
        """
        option = self.options.last("at")
        if option is None:
            return None
        columns = self.columns.columns(option.value or ())
        if len(columns) != 1:
            raise StataError(198, "option at() incorrectly specified", option.span)
        values = columns[0].values
        rows = np.flatnonzero(~is_missing(values))
        rows = rows[np.argsort(values[rows], kind="stable")]
        if not len(rows):
            raise StataError(2000, "no observations")
        return values[rows], rows

    def number(self, i: int = 0) -> int:
        """Return the look of the scheme's that `pstyle()` asks for, negative so that it stays; else 1."""
        return -self.looks.number(0, i) or 1

    def count(self, name: str = "n") -> int:
        """Return how many points a curve has; 0 when no option says it."""
        value = self.options.value(name)
        if value is None:
            return 0
        if not 2 <= value <= 100_000:
            raise StataError(198, f"option {name}() must be between 2 and 100000")
        return int(value)

    def axes(self) -> tuple[int, int]:
        """Return which x and y axis the plot uses."""
        x, y = (self.options.value(name, (1.0,)) for name in ("xaxis", "yaxis"))
        return int(x[0]) if x[0] in (1, 2) else 1, int(y[0]) if y[0] in (1, 2) else 1
