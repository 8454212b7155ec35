"""The rows of a sample by panel and time, and which rows are how many steps apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.statistics.grouping import factorise


@dataclass(frozen=True, slots=True, eq=False)
class TimeOrder:
    """Rows by time.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Rows sorted by panel, then time.
    keys : ndarray of int, shape (n,)
        Of the sorted rows: a number that grows by one with each step of time, panels far apart.
    span : int
        How far panels are apart at least.
    """

    order: np.ndarray
    keys: np.ndarray
    span: int

    @classmethod
    def of(cls, panels: np.ndarray | None, times: np.ndarray, step: float) -> TimeOrder:
        """Return the order of rows; `panels` None for a single series.

        Raises
        ------
        StataError
            r(451) for repeated times.
        """
        codes = np.zeros(len(times), dtype=np.int64) if panels is None else factorise(panels).codes
        places = np.rint((times - times.min()) / step).astype(np.int64)
        span = 2 * int(places.max(initial=0)) + 2
        keys = codes * span + places
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        if np.any(np.diff(keys) == 0):
            raise StataError(451, "repeated time values in sample")
        return cls(order, keys, span)

    def apart(self, lag: int) -> tuple[np.ndarray, np.ndarray]:
        """Return places among the sorted rows, of later and of earlier ones, that are `lag` steps apart."""
        wanted = self.keys - lag
        found = np.searchsorted(self.keys, wanted)
        later = np.flatnonzero(self.keys[np.minimum(found, len(wanted) - 1)] == wanted)
        return later, found[later]

    @property
    def regular(self) -> bool:
        """Whether no series has a gap."""
        steps = np.diff(self.keys)
        return bool(np.all((steps == 1) | (steps >= self.span // 2)))
