"""Digits where cross-products lose them: columns nearly determined by others, tiny residuals."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Level, Model, RandomEffects, evaluate, fit, linear_regression
from xmixed.engine.model import Method

GROUPS, SIZE = 100, 30


def slopes(noise: float, seed: int = 3) -> tuple[Model, float]:
    """A random intercept and slope without noise but for a share; its pooled least-squares residual."""
    generator = np.random.default_rng(seed)
    group = np.repeat(np.arange(GROUPS), SIZE)
    x, e = generator.normal(size=(2, GROUPS * SIZE))
    u, v = generator.normal(size=(2, GROUPS))
    y = 10 + u[group] + (10 + v[group]) * x + noise * e
    rss = 0.0
    for own in np.split(np.arange(len(y)), GROUPS):
        rss += float(np.linalg.lstsq(np.column_stack([x[own], np.ones(SIZE)]), y[own], rcond=None)[1][0])
    levels = (Level(group, GROUPS, (RandomEffects((x, None), "unstructured"),)),)
    return Model(y, (x, None), levels, "reml"), float(np.sqrt(rss / (len(y) - 2 * GROUPS)))


@pytest.mark.parametrize("noise", [1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10])
def test_residuals_far_below_the_random_effects(noise: float) -> None:
    model, expected = slopes(noise)
    found = fit(model)
    assert found.optimization.verdict == "converged" and not found.boundary
    # The data themselves hold noise to 1e-15; the random effects add its square in terms of theirs.
    assert found.sigma_e == pytest.approx(expected, rel=1e-8 + 3e-15 / noise)
    errors = np.sqrt(np.diag(found.parameter_covariance))
    assert errors[-1] == pytest.approx(1 / np.sqrt(2 * (GROUPS * SIZE - 2 * GROUPS)), rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_residuals_that_are_rounding_are_zero(seed: int) -> None:
    found = fit(slopes(0.0, seed)[0])
    assert found.optimization.verdict == "residual_zero"
    assert [note.kind for note in found.boundary] == ["residual_variance_zero"]


def test_small_residuals_below_two_levels() -> None:
    """Groups within larger ones: sigma_e is that of the differences within groups (closed form)."""
    generator = np.random.default_rng(4)
    top, group = np.repeat(np.arange(10), 20), np.repeat(np.arange(50), 4)
    y = generator.normal(size=10)[top] + generator.normal(size=50)[group] + 1e-8 * generator.normal(size=200)
    one = (RandomEffects((None,), "identity"),)
    found = fit(Model(y, (None,), (Level(top, 10, one), Level(group, 50, one)), "ml"))
    within = y.reshape(50, 4) - y.reshape(50, 4).mean(axis=1, keepdims=True)
    assert found.sigma_e == pytest.approx(np.sqrt((within**2).sum() / 150), rel=1e-6)


def nearly_collinear(difference: float, method: Method) -> Model:
    generator = np.random.default_rng(1)
    group = np.repeat(np.arange(10), 6)
    x = generator.normal(size=60) + 100
    other = x + difference * generator.normal(size=60)
    third = generator.normal(size=60)
    y = 1 + 2 * x + 3 * other + generator.normal(size=10)[group] + generator.normal(size=60)
    levels = (Level(group, 10, (RandomEffects((None,), "identity"),)),)
    return Model(y, (x, other, third, None), levels, method)


def orthogonal(model: Model, difference: float) -> tuple[Model, np.ndarray]:
    """The same model in the difference of the two columns, exact in doubles, and the way back for beta."""
    x, other, third, _ = model.fixed
    assert x is not None and other is not None
    change = np.eye(4)
    change[:2, :2] = [[1.0, -1.0 / difference], [0.0, 1.0 / difference]]
    return Model(model.y, (x, (other - x) / difference, third, None), model.levels, model.method), change


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("difference", [2.0**-10, 2.0**-17, 2.0**-20])
def test_columns_that_differ_by_little(difference: float, method: Method) -> None:
    """x and x + d z span what x and z do, and d z is exact: other - x is a double (Sterbenz)."""
    model = nearly_collinear(difference, method)
    reference, change = orthogonal(model, difference)
    found, expected = fit(model), fit(reference)
    errors = np.sqrt(np.diag(change @ expected.beta_covariance @ change.T))
    assert np.abs((found.beta - change @ expected.beta) / errors).max() < 1e-9
    assert np.sqrt(np.diag(found.beta_covariance)) == pytest.approx(errors, rel=1e-9)
    shift = np.log(difference) if method == "reml" else 0.0
    assert found.log_likelihood == pytest.approx(expected.log_likelihood - shift, rel=1e-11)
    assert found.estimates == pytest.approx(expected.estimates, rel=1e-8)
    plain, wanted = linear_regression(model), linear_regression(reference)
    assert np.abs((plain.beta - change @ wanted.beta) / errors).max() < 1e-9


def test_effects_and_scores_of_columns_that_differ_by_little() -> None:
    model = nearly_collinear(2.0**-17, "reml")
    reference, _ = orthogonal(model, 2.0**-17)
    parameters = fit(reference).estimates
    found, expected = (evaluate(one, parameters).effects()[0] for one in (model, reference))
    np.testing.assert_allclose(found.means, expected.means, atol=1e-9)
    np.testing.assert_allclose(found.variances, expected.variances, rtol=1e-9)
