"""Residual covariance matrices at or beside the edge where they are singular."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conformance.campaign import draw
from xmixed.engine import Level, Model, RandomEffects, Residuals, TooManyParameters, fit, parameters_of
from xmixed.resources import resource_folder

SUBJECTS, DAYS = 18, 5


def sleepstudy(*columns: bool) -> Model:
    """Days 0 to 4 with banded residuals; a random intercept, and a slope where asked for."""
    data = pd.read_stata(resource_folder("datasets") / "sleepstudy.dta")
    data = data[data["days"] < DAYS]
    days = data["days"].to_numpy(float)
    groups = np.unique(data["subject"], return_inverse=True)[1]
    effects = RandomEffects((days, None), "independent") if columns else RandomEffects((None,), "identity")
    residuals = Residuals("banded", groups, SUBJECTS, days, DAYS, 2)
    levels = (Level(groups, SUBJECTS, (effects,)),)
    return Model(data["reaction"].to_numpy(float), (days, None), levels, "ml", residuals)


@pytest.mark.parametrize(("columns", "expected"), [((), -401.776635), ((True,), -401.236307)])
def test_the_maximum_on_the_edge_is_found(columns: tuple[bool, ...], expected: float) -> None:
    """Dense likelihood, five starts: where V is not singular but the residuals' own matrix is."""
    found = fit(sleepstudy(*columns))
    assert found.optimization.return_code == 0 and found.optimization.verdict == "converged"
    assert [(note.kind, note.equation) for note in found.boundary] == [("residual_singular", 1)]
    assert found.log_likelihood == pytest.approx(expected, abs=2e-6)
    assert (np.diag(found.parameter_covariance) > 0).all()


@pytest.mark.parametrize(("seed", "expected"), [(8164, 757.128863), (8172, -630.273727)])
def test_the_edge_beside_crossed_levels(seed: int, expected: float) -> None:
    """Dense likelihood over L L', L banded, which may be singular: the highest of BFGS from six starts."""
    found = fit(draw(seed).model)
    assert found.optimization.return_code == 0
    assert [note.kind for note in found.boundary] == ["residual_singular"]
    assert found.log_likelihood == pytest.approx(expected, abs=2e-6)
    assert (np.diag(found.parameter_covariance) > 0).all()


def test_standard_errors_at_the_edge_keep_the_rank() -> None:
    """Differences of the dense likelihood of L L', L banded with a last pivot of zero (scipy, numpy)."""
    found = fit(sleepstudy())
    errors = np.sqrt(np.diag(found.parameter_covariance))
    # log sd(_cons), log sigma_e, then atanh correlations
    expected = [0.1747406, 0.2701898]
    expected += [0.3273189, 0.3192034, 0.4369554, 0.1544411, 0.3730023, 0.399503, 0.2782116]
    assert errors[[0, 1, *range(6, 13)]] == pytest.approx(expected, rel=2e-5)


def exchangeable(between: float, method: str = "ml") -> tuple[Model, float, float]:
    """Forty groups of four whose means hardly vary; the mean squares within and between."""
    groups, size = 40, 4
    generator = np.random.default_rng(2)
    y = generator.normal(size=(groups, size))
    y -= (1.0 - between) * y.mean(axis=1, keepdims=True)
    y += 5.0
    means = y.mean(axis=1)
    within = float(((y - means[:, None]) ** 2).sum()) / (groups * (size - 1))
    spread = float(size * ((means - means.mean()) ** 2).sum()) / groups
    group = np.repeat(np.arange(groups), size)
    return Model(y.ravel(), (None,), (), "ml", Residuals("exchangeable", group, groups)), within, spread


@pytest.mark.parametrize("between", [1e-1, 1e-2, 1e-3, 1e-4])
def test_standard_errors_beside_the_least_correlation(between: float) -> None:
    """Closed form: the logs of both eigenvalues have variances 2/groups and 2/(groups (size - 1))."""
    model, within, spread = exchangeable(between)
    found = fit(model)
    groups, size = 40, 4
    variance = (spread + (size - 1) * within) / size
    rho = (spread - within) / (size * variance)
    assert found.optimization.converged and not found.boundary
    assert found.estimates == pytest.approx([0.5 * np.log(variance), np.arctanh(rho)], rel=1e-6)
    # by log eigenvalue between, within
    of_sd = np.array([spread, (size - 1) * within]) / (2 * size * variance)
    of_rho = spread * within / (size * variance**2) * np.array([1.0, -1.0]) / (1.0 - rho**2)
    variances = np.array([2.0 / groups, 2.0 / (groups * (size - 1))])
    slopes = np.stack([of_sd, of_rho])
    assert found.parameter_covariance == pytest.approx((slopes * variances) @ slopes.T, rel=1e-6)


def test_more_parameters_than_observations_are_refused_at_once() -> None:
    group, time = np.divmod(np.arange(640), 8)
    time = (25 * time + 7 * np.arange(640) ** 2 % 25).astype(float)
    values, positions = np.unique(time, return_inverse=True)
    residuals = Residuals("unstructured", group, 80, positions.astype(float), len(values))
    y = np.random.default_rng(1).normal(size=640)
    model = Model(y, (None,), (), "ml", residuals)
    with pytest.raises(TooManyParameters, match=r"\(unstructured\) has [\d,]+ parameters, there are 640"):
        parameters_of(model)
    with pytest.raises(TooManyParameters):
        fit(model)


def test_only_pairs_that_occur_count() -> None:
    """Forty-eight values of t(), each group with two of them: 24 pairs."""
    pairs, each = 24, 8
    generator = np.random.default_rng(5)
    shared = generator.normal(size=(pairs * each, 1))
    y = (shared + generator.normal(size=(pairs * each, 2))).ravel()
    group = np.repeat(np.arange(pairs * each), 2)
    time = (2 * (group % pairs) + np.tile([0, 1], pairs * each)).astype(float)
    found = fit(Model(y, (None,), (), "ml", Residuals("unstructured", group, pairs * each, time, 2 * pairs)))
    assert len(found.estimates) == 3 * pairs and found.optimization.converged
