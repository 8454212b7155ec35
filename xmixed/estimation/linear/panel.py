"""Panel regressions on arrays: within, between, random effects by Swamy and Arora; absorbed indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.estimation.linear.variance import Clusters, Weighting, robust_variance
from xmixed.statistics.linear.blocks import Column, linear_combination
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of rows.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        From 0; no group is empty.
    count : int
    weights : ndarray, shape (n,), or None
        As sums are formed with them.
    """

    codes: np.ndarray
    count: int
    weights: np.ndarray | None = None

    def sums(self, values: np.ndarray) -> np.ndarray:
        weighted = values if self.weights is None else values * self.weights
        return np.bincount(self.codes, weighted, minlength=self.count)

    @property
    def sizes(self) -> np.ndarray:
        """Rows of each group, weights counted."""
        return np.bincount(self.codes, self.weights, minlength=self.count).astype(np.float64)

    def means(self, values: np.ndarray) -> np.ndarray:
        """Means by group, shape (count,); about the mean of all, for its digits."""
        values = values.astype(np.float64)
        center = float(values.mean())
        return center + self.sums(values - center) / self.sizes

    def total_mean(self, values: np.ndarray) -> float:
        return float(np.average(values.astype(np.float64), weights=self.weights))

    def without_means(self, values: np.ndarray, share: np.ndarray | float = 1.0) -> np.ndarray:
        """Subtract from each row a share (a number, or one a group) of its group's mean."""
        return values - (share * self.means(values))[self.codes]


@dataclass(frozen=True, slots=True, eq=False)
class PanelRegression:
    """A panel regression of k columns, the constant among them.

    Attributes
    ----------
    fit : LeastSquares
        Of the transformed data.
    n : float
    df_model, df_residual : float
        The latter for tests: clusters less one after a variance by clusters.
    variance, model_based : ndarray, shape (k, k)
    statistic : float
        F (within, between) or Wald chi2 (random effects) of the slopes.
    sigma_u, sigma_e : float
        nan where the model has none.
    r2_within, r2_between, r2_overall : float
    correlation : float
        Of u_i and X b; within regression only.
    statistic_groups : float
        Within regression: F that all u_i are zero.
    theta : ndarray, shape (count,)
        Random effects: share of its mean that each group loses.
    total_ss : float
        Within regression: total sum of squares of y as it stands, about its mean.
    """

    fit: LeastSquares
    n: float
    df_model: float
    df_residual: float
    variance: np.ndarray
    model_based: np.ndarray
    statistic: float
    sigma_u: float = np.nan
    sigma_e: float = np.nan
    r2_within: float = np.nan
    r2_between: float = np.nan
    r2_overall: float = np.nan
    correlation: float = np.nan
    statistic_groups: float = np.nan
    theta: np.ndarray | None = None
    total_ss: float = np.nan

    @property
    def rho(self) -> float:
        total = self.sigma_u**2 + self.sigma_e**2
        return self.sigma_u**2 / total if total > 0 else np.nan


def within_columns(
    y: np.ndarray, columns: Sequence[Column], groups: Groups
) -> tuple[np.ndarray, list[Column]]:
    """Return y and columns with the group's mean replaced by the mean of all."""
    moved = [
        None if column is None else groups.without_means(column) + groups.total_mean(column)
        for column in columns
    ]
    return groups.without_means(y) + groups.total_mean(y), moved


