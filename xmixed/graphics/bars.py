"""Bars, dots and boxes over categories: where they stand and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.graphics.assemble import Categories
from xmixed.graphics.model import Plot, Style, Tick


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """One variable of `over()`.

    Attributes
    ----------
    names : tuple of str
        Groups in the order drawn.
    order : tuple of int
        The group (from 0, ascending by value) at each place.
    gap : float
        Space between groups, in widths of a bar.
    """

    names: tuple[str, ...]
    order: tuple[int, ...]
    gap: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Middles of bars, shape (outer, inner, series), and the width of a bar.

    `inner` and `outer` are the middles of the groups: shapes (outer, inner) and (outer,).
    """

    bars: np.ndarray
    inner: np.ndarray
    outer: np.ndarray
    width: float


BAR_GAP, INNER_GAP, OUTER_GAP = 0.0, 0.35, 0.9
"""Usual spaces between the bars of a group, groups, and groups of groups, in widths of a bar."""


def places_of(
    shape: tuple[int, int, int],
    series_gap: float = 0.0,
    inner_gap: float | None = None,
    outer_gap: float | None = None,
) -> Places:
    """Return where bars stand: side by side within groups, with more space between groups.

    Parameters
    ----------
    shape : (outer, inner, series)
        Numbers of outer groups, inner groups, bars in each.
    """
    outer, inner, series = shape
    between = (0.6 if series > 1 else INNER_GAP) if inner_gap is None else inner_gap
    beyond = OUTER_GAP if outer_gap is None else outer_gap
    group = series + series_gap * (series - 1)
    block = inner * group + between * (inner - 1)
    i, j, k = np.meshgrid(np.arange(outer), np.arange(inner), np.arange(series), indexing="ij")
    left = i * (block + beyond) + j * (group + between) + k * (1 + series_gap)
    bars = left + 0.5
    middles = bars.mean(axis=2)
    return Places(bars, middles, middles.mean(axis=1), 1.0)


def category_labels(places: Places, inner: Sequence[str], outer: Sequence[str]) -> Categories:
    """Return labels of groups below the bars, and of groups of groups below those."""
    n_outer, n_inner = places.inner.shape
    ticks = tuple(
        Tick(float(places.inner[i, j]), inner[j]) for i in range(n_outer) for j in range(n_inner) if inner
    )
    tier = (
        tuple(Tick(float(places.outer[i]), outer[i]) for i in range(n_outer)) if n_outer > 1 or outer else ()
    )
    if not ticks:
        return Categories(tier)
    return Categories(ticks, (tier,) if tier else ())


def stacked(values: np.ndarray, as_percent: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return bases and tops of bars stacked over the last axis, missing ones without height.

    Negative values go down from zero, positive ones up.
    """
    known = np.where(np.isfinite(values), values, 0.0)
    if as_percent:
        known = percentages(known)
    up, down = np.where(known > 0, known, 0.0), np.where(known < 0, known, 0.0)
    top_up, top_down = np.cumsum(up, axis=-1), np.cumsum(down, axis=-1)
    top = np.where(known < 0, top_down, top_up)
    return top - known, top


def percentages(values: np.ndarray) -> np.ndarray:
    """Return values as per cent of their sum over the last axis."""
    total = np.nansum(values, axis=-1, keepdims=True)
    return np.where(total != 0, 100 * values / np.where(total != 0, total, 1.0), 0.0)


def ordered(values: np.ndarray, orders: Sequence[Sequence[int]]) -> np.ndarray:
    """Return a table with its outer and inner groups in the order drawn."""
    return values[np.ix_(*[np.asarray(order, dtype=np.intp) for order in orders])]


def series_plots(
    kind: str,
    places: Places,
    values: np.ndarray,
    labels: Sequence[str],
    styles: Sequence[Style],
    numbers: Sequence[int],
    stack: bool = False,
    as_percent: bool = False,
) -> tuple[Plot, ...]:
    """Return a plot for each series of bars or dots.

    Parameters
    ----------
    values : ndarray, shape (outer, inner, series)
        NaN where there is nothing.
    """
    if as_percent and not stack:
        values = percentages(values)
    base, top = stacked(values, as_percent) if stack else (np.zeros_like(values), values)
    plots = []
    for k, label in enumerate(labels):
        at = places.inner if stack else places.bars[:, :, k]
        style = replace(styles[k], bar_width=places.width)
        keep = np.isfinite(top[:, :, k]).ravel()
        bases = base[:, :, k].ravel()[keep] if stack else np.empty(0)
        plots.append(
            Plot(
                kind,
                at.ravel()[keep],
                top[:, :, k].ravel()[keep],
                y2=bases,
                style=style,
                label=label,
                number=numbers[k],
            )
        )
    return tuple(plots)
