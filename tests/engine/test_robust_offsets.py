"""Robust variances of covariates far from zero: a constant added to one changes no digit of the others."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Level, Model, Options, RandomEffects, Residuals, fit

GROUPS, N = 20, 120
GROUP = np.arange(N) // 6


def errors(offset: float, structured: bool, seed: int) -> np.ndarray:
    """Robust standard errors of all but the constant."""
    generator = np.random.default_rng(seed)
    x, z, weights = generator.normal(size=N), generator.normal(size=N), generator.uniform(1, 4, N)
    effects = generator.normal(size=(2, GROUPS))[:, GROUP]
    y = 1 + x + effects[0] + z * effects[1] + generator.normal(size=N)
    # The covariate is a multiple of 2^-20, so that adding the offset is exact.
    fixed = (np.round(x * 2.0**20) / 2.0**20 + offset, None)
    if structured:
        level = Level(GROUP, GROUPS, (RandomEffects((z,), "identity"),))
        model = Model(y, fixed, (level,), "ml", Residuals("exchangeable", GROUP, GROUPS))
    else:
        level = Level(GROUP, GROUPS, (RandomEffects((z, None), "unstructured"),))
        model = Model(y, fixed, (level,), "ml", weights=weights)
    parts = fit(model, Options(clusters=(GROUP, GROUPS))).sandwich
    assert parts is not None
    carry = parts.to_user @ parts.bread
    sandwich = carry @ (parts.scores.T @ parts.scores) @ carry.T
    return np.sqrt(np.delete(sandwich.diagonal(), 1))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("structured", [False, True])
@pytest.mark.parametrize("offset", [2.0**20, 2.0**27])
def test_an_offset_changes_no_robust_standard_error(offset: float, structured: bool, seed: int) -> None:
    assert errors(offset, structured, seed) == pytest.approx(errors(0.0, structured, seed), rel=1e-10)
