"""Where something is evaluated: what names, results and functions ask of an evaluation."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from xmixed.expressions.context import Context


class Place(Protocol):
    """An evaluation as those see it that it calls.

    Attributes
    ----------
    context : Context
    positions : ndarray of int or None
        Observations wanted, counted from 0; None for all.
    size : int
        Number of observations wanted.
    updated : dict of str to ndarray
        Variables that are being replaced in order, as they are now.
    """

    context: Context
    positions: np.ndarray | None
    size: int
    updated: dict[str, np.ndarray]

    @property
    def rows(self) -> np.ndarray:
        """Return the observations wanted, shape (size,)."""
        ...

    def of_group(self, positions: np.ndarray) -> np.ndarray:
        """Return the observations that positions within the by-groups mean, -1 outside; shape (size,)."""
        ...

    def column(self, name: str) -> np.ndarray:
        """Return a whole variable: float64, or object array of str."""
        ...

    def wanted(self, column: np.ndarray) -> np.ndarray:
        """Return a column of the by-group at the observations wanted."""
        ...

    def read(self, name: str, positions: np.ndarray) -> np.ndarray:
        """Return a variable at positions; what was replaced before, as it is now."""
        ...