def within_regression(
    y: np.ndarray,
    columns: Sequence[Column],
    groups: Groups,
    weighting: Weighting | None = None,
    kind: str = "conventional",
    clusters: Clusters | None = None,
    nested: bool = True,
) -> PanelRegression:
    """Regress deviations from group means; the constant is that of the average group.

    Parameters
    ----------
    columns : sequence of k columns
        With the constant.
    groups : Groups
        `weights` are those of `weighting`, as sums are formed with them.
    kind : str
        robust or cluster; anything else is the model's variance.
    clusters : Clusters
        For a variance by clusters.
    nested : bool
        Whether groups lie within clusters: then the group means cost it no degrees of freedom.
    """
    moved_y, moved = within_columns(y, columns, groups)
    fit = least_squares(moved_y, moved, groups.weights)
    fit = _without_null_columns(fit, moved_y, moved, columns, groups)
    n = float(len(y)) if weighting is None or weighting.kind != "fweight" else float(weighting.values.sum())
    slopes = fit.rank - 1
    df_error = n - groups.count - slopes
    mean_square = fit.rss / df_error if df_error > 0 else np.nan
    variance = model_based = fit.inverse * mean_square
    df = df_error
    if kind in ("robust", "cluster"):
        errors = moved_y - linear_combination(moved, fit.beta, len(y))
        absorbed = 0 if kind == "cluster" and nested else groups.count - 1
        robust = robust_variance(kind, moved, errors, fit, weighting, clusters, absorbed)
        variance = fit.uncentred(robust)
        df = df_error if clusters is None else clusters.count - 1.0
    statistic = _joint(fit, variance, columns) / slopes if slopes else 0.0
    plain = least_squares(y, columns, groups.weights)
    gain = (plain.rss - fit.rss) / (groups.count - 1) if groups.count > 1 else np.nan
    prediction = linear_combination(columns, fit.beta, len(y))
    effects = groups.means(y - prediction)
    weights = groups.weights
    return PanelRegression(
        fit,
        n,
        float(slopes),
        df,
        variance,
        model_based,
        statistic,
        float(np.std(effects, ddof=1)) if groups.count > 1 else np.nan,
        float(np.sqrt(mean_square)),
        1 - fit.rss / fit.tss if fit.tss > 0 else np.nan,
        squared_correlation(groups.means(y), groups.means(prediction)),
        squared_correlation(y, prediction, weights),
        correlation(effects[groups.codes], prediction, weights),
        gain / mean_square if mean_square > 0 else np.nan,
        total_ss=plain.tss,
    )


def _without_null_columns(
    fit: LeastSquares,
    y: np.ndarray,
    moved: Sequence[Column],
    columns: Sequence[Column],
    groups: Groups,
) -> LeastSquares:
    """Fit again without the columns that do not vary within groups but for rounding."""
    null = [
        place
        for place, (column, own) in enumerate(zip(columns, moved, strict=True))
        if column is not None and own is not None and not fit.omitted[place] and _is_constant(column, own)
    ]
    if not null:
        return fit
    kept = [np.zeros(len(y)) if place in null else column for place, column in enumerate(moved)]
    return least_squares(y, kept, groups.weights)


def _is_constant(column: np.ndarray, moved: np.ndarray) -> bool:
    """Return whether the deviations from group means are rounding of the column's values."""
    largest = float(np.abs(column).max(initial=0.0))
    deviation = float(np.abs(moved - moved.mean()).max(initial=0.0))
    return deviation <= 1e-12 * max(largest, 1e-300)


def between_regression(y: np.ndarray, columns: Sequence[Column], groups: Groups) -> PanelRegression:
    """Regress group means on group means, each group counting once."""
    fit, _ = _between(y, columns, groups)
    df_model = float(fit.rank - 1)
    df = groups.count - fit.rank
    mean_square = fit.rss / df if df > 0 else np.nan
    variance = fit.inverse * mean_square
    prediction = linear_combination(columns, fit.beta, len(y))
    explained = (fit.tss - fit.rss) / df_model / mean_square if df_model and mean_square > 0 else np.nan
    return PanelRegression(
        fit,
        float(len(y)),
        df_model,
        float(df),
        variance,
        variance,
        float(explained),
        sigma_u=float(np.sqrt(mean_square)),
        r2_within=squared_correlation(groups.without_means(y), groups.without_means(prediction)),
        r2_between=1 - fit.rss / fit.tss if fit.tss > 0 else np.nan,
        r2_overall=squared_correlation(y, prediction),
    )


