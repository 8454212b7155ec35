"""Records of survival times, split where points of time lie within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """The pieces of records, in the order of these.

    Attributes
    ----------
    source : ndarray of int, shape (m,)
        The record of each piece.
    start, end : ndarray, shape (m,)
    last : ndarray of bool, shape (m,)
        Whether the piece ends where its record did.
    below : ndarray, shape (m,)
        The largest point at or before the start, 0 for none.
    """

    source: np.ndarray
    start: np.ndarray
    end: np.ndarray
    last: np.ndarray
    below: np.ndarray


def split_records(start: np.ndarray, end: np.ndarray, used: np.ndarray, points: np.ndarray) -> Episodes:
    """Split records (start, end] at points within them.

    Parameters
    ----------
    start, end : ndarray, shape (n,)
        Finite where `used`.
    used : ndarray of bool, shape (n,)
        Records that may be split; the others stay whole.
    points : ndarray, shape (p,) or (n, p)
        Ascending, the same for all records or each its own.
    """
    n = len(start)
    own = np.broadcast_to(points, (n, points.shape[-1])) if points.ndim == 1 else points
    inside = used[:, None] & (own > start[:, None]) & (own < end[:, None])
    pieces = inside.sum(axis=1) + 1
    source = np.repeat(np.arange(n), pieces)
    last = np.zeros(len(source), dtype=bool)
    ends_at = np.cumsum(pieces) - 1
    last[ends_at] = True
    first = np.zeros(len(source), dtype=bool)
    first[ends_at - pieces + 1] = True
    cuts = own[inside]  # by record, ascending
    begins, finishes = start[source].astype(np.float64), end[source].astype(np.float64)
    begins[~first] = cuts
    finishes[~last] = cuts
    before = used[source, None] & (own[source] <= begins[:, None])
    count = before.sum(axis=1)
    below = np.zeros(len(source))
    if own.shape[1]:
        below = np.where(count > 0, own[source, np.maximum(count - 1, 0)], 0.0)
    return Episodes(source, begins, finishes, last, below)
