"""Levels that cross the groups of correlated residuals become columns: the same likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import InvalidModel, Level, Model, RandomEffects, Residuals, fit

INTERCEPT = (RandomEffects((None,), "identity"),)


def crossed(residuals: Residuals | None, exchangeable: bool = False) -> Model:
    generator = np.random.default_rng(5)
    person, occasion = np.divmod(np.arange(180), 6)
    y = (
        generator.normal(size=30)[person]
        + 0.7 * generator.normal(size=6)[occasion]
        + generator.normal(size=180)
    )
    within = (np.zeros(180, int), 1) if exchangeable else None
    structure = "exchangeable" if exchangeable else "identity"
    factor = Level(occasion, 6, (RandomEffects((None,), structure),), within)
    return Model(y, (occasion - 2.5, None), (factor, Level(person, 30, INTERCEPT)), "ml", residuals)


@pytest.mark.parametrize("exchangeable", [False, True])
def test_equal_variances_by_group_are_the_crossed_model(exchangeable: bool) -> None:
    person = np.arange(180) // 6
    residuals = Residuals("independent", person, 30, by=np.zeros(180, int), n_by=1)
    plain, whitened = fit(crossed(None, exchangeable)), fit(crossed(residuals, exchangeable))
    assert whitened.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(whitened.estimates, plain.estimates, atol=1e-6)


def test_a_factor_over_all_data_makes_the_data_one_group() -> None:
    model = crossed(None)
    whole = np.zeros(180, int)
    residuals = Residuals("ar", whole, 1, np.arange(180.0), 0, 1)
    found = fit(Model(model.y, model.fixed, model.levels[:1], "ml", residuals))
    assert found.optimization.converged
    tau, sigma, rho = np.exp(found.estimates[0]), np.exp(found.estimates[1]), np.tanh(found.estimates[2])
    lag = np.abs(np.subtract.outer(np.arange(180), np.arange(180)))
    occasion = np.arange(180) % 6
    V = sigma**2 * rho**lag + tau**2 * (occasion[:, None] == occasion)
    X = np.stack([occasion - 2.5, np.ones(180)], axis=1)
    inverse = np.linalg.inv(V)
    beta = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ model.y)
    rest = model.y - X @ beta
    dense = -0.5 * (180 * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + rest @ inverse @ rest)
    assert found.log_likelihood == pytest.approx(dense, rel=1e-10)


def test_too_many_crossing_effects_are_refused() -> None:
    rows = np.arange(1200)
    levels = (Level(rows % 600, 600, INTERCEPT),)
    y = np.random.default_rng(1).normal(size=1200)
    residuals = Residuals("ar", np.zeros(1200, int), 1, rows.astype(float), 0, 1)
    with pytest.raises(InvalidModel, match="random effects"):
        fit(Model(y, (None,), levels, "ml", residuals))
