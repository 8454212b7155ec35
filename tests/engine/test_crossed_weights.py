"""Weights where levels cross: the fit of the expanded data, at the size of the unweighted one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtri

from xmixed.engine import Level, Model, Options, RandomEffects, fit
from xmixed.engine.prepare import prepare

INTERCEPT = (RandomEffects((None,), "identity"),)
ITEMS = 300


def shares(values: np.ndarray) -> np.ndarray:
    """Uniform numbers from whole ones."""
    return (values % 10007 + 0.5) / 10007


def crossed(n: int = 24000) -> tuple[Model, np.ndarray]:
    """Persons of eight observations and 300 items that cross them, with the weight of every person."""
    row = np.arange(1, n + 1)
    person = (row - 1) // 8 + 1
    cube = (row % 10007) ** 3
    item = (ITEMS * shares(19 * cube + 7 * row**2 + 3 * row)).astype(int)
    e = ndtri(shares(7 * cube + 13 * row**2 + 5 * row))
    u = ndtri(shares(11 * person**3 + 3 * person**2 + 29 * person))
    v = ndtri(shares(17 * item**3 + 23 * item**2 + 41 * item))
    levels = (
        Level(np.unique(item, return_inverse=True)[1], len(np.unique(item)), INTERCEPT),
        Level(person - 1, n // 8, INTERCEPT),
    )
    return Model(1 + u + v / 2 + e, (None,), levels), 1.0 + person[::8] % 3


def test_weights_of_observations_cost_nothing() -> None:
    """The figure is that of the expanded data, 48,000 rows, fitted without weights."""
    model, weights = crossed()
    weighted = replace(model, weights=weights[model.levels[1].groups])
    assert prepare(weighted).crossed is not None, "no dense columns"
    found = fit(weighted)
    assert found.log_likelihood == pytest.approx(-70687.414285, abs=1e-6)
    assert found.optimization.converged


@pytest.mark.usefixtures("between_levels")
@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_weighted_groups_are_the_expanded_ones(slope: bool, turned: bool) -> None:
    """`turned`: the level whose groups have weights is not the one with the most random effects."""
    model, weights = crossed(1600)
    weights = weights[:200]
    n = len(model.y)
    x = np.sin(np.arange(n))
    item, person = model.levels
    if slope:
        person = replace(person, equations=(RandomEffects((x, None), "unstructured"),))
    if turned:
        person = replace(person, groups=person.groups // 4, n_groups=50)
        weights = weights[:50]
    rows = 1.0 + np.arange(n) % 2
    model = replace(model, fixed=(x, None), weights=rows, levels=(item, replace(person, weights=weights)))
    copies = weights[person.groups].astype(int)
    again = np.repeat(np.arange(n), copies)
    number = np.arange(len(again)) - np.repeat(np.cumsum(copies) - copies, copies)
    group = np.unique(person.groups[again] * 10 + number, return_inverse=True)[1]
    z = tuple(None if c is None else c[again] for c in person.equations[0].columns)
    expanded = Model(
        model.y[again],
        (x[again], None),
        (
            replace(item, groups=item.groups[again]),
            Level(group, int(group.max()) + 1, (RandomEffects(z, "unstructured" if slope else "identity"),)),
        ),
        weights=rows[again],
    )
    one, other = fit(model), fit(expanded)
    assert prepare(model).crossed is not None
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-11)
    np.testing.assert_allclose(one.estimates, other.estimates, atol=1e-7)
    np.testing.assert_allclose(one.parameter_covariance, other.parameter_covariance, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(one.beta_covariance, other.beta_covariance, rtol=1e-6)


def test_only_ratios_of_sampling_weights_count() -> None:
    model, weights = crossed(1600)
    item, person = model.levels
    person = replace(person, weights=weights[:200])
    options = Options(relative_weights=True)
    one = fit(replace(model, levels=(item, person), weights=np.full(1600, 7.0)))
    other = fit(replace(model, levels=(item, person), weights=np.full(1600, 7.0)), options)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(other.estimates, one.estimates, atol=1e-6)
    np.testing.assert_allclose(other.parameter_covariance, one.parameter_covariance, rtol=1e-4, atol=1e-9)


def test_more_values_than_columns_would_carry() -> None:
    """There was a limit of 400; scores of clusters that the factor crosses no longer need columns either."""
    rng = np.random.default_rng(3)
    school, item = rng.integers(0, 4, 3000), rng.integers(0, 500, 3000)
    school, item = np.sort(school), item + 500 * (np.sort(school) > 1)
    factor = Level(np.unique(item, return_inverse=True)[1], len(np.unique(item)), INTERCEPT)
    pupil = Level(np.arange(3000) // 3, 1000, INTERCEPT)
    y = rng.normal(size=3000) + rng.normal(size=1000)[item]
    clusters = (school > 1).astype(int)
    pupil = replace(pupil, groups=np.unique(pupil.groups + 1000 * clusters, return_inverse=True)[1])
    pupil = replace(pupil, n_groups=int(pupil.groups.max()) + 1)
    found = fit(Model(y, (None,), (factor, pupil)), Options(clusters=(clusters, 2)))
    assert found.scores is not None
    np.testing.assert_allclose(found.scores.sum(axis=0), 0.0, atol=1e-6)
