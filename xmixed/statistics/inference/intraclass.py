"""The intraclass correlation of a one-way analysis of variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.missing import MISSING
from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.inference.comparisons import OneWayAnova


@dataclass(frozen=True, slots=True)
class Intraclass:
    """The correlation of two observations of one group, and what follows from it.

    Attributes
    ----------
    rho, se, lower, upper : float
        `se` is missing for exact limits.
    size : float
        Observations of a group; of unequal groups the mean less variance over mean, so to say.
    sd_between, sd_within : float
    reliability : float
        Of the mean of a group of `size`.
    truncated : bool
        The estimate was negative.
    """

    rho: float
    se: float
    lower: float
    upper: float
    size: float
    sd_between: float
    sd_within: float
    reliability: float
    truncated: bool


def intraclass(anova: OneWayAnova, level: float, exact: bool = False) -> Intraclass:
    """Return the correlation (F - 1) / (F - 1 + g), its standard error and limits.

    Parameters
    ----------
    exact : bool
        Limits by the distribution of F: for groups of one size.

    Notes
    -----
    Smith (1957), Annals of Human Genetics 21, for the standard error with groups of any sizes.
    """
    n, total, k = anova.n, anova.total_n, len(anova.n)
    size = float((total - (n**2).sum() / total) / (k - 1))
    within = anova.within / anova.df_within
    between = anova.between / anova.df_between
    raw = (between - within) / (between + (size - 1) * within)
    rho = max(raw, 0.0)
    z = normal_quantile(level)
    if exact:
        se = MISSING
        lower, upper = _exact_limits(anova, size, level)
    else:
        squares = float((n**2).sum())
        first = (1 + rho * (size - 1)) ** 2 / (total - k)
        second = (1 - rho) * (1 + rho * (2 * size - 1)) / (k - 1)
        third = rho**2 * (squares - 2 * float((n**3).sum()) / total + (squares / total) ** 2) / (k - 1) ** 2
        se = (2 * (1 - rho) ** 2 / size**2 * (first + second + third)) ** 0.5
        lower, upper = rho - z * se, rho + z * se
    return Intraclass(
        rho,
        se,
        max(lower, 0.0),
        min(upper, 1.0),
        size,
        max(between - within, 0.0) ** 0.5 / size**0.5,
        within**0.5,
        size * rho / (1 + (size - 1) * rho),
        raw < 0,
    )


def _exact_limits(anova: OneWayAnova, size: float, level: float) -> tuple[float, float]:
    from scipy.special import fdtri

    tail = (1 - level / 100) / 2
    df = anova.df_between, anova.df_within
    ratios = (anova.f / float(fdtri(*df, 1 - tail)), anova.f / float(fdtri(*df, tail)))
    lower, upper = ((own - 1) / (own - 1 + size) for own in ratios)
    return float(lower), float(np.clip(upper, 0.0, 1.0))
