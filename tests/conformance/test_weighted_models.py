"""Weights and scores of every kind of model against the dense pseudolikelihood: its value and its slopes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.conformance.weighted_dense import group_log_likelihoods
from xmixed.engine import (
    Level,
    Model,
    Options,
    RandomEffects,
    Residuals,
    fit,
    parameters_of,
)
from xmixed.engine.model import ResidualStructureName
from xmixed.engine.residuals import patterns

SCHOOLS, UNITS, OCCASIONS = 8, 32, 6
INTERCEPT = (RandomEffects((None,), "identity"),)
FORMS: dict[str, tuple[ResidualStructureName, int]] = {
    "independent": ("independent", 0),
    "exchangeable": ("exchangeable", 0),
    "ar1": ("ar", 1),
    "ar2": ("ar", 2),
    "ma1": ("ma", 1),
    "unstructured": ("unstructured", 0),
    "banded": ("banded", 1),
    "toeplitz": ("toeplitz", 2),
    "exponential": ("exponential", 0),
}


@dataclass(frozen=True)
class Data:
    """Occasions of units of schools, rows in no order, some left out."""

    school: np.ndarray
    unit: np.ndarray
    occasion: np.ndarray
    x: np.ndarray
    y: np.ndarray
    rng: np.random.Generator

    @property
    def n(self) -> int:
        return len(self.y)

    def weights(self, size: int, whole: bool = False) -> np.ndarray:
        return self.rng.integers(1, 4, size).astype(float) if whole else self.rng.uniform(0.5, 2.0, size)

    def residuals(self, form: str) -> Residuals:
        structure, order = FORMS[form]
        time = None if structure in ("independent", "exchangeable") else self.occasion.astype(float)
        if structure == "exponential":
            assert time is not None
            time = time + self.rng.uniform(0, 0.5, self.n)
        by = self.rng.integers(0, 2, self.n) if structure == "independent" else self.unit % 2
        n_by = 1 if structure in ("unstructured", "banded") else 2
        return Residuals(
            structure,
            self.unit,
            UNITS,
            time,
            OCCASIONS if structure in ("unstructured", "banded") else 0,
            order,
            by if n_by == 2 else None,
            n_by,
        )


def data(seed: int = 4) -> Data:
    rng = np.random.default_rng(seed)
    unit, occasion = np.divmod(np.arange(UNITS * OCCASIONS), OCCASIONS)
    school = unit // (UNITS // SCHOOLS)
    noise = rng.normal(size=(UNITS, OCCASIONS))
    for t in range(1, OCCASIONS):
        noise[:, t] = 0.4 * noise[:, t - 1] + noise[:, t]
    x = rng.normal(size=len(unit))
    y = 2 + 0.5 * x + 1.5 * rng.normal(size=SCHOOLS)[school] + rng.normal(size=UNITS)[unit] + noise.ravel()
    y += 0.8 * rng.normal(size=OCCASIONS)[occasion]
    kept = rng.permutation(len(unit))[:170]
    return Data(school[kept], unit[kept], occasion[kept], x[kept], y[kept], rng)


def check(model: Model, top: np.ndarray, factors: tuple[int, ...] = ()) -> None:
    """Value and scores at a point that is no maximum are those of the dense pseudolikelihood."""
    count = int(top.max()) + 1
    start = np.random.default_rng(1).uniform(-0.1, 0.25, len(parameters_of(model)))
    found = fit(model, Options(clusters=(top, count), start=start, iterate=0, standard_errors=False))
    np.testing.assert_allclose(found.estimates, start, atol=1e-12)
    assert found.scores is not None
    p = len(found.beta)

    def values(at: np.ndarray) -> np.ndarray:
        return group_log_likelihoods(model, found.parameters, at[:p], at[p:], factors)

    at = np.concatenate([found.beta, found.estimates])
    assert values(at).sum() == pytest.approx(found.log_likelihood, rel=1e-11)
    steps = 1e-30j * np.eye(len(at))
    slopes = np.column_stack([values(at + step).imag / 1e-30 for step in steps])
    np.testing.assert_allclose(found.scores, slopes, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("form", "shared"),
    [*((form, False) for form in FORMS), *((form, True) for form in ("ar2", "ma1", "unstructured"))],
)
@pytest.mark.parametrize("effects", ["both", "school", "unit", "none"])
def test_residual_structures(form: str, effects: str, shared: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A level without random effects of its own may have weights as well.

    `shared`: every pattern of t() has its units side by side, as those of many units do.
    """
    if shared:
        monkeypatch.setattr(patterns, "_LEAST_SHARED", 1)
    d = data()
    schools = INTERCEPT if effects in ("both", "school") else ()
    units = (RandomEffects((d.x, None), "unstructured"),) if effects in ("both", "unit") else ()
    levels = (
        Level(d.school, SCHOOLS, schools, weights=d.weights(SCHOOLS)),
        Level(d.unit, UNITS, units, weights=d.weights(UNITS)),
    )
    model = Model(d.y, (d.x, None), levels, "ml", d.residuals(form))
    if form == "independent":
        model = replace(model, weights=d.weights(d.n))
    check(model, d.school)


