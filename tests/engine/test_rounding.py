"""Where rounding errors leave the log likelihood open the fit says so, and takes no limit for a maximum."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.campaign import draw
from tests.conformance.residual_dense import dense_log_likelihood
from tests.engine.test_far_effects import MODELS, SEED
from xmixed.engine import Fit, Model, fit
from xmixed.engine.prepare import prepare
from xmixed.engine.search.objective import Objective

LIMIT = np.arctanh(np.nextafter(1.0, 0.0))
"""What stands for a correlation of one."""


def _off(model: Model, found: Fit) -> float:
    """How far the log likelihood is from the density, by 64 bits, correlations at their limits."""
    estimates = found.estimates.astype(np.longdouble)
    for place, parameter in enumerate(found.parameters):
        if parameter.kind == "atanh_correlation" and abs(abs(found.estimates[place]) - LIMIT) < 1e-13:
            estimates[place] = np.copysign(np.inf, estimates[place])
    return abs(found.log_likelihood - float(dense_log_likelihood(model, found.parameters, estimates)))


@pytest.mark.parametrize(("seed", "level"), [(30156, 0), (30190, 0), (35153, 2)])
def test_digits_that_are_not_there_are_told(seed: int, level: int) -> None:
    model = draw(seed).model
    found = fit(model)
    (note,) = (note for note in found.boundary if note.kind == "rounding")
    assert note.level == level and found.optimization.return_code == 430
    assert 1e-7 < _off(model, found) < 10.0 * note.size


@pytest.mark.parametrize("seed", [5083, 34034])
def test_few_rows_that_cross_keep_their_digits(seed: int) -> None:
    """Effects 1e9 times the residual variance beside a nearly singular Lambda: products lost 1.4."""
    model = draw(seed).model
    found = fit(model)
    assert "rounding" not in {note.kind for note in found.boundary}
    assert _off(model, found) < 1e-7


@pytest.mark.parametrize("name", MODELS)
def test_where_digits_are_there_nothing_is_said(name: str) -> None:
    found = fit(MODELS[name](np.random.default_rng(SEED)))
    assert "rounding" not in {note.kind for note in found.boundary}


def test_a_correlation_is_at_its_limit_though_rounding_hides_it() -> None:
    """A covariate 1e8 from zero: its limit was left by what was a rounding error, the density 31 away."""
    model = draw(31006).model
    found = fit(model)
    assert found.optimization.converged
    assert [(note.kind, note.level) for note in found.boundary] == [("correlation_limit", 2)]
    assert _off(model, found) < 1e-6


def test_the_edge_may_hide_behind_rounding() -> None:
    """Equally correlated residuals at -1/2: rounding made a maximum 7e-6 above the one there is.

    Followed by the profile over the distance to the edge: 145.3087442 at 1e-5, 145.3087460 at 1e-6.
    """
    found = fit(draw(35052).model)
    assert found.optimization.converged
    assert "residual_singular" in {note.kind for note in found.boundary}
    assert found.log_likelihood == pytest.approx(145.308746, abs=1e-6)


def test_the_way_to_a_singular_matrix_goes_on_to_the_end() -> None:
    """It ended 1e-6 below: the log likelihood is that of the density there."""
    model = draw(35013).model
    found = fit(model)
    assert found.optimization.converged and _off(model, found) < 1e-7
    assert found.log_likelihood == pytest.approx(583.38639764, abs=1e-7)


def test_beside_the_edge_there_is_an_answer_always() -> None:
    """Two ways to form Lambda cease to be positive definite at different digits."""
    whitening = Objective(prepare(draw(35312).model)).whitening
    assert whitening is not None
    beside = np.arctanh(-0.2 + np.array([1e-10, 1.5e-10, 2e-10]))
    formed = 0
    for rho in beside:
        assert whitening.is_near_edge(np.array([rho]), 1e-3)
        try:
            whitening.at(np.array([rho]))
            formed += 1
        except np.linalg.LinAlgError:
            pass
    assert formed
