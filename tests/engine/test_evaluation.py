"""Random effects at given parameters against the mixed-model equations written out over all effects."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.residual_dense import residual_matrix
from tests.engine.dense import sigma_of, simulate
from tests.engine.test_crossed import DESIGNS, crossed
from tests.engine.test_exchangeable_factor import Case
from tests.engine.test_likelihood import models, random_parameters
from tests.engine.test_residual_crossing import crossed as crossed_by_residuals
from xmixed.engine import (
    Level,
    Model,
    Residuals,
    WeightsNotSupported,
    evaluate,
    fit,
    log_likelihood,
    parameters_of,
)


def members_of(level: Level) -> np.ndarray:
    """(G, G): whether two groups of a level lie in one enclosing group."""
    assert level.within is not None
    holder = np.zeros(level.n_groups, int)
    holder[level.groups] = level.within[0]
    return holder[:, None] == holder


def residual_covariance(model: Model, parameters: np.ndarray) -> np.ndarray:
    """R, (n, n), response units."""
    labels = parameters_of(model)
    place = next(i for i, label in enumerate(labels) if label.kind == "log_sd_residual")
    variance = np.exp(2.0 * parameters[place])
    if model.residuals is None:
        return variance * np.eye(len(model.y))
    return variance * residual_matrix(model.residuals, labels, parameters)


def dense_effects(model: Model, parameters: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Means (q, G), variances (q, q, G) and covariances with beta (q, p, G) of every level."""
    n = len(model.y)
    X = np.column_stack([np.zeros((n, 0)), *(np.ones(n) if c is None else c for c in model.fixed)])
    first, designs, priors, shapes = 0, [], [], []
    for level in model.levels:
        own_Z, own_D = [], []
        for equation in level.equations:
            q = len(equation.columns)
            if level.within is not None:
                v, rho = np.exp(2 * parameters[first]), np.tanh(parameters[first + 1])
                D = v * (rho * members_of(level) + (1 - rho) * np.eye(level.n_groups))
                first += 2
            else:
                sigma, used = sigma_of(equation.structure, q, parameters[first:])
                first += used
                D = np.kron(sigma, np.eye(level.n_groups))
            indicators = (level.groups[:, None] == np.arange(level.n_groups)).astype(float)
            columns = [np.ones(n) if c is None else c for c in equation.columns]
            own_Z.append(np.hstack([column[:, None] * indicators for column in columns]))
            own_D.append(D)
        shapes.append((sum(len(equation.columns) for equation in level.equations), level.n_groups))
        designs.append(np.hstack([np.zeros((n, 0)), *own_Z]))
        priors.append(own_D)
    Z = np.hstack([np.zeros((n, 0)), *designs])
    D = np.zeros((Z.shape[1], Z.shape[1]))
    at = 0
    for block in (block for own in priors for block in own):
        D[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    R = residual_covariance(model, parameters)
    V = Z @ D @ Z.T + R
    inverse = np.linalg.inv(V)
    variance = np.linalg.inv(X.T @ inverse @ X) if X.shape[1] else np.zeros((0, 0))
    beta = variance @ X.T @ inverse @ model.y
    means = D @ Z.T @ inverse @ (model.y - X @ beta)
    M, mixed = inverse, np.zeros((len(D), X.shape[1]))
    if model.method == "reml":
        M = inverse - inverse @ X @ variance @ X.T @ inverse
        mixed = -D @ Z.T @ inverse @ X @ variance
    whole = D - D @ Z.T @ M @ Z @ D
    found, at = [], 0
    for q, groups in shapes:
        part = slice(at, at + q * groups)
        blocks = whole[part, part].reshape(q, groups, q, groups)
        found.append(
            (
                means[part].reshape(q, groups),
                np.einsum("agbg->abg", blocks),
                mixed[part].reshape(q, groups, -1).transpose(0, 2, 1),
            )
        )
        at = part.stop
    return found


def check(model: Model, parameters: np.ndarray) -> None:
    found = evaluate(model, parameters).effects()
    for own, (means, variances, with_beta) in zip(found, dense_effects(model, parameters), strict=True):
        scale = np.sqrt(np.abs(variances).max(initial=1e-3))
        np.testing.assert_allclose(own.means, means, atol=1e-9 * max(1, np.abs(means).max(initial=0)))
        np.testing.assert_allclose(own.variances, variances, atol=1e-9 * scale**2)
        if model.method == "reml" and model.fixed:
            assert own.with_beta is not None
            np.testing.assert_allclose(own.with_beta, with_beta, atol=1e-9 * np.abs(with_beta).max(initial=1))
        else:
            assert own.with_beta is None


@settings(max_examples=40, deadline=None, derandomize=True)
@given(models, st.integers(0, 1000))
def test_nested_levels(model: Model, seed: int) -> None:
    check(model, random_parameters(model, seed))


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("design", DESIGNS)
def test_crossed_levels(design: tuple[tuple[int, int], ...], method: str) -> None:
    model = crossed(design, method)
    check(model, 0.5 * np.random.default_rng(3).normal(size=len(parameters_of(model))))


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("is_crossed", [False, True])
@pytest.mark.parametrize("correlation", [-0.15, 0.4])
def test_equally_correlated_effects_of_a_factor(method: str, is_crossed: bool, correlation: float) -> None:
    model = Case(4, 0.3, method, is_crossed, slope=False).model  # type: ignore[arg-type]
    own = [np.arctanh(correlation) if p.kind == "atanh_correlation" else -0.2 for p in parameters_of(model)]
    check(model, np.array(own))


@pytest.mark.parametrize("exchangeable", [False, True])
def test_levels_that_become_columns(exchangeable: bool) -> None:
    person = np.arange(180) // 6
    residuals = Residuals("ar", person, 30, (np.arange(180) % 6).astype(float), 0, 1)
    model = crossed_by_residuals(residuals, exchangeable)
    for method in ("ml", "reml"):
        own = replace(model, method=method)
        check(own, np.array([0.3 if p.kind != "residual_atanh" else 0.5 for p in parameters_of(own)]))


def test_the_effects_of_a_fit_are_found_again_at_its_estimates() -> None:
    model = simulate(8, (9, 3), ((("unstructured", 2, True),), (("identity", 1, True),)), "reml")
    found = fit(model)
    at = evaluate(model, found.estimates)
    assert at.log_likelihood == pytest.approx(found.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(at.beta, found.beta, rtol=1e-9)
    np.testing.assert_allclose(at.beta_covariance, found.beta_covariance, rtol=1e-8)
    assert at.sigma_e == pytest.approx(found.sigma_e, rel=1e-12)


def test_a_zero_variance_predicts_zeros() -> None:
    model = simulate(8, (9,), ((("independent", 2, True),),), "reml")
    parameters = np.array([np.log(1e-16) - 1.0, 0.1, 0.2])
    effects = evaluate(model, parameters).effects()[0]
    assert not effects.means[0].any() and not effects.standard_errors[0].any()
    assert effects.means[1].any()


def test_scores_of_groups_are_slopes_of_their_log_likelihoods() -> None:
    model = simulate(3, (7,), ((("unstructured", 2, True),),))
    parameters = fit(model).estimates + 0.1
    level = model.levels[0]
    scores = evaluate(model, parameters).scores((level.groups, level.n_groups))
    total = np.zeros(len(parameters))
    for i, step in enumerate(1e-5 * np.eye(len(parameters))):
        rise = log_likelihood(model, parameters + step) - log_likelihood(model, parameters - step)
        total[i] = rise / 2e-5
    np.testing.assert_allclose(scores.sum(axis=0), [*np.zeros(len(model.fixed)), *total], atol=1e-6)
    with pytest.raises(WeightsNotSupported):
        evaluate(replace(model, method="reml"), parameters).scores((level.groups, level.n_groups))


@pytest.mark.parametrize(
    ("structure", "order"),
    [
        ("independent", 0),
        ("exchangeable", 0),
        ("ar", 2),
        ("ma", 1),
        ("unstructured", 0),
        ("banded", 1),
        ("toeplitz", 2),
        ("exponential", 0),
    ],
)
def test_whitened_residuals_are_those_of_the_cholesky_factor(structure: str, order: int) -> None:
    """By unit L^{-1}e with R = LL', rows in order of t(), whatever order the data are in."""
    rng = np.random.default_rng(2)
    person, occasion = np.divmod(np.arange(60), 5)
    kept = rng.permutation(60)[:52]
    person, occasion = person[kept], occasion[kept]
    time = None if structure in ("independent", "exchangeable") else occasion.astype(float)
    by = person % 2 if structure != "independent" else occasion % 2
    residuals = Residuals(structure, person, 12, time, 5, order, by, 2)  # type: ignore[arg-type]
    model = Model(rng.normal(size=52), (None,), (), "ml", residuals)
    parameters = 0.2 * rng.normal(size=len(parameters_of(model)))
    values = rng.normal(size=52)
    found = evaluate(model, parameters).whitened(values)
    R = residual_covariance(model, parameters)
    for own in range(12):
        rows = np.flatnonzero(person == own)
        if time is not None:
            rows = rows[np.argsort(time[rows])]
        factor = np.linalg.cholesky(R[np.ix_(rows, rows)])
        np.testing.assert_allclose(found[rows], np.linalg.solve(factor, values[rows]), atol=1e-10)
