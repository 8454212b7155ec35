"""Long series: ways to whiten that cost by rows give what a factorisation for each pattern gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.conformance.residual_dense import autoregressive
from xmixed.engine import Level, Model, Options, RandomEffects, Residuals, fit
from xmixed.engine.model import Method, ResidualStructureName
from xmixed.engine.prepare import prepare
from xmixed.engine.residuals import banded, filtered, lattice
from xmixed.engine.residuals.banded import BandProducts
from xmixed.engine.residuals.filtered import FilterProducts
from xmixed.engine.residuals.lagged import Autoregressive
from xmixed.engine.residuals.structures import residual_structure
from xmixed.engine.search.objective import Objective

FORMS: dict[str, tuple[ResidualStructureName, int, type]] = {
    "ma1": ("ma", 1, BandProducts),
    "ma2": ("ma", 2, BandProducts),
    "toeplitz2": ("toeplitz", 2, BandProducts),
    "ar2": ("ar", 2, FilterProducts),
    "ar3": ("ar", 3, FilterProducts),
}
UNITS, PERIODS = 6, 40


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No lattice, and what is long begins early."""
    monkeypatch.setattr(lattice, "_MOST_VALUES", 0)
    for module in (banded, filtered):
        monkeypatch.setattr(module, "_LONG", 8)
    yield monkeypatch


def model_of(form: str, method: Method, with_levels: bool, gaps: bool) -> Model:
    structure, order, _ = FORMS[form]
    generator = np.random.default_rng(5)
    group, period = np.divmod(np.arange(UNITS * PERIODS), PERIODS)
    kept = generator.random(len(group)) < (0.75 if gaps else 1.0)
    e = generator.normal(size=(UNITS, PERIODS + 2))
    e = (e[:, 2:] + 0.6 * e[:, 1:-1] + 0.3 * e[:, :-2]).ravel()[kept]
    group, period = group[kept], period[kept].astype(float)
    x = generator.normal(size=len(group))
    residuals = Residuals(structure, group, UNITS, period, 0, order, group % 2, 2)
    levels = (Level(group, UNITS, (RandomEffects((x, None), "independent"),)),) if with_levels else ()
    y = e + x * generator.normal(size=UNITS)[group]
    return Model(y, (x, None), levels, method, residuals)


def objectives(model: Model, form: str, long: pytest.MonkeyPatch) -> tuple[Objective, Objective]:
    """By the way for long series, and by patterns."""
    own = Objective(prepare(model))
    assert isinstance(own.problem.residual.products, FORMS[form][2])  # type: ignore[union-attr]
    for module in (banded, filtered):
        long.setattr(module, "_LONG", 10_000)
    return own, Objective(prepare(model))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize(("method", "with_levels"), [("ml", False), ("reml", False), ("reml", True)])
def test_log_likelihood_and_slopes(
    form: str, gaps: bool, method: Method, with_levels: bool, long: pytest.MonkeyPatch
) -> None:
    own, other = objectives(model_of(form, method, with_levels, gaps), form, long)
    blocks = (np.array([[0.5, 0.0], [0.0, 0.3]]),) if with_levels else ()
    rho = np.random.default_rng(1).uniform(-0.3, 0.3, own.residual_count)
    points = own.point(blocks, rho), other.point(blocks, rho)
    assert points[0].log_likelihood == pytest.approx(points[1].log_likelihood, rel=1e-12)
    np.testing.assert_allclose(own.gradient(points[0]), other.gradient(points[1]), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("form", ["ma2", "ar2"])
@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
def test_scores_and_standard_errors(form: str, gaps: bool, long: pytest.MonkeyPatch) -> None:
    model = model_of(form, "ml", True, gaps)
    assert model.residuals is not None
    options = Options(clusters=(model.residuals.groups, UNITS))
    own = fit(model, options)
    for module in (banded, filtered):
        long.setattr(module, "_LONG", 10_000)
    other = fit(model, options)
    assert own.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(own.parameter_covariance, other.parameter_covariance, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(own.scores, other.scores, rtol=1e-4, atol=1e-4)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", ["ma1", "toeplitz2", "ar2"])
def test_what_is_kept_grows_with_the_rows(form: str) -> None:
    """5 series of 20,000: a matrix of one of them would take 3.2 GB."""
    structure, order, way = FORMS[form]
    group, period = np.divmod(np.arange(100_000), 20_000)
    y = np.random.default_rng(2).normal(size=100_000)
    residuals = Residuals(structure, group, 5, period.astype(float), 0, order)
    objective = Objective(prepare(Model(y, (None,), (), "ml", residuals)))
    assert isinstance(objective.problem.residual.products, way)  # type: ignore[union-attr]
    point = objective.point((), np.full(objective.residual_count, 0.1))
    assert np.isfinite(objective.gradient(point)).all()


@pytest.mark.parametrize("phi", [[0.5, 0.2], [1.2, -0.5, 0.1], [0.1, 0.0, 0.85]])
def test_correlations_at_long_lags_without_those_between(phi: list[float]) -> None:
    structure = residual_structure("ar", len(phi))
    assert isinstance(structure, Autoregressive)
    lags = np.array([0.0, 1.0, 2.0, 3.0, 7.0, 64.0, 255.0])
    wanted = autoregressive(phi, 255)[lags.astype(int)]
    np.testing.assert_allclose(
        structure.correlations(np.array([phi]), lags)[0], wanted, rtol=1e-10, atol=1e-14
    )
    assert abs(structure.correlations(np.array([phi]), np.array([86_400_000.0 * 365]))[0, 0]) < 1e-300


def test_milliseconds_cost_what_days_cost() -> None:
    """A day is 86,400,000 ms, and so many lags that do not occur."""
    model = model_of("ma1", "ml", False, gaps=True)
    assert model.residuals is not None and model.residuals.time is not None
    for form, order in (("ma", 1), ("toeplitz", 2), ("ar", 2)):
        time = model.residuals.time * 86_400_000.0
        far = replace(model.residuals, structure=form, order=order, time=time)
        objective = Objective(prepare(replace(model, residuals=far)))
        point = objective.point((), np.full(objective.residual_count, 0.1))
        assert np.isfinite(objective.gradient(point)).all()


def test_sixty_groups_of_parameters() -> None:
    group, occasion = np.divmod(np.arange(1200 * 3), 3)
    y = np.random.default_rng(4).normal(size=(1200, 3)).cumsum(axis=1).ravel()
    residuals = Residuals("unstructured", group, 1200, occasion.astype(float), 3, 0, group % 60, 60)
    found = fit(Model(y, (None,), (), "ml", residuals))
    assert found.optimization.return_code == 0
    assert found.optimization.evaluations < 30
    parts = [fit_of_part(y, group, occasion, j, float(found.beta[0])) for j in range(60)]
    assert found.log_likelihood == pytest.approx(sum(parts), rel=1e-9)


def fit_of_part(y: np.ndarray, group: np.ndarray, occasion: np.ndarray, j: int, mean: float) -> float:
    """The log likelihood of one by() group about a given mean: its second moments are the covariances."""
    own = (y[group % 60 == j] - mean).reshape(-1, 3)
    log_det = np.linalg.slogdet(own.T @ own / len(own))[1]
    return float(-0.5 * len(own) * (3 * (1 + np.log(2 * np.pi)) + log_det))
