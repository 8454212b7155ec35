"""ar 1 and exponential residuals with few gaps: derivatives by formula, second ones with many by() groups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from xmixed.engine import Level, Model, RandomEffects, Residuals
from xmixed.engine.prepare import prepare
from xmixed.engine.residuals.markov import ar_slope, ar_step, exponential_slope, exponential_step
from xmixed.engine.search.objective import Objective

STEP = 1e-40
Function = Callable[[np.ndarray, float], np.ndarray]


@pytest.mark.parametrize(
    ("step", "slope", "gaps"),
    [
        (ar_step, ar_slope, (1.0, 2.0, 5.0, 1000.0)),
        (exponential_step, exponential_slope, (0.01, 0.5, 1.0, 700.0)),
    ],
)
def test_slopes_are_complex_steps(step: Callable, slope: Function, gaps: tuple[float, ...]) -> None:
    parameters = np.array([-20.0, -3.0, -0.4, -1e-9, 0.0, 1e-3, 0.3, 2.0, 8.0, 18.0])
    for gap in gaps:
        expected = np.imag(step(parameters + 1j * STEP, gap)[0]) / STEP
        np.testing.assert_allclose(slope(parameters, gap), expected, rtol=1e-10, atol=1e-150)


@pytest.mark.parametrize("structure", ["ar", "exponential", "exchangeable"])
@pytest.mark.parametrize("method", ["ml", "reml"])
def test_second_derivatives_are_differences_of_slopes(structure: str, method: str) -> None:
    generator = np.random.default_rng(4)
    units, sets = 36, 6
    unit = np.repeat(np.arange(units), 5)
    time = np.tile([0.0, 1.0, 2.0, 4.0, 5.0], units)
    y = generator.normal(size=len(unit)) + generator.normal(size=units)[unit]
    own = None if structure == "exchangeable" else time
    order = 1 if structure == "ar" else 0
    residuals = Residuals(structure, unit, units, own, 0, order, unit % sets, sets)  # type: ignore[arg-type]
    top = (Level(unit // 3, units // 3, (RandomEffects((None,), "identity"),)),)
    objective = Objective(prepare(Model(y, (time, None), top, method, residuals)))  # type: ignore[arg-type]
    assert objective.is_exact
    rho = generator.uniform(-0.3, 0.3, objective.residual_count)
    point = objective.point((np.array([[0.4]]),), rho)
    gradient, hessian = objective.second_order(point)
    np.testing.assert_allclose(gradient, objective.gradient(point), rtol=1e-9, atol=1e-9)
    h = 1e-3
    for i in range(len(rho)):
        shifted = [rho + k * h * np.eye(len(rho))[i] for k in (1, -1, 2, -2)]
        at = [objective.gradient(objective.point(point.blocks, one)) for one in shifted]
        row = (8 * (at[0] - at[1]) - (at[2] - at[3])) / (12 * h)
        np.testing.assert_allclose(hessian[1 + i], row, rtol=1e-7, atol=1e-8 * np.abs(hessian).max())
