"""Many by() groups with residual parameters of their own: second derivatives at once, and the search."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from xmixed.engine import Level, Model, RandomEffects, Residuals, fit
from xmixed.engine.model import Method, ResidualStructureName
from xmixed.engine.prepare import prepare
from xmixed.engine.search.objective import Objective
from xmixed.engine.sweeps.separate_groups import is_separate
from xmixed.engine.sweeps.whitened import NestedWhitening

SETS = 10
FORMS: dict[str, tuple[ResidualStructureName, int]] = {
    "exchangeable": ("exchangeable", 0),
    "ar1": ("ar", 1),
    "ar2": ("ar", 2),
    "ma2": ("ma", 2),
    "toeplitz": ("toeplitz", 2),
    "banded": ("banded", 1),
    "exponential": ("exponential", 0),
}


def objective_of(form: str, method: Method, weighted: bool) -> Objective:
    """Units in groups of one by() group each, an intercept and a slope."""
    structure, order = FORMS[form]
    generator = np.random.default_rng(7)
    units = 4 * SETS
    unit = np.repeat(np.arange(units), generator.integers(3, 6, units))
    time = np.arange(len(unit)) - np.searchsorted(unit, unit).astype(float)
    if structure == "exponential":
        time += generator.random(len(unit))
    x = generator.normal(size=len(unit))
    y = generator.normal(size=len(unit)) + generator.normal(size=units)[unit]
    positions = 5 if structure == "banded" else 0
    own = None if structure == "exchangeable" else time
    residuals = Residuals(structure, unit, units, own, positions, order, unit // 4, SETS)
    counts = generator.uniform(0.5, 3.0, units // 2) if weighted else None
    equations = (RandomEffects((x, None), "unstructured"),)
    top = Level(unit // 2, units // 2, equations, weights=counts)
    return Objective(prepare(Model(y, (x, None), (top,), method, residuals)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("method", "weighted"), [("ml", False), ("reml", False), ("ml", True)])
def test_second_derivatives_are_differences_of_slopes(form: str, method: Method, weighted: bool) -> None:
    objective = objective_of(form, method, weighted)
    assert isinstance(objective.whitening, NestedWhitening) and is_separate(objective.whitening)
    rho = np.random.default_rng(2).uniform(-0.2, 0.2, objective.residual_count)
    psi = np.array([[0.5, 0.1], [0.1, 0.4]])
    point = objective.point((psi,), rho)
    _, hessian = objective.second_order(point, refined=True)
    h, first = 1e-3, objective.block_count
    for i in np.random.default_rng(3).choice(len(rho), 8, replace=False):
        unit = np.eye(len(rho))[i]
        at = [objective.gradient(objective.point((psi,), rho + k * h * unit)) for k in (1, -1, 2, -2)]
        row = (8 * (at[0] - at[1]) - (at[2] - at[3])) / (12 * h)
        np.testing.assert_allclose(hessian[first + i], row, rtol=1e-6, atol=1e-8 * np.abs(hessian).max())


def test_groups_that_share_a_unit_are_not_separate() -> None:
    residual = objective_of("ar1", "ml", False).problem.model.residuals
    assert residual is not None and residual.by is not None
    crossing = np.arange(len(residual.groups)) % SETS
    model = objective_of("ar1", "ml", False).problem.model
    independent = Residuals("independent", residual.groups, residual.n_groups, by=crossing, n_by=SETS)
    objective = Objective(prepare(replace(model, residuals=independent)))
    assert isinstance(objective.whitening, NestedWhitening) and not is_separate(objective.whitening)


def noise(sets: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Response, unit, by() group and t(), no two gaps alike: five units of ten rows a group."""
    generator = np.random.default_rng(seed)
    unit = np.repeat(np.arange(5 * sets), 10)
    by, time = unit // 5, generator.uniform(0, 10, len(unit))
    rho = np.where(np.arange(sets) % 3 == 0, generator.uniform(0.1, 0.9, sets), 1e-300)
    y = np.empty(len(unit))
    for own in np.split(np.arange(len(unit)), 5 * sets):
        gaps = np.abs(np.subtract.outer(time[own], time[own]))
        y[own] = np.linalg.cholesky(rho[by[own[0]]] ** gaps) @ generator.normal(size=len(own))
    return y, unit, by, time


def highest(y: np.ndarray, time: np.ndarray) -> float:
    """The highest dense log likelihood of one group over log(-log rho), mean and variance profiled out."""
    units, values = time.reshape(5, 10), np.stack([np.ones((5, 10)), y.reshape(5, 10)], axis=2)
    gaps = np.abs(units[:, :, None] - units[:, None, :])

    def minus(log_decay: float) -> float:
        factors = np.linalg.cholesky(np.exp(-np.exp(log_decay) * gaps))
        log_det = 2.0 * np.log(np.einsum("utt->ut", factors)).sum()
        whitened = np.linalg.solve(factors, values).reshape(50, 2)
        (one, mixed), (_, squares) = whitened.T @ whitened
        variance = (squares - mixed**2 / one) / len(y)
        return 0.5 * (log_det + len(y) * (1.0 + np.log(2.0 * np.pi * variance)))

    grid = np.linspace(-4.0, 9.0, 60)
    at = int(np.argmin([minus(value) for value in grid]))
    if at == len(grid) - 1:
        return -minus(50.0)
    found = minimize_scalar(
        minus, bounds=(grid[at - 1], grid[at + 1]), options={"xatol": 1e-10}, method="bounded"
    )
    return -float(found.fun)


@pytest.mark.parametrize("seed", range(3))
def test_groups_without_correlation_do_not_hold_up_the_others(seed: int) -> None:
    """With a mean for each group the maximum is the sum of the groups' own; here in fewer than 40 steps."""
    y, unit, by, time = noise(SETS, seed)
    means = tuple((by == j).astype(float) for j in range(SETS))
    residuals = Residuals("exponential", unit, 5 * SETS, time, by=by, n_by=SETS)
    found = fit(Model(y, means, (), "ml", residuals))
    expected = sum(highest(y[by == j], time[by == j]) for j in range(SETS))
    assert found.optimization.converged and len(found.optimization.iterations) < 40
    assert found.log_likelihood == pytest.approx(expected, rel=1e-7)
    assert {note.kind for note in found.boundary} == {"residual_limit"}


def test_more_groups_take_no_more_steps() -> None:
    y, unit, by, time = noise(30, 1)
    residuals = Residuals("exponential", unit, 150, time, by=by, n_by=30)
    level = Level(unit, 150, (RandomEffects((None,), "identity"),))
    found = fit(Model(y, (time, None), (level,), "reml", residuals))
    assert found.optimization.converged and len(found.optimization.iterations) < 60
