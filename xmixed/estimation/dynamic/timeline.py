"""Observations by panel and time: lags, first differences, forward orthogonal deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.estimation.series.order import TimeOrder
from xmixed.statistics.grouping import factorise


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """All observations sorted by panel and time.

    Attributes
    ----------
    order : TimeOrder
    panels : ndarray of int, shape (n,)
        Codes of the sorted observations.
    times : ndarray of int, shape (n,)
        Steps since the first time.
    used : ndarray of bool, shape (n,)
        Which have all variables of the model.
    """

    order: TimeOrder
    panels: np.ndarray
    times: np.ndarray
    used: np.ndarray

    @classmethod
    def of(cls, panels: np.ndarray, times: np.ndarray, step: float, used: np.ndarray) -> Timeline:
        """Return the timeline; r(451) for repeated times."""
        order = TimeOrder.of(panels, times, step)
        codes = factorise(panels).codes[order.order]
        return cls(order, codes, order.keys - codes * order.span, used[order.order])

    def lag(self, values: np.ndarray, lag: int) -> np.ndarray:
        """Return values `lag` steps before, nan where there are none; (n,) or (n, k) in sorted order."""
        found = np.full(values.shape, np.nan)
        later, earlier = self.order.apart(lag)
        found[later] = values[earlier]
        return found

    @property
    def differenced(self) -> np.ndarray:
        """Return which observations and those before them are used, bool."""
        later, earlier = self.order.apart(1)
        found = np.zeros(len(self.used), dtype=bool)
        found[later] = self.used[later] & self.used[earlier]
        return found


class Differences:
    """First differences: D x at t is x_t - x_{t-1}, for rows whose both observations are used."""

    name = "first differences"

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.rows = np.flatnonzero(timeline.differenced)
        later, earlier = timeline.order.apart(1)
        before = np.zeros(len(timeline.used), dtype=np.int64)
        before[later] = earlier
        self._before = before[self.rows]

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return the transformed rows of values, (rows,) or (rows, k)."""
        return values[self.rows] - values[self._before]

    def transposed(self, values: np.ndarray) -> np.ndarray:
        """Return M'v over all observations for v (rows, k)."""
        found = np.zeros((len(self.timeline.used), values.shape[1]))
        found[self.rows] += values
        np.subtract.at(found, self._before, values)
        return found


class Deviations:
    """Forward orthogonal deviations: sqrt(T / (T + 1)) (x_t - the mean of the T later ones), kept at t + 1.

    Of the used observations of a panel; the row stands where the next one does, so that instruments have the
    same lags as with differences. Arellano and Bover (1995), Journal of Econometrics 68.
    """

    name = "orthogonal deviations"

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        used = np.flatnonzero(timeline.used)
        codes = timeline.panels[used]
        sizes = np.bincount(codes, minlength=int(codes.max(initial=0)) + 1)
        ends = np.cumsum(sizes)
        left = ends[codes] - 1 - np.arange(len(used))  # how many later ones the panel has
        inner = np.flatnonzero(left > 0)
        self._used, self._inner, self._ends = used, inner, ends[codes][inner]
        self._left = left[inner].astype(np.float64)
        self._scale = np.sqrt(self._left / (self._left + 1))
        self.rows = used[inner + 1]

    def of(self, values: np.ndarray) -> np.ndarray:
        """Return the transformed rows of values, (rows,) or (rows, k)."""
        own = values[self._used]
        center = own.mean(axis=0)
        sums = np.concatenate([np.zeros((1, *own.shape[1:])), np.cumsum(own - center, axis=0)])
        left, scale = self._left, self._scale
        if own.ndim > 1:
            left, scale = left[:, None], scale[:, None]
        later = (sums[self._ends] - sums[self._inner + 1]) / left
        return scale * (own[self._inner] - center - later)

    def transposed(self, values: np.ndarray) -> np.ndarray:
        """Return M'v over all observations for v (rows, k)."""
        found = np.zeros((len(self.timeline.used), values.shape[1]))
        scaled = values * self._scale[:, None]
        found[self._used[self._inner]] += scaled
        # Every later one of the panel loses its share: sums of the shares of those before it.
        shares = np.zeros((len(self._used) + 1, values.shape[1]))
        np.add.at(shares, self._inner + 1, scaled / self._left[:, None])
        np.subtract.at(shares, self._ends, scaled / self._left[:, None])
        found[self._used] -= np.cumsum(shares, axis=0)[:-1]
        return found


Transformation = Differences | Deviations
