"""A layer: what one plot of a command draws, with what its axes are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.graphics.model import Heading, Plot


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured along an axis: its title, the format of its numbers, their labels."""

    title: str = ""
    format: str = "%9.0g"
    value_label: dict[float, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The plots of one part of a command.

    Attributes
    ----------
    plots : tuple of Plot
    x, y : Measure
        y titles of several series are in `y_titles`.
    y_titles : tuple of str
    scale : Heading
        What the keys of the layer measure, where they are steps of a scale: the legend's title then.
    """

    plots: tuple[Plot, ...]
    x: Measure = Measure()
    y: Measure = Measure()
    y_titles: tuple[str, ...] = ()
    scale: Heading = Heading()


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """Range of values along an axis; None without any."""

    low: float | None = None
    high: float | None = None
    smallest_positive: float | None = None

    def joined(self, other: Extent) -> Extent:
        """Return the range of both."""

        return Extent(
            _of_known(min, self.low, other.low),
            _of_known(max, self.high, other.high),
            _of_known(min, self.smallest_positive, other.smallest_positive),
        )


def _of_known(choose: Callable[[list[float]], float], *values: float | None) -> float | None:
    known = [value for value in values if value is not None]
    return choose(known) if known else None


def extent_of(arrays: Iterable[np.ndarray]) -> Extent:
    """Return the range of the finite numbers in arrays."""
    found = Extent()
    for array in arrays:
        if not len(array):
            continue
        kept = array if np.isfinite(array[0]) and np.isfinite(array.sum()) else array[np.isfinite(array)]
        if not len(kept):
            continue
        low, high = float(kept.min()), float(kept.max())
        positive = low if low > 0 else None
        if low <= 0 < high:
            positive = float(kept[kept > 0].min())
        found = found.joined(Extent(low, high, positive))
    return found


def plot_extent(plots: Sequence[Plot], letter: str, number: int) -> Extent:
    """Return the range of what some plots draw along the axis `letter` with a number."""
    found = Extent()
    for plot in plots:
        if (plot.x_axis if letter == "x" else plot.y_axis) != number:
            continue
        along_x = (letter == "x") != plot.style.horizontal
        found = found.joined(extent_of(_across(plot) if along_x else _along(plot)))
    return found


def _across(plot: Plot) -> list[np.ndarray]:
    """Return the values of the first dimension, with the width of bars."""
    if plot.kind in ("bar", "rbar", "box") and len(plot.x):
        half = (0.8 if plot.style.bar_width is None else plot.style.bar_width) / 2
        return [plot.x - half, plot.x + half]
    return [plot.x, plot.x2]


def _along(plot: Plot) -> list[np.ndarray]:
    """Return the values of the second dimension, with the base of bars and spikes."""
    arrays = [plot.y, plot.y2]
    if plot.kind in ("bar", "area", "spike", "dropline", "dot") and len(plot.y) and not len(plot.y2):
        arrays.append(np.array([plot.style.base]))
    if plot.kind == "box":
        arrays = [plot.y, plot.boxes.ravel()]
    return arrays


def numbered(layers: Sequence[Layer]) -> list[Layer]:
    """Return layers whose plots take the scheme's looks in turn; a negative number chose one."""
    count = 0
    out = []
    for layer in layers:
        plots = []
        for plot in layer.plots:
            count += 1
            plots.append(replace(plot, number=-plot.number if plot.number < 0 else count))
        out.append(replace(layer, plots=tuple(plots)))
    return out
