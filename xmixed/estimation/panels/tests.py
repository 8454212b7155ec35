"""Tests of panel regressions: random effects, heteroskedasticity, autocorrelation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.linear.regression import regression
from xmixed.estimation.linear.variance import Clusters, residuals
from xmixed.estimation.series.order import TimeOrder
from xmixed.statistics.distributions import chi2_tail, f_tail
from xmixed.statistics.grouping import factorise
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.joint import joint_statistic
from xmixed.statistics.linear.least_squares import least_squares


@dataclass(frozen=True, slots=True)
class Test:
    """A statistic, its degrees of freedom (of the numerator), its p-value; `df_residual` for F."""

    statistic: float
    df: int
    p_value: float
    df_residual: float = 0.0


def random_effects_test(y: np.ndarray, columns: Sequence[Column], codes: np.ndarray) -> Test:
    """Return the Lagrange multiplier test that there are no random effects, chibar2(01).

    Breusch and Pagan (1980), Review of Economic Studies 47; unequal panels by Baltagi and Li (1990).
    """
    v = residuals(y, columns, least_squares(y, columns).beta)
    sizes = np.bincount(codes).astype(np.float64)
    excess = float(np.sum(np.bincount(codes, v) ** 2)) / float(v @ v) - 1
    statistic = len(y) ** 2 / 2 * excess**2 / (float(np.sum(sizes**2)) - len(y))
    if excess <= 0:
        return Test(0.0, 1, 1.0)
    return Test(statistic, 1, chi2_tail(statistic, 1) / 2)


def overidentification_test(
    y: np.ndarray,
    columns: Sequence[Column],
    codes: np.ndarray,
    theta: np.ndarray,
    clusters: np.ndarray | None,
) -> Test:
    """Return the test of random against fixed effects by an artificial regression, chi2.

    Arellano (1993), Journal of Econometrics 59: deviations from panel means join the covariates of the
    random-effects regression; a Wald statistic of their coefficients, with the variance of large samples.

    Parameters
    ----------
    theta : ndarray, shape (panels,)
        The share of its mean that each panel loses.
    clusters : ndarray of int, shape (n,), or None
        For a variance that is robust to dependence within them.
    """
    sizes = np.bincount(codes).astype(np.float64)

    def less(values: np.ndarray, share: np.ndarray | float) -> np.ndarray:
        return values - (share * (np.bincount(codes, values) / sizes))[codes]

    moved = [(1 - theta)[codes] if own is None else less(own.astype(np.float64), theta) for own in columns]
    added = [less(own.astype(np.float64), 1.0) for own in columns if own is not None]
    fit = least_squares(less(y, theta), [*moved, *added])
    X = np.column_stack([*moved, *added])
    errors = less(y, theta) - X @ fit.beta
    variance = fit.inverse * (float(errors @ errors) / len(y))
    if clusters is not None:
        scores = np.column_stack([np.bincount(clusters, own * errors) for own in X.T])
        variance = fit.inverse @ (scores.T @ scores) @ fit.inverse
    tested = [place for place in range(len(moved), X.shape[1]) if not fit.omitted[place]]
    if not tested:
        raise StataError(498, "no covariate varies within panels: nothing is overidentified")
    statistic = float(joint_statistic(fit.beta[tested], variance[np.ix_(tested, tested)]))
    return Test(statistic, len(tested), chi2_tail(statistic, len(tested)))


def heteroskedasticity_test(errors: np.ndarray, codes: np.ndarray) -> Test:
    """Return the modified Wald test that all panels have the same variance, Greene (2000), 15.4.

    Panels of a single row say nothing of their variance and stay out.
    """
    sizes = np.bincount(codes).astype(np.float64)
    own = np.bincount(codes, errors**2) / sizes
    spread = np.bincount(codes, (errors**2 - own[codes]) ** 2)
    used = (sizes > 1) & (spread > 0)
    variances = spread[used] / (sizes[used] * (sizes[used] - 1))
    whole = float(errors @ errors) / len(errors)
    statistic = float(np.sum((own[used] - whole) ** 2 / variances))
    df = int(np.count_nonzero(used))
    return Test(statistic, df, chi2_tail(statistic, df))


def autocorrelation_test(
    y: np.ndarray, columns: Sequence[Column], panels: np.ndarray, times: np.ndarray, step: float
) -> Test:
    """Return the test of Wooldridge: differences of errors have autocorrelation -0.5 where errors have none.

    Parameters
    ----------
    y, columns : differences
        Without a constant.

    Raises
    ------
    StataError
        r(2001) for too few rows.
    """
    order = TimeOrder.of(panels, times, step)
    errors = residuals(y, columns, least_squares(y, columns).beta)[order.order]
    later, earlier = order.apart(1)
    if len(later) < 3:
        raise StataError(2001, "insufficient observations")
    own = factorise(panels[order.order][later])
    clusters = Clusters(own.codes, len(own.levels))
    if clusters.count < 2:
        raise StataError(2001, "insufficient observations")
    found = regression(errors[later], [errors[earlier]], None, "cluster", clusters)
    statistic = float((found.fit.beta[0] + 0.5) ** 2 / found.variance[0, 0])
    df = clusters.count - 1.0
    return Test(statistic, 1, f_tail(statistic, 1, df), df)
