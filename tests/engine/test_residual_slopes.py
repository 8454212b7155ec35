"""Slopes of the profiled log likelihood along residual parameters, away from the maximum, by differences."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Level, Model, RandomEffects, Residuals
from xmixed.engine.model import Method, ResidualStructureName
from xmixed.engine.prepare import prepare
from xmixed.engine.residuals import lattice, patterns
from xmixed.engine.residuals.basis import BasisProducts
from xmixed.engine.residuals.lattice import LatticeProducts
from xmixed.engine.residuals.markov import GapProducts
from xmixed.engine.residuals.patterns import PatternProducts
from xmixed.engine.search.objective import Objective

N_GROUPS, OCCASIONS = 14, 5
FORMS: dict[str, tuple[ResidualStructureName, int, type]] = {
    "independent": ("independent", 0, BasisProducts),
    "exchangeable": ("exchangeable", 0, BasisProducts),
    "ar1": ("ar", 1, BasisProducts),
    "ar3": ("ar", 3, PatternProducts),
    "ma1": ("ma", 1, PatternProducts),
    "ma2": ("ma", 2, PatternProducts),
    "unstructured": ("unstructured", 0, PatternProducts),
    "banded": ("banded", 2, PatternProducts),
    "toeplitz": ("toeplitz", 2, PatternProducts),
    "exponential": ("exponential", 0, GapProducts),
}


def objective_of(form: str, method: Method, with_levels: bool) -> Objective:
    structure, order, way = FORMS[form]
    generator = np.random.default_rng(11)
    group, occasion = np.divmod(np.arange(N_GROUPS * OCCASIONS), OCCASIONS)
    kept = generator.random(len(group)) < 0.85
    group, occasion = group[kept], occasion[kept].astype(float)
    n = len(group)
    x = generator.normal(size=n)
    by = generator.integers(0, 2, n) if structure == "independent" else group % 2
    if structure == "exponential":
        occasion = occasion + generator.random(n)
    residuals = Residuals(
        structure, group, N_GROUPS, occasion, OCCASIONS if way is PatternProducts else 0, order, by, 2
    )
    levels = (
        Level(group // 4, N_GROUPS // 4 + 1, (RandomEffects((None,), "identity"),)),
        Level(group, N_GROUPS, (RandomEffects((x, None), "unstructured"),)),
    )
    y = generator.normal(size=n) + generator.normal(size=N_GROUPS)[group]
    objective = Objective(prepare(Model(y, (x, None), levels if with_levels else (), method, residuals)))
    assert objective.problem.residual is not None
    on_lattice = way is PatternProducts and not with_levels and lattice._MOST_VALUES
    assert isinstance(objective.problem.residual.products, LatticeProducts if on_lattice else way)
    return objective


@pytest.mark.parametrize(
    ("form", "shared"),
    [(form, shared) for form in FORMS for shared in (False, True)[: 1 + (FORMS[form][2] is PatternProducts)]],
)
@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("with_levels", [False, True])
def test_slopes_equal_differences(
    form: str, method: Method, with_levels: bool, shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`shared`: every pattern of t() has its units side by side, as those of many units do; no lattice."""
    if shared:
        monkeypatch.setattr(patterns, "_LEAST_SHARED", 1)
        monkeypatch.setattr(lattice, "_MOST_VALUES", 0)
        monkeypatch.setattr(patterns, "_MOST_VALUES", 0)
    objective = objective_of(form, method, with_levels)
    blocks = (np.array([[0.6]]), np.array([[0.5, 0.1], [0.1, 0.4]])) if with_levels else ()
    rho = np.random.default_rng(3).uniform(-0.2, 0.2, objective.residual_count)
    found = objective.gradient(objective.point(blocks, rho))[objective.block_count :]
    for place, slope in enumerate(found):

        def value(step: float, place: int = place) -> float:
            moved = rho.copy()
            moved[place] += step
            return objective.point(blocks, moved).log_likelihood

        h = 1e-3
        wanted = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / (12 * h)
        assert slope == pytest.approx(wanted, rel=1e-7, abs=1e-7)


def test_second_moments_by_pattern_give_what_units_give() -> None:
    """Without random effects many units of few patterns are summed first."""
    generator = np.random.default_rng(8)
    group, occasion = np.divmod(np.arange(600), 3)
    y = generator.normal(size=600)
    full = Residuals("unstructured", group, 200, occasion.astype(float), 3)
    objective = Objective(prepare(Model(y, (None,), (), "ml", full)))
    assert objective.problem.residual is not None
    products = objective.problem.residual.products
    assert isinstance(products, LatticeProducts) and len(products.found.data) == 6
    point = objective.point((), np.full(5, 0.1))
    sd = np.exp([0.0, 0.1, 0.1])
    correlation = np.full((3, 3), np.tanh(0.1))
    np.fill_diagonal(correlation, 1.0)
    inverse = np.linalg.inv(correlation * np.outer(sd, sd))
    values = y.reshape(200, 3)
    beta = (values @ inverse).sum() / (200 * inverse.sum())
    rest = values - beta
    rss = float(np.einsum("gs,st,gt->", rest, inverse, rest))
    log_det = -200 * np.linalg.slogdet(inverse)[1]
    wanted = -0.5 * (600 * (1 + np.log(2 * np.pi * rss / 600)) + log_det)
    assert point.log_likelihood == pytest.approx(wanted, rel=1e-12)
