"""Residual correlations whose likelihood rises up to the edge of the parameter space."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Model, Residuals, fit, linear_regression

GROUPS, OCCASIONS = 60, 6
GROUP, TIME = np.divmod(np.arange(GROUPS * OCCASIONS), OCCASIONS)


def test_exponential_without_correlation_is_linear_regression() -> None:
    noise = np.random.default_rng(1).normal(size=(GROUPS, OCCASIONS + 1))
    y = (noise[:, 1:] - 0.5 * noise[:, :-1]).ravel()  # neighbours are negatively correlated
    model = Model(y, (None,), (), "ml", Residuals("exponential", GROUP, GROUPS, TIME.astype(float)))
    found, plain = fit(model), linear_regression(model)
    assert found.optimization.converged
    assert [note.kind for note in found.boundary] == ["residual_limit"]
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-7)
    errors = np.sqrt(np.diag(found.parameter_covariance))
    assert errors[0] == pytest.approx(1 / np.sqrt(2 * len(y)), rel=1e-4)
    assert errors[1] == 0


def test_a_moving_average_that_cannot_be_inverted_ends_at_its_limit() -> None:
    noise = np.random.default_rng(4).normal(size=(GROUPS, OCCASIONS + 1))
    y = (noise[:, 1:] - noise[:, :-1]).ravel()
    model = Model(y, (None,), (), "ml", Residuals("ma", GROUP, GROUPS, TIME.astype(float), 0, 1))
    found = fit(model)
    assert found.optimization.converged
    assert [(note.kind, note.equation) for note in found.boundary] == [("residual_limit", 1)]
    assert np.tanh(found.estimates[1]) == pytest.approx(-1, abs=1e-3)
    assert found.parameter_covariance[1, 1] == 0 < found.parameter_covariance[0, 0]
