"""Models that are hard or impossible to fit end in a note or a typed error, never in a crash (T8)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pytest

from xmixed.engine import (
    CollinearColumns,
    ConstantOutcome,
    EngineError,
    Fit,
    InsufficientObservations,
    InvalidModel,
    InvalidStart,
    Iteration,
    Level,
    Model,
    NonFiniteData,
    NoObservations,
    Options,
    PerfectFit,
    RandomEffects,
    StructureName,
    fit,
    linear_regression,
)

from . import dense

N, GROUPS = 60, np.repeat(np.arange(12), 5)
RNG = np.random.default_rng(3)
X, Z, NOISE, U = RNG.normal(size=N), RNG.normal(size=N), RNG.normal(size=N), RNG.normal(size=12)
WITHIN = NOISE - (np.bincount(GROUPS, NOISE) / 5)[GROUPS]
Y = 1 + X + U[GROUPS] + NOISE


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def model(
    y: np.ndarray,
    groups: np.ndarray = GROUPS,
    columns: tuple[np.ndarray | None, ...] = (None,),
    structure: StructureName = "independent",
    fixed: tuple[np.ndarray | None, ...] = (X, None),
    method: str = "ml",
) -> Model:
    level = Level(groups, int(groups.max()) + 1, (RandomEffects(columns, structure),))
    return Model(y, fixed, (level,), method)  # type: ignore[arg-type]


def kinds(result: Fit) -> list[str]:
    return [note.kind for note in result.boundary]


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("structure", ["identity", "independent", "exchangeable", "unstructured"])
@pytest.mark.parametrize("metric", ["matsqrt", "matlog"])
def test_no_variance_between_groups(structure: StructureName, method: str, metric: str) -> None:
    columns = (None,) if structure == "identity" else (X, None)
    y = 1 + X + WITHIN if structure == "identity" else 1 + X + orthogonal_noise()
    options = Options(parameterization=metric)  # type: ignore[arg-type]
    result = fit(model(y, columns=columns, structure=structure, method=method), options)
    assert result.optimization.converged and result.optimization.return_code == 0
    assert set(kinds(result)) == {"variance_zero"}
    np.testing.assert_allclose(result.beta, result.comparison.beta, atol=1e-8)
    assert result.log_likelihood == pytest.approx(result.comparison.log_likelihood, abs=1e-9)
    assert not result.covariances[0][0].any()
    assert not result.parameter_covariance[:-1].any()
    assert result.parameter_covariance[-1, -1] > 0


def orthogonal_noise() -> np.ndarray:
    """Noise that within every group is orthogonal to the constant and to X."""
    noise = NOISE.copy()
    for j in range(12):
        rows = GROUPS == j
        basis = np.column_stack([np.ones(5), X[rows]])
        noise[rows] -= basis @ np.linalg.lstsq(basis, noise[rows], rcond=None)[0]
    return noise


def test_start_at_zero_is_left() -> None:
    expected = fit(model(Y))
    for log_sd in (-300.0, -30.0):
        result = fit(model(Y), Options(start=np.array([log_sd, 0.0])))
        assert result.optimization.converged
        np.testing.assert_allclose(result.estimates, expected.estimates, rtol=1e-9)


def test_perfect_correlation() -> None:
    u = U[GROUPS]
    result = fit(model(1 + u + 2 * u * X + 0.2 * NOISE, columns=(X, None), structure="unstructured"))
    if "correlation_limit" not in kinds(result):
        pytest.fail(f"not on the boundary: {result.covariances}")
    assert result.optimization.converged
    sigma = result.covariances[0][0]
    assert abs(np.linalg.det(sigma)) < 1e-9 * np.prod(sigma.diagonal())
    assert np.isfinite(result.estimates).all() and abs(result.estimates[2]) > 17
    assert not result.parameter_covariance[2].any()
    assert (result.parameter_covariance.diagonal()[[0, 1, 3]] > 0).all()


def test_single_member_groups_are_not_identified() -> None:
    result = fit(model(Y, groups=np.arange(N)))
    assert not result.optimization.converged and result.optimization.return_code == 430
    assert kinds(result) == ["not_identified", "standard_errors_failed"]
    assert result.log_likelihood == pytest.approx(result.comparison.log_likelihood, abs=1e-8)


def test_one_group() -> None:
    result = fit(model(Y, groups=np.zeros(N, int)))
    assert kinds(result) == ["variance_zero"]
    np.testing.assert_allclose(result.beta, linear_regression(model(Y)).beta, atol=1e-8)
    restricted = fit(model(Y, groups=np.zeros(N, int), method="reml"))
    assert "not_identified" in kinds(restricted) and restricted.optimization.return_code == 430


@pytest.mark.parametrize("structure", ["identity", "independent", "exchangeable", "unstructured"])
def test_more_columns_than_rows_in_a_group(structure: StructureName) -> None:
    groups = np.repeat(np.arange(30), 2)
    result = fit(model(Y, groups=groups, columns=(X, Z, None), structure=structure))
    assert result.optimization.return_code in (0, 430)
    assert np.isfinite(result.estimates).all()
    assert result.log_likelihood >= result.comparison.log_likelihood - 1e-9


def test_random_effects_explain_everything() -> None:
    result = fit(model(U[GROUPS], fixed=(None,)))
    assert "residual_variance_zero" in kinds(result) and result.optimization.return_code == 430


@pytest.mark.parametrize("structure", ["independent", "unstructured"])
def test_collinear_random_columns(structure: StructureName) -> None:
    result = fit(model(Y + U[::-1][GROUPS] * X, columns=(X, 2 * X, None), structure=structure))
    assert np.isfinite(result.estimates).all()
    best = fit(model(Y + U[::-1][GROUPS] * X, columns=(X, None), structure=structure))
    assert result.log_likelihood == pytest.approx(best.log_likelihood, abs=1e-7)
    assert result.optimization.converged or "not_identified" in kinds(result)


def test_null_and_constant_columns() -> None:
    plain = fit(model(Y))
    null = fit(model(Y, columns=(np.zeros(N), None)))
    assert kinds(null) == ["variance_zero"]
    assert null.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)
    constant = fit(model(Y, columns=(np.full(N, 1 / 3), None)))
    assert constant.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)
    assert "not_identified" in kinds(constant)


def failing(name: str) -> tuple[Model, type[EngineError]]:
    other = Level(np.arange(N) % 7, 7, (RandomEffects((None,), "identity"),))
    y_nan = np.where(X > 1, np.nan, Y)
    return {
        "constant": (model(np.full(N, 3.1)), ConstantOutcome),
        "constant, no constant in X": (model(np.zeros(N), fixed=(X,)), ConstantOutcome),
        "perfect": (model(1 + 2 * X), PerfectFit),
        "perfect far away": (model(1e6 + 2 * X), PerfectFit),
        "perfect with many digits": (model(0.1 + X / 3), PerfectFit),
        "collinear": (model(Y, fixed=(X, 2 * X, None)), CollinearColumns),
        "collinear with the constant": (model(Y, fixed=(X, np.full(N, 2.0), None)), CollinearColumns),
        "no rows": (Model(Y[:0], (None,), ()), NoObservations),
        "too few rows": (Model(Y[:2], (X[:2], None), ()), InsufficientObservations),
        "missing y": (model(y_nan), NonFiniteData),
        "missing x": (model(Y, fixed=(y_nan, None)), NonFiniteData),
        "missing z": (model(Y, columns=(y_nan, None)), NonFiniteData),
        "lengths": (model(Y, fixed=(X[:-1], None)), InvalidModel),
        "codes": (Model(Y, (None,), (Level(GROUPS, 3, other.equations),)), InvalidModel),
    }[name]


@pytest.mark.parametrize(
    "name",
    [
        "constant",
        "constant, no constant in X",
        "perfect",
        "perfect far away",
        "perfect with many digits",
        "collinear",
        "collinear with the constant",
        "no rows",
        "too few rows",
        "missing y",
        "missing x",
        "missing z",
        "lengths",
        "codes",
    ],
)
def test_typed_errors(name: str) -> None:
    bad, error = failing(name)
    with pytest.raises(error):
        fit(bad)


@pytest.mark.parametrize("start", [np.zeros(3), np.array([np.inf, 0.0])])
def test_bad_start(start: np.ndarray) -> None:
    with pytest.raises(InvalidStart):
        fit(model(Y), Options(start=start))


def test_nearly_perfect_fit_keeps_its_digits() -> None:
    """R-squared of 1 - 1e-16: the residual is taken on the data, not on the cross-products."""
    noise = 2.0**-27 * np.round(8 * (U[GROUPS] + NOISE))
    x = np.round(X * 64)
    small = fit(model(noise, fixed=(x, None)))
    large = fit(model(noise + 4 * x + 1, fixed=(x, None)))
    np.testing.assert_allclose(large.estimates, small.estimates, atol=1e-5)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_groups_that_are_not_nested_are_crossed(method: str) -> None:
    constant = (RandomEffects((None,), "identity"),)
    rows = np.arange(N)
    levels = (Level(rows % 7, 7, constant), Level(GROUPS, 12, constant))
    crossed = Model(Y + np.sin(rows % 7), (X, None), levels, method)  # type: ignore[arg-type]
    result = fit(crossed)
    reference = dense.dense(crossed)
    assert result.optimization.converged and not result.boundary
    value = dense.log_likelihood(reference, result.estimates)
    assert result.log_likelihood == pytest.approx(value, rel=1e-10)
    np.testing.assert_allclose(dense.gradient(reference, result.estimates), 0.0, atol=1e-8)
    expected = np.linalg.inv(-dense.hessian(reference, result.estimates))
    np.testing.assert_allclose(result.parameter_covariance, expected, rtol=1e-6)


def test_interrupt_passes() -> None:
    def stop(event: object) -> None:
        if isinstance(event, Iteration):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(model(Y), progress=stop)


def test_limits_are_honest() -> None:
    result = fit(model(Y), Options(em_iterations=0, iterate=1, standard_errors=False))
    assert not result.optimization.converged and result.optimization.verdict == "iteration_limit"
    assert not result.parameter_covariance.any()
    only = fit(model(Y), Options(em_only=True, em_iterations=500))
    assert only.optimization.verdict == "em_only" and not only.parameter_covariance.any()
    assert only.log_likelihood == pytest.approx(fit(model(Y)).log_likelihood, abs=1e-6)
