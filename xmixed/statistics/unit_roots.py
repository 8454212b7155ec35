"""Tests of a unit root: distributions of Dickey and Fuller's statistics, Phillips and Perron's correction."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xmixed.missing import MISSING

Case = Literal["none", "constant", "trend"]
"""What the regression has besides the lagged level."""

_SIZES = (25, 50, 100, 250, 500)
"""Observations at which the statistics were tabulated; the last column of a table is the limit."""

_T: dict[Case, tuple[tuple[float, ...], ...]] = {
    "none": (
        (-2.66, -2.62, -2.60, -2.58, -2.58, -2.58),
        (-1.95, -1.95, -1.95, -1.95, -1.95, -1.95),
        (-1.60, -1.61, -1.61, -1.62, -1.62, -1.62),
    ),
    "constant": (
        (-3.75, -3.58, -3.51, -3.46, -3.44, -3.43),
        (-3.00, -2.93, -2.89, -2.88, -2.87, -2.86),
        (-2.63, -2.60, -2.58, -2.57, -2.57, -2.57),
    ),
    "trend": (
        (-4.38, -4.15, -4.04, -3.99, -3.98, -3.96),
        (-3.60, -3.50, -3.45, -3.43, -3.42, -3.41),
        (-3.24, -3.18, -3.15, -3.13, -3.13, -3.12),
    ),
}
"""Values of t at 1, 5 and 10 per cent: Fuller (1976), table 8.5.2; Hamilton (1994), table B.6."""

_RHO: dict[Case, tuple[tuple[float, ...], ...]] = {
    "none": (
        (-11.9, -12.9, -13.3, -13.6, -13.7, -13.8),
        (-7.3, -7.7, -7.9, -8.0, -8.0, -8.1),
        (-5.3, -5.5, -5.6, -5.7, -5.7, -5.7),
    ),
    "constant": (
        (-17.2, -18.9, -19.8, -20.3, -20.5, -20.7),
        (-12.5, -13.3, -13.7, -14.0, -14.0, -14.1),
        (-10.2, -10.7, -11.0, -11.2, -11.2, -11.3),
    ),
    "trend": (
        (-22.5, -25.7, -27.4, -28.4, -28.9, -29.5),
        (-17.9, -19.8, -20.7, -21.3, -21.5, -21.8),
        (-15.6, -16.8, -17.5, -18.0, -18.1, -18.3),
    ),
}
"""Values of n (rho - 1) at the same levels: Fuller (1976), table 8.5.1; Hamilton (1994), table B.5."""


@dataclass(frozen=True, slots=True)
class _Surface:
    """MacKinnon's polynomials in t: the normal quantile of p below `star`, above it, and their range."""

    least: float
    star: float
    most: float
    below: tuple[float, ...]
    above: tuple[float, ...]


_SURFACES: dict[Case, _Surface] = {
    "none": _Surface(
        -19.04, -1.04, math.inf, (0.6344, 1.2378, 0.032496), (0.4797, 0.93557, -0.06999, 0.033066)
    ),
    "constant": _Surface(
        -18.83, -1.61, 2.74, (2.1659, 1.4412, 0.038269), (1.7339, 0.93202, -0.12745, -0.010368)
    ),
    "trend": _Surface(
        -16.18, -2.89, 0.70, (3.2512, 1.6047, 0.049588), (2.5261, 0.61654, -0.37956, -0.060285)
    ),
}
"""MacKinnon (1994), Journal of Business & Economic Statistics 12, tables 3 and 4, one integrated series."""


def critical_values(case: Case, n: float, of_rho: bool = False) -> tuple[float, float, float]:
    """Return the values at 1, 5 and 10 per cent for n observations, between the tabulated sizes by lines.

    Beyond the last size they are on the line in 1/n to the limit.
    """
    table = (_RHO if of_rho else _T)[case]
    if n > _SIZES[-1]:
        share = _SIZES[-1] / n
        one, five, ten = (row[-1] + share * (row[-2] - row[-1]) for row in table)
    else:
        one, five, ten = (float(np.interp(n, _SIZES, row[:-1])) for row in table)
    return one, five, ten


def mackinnon_p(t: float, case: Case) -> float:
    """Return MacKinnon's approximate p-value of the t statistic of a unit root."""
    own = _SURFACES[case]
    if t >= own.most:
        return 1.0
    if t <= own.least:
        return 0.0
    coefficients = own.below if t <= own.star else own.above
    z = sum(value * t**power for power, value in enumerate(coefficients))
    return 0.5 * math.erfc(-z / math.sqrt(2))


def usual_lags(n: int) -> int:
    """Return Newey and West's number of lags, int{4 (n / 100)^(2/9)}."""
    return int(4 * (n / 100) ** (2 / 9) + 1e-12)


def phillips_perron(errors: np.ndarray, rho: float, se: float, k: int, lags: int) -> tuple[float, float]:
    """Return Z(rho) and Z(t) of a regression of y on its lag.

    Parameters
    ----------
    errors : ndarray, shape (n,)
        Its residuals, in the order of time.
    rho, se : float
        The coefficient of the lag and its standard error.
    k : int
        Coefficients of the regression.

    Notes
    -----
    Phillips and Perron (1988), Biometrika 75, with the long-run variance of Newey and West (1987).
    """
    n = len(errors)
    first = float(errors @ errors) / n
    later = [(1 - j / (lags + 1)) * float(errors[j:] @ errors[: n - j]) / n for j in range(1, lags + 1)]
    long_run = first + 2 * sum(later)
    scale = float(errors @ errors) / (n - k)
    if not scale > 0 or not long_run > 0:
        return MISSING, MISSING
    excess = long_run - first
    z_rho = n * (rho - 1) - 0.5 * n**2 * se**2 / scale * excess
    z_t = math.sqrt(first / long_run) * (rho - 1) / se
    z_t -= 0.5 * excess / math.sqrt(long_run) * n * se / math.sqrt(scale)
    return z_rho, z_t
