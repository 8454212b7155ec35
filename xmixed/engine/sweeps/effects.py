"""Conditional moments of the random effects of every level, in working units with sigma_e = 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class LevelMoments:
    """Of the effects of one level's groups, given y.

    Attributes
    ----------
    means : (q, G) array
    variances : (q, q, G) array
        With the uncertainty of beta for REML.
    with_beta : (q, p, G) array or None
        Covariance with beta; None for ML, where beta counts as known.
    """

    means: np.ndarray
    variances: np.ndarray
    with_beta: np.ndarray | None


Ties = Mapping[int, int]
"""Level by level of equally correlated effects, the larger groups within which they are so."""
