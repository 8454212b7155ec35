"""What must not change, or must change in a known way (T6), and monotonicity (T7)."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Fit, Level, Model, Options, RandomEffects, fit, log_likelihood

METHODS = ["ml", "reml"]


@pytest.fixture(scope="module")
def data() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(11)
    site = np.repeat(np.arange(12), 30)
    subject = np.repeat(np.arange(72), 5)
    x, z = rng.normal(size=360), rng.normal(size=360)
    u, v = rng.normal(size=(12, 2)), rng.normal(size=(72, 2)) * 0.8
    noise = rng.normal(size=360)
    y = 1 + x - z + u[site, 0] + 0.7 * u[site, 1] * x + v[subject, 0] + v[subject, 1] * x + noise
    return {"y": y, "x": x, "z": z, "site": site, "subject": subject}


def model(data: dict[str, np.ndarray], method: str, **changes: np.ndarray) -> Model:
    d = {**data, **changes}
    top = Level(d["site"], int(d["site"].max()) + 1, (RandomEffects((None,), "identity"),))
    below = Level(d["subject"], int(d["subject"].max()) + 1, (RandomEffects((d["x"], None), "unstructured"),))
    return Model(d["y"], (d["x"], d["z"], None), (top, below), method)  # type: ignore[arg-type]


def agree(first: Fit, second: Fit, rel: float = 1e-8) -> None:
    assert first.optimization.converged and second.optimization.converged
    np.testing.assert_allclose(second.estimates, first.estimates, rtol=rel, atol=rel)
    np.testing.assert_allclose(second.beta, first.beta, rtol=rel, atol=rel)
    assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=rel)
    np.testing.assert_allclose(second.parameter_covariance, first.parameter_covariance, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_rows_and_codes_may_be_permuted(data: dict[str, np.ndarray], method: str) -> None:
    rng = np.random.default_rng(2)
    rows = rng.permutation(360)
    shuffled = {name: column[rows] for name, column in data.items()}
    shuffled["site"] = rng.permutation(12)[shuffled["site"]]
    shuffled["subject"] = rng.permutation(72)[shuffled["subject"]]
    agree(fit(model(data, method)), fit(model(shuffled, method)))


def test_many_groups_are_sorted_by_two_digits() -> None:
    rng = np.random.default_rng(4)
    groups = np.repeat(rng.permutation(70_000), 2)
    y = rng.normal(size=70_000)[groups] + rng.normal(size=140_000)
    rows = rng.permutation(140_000)
    constant = RandomEffects((None,), "identity")
    first = fit(Model(y, (None,), (Level(groups, 70_000, (constant,)),)))
    second = fit(Model(y[rows], (None,), (Level(groups[rows], 70_000, (constant,)),)))
    assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=1e-12)


def test_unused_codes_do_not_count(data: dict[str, np.ndarray]) -> None:
    agree(fit(model(data, "ml")), fit(model(data, "ml", subject=data["subject"] * 3 + 1)))


@pytest.mark.parametrize("method", METHODS)
def test_outcome_is_equivariant(data: dict[str, np.ndarray], method: str) -> None:
    first = fit(model(data, method))
    second = fit(model(data, method, y=3e4 + 250.0 * data["y"]))
    df = 360 - (3 if method == "reml" else 0)
    assert second.log_likelihood + df * np.log(250.0) == pytest.approx(first.log_likelihood, rel=1e-9)
    assert second.sigma_e == pytest.approx(250.0 * first.sigma_e, rel=1e-9)
    np.testing.assert_allclose(second.beta, 250.0 * first.beta + [0, 0, 3e4], rtol=1e-8)
    np.testing.assert_allclose(second.covariances[1][0], 250.0**2 * first.covariances[1][0], rtol=1e-8)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3, 1e6])
def test_covariates_may_be_rescaled(data: dict[str, np.ndarray], scale: float, method: str) -> None:
    first, second = fit(model(data, method)), fit(model(data, method, x=data["x"] * scale))
    shift = 0.0 if method == "ml" else -np.log(scale)
    assert second.log_likelihood - shift == pytest.approx(first.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(second.beta * [scale, 1, 1], first.beta, rtol=1e-8)
    np.testing.assert_allclose(second.estimates + [0, np.log(scale), 0, 0, 0], first.estimates, atol=1e-8)
    np.testing.assert_allclose(second.parameter_covariance, first.parameter_covariance, rtol=1e-6, atol=1e-10)


def test_fixed_part_may_be_recombined(data: dict[str, np.ndarray]) -> None:
    first = fit(model(data, "ml"))
    mixed = Model(
        data["y"],
        (data["x"] + data["z"], data["x"] - 2 * data["z"] + 5, None),
        model(data, "ml").levels,
    )
    second = fit(mixed)
    assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=1e-11)
    np.testing.assert_allclose(second.estimates, first.estimates, atol=1e-9)


def test_dummies_in_place_of_the_constant(data: dict[str, np.ndarray]) -> None:
    """The constant lies in the span of X though no column is the constant; y is far from zero."""
    half = (data["z"] > 0).astype(float)
    levels = model(data, "ml").levels
    y = data["y"] + 1e6
    first = fit(Model(y, (half, None), levels))
    second = fit(Model(y, (half, 1 - half), levels))
    assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(second.estimates, first.estimates, atol=1e-7)


def test_dtypes_do_not_matter(data: dict[str, np.ndarray]) -> None:
    rounded = np.round(data["x"] * 8)
    first = fit(model(data, "ml", x=rounded))
    agree(first, fit(model(data, "ml", x=rounded.astype(np.int8))), rel=1e-12)
    agree(first, fit(model(data, "ml", x=rounded.astype(np.float32))), rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_slope_far_from_zero(data: dict[str, np.ndarray], method: str) -> None:
    """Moving x by 2^20 changes only what belongs to the constant."""
    x = np.round(data["x"], 9)
    first, second = fit(model(data, method, x=x)), fit(model(data, method, x=x + 2.0**20))
    assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(second.beta[:2], first.beta[:2], rtol=1e-7)
    np.testing.assert_allclose(second.estimates[[0, 1, 4]], first.estimates[[0, 1, 4]], atol=1e-7)


@pytest.mark.parametrize("method", METHODS)
def test_more_parameters_never_lower_the_likelihood(data: dict[str, np.ndarray], method: str) -> None:
    def value(structure: str, q: int) -> float:
        columns = (data["x"], data["z"], None)[-q:]
        level = Level(data["subject"], 72, (RandomEffects(columns, structure),))  # type: ignore[arg-type]
        return fit(Model(data["y"], (data["x"], None), (level,), method)).log_likelihood  # type: ignore[arg-type]

    slack = 1e-9
    for q in (1, 2, 3):
        identity, independent = value("identity", q), value("independent", q)
        exchangeable, unstructured = value("exchangeable", q), value("unstructured", q)
        assert identity <= independent + slack <= unstructured + 2 * slack
        assert identity <= exchangeable + slack <= unstructured + 2 * slack
        if q > 1:
            assert value("independent", q - 1) <= independent + slack
            assert value("unstructured", q - 1) <= unstructured + slack


@pytest.mark.parametrize("structure", ["identity", "independent", "exchangeable", "unstructured"])
def test_never_below_linear_regression(structure: str) -> None:
    """Columns of very different scale under one variance give the likelihood several maxima."""
    restarted = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        count, size = int(rng.integers(3, 12)), int(rng.integers(2, 6))
        groups = np.repeat(np.arange(count), size)
        x = rng.normal(size=count * size) * 10 ** rng.uniform(-3, 3)
        y = rng.normal(size=count * size) + rng.normal(size=count)[groups] * rng.choice([0, 0.3, 3])
        level = Level(groups, count, (RandomEffects((x, None), structure),))  # type: ignore[arg-type]
        method = METHODS[seed % 2]
        result = fit(Model(y, (x, None), (level,), method))  # type: ignore[arg-type]
        assert result.log_likelihood >= result.comparison.log_likelihood - 1e-9
        far = result.estimates + np.where(np.arange(len(result.estimates)) < 1, 6.0, 0.0)
        far[1:-1] = np.clip(far[1:-1], -6, 1)
        if result.optimization.converged and structure in ("identity", "exchangeable"):
            far[1:-1] = 0.0
            other = fit(Model(y, (x, None), (level,), method), Options(start=far))  # type: ignore[arg-type]
            assert other.log_likelihood >= other.comparison.log_likelihood - 1e-9
            restarted += sum(
                e.log_likelihood < other.comparison.log_likelihood - 1e-6
                for e in other.optimization.iterations
            )
    assert restarted > 0 or structure in ("independent", "unstructured")


def test_starting_values_do_not_matter(data: dict[str, np.ndarray]) -> None:
    first = fit(model(data, "reml"))
    rng = np.random.default_rng(8)
    for _ in range(20):
        start = first.estimates + rng.normal(size=5) * [1, 1, 1, 0.5, 0.5]
        agree(first, fit(model(data, "reml"), Options(start=start)), rel=1e-7)


def test_no_iterations_reproduce_the_start(data: dict[str, np.ndarray]) -> None:
    start = np.array([0.1, -0.2, 0.3, 0.2, 0.05])
    result = fit(model(data, "ml"), Options(start=start, iterate=0))
    np.testing.assert_allclose(np.diff(result.estimates[[0, 4]]), np.diff(start[[0, 4]]), atol=1e-12)
    np.testing.assert_allclose(result.estimates[3], start[3], atol=1e-12)
    assert not result.optimization.converged and result.optimization.return_code == 430
    at_start = log_likelihood(model(data, "ml"), result.estimates)
    assert result.log_likelihood == pytest.approx(at_start, rel=1e-12)


@pytest.mark.parametrize("technique", ["nr", "bfgs", "dfp"])
def test_techniques_agree(data: dict[str, np.ndarray], technique: str) -> None:
    first = fit(model(data, "ml"))
    for schedule in (((technique, 0),), ((technique, 2), ("nr", 1))):
        agree(first, fit(model(data, "ml"), Options(technique=schedule, em_iterations=2)))
