"""Parameters of covariates far from zero: they say all there is to say, and are read to the last digit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.conformance.campaign import draw
from xmixed.engine import Level, Model, Options, RandomEffects, evaluate, fit

SEEDS = (1032, 1507, 5048, 31006, 35052, 35325)
"""Unstructured effects of covariates 1e6 and 1e8 from zero, some of singular matrices.

At their own estimates the log likelihood was off by 2, .005, .007, not to be computed, 25 and 2e-7.
"""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fit_is_found_again_at_its_estimates(seed: int) -> None:
    model = draw(seed).model
    found = fit(model)
    assert found.optimization.converged
    # As near as what rounding leaves open, where the fit says that it does.
    near = 2e-7 + 10.0 * sum(note.size for note in found.boundary)
    assert near < 2e-3
    assert evaluate(model, found.estimates).log_likelihood == pytest.approx(found.log_likelihood, abs=near)
    given = fit(model, Options(start=found.estimates, iterate=0, standard_errors=False))
    assert given.log_likelihood == pytest.approx(found.log_likelihood, abs=near)


def _slopes(offset: float) -> Model:
    """Random intercepts and slopes of 30 groups of 6."""
    rng = np.random.default_rng(4)
    group = np.repeat(np.arange(30), 6)
    x = np.round(rng.normal(size=180), 6)
    y = x + rng.normal(size=30)[group] + (1.0 + rng.normal(size=30))[group] * x + rng.normal(size=180)
    x = x + offset
    level = Level(group, 30, (RandomEffects((x, None), "unstructured"),))
    return Model(y, (x, None), (level,), "reml")


def test_predicted_slopes_do_not_depend_on_where_zero_is() -> None:
    models = [_slopes(offset) for offset in (0.0, 1e8)]
    near, far = (evaluate(model, fit(model).estimates).effects()[0] for model in models)
    np.testing.assert_allclose(far.means[0], near.means[0], atol=1e-5)
    np.testing.assert_allclose(far.means[1] + 1e8 * far.means[0], near.means[1], atol=1e-5)
    np.testing.assert_allclose(far.variances[0, 0], near.variances[0, 0], rtol=1e-4)


def test_only_a_pair_that_is_tied_is_at_a_limit() -> None:
    """Beside a covariate 1e8 from zero every correlation with the constant is -1 to sixteen digits."""
    found = fit(draw(35052).model)
    named = {note.kind for note in found.boundary}
    assert {"covariance_singular", "residual_singular"} <= named and "correlation_limit" not in named
    errors = np.sqrt(np.diag(found.parameter_covariance))
    kinds = [parameter.kind for parameter in found.parameters]
    assert all(errors[place] > 0 for place, kind in enumerate(kinds) if kind == "atanh_correlation")


@pytest.mark.parametrize("structure", ["independent", "unstructured"])
@pytest.mark.parametrize("scale", [1e17, 1e100])
def test_large_covariates_have_small_slopes(scale: float, structure: str) -> None:
    """Nanoseconds since 1970 are 1e18: the standard deviation was 8 times what it is, at 1e20 8,000 times."""
    model = _slopes(0.0)
    x = np.asarray(model.fixed[0])

    def scaled(column: np.ndarray) -> Model:
        level = Level(model.levels[0].groups, 30, (RandomEffects((column, None), structure),))  # type: ignore[arg-type]
        return replace(model, fixed=(column, None), levels=(level,))

    usual, large = scaled(x), scaled(x * scale)
    expected, found = fit(usual), fit(large)
    assert found.estimates[0] + np.log(scale) == pytest.approx(expected.estimates[0], abs=1e-9)
    np.testing.assert_allclose(found.estimates[1:], expected.estimates[1:], atol=1e-9)
    np.testing.assert_allclose(
        found.parameter_covariance, expected.parameter_covariance, rtol=1e-6, atol=1e-9
    )
    slopes = evaluate(large, found.estimates).effects()[0].means[0]
    np.testing.assert_allclose(
        slopes * scale, evaluate(usual, expected.estimates).effects()[0].means[0], atol=1e-9
    )
