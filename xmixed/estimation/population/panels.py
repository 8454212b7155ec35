"""Rows by panel: all panels of one size lie together in one array."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """The panels of one size.

    Attributes
    ----------
    panels : ndarray of int, shape (g,)
    rows : ndarray of int, shape (g, m)
        In the order of time.
    places : ndarray of int, shape (g, m)
        Which occasion each row is, from 0.
    patterns : ndarray of int, shape (p, m)
        The different rows of `places`.
    codes : ndarray of int, shape (g,)
        The pattern of each panel.
    """

    panels: np.ndarray
    rows: np.ndarray
    places: np.ndarray
    patterns: np.ndarray
    codes: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """A sample's panels.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
    sizes : ndarray of int, shape (G,)
    occasions : int
        How many there are at most.
    batches : tuple of Batch
    """

    codes: np.ndarray
    sizes: np.ndarray
    occasions: int
    batches: tuple[Batch, ...]

    @classmethod
    def of(cls, codes: np.ndarray, times: np.ndarray | None, by_value: bool) -> Panels:
        """Return the panels of a sample.

        Parameters
        ----------
        codes : (n,) int array
            From 0, every code used.
        times : (n,) array or None
            Order within panels; that of the rows without.
        by_value : bool
            Whether equal times are one occasion; else an occasion is the place in the panel.
        """
        n = len(codes)
        order = np.argsort(codes, kind="stable") if times is None else np.lexsort((times, codes))
        sizes = np.bincount(codes)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        within = np.arange(n) - np.repeat(starts, sizes)
        if by_value:
            assert times is not None
            levels, values = np.unique(times, return_inverse=True)
            within, occasions = values[order], len(levels)
        else:
            occasions = int(sizes.max(initial=0))
        batches = []
        for m in np.unique(sizes):
            panels = np.flatnonzero(sizes == m)
            cells = starts[panels][:, None] + np.arange(m)
            places = within[cells]
            if by_value:
                patterns, kinds = np.unique(places, axis=0, return_inverse=True)
            else:
                patterns, kinds = np.arange(m)[None, :], np.zeros(len(panels), dtype=np.int64)
            batches.append(Batch(panels, order[cells], places, patterns, kinds.ravel()))
        return cls(codes, sizes, occasions, tuple(batches))

    def __iter__(self) -> Iterator[Batch]:
        return iter(self.batches)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return sums by panel, (G,)."""
        return np.bincount(self.codes, values, minlength=len(self.sizes))
