"""Coefficients that fulfil a hypothesis."""

from __future__ import annotations

import numpy as np

from xmixed.estimation.wald import constrained


def test_constrained_estimates_are_those_of_the_constrained_least_squares() -> None:
    """b1 = b2 in y = b0 + b1 x1 + b2 x2 is the regression on x1 + x2, in its residual variance."""
    random = np.random.default_rng(4)
    X = np.column_stack([np.ones(40), random.normal(size=(40, 2))])
    y = X @ [1.0, 0.5, -0.2] + random.normal(size=40)
    variance = 1.7
    b, V = np.linalg.solve(X.T @ X, X.T @ y), variance * np.linalg.inv(X.T @ X)
    found, covariance = constrained(np.array([[0.0, 1.0, -1.0]]), np.zeros(1), b, V)
    own = X @ np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    wanted = np.linalg.solve(own.T @ own, own.T @ y)
    np.testing.assert_allclose(found, wanted[[0, 1, 1]], rtol=1e-12)
    inner = variance * np.linalg.inv(own.T @ own)
    np.testing.assert_allclose(covariance, inner[np.ix_([0, 1, 1], [0, 1, 1])], rtol=1e-11)
    fixed, none = constrained(np.array([[0.0, 1.0, 0.0]]), np.zeros(1), b, V)
    assert fixed[1] == 0 and not none[1].any()
