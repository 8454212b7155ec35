"""Linear regression on arrays: coefficients, their variance, the analysis of variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import null_space

from xmixed.estimation.linear.variance import (
    Clusters,
    Weighting,
    observations,
    residuals,
    robust_variance,
)
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import LeastSquares, least_squares


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A linear regression of k columns.

    Attributes
    ----------
    fit : LeastSquares
        With weights as sums are formed with them; `beta` and `omitted` follow the columns.
    n : float
        Observations, frequency weights counted.
    df_model, df_residual : float
        The latter is the number of clusters less one after a variance by clusters.
    variance : ndarray, shape (k, k)
    centred : ndarray, shape (k, k)
        The same for the columns less the centers of the fit.
    model_based : ndarray, shape (k, k)
        s^2 (X'WX)^-1.
    statistic : float
        F of all coefficients but the constant; nan where it cannot be formed.
    log_likelihood, null_log_likelihood : float
        Of normal errors; with analytic weights that of variances inverse to them.
    """

    fit: LeastSquares
    n: float
    df_model: float
    df_residual: float
    variance: np.ndarray
    centred: np.ndarray
    model_based: np.ndarray
    statistic: float
    log_likelihood: float
    null_log_likelihood: float

    @property
    def mss(self) -> float:
        return max(self.fit.tss - self.fit.rss, 0.0)

    @property
    def df_error(self) -> float:
        """N - k, whatever the variance."""
        return self.n - self.fit.rank

    @property
    def mean_square(self) -> float:
        return self.fit.rss / self.df_error if self.df_error > 0 else np.nan

    @property
    def r2(self) -> float:
        return 1 - self.fit.rss / self.fit.tss if self.fit.tss > 0 else np.nan


def regression(
    y: np.ndarray,
    columns: Sequence[Column],
    weighting: Weighting | None = None,
    kind: str = "ols",
    clusters: Clusters | None = None,
    mse1: bool = False,
    total: str = "",
) -> Regression:
    """Fit a linear regression.

    Parameters
    ----------
    y : (n,) array
    columns : sequence of k columns
        None is the constant.
    kind : str
        ols, robust, cluster, hc2 or hc3.
    mse1 : bool
        Take the residual variance as one.
    total : str
        "implied": the columns, none of them the constant, make one up. "centred": they need not, but the
        total sum of squares is that about the mean all the same.
    """
    weights = None if weighting is None else weighting.fitted
    fit = least_squares(y, columns, weights)
    constant = None
    if total:
        fit = replace(fit, tss=least_squares(y, [None], weights).rss)
    if total == "implied":
        constant = least_squares(np.ones(len(y)), columns, weights).beta
    variance = None
    if kind != "ols":
        errors = residuals(y, columns, fit.beta)
        variance = robust_variance(kind, columns, errors, fit, weighting, clusters)
    extra = _of_analytic_weights(weighting)
    constants = [column is None for column in columns]
    count = None if clusters is None else clusters.count
    n = observations(len(y), weighting)
    return regression_of(fit, constants, n, variance, count, mse1, extra, constant)


def regression_of(
    fit: LeastSquares,
    constants: Sequence[bool],
    n: float,
    robust: np.ndarray | None = None,
    clusters: int | None = None,
    mse1: bool = False,
    extra: float = 0.0,
    implied: np.ndarray | None = None,
) -> Regression:
    """Return a linear regression from its least-squares fit.

    Parameters
    ----------
    constants : sequence of k bool
        Which columns are the constant.
    n : float
        Observations, frequency weights counted.
    robust : (k, k) array, optional
        The variance, for centred columns, where it is another than s^2 (X'WX)^-1.
    clusters : int, optional
        Their number after a variance by clusters.
    extra : float
        What analytic weights add to the log likelihood.
    implied : (k,) array, optional
        The coefficients with which columns that are not the constant make it up.
    """
    df_error = n - fit.rank
    scale = 1.0 if mse1 else fit.rss / df_error if df_error > 0 else np.nan
    model_based = fit.inverse * scale
    centred = fit.centred * scale if robust is None else robust
    variance = model_based if robust is None else fit.uncentred(robust)
    df = df_error if clusters is None or robust is None else clusters - 1.0
    df_model = float(fit.rank - (any(constants) or implied is not None))
    slopes = [place for place, constant in enumerate(constants) if not constant and not fit.omitted[place]]
    if robust is None and not mse1:
        statistic = _f(fit, df_model, df_error)
    else:
        rows = np.eye(len(fit.beta))[slopes]
        if implied is not None:
            # What is tested is that all means are the same: what differs from a multiple of the constant.
            rows = null_space(implied[slopes][None, :]).T @ rows
        own, covariance = rows @ fit.beta, rows @ variance @ rows.T
        statistic = joint_statistic(own, covariance) / max(len(rows), 1)
    ll, ll_0 = _log_likelihoods(fit.rss, fit.tss, n, extra)
    return Regression(fit, n, df_model, df, variance, centred, model_based, statistic, ll, ll_0)


def _f(fit: LeastSquares, df_model: float, df_error: float) -> float:
    if df_model == 0:
        return 0.0
    if df_error <= 0 or fit.rss <= 0:
        return np.nan
    return max(fit.tss - fit.rss, 0.0) / df_model / (fit.rss / df_error)


def log_likelihoods(rss: float, tss: float, n: float, weighting: Weighting | None) -> tuple[float, float]:
    """Return the log likelihood of normal errors of the model and of the constant alone."""
    return _log_likelihoods(rss, tss, n, _of_analytic_weights(weighting))


def _of_analytic_weights(weighting: Weighting | None) -> float:
    if weighting is None or weighting.kind != "aweight":
        return 0.0
    return 0.5 * float(np.log(weighting.fitted).sum())


def _log_likelihoods(rss: float, tss: float, n: float, extra: float) -> tuple[float, float]:
    with np.errstate(divide="ignore"):
        both = [-0.5 * n * (np.log(2 * np.pi) + np.log(total / n) + 1) + extra for total in (rss, tss)]
    return float(both[0]), float(both[1])
