"""Curves and bars made of data: fitted lines, smooth curves, densities, histograms, box plots."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from xmixed.statistics.curves.bands import cross_medians, default_bands, spline_through
from xmixed.statistics.curves.density import (
    Bins,
    default_bandwidth,
    histogram_bins,
    histogram_counts,
    kernel_density,
)
from xmixed.statistics.curves.fractional import FractionalPolynomial, fit_fractional
from xmixed.statistics.curves.smoothing import (
    Polynomial,
    fit_polynomial,
    local_polynomial,
    lowess,
    rule_of_thumb,
)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve, with an interval around it where `low` and `high` are not empty; arrays of shape (m,)."""

    x: np.ndarray
    y: np.ndarray
    low: np.ndarray
    high: np.ndarray


NOTHING = np.empty(0)


def fitted_polynomial(
    x: np.ndarray,
    y: np.ndarray,
    degree: int,
    w: np.ndarray | None = None,
    *,
    ends: tuple[float, float] | None = None,
    points: int = 0,
    level: float | None = None,
    of_forecast: bool = False,
) -> Curve:
    """Return the least-squares polynomial over the range of x (or `ends`), with an interval at `level`."""
    at = _spread(x, ends, points or (2 if degree == 1 and level is None else 100))
    return _with_interval(fit_polynomial(x, y, degree, w), at, level, of_forecast)


def fractional_polynomial(
    x: np.ndarray,
    y: np.ndarray,
    degree: int,
    w: np.ndarray | None = None,
    *,
    ends: tuple[float, float] | None = None,
    points: int = 0,
    level: float | None = None,
    of_forecast: bool = False,
) -> Curve:
    """Return the fractional polynomial that fits best, over the range of x or `ends`."""
    fitted = fit_fractional(x, y, w, degree)
    return _with_interval(fitted, _spread(x, ends, points or 300), level, of_forecast)


def _spread(x: np.ndarray, ends: tuple[float, float] | None, count: int) -> np.ndarray:
    """Return equally spaced points over the range of x, or between `ends`; shape (count,)."""
    low, high = ends if ends is not None else (float(x.min()), float(x.max()))
    return np.linspace(low, high, count)


def _with_interval(
    fitted: Polynomial | FractionalPolynomial, at: np.ndarray, level: float | None, of_forecast: bool
) -> Curve:
    value = fitted.value(at)
    if level is None:
        return Curve(at, value, NOTHING, NOTHING)
    half = _t_quantile(level, fitted.df) * fitted.standard_error(at, of_forecast)
    return Curve(at, value, value - half, value + half)


def band_curve(x: np.ndarray, y: np.ndarray, bands: int = 0) -> Curve:
    """Return the cross medians of bands of x, joined by straight lines."""
    at, value = cross_medians(x, y, bands or default_bands(len(x)))
    return Curve(at, value, NOTHING, NOTHING)


def spline_curve(x: np.ndarray, y: np.ndarray, bands: int = 0, between: int = 0) -> Curve:
    """Return the cubic spline through the cross medians of bands of x."""
    knots = band_curve(x, y, bands)
    at, value = spline_through(knots.x, knots.y, between or 10)
    return Curve(at, value, NOTHING, NOTHING)


def _t_quantile(level: float, df: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 200)) if df > 0 else math.nan


def _normal_quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 200))


@dataclass(frozen=True, slots=True)
class LowessSettings:
    """What `lowess` takes: see `statistics.curves.smoothing`; `adjust` and `logit` change its values."""

    bandwidth: float = 0.8
    mean: bool = False
    weighted: bool = True
    adjust: bool = False
    logit: bool = False


USUAL_LOWESS = LowessSettings()


def smoothed(x: np.ndarray, y: np.ndarray, settings: LowessSettings) -> np.ndarray:
    """Return the lowess smooth at every point.

    `adjust` gives it the mean of y by a factor; `logit` takes its log odds, after shares below 1/n or above
    1 - 1/n were set to these.
    """
    smooth = lowess(x, y, settings.bandwidth, mean=settings.mean, weighted=settings.weighted)
    if settings.adjust and smooth.mean() != 0:
        smooth = smooth * (y.mean() / smooth.mean())
    if settings.logit:
        share = np.clip(smooth, 1 / len(x), 1 - 1 / len(x))
        smooth = np.log(share / (1 - share))
    return smooth


def lowess_curve(x: np.ndarray, y: np.ndarray, settings: LowessSettings = USUAL_LOWESS) -> Curve:
    """Return the lowess smooth at the distinct values of x, ascending; ties have the mean of theirs."""
    smooth = smoothed(x, y, settings)
    at, place, count = np.unique(x, return_inverse=True, return_counts=True)
    return Curve(at, np.bincount(place, weights=smooth) / count, NOTHING, NOTHING)


