"""Log likelihoods where V is nearly singular or has parts far apart, against 50 decimal digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from xmixed.engine import Level, Model, RandomEffects, Residuals, evaluate
from xmixed.engine.model import ResidualStructureName

Covariance = Callable[[int, int], Any]


def exact_log_likelihood(model: Model, covariance: Covariance) -> float:
    """ML with beta profiled out, V from its elements; within `mpmath.workdps`."""
    n, p = len(model.y), len(model.fixed)
    factor = mpmath.cholesky(mpmath.matrix([[covariance(i, j) for j in range(n)] for i in range(n)]))
    columns = [np.ones(n) if column is None else column for column in model.fixed]
    W = mpmath.matrix(np.column_stack([*columns, model.y]).tolist())
    half = mpmath.zeros(n, p + 1)
    for i in range(n):
        for c in range(p + 1):
            known = mpmath.fsum(factor[i, k] * half[k, c] for k in range(i))
            half[i, c] = (W[i, c] - known) / factor[i, i]
    root = mpmath.cholesky(half.T * half)
    log_det = 2 * mpmath.fsum(mpmath.log(factor[i, i]) for i in range(n))
    return float(-(n * mpmath.log(2 * mpmath.pi) + log_det + root[p, p] ** 2) / 2)


def simulated() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return y, x, groups of four and a factor that crosses them."""
    rng = np.random.default_rng(11)
    group, factor = np.arange(40) // 4, np.arange(40) % 5
    x = rng.normal(size=40)
    y = rng.normal(size=10)[group] + 0.3 * rng.normal(size=5)[factor] + 1e-4 * rng.normal(size=40)
    return y, x, group, factor


@pytest.mark.parametrize("atanh", [-0.346, 3.0, 9.0, 12.0])
def test_exchangeable_residuals_near_their_limits(atanh: float) -> None:
    """Of groups of four, whose limits are -1/3 and 1."""
    y, x, group, _ = simulated()
    top = group // 3
    level = Level(top, 4, (RandomEffects((None,), "identity"),))
    model = Model(y, (x, None), (level,), "ml", Residuals("exchangeable", group, 10))
    parameters = np.array([-0.4, 0.1, atanh])
    with mpmath.workdps(50):
        effects, residual = mpmath.exp(-2 * mpmath.mpf(0.4)), mpmath.exp(2 * mpmath.mpf(0.1))
        rho = mpmath.tanh(mpmath.mpf(atanh))

        def covariance(i: int, j: int) -> Any:
            own = residual * (1 if i == j else rho if group[i] == group[j] else 0)
            return own + (effects if top[i] == top[j] else 0)

        wanted = exact_log_likelihood(model, covariance)
    # What X explains of y within groups is weighted by 1/(1 - rho), here up to 1e10.
    assert evaluate(model, parameters).log_likelihood == pytest.approx(wanted, rel=1e-7)


@pytest.mark.parametrize("log_sd", [0.0, 5.0, 8.0])
def test_crossed_effects_far_larger_than_structured_residuals(log_sd: float) -> None:
    """Two columns of the eliminated level, up to 3e7 times the residuals."""
    y, x, group, factor = simulated()
    levels = (
        Level(factor, 5, (RandomEffects((None,), "identity"),)),
        Level(group, 10, (RandomEffects((x, None), "independent"),)),
    )
    residuals = Residuals("toeplitz", group, 10, (np.arange(40) % 4).astype(float), 0, 1)
    model = Model(y, (x, None), levels, "ml", residuals)
    parameters = np.array([-1.0, log_sd, log_sd, np.log(1e-4), 0.3])
    with mpmath.workdps(50):
        small, large = mpmath.exp(mpmath.mpf(-2)), mpmath.exp(2 * mpmath.mpf(log_sd))
        residual, rho = mpmath.exp(2 * mpmath.mpf(parameters[3])), mpmath.tanh(mpmath.mpf(0.3))
        z = [mpmath.mpf(float(value)) for value in x]

        def covariance(i: int, j: int) -> Any:
            own = small if factor[i] == factor[j] else mpmath.mpf(0)
            if group[i] == group[j]:
                lag = abs(i - j)
                own += large * (1 + z[i] * z[j]) + residual * (rho if lag == 1 else 1 if lag == 0 else 0)
            return own

        wanted = exact_log_likelihood(model, covariance)
    assert evaluate(model, parameters).log_likelihood == pytest.approx(wanted, rel=1e-8)


@pytest.mark.parametrize("structure", ["toeplitz", "ar", "exchangeable"])
@pytest.mark.parametrize("log_sd", [0.0, 4.0, 8.0])
def test_nested_effects_far_larger_than_structured_residuals(
    structure: ResidualStructureName, log_sd: float
) -> None:
    """An intercept of larger groups, intercept and slope of smaller ones: up to 3e7 times the residuals."""
    y, x, group, _ = simulated()
    top = group // 3
    levels = (
        Level(top, 4, (RandomEffects((None,), "identity"),)),
        Level(group, 10, (RandomEffects((x, None), "independent"),)),
    )
    time = None if structure == "exchangeable" else (np.arange(40) % 4).astype(float)
    residuals = Residuals(structure, group, 10, time, 0, 0 if time is None else 1)
    model = Model(y, (x, None), levels, "ml", residuals)
    # The one coefficient of ar is rho itself.
    parameters = np.array([-1.0, log_sd, log_sd, np.log(1e-4), 0.3])
    with mpmath.workdps(50):
        small, large = mpmath.exp(mpmath.mpf(-2)), mpmath.exp(2 * mpmath.mpf(log_sd))
        residual, rho = mpmath.exp(2 * mpmath.mpf(parameters[3])), mpmath.tanh(mpmath.mpf(0.3))
        by_lag = {
            "toeplitz": [1, rho, 0, 0],
            "ar": [rho**k for k in range(4)],
            "exchangeable": [1, rho, rho, rho],
        }
        z = [mpmath.mpf(float(value)) for value in x]

        def covariance(i: int, j: int) -> Any:
            own = small if top[i] == top[j] else mpmath.mpf(0)
            if group[i] == group[j]:
                own += large * (1 + z[i] * z[j]) + residual * by_lag[structure][abs(i - j)]
            return own

        wanted = exact_log_likelihood(model, covariance)
    assert evaluate(model, parameters).log_likelihood == pytest.approx(wanted, rel=1e-9)
