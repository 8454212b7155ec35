"""The result of a mixed model whose parameters are pooled: in the estimation metric, then transformed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.estimation.mixed.model import RESIDUAL, MixedResult


def pooled_mixed(result: MixedResult, b: np.ndarray, V: np.ndarray) -> MixedResult:
    """Return a result with pooled parameters in the place of its own.

    Parameters
    ----------
    b, V : ndarray, shapes (k,) and (k, k)
        In the order of e(b): fixed effects, log standard deviations, atanh correlations.
    """
    fixed = len(result.beta)
    moved = replace(
        result,
        beta=b[:fixed],
        beta_covariance=V[:fixed, :fixed],
        estimates=b[fixed:],
        parameter_covariance=V[fixed:, fixed:],
        notes=(),
        robust=None if result.robust is None else replace(result.robust, variance=V),
    )
    sigma_e = float(np.exp(moved.estimates[moved.parameter(RESIDUAL, "log_sd_residual")]))
    covariances = tuple(_covariance(moved, place) for place in range(len(result.description.equations)))
    return replace(moved, sigma_e=sigma_e, covariances=covariances)


def _covariance(result: MixedResult, index: int) -> np.ndarray:
    """Return the covariance matrix that the parameters of an equation stand for."""
    equation = result.description.equations[index]
    size = len(result.covariances[index])
    if not equation.effects:
        return np.zeros((size, size))
    form = equation.form
    correlation, logs = np.eye(size), np.zeros(size)
    for kind, row, column in form.labels:
        i, j = row - 1, column - 1
        value = float(result.estimates[result.parameter(index, kind, i, j if kind != "log_sd" else 0)])
        if kind == "log_sd" and form.common_variance:
            logs[:] = value
        elif kind == "log_sd":
            logs[i] = value
        elif form.common_variance:
            correlation = np.where(np.eye(size, dtype=bool), 1.0, np.tanh(value))
        else:
            correlation[i, j] = correlation[j, i] = np.tanh(value)
    scale = np.exp(logs)
    return correlation * np.outer(scale, scale)
