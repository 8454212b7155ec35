"""Covariates far from zero beside unstructured random effects: figures of Sigma where doubles lose it."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from xmixed.engine import Fit, Level, Model, RandomEffects, fit


def simulated(slope_sd: float = 0.7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return y, x and groups of a random slope."""
    rng = np.random.default_rng(9)
    group = np.repeat(np.arange(25), 6)
    x = rng.integers(-40, 41, len(group)) / 16.0  # exact at any offset that is tried
    effects = rng.normal(size=(2, 25))
    y = 1.0 + 0.5 * x + effects[0, group] + slope_sd * effects[1, group] * x + rng.normal(size=len(group))
    return y, x, group


def fitted(offset: float, slope_sd: float = 0.7) -> Fit:
    """Fit y on x moved by `offset`, with an unstructured intercept and slope."""
    y, x, group = simulated(slope_sd)
    moved = x + offset
    return fit(Model(y, (moved, None), (Level(group, 25, (RandomEffects((moved, None), "unstructured"),)),)))


def moved_metric(alpha: list[Any], offset: float) -> list[Any]:
    """Log sds and atanh correlation of slope and intercept where x is `offset` larger, in many digits."""
    a, b, z = alpha
    slope, intercept = mpmath.exp(2 * a), mpmath.exp(2 * b)
    between = mpmath.exp(a + b) * mpmath.tanh(z)
    there = intercept - 2 * offset * between + mpmath.mpf(offset) ** 2 * slope
    covariance = between - offset * slope
    return [
        a,
        mpmath.log(there) / 2,
        mpmath.atanh(covariance / mpmath.sqrt(slope * there)),
    ]


@pytest.mark.parametrize("offset", [-3e3, 1e5, 2.0**27, 2.0**33])
def test_figures_follow_from_those_at_zero(offset: float) -> None:
    near, far = fitted(0.0), fitted(offset)
    assert far.optimization.converged and not far.boundary
    assert far.log_likelihood == pytest.approx(near.log_likelihood, rel=1e-9)
    with mpmath.workdps(60):
        alpha = [mpmath.mpf(float(value)) for value in near.estimates[:3]]
        wanted = moved_metric(alpha, offset)
        slopes = mpmath.matrix(3, 3)
        for column in range(3):
            ahead, behind = (
                moved_metric([v + (s if i == column else 0) for i, v in enumerate(alpha)], offset)
                for s in (mpmath.mpf("1e-20"), mpmath.mpf("-1e-20"))
            )
            for row in range(3):
                slopes[row, column] = (ahead[row] - behind[row]) / mpmath.mpf("2e-20")
        V = mpmath.matrix(near.parameter_covariance[:3, :3].tolist())
        variances = slopes * V * slopes.T
        errors = [float(mpmath.sqrt(variances[i, i])) for i in range(3)]
    np.testing.assert_allclose(far.estimates[:3], [float(value) for value in wanted], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(far.parameter_covariance.diagonal()[:3]), errors, rtol=1e-5)


def test_a_singular_matrix_keeps_its_standard_errors() -> None:
    """The slope's variance is zero to rounding of a model in which it is a multiple of the intercept's."""
    y, x, group = simulated(0.0)
    rng = np.random.default_rng(3)
    y = y + 2.0 * rng.normal(size=25)[group] * (1.0 + 0.4 * x)
    found = []
    for offset in (0.0, 2.0**20):
        moved = x + offset
        level = Level(group, 25, (RandomEffects((moved, None), "unstructured"),))
        found.append(fit(Model(y, (moved, None), (level,))))
    near, far = found
    assert [note.kind for note in near.boundary] == [note.kind for note in far.boundary]
    np.testing.assert_allclose(
        far.parameter_covariance[[0, 3], [0, 3]], near.parameter_covariance[[0, 3], [0, 3]], rtol=1e-5
    )
    assert (far.parameter_covariance.diagonal()[[0, 1, 3]] > 0).all()
