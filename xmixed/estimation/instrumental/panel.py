"""Panel regressions with instruments on arrays: within, between, and generalised two-stage least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.linear.panel import Groups, PanelRegression, correlation, squared_correlation
from xmixed.estimation.systems.fit import independent_columns, projected
from xmixed.statistics.linear.blocks import Column, linear_combination
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True, eq=False)
class InstrumentedPanel:
    """Outcome (n,), covariates and instruments with the constant last (None), and the groups."""

    y: np.ndarray
    columns: tuple[Column, ...]
    instruments: tuple[Column, ...]
    groups: Groups


def _filled(columns: Sequence[Column], n: int) -> list[np.ndarray]:
    return [np.ones(n) if own is None else own.astype(np.float64) for own in columns]


def _second_stage(y: np.ndarray, X: Sequence[np.ndarray], Z: Sequence[np.ndarray]) -> LeastSquares:
    """Return two-stage least squares: the sum of squares is that of the residuals from X itself."""
    stages = projected([np.column_stack(X)], independent_columns(list(Z)), None)[0]
    columns: list[Column] = [None if np.all(own == 1) else stages[:, place] for place, own in enumerate(X)]
    found = least_squares(y, columns)
    errors = y - np.column_stack(X) @ found.beta
    return replace(found, rss=float(errors @ errors))


def _within(panel: InstrumentedPanel, columns: Sequence[Column]) -> list[np.ndarray]:
    """Return columns less group means, with the mean of all; what does not vary within groups is zero."""
    found = []
    for own in columns:
        if own is None:
            found.append(np.ones(len(panel.y)))
            continue
        moved = panel.groups.without_means(own)
        if np.abs(moved).max(initial=0.0) <= 1e-12 * max(float(np.abs(own).max(initial=0.0)), 1e-300):
            found.append(np.zeros(len(own)))
        else:
            found.append(moved + panel.groups.total_mean(own))
    return found


def _joint(fit: LeastSquares, variance: np.ndarray, columns: Sequence[Column]) -> float:
    places = fit.slopes(columns)
    return joint_statistic(fit.beta[places], variance[np.ix_(places, places)])


def within(panel: InstrumentedPanel) -> PanelRegression:
    """Return two-stage least squares of deviations from group means; the constant is of the mean group."""
    y, groups, n = panel.y, panel.groups, len(panel.y)
    moved = groups.without_means(y) + groups.total_mean(y)
    X, Z = _within(panel, panel.columns), _within(panel, panel.instruments)
    fit = _second_stage(moved, X, Z)
    slopes = fit.rank - 1
    left = n - groups.count - slopes
    mean_square = fit.rss / left if left > 0 else np.nan
    variance = fit.inverse * mean_square
    pooled = _second_stage(y, _filled(panel.columns, n), _filled(panel.instruments, n))
    gain = (pooled.rss - fit.rss) / (groups.count - 1) if groups.count > 1 else np.nan
    prediction = linear_combination(panel.columns, fit.beta, n)
    effects = groups.means(y - prediction)
    return PanelRegression(
        fit,
        float(n),
        float(slopes),
        float(left),
        variance,
        variance,
        _joint(fit, variance, panel.columns),
        float(np.std(effects, ddof=1)) if groups.count > 1 else np.nan,
        float(np.sqrt(mean_square)),
        1 - fit.rss / fit.tss if fit.tss > 0 else np.nan,
        squared_correlation(groups.means(y), groups.means(prediction)),
        squared_correlation(y, prediction),
        correlation(effects[groups.codes], prediction),
        gain / mean_square if mean_square > 0 else np.nan,
        total_ss=least_squares(y, [None]).rss,
    )


def _means(panel: InstrumentedPanel, columns: Sequence[Column]) -> list[np.ndarray]:
    count = panel.groups.count
    return [np.ones(count) if own is None else panel.groups.means(own) for own in columns]


def between(panel: InstrumentedPanel) -> PanelRegression:
    """Return two-stage least squares of group means."""
    groups = panel.groups
    fit = _second_stage(groups.means(panel.y), _means(panel, panel.columns), _means(panel, panel.instruments))
    df = groups.count - fit.rank
    mean_square = fit.rss / df if df > 0 else np.nan
    variance = fit.inverse * mean_square
    prediction = linear_combination(panel.columns, fit.beta, len(panel.y))
    return PanelRegression(
        fit,
        float(len(panel.y)),
        float(fit.rank - 1),
        float(df),
        variance,
        variance,
        _joint(fit, variance, panel.columns),
        sigma_u=float(np.sqrt(mean_square)),
        r2_within=squared_correlation(groups.without_means(panel.y), groups.without_means(prediction)),
        r2_between=squared_correlation(groups.means(panel.y), groups.means(prediction)),
        r2_overall=squared_correlation(panel.y, prediction),
    )


def random_effects(panel: InstrumentedPanel) -> PanelRegression:
    """Return generalised two-stage least squares.

    Balestra and Varadharajan-Krishnakumar (1987), Econometric Theory 3; variances by Swamy and Arora.
    """
    groups, n = panel.groups, len(panel.y)
    inside, means = within(panel), between(panel)
    sizes, sigma_e2 = groups.sizes, inside.sigma_e**2
    if not np.isfinite(sigma_e2 + means.sigma_u):
        raise StataError(2001, "insufficient observations")
    sigma_u2 = max(means.sigma_u**2 - sigma_e2 * float(np.mean(1 / sizes)), 0.0)
    theta = 1 - np.sqrt(sigma_e2 / (sizes * sigma_u2 + sigma_e2))
    y = groups.without_means(panel.y, theta)
    X, Z = (
        [groups.without_means(own, theta) for own in _filled(columns, n)]
        for columns in (panel.columns, panel.instruments)
    )
    fit = _second_stage(y, X, Z)
    mean_square = fit.rss / (n - fit.rank)
    variance = fit.inverse * mean_square
    prediction = linear_combination(panel.columns, fit.beta, n)
    return PanelRegression(
        fit,
        float(n),
        float(fit.rank - 1),
        np.nan,
        variance,
        variance,
        _joint(fit, variance, panel.columns),
        float(np.sqrt(sigma_u2)),
        float(np.sqrt(sigma_e2)),
        squared_correlation(groups.without_means(panel.y), groups.without_means(prediction)),
        squared_correlation(groups.means(panel.y), groups.means(prediction)),
        squared_correlation(panel.y, prediction),
        theta=theta,
    )


MODELS = {"fe": within, "re": random_effects, "be": between}
