"""Crossed levels against the dense multivariate normal likelihood."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.dense import dense, gradient, hessian
from tests.engine.dense import log_likelihood as dense_log_likelihood
from xmixed.engine import Level, Model, RandomEffects, fit, log_likelihood
from xmixed.engine.batched import mirror
from xmixed.engine.prepare import prepare
from xmixed.engine.products import crossed as crossed_products
from xmixed.engine.products import indicators
from xmixed.engine.products.crossed import SparsePattern
from xmixed.engine.products.row_pairs import RowPairs

# Numbers of groups and of random effects per group; the one with the most random effects is eliminated.
DESIGNS = [
    ((12, 1), (5, 1)),
    ((5, 1), (12, 1)),
    ((14, 1), (7, 1), (3, 1)),
    ((6, 1), (11, 2)),
    ((14, 1), (4, 2)),
]


def crossed(design: tuple[tuple[int, int], ...], method: str, offset: float = 0.0, sd: float = 0.8) -> Model:
    generator = np.random.default_rng(len(design) + design[0][0])
    n = 150
    x = generator.normal(size=n)
    y = 1 + 0.5 * x + generator.normal(size=n)
    levels = []
    for n_groups, q in design:
        codes = np.concatenate([np.arange(n_groups), generator.integers(0, n_groups, n - n_groups)])
        z = [generator.normal(size=n) for _ in range(q - 1)]
        y += sd * generator.normal(size=n_groups)[codes]
        for column in z:
            y += sd * generator.normal(size=n_groups)[codes] * column
        effects = RandomEffects((*z, None), "unstructured" if q > 1 else "identity")
        levels.append(Level(codes, n_groups, (effects,)))
    return Model(y + offset, (x + offset, None), tuple(levels), method)  # type: ignore[arg-type]


@pytest.mark.usefixtures("between_levels")
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("design", DESIGNS)
def test_likelihood_is_the_dense_one(design: tuple[tuple[int, int], ...], method: str) -> None:
    model = crossed(design, method)
    generator = np.random.default_rng(3)
    count = len(fit(model).parameters)
    for _ in range(4):
        parameters = generator.normal(scale=0.5, size=count)
        want = dense_log_likelihood(dense(model), parameters)
        assert log_likelihood(model, parameters) == pytest.approx(want, rel=1e-10)


@pytest.mark.usefixtures("between_levels")
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("design", DESIGNS)
def test_the_fit_is_a_maximum_with_the_dense_curvature(
    design: tuple[tuple[int, int], ...], method: str
) -> None:
    model = crossed(design, method)
    found = fit(model)
    assert found.optimization.converged and not found.boundary
    reference = dense(model)
    assert np.abs(gradient(reference, found.estimates)).max() < 1e-7
    want = np.linalg.inv(-hessian(reference, found.estimates))
    scale = np.sqrt(np.outer(want.diagonal(), want.diagonal()))
    np.testing.assert_allclose(found.parameter_covariance / scale, want / scale, atol=1e-6)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_far_from_zero(method: str) -> None:
    near, far = fit(crossed(DESIGNS[2], method)), fit(crossed(DESIGNS[2], method, offset=1e6))
    assert far.log_likelihood == pytest.approx(near.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(far.estimates, near.estimates, atol=1e-6)


def test_a_factor_without_effect_is_on_the_boundary() -> None:
    model = crossed(((12, 1), (5, 1)), "ml")
    smaller = Model(model.y, model.fixed, model.levels[:1], "ml")
    generator = np.random.default_rng(5)
    residual = model.y - np.mean(model.y)
    codes = np.argsort(np.argsort(generator.permutation(residual))) % 4
    balanced = residual - np.bincount(codes, residual)[codes] / np.bincount(codes)[codes]
    model = Model(
        balanced, model.fixed, (*model.levels[:1], Level(codes, 4, model.levels[0].equations)), "ml"
    )
    smaller = Model(balanced, model.fixed, model.levels[:1], "ml")
    found = fit(model)
    assert found.log_likelihood >= fit(smaller).log_likelihood - 1e-9
    assert any(note.kind == "variance_zero" and note.level == 2 for note in found.boundary)


def test_the_order_of_the_levels_does_not_count() -> None:
    model = crossed(DESIGNS[2], "reml")
    turned = Model(model.y, model.fixed, model.levels[::-1], "reml")
    one, other = fit(model), fit(turned)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(other.estimates[:-1][::-1], one.estimates[:-1], atol=1e-8)


def test_crossed_levels_above_a_common_one() -> None:
    """Both larger groupings contain the cells at the bottom, but neither contains the other."""
    generator = np.random.default_rng(5)
    row, column = (codes.ravel() for codes in np.indices((5, 4)))
    cells = np.repeat(np.arange(20), 3)
    shape = (RandomEffects((None,), "identity"),)
    groupings = ((column[cells], 4), (row[cells], 5), (cells, 20))
    levels = tuple(Level(codes, n_groups, shape) for codes, n_groups in groupings)
    model = Model(generator.normal(size=60), (None,), levels, "ml")
    parameters = np.array([-0.5, 0.3, 0.1, -0.2])
    reference = dense_log_likelihood(dense(model), parameters)
    assert log_likelihood(model, parameters) == pytest.approx(reference, rel=1e-10)


@pytest.mark.parametrize("symmetric", [True, False])
def test_products_of_full_and_of_sparse_matrices(symmetric: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(4)
    full = generator.normal(size=(40, 17)) * (generator.random((40, 17)) < 0.15)
    rows, columns = np.nonzero(full)
    starts = np.searchsorted(rows, np.arange(41)).astype(np.int32)
    patterns = [SparsePattern(starts, columns.astype(np.int32), 17)]
    monkeypatch.setattr(crossed_products, "_SMALL", 0)
    patterns.append(SparsePattern(starts, columns.astype(np.int32), 17))
    assert [pattern.is_full for pattern in patterns] == [True, False]
    left = full[rows, columns]
    weight = generator.normal(size=40)[rows]
    right = weight * left if symmetric else generator.normal(size=len(left))
    other = np.zeros((40, 17))
    other[rows, columns] = right
    want = full.T @ other
    metric = generator.normal(size=(17, 17))
    metric += metric.T
    for pattern in patterns:
        np.testing.assert_allclose(pattern.gram(left, right, symmetric), want, atol=1e-13)
        found = pattern.gram_dot(left, right, metric, symmetric)
        assert found == pytest.approx(float(np.vdot(want, metric)), rel=1e-12)
        if symmetric:
            start, product = pattern.two_grams(left, right, left, np.eye(17))
            np.testing.assert_allclose(start, np.eye(17) - want, atol=1e-13)
            np.testing.assert_allclose(product, full.T @ full, atol=1e-13)


def test_products_by_pairs_of_elements() -> None:
    generator = np.random.default_rng(5)
    full = generator.normal(size=(40, 17)) * (generator.random((40, 17)) < 0.2)
    full[3] = 0.0
    rows, columns = np.nonzero(full)
    starts = np.searchsorted(rows, np.arange(41)).astype(np.int32)
    pairs = RowPairs.of(starts, columns.astype(np.int32), full[rows, columns], 17)
    assert pairs is not None
    for _ in range(2):
        diagonal, metric = generator.normal(size=40), generator.normal(size=(17, 17))
        metric += metric.T
        want = (full.T * diagonal) @ full
        found = pairs.gram(diagonal)
        np.testing.assert_allclose(found, np.triu(want), atol=1e-14)
        assert pairs.gram_dot(diagonal, metric) == pytest.approx(float(np.vdot(want, metric)), rel=1e-12)
        np.testing.assert_allclose(mirror(found), want, atol=1e-14)


@pytest.mark.parametrize("size", [1, 127, 128, 300])
def test_halves_of_a_matrix(size: int) -> None:
    whole = np.random.default_rng(size).normal(size=(size, size))
    whole += whole.T
    np.testing.assert_array_equal(mirror(np.triu(whole)), whole)


@pytest.mark.parametrize("method", ["ml", "reml"])
def test_levels_that_cross_within_many_parts(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Teachers and pupils cross within schools: part by part, or as one dense system."""
    generator = np.random.default_rng(6)
    school = np.repeat(np.arange(12), 40)
    teacher, pupil = school * 3 + generator.integers(0, 3, 480), school * 15 + generator.integers(0, 15, 480)
    y = generator.normal(size=480) + generator.normal(size=36)[teacher] + generator.normal(size=180)[pupil]
    shape = (RandomEffects((None,), "identity"),)
    levels = []
    for codes in (teacher, pupil):
        present, place = np.unique(codes, return_inverse=True)
        levels.append(Level(np.ravel(place), len(present), shape))
    model = Model(y, (None,), tuple(levels), method)  # type: ignore[arg-type]
    assert prepare(model).crossed is not None
    whole = fit(model)
    monkeypatch.setattr(indicators, "_LEAST_EFFECTS", 30)
    monkeypatch.setattr(indicators, "_LEAST_PARTS", 10)
    assert prepare(model).crossed is None
    parts = fit(model)
    assert parts.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(parts.estimates, whole.estimates, atol=1e-7)
    np.testing.assert_allclose(parts.parameter_covariance, whole.parameter_covariance, atol=1e-7)
    monkeypatch.setattr(indicators, "_WIDEST_PART", 2)
    assert prepare(model).crossed is not None
