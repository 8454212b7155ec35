"""Derivatives of the likelihoods against differences of their values, and what maxima must satisfy."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.estimation.likelihood.models import (
    Rows,
    binary,
    counts,
    multinomial,
    null_log_likelihood,
    ordered,
    robust_variance,
)
from xmixed.estimation.likelihood.newton import Evaluation, Likelihood, maximise

N = 120
RNG = np.random.default_rng(7)
X = [RNG.normal(50, 3, N), RNG.integers(0, 2, N).astype(np.int8)]
ETA = 0.3 * (X[0] - 50) - 0.5 * X[1] + RNG.logistic(size=N)
WEIGHTS = RNG.integers(1, 4, N).astype(float)


def likelihood(kind: str, weights: np.ndarray | None = WEIGHTS) -> Likelihood:
    with_constant = Rows((*X, None), N, weights, frequencies=weights is not None)
    if kind in ("logit", "probit"):
        return binary(kind, (ETA > 0).astype(float), with_constant)
    if kind == "poisson":
        offset = Rows((*X, None), N, weights, offset=np.log(1 + np.arange(N) % 5), frequencies=True)
        return counts(np.floor(np.exp(np.clip(ETA, None, 3))), offset)
    codes = np.digitize(ETA, [-1.0, 0.5, 1.5])
    if kind == "mlogit":
        return multinomial(codes, 3, with_constant)
    return ordered(kind.removeprefix("o"), codes, 4, Rows(tuple(X), N, weights, frequencies=True))


@pytest.mark.parametrize("kind", ["logit", "probit", "poisson", "ologit", "oprobit", "mlogit"])
def test_derivatives(kind: str) -> None:
    own = likelihood(kind)
    point = own.start() + 0.05 * np.random.default_rng(3).normal(size=len(own.start()))
    here = own.evaluate(point)
    assert here.log_likelihood == pytest.approx(own.log_likelihood(point), rel=1e-13)
    step = 1e-5
    unit = np.eye(len(point)) * step
    slopes = [(own.log_likelihood(point + d) - own.log_likelihood(point - d)) / (2 * step) for d in unit]
    np.testing.assert_allclose(here.gradient, slopes, rtol=1e-6, atol=1e-5)
    curvature = [
        (own.evaluate(point - d).gradient - own.evaluate(point + d).gradient) / (2 * step) for d in unit
    ]
    np.testing.assert_allclose(here.information, curvature, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("kind", ["logit", "probit", "poisson", "ologit", "oprobit", "mlogit"])
def test_scores_sum_to_the_gradient_and_frequencies_count_rows(kind: str) -> None:
    own = likelihood(kind)
    point = own.start() + 0.1
    by_row = own.scores(point, np.arange(N), N)
    np.testing.assert_allclose(by_row.sum(axis=0), own.evaluate(point).gradient, rtol=1e-10, atol=1e-9)
    each = by_row / WEIGHTS[:, None]
    np.testing.assert_allclose(own.scores(point, None, 0), (each * WEIGHTS[:, None]).T @ each, rtol=1e-9)
    clusters = np.arange(N) % 7
    summed = np.array([by_row[clusters == code].sum(axis=0) for code in range(7)])
    np.testing.assert_allclose(own.scores(point, clusters, 7), summed, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", ["logit", "probit", "poisson", "ologit", "oprobit", "mlogit"])
def test_the_maximum(kind: str) -> None:
    own = likelihood(kind)
    found = maximise(own)
    assert found.converged and len(found.history) < 12
    assert np.abs(own.evaluate(found.standardised).gradient).max() < 1e-4
    assert np.all(np.linalg.eigvalsh(found.covariance) > 0)
    variance = robust_variance(own, found, float(WEIGHTS.sum()))
    assert np.all(np.linalg.eigvalsh(variance) > 0)


def test_saturated_logit_has_the_logarithms_of_observed_odds() -> None:
    """Closed form: b = log odds ratio, its variance the sum of reciprocal counts (Woolf)."""
    y = np.repeat([1.0, 0.0, 1.0, 0.0], [30, 10, 12, 28])
    x = np.repeat([1.0, 1.0, 0.0, 0.0], [30, 10, 12, 28])
    found = maximise(binary("logit", y, Rows((x, None), 80)))
    assert found.parameters[0] == pytest.approx(np.log(30 * 28 / (10 * 12)), rel=1e-10)
    assert found.covariance[0, 0] == pytest.approx(1 / 30 + 1 / 10 + 1 / 12 + 1 / 28, rel=1e-8)
    assert found.history[0] == pytest.approx(null_log_likelihood(y.astype(int), None), rel=1e-13)


def test_saturated_poisson_has_the_logarithms_of_means() -> None:
    y, x = np.array([2.0, 4.0, 9.0, 11.0, 1.0]), np.array([0.0, 0.0, 1.0, 1.0, 0.0])
    found = maximise(counts(y, Rows((x, None), 5)))
    assert found.parameters.tolist() == pytest.approx([np.log(10) - np.log(7 / 3), np.log(7 / 3)], rel=1e-8)
    assert found.covariance.diagonal().tolist() == pytest.approx([1 / 20 + 1 / 7, 1 / 7], rel=1e-6)


class _WithoutCurvature:
    """A log likelihood whose information overflows beyond its start."""

    transform = np.eye(2)

    def start(self) -> np.ndarray:
        return np.zeros(2)

    def log_likelihood(self, parameters: np.ndarray) -> float:
        return -0.5 * float((parameters - 1) @ (parameters - 1))

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        raise AssertionError("no robust variance is asked for")

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        beyond = np.inf if parameters.any() else 1.0
        information = np.diag([1.0, beyond])
        return Evaluation(self.log_likelihood(parameters), 1 - parameters, information)


def test_a_search_ends_where_the_information_is_beyond_all_numbers() -> None:
    found = maximise(_WithoutCurvature())
    assert not found.converged
    assert len(found.history) == 2
    assert found.covariance.tolist() == [[1.0, 0.0], [0.0, 0.0]]
