"""Long series: ways to whiten that cost by rows give what a factorisation for each pattern gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from xmixed.engine import Level, Model, Options, RandomEffects, Residuals, fit
from xmixed.engine.model import Method, ResidualStructureName
from xmixed.engine.prepare import prepare
from xmixed.engine.residuals import banded, filtered, lattice
from xmixed.engine.residuals.banded import BandProducts
from xmixed.engine.residuals.filtered import FilterProducts
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
