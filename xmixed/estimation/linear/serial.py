"""Tests of residuals in time: serial correlation, and variances that depend on earlier residuals."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.linear.diagnostics import FittedSample, SpecificationTest
from xmixed.estimation.series.order import TimeOrder
from xmixed.statistics.distributions import f_tail
from xmixed.statistics.linear.blocks import Column
from xmixed.statistics.linear.least_squares import least_squares


def _lagged(values: np.ndarray, order: TimeOrder, lag: int) -> np.ndarray:
    """Return values so many steps before each row in time order, NaN where there is none."""
    found = np.full(len(values), np.nan)
    later, earlier = order.apart(lag)
    found[later] = values[earlier]
    return found


def _in_time(sample: FittedSample, order: TimeOrder) -> tuple[np.ndarray, list[Column]]:
    """Return residuals and columns sorted by time."""
    columns = [None if column is None else column[order.order] for column in sample.columns]
    return (sample.y - sample.fitted)[order.order], columns


def serial_correlation_test(
    sample: FittedSample, order: TimeOrder, lags: int, form: str, small: bool, zeros: bool
) -> SpecificationTest:
    """Test whether residuals depend on the `lags` before: Durbin (1970), Breusch (1978), Godfrey (1978).

    Parameters
    ----------
    form : str
        "durbin": Wald's test of the lags in a regression of the residuals on them and the covariates;
        "godfrey": N times the share of squares that it explains.
    small : bool
        The F test of the lags in that regression in place of chi2.
    zeros : bool
        Residuals before the first count as zero; else the rows that lack them are left out.
    """
    e, columns = _in_time(sample, order)
    added = [_lagged(e, order, lag) for lag in range(1, lags + 1)]
    known = ~np.isnan(np.column_stack(added)).any(axis=1)
    rows = np.ones(len(e), dtype=bool) if zeros else known
    added = [np.nan_to_num(values, nan=0.0)[rows] for values in added]
    own = [None if column is None else column[rows] for column in columns]
    y = e[rows]
    alone, found = least_squares(y, own), least_squares(y, [*own, *added])
    n = len(y)
    df_residual = float(n - found.rank)
    if df_residual <= 0 or not found.rss > 0:
        return SpecificationTest.of_chi2(np.nan, lags)
    ratio = (alone.rss - found.rss) / lags / (found.rss / df_residual)
    if small:
        return SpecificationTest(ratio, lags, f_tail(ratio, lags, df_residual), df_residual)
    statistic = lags * ratio if form == "durbin" else n * (1 - found.rss / float(y @ y))
    return SpecificationTest.of_chi2(statistic, lags)


def arch_test(sample: FittedSample, order: TimeOrder, lags: int) -> SpecificationTest:
    """Test whether squared residuals depend on the `lags` before: N R-squared, Engle (1982)."""
    e, _ = _in_time(sample, order)
    squares = e**2
    added = [_lagged(squares, order, lag) for lag in range(1, lags + 1)]
    known = ~np.isnan(np.column_stack(added)).any(axis=1)
    columns: list[Column] = [*(values[known] for values in added), None]
    found = least_squares(squares[known], columns)
    share = 1 - found.rss / found.tss if found.tss > 0 else np.nan
    return SpecificationTest.of_chi2(float(np.count_nonzero(known) * share), lags)
