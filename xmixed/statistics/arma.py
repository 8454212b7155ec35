"""Autoregressive moving-average processes: autocovariances, exact innovations, predictions.

Without gaps the series is turned into one whose covariance is banded (Ansley 1979, Biometrika 66): the first
m values as they are, behind them phi(B) u, which is a moving average. Its Cholesky factor gives the errors of
one-step prediction exactly, at a cost of n (m + 1)^2. With gaps the covariance of the values that are there
is factorised as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cholesky_banded, get_lapack_funcs, solve_triangular, toeplitz

from xmixed.missing import MISSING

_solve_banded: Any = get_lapack_funcs(("tbtrs",), dtype=np.float64)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Process:
    """An ARMA process with innovations of variance one: u_t = sum phi_j u_{t-j} + e_t + sum theta_j e_{t-j}.

    Attributes
    ----------
    phi, theta : ndarray, shapes (p,) and (q,)
    """

    phi: np.ndarray
    theta: np.ndarray

    @property
    def memory(self) -> int:
        return max(len(self.phi), len(self.theta))

    @property
    def stationary(self) -> bool:
        return largest_root(self.phi) < 1

    def weights(self, count: int) -> np.ndarray:
        """Return psi_0 ... of the process as an infinite moving average, shape (count,)."""
        driven = np.zeros(max(count, len(self.theta) + 1))
        driven[: len(self.theta) + 1] = np.append(1.0, self.theta)
        return recursed(driven[:count], self.phi)

    def cross(self) -> np.ndarray:
        """Return the covariance of u_t and theta(B) e_{t+k} for k = 0 ... memory."""
        q, m = len(self.theta), self.memory
        ma, psi = np.append(1.0, self.theta), self.weights(q + 1)
        found = np.zeros(m + 1)
        for k in range(q + 1):
            found[k] = ma[k:] @ psi[: q + 1 - k]
        return found

    def autocovariances(self, count: int) -> np.ndarray:
        """Return gamma_0 ..., shape (count,)."""
        p, right = len(self.phi), self.cross()
        system = np.eye(p + 1)
        for k in range(p + 1):
            for j in range(1, p + 1):
                system[k, abs(k - j)] -= self.phi[j - 1]
        padded = np.zeros(max(count, self.memory + 1))
        padded[: p + 1] = np.linalg.solve(system, right[: p + 1])
        if p == 0:
            padded[: len(right)] = right
            return padded[:count]
        driven = np.zeros(len(padded))
        driven[: len(right)] = right
        padded[p:] = recursed(driven[p:], self.phi, padded[:p])
        return padded[:count]

    def moving_average(self) -> np.ndarray:
        """Return the autocovariances of theta(B) e, shape (memory + 1,)."""
        ma = np.append(1.0, self.theta)
        found = np.zeros(self.memory + 1)
        for k in range(len(ma)):
            found[k] = ma[k:] @ ma[: len(ma) - k]
        return found


def recursed(driven: np.ndarray, coefficients: np.ndarray, history: np.ndarray | None = None) -> np.ndarray:
    """Return u_t = c_1 u_{t-1} + ... + c_p u_{t-p} + driven_t.

    Parameters
    ----------
    driven : ndarray, shape (n,)
    coefficients : ndarray, shape (p,)
    history : ndarray, shape (at least p,)
        What was before, the latest last; zeros without.
    """
    n, right = len(driven), driven.copy()
    if history is not None:
        for lag, value in enumerate(coefficients.tolist(), 1):
            right[:lag] += value * history[len(history) - lag :][: min(lag, n)]
    if not n:
        return right
    band = np.ones((len(coefficients) + 1, n))
    band[1:] = -coefficients[:, None]
    return np.asarray(_solve_banded(band, right[:, None], uplo="L")[0][:, 0])


def largest_root(coefficients: np.ndarray) -> float:
    """Return the largest inverse root of 1 - c_1 z - ... - c_p z^p in absolute value, 0 for none."""
    if not coefficients.any():
        return 0.0
    return float(np.abs(np.roots(np.append(1.0, -coefficients))).max())


@dataclass(frozen=True, slots=True, eq=False)
class Innovations:
    """Standardised errors of one-step prediction (n,), and their standard deviations (n,)."""

    errors: np.ndarray
    scales: np.ndarray


def _is_whole(places: np.ndarray, process: Process) -> bool:
    """Return whether a series has no gap, and more values than the process remembers."""
    return len(places) > process.memory and int(places[-1] - places[0]) == len(places) - 1


def _band(process: Process, n: int) -> np.ndarray:
    """Return the lower band of the Cholesky factor of the transformed series, (memory + 1, n)."""
    m = process.memory
    gamma, cross, own = process.autocovariances(m + 1), process.cross(), process.moving_average()
    band = np.empty((m + 1, n))
    for k in range(m + 1):
        band[k] = own[k]
        band[k, :m] = cross[k]
        band[k, : m - k] = gamma[k]
    return np.asarray(cholesky_banded(band, lower=True, check_finite=False))


def _whitened(u: np.ndarray, process: Process) -> np.ndarray:
    """Return the first m values, and phi(B) u behind them; shape (n,)."""
    m, moved = process.memory, u.copy()
    for lag, value in enumerate(process.phi.tolist(), 1):
        moved[m:] -= value * u[m - lag : len(u) - lag]
    return moved


def innovations(u: np.ndarray, places: np.ndarray, process: Process) -> Innovations | None:
    """Return the innovations of a series; None where its covariance is not positive definite.

    Parameters
    ----------
    places : ndarray of int, shape (n,)
        When the values are from, ascending.
    """
    try:
        if _is_whole(places, process):
            factor = _band(process, len(u))
            errors, failed = _solve_banded(factor, _whitened(u, process)[:, None], uplo="L")
            return None if failed else Innovations(errors[:, 0], factor[0])
        L = _dense(places, process)
        return Innovations(solve_triangular(L, u, lower=True), np.diag(L))
    except np.linalg.LinAlgError:
        return None


def _dense(places: np.ndarray, process: Process) -> np.ndarray:
    gamma = process.autocovariances(int(places[-1] - places[0]) + 1)
    return np.linalg.cholesky(gamma[np.abs(places[:, None] - places)])


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """Predicted values (h,) and variances of their errors (h,), innovations having variance one."""

    values: np.ndarray
    variances: np.ndarray


def predictions(
    u: np.ndarray, places: np.ndarray, wanted: np.ndarray, end: float, process: Process
) -> Predictions:
    """Predict a series from the values before each place, and before `end`.

    Parameters
    ----------
    u, places : ndarray, shape (n,)
        What was observed, and when; ascending.
    wanted : ndarray of int, shape (h,)
        Ascending.
    """
    known = places < end
    u, places = u[known], places[known]
    before = np.searchsorted(places, wanted)
    if not len(u):
        gamma = float(process.autocovariances(1)[0])
        return Predictions(np.zeros(len(wanted)), np.full(len(wanted), gamma))
    if _is_whole(places, process):
        return _of_whole(u, int(places[0]), wanted, process)
    L = _dense(places, process)
    errors = solve_triangular(L, u, lower=True)
    gamma = process.autocovariances(int(max(places[-1], wanted[-1]) - min(places[0], wanted[0])) + 1)
    carried = solve_triangular(L, gamma[np.abs(places[:, None] - wanted)], lower=True)
    carried = np.where(np.arange(len(u))[:, None] < before, carried, 0.0)
    return Predictions(errors @ carried, gamma[0] - (carried**2).sum(axis=0))


def _of_whole(u: np.ndarray, first: int, wanted: np.ndarray, process: Process) -> Predictions:
    """Predict within and behind a series without gaps; before it there is nothing to predict from."""
    n, last = len(u), int(wanted[-1]) - first + 1
    size, m = max(n, last), process.memory
    factor = _band(process, size)
    own, _ = _solve_banded(factor[:, :n], _whitened(u, process)[:, None], uplo="L")
    errors = np.append(own[:, 0], np.zeros(size - n))
    values = np.append(u - factor[0, :n] * errors[:n], np.zeros(size - n))
    variances = factor[0] ** 2
    if size > n:
        moved = np.zeros(size)
        for k in range(m + 1):
            moved[k:] += factor[k, : size - k] * errors[: size - k]
        values[n:] = recursed(moved[n:], process.phi, u)
        variances = np.append(variances[:n], _forecast_variances(factor, n, process))
    inside = (wanted >= first) & (wanted - first < size)
    places = np.where(inside, wanted - first, 0)
    gamma = float(process.autocovariances(1)[0])
    return Predictions(np.where(inside, values[places], 0.0), np.where(inside, variances[places], gamma))


def _forecast_variances(factor: np.ndarray, n: int, process: Process) -> np.ndarray:
    """Return variances of the errors of forecasts behind n values, shape (size - n,)."""
    h = factor.shape[1] - n
    steps = np.arange(h)
    apart = steps[:, None] - steps
    inside = (apart >= 0) & (apart < len(factor))
    band = np.where(inside, factor[np.where(inside, apart, 0), n + steps], 0.0)
    ar = np.zeros(h)
    ar[: min(h, len(process.phi) + 1)] = np.append(1.0, -process.phi)[:h]
    carried = solve_triangular(np.tril(toeplitz(ar)), band, lower=True)
    return (carried**2).sum(axis=1)


def whole_series(
    predicted: np.ndarray, actual: np.ndarray, known: np.ndarray, difference: np.ndarray
) -> np.ndarray:
    """Return predictions of a series from those of its differences.

    Parameters
    ----------
    predicted : ndarray, shape (n,)
        Of the differences, at successive times; NaN where there are none.
    actual : ndarray, shape (n,)
        The series, NaN where missing.
    known : ndarray of bool, shape (n,)
        Where it may be used for later predictions; those that follow the last such place build on each other.
    difference : ndarray, shape (d + 1,)
        1, c_1, ...: the difference is y_t + sum c_j y_{t-j}.

    Returns
    -------
    ndarray, shape (n,)
        `MISSING` where something that is needed is not there.
    """
    n, d = len(predicted), len(difference) - 1
    series = np.where(known, actual, np.nan)
    found = predicted.copy()
    for lag in range(1, d + 1):
        found[lag:] -= difference[lag] * series[: n - lag] if difference[lag] else 0.0
        if difference[lag]:
            found[:lag] = np.nan
    end = int(np.flatnonzero(known)[-1]) + 1 if known.any() else 0
    if d and end < n and end >= d and np.isfinite(series[end - d : end]).all():
        found[end:] = recursed(predicted[end:], -difference[1:], series[:end])
    return np.where(np.isfinite(found), found, MISSING)