def _between(y: np.ndarray, columns: Sequence[Column], groups: Groups) -> tuple[LeastSquares, list[Column]]:
    means: list[Column] = [None if column is None else groups.means(column) for column in columns]
    return least_squares(groups.means(y), means), means


def random_effects(
    y: np.ndarray,
    columns: Sequence[Column],
    groups: Groups,
    kind: str = "conventional",
    clusters: Clusters | None = None,
    balanced_sa: bool = False,
) -> PanelRegression:
    """Regress with random group effects by feasible generalised least squares.

    Variances by Swamy and Arora (1972), Econometrica 40, unbalanced groups by the harmonic mean of their
    sizes, or with `balanced_sa` by Baltagi and Chang (1994), Journal of Econometrics 62.
    """
    sizes = groups.sizes
    within = within_regression(y, columns, groups)
    sigma_e2 = within.sigma_e**2
    between, means = _between(y, columns, groups)
    if balanced_sa:
        sigma_u2 = _baltagi_chang(between, means, groups, y, sigma_e2)
    else:
        left = groups.count - between.rank
        per_group = between.rss / left if left > 0 else np.nan
        sigma_u2 = per_group - sigma_e2 * float(np.mean(1 / sizes))
    sigma_u2 = max(sigma_u2, 0.0) if np.isfinite(sigma_u2) else np.nan
    theta = 1 - np.sqrt(sigma_e2 / (sizes * sigma_u2 + sigma_e2))
    moved_y = groups.without_means(y, theta)
    moved = [
        (1 - theta)[groups.codes] if column is None else groups.without_means(column, theta)
        for column in columns
    ]
    fit = least_squares(moved_y, moved)
    n = float(len(y))
    mean_square = fit.rss / (n - fit.rank) if n > fit.rank else np.nan
    variance = model_based = fit.inverse * mean_square
    if kind in ("robust", "cluster"):
        errors = moved_y - linear_combination(moved, fit.beta, len(y))
        variance = fit.uncentred(robust_variance(kind, moved, errors, fit, None, clusters))
    prediction = linear_combination(columns, fit.beta, len(y))
    return PanelRegression(
        fit,
        n,
        float(fit.rank - 1),
        np.nan,
        variance,
        model_based,
        _joint(fit, variance, columns),
        float(np.sqrt(sigma_u2)),
        float(np.sqrt(sigma_e2)),
        squared_correlation(groups.without_means(y), groups.without_means(prediction)),
        squared_correlation(groups.means(y), groups.means(prediction)),
        squared_correlation(y, prediction),
        theta=theta,
    )


def _baltagi_chang(
    between: LeastSquares, means: Sequence[Column], groups: Groups, y: np.ndarray, sigma_e2: float
) -> float:
    """Return sigma_u^2 from the between sum of squares with groups counting by their rows."""
    sizes = groups.sizes
    weighted = least_squares(groups.means(y), means, sizes)
    moments = np.zeros_like(weighted.inverse)
    full = np.array([np.ones(groups.count) if column is None else column for column in means])
    moments = (full * sizes**2) @ full.T
    trace = float(np.sum(weighted.inverse * moments))
    return (weighted.rss - (groups.count - weighted.rank) * sigma_e2) / (float(sizes.sum()) - trace)


def _joint(fit: LeastSquares, variance: np.ndarray, columns: Sequence[Column]) -> float:
    """Return the Wald chi2 of all coefficients but the constant."""
    places = fit.slopes(columns)
    return joint_statistic(fit.beta[places], variance[np.ix_(places, places)])


def correlation(a: np.ndarray, b: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Return Pearson's correlation; nan where one of the two does not vary."""
    a, b = a - np.average(a, weights=weights), b - np.average(b, weights=weights)
    left, right = a if weights is None else a * weights, b if weights is None else b * weights
    scale = float(np.sqrt((left @ a) * (right @ b)))
    return float(left @ b) / scale if scale > 0 else np.nan


def squared_correlation(a: np.ndarray, b: np.ndarray, weights: np.ndarray | None = None) -> float:
    return correlation(a, b, weights) ** 2
