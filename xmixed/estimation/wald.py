"""The joint test of linear constraints on estimates."""

from __future__ import annotations

import numpy as np

from xmixed.missing import MISSING
from xmixed.render.layouts.postestimation.wald_tests import WaldTest
from xmixed.statistics.distributions import chi2_tail, f_tail

DEPENDENT = 1e-11
"""A constraint whose variance given the earlier ones is a smaller share of its own repeats them."""


def wald(
    rows: np.ndarray, constants: np.ndarray, b: np.ndarray, V: np.ndarray, df_residual: float | None = None
) -> tuple[list[int], WaldTest]:
    """Return which constraints R b = r were kept, and (R b - r)' (R V R')^-1 (R b - r) of those.

    With residual degrees of freedom the test is F, the statistic divided by their number.

    Parameters
    ----------
    rows : ndarray of float64, shape (m, k)
        R; a row without variance, or one that the rows before it imply, is left out.
    constants : ndarray of float64, shape (m,)
        r.
    b, V : ndarray of float64, shapes (k,) and (k, k)
        Estimates and their covariance.
    """
    covariance = rows @ V @ rows.T
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    correlation = covariance / np.outer(*[np.where(scale > 0, scale, 1.0)] * 2)
    kept: list[int] = []
    for place in np.flatnonzero(scale > 0).tolist():
        own = correlation[place, kept]
        explained = own @ np.linalg.solve(correlation[np.ix_(kept, kept)], own) if kept else 0.0
        if 1 - explained > DEPENDENT:
            kept.append(place)
    if not kept:
        return [], WaldTest(MISSING, 0, MISSING, df_residual)
    distance = ((rows @ b - constants) / np.where(scale > 0, scale, 1.0))[kept]
    statistic = float(distance @ np.linalg.solve(correlation[np.ix_(kept, kept)], distance))
    if df_residual is None:
        return kept, WaldTest(statistic, len(kept), chi2_tail(statistic, len(kept)))
    statistic /= len(kept)
    return kept, WaldTest(statistic, len(kept), f_tail(statistic, len(kept), df_residual), df_residual)


def constrained(
    rows: np.ndarray, constants: np.ndarray, b: np.ndarray, V: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return b - V R' (R V R')^-1 (R b - r) and its covariance V - V R' (R V R')^-1 R V.

    Parameters
    ----------
    rows, constants : ndarray of float64, shapes (m, k) and (m,)
        R and r, of full rank: what `wald` kept.
    """
    if not len(rows):
        return b, V
    step = np.linalg.solve(rows @ V @ rows.T, rows @ V).T
    found = V - step @ rows @ V
    # A coefficient that is fixed has no variance left, whatever the rounding.
    fixed = np.diag(found) <= 1e-12 * np.diag(V)
    found[fixed, :] = found[:, fixed] = 0.0
    values = b - step @ (rows @ b - constants)
    values[np.abs(values) <= 1e-12 * np.sqrt(np.diag(V))] = 0.0
    return values, (found + found.T) / 2
