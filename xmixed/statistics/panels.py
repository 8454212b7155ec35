"""Statistics of panel data: variation between and within panels, patterns of times, transitions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.grouped import Grouped


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviation, minimum and maximum."""

    sd: float
    minimum: float
    maximum: float

    @classmethod
    def of(cls, x: np.ndarray) -> Spread:
        """Return the spread of numbers without missing values."""
        sd = float(x.std(ddof=1)) if len(x) > 1 else MISSING
        return cls(sd, float(x.min()), float(x.max()))


@dataclass(frozen=True, slots=True)
class PanelSummary:
    """A variable overall, between the means of panels, and within them about the overall mean.

    n_obs, n_panels : int
    balanced : bool
        Whether every panel has as many observations.
    """

    mean: float
    overall: Spread
    between: Spread
    within: Spread
    n_obs: int
    n_panels: int
    balanced: bool

    @property
    def mean_size(self) -> float:
        return self.n_obs / self.n_panels


def panel_summary(x: np.ndarray, codes: np.ndarray) -> PanelSummary:
    """Return the summary of numbers without missing values by panel codes 0, 1, ..."""
    count = int(codes.max()) + 1
    panels = Grouped(x, codes, count)
    used = panels.n > 0
    means, sizes = panels.mean[used], panels.n[used]
    mean = float(Grouped(x, np.zeros(len(x), dtype=np.int64), 1).mean[0])
    within = x - panels.mean[codes] + mean
    return PanelSummary(
        mean,
        Spread.of(x),
        Spread.of(means),
        Spread.of(within),
        len(x),
        len(means),
        bool(np.all(sizes == sizes[0])),
    )


@dataclass(frozen=True, slots=True, eq=False)
class PanelTable:
    """How often values occur overall, in how many panels, and their share within panels that have them.

    overall, between : ndarray of float64, shape (k,)
    within : ndarray, shape (k,)
        Per cent; `total_within` is that of all values.
    """

    overall: np.ndarray
    between: np.ndarray
    within: np.ndarray
    n_panels: int

    @property
    def total_within(self) -> float:
        return 100 * self.n_panels / float(self.between.sum())


def panel_table(values: np.ndarray, count: int, panels: np.ndarray) -> PanelTable:
    """Return the table of values (codes 0 ... count - 1) by panels (codes 0, 1, ...)."""
    n_panels = int(panels.max()) + 1
    cells = np.bincount(panels * count + values, minlength=n_panels * count).reshape(n_panels, count)
    cells = cells[cells.sum(axis=1) > 0]
    ever = cells > 0
    share = cells / cells.sum(axis=1, keepdims=True)
    between = ever.sum(axis=0).astype(np.float64)
    within = 100 * share.sum(axis=0) / np.where(between > 0, between, 1.0)
    return PanelTable(cells.sum(axis=0).astype(np.float64), between, within, len(cells))


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Which times panels have.

    Attributes
    ----------
    sizes : ndarray of int, shape (panels,)
        Observations of each panel.
    rows : ndarray of bool, shape (patterns, periods)
        The most frequent first; in ties those that begin with data.
    counts : ndarray of int, shape (patterns,)
    """

    sizes: np.ndarray
    rows: np.ndarray
    counts: np.ndarray


def time_patterns(panels: np.ndarray, times: np.ndarray, step: float) -> Patterns:
    """Return the patterns of times (without missing values) in panels (codes 0, 1, ...)."""
    place = np.rint((times - times.min()) / step).astype(np.int64)
    present = np.zeros((int(panels.max()) + 1, int(place.max()) + 1), dtype=bool)
    present[panels, place] = True
    rows, counts = np.unique(present, axis=0, return_counts=True)
    order = np.lexsort((-np.arange(len(rows)), -counts))
    return Patterns(np.bincount(panels), rows[order], counts[order])
