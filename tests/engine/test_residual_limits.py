"""Residual correlations whose likelihood rises up to the edge of the parameter space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xmixed.engine import Fit, Level, Model, Options, RandomEffects, Residuals, fit, linear_regression
from xmixed.engine.model import Method

GROUPS, OCCASIONS = 60, 6
GROUP, TIME = np.divmod(np.arange(GROUPS * OCCASIONS), OCCASIONS)


def test_exponential_without_correlation_is_linear_regression() -> None:
    noise = np.random.default_rng(1).normal(size=(GROUPS, OCCASIONS + 1))
    y = (noise[:, 1:] - 0.5 * noise[:, :-1]).ravel()  # neighbours are negatively correlated
    model = Model(y, (None,), (), "ml", Residuals("exponential", GROUP, GROUPS, TIME.astype(float)))
    found, plain = fit(model), linear_regression(model)
    assert found.optimization.converged
    assert [note.kind for note in found.boundary] == ["residual_limit"]
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-7)
    errors = np.sqrt(np.diag(found.parameter_covariance))
    assert errors[0] == pytest.approx(1 / np.sqrt(2 * len(y)), rel=1e-4)
    assert errors[1] == 0


def test_a_moving_average_that_cannot_be_inverted_ends_at_its_limit() -> None:
    noise = np.random.default_rng(4).normal(size=(GROUPS, OCCASIONS + 1))
    y = (noise[:, 1:] - noise[:, :-1]).ravel()
    model = Model(y, (None,), (), "ml", Residuals("ma", GROUP, GROUPS, TIME.astype(float), 0, 1))
    found = fit(model)
    assert found.optimization.converged
    assert [(note.kind, note.equation) for note in found.boundary] == [("residual_limit", 1)]
    assert np.tanh(found.estimates[1]) == pytest.approx(-1, abs=1e-3)
    assert found.parameter_covariance[1, 1] == 0 < found.parameter_covariance[0, 0]


def autoregressive_data(seed: int) -> tuple[np.ndarray, np.ndarray, Residuals]:
    """Groups of four with autoregressive residuals, to which moving averages are fitted; y, x, groups."""
    generator = np.random.default_rng(seed)
    rho = generator.choice([0.5, 0.8, 0.95, -0.6])
    groups = int(generator.choice([30, 60]))
    x, noise = generator.normal(size=4 * groups), generator.normal(size=(groups, 4))
    for t in range(1, 4):
        noise[:, t] = rho * noise[:, t - 1] + np.sqrt(1 - rho**2) * noise[:, t]
    group, time = np.divmod(np.arange(4 * groups), 4)
    return 1 + x + noise.ravel(), x, Residuals("ma", group, groups, time.astype(float), 0, 1)


@pytest.mark.parametrize("seed", range(10))
def test_a_longer_moving_average_fits_no_worse(seed: int) -> None:
    """The first steps must not run to where both correlations are at their limits."""
    y, x, first = autoregressive_data(seed)
    values = []
    for order in (1, 2, 3):
        found = fit(Model(y, (x, None), (), "ml", replace(first, order=order)))
        assert found.optimization.converged
        values.append(found.log_likelihood)
    assert values[0] <= values[1] + 1e-7 and values[1] <= values[2] + 1e-7


def test_coefficients_of_an_uninvertible_moving_average_have_no_standard_errors() -> None:
    """With the last one at one the others are a palindrome: they are not parameters of their own."""
    y, x, first = autoregressive_data(4)
    found = fit(Model(y, (x, None), (), "ml", replace(first, order=3)))
    assert [note.kind for note in found.boundary] == ["residual_limit"]
    assert found.estimates[1] == pytest.approx(found.estimates[2], abs=1e-9) and found.estimates[3] == 1
    errors = np.sqrt(np.diag(found.parameter_covariance))
    assert errors[0] > 0 and not errors[1:].any()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_not_identified_is_named_on_the_boundary_too(seed: int) -> None:
    """A random intercept beside exchangeable residuals, with a variance above them at zero."""
    generator = np.random.default_rng(seed)
    group, top = np.arange(120) // 6, np.arange(120) // 30
    x = generator.normal(size=120)
    y = 1 + x + generator.normal(size=120)
    levels = (
        Level(top, 4, (RandomEffects((x, None), "unstructured"),)),
        Level(group, 20, (RandomEffects((None,), "identity"),)),
    )
    found = fit(Model(y, (x, None), levels, "ml", Residuals("exchangeable", group, 20)))
    named = [(note.level, note.equation) for note in found.boundary if note.kind == "not_identified"]
    assert named[0] == (2, 1) and set(named[1:]) == {(0, 1)} and found.optimization.return_code == 430
    assert not found.parameter_covariance.any()


def test_quasi_newton_steps_that_stand_still_end() -> None:
    y, x, first = autoregressive_data(1)
    model = Model(y, (x, None), (), "ml", replace(first, order=3))
    found = fit(model, Options(technique=(("bfgs", 0),)))
    assert len(found.optimization.iterations) < 400
    assert found.log_likelihood == pytest.approx(fit(model).log_likelihood, rel=1e-6)


def test_what_is_identified_beside_a_ridge_keeps_its_standard_error() -> None:
    """A random slope beside an intercept that exchangeable residuals describe too."""
    generator = np.random.default_rng(7)
    group = np.arange(240) // 6
    x = generator.normal(size=240)
    u = generator.normal(size=(2, 40))
    y = 1 + x * (1 + 0.5 * u[0][group]) + u[1][group] + generator.normal(size=240)
    residuals = Residuals("exchangeable", group, 40)

    def fitted(columns: tuple[np.ndarray | None, ...]) -> Fit:
        effects = RandomEffects(columns, "independent")
        return fit(Model(y, (x, None), (Level(group, 40, (effects,)),), "ml", residuals))

    both, alone = fitted((x, None)), fitted((x,))
    assert both.optimization.return_code == 430
    assert both.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-8)
    variances = np.diag(both.parameter_covariance)
    assert variances[0] == pytest.approx(alone.parameter_covariance[0, 0], rel=1e-4)
    assert not variances[1:].any()


def by_one_row(method: Method, as_reference: bool = False) -> Fit:
    """Residual variances by a group of one row, which an indicator fits exactly."""
    generator = np.random.default_rng(8)
    group = np.arange(120) // 6
    first = np.zeros(120)
    first[0] = 1.0
    y = 1 + generator.normal(size=20)[group] + generator.normal(size=120)
    by = (first == 0.0 if as_reference else first).astype(int)
    residuals = Residuals("independent", group, 20, by=by, n_by=2)
    levels = (Level(group, 20, (RandomEffects((None,), "identity"),)),)
    return fit(Model(y, (first, None), levels, method, residuals))


def test_a_variance_of_what_fits_exactly_is_zero() -> None:
    found = by_one_row("ml")
    kinds = {note.kind: (note.equation, note.row) for note in found.boundary}
    assert kinds["residual_sd_zero"] == (2, 1) and found.optimization.return_code == 0
    assert found.parameter_covariance[2, 2] == 0


def test_so_it_is_where_others_are_told_in_terms_of_it() -> None:
    """The first by() group's is sigma_e: the other one keeps its standard error as a ratio to that."""
    other, found = by_one_row("ml"), by_one_row("ml", as_reference=True)
    kinds = {note.kind: (note.equation, note.row) for note in found.boundary}
    assert kinds["residual_sd_zero"] == (0, 0) and found.optimization.return_code == 0
    assert found.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-6)
    errors, wanted = (np.sqrt(np.diag(one.parameter_covariance)) for one in (found, other))
    assert errors[[0, 2]] == pytest.approx(wanted[[0, 1]], rel=1e-5) and errors[1] == 0.0
    assert found.estimates[1:].sum() == pytest.approx(other.estimates[1], abs=1e-6)


def test_a_variance_that_restricted_likelihood_knows_nothing_of_is_named() -> None:
    """REML has no degrees of freedom left for it; the others keep standard errors."""
    found = by_one_row("reml")
    assert [(note.kind, note.equation) for note in found.boundary] == [("not_identified", 2)]
    variances = np.diag(found.parameter_covariance)
    assert (variances[:2] > 0).all() and variances[2] == 0


def test_no_correlation_at_short_gaps_either() -> None:
    """Neighbours an eighth of the usual gap apart: at the limit the likelihood is that of independence."""
    noise = np.random.default_rng(1).normal(size=(GROUPS, OCCASIONS + 1))
    y = (noise[:, 1:] - 0.5 * noise[:, :-1]).ravel()
    time = np.where(TIME == 1, 0.125, TIME).astype(float)
    model = Model(y, (None,), (), "ml", Residuals("exponential", GROUP, GROUPS, time))
    found, plain = fit(model), linear_regression(model)
    assert [note.kind for note in found.boundary] == ["residual_limit"]
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-8)
