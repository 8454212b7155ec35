"""ARMA processes against the dense covariance of their infinite moving average."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.missing import MISSING
from xmixed.statistics.arma import Process, innovations, largest_root, predictions, whole_series

PROCESSES = [
    ((0.5, -0.3), (0.4,)),
    ((), (0.4, 0.2, 0.1)),
    ((0.7,), ()),
    ((), ()),
    ((0.3,), (0.2, 0.5, -0.3, 0.1)),
]
N, MORE = 12, 8


def _covariance(process: Process) -> np.ndarray:
    psi = process.weights(4000)
    gamma = np.array([psi[: 4000 - k] @ psi[k:] for k in range(N + MORE)])
    places = np.arange(N + MORE)
    np.testing.assert_allclose(process.autocovariances(N + MORE), gamma, atol=1e-12)
    return gamma[np.abs(places[:, None] - places)]


@pytest.mark.parametrize(("phi", "theta"), PROCESSES)
@pytest.mark.parametrize("places", [np.arange(N), np.r_[0:5, 7:N], np.arange(3)])
def test_innovations_are_those_of_the_covariance(
    phi: tuple[float, ...], theta: tuple[float, ...], places: np.ndarray
) -> None:
    process = Process(np.array(phi), np.array(theta))
    L = np.linalg.cholesky(_covariance(process)[np.ix_(places, places)])
    u = np.random.default_rng(5).normal(size=len(places))
    found = innovations(u, places, process)
    assert found is not None
    np.testing.assert_allclose(found.errors, np.linalg.solve(L, u), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.scales, np.diag(L), rtol=1e-12)


@pytest.mark.parametrize(("phi", "theta"), PROCESSES)
@pytest.mark.parametrize("places", [np.arange(N), np.r_[0:5, 7:N]])
@pytest.mark.parametrize("end", [np.inf, 8, 0])
def test_predictions_are_conditional_means(
    phi: tuple[float, ...], theta: tuple[float, ...], places: np.ndarray, end: float
) -> None:
    process = Process(np.array(phi), np.array(theta))
    S = _covariance(process)
    u = np.random.default_rng(6).normal(size=len(places))
    wanted = np.arange(N + MORE)
    found = predictions(u, places, wanted, end, process)
    for t in wanted.tolist():
        before = places[(places < t) & (places < end)]
        weights = np.linalg.solve(S[np.ix_(before, before)], S[before, t])
        assert found.values[t] == pytest.approx(weights @ u[: len(before)], abs=1e-10)
        assert found.variances[t] == pytest.approx(S[t, t] - weights @ S[before, t], abs=1e-10)


def test_what_is_no_process() -> None:
    assert largest_root(np.array([1.2])) == pytest.approx(1.2) and largest_root(np.zeros(0)) == 0
    assert not Process(np.array([0.6, 0.5]), np.zeros(0)).stationary


def test_a_series_is_summed_from_its_predicted_differences() -> None:
    y = np.array([1.0, 4.0, 2.0, 7.0, np.nan, np.nan])
    known = np.isfinite(y)
    change = np.array([np.nan, 2.5, -1.0, 3.0, 1.0, 0.5])
    found = whole_series(change, y, known, np.array([1.0, -1.0]))
    np.testing.assert_allclose(found, [MISSING, 3.5, 3.0, 5.0, 8.0, 8.5])
    seasonal = whole_series(change, y, known, np.array([1.0, 0.0, -1.0]))
    np.testing.assert_allclose(seasonal[2:], [0.0, 7.0, 3.0, 7.5])
