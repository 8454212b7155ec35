"""The values of a factor as equally correlated effects within larger groups, against the dense normal."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from xmixed.engine import (
    Fit,
    InvalidModel,
    InvalidStart,
    Level,
    Model,
    Options,
    RandomEffects,
    fit,
    log_likelihood,
    parameters_of,
)
from xmixed.engine.prepare import prepare
from xmixed.engine.search.em import em_step, start_blocks
from xmixed.engine.search.objective import Objective

Method = Literal["ml", "reml"]
INTERCEPT = (RandomEffects((None,), "identity"),)


class Case:
    """A model with one equally correlated level, and its likelihood with V written out."""

    def __init__(self, seed: int, correlation: float, method: Method, crossed: bool, slope: bool) -> None:
        rng = np.random.default_rng(seed)
        values = rng.integers(1, 6, 14)  # of the factor in each group: unequal, one in some
        values[0] = 5
        group_of_value = np.repeat(np.arange(len(values)), values)
        rows = rng.integers(2, 6, len(group_of_value))
        self.value = np.repeat(np.arange(len(group_of_value)), rows)
        self.group = group_of_value[self.value]
        n = len(self.value)
        q = values.max()
        sigma = (1 - correlation) * np.eye(q) + correlation
        effects = np.concatenate([rng.multivariate_normal(np.zeros(q), sigma)[:m] for m in values])
        x = rng.normal(size=n)
        y = 1 + 0.5 * x + effects[self.value] + 0.7 * rng.normal(size=n)
        order = rng.permutation(n)
        self.value, self.group = self.value[order], self.group[order]
        x, y = x[order], y[order]
        within = (self.group, len(values))
        exchangeable = (RandomEffects((None,), "exchangeable"),)
        levels = [Level(self.value, len(group_of_value), exchangeable, within)]
        self.others: list[np.ndarray] = []  # ZZ' of the other variances, in the order of the parameters
        if crossed:
            other = rng.integers(0, 6, n)
            y += 0.6 * rng.normal(size=6)[other]
            levels.append(Level(other, 6, INTERCEPT))
            self.others.append((other[:, None] == other).astype(float))
        if slope:
            y += 0.5 * rng.normal(size=len(values))[self.group] * x
            levels.insert(0, Level(*within, (RandomEffects((x,), "identity"),)))
            self.others.insert(0, np.outer(x, x) * (self.group[:, None] == self.group))
        self.x, self.slope = np.column_stack([x, np.ones(n)]), slope
        self.model = Model(y, (x, None), tuple(levels), method)

    def log_likelihood(self, parameters: np.ndarray) -> complex:
        """Equation (9) or (10) at beta-hat; complex-safe."""
        rest = list(parameters)
        V = np.exp(2 * rest.pop()) * np.eye(len(self.value))
        blocks = list(self.others)
        if self.slope:
            V = V + np.exp(2 * rest.pop(0)) * blocks.pop(0)
        v, rho = np.exp(2 * rest.pop(0)), np.tanh(rest.pop(0))
        same_group = self.group[:, None] == self.group
        V = V + v * ((1 - rho) * (self.value[:, None] == self.value) + rho * same_group)
        for alpha, block in zip(rest, blocks, strict=True):
            V = V + np.exp(2 * alpha) * block
        inverse = np.linalg.inv(V)
        information = self.x.T @ inverse @ self.x
        residual = self.model.y - self.x @ np.linalg.solve(information, self.x.T @ inverse @ self.model.y)
        value = len(V) * np.log(2 * np.pi) + log_det(V) + residual @ inverse @ residual
        if self.model.method == "reml":
            value += log_det(information) - 2 * np.log(2 * np.pi)
        return -value / 2

    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        steps = 1e-30j * np.eye(len(parameters))
        return np.array([self.log_likelihood(parameters + step).imag / 1e-30 for step in steps])

    def hessian(self, parameters: np.ndarray) -> np.ndarray:
        h, rows = 1e-3, []
        for e in np.eye(len(parameters)):
            near = self.gradient(parameters + h * e) - self.gradient(parameters - h * e)
            far = self.gradient(parameters + 2 * h * e) - self.gradient(parameters - 2 * h * e)
            rows.append((8 * near - far) / (12 * h))
        return (np.array(rows) + np.array(rows).T) / 2


def log_det(matrix: np.ndarray) -> complex:
    sign, value = np.linalg.slogdet(matrix)
    return value + np.log(sign)


CASES = [
    (method, correlation, crossed, slope)
    for method in ("ml", "reml")
    for correlation in (0.6, -0.2)
    for crossed in (False, True)
    for slope in (False, True)
]


@pytest.mark.usefixtures("between_levels")
@pytest.mark.parametrize(("method", "correlation", "crossed", "slope"), CASES)
def test_log_likelihood_is_the_dense_one(
    method: Method, correlation: float, crossed: bool, slope: bool
) -> None:
    case = Case(3, correlation, method, crossed, slope)
    rng = np.random.default_rng(1)
    for rho in (0.8, 0.3, 0.0, -0.1, -0.2499):
        parameters = 0.4 * rng.normal(size=len(parameters_of(case.model)))
        parameters[1 + slope] = np.arctanh(rho)
        reference = case.log_likelihood(parameters).real
        assert log_likelihood(case.model, parameters) == pytest.approx(reference, rel=1e-10)


@pytest.mark.usefixtures("between_levels")
@pytest.mark.parametrize(("method", "correlation", "crossed", "slope"), CASES)
def test_second_derivatives_are_those_of_the_gradient(
    method: Method, correlation: float, crossed: bool, slope: bool
) -> None:
    objective = Objective(prepare(Case(3, correlation, method, crossed, slope).model))
    blocks = [np.eye(len(block.metric)) * 0.8 for block in objective.problem.blocks]
    own = next(i for i, block in enumerate(objective.problem.blocks) if block.tie is not None)
    blocks[own] = (
        np.array([[0.6, 0.25], [0.25, 0.6]]) if correlation > 0 else np.array([[0.6, -0.3], [-0.3, 0.6]])
    )
    point = objective.point(tuple(blocks))
    nu = objective.natural(point.blocks)
    gradient, hessian = objective.second_order(point)
    np.testing.assert_allclose(gradient, objective.gradient(point), rtol=1e-12, atol=1e-12)
    h = 1e-5
    for a, e in enumerate(h * np.eye(len(nu))):
        above = objective.point(objective.matrices(nu + e))
        below = objective.point(objective.matrices(nu - e))
        slope_a = (above.log_likelihood - below.log_likelihood) / (2 * h)
        assert gradient[a] == pytest.approx(slope_a, rel=1e-7, abs=1e-6)
        row = (objective.gradient(above) - objective.gradient(below)) / (2 * h)
        np.testing.assert_allclose(hessian[a], row, rtol=1e-6, atol=1e-6 * np.abs(hessian).max())


@pytest.mark.parametrize(("method", "correlation", "crossed", "slope"), CASES)
def test_fit_is_the_dense_maximum(method: Method, correlation: float, crossed: bool, slope: bool) -> None:
    case = Case(7, correlation, method, crossed, slope)
    result = fit(case.model)
    assert result.optimization.converged and not result.boundary
    covariance = result.covariances[int(slope)][0]
    assert covariance[0, 1] * correlation > 0
    assert result.log_likelihood == pytest.approx(case.log_likelihood(result.estimates).real, rel=1e-10)
    inverse = np.linalg.inv(-case.hessian(result.estimates))
    gradient = case.gradient(result.estimates)
    assert gradient @ inverse @ gradient < 1e-12
    scale = np.sqrt(inverse.diagonal())
    np.testing.assert_allclose(
        result.parameter_covariance / np.outer(scale, scale), inverse / np.outer(scale, scale), atol=1e-6
    )


@pytest.mark.parametrize("correlation", [0.6, -0.2])
@pytest.mark.parametrize(
    "options",
    [Options(parameterization="matlog"), Options(em_iterations=0), Options(technique=(("bfgs", 0),))],
)
def test_the_way_there_does_not_matter(options: Options, correlation: float) -> None:
    model = Case(7, correlation, "ml", False, False).model
    np.testing.assert_allclose(fit(model, options).estimates, fit(model).estimates, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("crossed", [False, True])
@pytest.mark.parametrize("correlation", [0.6, -0.2])
def test_em_never_falls_and_ends_at_the_maximum(correlation: float, crossed: bool) -> None:
    model = Case(7, correlation, "ml", crossed, False).model
    objective = Objective(prepare(model))
    point = objective.point(start_blocks(objective))
    for _ in range(400):
        following = em_step(objective, point)
        assert following.log_likelihood >= point.log_likelihood - 1e-9
        point = following
    assert point.log_likelihood == pytest.approx(fit(model).log_likelihood, abs=1e-3)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_positive_covariance_is_a_common_intercept(method: Method) -> None:
    """The manual's example 11: two nested random intercepts in other words."""
    case = Case(7, 0.6, method, False, False)
    tied = case.model.levels[0]
    assert tied.within is not None
    codes, n_groups = tied.within
    levels = (Level(codes, n_groups, INTERCEPT), replace(tied, equations=INTERCEPT, within=None))
    nested, result = fit(replace(case.model, levels=levels)), fit(case.model)
    assert result.log_likelihood == pytest.approx(nested.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(result.beta, nested.beta, rtol=1e-9)
    np.testing.assert_allclose(result.beta_covariance, nested.beta_covariance, rtol=1e-7)
    common, own = nested.covariances[0][0][0, 0], nested.covariances[1][0][0, 0]
    np.testing.assert_allclose(result.covariances[0][0], own * np.eye(2) + common, rtol=1e-7)


def one_group_each(seed: int, kind: str) -> Model:
    """Groups of three values with three rows: effects that sum to zero, are the same, or are null."""
    rng = np.random.default_rng(seed)
    value = np.repeat(np.arange(60), 3)
    group = value // 3
    effects = rng.normal(size=(20, 3))
    if kind == "centred":
        effects -= effects.mean(axis=1, keepdims=True)
    elif kind == "common":
        effects[:] = effects[:, :1]
    else:
        effects[:] = 0
    noise = rng.normal(size=180)
    if kind == "null":
        noise -= (np.bincount(value, noise) / 3)[value]
    elif kind == "centred":
        noise -= (np.bincount(group, noise) / 9)[group]
    elif kind == "common":
        noise -= (np.bincount(value, noise) / 3)[value] - (np.bincount(group, noise) / 9)[group]
    y = effects.ravel()[value] + noise
    equations = (RandomEffects((None,), "exchangeable"),)
    return Model(y, (None,), (Level(value, 60, equations, (group, 20)),))


def kinds(result: Fit) -> list[tuple[str, int, int]]:
    return [(note.kind, note.row, note.column) for note in result.boundary]


@pytest.mark.parametrize(("kind", "limit"), [("centred", -0.5), ("common", 1.0)])
def test_correlation_at_its_limit(kind: str, limit: float) -> None:
    result = fit(one_group_each(1, kind))
    assert kinds(result) == [("correlation_limit", 1, 2)] and result.optimization.converged
    covariance = result.covariances[0][0]
    assert covariance[0, 1] / covariance[0, 0] == pytest.approx(limit, abs=1e-12)
    assert np.tanh(result.estimates[1]) == pytest.approx(limit, abs=1e-12)
    free = result.parameter_covariance.diagonal()
    assert free[0] > 0 and free[1] == 0 and free[2] > 0


def test_null_variance() -> None:
    result = fit(one_group_each(1, "null"))
    assert kinds(result) == [("variance_zero", 1, 1)] and result.optimization.converged
    assert not result.covariances[0][0].any()
    assert (result.parameter_covariance.diagonal() > 0).tolist() == [False, False, True]


def test_start_and_limits() -> None:
    case = Case(7, -0.2, "ml", False, False)
    found = fit(case.model)
    again = fit(case.model, Options(start=found.estimates, iterate=0))
    assert again.log_likelihood == pytest.approx(found.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(again.estimates, found.estimates, rtol=1e-9, atol=1e-9)
    beyond = np.array([0.0, np.arctanh(-0.26), 0.0])  # five values: not below -1/4
    with pytest.raises(InvalidStart):
        log_likelihood(case.model, beyond)


def test_detail_is_that_of_the_whole_matrix() -> None:
    """Square roots in the iteration log are elements of the q x q matrix's root."""
    case = Case(7, -0.2, "ml", False, False)
    result = fit(case.model, Options(detail=True))
    shown = result.optimization.iterations[-1].detail
    assert shown is not None
    t, u = shown.parameters
    root = (t - u) * np.eye(5) + u
    sigma = result.covariances[0][0] / result.sigma_e**2
    np.testing.assert_allclose((root @ root)[0, :2], sigma[0], rtol=1e-4)
    assert np.abs(shown.gradient).max() < 1e-2 and np.linalg.eigvalsh(shown.hessian)[-1] < 0


def test_one_value_in_each_group_has_no_covariance() -> None:
    case = Case(7, 0.6, "ml", False, False)
    level = case.model.levels[0]
    lone = replace(case.model, levels=(replace(level, within=(level.groups, level.n_groups)),))
    plain = replace(case.model, levels=(replace(level, equations=INTERCEPT, within=None),))
    assert [item.kind for item in parameters_of(lone)] == ["log_sd", "log_sd_residual"]
    np.testing.assert_allclose(fit(lone).estimates, fit(plain).estimates)


def test_codes_of_groups_without_rows() -> None:
    case = Case(7, -0.2, "reml", False, False)
    level = case.model.levels[0]
    assert level.within is not None
    codes, n_groups = level.within
    sparse = Level(3 * level.groups, 3 * level.n_groups, level.equations, (900 * codes + 7, 900 * n_groups))
    result = fit(replace(case.model, levels=(sparse,)))
    np.testing.assert_allclose(result.estimates, fit(case.model).estimates, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("fault", ["crossed", "columns", "structure", "codes", "length"])
def test_invalid_levels(fault: str) -> None:
    model = Case(7, 0.6, "ml", False, False).model
    level = model.levels[0]
    assert level.within is not None
    codes, n_groups = level.within
    changed = {
        "crossed": replace(level, within=(np.arange(len(codes)) % 2, 2)),
        "columns": replace(level, equations=(RandomEffects((None, None), "exchangeable"),)),
        "structure": replace(level, equations=INTERCEPT),
        "codes": replace(level, within=(codes, n_groups - 1)),
        "length": replace(level, within=(codes[1:], n_groups)),
    }[fault]
    with pytest.raises(InvalidModel):
        fit(replace(model, levels=(changed,)))
