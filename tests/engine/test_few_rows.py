"""Few rows: second derivatives along residual parameters from one dense matrix, and what fits cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.conformance.campaign import centred, draw, expanded
from tests.conformance.residual_dense import dense_log_likelihood, residual_matrix
from tests.engine.test_residual_crossing import FORMS, items
from tests.engine.test_small_residuals import model_of
from xmixed.engine import Fit, Level, Model, RandomEffects, fit
from xmixed.engine.model import Method
from xmixed.engine.prepare import prepare
from xmixed.engine.search.em import start_blocks
from xmixed.engine.search.objective import _REFINED, Objective, Point
from xmixed.engine.sweeps.whitened import NestedWhitening

ORDERS = [*((form, 0) for form in FORMS if form not in ("ar", "exponential")), ("ar", 3), ("ma", 2)]


def placed(model: Model) -> tuple[Objective, Point]:
    """A point away from every maximum."""
    objective = Objective(prepare(model))
    assert objective.whitening is not None
    shift = np.random.default_rng(3).uniform(-0.2, 0.2, objective.residual_count)
    blocks = tuple(0.6 * block for block in start_blocks(objective))
    return objective, objective.point(blocks, objective.whitening.start + shift)


def assert_alike(
    found: tuple[np.ndarray, np.ndarray], wanted: tuple[np.ndarray, np.ndarray], tolerance: float
) -> None:
    for own, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(own, other, rtol=tolerance, atol=tolerance * np.abs(other).max())


@pytest.mark.parametrize(("with_units", "slope"), [(True, True), (False, False)])
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize(("form", "order"), ORDERS)
def test_crossed_levels(form: str, order: int, method: str, with_units: bool, slope: bool) -> None:
    """Differences of exact slopes, which have errors of 1e-12."""
    objective, point = placed(items(form, method, with_units, slope, order))
    assert objective.is_exact
    evaluations = objective.sweeps.evaluations
    found = objective._rows_by_formula(point)
    if found is None:
        assert form == "independent" and not with_units, "nothing crosses"
        return
    assert objective.sweeps.evaluations == evaluations, "no sweeps at other parameters"
    assert_alike(found, objective._rows(point, _REFINED), 1e-8)


@pytest.mark.parametrize("levels", [0, 1, 2])
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize(("form", "order"), [("banded", 0), ("unstructured", 0), ("toeplitz", 0), ("ma", 2)])
def test_nested_levels(form: str, order: int, method: str, levels: int) -> None:
    """Complex steps of the slopes, or differences."""
    model = items(form, method, slope=True, order=order)
    below = model.levels[1]
    above = Level(below.groups // 4, 8, (RandomEffects((None,), "identity"),))
    model = replace(model, levels=(above, below)[2 - levels :])
    objective, point = placed(model)
    whitening = objective.whitening
    assert whitening is not None
    few = whitening.rows_by_formula(point.rho, point.sweeps, point.up, point.psis, objective.directions)
    if few is None:
        assert not levels, "only without random effects there is another formula"
        return
    exact = form != "ma"
    wanted = objective._exact_rows(point)[1] if exact else objective._rows(point, _REFINED)
    assert_alike(few, wanted, 1e-12 if exact else 1e-8)


@pytest.mark.parametrize("levels", [1, 2])
@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("method", ["ml", "reml"])
def test_residuals_far_below_the_effects(method: Method, slope: bool, levels: int) -> None:
    """Complex steps of the slopes, which lose more digits the larger the effects are."""
    model = model_of("toeplitz", 1e-6, slope, method, levels == 2)
    objective = Objective(prepare(model))
    whitening = objective.whitening
    assert isinstance(whitening, NestedWhitening) and whitening.nested.fitted is not None
    blocks = tuple(1e8 * block for block in start_blocks(objective))
    point = objective.point(blocks, whitening.start + 0.1)
    found, wanted = objective._rows_by_formula(point), objective._exact_rows(point)[1]
    assert found is not None
    scale = np.append(objective.natural(blocks), np.ones(objective.residual_count))
    for own, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(own * scale, other * scale, atol=1e-8 * np.abs(other * scale).max())


COSTS = [
    (30106, 8678),
    (8022, 7417),
    (8172, 4557),
    (32098, 6777),
    (32022, 4959),
    (32126, 4153),
    (30136, 6889),
    (38349, 14460),
    (38516, 2815),
]
"""Seeds and how many sweeps they took with differences, or creeping along an edge or a ridge to the end."""


@pytest.fixture(scope="module")
def fits() -> dict[int, Fit]:
    return {seed: fit(draw(seed).model) for seed, _ in COSTS}


@pytest.mark.parametrize(("seed", "before"), COSTS)
def test_a_fit_takes_a_share_of_the_sweeps(fits: dict[int, Fit], seed: int, before: int) -> None:
    """Other starts are followed to their ends since, which takes some."""
    assert fits[seed].optimization.evaluations < before / 2


@pytest.mark.parametrize("seed", [8022, 32098, 32022, 32126])
def test_the_edge_is_followed_beside_crossed_levels(fits: dict[int, Fit], seed: int) -> None:
    """The last three ended in r(430). The dense density is not higher at neighbours inside the edge."""
    model, found = draw(seed).model, fits[seed]
    assert found.optimization.return_code == 0
    assert "residual_singular" in {note.kind for note in found.boundary}
    assert model.residuals is not None
    dense = centred(expanded(model))

    def density(estimates: np.ndarray) -> float:
        return dense_log_likelihood(dense, found.parameters, estimates.astype(np.longdouble))

    best = density(found.estimates)
    assert found.log_likelihood == pytest.approx(best, abs=1e-4)
    rng, tried = np.random.default_rng(1), 0
    free = np.isfinite(found.estimates) & (np.abs(found.estimates) < 12)
    for size in np.repeat([1e-1, 1e-2, 1e-3, 1e-4], 60):
        moved = found.estimates + size * rng.normal(size=len(free)) * free
        if np.linalg.eigvalsh(residual_matrix(model.residuals, found.parameters, moved))[0] > 0:
            assert density(moved) < best + 1e-4
            tried += 1
    assert tried > 20
