"""Residual structures of the engine against the dense likelihood, and against models that are the same.

The data are simulated from the dense covariance matrix: unbalanced, with gaps in t(), rows in random order.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from tests.conformance.residual_dense import covariance_matrix, dense_log_likelihood, gradient, hessian
from xmixed.engine import Fit, Level, Model, Parameter, RandomEffects, Residuals, fit, log_likelihood
from xmixed.engine.model import Method, ResidualStructureName

N_GROUPS = 50
INTEGER_TIMES = 7


class Form(NamedTuple):
    """A structure with its order and, where t() takes positions, their number."""

    structure: ResidualStructureName
    order: int = 0
    n_times: int = 0


FORMS = {
    "independent": Form("independent"),
    "exchangeable": Form("exchangeable"),
    "ar1": Form("ar", 1),
    "ar2": Form("ar", 2),
    "ma1": Form("ma", 1),
    "ma2": Form("ma", 2),
    "unstructured": Form("unstructured", 0, 3),
    "banded1": Form("banded", 1, 4),
    "toeplitz1": Form("toeplitz", 1),
    "toeplitz2": Form("toeplitz", 2),
    "exponential": Form("exponential"),
}
TREES = ("none", "slope", "two_levels")


class Case(NamedTuple):
    """What is fitted."""

    form: str
    by: bool
    tree: str
    method: Method


def name_of(case: Case) -> str:
    """Return the id of a case."""
    return f"{case.form}-{'by' if case.by else 'one'}-{case.tree}-{case.method}"


def method_of(by: bool, tree: str) -> Method:
    """Let ML and REML alternate, so that each structure and tree meets both."""
    return "reml" if (by + TREES.index(tree)) % 2 else "ml"


ALL = [Case(form, by, tree, method_of(by, tree)) for form in FORMS for by in (False, True) for tree in TREES]
DRAWN_AGAIN: dict[tuple, int] = {
    ("ar2", True, "slope"): 10,
    ("unstructured", True, "slope"): 200,
    ("unstructured", True, "two_levels"): 200,
}
"""By form, by and tree: changes of the seed where the engine ends on or near a singular matrix."""
CASES = [pytest.param(case, id=name_of(case)) for case in ALL]
HALF = [CASES[i] for i in range(len(CASES)) if (i + i // 6) % 2 == 0]
"""Every structure, by() and tree, alternately by ML and REML."""


def own_parameters(form: Form, first: bool) -> list[tuple[str, int, int]]:
    """Return kind, row and column of the residual parameters of a by() group, in the documented order."""
    structure, order, times = form
    if structure in ("unstructured", "banded"):
        width = times - 1 if structure == "unstructured" else order
        ratios = [("residual_log_ratio", i, i) for i in range(2 if first else 1, times + 1)]
        pairs = [(i, j) for i in range(1, times + 1) for j in range(i + 1, times + 1) if j - i <= width]
        return ratios + [("residual_atanh", i, j) for i, j in pairs]
    ratio = [] if first else [("residual_log_ratio", 0, 0)]
    if structure == "independent":
        return ratio
    if structure == "exponential":
        return [*ratio, ("residual_logit", 0, 0)]
    if structure == "ma" and order == 1:
        return [*ratio, ("residual_atanh_theta", 0, 0)]
    if structure == "exchangeable" or (structure == "ar" and order == 1):
        return [*ratio, ("residual_atanh", 0, 0)]
    kind = {"ar": "residual_phi", "ma": "residual_theta", "toeplitz": "residual_atanh"}[structure]
    return ratio + [(kind, lag, 0) for lag in range(1, order + 1)]


def random_parameters(levels: tuple[Level, ...]) -> list[Parameter]:
    """Return the parameters of levels with one equation each of one column, or of two, unstructured."""
    result = []
    for number, level in enumerate(levels, 1):
        q = len(level.equations[0].columns)
        result += [Parameter("log_sd", number, 1, i, i) for i in range(1, q + 1)]
        if q == 2:
            result.append(Parameter("atanh_correlation", number, 1, 1, 2))
    return result


def expected_parameters(levels: tuple[Level, ...], form: Form, n_by: int) -> tuple[Parameter, ...]:
    """Return the parameters of a model in e(b) order."""
    result = [*random_parameters(levels), Parameter("log_sd_residual", 0, 0, 0, 0)]
    for group in range(1, n_by + 1):
        own = own_parameters(form, first=group == 1)
        result += [Parameter(kind, 0, group, row, column) for kind, row, column in own]  # type: ignore[arg-type]
    return tuple(result)


def true_value(parameter: Parameter, form: Form) -> float:
    """Return the value that the data are simulated from; the second by() group has smaller ones."""
    share = 0.6 if parameter.equation == 2 else 1.0
    if parameter.kind == "residual_phi":
        return share * (0.4, 0.2)[parameter.row - 1]
    if parameter.kind == "residual_theta":
        return share * (0.4, 0.2)[parameter.row - 1]
    if form.structure == "toeplitz" and parameter.kind == "residual_atanh":
        return share * (0.4, 0.2)[parameter.row - 1]
    return {
        "log_sd": 0.4,
        "atanh_correlation": -0.2,
        "log_sd_residual": 0.1,
        "residual_log_ratio": 0.3,
        "residual_atanh": 0.5 * share,
        "residual_atanh_theta": 0.4 * share,
        "residual_logit": 0.4 * share,
    }[parameter.kind]


def observed(form: Form, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return groups and t() of the rows: some or most of the occasions in each group, in random order."""
    times = form.n_times or INTEGER_TIMES
    sizes = generator.integers(times // 2, times, N_GROUPS) if times > 4 else np.full(N_GROUPS, times)
    sizes = sizes - (generator.random(N_GROUPS) < 0.2)
    groups = np.repeat(np.arange(N_GROUPS), sizes)
    time = np.concatenate([generator.choice(times, size, replace=False) for size in sizes]).astype(float)
    if form.structure == "exponential":
        time = time + generator.random(len(time)).round(3)
    order = generator.permutation(len(groups))
    return groups[order], time[order]


def tree_of(tree: str, form: Form, groups: np.ndarray, x: np.ndarray, w: np.ndarray) -> tuple[Level, ...]:
    """Return the levels; what the residuals' structure says already is left out of the random effects."""
    if tree == "none":
        return ()
    if tree == "two_levels":
        return (
            Level(groups // 5, N_GROUPS // 5, (RandomEffects((None,), "identity"),)),
            Level(groups, N_GROUPS, (RandomEffects((x,), "identity"),)),
        )
    constant = w if form.structure in ("exchangeable", "unstructured") else None
    return (Level(groups, N_GROUPS, (RandomEffects((x, constant), "unstructured"),)),)


@cache
def model_of(case: Case) -> Model:
    """Return the model of a case on data simulated from it."""
    form = FORMS[case.form]
    seed = [len(case.form), ord(case.form[0]), int(case.by), TREES.index(case.tree)]
    seed[0] += DRAWN_AGAIN.get(case[:3], 0)
    generator = np.random.default_rng(seed)
    groups, time = observed(form, generator)
    x, w = generator.normal(size=(2, len(groups)))
    by = generator.integers(0, 2, len(groups)) if form.structure == "independent" else groups % 2
    residuals = Residuals(
        structure=form.structure,
        groups=groups,
        n_groups=N_GROUPS,
        time=None if form.structure in ("independent", "exchangeable") else time,
        n_times=form.n_times,
        order=form.order,
        by=by if case.by else None,
        n_by=2 if case.by else 1,
    )
    levels = tree_of(case.tree, form, groups, x, w)
    model = Model(np.zeros(len(x)), (x, w, None), levels, case.method, residuals)
    parameters = expected_parameters(levels, form, residuals.n_by)
    truth = np.array([true_value(parameter, form) for parameter in parameters])
    factor = np.linalg.cholesky(covariance_matrix(model, parameters, truth))
    return replace(model, y=2.0 + 0.5 * x - 0.3 * w + factor @ generator.normal(size=len(x)))


@cache
def fitted(case: Case) -> Fit:
    """Return the fit of a case."""
    return fit(model_of(case))


@pytest.mark.parametrize("case", CASES)
def test_the_parameters_are_those_documented_in_their_order(case: Case) -> None:
    found = fitted(case).parameters
    wanted = expected_parameters(model_of(case).levels, FORMS[case.form], 1 + case.by)
    assert [parameter.kind for parameter in found] == [parameter.kind for parameter in wanted]
    for one, other in zip(found, wanted, strict=True):
        if one.kind.startswith("residual"):
            assert (one.level, one.equation, one.row) == (0, other.equation, other.row)
            if one.row != one.column and other.column:
                assert one.column == other.column


@pytest.mark.parametrize("case", CASES)
def test_the_maximum_is_that_of_the_dense_likelihood(case: Case) -> None:
    found = fitted(case)
    dense = dense_log_likelihood(model_of(case), found.parameters, found.estimates)
    assert found.optimization.converged
    assert not found.boundary
    assert found.log_likelihood == pytest.approx(dense, rel=1e-9)
    slope = gradient(lambda at: dense_log_likelihood(model_of(case), found.parameters, at), found.estimates)
    errors = np.sqrt(np.diag(found.parameter_covariance))
    assert np.abs(slope * errors).max() < 1e-5


@pytest.mark.parametrize("case", CASES)
def test_the_likelihood_away_from_the_maximum_is_the_dense_one(case: Case) -> None:
    model, found = model_of(case), fitted(case)
    generator = np.random.default_rng(len(found.estimates))
    for size in (0.02, 0.1):
        at = found.estimates + size * generator.uniform(-1.0, 1.0, len(found.estimates))
        dense = dense_log_likelihood(model, found.parameters, at)
        assert log_likelihood(model, at) == pytest.approx(dense, rel=1e-9)


@pytest.mark.parametrize("case", HALF)
def test_standard_errors_are_those_of_the_dense_likelihood(case: Case) -> None:
    found = fitted(case)
    curvature = hessian(
        lambda at: dense_log_likelihood(model_of(case), found.parameters, at), found.estimates
    )
    errors = np.sqrt(np.diag(found.parameter_covariance))
    wanted = np.linalg.inv(-curvature)
    scale = np.outer(errors, errors)
    np.testing.assert_allclose(wanted / scale, found.parameter_covariance / scale, atol=1e-4)


# Models that are the same in another form -----------------------------------------------------------------


def plain_model(form: str, method: Method, levels: tuple[Level, ...] = ()) -> Model:
    """Return a model without random effects on the data simulated for `form`."""
    return replace(model_of(Case(form, False, "none", method)), levels=levels)


def with_residuals(model: Model, structure: ResidualStructureName, **changes: int) -> Model:
    """Return the model with another structure on the same groups and t()."""
    assert model.residuals is not None
    return replace(model, residuals=replace(model.residuals, structure=structure, **changes))


def intercept(model: Model) -> tuple[Level, ...]:
    """Return the level of a random constant in the residuals' groups."""
    assert model.residuals is not None
    return (Level(model.residuals.groups, N_GROUPS, (RandomEffects((None,), "identity"),)),)


def two_occasions(method: Method) -> Model:
    """Return an unstructured model of two occasions, some groups with one of them only."""
    generator = np.random.default_rng(9)
    groups, time = np.repeat(np.arange(N_GROUPS), 2), np.tile([0.0, 1.0], N_GROUPS)
    x = generator.normal(size=len(groups))
    y = (
        1
        + 0.5 * x
        + generator.normal(size=N_GROUPS)[groups]
        + (0.7 + 0.5 * time) * generator.normal(size=len(x))
    )
    kept = generator.random(len(x)) < 0.9
    groups = np.unique(groups[kept], return_inverse=True)[1]
    residuals = Residuals("unstructured", groups, int(groups.max()) + 1, time[kept], 2)
    return Model(y[kept], (x[kept], None), (), method, residuals)


METHODS = pytest.mark.parametrize("method", ["ml", "reml"])


@METHODS
def test_intercept_and_variances_by_occasion_are_unstructured_of_two_occasions(method: Method) -> None:
    unstructured = two_occasions(method)
    residuals = unstructured.residuals
    assert residuals is not None and residuals.time is not None
    by_time = Residuals(
        "independent", residuals.groups, residuals.n_groups, by=residuals.time.astype(int), n_by=2
    )
    level = Level(residuals.groups, residuals.n_groups, (RandomEffects((None,), "identity"),))
    other = fit(replace(unstructured, levels=(level,), residuals=by_time))
    found = fit(unstructured)
    assert found.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-9)
    covariance = np.tanh(found.estimates[2]) * found.sigma_e**2 * np.exp(found.estimates[1])
    assert covariance == pytest.approx(np.exp(2 * other.estimates[0]), rel=1e-5)
    np.testing.assert_allclose(found.beta, other.beta, rtol=1e-6)


@METHODS
def test_exponential_at_integer_times_is_autoregressive(method: Method) -> None:
    model = plain_model("ar1", method)
    ar, exponential = fit(model), fit(with_residuals(model, "exponential", order=0))
    assert exponential.log_likelihood == pytest.approx(ar.log_likelihood, rel=1e-9)
    assert 1 / (1 + np.exp(-exponential.estimates[1])) == pytest.approx(np.tanh(ar.estimates[1]), rel=1e-5)


@METHODS
def test_exchangeable_residuals_are_a_random_intercept(method: Method) -> None:
    model = plain_model("exchangeable", method)
    residual, random = fit(model), fit(replace(model, levels=intercept(model), residuals=None))
    assert residual.log_likelihood == pytest.approx(random.log_likelihood, rel=1e-9)
    total = np.exp(2 * random.estimates).sum()
    assert residual.sigma_e**2 == pytest.approx(total, rel=1e-5)
    assert np.tanh(residual.estimates[1]) == pytest.approx(np.exp(2 * random.estimates[0]) / total, rel=1e-5)


@METHODS
def test_a_band_of_all_correlations_is_unstructured(method: Method) -> None:
    model = plain_model("unstructured", method)
    unstructured, banded = fit(model), fit(with_residuals(model, "banded", order=2))
    assert banded.log_likelihood == pytest.approx(unstructured.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(banded.estimates, unstructured.estimates, atol=1e-5)


@METHODS
@pytest.mark.parametrize("levels", [0, 1], ids=["none", "intercept"])
def test_toeplitz_of_one_lag_is_a_moving_average(method: Method, levels: int) -> None:
    model = plain_model("ma1", method)
    model = replace(model, levels=intercept(model) if levels else ())
    average, toeplitz = fit(model), fit(with_residuals(model, "toeplitz"))
    assert toeplitz.log_likelihood == pytest.approx(average.log_likelihood, rel=1e-9)
    theta = np.tanh(average.estimates[-1])
    assert np.tanh(toeplitz.estimates[-1]) == pytest.approx(theta / (1 + theta**2), rel=1e-5)


@METHODS
def test_first_order_is_second_order_at_zero(method: Method) -> None:
    model = plain_model("ar1", method)
    found = fit(model)
    second = with_residuals(model, "ar", order=2)
    at = np.array([found.estimates[0], np.tanh(found.estimates[1]), 0.0])
    assert log_likelihood(second, at) == pytest.approx(found.log_likelihood, rel=1e-9)
    assert fit(second).log_likelihood > found.log_likelihood - 1e-9
