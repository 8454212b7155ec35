"""Residuals on a lattice of few values of t(): derivatives by differences, the start, figures of others."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from tests.conformance.residual_dense import dense_log_likelihood
from xmixed.engine import Fit, Model, Residuals, fit
from xmixed.engine.model import Method, ResidualStructureName
from xmixed.engine.prepare import prepare
from xmixed.engine.residuals.lattice import LatticeProducts
from xmixed.engine.search.objective import Objective

FORMS: dict[str, tuple[ResidualStructureName, int]] = {
    "unstructured": ("unstructured", 0),
    "banded": ("banded", 2),
    "toeplitz": ("toeplitz", 2),
    "ar": ("ar", 2),
    "ma": ("ma", 2),
}


def model_of(form: str, method: Method, units: int = 30, occasions: int = 5, missing: float = 0.2) -> Model:
    structure, order = FORMS[form]
    generator = np.random.default_rng(17)
    group, occasion = np.divmod(np.arange(units * occasions), occasions)
    kept = generator.random(len(group)) >= missing
    group, occasion = group[kept], occasion[kept].astype(float)
    x = generator.normal(size=len(group))
    y = x + generator.normal(size=len(group)) + generator.normal(size=units)[group]
    residuals = Residuals(structure, group, units, occasion, occasions, order, group % 2, 2)
    return Model(y, (x, occasion, None), (), method, residuals)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize(("units", "missing"), [(30, 0.2), (400, 0.0)], ids=["patterns", "condensed"])
def test_second_derivatives_equal_differences_of_slopes(
    form: str, method: Method, units: int, missing: float
) -> None:
    """`condensed`: more units of one pattern than needed for its sums of squares and products."""
    objective = Objective(prepare(model_of(form, method, units, missing=missing)))
    rho = np.random.default_rng(3).uniform(-0.2, 0.2, objective.residual_count)
    point = objective.point((), rho)
    gradient, hessian = objective.second_order(point)
    np.testing.assert_allclose(gradient, objective.gradient(point), rtol=1e-10, atol=1e-10)
    h, rows = 1e-3, []
    for unit in np.eye(len(rho)):
        at = [objective.gradient(objective.point((), rho + k * h * unit)) for k in (1, -1, 2, -2)]
        rows.append((8 * (at[0] - at[1]) - (at[2] - at[3])) / (12 * h))
    np.testing.assert_allclose(hessian, np.array(rows), rtol=1e-7, atol=1e-7 * np.abs(hessian).max())


def complete(units: int, occasions: int, covariance: np.ndarray, method: Method) -> tuple[Model, np.ndarray]:
    """Units with all occasions and a mean for each of two arms and occasion; outcomes (units, occasions)."""
    generator = np.random.default_rng(occasions)
    y = 100.0 + generator.normal(size=(units, occasions)) @ np.linalg.cholesky(covariance).T
    group, occasion = np.divmod(np.arange(units * occasions), occasions)
    arm = (group % 2).astype(float)
    columns = [(occasion == k).astype(float) for k in range(occasions)]
    fixed = (*columns, *(column * arm for column in columns))
    residuals = Residuals("unstructured", group, units, occasion.astype(float), occasions)
    return Model(y.ravel(), fixed, (), method, residuals), y


def estimated_covariance(found: Fit, occasions: int) -> np.ndarray:
    residual = found.estimates[1:]
    sds = found.sigma_e * np.exp(np.append(0.0, residual[: occasions - 1]))
    matrix = np.eye(occasions)
    matrix[np.triu_indices(occasions, 1)] = np.tanh(residual[occasions - 1 :])
    matrix = matrix + matrix.T - np.eye(occasions)
    return matrix * np.outer(sds, sds)


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("occasions", [4, 10, 20])
@pytest.mark.parametrize("lag_one", [0.5, 0.99, 0.9996])
def test_complete_data_have_a_closed_form(method: Method, occasions: int, lag_one: float) -> None:
    """Pooled products within arms, over the subjects (ML) or over those less two (REML)."""
    units = 200
    lags = np.abs(np.subtract.outer(np.arange(occasions), np.arange(occasions)))
    sds = np.linspace(3.0, 9.0, occasions)
    model, y = complete(units, occasions, lag_one**lags * np.outer(sds, sds), method)
    within = np.concatenate([part - part.mean(axis=0) for part in (y[::2], y[1::2])])
    wanted = within.T @ within / (units if method == "ml" else units - 2)
    found = fit(model)
    assert found.optimization.return_code == 0
    assert found.boundary == ()
    np.testing.assert_allclose(estimated_covariance(found, occasions) / wanted, 1.0, rtol=1e-6)
    if method == "ml":
        log_det = np.linalg.slogdet(wanted)[1]
        ll = -0.5 * units * (occasions * (1.0 + np.log(2.0 * np.pi)) + log_det)
        assert found.log_likelihood == pytest.approx(ll, rel=1e-10)
    # Of log sd and atanh correlation of a normal sample of n: 1/(2n) and 1/n.
    of = units if method == "ml" else units - 2
    errors = np.sqrt(found.parameter_covariance.diagonal())
    np.testing.assert_allclose(errors[0], 1 / np.sqrt(2 * of), rtol=1e-5)
    np.testing.assert_allclose(errors[occasions:], 1 / np.sqrt(of), rtol=1e-4)
    assert found.optimization.evaluations < 30


def test_twenty_occasions_with_dropout_end_after_few_evaluations() -> None:
    lags = np.abs(np.subtract.outer(np.arange(20), np.arange(20)))
    model, _ = complete(100, 20, 0.9**lags, "ml")
    generator = np.random.default_rng(5)
    leaves = np.where(generator.random(100) < 0.2, generator.integers(2, 20, 100), 20)
    assert model.residuals is not None and model.residuals.time is not None
    kept = (model.residuals.time < leaves[model.residuals.groups]) & (generator.random(2000) > 0.05)
    residuals = Residuals("unstructured", model.residuals.groups[kept], 100, model.residuals.time[kept], 20)
    columns = tuple(None if column is None else column[kept] for column in model.fixed)
    found = fit(Model(model.y[kept], columns, (), "ml", residuals))
    assert found.optimization.return_code == 0
    assert found.optimization.evaluations < 30
    assert isinstance(prepare(model).residual.products, LatticeProducts)  # type: ignore[union-attr]


def test_a_trial_of_eight_visits_with_27_patterns() -> None:
    """Figures of glmmTMB 1.1.5 (ML) and of nlme 3.1-162's gls (REML) in R 4.2."""
    n = np.arange(1, 2401)
    subject, visit = (n - 1) // 8, (n - 1) % 8
    arm = (subject + 1) % 2
    z = ndtri(((7 * n**3 + 13 * n**2 + 5 * n) % 10007 + 0.5) / 10007)
    e = z.reshape(300, 8).copy()
    for k in range(1, 8):
        e[:, k] = 0.95 * e[:, k - 1] + 0.31225 * e[:, k]
    kept = ~((visit > 0) & ((19 * n**2 + 7 * n) % 101 < 12))
    of_visit = [(visit == k).astype(float) for k in range(1, 8)]
    columns = [arm.astype(float), *of_visit, *(column * arm for column in of_visit)]
    fixed = (*(column[kept] for column in columns), None)
    residuals = Residuals("unstructured", subject[kept], 300, visit[kept].astype(float), 8)
    y = 10.0 * e.ravel()[kept]
    found = fit(Model(y, fixed, (), "ml", residuals))
    assert found.log_likelihood == pytest.approx(-5756.13534849, abs=1e-6)
    # At the first visit, which all have: elsewhere its errors are not those of generalised least squares.
    errors = np.sqrt(found.beta_covariance.diagonal())[[-1, 0]]
    np.testing.assert_allclose(errors, [0.836936259, 1.183606609], rtol=1e-5)
    sds = found.sigma_e * np.exp(np.append(0.0, found.estimates[1:8]))
    wanted = [
        10.25033391,
        10.23371215,
        9.99557265,
        10.06335770,
        9.98787050,
        9.74992357,
        9.74166712,
        10.18866397,
    ]
    np.testing.assert_allclose(sds, wanted, rtol=1e-5)
    assert np.sqrt(found.parameter_covariance[0, 0]) == pytest.approx(0.04082486835, rel=1e-4)
    restricted = fit(Model(y, fixed, (), "reml", residuals))
    assert restricted.log_likelihood == pytest.approx(-5759.92714873, abs=1e-6)
    # gls ends at a relative change of 1e-7 of the log likelihood, which leaves 1e-5 in the parameters.
    assert restricted.log_likelihood > -5759.92714873 - 1e-8
    assert restricted.sigma_e == pytest.approx(10.2845177, rel=3e-5)
    errors = np.sqrt(restricted.beta_covariance.diagonal())[[-1, 0, -2]]
    np.testing.assert_allclose(errors, [0.839727354, 1.187553813, 0.907741980], rtol=3e-5)