@dataclass(frozen=True, slots=True, eq=False)
class LocalSettings:
    """What `lpoly` takes; without a bandwidth the rule of thumb, without a level no interval.

    `at` are the places of the curve, ascending; None: some over the range of x.
    """

    kernel: str = "epanechnikov"
    degree: int = 0
    bandwidth: float | None = None
    points: int = 0
    pilot: float | None = None
    level: float | None = None
    at: np.ndarray | None = None


def local_curve(
    x: np.ndarray, y: np.ndarray, settings: LocalSettings, w: np.ndarray | None = None
) -> tuple[Curve, float]:
    """Return a local polynomial smooth over the range of x, and the bandwidth used."""
    rule = rule_of_thumb(x, y, settings.degree, settings.kernel, w) if settings.bandwidth is None else 0.0
    h = settings.bandwidth or rule
    at = settings.at
    if at is None:
        at = np.linspace(float(x.min()), float(x.max()), settings.points or min(len(x), 50))
    found = local_polynomial(x, y, at, settings.degree, h, settings.kernel, w, settings.pilot)
    if settings.level is None:
        return Curve(at, found.value, NOTHING, NOTHING), h
    half = _normal_quantile(settings.level) * found.standard_error
    return Curve(at, found.value, found.value - half, found.value + half), h


def density_curve(
    x: np.ndarray,
    w: np.ndarray | None = None,
    *,
    kernel: str = "epanechnikov",
    bandwidth: float | None = None,
    points: int = 300,
    ends: tuple[float, float] | None = None,
    at: np.ndarray | None = None,
) -> tuple[Curve, float]:
    """Return a kernel density estimate over the range of x and a bandwidth beyond, and the bandwidth used.

    `at` are the places of the curve, ascending, where others are asked for.
    """
    h = bandwidth or default_bandwidth(x, w)
    low, high = ends if ends is not None else (float(x.min()) - h, float(x.max()) + h)
    at = np.linspace(low, high, max(2, points)) if at is None else at
    return Curve(at, kernel_density(x, at, h, kernel, w), NOTHING, NOTHING), h


def student_curve(mean: float, sd: float, df: float, low: float, high: float, points: int = 300) -> Curve:
    """Return Student's t density with a mean and a scale, over a range."""
    from scipy.stats import t

    at = np.linspace(low, high, points)
    y = t.pdf((at - mean) / sd, df) / sd if sd > 0 else at * 0
    return Curve(at, y, NOTHING, NOTHING)


def normal_curve(mean: float, sd: float, low: float, high: float, points: int = 300) -> Curve:
    """Return a normal density over a range."""
    at = np.linspace(low, high, points)
    y = np.exp(-((at - mean) ** 2) / (2 * sd * sd)) / (sd * math.sqrt(2 * math.pi)) if sd > 0 else at * 0
    return Curve(at, y, NOTHING, NOTHING)


SCALES = {"density": "Density", "fraction": "Fraction", "frequency": "Frequency", "percent": "Percent"}
"""What the heights of a histogram are, and the axis title for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Bars of a histogram: middles and heights, shape (bins,); `factor` takes a density to their scale."""

    bins: Bins
    x: np.ndarray
    y: np.ndarray
    factor: float


def histogram(x: np.ndarray, bins: Bins, scale: str, w: np.ndarray | None = None) -> Histogram:
    """Return the bars of a histogram on one of the `SCALES`."""
    counts = histogram_counts(x, bins, w)
    total = float(counts.sum())
    factor = {
        "density": 1.0,
        "fraction": bins.width,
        "frequency": total * bins.width,
        "percent": 100 * bins.width,
    }[scale]
    middles = bins.start + bins.width * (np.arange(bins.count) + 0.5)
    return Histogram(bins, middles, counts / (total * bins.width) * factor, factor)


def bins_of(
    x: np.ndarray,
    n: float,
    *,
    count: int | None,
    width: float | None,
    start: float | None,
    discrete: bool,
) -> Bins:
    """Return the bins of a histogram of x; see `statistics.density.histogram_bins`."""
    return histogram_bins(x, n, count=count, width=width, start=start, discrete=discrete)


def box_figures(x: np.ndarray, w: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return adjacent values and quartiles of numbers, shape (5,), and what lies outside.

    Adjacent values are the outermost numbers within 1.5 interquartile ranges of the box (Tukey).
    """
    from xmixed.statistics.moments import percentile

    order = np.argsort(x, kind="stable")
    ranked, weights = x[order], None if w is None else w[order]
    first, middle, third = (percentile(ranked, weights, p) for p in (25, 50, 75))
    reach = 1.5 * (third - first)
    inside = ranked[(ranked >= first - reach) & (ranked <= third + reach)]
    low, high = (
        (min(float(inside[0]), first), max(float(inside[-1]), third)) if len(inside) else (first, third)
    )
    outside = ranked[(ranked < low) | (ranked > high)]
    return np.array([low, first, middle, third, high]), outside
