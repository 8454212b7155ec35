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


_ERS_SIZES = (50, 100, 200)
_ERS_TREND = (
    (-3.77, -3.58, -3.46, -3.48),
    (-3.19, -3.03, -2.93, -2.89),
    (-2.89, -2.74, -2.64, -2.57),
)
"""Elliott, Rothenberg and Stock (1996), Econometrica 64, table I.C; the last column is the limit."""


def gls_critical_values(trend: bool, n: float) -> tuple[float, float, float]:
    """Return critical values of the DF-GLS statistic at 1, 5 and 10 per cent for a series of n values.

    Without a trend the distribution is that of Dickey and Fuller's statistic without a constant. Beyond the
    last tabulated size they are on the line in 1/n to the limit.
    """
    if not trend:
        return critical_values("none", n)
    if n > _ERS_SIZES[-1]:
        share = _ERS_SIZES[-1] / n
        one, five, ten = (row[-1] + share * (row[-2] - row[-1]) for row in _ERS_TREND)
    else:
        one, five, ten = (float(np.interp(n, _ERS_SIZES, row[:-1])) for row in _ERS_TREND)
    return one, five, ten


def schwert_lags(n: int) -> int:
    """Return Schwert's largest lag, int{12 ((n + 1) / 100)^(1/4)}."""
    return int(12 * ((n + 1) / 100) ** 0.25 + 1e-12)


@dataclass(frozen=True, slots=True, eq=False)
class GlsTest:
    """DF-GLS statistics by the number of lagged differences, 0 ... m, all over the same n observations.

    Attributes
    ----------
    statistics, last : ndarray, shape (m + 1,)
        t of the lagged level, and of the longest lag (missing for none).
    rmse, sc, maic : ndarray, shape (m + 1,)
        sqrt(rss / n), Schwarz's criterion, Ng and Perron's modified criterion of Akaike.
    n : int
    """

    statistics: np.ndarray
    last: np.ndarray
    rmse: np.ndarray
    sc: np.ndarray
    maic: np.ndarray
    n: int

    @property
    def sequential(self) -> int:
        """The longest lag that is significant at 10 per cent (Ng and Perron 1995), 0 for none."""
        significant = np.flatnonzero(np.abs(self.last) > 1.6448536269514722)
        return int(significant[-1]) if len(significant) else 0


def gls_detrended(y: np.ndarray, trend: bool) -> np.ndarray:
    """Return a series less its mean or trend, estimated under the local alternative 1 - c/n."""
    n = len(y)
    alpha = 1 - (13.5 if trend else 7.0) / n
    z = np.column_stack([np.ones(n), np.arange(1.0, n + 1)][: 2 if trend else 1])
    moved_y, moved_z = (np.concatenate([own[:1], own[1:] - alpha * own[:-1]]) for own in (y, z))
    return y - z @ np.linalg.lstsq(moved_z, moved_y, rcond=None)[0]


def gls_test(y: np.ndarray, trend: bool, most: int) -> GlsTest | None:
    """Return the tests of a series without gaps; None where it is too short, or has nothing to explain."""
    own = gls_detrended(y, trend)
    change, level = np.diff(own), own[:-1]
    n = len(change) - most
    if n <= most + 1 or np.abs(own).max() <= 1e-10 * np.abs(y).max():
        return None
    target, before = change[most:], level[most:]
    lagged = [change[most - lag : len(change) - lag] for lag in range(1, most + 1)]
    columns = np.column_stack([before, *lagged])
    Q, R = np.linalg.qr(columns)
    if np.abs(np.diag(R)).min() <= 1e-10 * np.abs(R).max():
        return None
    rows = [_of_lags(Q, R, target, lag, n) for lag in range(most + 1)]
    statistics, last, squares, slopes = (np.array(row) for row in zip(*rows, strict=True))
    if not squares.min() > 1e-20 * float(target @ target):
        return None
    variance, k = squares / n, np.arange(most + 1.0)
    tau = slopes**2 * float(before @ before) / variance
    last[0] = 0.0
    sc = np.log(variance) + (k + 1) * math.log(n) / n
    return GlsTest(statistics, last, np.sqrt(variance), sc, np.log(variance) + 2 * (tau + k + 1) / n, n)


def _of_lags(
    Q: np.ndarray, R: np.ndarray, target: np.ndarray, lags: int, n: int
) -> tuple[float, float, float, float]:
    """Return t of the level and of the longest lag, the residual sum of squares, and the level's slope."""
    k = lags + 1
    inverse = np.linalg.inv(R[:k, :k])
    projected = Q[:, :k].T @ target
    beta = inverse @ projected
    rss = float(np.sum((target - Q[:, :k] @ projected) ** 2))
    errors = np.sqrt(rss / (n - k) * (inverse**2).sum(axis=1))
    t = np.divide(beta, errors, out=np.zeros(k), where=errors > 0)
    return float(t[0]), float(t[-1]), rss, float(beta[0])
