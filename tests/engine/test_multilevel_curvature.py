"""Second derivatives by formula are complex steps of the exact gradient."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Level, Model, RandomEffects
from xmixed.engine.prepare import prepare
from xmixed.engine.search.objective import Objective
from xmixed.engine.sweeps.nested import NestedSweeps
from xmixed.engine.sweeps.sweeps import first_derivatives

STEP = 1e-40


def nested_model(sizes: tuple[int, ...], method: str, weighted: bool = False, width: int = 2) -> Model:
    """Levels with a slope and a constant in turn with a constant alone, unbalanced, in random order."""
    generator = np.random.default_rng(sizes)
    codes = np.repeat(np.arange(sizes[-1]), generator.integers(1, 6, sizes[-1]))
    parents = [np.sort(generator.integers(0, upper, lower)) for upper, lower in zip(sizes, sizes[1:])]  # noqa: B905
    n = len(codes)
    order = generator.permutation(n)
    columns = [generator.normal(size=n) for _ in range(width - 1)]
    levels, own, kind = [], codes[order], "unstructured" if width <= 3 else "independent"
    for place in range(len(sizes) - 1, -1, -1):
        found, own_codes = np.unique(own, return_inverse=True)
        weights = generator.integers(1, 4, len(found)) + 0.5 if weighted else None
        effects = (
            RandomEffects((*columns, None), kind) if place % 2 == 0 else RandomEffects((None,), "identity")
        )
        levels.append(Level(own_codes, len(found), (effects,), weights=weights))
        if place:
            own = parents[place - 1][own]
    fixed = (generator.normal(size=n), generator.normal(size=n), None)
    return Model(generator.normal(size=n), fixed, tuple(reversed(levels)), method)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["ml", "reml", "weighted"])
@pytest.mark.parametrize(
    ("sizes", "width"),
    [((9,), 14), ((4, 11), 2), ((4, 11), 14), ((3, 9, 20), 2), ((3, 7, 15, 30), 2), ((2, 5, 11, 20, 41), 3)],
)
def test_they_are_those_of_the_gradient(sizes: tuple[int, ...], width: int, method: str) -> None:
    model = nested_model(sizes, "ml" if method == "weighted" else method, method == "weighted", width)
    objective = Objective(prepare(model))
    sweeps, directions = NestedSweeps(objective.problem), objective.directions
    generator = np.random.default_rng(len(sizes))
    roots = [generator.normal(size=(q, q)) / np.sqrt(q) for q in sweeps.sizes]
    roots[-1][:, 0] = 0.0  # singular: nothing may divide by Psi
    psis = tuple(root @ root.T for root in roots)
    up = sweeps.up(psis)
    log_det, rss = sweeps.second_derivatives(psis, directions, up, sweeps.down(up, psis))
    for a, direction in enumerate(directions):
        moved = [psi.astype(complex) for psi in psis]
        moved[direction.position] += 1j * STEP * direction.matrix
        there = tuple(moved)
        slopes = first_derivatives(directions, sweeps.down(sweeps.up(there), there))
        for own, slope in zip((log_det, rss), slopes, strict=True):
            size = np.abs(own).max()
            np.testing.assert_allclose(own[a], np.imag(slope) / STEP, rtol=1e-9, atol=1e-12 * size)
