"""Structured residuals far below the random effects: in the limit effects are free, a closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from tests.conformance.residual_dense import correlation_matrix
from xmixed.engine import Level, Model, RandomEffects, Residuals, fit
from xmixed.engine.model import Method, ResidualStructureName

GROUPS, OCCASIONS = 20, 8
GROUP, PLACE = np.divmod(np.arange(GROUPS * OCCASIONS), OCCASIONS)
TIME = PLACE.astype(float)
FORMS: dict[str, tuple[ResidualStructureName, int]] = {
    "ar": ("ar", 1),
    "ma": ("ma", 1),
    "toeplitz": ("toeplitz", 1),
    "exponential": ("exponential", 0),
}


def noise() -> np.ndarray:
    e = np.random.default_rng(1).normal(size=(GROUPS, OCCASIONS))
    for k in range(1, OCCASIONS):
        e[:, k] = 0.6 * e[:, k - 1] + 0.8 * e[:, k]
    return e.ravel()


def model_of(form: str, ratio: float, slopes: bool, method: Method, tops: bool) -> Model:
    """Residuals `ratio` times `noise`; `tops`: groups of four groups have an intercept of their own."""
    generator = np.random.default_rng(2)
    structure, order = FORMS[form]
    u = generator.normal(size=(GROUPS, 2))
    y = 1.0 + 0.5 * TIME + u[GROUP, 0] + slopes * u[GROUP, 1] * TIME + ratio * noise()
    columns = (TIME, None) if slopes else (None,)
    levels = [Level(GROUP, GROUPS, (RandomEffects(columns, "unstructured"),))]
    if tops:
        y += generator.normal(size=GROUPS // 4)[GROUP // 4]
        levels.insert(0, Level(GROUP // 4, GROUPS // 4, (RandomEffects((None,), "identity"),)))
    residuals = Residuals(structure, GROUP, GROUPS, TIME, 0, order)
    return Model(y, (TIME, None), tuple(levels), method, residuals)


def limit(form: str, slopes: bool) -> tuple[float, float]:
    """The correlation and the noise's sd where every group has a free line, or a mean and a common slope."""
    structure, order = FORMS[form]
    residuals = Residuals(structure, GROUP, GROUPS, TIME, 0, order)
    Z = np.stack([np.ones(OCCASIONS), np.arange(OCCASIONS)], axis=1)[:, : 1 + slopes]
    e = noise().reshape(GROUPS, OCCASIONS)

    def parts(rho: float) -> tuple[float, float]:
        value = np.log(rho) if structure == "exponential" else rho
        C = correlation_matrix(residuals, np.arange(OCCASIONS), {(0, 0): value})
        inverse = np.linalg.inv(C)
        S = Z.T @ inverse @ Z
        P = inverse - inverse @ Z @ np.linalg.solve(S, Z.T @ inverse)
        rss = float(np.einsum("gs,st,gt->", e, P, e))
        if not slopes:  # the slope of t is common
            t = np.arange(OCCASIONS)
            mixed = float((e @ P @ t).sum())
            rss -= mixed**2 / (GROUPS * float(t @ P @ t))
        return GROUPS * float(np.linalg.slogdet(C)[1] + np.linalg.slogdet(S)[1]), rss

    df = GROUPS * (OCCASIONS - 1 - slopes)

    def minus(rho: float) -> float:
        logs, rss = parts(rho)
        return logs + df * np.log(rss)

    highest = 0.5 if form == "toeplitz" else 0.95
    found = minimize_scalar(minus, bounds=(0.05, highest), method="bounded")
    rho = minimize_scalar(
        minus, bounds=(found.x - 1e-3, found.x + 1e-3), method="bounded", options={"xatol": 1e-12}
    ).x
    return float(rho), float(np.sqrt(parts(rho)[1] / df))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("slopes", [False, True])
@pytest.mark.parametrize("ratio", [1e-5, 1e-8])
def test_what_residuals_are_does_not_depend_on_how_small_they_are(
    form: str, slopes: bool, ratio: float
) -> None:
    found = fit(model_of(form, ratio, slopes, "ml", False))
    rho, sd = limit(form, slopes)
    assert found.optimization.converged and not found.boundary
    assert found.sigma_e == pytest.approx(ratio * sd, rel=1e-6)
    last = found.estimates[-1]
    own = 1.0 / (1.0 + np.exp(-last)) if form == "exponential" else np.tanh(last)
    assert own == pytest.approx(rho, rel=1e-5)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("method", "tops"), [("reml", False), ("ml", True), ("reml", True)])
def test_other_methods_and_levels(form: str, method: Method, tops: bool) -> None:
    found = [fit(model_of(form, ratio, True, method, tops)) for ratio in (1e-5, 1e-7)]
    assert all(one.optimization.converged for one in found)
    assert found[1].sigma_e == pytest.approx(1e-2 * found[0].sigma_e, rel=2e-6)
    # Of order one; effects that are not quite free move it by the ratio times a figure of that order.
    assert found[1].estimates[-1] == pytest.approx(found[0].estimates[-1], abs=5e-6)
