"""Nested groups of rows: sums over them, and what goes from groups back to rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups whose members lie together: rows, or the groups of the level below.

    Attributes
    ----------
    starts : ndarray of int, shape (G,)
        The first member of each.
    codes : ndarray of int, shape (members,)
    """

    starts: np.ndarray
    codes: np.ndarray

    @property
    def count(self) -> int:
        return len(self.starts)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return sums by group along the first axis."""
        return np.add.reduceat(values, self.starts, axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """Levels of nested groups, highest first.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        The order of the rows in which groups of every level lie together.
    rows : tuple of Groups
        Of each level, over the rows in that order.
    within : tuple of Groups
        Of each level but the last: its groups over those of the level below.
    """

    order: np.ndarray
    rows: tuple[Groups, ...]
    within: tuple[Groups, ...]

    @classmethod
    def of(cls, codes: Sequence[np.ndarray]) -> Nested:
        """Return the groups of levels, each given as codes over the rows, highest first."""
        order = np.lexsort(tuple(reversed(codes)))
        rows = [_together(own[order]) for own in codes]
        within = [
            _together(above.codes[below.starts]) for above, below in zip(rows[:-1], rows[1:], strict=True)
        ]
        return cls(order, tuple(rows), tuple(within))


def _together(codes: np.ndarray) -> Groups:
    new = np.ones(len(codes), dtype=bool)
    new[1:] = codes[1:] != codes[:-1]
    return Groups(np.flatnonzero(new), np.cumsum(new) - 1)
