"""Residual covariances of more parameters than units tell: a likelihood without a maximum is called so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from xmixed.engine import Model, Residuals, fit
from xmixed.engine.model import ResidualStructureName
from xmixed.engine.prepare import prepare
from xmixed.engine.residuals.lattice import LatticeProducts
from xmixed.engine.residuals.patterns import PatternProducts
from xmixed.engine.search.objective import Objective
from xmixed.engine.sweeps.whitened import NestedWhitening

UNITS, VISITS = 6, 8


def few_units(structure: ResidualStructureName = "unstructured", order: int = 0) -> tuple[Model, np.ndarray]:
    """Fewer units than visits."""
    y = np.random.default_rng(5).normal(size=(UNITS, VISITS))
    unit, visit = np.divmod(np.arange(UNITS * VISITS), VISITS)
    residuals = Residuals(structure, unit, UNITS, visit.astype(float), VISITS, order)
    return Model(y.ravel(), (None,), (), "ml", residuals), y


def test_a_likelihood_without_a_maximum() -> None:
    model, y = few_units()
    found = fit(model)
    assert found.optimization.return_code == 430
    kinds = [note.kind for note in found.boundary]
    assert kinds == ["residual_near_singular", "rounding", "standard_errors_failed"]
    # Towards the covariance of the units, which is singular, the density of the data has no limit.
    e = y - y.mean()
    densities = []
    for share in (1e-3, 1e-6, 1e-9):
        normal = multivariate_normal(np.zeros(VISITS), e.T @ e / UNITS + share * np.eye(VISITS))
        densities.append(normal.logpdf(e).sum())
    assert (np.diff(densities) > 30).all()


@pytest.mark.parametrize(("structure", "order"), [("unstructured", 0), ("toeplitz", 3), ("banded", 2)])
def test_what_changes_a_null_direction(structure: ResidualStructureName, order: int) -> None:
    """On a lattice and by pattern: the same."""
    model, _ = few_units(structure, order)
    objective = Objective(prepare(model))
    whitening = objective.whitening
    assert isinstance(whitening, NestedWhitening)
    lattice, own = whitening.nested.products, whitening.nested
    assert isinstance(lattice, LatticeProducts)
    D = lattice.found.data.transpose(2, 0, 1).reshape(lattice.c, -1)
    by = np.zeros(UNITS * VISITS, np.intp)
    pattern = PatternProducts(own.structure, own.residuals, own.table, own.units, by, D, 0)  # type: ignore[arg-type]
    full = own.table.fill(np.random.default_rng(1).uniform(0.1, 0.3, objective.count))
    share = 0.95
    expected = pattern.null_slopes(full, share)
    assert len(expected)
    np.testing.assert_allclose(lattice.null_slopes(full, share), expected, rtol=1e-9, atol=1e-12)


def test_many_lags_of_few_units_have_no_maximum() -> None:
    """Eighty units of eight rows at 25 patterns of t(), 133 parameters.

    Three units share a pattern, whose matrix may have a null vector at right angles to the residuals of all
    three: there the density has no limit. Wherever digits end, the verdict says so.
    """
    unit, time = np.divmod(np.arange(640), 8)
    time = (25 * time + 7 * np.arange(640) ** 2 % 25).astype(float)
    y = np.random.default_rng(1).normal(size=640)
    longest = int(max(np.ptp(time[unit == u]) for u in range(80)))
    found = fit(Model(y, (None,), (), "ml", Residuals("toeplitz", unit, 80, time, 0, longest)))
    assert found.optimization.return_code == 430
    kinds = {note.kind for note in found.boundary}
    assert kinds == {"residual_near_singular", "lag_not_seen", "rounding", "standard_errors_failed"}
    rho = {p.row: np.tanh(v) for p, v in zip(found.parameters, found.estimates, strict=True) if p.row}
    e = ((y - found.beta[0]) / found.sigma_e).reshape(80, 8)
    lags = np.abs(np.subtract.outer(time, time)).astype(int).reshape(80, 8, 80, 8)
    least = []
    for u in range(80):
        own = lags[u, :, u]
        matrix = np.array([[rho.get(lag, 0.0) if lag else 1.0 for lag in row] for row in own])
        values, vectors = np.linalg.eigh(matrix)
        least.append((values[0], float(vectors[:, 0] @ e[u]) ** 2))
    least.sort()
    value, squares = least[0]
    # The term log(value) + squares/value of the density falls by the logarithm alone.
    assert value < 1e-7 and all(own < 10.0 * value for size, own in least if size <= 1.01 * value)
    assert squares < 10.0 * value
