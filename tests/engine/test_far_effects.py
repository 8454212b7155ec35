"""Random effects ten thousand times the residuals: nothing of what these say is lost in products."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.conformance.residual_dense import dense_log_likelihood
from xmixed.engine import Level, Model, Options, RandomEffects, Residuals, evaluate, fit

SEED = 11


def _groups(rng: np.random.Generator, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group and wave of each row."""
    waves = np.concatenate([np.arange(size) for size in sizes])
    return np.repeat(np.arange(len(sizes)), sizes), waves.astype(float)


def _intercept(codes: np.ndarray) -> Level:
    return Level(codes, int(codes.max()) + 1, (RandomEffects((None,), "identity"),))


def _weighted(rng: np.random.Generator) -> Model:
    group, _ = _groups(rng, rng.integers(1, 5, 14))
    x = rng.normal(size=len(group))
    y = 1e7 + 1e4 * rng.normal(size=14)[group] + x + rng.normal(size=len(group))
    return Model(y, (x, None), (_intercept(group),), weights=rng.integers(1, 4, len(group)).astype(float))


def _nested(rng: np.random.Generator, structure: str) -> Model:
    group, wave = _groups(rng, rng.integers(2, 7, 18))
    x = rng.normal(size=len(group))
    noise = rng.normal(size=len(group))
    noise += 0.4 * np.roll(noise, 1)
    y = 1e4 * rng.normal(size=5)[group // 4] + 300.0 * rng.normal(size=18)[group] + noise
    y += x * (1.0 + 40.0 * rng.normal(size=18)[group])
    residuals = Residuals(structure, group, 18, wave, 0, 1 if structure != "exponential" else 0)  # type: ignore[arg-type]
    slopes = RandomEffects((x, None), "independent")
    return Model(y, (x, None), (_intercept(group // 4), Level(group, 18, (slopes,))), "reml", residuals)


def _crossed(rng: np.random.Generator) -> Model:
    group, wave = _groups(rng, rng.integers(2, 7, 18))
    item = rng.integers(0, 5, len(group))
    x = rng.normal(size=len(group))
    y = 1e4 * rng.normal(size=5)[item] + rng.normal(size=18)[group] + x + rng.normal(size=len(group))
    levels = (_intercept(item), _intercept(group))
    return Model(y, (x, None), levels, "ml", Residuals("ar", group, 18, wave, 0, 1))


MODELS = {
    "weighted": _weighted,
    "ar": lambda rng: _nested(rng, "ar"),
    "ma": lambda rng: _nested(rng, "ma"),
    "toeplitz": lambda rng: _nested(rng, "toeplitz"),
    "exponential": lambda rng: _nested(rng, "exponential"),
    "crossed": _crossed,
}


def _expanded(model: Model) -> Model:
    if model.weights is None:
        return model
    rows = np.repeat(np.arange(len(model.y)), model.weights.astype(int))
    (level,) = model.levels
    fixed = tuple(None if column is None else column[rows] for column in model.fixed)
    return Model(model.y[rows], fixed, (replace(level, groups=level.groups[rows]),), model.method)


def _reordered(model: Model, order: np.ndarray) -> Model:
    arrays = {id(column): column[order] for column in model.fixed if column is not None}

    def effects(own: RandomEffects) -> RandomEffects:
        return replace(own, columns=tuple(None if c is None else arrays[id(c)] for c in own.columns))

    levels = tuple(
        replace(level, groups=level.groups[order], equations=tuple(map(effects, level.equations)))
        for level in model.levels
    )
    residuals = model.residuals
    if residuals is not None:
        assert residuals.time is not None
        residuals = replace(residuals, groups=residuals.groups[order], time=residuals.time[order])
    return replace(
        model,
        y=model.y[order],
        fixed=tuple(None if column is None else arrays[id(column)] for column in model.fixed),
        levels=levels,
        residuals=residuals,
        weights=None if model.weights is None else model.weights[order],
    )


@pytest.mark.parametrize("name", MODELS)
def test_log_likelihood_is_that_of_the_density(name: str) -> None:
    model = MODELS[name](np.random.default_rng(SEED))
    found = fit(model)
    assert found.optimization.converged
    dense = _expanded(model)
    estimates = found.estimates.astype(np.longdouble)
    wanted = float(dense_log_likelihood(dense, found.parameters, estimates))
    assert found.log_likelihood == pytest.approx(wanted, abs=2e-8)
    assert evaluate(model, found.estimates).log_likelihood == pytest.approx(wanted, abs=2e-8)


@pytest.mark.parametrize("name", MODELS)
def test_order_of_rows_changes_nothing(name: str) -> None:
    model = MODELS[name](np.random.default_rng(SEED))
    other = fit(_reordered(model, np.random.default_rng(1).permutation(len(model.y))))
    found = fit(model)
    errors = np.sqrt(np.diag(found.parameter_covariance))
    assert np.abs((other.estimates - found.estimates) / errors).max() < 2e-5
    assert np.abs((other.beta - found.beta) / np.sqrt(np.diag(found.beta_covariance))).max() < 1e-6


def test_effects_are_those_of_the_conditional_distribution() -> None:
    """E(u|y) = Sigma Z'V^{-1}(y - X beta), by 64 bits."""
    model = _nested(np.random.default_rng(SEED), "ar")
    found = fit(model)
    whole, lower = evaluate(model, found.estimates).effects()
    # With effects so large their predictions are within residuals of the groups' means of y.
    top = model.levels[0].groups
    rest = model.y - found.beta[1] - found.beta[0] * np.asarray(model.fixed[0])
    predicted = whole.means[0][top] + lower.means[0][model.levels[1].groups] * np.asarray(model.fixed[0])
    predicted += lower.means[1][model.levels[1].groups]
    assert np.std(rest - predicted) < 2.0 * found.sigma_e


def test_comparison_model_is_the_linear_regression_of_y() -> None:
    model = _weighted(np.random.default_rng(SEED))
    x = np.column_stack([np.asarray(model.fixed[0]), np.ones(len(model.y))])
    root = np.sqrt(np.asarray(model.weights))
    wanted, *_ = np.linalg.lstsq(x * root[:, None], (model.y - 1e7) * root)
    np.testing.assert_allclose(fit(model).comparison.beta, wanted + [0.0, 1e7], rtol=1e-9)


@pytest.mark.parametrize("parameter", [-12.0, 3.0, 14.0, 20.0])
@pytest.mark.parametrize("gaps", ["few", "many"])
def test_autoregression_near_its_limit_keeps_its_digits(parameter: float, gaps: str) -> None:
    rng = np.random.default_rng(SEED)
    group, wave = _groups(rng, rng.integers(2, 7, 12))
    time = wave if gaps == "few" else wave + np.round(rng.random(len(wave)), 3)
    x = rng.normal(size=len(group))
    y = x + np.cumsum(rng.normal(size=len(group)))
    residuals = Residuals("exponential", group, 12, time)
    model = Model(y, (x, None), (_intercept(group),), "ml", residuals)
    at = fit(model, Options(iterate=0)).estimates.copy()
    at[:] = 0.3, 0.5 + max(parameter, 0.0) / 2.0, parameter
    wanted = float(dense_log_likelihood(model, fit(model).parameters, at.astype(np.longdouble)))
    assert evaluate(model, at).log_likelihood == pytest.approx(wanted, rel=1e-9)
