"""Who is at risk when: sums over risk sets by cumulative sums, in strata."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Observations at risk.

    Attributes
    ----------
    entry, exit : ndarray, shape (n,)
    failed : ndarray of bool, shape (n,)
    weights : ndarray, shape (n,)
    """

    entry: np.ndarray
    exit: np.ndarray
    failed: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True, eq=False)
class RiskSets:
    """The failure times of each stratum, in ascending order, strata one after the other.

    Attributes
    ----------
    spells : Spells
    strata : ndarray of int, shape (n,)
        Codes from 0.
    """

    spells: Spells
    strata: np.ndarray

    @cached_property
    def _ranks(self) -> np.ndarray:
        """Times of entries and exits as codes that ascend within strata and from one to the next."""
        own = self.spells
        both = np.concatenate([own.entry, own.exit])
        _, codes = np.unique(both, return_inverse=True)
        codes = codes.reshape(2, -1)
        width = int(codes.max(initial=0)) + 2
        return codes + self.strata * width + 1

    @cached_property
    def times(self) -> np.ndarray:
        """Codes of the failure times, (D,)."""
        return np.unique(self._ranks[1][self.spells.failed])

    @cached_property
    def place(self) -> np.ndarray:
        """Which failure time each exit is at, (n,); meaningless for the others."""
        return np.minimum(np.searchsorted(self.times, self._ranks[1]), max(len(self.times) - 1, 0))

    @cached_property
    def first(self) -> np.ndarray:
        """The first failure time that each observation is at risk at, (n,)."""
        return np.searchsorted(self.times, self._ranks[0], side="right")

    @cached_property
    def last(self) -> np.ndarray:
        """One more than the last failure time that each observation is at risk at, (n,)."""
        return np.searchsorted(self.times, self._ranks[1], side="right")

    @cached_property
    def stratum(self) -> np.ndarray:
        """The stratum of each failure time, (D,)."""
        found = np.zeros(len(self.times), dtype=np.int64)
        found[self.place[self.spells.failed]] = self.strata[self.spells.failed]
        return found

    @cached_property
    def values(self) -> np.ndarray:
        """The failure times themselves, (D,)."""
        found = np.zeros(len(self.times))
        found[self.place[self.spells.failed]] = self.spells.exit[self.spells.failed]
        return found

    def at_risk(self, values: np.ndarray) -> np.ndarray:
        """Return sums over the risk set of each failure time, (D,) or (D, k)."""
        size = len(self.times)
        steps = np.zeros((size + 1, *values.shape[1:]))
        np.add.at(steps, self.first, values)
        np.subtract.at(steps, self.last, values)
        return np.cumsum(steps, axis=0)[:size]

    def failing(self, values: np.ndarray) -> np.ndarray:
        """Return sums over those who fail at each failure time."""
        found = np.zeros((len(self.times), *values.shape[1:]))
        own = self.spells.failed
        np.add.at(found, self.place[own], values[own])
        return found

    def accumulated(self, values: np.ndarray) -> np.ndarray:
        """Return for each observation the sum of a figure over the failure times that it is at risk at."""
        total = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
        return total[self.last] - total[self.first]
