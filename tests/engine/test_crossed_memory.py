"""What crossed levels keep: the large arrays of one sweep, and no more of them than are needed."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from xmixed.engine import Level, Model, RandomEffects, fit
from xmixed.engine.prepare import prepare
from xmixed.engine.products import crossed as crossed_products
from xmixed.engine.search.em import start_blocks
from xmixed.engine.search.objective import Objective, Point
from xmixed.engine.sweeps.crossed_state import CrossedState

INTERCEPT = (RandomEffects((None,), "identity"),)


def crossed(n: int, sizes: tuple[int, ...], sds: tuple[float, ...]) -> Model:
    generator = np.random.default_rng(2)
    y, levels = generator.normal(size=n), []
    for size, sd in zip(sizes, sds, strict=True):
        codes = np.concatenate([np.arange(size), generator.integers(0, size, n - size)])
        y += sd * generator.normal(size=size)[codes]
        levels.append(Level(codes, size, INTERCEPT))
    return Model(y, (None,), tuple(levels), "reml")


def test_few_matrices_of_the_dense_effects_at_a_time() -> None:
    """Nineteen before."""
    small, large = crossed(500, (100, 40), (1.0, 0.5)), crossed(12_000, (2000, 1200), (1.0, 0.5))
    fit(small)
    tracemalloc.start()
    fit(large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 7 * 8 * 1200**2


def test_an_earlier_point_is_returned_to() -> None:
    """Its large arrays are formed once more: the same derivatives."""
    for sds in ((1.0, 0.5), (1.0, 1e-9)):
        objective = Objective(prepare(crossed(600, (60, 25), sds)))
        blocks = start_blocks(objective)
        point = objective.point(blocks)
        state: CrossedState = point.up.states[0]
        gradient, hessian = objective.second_order(point)
        other = objective.point(tuple(2.0 * block for block in blocks))
        assert state.kept is None and other.up.states[0].kept is not None
        objective.second_order(other)
        again = objective.second_order(point)
        np.testing.assert_array_equal(again[0], gradient)
        np.testing.assert_array_equal(again[1], hessian)
        assert other.up.states[0].kept is None


def test_a_dense_level_that_explains_next_to_nothing() -> None:
    """Where Psi cannot be divided by, derivatives are those just beyond."""
    objective = Objective(prepare(crossed(600, (60, 25), (1.0, 0.5))))
    products = objective.problem.crossed
    assert products is not None
    level = products.order[1]
    place = next(i for i, block in enumerate(objective.problem.blocks) if block.position == level)

    def at(value: float) -> Point:
        blocks = [np.array([[0.5]]), np.array([[0.5]])]
        blocks[place] = np.array([[value]])
        return objective.point(tuple(blocks))

    tiny = at(1e-9)
    K = tiny.up.states[0].system.K
    edge = 1e-9 * 1e-4 / (float(tiny.psis[level][0, 0]) * float(K.diagonal().mean()))
    below, above = at(0.999 * edge), at(1.001 * edge)
    assert below.up.states[0].system.K is not None and above.up.states[0].system.K is None
    for one, other in zip(objective.second_order(below), objective.second_order(above), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_more_than_the_machine_has_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is r(909), not the end of the process when memory that was promised is used."""
    model = crossed(4000, (1500, 1000), (1.0, 0.5))
    assert crossed_products.physical_memory() > 1e8
    monkeypatch.setattr(crossed_products, "physical_memory", lambda: 2 * 8.0 * 1000**2)
    with pytest.raises(MemoryError):
        fit(model)
