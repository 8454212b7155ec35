"""Directions along which derivatives are taken, and what is found there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """One coordinate: Psi of level `position` moves along the symmetric (q, q) matrix `matrix`."""

    position: int
    matrix: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """First derivatives (k,) and second derivatives (k, k) of the log determinants and of y'Py."""

    log_det: np.ndarray
    rss: np.ndarray
    log_det_second: np.ndarray
    rss_second: np.ndarray
