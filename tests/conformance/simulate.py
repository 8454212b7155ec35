"""Random unbalanced data with known structure, for tests that compare a fit with itself or a closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd


def two_level(seed: int, n_groups: int = 30, largest: int = 9, slope_sd: float = 0.6) -> pd.DataFrame:
    """Return columns y, x, z, g, h, c: a random intercept and a random slope on x, group sizes 1..largest.

    `h` holds five groups each, `c` is a factor of six values that crosses the groups.
    """
    generator = np.random.default_rng(seed)
    g = np.repeat(np.arange(1, n_groups + 1), generator.integers(1, largest + 1, n_groups))
    x, z = generator.normal(size=(2, len(g)))
    intercept, slope = generator.normal(size=(2, n_groups))
    y = (
        1
        + 0.5 * x
        - 0.3 * z
        + 0.9 * intercept[g - 1]
        + slope_sd * slope[g - 1] * x
        + generator.normal(size=len(g))
    )
    c = generator.integers(1, 7, len(g))
    h = (g - 1) // 5 + 1
    y = y + 0.7 * generator.normal(size=h.max() + 1)[h] + 0.5 * generator.normal(size=7)[c]
    return pd.DataFrame({"y": y, "x": x, "z": z, "g": g, "h": h, "c": c})


def balanced_one_way(seed: int, n_groups: int, size: int, between: float) -> pd.DataFrame:
    """Return columns y, g: `n_groups` groups of `size` with a between-group standard deviation."""
    generator = np.random.default_rng(seed)
    g = np.repeat(np.arange(1, n_groups + 1), size)
    y = 10 + between * generator.normal(size=n_groups)[g - 1] + generator.normal(size=len(g))
    return pd.DataFrame({"y": y, "g": g})
