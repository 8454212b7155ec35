"""Directions along which derivatives are taken, and what is found there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """One coordinate: Psi of level `position` moves along the symmetric (q, q) matrix `matrix`."""

    position: int
    matrix: np.ndarray


@lru_cache(maxsize=8)
def stacked(directions: tuple[Direction, ...]) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """By level: which directions are its own, (d,), and the elements of their matrices, (d, q q)."""
    found = {}
    for level in sorted({direction.position for direction in directions}):
        places = np.array([i for i, direction in enumerate(directions) if direction.position == level])
        found[level] = places, np.array([directions[i].matrix.ravel() for i in places])
    return found


class Derivatives(NamedTuple):
    """First derivatives (k,) and second derivatives (k, k) of the log determinants and of y'Py."""

    log_det: np.ndarray
    rss: np.ndarray
    log_det_second: np.ndarray
    rss_second: np.ndarray
