"""Levels that cross each other, or the groups of correlated residuals: the same likelihood in every way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from tests.conformance.residual_dense import dense_log_likelihood, gradient, hessian
from xmixed.engine import InvalidModel, Level, Model, RandomEffects, Residuals, fit
from xmixed.engine.prepare import prepare
from xmixed.engine.search.objective import Objective
from xmixed.engine.search.starting import metric_blocks
from xmixed.engine.sweeps.whitened import NestedWhitening
from xmixed.engine.sweeps.whitened_crossed import CrossedWhitening

INTERCEPT = (RandomEffects((None,), "identity"),)


def crossed(residuals: Residuals | None, exchangeable: bool = False) -> Model:
    generator = np.random.default_rng(5)
    person, occasion = np.divmod(np.arange(180), 6)
    y = (
        generator.normal(size=30)[person]
        + 0.7 * generator.normal(size=6)[occasion]
        + generator.normal(size=180)
    )
    within = (np.zeros(180, int), 1) if exchangeable else None
    structure = "exchangeable" if exchangeable else "identity"
    factor = Level(occasion, 6, (RandomEffects((None,), structure),), within)
    return Model(y, (occasion - 2.5, None), (factor, Level(person, 30, INTERCEPT)), "ml", residuals)


@pytest.mark.parametrize("exchangeable", [False, True])
def test_equal_variances_by_group_are_the_crossed_model(exchangeable: bool) -> None:
    person = np.arange(180) // 6
    residuals = Residuals("independent", person, 30, by=np.zeros(180, int), n_by=1)
    plain, whitened = fit(crossed(None, exchangeable)), fit(crossed(residuals, exchangeable))
    assert whitened.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(whitened.estimates, plain.estimates, atol=1e-6)


def test_a_factor_over_all_data_makes_the_data_one_group() -> None:
    model = crossed(None)
    whole = np.zeros(180, int)
    residuals = Residuals("ar", whole, 1, np.arange(180.0), 0, 1)
    found = fit(Model(model.y, model.fixed, model.levels[:1], "ml", residuals))
    assert found.optimization.converged
    tau, sigma, rho = np.exp(found.estimates[0]), np.exp(found.estimates[1]), np.tanh(found.estimates[2])
    lag = np.abs(np.subtract.outer(np.arange(180), np.arange(180)))
    occasion = np.arange(180) % 6
    V = sigma**2 * rho**lag + tau**2 * (occasion[:, None] == occasion)
    X = np.stack([occasion - 2.5, np.ones(180)], axis=1)
    inverse = np.linalg.inv(V)
    beta = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ model.y)
    rest = model.y - X @ beta
    dense = -0.5 * (180 * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + rest @ inverse @ rest)
    assert found.log_likelihood == pytest.approx(dense, rel=1e-10)


def test_more_effects_than_columns_would_carry() -> None:
    """Effects of a factor that are equally correlated become columns, of which there is a limit."""
    rows = np.arange(1200)
    y = np.random.default_rng(1).normal(size=1200)
    residuals = Residuals("ar", np.zeros(1200, int), 1, rows.astype(float), 0, 1)
    plain = Level(rows % 600, 600, INTERCEPT)
    assert fit(Model(y, (None,), (plain,), "ml", residuals)).optimization.converged
    whole = (np.zeros(1200, int), 1)
    tied = Level(rows % 600, 600, (RandomEffects((None,), "exchangeable"),), whole)
    with pytest.raises(InvalidModel, match="random effects"):
        fit(Model(y, (None,), (tied,), "ml", residuals))


FORMS: dict[str, dict[str, int]] = {
    "independent": {},
    "exchangeable": {},
    "ar": {"order": 1},
    "ma": {"order": 1},
    "toeplitz": {"order": 2},
    "banded": {"order": 1, "n_times": 6},
    "unstructured": {"n_times": 6},
    "exponential": {},
}


def items(form: str, method: str, with_units: bool = True, slope: bool = False, order: int = 0) -> Model:
    """Persons with some of six occasions, two kinds of them, and items that cross the persons."""
    generator = np.random.default_rng(5)
    person, occasion = np.divmod(np.arange(180), 6)
    kept = generator.random(180) > 0.15
    person, occasion = person[kept], occasion[kept]
    n = len(person)
    item, x = generator.integers(0, 12, n), generator.normal(size=n)
    y = generator.normal(size=30)[person] + 0.7 * generator.normal(size=12)[item]
    if slope:
        y += x * (1.2 * generator.normal(size=30)[person] + generator.normal(size=12)[item])
    y += (0.4 if slope else 1.0) * generator.normal(size=n) * (1 + 0.5 * (person % 2))
    time = None
    if form not in ("independent", "exchangeable"):
        time = occasion + (0.5 * generator.random(n) if form == "exponential" else 0.0)
    by = generator.integers(0, 2, n) if form == "independent" else person % 2
    given = dict(FORMS[form])
    if order:
        given["order"] = order
    residuals = Residuals(form, person, 30, time, by=by, n_by=2, **given)  # type: ignore[arg-type]
    effects = (RandomEffects((x, None), "unstructured"),) if slope else INTERCEPT
    levels = [Level(item, 12, effects)]
    if with_units:
        levels.append(Level(person, 30, effects))
    return Model(y, (x, None), tuple(levels), method, residuals)  # type: ignore[arg-type]


@pytest.mark.parametrize("with_units", [True, False])
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize(("form", "order"), [*((form, 0) for form in FORMS), ("ar", 2), ("ma", 2)])
def test_crossed_sweeps_are_those_of_dense_columns(
    form: str, order: int, method: str, with_units: bool
) -> None:
    """Away from the maximum: log likelihood, slopes along the residual parameters and their derivatives."""
    model = items(form, method, with_units, order=order)
    sparse, dense = Objective(prepare(model)), Objective(prepare(model, by_columns=True))
    crosses = with_units or form != "independent"
    assert isinstance(sparse.whitening, CrossedWhitening) == crosses
    assert isinstance(dense.whitening, NestedWhitening)
    relative = np.array([-0.3, 0.2])[: sparse.block_count]
    count = sparse.residual_count
    rho = sparse.whitening.start + 0.1 * np.random.default_rng(1).normal(size=count)  # type: ignore[union-attr]
    one, other = (each.point(metric_blocks(each, relative), rho) for each in (sparse, dense))
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(sparse.gradient(one)[-count:], dense.gradient(other)[-count:], atol=1e-11)
    near, far = (each.second_order(at, True)[1] for each, at in ((sparse, one), (dense, other)))
    scale = np.abs(far[-count:, -count:]).max()
    np.testing.assert_allclose(near[-count:, -count:], far[-count:, -count:], atol=1e-9 * scale)


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("form", ["independent", "ar", "toeplitz", "exponential"])
def test_random_slopes_that_cross_are_the_dense_likelihood(form: str, method: str) -> None:
    model = items(form, method, slope=True)
    found = fit(model)

    def dense(estimates: np.ndarray) -> float:
        return dense_log_likelihood(model, found.parameters, estimates)

    assert found.log_likelihood == pytest.approx(dense(found.estimates), rel=1e-10)
    if form == "exponential":
        return  # correlations of zero: a limit
    assert not found.boundary
    assert np.abs(gradient(dense, found.estimates)).max() < 1e-6
    want = np.linalg.inv(-hessian(dense, found.estimates))
    scale = np.sqrt(np.outer(want.diagonal(), want.diagonal()))
    np.testing.assert_allclose(found.parameter_covariance / scale, want / scale, atol=1e-4)


def test_heteroskedastic_and_autoregressive_residuals_beside_crossed_effects() -> None:
    """Log likelihoods that dense columns gave after 44 s and 20 s."""
    row = np.arange(1, 3001)
    person = (row - 1) // 8 + 1

    def share(values: np.ndarray) -> np.ndarray:
        return (values % 10007 + 0.5) / 10007

    cube = (row % 10007) ** 3
    lab = (150 * share(19 * cube + 7 * row**2 + 3 * row)).astype(int)
    e = ndtri(share(7 * cube + 13 * row**2 + 5 * row))
    u = ndtri(share(11 * person**3 + 3 * person**2 + 29 * person))
    v = ndtri(share(17 * lab**3 + 23 * lab**2 + 41 * lab))
    group = lab % 4
    y = 1 + u + v / 2 + (0.5 + (1 + group) / 4) * e
    levels = (Level(lab, 150, INTERCEPT), Level(person - 1, 375, INTERCEPT))
    variances = Residuals("independent", person - 1, 375, by=group, n_by=4)
    found = fit(Model(y, (None,), levels, "ml", variances))
    assert found.log_likelihood == pytest.approx(-5074.343533, abs=1e-6)
    time = (row - 1.0) % 8
    found = fit(Model(y, (None,), levels, "ml", Residuals("ar", person - 1, 375, time, order=1)))
    assert found.log_likelihood == pytest.approx(-5217.665390, abs=1e-6)
    # Every element of the inverse covariance matrix is visited, never every row times every value.
    assert found.optimization.evaluations < 120


WEIGHTS = np.random.default_rng(2).integers(1, 4, 30).astype(float)


def weighted(model: Model, of_rows: bool = False) -> Model:
    """Persons that count once to three times; `of_rows`: observations have weights, too."""
    factor, person = model.levels
    rows = np.random.default_rng(4).uniform(0.5, 2.0, len(model.y)) if of_rows else None
    return replace(model, levels=(factor, replace(person, weights=WEIGHTS)), weights=rows)


@pytest.mark.parametrize(
    ("form", "order", "of_rows"),
    [*((form, 0, False) for form in FORMS), ("ar", 2, False), ("independent", 0, True)],
)
def test_weights_in_crossed_sweeps_are_those_of_dense_columns(form: str, order: int, of_rows: bool) -> None:
    """Away from the maximum: log likelihood, slopes along the residual parameters and their derivatives."""
    model = weighted(items(form, "ml", order=order), of_rows)
    sparse, dense = Objective(prepare(model)), Objective(prepare(model, by_columns=True))
    assert isinstance(sparse.whitening, CrossedWhitening)
    assert isinstance(dense.whitening, NestedWhitening)
    count = sparse.residual_count
    rho = sparse.whitening.start + 0.1 * np.random.default_rng(1).normal(size=count)
    one, other = (each.point(metric_blocks(each, np.array([-0.3, 0.2])), rho) for each in (sparse, dense))
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(sparse.gradient(one)[-count:], dense.gradient(other)[-count:], atol=1e-11)
    near, far = (
        each.second_order(at, True)[1][-count:, -count:] for each, at in ((sparse, one), (dense, other))
    )
    np.testing.assert_allclose(near, far, atol=1e-9 * np.abs(far).max())


@pytest.mark.parametrize("form", ["independent", "ar"])
def test_weighted_persons_with_slopes_are_the_expanded_ones(form: str) -> None:
    """As columns, slopes that cross the persons were refused."""
    model = items(form, "ml", slope=True)
    person = model.levels[1].groups
    copies = WEIGHTS[person].astype(int)
    rows = np.repeat(np.arange(len(person)), copies)
    number = np.concatenate([np.arange(count) for count in copies])
    codes = np.ravel(np.unique(3 * person[rows] + number, return_inverse=True)[1])
    count = int(codes.max()) + 1
    taken: dict[int, np.ndarray] = {}

    def of(column: np.ndarray | None) -> np.ndarray | None:
        return None if column is None else taken.setdefault(id(column), column[rows])

    levels = tuple(
        replace(
            level, equations=tuple(replace(e, columns=tuple(map(of, e.columns))) for e in level.equations)
        )
        for level in model.levels
    )
    residuals = model.residuals
    assert residuals is not None
    expanded = Model(
        model.y[rows],
        tuple(map(of, model.fixed)),
        (replace(levels[0], groups=levels[0].groups[rows]), replace(levels[1], groups=codes, n_groups=count)),
        "ml",
        replace(residuals, groups=codes, n_groups=count, time=of(residuals.time), by=of(residuals.by)),
    )
    one, other = fit(weighted(model)), fit(expanded)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-11)
    np.testing.assert_allclose(one.estimates, other.estimates, atol=1e-8)
    np.testing.assert_allclose(one.parameter_covariance, other.parameter_covariance, rtol=1e-6, atol=1e-9)


def test_two_hundred_items_beside_weighted_persons_stay_sparse() -> None:
    """As columns 20 s and 1 GB; now what the unweighted fit takes."""
    generator = np.random.default_rng(1)
    person, item = np.arange(2000) // 10, generator.integers(0, 200, 2000)
    y = generator.normal(size=200)[person] + 0.7 * generator.normal(size=200)[item]
    y += generator.normal(size=2000)
    residuals = Residuals("ar", person, 200, np.arange(2000) % 10.0, order=1)
    levels = (Level(item, 200, INTERCEPT), Level(person, 200, INTERCEPT))
    model = Model(y, (None,), levels, "ml", residuals)
    counted = replace(model, levels=(levels[0], replace(levels[1], weights=1.0 + np.arange(200) % 3)))
    assert prepare(counted).crossed is not None
    plain, found = fit(model), fit(counted)
    assert found.optimization.converged
    assert found.optimization.evaluations < 1.5 * plain.optimization.evaluations