def test_independent_residuals_by_group_without_levels() -> None:
    d = data()
    residuals = Residuals("independent", np.zeros(d.n, int), 1, by=d.rng.integers(0, 3, d.n), n_by=3)
    model = Model(d.y, (d.x, None), (), "ml", residuals, d.weights(d.n))
    check(replace(model, levels=(Level(d.school, SCHOOLS, ()),)), d.school)
    options = Options(clusters=(d.school, SCHOOLS))
    found, again = fit(model, options), fit(replace(model, levels=(Level(d.school, SCHOOLS, ()),)), options)
    assert found.scores is not None and again.scores is not None
    np.testing.assert_allclose(found.scores, again.scores, atol=1e-10)
    np.testing.assert_allclose(found.scores.sum(axis=0), 0.0, atol=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("exchangeable", [False, True])
def test_a_factor_crosses_groups_below_a_weighted_level(exchangeable: bool, weighted: bool) -> None:
    """`|| school: R.occasion || unit:`; the values of the factor are effects of the school."""
    d = data()
    codes = np.unique(d.school * OCCASIONS + d.occasion, return_inverse=True)[1]
    count = int(codes.max()) + 1
    structure = "exchangeable" if exchangeable else "identity"
    factor = Level(
        codes, count, (RandomEffects((None,), structure),), (d.school, SCHOOLS) if exchangeable else None
    )
    school, unit, rows = (d.weights(size) if weighted else None for size in (SCHOOLS, UNITS, d.n))
    slopes = (RandomEffects((d.x,), "identity"),)
    levels = (
        Level(d.school, SCHOOLS, slopes, weights=school),
        factor,
        Level(d.unit, UNITS, INTERCEPT, weights=unit),
    )
    check(Model(d.y, (d.x, None), levels, weights=rows), d.school, (2,))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_factor_crosses_units_of_structured_residuals(form: str, weighted: bool) -> None:
    """`|| school: R.occasion || unit:, residuals()`: a unit's rows are correlated, its items others' too."""
    d = data()
    codes = np.unique(d.school * OCCASIONS + d.occasion, return_inverse=True)[1]
    levels = (
        Level(d.school, SCHOOLS, INTERCEPT, weights=d.weights(SCHOOLS) if weighted else None),
        Level(codes, int(codes.max()) + 1, INTERCEPT),
        Level(d.unit, UNITS, INTERCEPT, weights=d.weights(UNITS) if weighted else None),
    )
    check(Model(d.y, (d.x, None), levels, "ml", d.residuals(form)), d.school, (2,))


def test_a_factor_is_all_that_a_weighted_level_has() -> None:
    d = data()
    codes = np.unique(d.school * OCCASIONS + d.occasion, return_inverse=True)[1]
    factor = Level(codes, int(codes.max()) + 1, INTERCEPT)
    levels = (
        Level(d.school, SCHOOLS, (), weights=d.weights(SCHOOLS)),
        factor,
        Level(d.unit, UNITS, INTERCEPT, weights=d.weights(UNITS)),
    )
    check(Model(d.y, (d.x, None), levels), d.school, (2,))


def test_two_crossed_factors_within_a_weighted_level() -> None:
    d = data()
    one = np.unique(d.school * OCCASIONS + d.occasion, return_inverse=True)[1]
    two = d.unit
    levels = (
        Level(d.school, SCHOOLS, (), weights=d.weights(SCHOOLS)),
        Level(one, int(one.max()) + 1, INTERCEPT),
        Level(two, UNITS, INTERCEPT),
    )
    check(Model(d.y, (None,), levels, weights=d.weights(d.n)), d.school, (2, 3))


@pytest.mark.parametrize("residual", [False, True])
def test_a_nested_factor_with_equal_correlations(residual: bool) -> None:
    """`|| school: R.unit, covariance(exchangeable)`: two levels that one block drives."""
    d = data()
    factor = Level(d.unit, UNITS, (RandomEffects((None,), "exchangeable"),), (d.school, SCHOOLS))
    level = Level(d.school, SCHOOLS, (RandomEffects((d.x,), "identity"),), weights=d.weights(SCHOOLS))
    residuals = d.residuals("ar1") if residual else None
    check(Model(d.y, (d.x, None), (level, factor), "ml", residuals), d.school, (2,))


def test_a_factor_over_all_data_above_weighted_groups() -> None:
    """`_all: R.occasion || unit:, fweight()`: no clusters to speak of, but a likelihood."""
    d = data()
    factor = Level(d.occasion, OCCASIONS, INTERCEPT)
    units = Level(d.unit, UNITS, INTERCEPT, weights=d.weights(UNITS, True))
    model = Model(d.y, (d.x, None), (factor, units))
    check(model, np.zeros(d.n, int), (1,))


def drawn(seed: int) -> tuple[Model, np.ndarray, tuple[int, ...]]:
    """A model of two or three levels, factors at any of them, weights wherever they are allowed."""
    d = data(seed)
    rng = d.rng
    half = np.unique(d.unit * 2 + d.occasion // 3, return_inverse=True)[1]
    tiers = [(d.school, SCHOOLS), (d.unit, UNITS), (half, int(half.max()) + 1)]
    tiers = [tier for i, tier in enumerate(tiers) if i == 0 or rng.random() < 0.7]
    values = [d.occasion, d.unit, rng.integers(0, 4, d.n), d.school, d.occasion % 2]
    levels: list[Level] = []
    factors: list[int] = []
    for codes, count in tiers:
        draw = rng.random(3)
        effects = (INTERCEPT, (RandomEffects((d.x, None), "unstructured"),), ())[int(3 * draw[0])]
        weights = d.weights(count) if draw[1] < 0.6 else None
        levels.append(Level(codes, count, effects, weights=weights))
        if draw[2] < 0.5:
            own = np.unique(codes * 100 + values[int(rng.integers(len(values)))], return_inverse=True)[1]
            within, structure = None, "identity"
            if rng.random() < 0.4 and int(own.max()) + 1 > count:
                within, structure = (codes, count), "exchangeable"
            levels.append(Level(own, int(own.max()) + 1, (RandomEffects((None,), structure),), within))
            factors.append(len(levels))
    if not any(level.equations for level in levels):
        levels[0] = replace(levels[0], equations=INTERCEPT)
    residuals = d.residuals(str(rng.choice(list(FORMS)))) if rng.random() < 0.4 else None
    if residuals is not None and (residuals.structure != "independent" and tiers[-1][0] is not d.unit):
        residuals = None
    correlated = residuals is not None and residuals.structure != "independent"
    weights = d.weights(d.n) if not correlated and rng.random() < 0.6 else None
    model = Model(d.y, (d.x, None), tuple(levels), "ml", residuals, weights)
    return model, d.school, tuple(factors)


@pytest.mark.parametrize("seed", range(24))
def test_drawn_models(seed: int) -> None:
    check(*drawn(seed))
