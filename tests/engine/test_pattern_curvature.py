"""Many values of t(), no random effects: second derivatives by formula are complex steps of the slopes."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Model, Residuals
from xmixed.engine.model import ResidualStructureName
from xmixed.engine.prepare import prepare
from xmixed.engine.residuals.patterns import PatternProducts
from xmixed.engine.residuals.products import STEP
from xmixed.engine.search.objective import Objective
from xmixed.engine.sweeps.whitened import NestedWhitening

VALUES = 47


def scattered(structure: ResidualStructureName, order: int, method: str, shared: bool) -> Model:
    """Units at some of many values of t(), two sets of parameters; `shared`: 40 units at the same ones."""
    generator = np.random.default_rng(VALUES + order)
    offsets = [np.array([0, 1]), np.array([0, 1, 3]), np.array([0, 3])]
    times = [generator.integers(0, VALUES - 3) + offsets[generator.integers(3)] for _ in range(260)]
    if structure == "toeplitz":  # only distances count
        times = [
            np.sort(generator.choice(VALUES, generator.integers(2, 6), replace=False)) for _ in range(90)
        ]
    times += [np.array([1, 2, 4])] * 80 if shared else []
    group = np.repeat(np.arange(len(times)), [len(own) for own in times])
    n = len(group)
    y = generator.normal(size=n) + generator.normal(size=len(times))[group]
    occasion = np.concatenate(times).astype(float)
    residuals = Residuals(structure, group, len(times), occasion, VALUES, order, group % 2, 2)
    return Model(y, (generator.normal(size=n), occasion, None), (), method, residuals)  # type: ignore[arg-type]


@pytest.mark.parametrize("shared", [False, True], ids=["apart", "shared"])
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize(("structure", "order"), [("unstructured", 0), ("banded", 20), ("toeplitz", 46)])
def test_they_are_complex_steps(
    structure: ResidualStructureName, order: int, method: str, shared: bool
) -> None:
    objective = Objective(prepare(scattered(structure, order, method, shared)))
    whitening = objective.whitening
    assert isinstance(whitening, NestedWhitening)
    assert isinstance(whitening.nested.products, PatternProducts)
    rho = np.random.default_rng(1).uniform(-0.1, 0.1, objective.count)
    point = objective.point((), rho)
    found = whitening.curvature(rho, point.up)
    assert found is not None
    for own, slope in zip((found.log_det, found.rss), objective._slopes(point), strict=True):
        np.testing.assert_allclose(own, slope, rtol=1e-9, atol=1e-10)
    for i in np.random.default_rng(2).choice(len(rho), 6, replace=False):
        moved, sweeps = whitening.stepped(rho, i)
        up = sweeps.up(point.psis)
        slopes = objective._slopes_at(moved, sweeps, up, sweeps.down(up, point.psis), point.psis)
        for own, slope in zip((found.log_det_second, found.rss_second), slopes, strict=True):
            np.testing.assert_allclose(
                own[i], np.imag(slope) / STEP, rtol=1e-9, atol=1e-10 * np.abs(own).max()
            )
