"""Draws with replacement: of observations or of whole clusters, within strata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.data.order import group_codes


@dataclass(frozen=True, slots=True, eq=False)
class SamplingUnits:
    """What is drawn, and the rows that each unit is made of.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Rows of the data, those of a unit together.
    starts, sizes : ndarray of int, shape (m,)
        Where the rows of each unit begin in `order`, and how many they are.
    by_stratum : ndarray of int, shape (m,)
        The units, those of a stratum together.
    strata_starts, strata_sizes : ndarray of int
        Where each stratum begins in `by_stratum`, and how many units it has.
    """

    order: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    by_stratum: np.ndarray
    strata_starts: np.ndarray
    strata_sizes: np.ndarray

    @property
    def count(self) -> int:
        """How many units there are."""
        return len(self.sizes)

    def codes_of(self, n: int) -> np.ndarray:
        """Return the unit of each of the n rows of the data, -1 of those that belong to none."""
        out = np.full(n, -1, dtype=np.intp)
        out[self.order] = np.repeat(np.arange(self.count), self.sizes)
        return out

    def draw(self, generator: np.random.Generator, size: int | None = None) -> np.ndarray:
        """Return units drawn with replacement, `size` from each stratum, as many as it has by default."""
        wanted = self.strata_sizes if size is None else np.full(len(self.strata_sizes), size)
        stratum = np.repeat(np.arange(len(wanted)), wanted)
        place = np.floor(generator.random(len(stratum)) * self.strata_sizes[stratum]).astype(np.intp)
        return self.by_stratum[self.strata_starts[stratum] + place]

    def rows(self, drawn: np.ndarray) -> np.ndarray:
        """Return the rows of units, unit after unit."""
        copies = self.sizes[drawn]
        ends = np.cumsum(copies)
        within = np.arange(int(copies.sum())) - np.repeat(ends - copies, copies)
        return self.order[np.repeat(self.starts[drawn], copies) + within]

    def numbers(self, drawn: np.ndarray) -> np.ndarray:
        """Return for each of `rows` which draw it comes from, counted from 1."""
        return np.repeat(np.arange(1, len(drawn) + 1), self.sizes[drawn])


def sampling_units(
    data: Dataset, strata: Sequence[str] = (), clusters: Sequence[str] = (), rows: np.ndarray | None = None
) -> SamplingUnits:
    """Return the units of data: the groups of `clusters` within strata, or single observations.

    Parameters
    ----------
    rows : ndarray of bool, shape (n,), or None
        Observations that belong to a unit; None: all.
    """
    used = np.arange(data.n_obs) if rows is None else np.flatnonzero(rows)
    stratum_of_row, n_strata = _codes(data, strata, used)
    if clusters:
        unit, n_units = _codes(data, [*strata, *clusters], used)
    else:
        unit, n_units = np.arange(len(used)), len(used)
    stratum = np.zeros(n_units, dtype=np.intp)
    stratum[unit] = stratum_of_row
    sizes = np.bincount(unit, minlength=n_units)
    strata_sizes = np.bincount(stratum, minlength=n_strata)
    return SamplingUnits(
        used[np.argsort(unit, kind="stable")],
        np.cumsum(sizes) - sizes,
        sizes,
        np.argsort(stratum, kind="stable"),
        np.cumsum(strata_sizes) - strata_sizes,
        strata_sizes,
    )


def _codes(data: Dataset, names: Sequence[str], used: np.ndarray) -> tuple[np.ndarray, int]:
    marked = np.zeros(data.n_obs, dtype=bool)
    marked[used] = True
    codes, count = group_codes(data, names, marked)
    return codes[used], count
