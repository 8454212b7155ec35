"""Weights: equation (14) by integration, frequency weights as expanded data; scores by differences."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from xmixed.engine import (
    Fit,
    InvalidModel,
    Level,
    Model,
    Options,
    RandomEffects,
    Residuals,
    WeightsNotSupported,
    fit,
    log_likelihood,
)

INTERCEPT = (RandomEffects((None,), "identity"),)


@dataclass
class Case:
    """Data of up to three levels with whole weights at each of them, rows in no order."""

    school: np.ndarray
    pupil: np.ndarray
    x: np.ndarray
    y: np.ndarray
    row_weights: np.ndarray
    school_weights: np.ndarray
    pupil_weights: np.ndarray

    def model(self, three: bool) -> Model:
        slope = (RandomEffects((self.x, None), "unstructured"),)
        levels = [Level(self.school, 10, slope, weights=self.school_weights)]
        if three:
            levels.append(Level(self.pupil, 40, INTERCEPT, weights=self.pupil_weights))
        return Model(self.y, (self.x, None), tuple(levels), weights=self.row_weights)

    def expanded(self, three: bool) -> tuple[Model, np.ndarray]:
        """The data that the weights stand for, and the school that each of its schools copies."""
        rows: list[int] = []
        schools: list[int] = []
        pupils: list[int] = []
        copies: list[int] = []
        pupil = 0
        for school in range(10):
            for _ in range(int(self.school_weights[school])):
                for own in np.unique(self.pupil[self.school == school]):
                    for _ in range(int(self.pupil_weights[own]) if three else 1):
                        found = np.flatnonzero(self.pupil == own)
                        repeated = np.repeat(found, self.row_weights[found].astype(int))
                        rows.extend(repeated)
                        schools.extend([len(copies)] * len(repeated))
                        pupils.extend([pupil] * len(repeated))
                        pupil += 1
                copies.append(school)
        x, y = self.x[rows], self.y[rows]
        slope = (RandomEffects((x, None), "unstructured"),)
        levels = [Level(np.array(schools), len(copies), slope)]
        if three:
            levels.append(Level(np.array(pupils), pupil, INTERCEPT))
        return Model(y, (x, None), tuple(levels)), np.array(copies)


@pytest.fixture
def case() -> Case:
    rng = np.random.default_rng(7)
    school, pupil = np.repeat(np.arange(10), 20), np.repeat(np.arange(40), 5)
    x = rng.normal(size=200) + 3
    y = 10 + 1.5 * x + (2 * rng.normal(size=10))[school] + rng.normal(size=10)[school] * x
    y += (1.3 * rng.normal(size=40))[pupil] + rng.normal(size=200)
    order = rng.permutation(200)
    draw = [rng.integers(1, 4, size).astype(float) for size in (200, 10, 40)]
    return Case(school[order], pupil[order], x[order], y[order], *draw)


def _same(found: Fit, wanted: Fit) -> None:
    for name in ("beta", "beta_covariance", "estimates", "parameter_covariance", "log_likelihood"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=1e-9, atol=1e-11)
    assert found.comparison.log_likelihood == pytest.approx(wanted.comparison.log_likelihood, rel=1e-11)


@pytest.mark.parametrize("three", [False, True])
def test_whole_weights_are_expanded_data(case: Case, three: bool) -> None:
    found = fit(case.model(three), Options(clusters=(case.school, 10)))
    model, copies = case.expanded(three)
    wanted = fit(model, Options(clusters=(model.levels[0].groups, len(copies))))
    _same(found, wanted)
    assert found.scores is not None and wanted.scores is not None
    weighted = wanted.scores * case.school_weights[copies][:, None]
    np.testing.assert_allclose(found.scores[copies], weighted, atol=1e-8)
    np.testing.assert_allclose(found.scores.sum(axis=0), 0, atol=1e-7)


@pytest.mark.parametrize("three", [False, True])
def test_scores_are_derivatives(case: Case, three: bool) -> None:
    """One school alone: with only beta profiled out, moved by an offset of y, differences give the rest."""
    model = case.model(three)
    result = fit(model, Options(clusters=(case.school, 10)))
    assert result.scores is not None
    rows = case.school == 3
    # A column of X that is zero costs nothing: here X is none at all, and beta is taken out of y.
    own = []
    for level in model.levels:
        column = case.x[rows]
        equations = (RandomEffects((column, None), "unstructured"),) if len(own) == 0 else INTERCEPT
        own.append(Level(level.groups[rows], level.n_groups, equations, weights=level.weights))
    weights = case.row_weights[rows]

    def value(beta: np.ndarray, parameters: np.ndarray) -> float:
        y = case.y[rows] - beta[0] * case.x[rows] - beta[1]
        return log_likelihood(Model(y, (), tuple(own), weights=weights), parameters)

    size, p, step = len(result.estimates), 2, 1e-5
    found = np.empty(p + size)
    for place in range(p + size):
        ends = []
        for sign in (1, -1):
            point = np.concatenate([result.beta, result.estimates])
            point[place] += sign * step
            ends.append(value(point[:p], point[p:]))
        found[place] = (ends[0] - ends[1]) / (2 * step)
    np.testing.assert_allclose(result.scores[3], found, rtol=2e-5, atol=2e-4)


def test_equation_14_by_integration() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(5), 4)
    y = rng.normal(size=5)[group] + rng.normal(size=20)
    weights, own = rng.uniform(0.3, 3, 20), rng.uniform(0.5, 2, 5)
    sd, sigma = 0.8, 1.1
    u = np.linspace(-12, 12, 40001)
    wanted = 0.0
    for j in range(5):
        inner = np.log(np.exp(-0.5 * (u / sd) ** 2) / (sd * np.sqrt(2 * np.pi)) + 1e-300)
        for value, weight in zip(y[group == j], weights[group == j], strict=True):
            density = -0.5 * ((value - u) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))
            inner = inner + weight * density
        wanted += own[j] * np.log(np.exp(inner).sum() * (u[1] - u[0]))
    model = Model(y, (), (Level(group, 5, INTERCEPT, weights=own),), weights=weights)
    assert log_likelihood(model, np.log([sd, sigma])) == pytest.approx(wanted, rel=1e-10)


def test_refused(case: Case) -> None:
    model = case.model(False)
    clusters = (case.school, 10)
    with pytest.raises(WeightsNotSupported, match="restricted"):
        fit(replace(model, method="reml"))
    with pytest.raises(WeightsNotSupported, match="restricted"):
        bare = tuple(replace(level, weights=None) for level in model.levels)
        fit(replace(model, levels=bare, weights=None, method="reml"), Options(clusters=clusters))
    crossed = Level(np.arange(200) % 7, 7, INTERCEPT, weights=np.ones(7))
    with pytest.raises(WeightsNotSupported, match="crosses another"):
        fit(replace(model, levels=(*model.levels, crossed)))
    with pytest.raises(InvalidModel, match="clusters split"):
        fit(model, Options(clusters=(np.arange(200) % 3, 3)))
    residuals = Residuals("exchangeable", case.school, 10)
    with pytest.raises(WeightsNotSupported, match="correlated"):
        fit(replace(model, residuals=residuals))
    with pytest.raises(InvalidModel, match="clusters split"):
        own = replace(model, levels=(), weights=None, residuals=residuals)
        fit(own, Options(clusters=(np.arange(200), 200)))


def test_a_weight_of_observations_may_stand_for_that_of_their_group() -> None:
    """A level without random effects hands its weights on: to the rows, where no level is below."""
    rng = np.random.default_rng(5)
    group, x = np.repeat(np.arange(20), 5), rng.normal(size=100)
    y, own = x + rng.normal(size=100), rng.uniform(0.5, 2, 20)
    clusters = Options(clusters=(group, 20))
    found = fit(Model(y, (x, None), (Level(group, 20, (), weights=own),)), clusters)
    wanted = fit(Model(y, (x, None), (), weights=own[group]), clusters)
    _same(found, wanted)
    np.testing.assert_allclose(found.scores, wanted.scores)
