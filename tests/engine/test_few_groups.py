"""One level of few groups, and many columns of X: the same figures in fewer or cheaper calls."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Level, Model, RandomEffects, Residuals, fit
from xmixed.engine.batched import eliminated_number_by_number, triangular_inverse
from xmixed.engine.covariance.metrics import MatrixSquareRoot
from xmixed.engine.covariance.structures import covariance_structure
from xmixed.engine.prepare import prepare
from xmixed.engine.search import elsewhere, em, em_by_number
from xmixed.engine.search.em import start_blocks
from xmixed.engine.search.objective import Objective
from xmixed.engine.sweeps import curvature
from xmixed.engine.sweeps.few_groups import FewGroups
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.one_or_two_effects import OneOrTwoEffects
from xmixed.engine.sweeps.whitened import NestedWhitening


def slopes(q: int, method: str, n_groups: int = 18) -> Model:
    generator = np.random.default_rng(q)
    n = 10 * n_groups
    group = np.repeat(np.arange(n_groups), 10)
    z = [generator.normal(size=n) for _ in range(q - 1)]
    y = generator.normal(size=n) + generator.normal(size=n_groups)[group]
    for column in z:
        y += generator.normal(size=n_groups)[group] * column
    effects = (RandomEffects((*z, None), "unstructured" if q > 1 else "identity"),)
    return Model(y, (generator.normal(size=n), None), (Level(group, n_groups, effects),), method)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("q", [1, 2, 3, 4])
def test_sweeps_of_few_groups(q: int, method: str) -> None:
    objective = Objective(prepare(slopes(q, method)))
    point = objective.point(start_blocks(objective))
    few, many = objective.sweeps, NestedSweeps(objective.problem)
    assert isinstance(few, OneOrTwoEffects if q <= 2 else FewGroups)
    one, other = few.up(point.psis), many.up(point.psis)
    for name in ("log_det_V", "log_det_X", "rss", "beta", "factor"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12, atol=1e-14)
    down, reference = few.down(one, point.psis), many.down(other, point.psis)
    np.testing.assert_allclose(down.information[0], reference.information[0], rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(down.scores[0], reference.scores[0], atol=1e-11)
    at = point.psis, objective.directions
    pairs = few.second_derivatives(*at, one, down), many.second_derivatives(*at, other, reference)
    for mine, theirs in zip(*pairs, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)
    for mine, theirs in zip(
        few.effects(one, point.psis, {}), many.effects(other, point.psis, {}), strict=True
    ):
        np.testing.assert_allclose(mine.means, theirs.means, atol=1e-11)
        np.testing.assert_allclose(mine.variances, theirs.variances, atol=1e-11)


def test_many_groups_keep_their_arrays() -> None:
    assert not isinstance(Objective(prepare(slopes(2, "ml", 2000))).sweeps, FewGroups)


@pytest.mark.parametrize("name", ["identity", "independent", "exchangeable", "unstructured"])
def test_the_square_root_and_its_derivatives(name: str) -> None:
    structure, metric = covariance_structure(name, 3), MatrixSquareRoot()
    k = len(structure.labels)
    theta = np.random.default_rng(1).normal(size=k)
    mapping = metric.mapping(structure, theta)
    np.testing.assert_allclose(mapping.value, metric.value(structure, theta), rtol=1e-12, atol=1e-14)
    for a, unit in enumerate(1e-5 * np.eye(k)):
        ends = [metric.mapping(structure, theta + s * unit) for s in (1.0, -1.0)]
        np.testing.assert_allclose((ends[0].value - ends[1].value) / 2e-5, mapping.jacobian[:, a], atol=1e-9)
        change = (ends[0].jacobian - ends[1].jacobian) / 2e-5
        np.testing.assert_allclose(change, mapping.second[:, :, a], atol=1e-9)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_a_factor_of_the_fixed_part_that_the_groups_determine(method: str) -> None:
    """120 indicators, constant within groups: generalised least squares on the whole covariance matrix."""
    generator = np.random.default_rng(4)
    group = np.repeat(np.arange(480), 3)
    value = group // 4
    y = generator.normal(size=1440) + generator.normal(size=480)[group] + 0.01 * value
    fixed = (*((value == k).astype(float) for k in range(1, 120)), None)
    model = Model(y, fixed, (Level(group, 480, (RandomEffects((None,), "identity"),)),), method)  # type: ignore[arg-type]
    found = fit(model)
    sd, sigma = np.exp(found.estimates)
    # Balanced: a mean for each value, of 12 observations in 4 groups.
    means = np.bincount(value, y) / 12
    np.testing.assert_allclose(found.beta[:-1] + found.beta[-1], means[1:], atol=1e-9)
    variance = (sd**2 + sigma**2 / 3) / 4
    np.testing.assert_allclose(found.beta_covariance.diagonal()[:-1], 2 * variance, rtol=1e-9)
    assert found.beta_covariance[-1, -1] == pytest.approx(variance, rel=1e-9)
    groups = np.bincount(group, y) / 3
    within = ((y - groups[group]) ** 2).sum() / 960
    between = 3 * ((groups - means[value[::3]]) ** 2).sum() / (360 if method == "reml" else 480)
    assert sigma**2 == pytest.approx(within, rel=1e-7)
    assert sd**2 == pytest.approx((between - within) / 3, rel=1e-6)


@pytest.mark.parametrize("p", [1, 2, 3, 4])
def test_few_numbers_without_lapack(p: int) -> None:
    generator = np.random.default_rng(p)
    data = generator.normal(size=(20, p + 1))
    gram = data.T @ data
    found = eliminated_number_by_number(gram)
    assert found is not None
    log_det, rest, coefficients, factor = found
    wanted, squares, *_ = np.linalg.lstsq(data[:, :p], data[:, p], rcond=None)
    np.testing.assert_allclose(coefficients, wanted, rtol=1e-10)
    assert rest == pytest.approx(float(squares[0]), rel=1e-10)
    assert log_det == pytest.approx(float(np.linalg.slogdet(gram[:p, :p])[1]), rel=1e-10)
    np.testing.assert_allclose(factor, np.linalg.cholesky(gram[:p, :p]), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(triangular_inverse(factor) @ factor, np.eye(p), atol=1e-13)
    gram[p] = gram[:, p] = gram[0]
    assert eliminated_number_by_number(gram - 1e-9 * np.eye(p + 1)) is None


@pytest.mark.parametrize("q", [1, 2, 3, 4])
def test_contracted_sums(q: int) -> None:
    """Sums over groups of tr(U D_a U D_b) from those of U_ij U_kl, against the groups themselves."""
    generator = np.random.default_rng(q)
    U = generator.normal(size=(q, q, 7))
    U, D = U + U.swapaxes(0, 1), generator.normal(size=(3, q, q))
    D = D + D.swapaxes(1, 2)
    packed = U[np.tril_indices(q)]
    wanted = np.einsum("ijg,ajk,klg,bli->ab", U, D, U, D)
    for contracted in (curvature._contracted, curvature._few_contracted):
        found = contracted(packed @ packed.T, D.reshape(3, q * q))
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("structure", ["ar", "exponential"])
def test_slopes_come_with_exact_second_derivatives(structure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One complex sweep has the second derivatives along a correlation, and all slopes as its real part."""
    generator = np.random.default_rng(1)
    units, n = 20, 240
    group, time = np.repeat(np.arange(units), 12), np.tile(np.arange(12.0), units)
    y = generator.normal(size=n) + generator.normal(size=units)[group]
    level = Level(group, units, (RandomEffects((None,), "identity"),))
    residuals = Residuals(structure, group, units, time, 0, 1 if structure == "ar" else 0)  # type: ignore[arg-type]
    objective = Objective(prepare(Model(y, (generator.normal(size=n), None), (level,), "ml", residuals)))
    point = objective.point(start_blocks(objective), np.array([0.3]))
    asked, slopes = [], NestedWhitening.slopes

    def counted(*arguments: object) -> object:
        asked.append(1)
        return slopes(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(NestedWhitening, "slopes", counted)
    found = objective.derivatives(point)
    assert len(asked) == 1
    gradient = -0.5 * (found.log_det + found.rss / objective.variance(point))
    np.testing.assert_allclose(gradient, objective.gradient(point), rtol=1e-12, atol=1e-12)
    assert len(asked) == 2


def test_starts_on_the_slope_of_a_maximum_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 20 units with plain autocorrelation: all three ways led to the maximum that was found."""
    generator = np.random.default_rng(1)
    units, m = 20, 12
    group, time = np.repeat(np.arange(units), m), np.tile(np.arange(12.0), units)
    errors = generator.normal(size=(units, m))
    for j in range(1, m):
        errors[:, j] = 0.5 * errors[:, j - 1] + np.sqrt(0.75) * errors[:, j]
    y = generator.normal(size=units)[group] + errors.ravel()
    level = Level(group, units, (RandomEffects((None,), "identity"),))
    ways, way_up = [], elsewhere._way_up

    def counted(*arguments: object) -> object:
        ways.append(1)
        return way_up(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(elsewhere, "_way_up", counted)
    found = fit(Model(y, (None,), (level,), "ml", Residuals("ar", group, units, time, 0, 1)))
    assert found.optimization.converged
    assert not ways


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("structure", ["identity", "independent", "exchangeable", "unstructured", "constant"])
def test_em_in_plain_numbers(structure: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same steps as on arrays, whatever the structure and the metric of the columns."""
    model = slopes(1 if structure == "constant" else 2, method)
    if structure != "constant":
        (level,) = model.levels
        columns = level.equations[0].columns
        effects = RandomEffects((3.0 + 5.0 * columns[0], None), structure)  # type: ignore[arg-type, operator]
        model = Model(model.y, model.fixed, (Level(level.groups, level.n_groups, (effects,)),), model.method)
    objective = Objective(prepare(model))
    assert em_by_number.is_by_number(objective)
    found = em.em(objective, start_blocks(objective), 7, 1e-12, lambda number, ll: None)
    monkeypatch.setattr(em, "is_by_number", lambda objective: False)
    wanted = em.em(objective, start_blocks(objective), 7, 1e-12, lambda number, ll: None)
    assert found[1] == wanted[1] == 7
    np.testing.assert_allclose(found[0].blocks[0], wanted[0].blocks[0], rtol=1e-11, atol=1e-13)
    assert found[0].log_likelihood == pytest.approx(wanted[0].log_likelihood, abs=1e-10)