@pytest.mark.parametrize(("visits", "ll"), [(4, -4596.651981), (5, -5511.370062)])
def test_lung_volumes_with_correlations_of_99_percent(visits: int, ll: float) -> None:
    """A random slope over two years makes neighbours nearly equal; the closed form in double precision."""
    n = np.arange(1, 1001)
    subject, visit = (n - 1) // 5, (n - 1) % 5
    arm, week = (subject + 1) % 2, np.array([0, 2, 6, 12, 24])[visit]
    number = subject + 1
    e = ndtri(((7 * n**3 + 13 * n**2 + 5 * n) % 10007 + 0.5) / 10007)
    u = ndtri(((11 * number**3 + 3 * number**2 + 29 * number) % 10007 + 0.5) / 10007)
    v = ndtri(((17 * number**3 + 23 * number**2 + 41 * number) % 10007 + 0.5) / 10007)
    y = 2000 + 300 * u + (-2 + arm + 12 * u + 58.8 * v) * week + 10 * e
    kept = visit < visits
    of_visit = [(visit == k).astype(float)[kept] for k in range(visits)]
    fixed = (*of_visit, *(column * arm[kept] for column in of_visit))
    residuals = Residuals("unstructured", subject[kept], 200, visit[kept].astype(float), visits)
    found = fit(Model(y[kept], fixed, (), "ml", residuals))
    assert found.optimization.return_code == 0
    assert found.log_likelihood == pytest.approx(ll, abs=1e-6)
    if visits == 5:
        covariance = estimated_covariance(found, 5)
        assert np.sqrt(covariance[4, 4]) == pytest.approx(1610.834, abs=1e-3)
        correlation = covariance[3, 4] / np.sqrt(covariance[3, 3] * covariance[4, 4])
        assert correlation == pytest.approx(0.990329, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_way_to_a_nearly_singular_matrix_leads_through_the_middle(seed: int) -> None:
    """Residuals all but equal, of which a banded matrix can say little: thousands of steps along its edge."""
    generator = np.random.default_rng(seed)
    sizes = generator.integers(3, 7, 26)
    group = np.repeat(np.arange(26), sizes)
    time = np.concatenate([np.arange(size) for size in sizes]).astype(float)
    y = generator.normal(size=26)[group] + 1e-4 * generator.normal(size=len(group))
    x = generator.normal(size=len(group))
    model = Model(y, (x, None), (), "reml", Residuals("toeplitz", group, 26, time, 0, 3))
    found = fit(model)
    assert found.optimization.converged
    assert len(found.optimization.iterations) <= 10
    # Correlations that leave 1e-8 of a variance: the density has eight digits less than doubles.
    dense = dense_log_likelihood(model, found.parameters, found.estimates)
    assert found.log_likelihood == pytest.approx(dense, abs=1e-4)
    assert found.log_likelihood > [288.6359, 265.4354, 201.7286][seed]
