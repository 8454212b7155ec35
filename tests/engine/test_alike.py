"""Groups that share their designs are swept as a few, with the results of all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from xmixed.engine import Level, Model, Options, RandomEffects, evaluate, fit
from xmixed.engine.prepare import prepare
from xmixed.engine.sweeps import alike, blocked
from xmixed.engine.sweeps.alike import condensed_problem

GROUPS, ROWS = 1200, 5


@pytest.fixture(autouse=True)
def _few_groups_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked, "FEWEST", 10)


def balanced(method: str, designs: int = 3, weighted: bool = False, effects: int = 2) -> Model:
    """Groups that have one of a few designs; the treatment differs between them."""
    random = np.random.default_rng(7)
    groups = np.repeat(np.arange(GROUPS), ROWS)
    n = len(groups)
    time = np.tile(np.arange(ROWS) * 0.1, GROUPS) + (groups % designs) * 0.01
    treated = (groups % 2).astype(float)
    u = random.normal(size=(2, GROUPS))
    y = 1 + 0.3 * time + 0.2 * treated * time + u[0, groups] + u[1, groups] * time + random.normal(size=n)
    columns = (time, None) if effects == 2 else (None,)
    level = Level(
        groups,
        GROUPS,
        (RandomEffects(columns, "unstructured"),),
        weights=random.uniform(0.5, 2, GROUPS) if weighted else None,
    )
    return Model(y, (time, treated, treated * time, None), (level,), method)  # type: ignore[arg-type]


def shuffled(model: Model) -> Model:
    """The same observations in another order."""
    order = np.random.default_rng(1).permutation(len(model.y))
    level = model.levels[0]
    equation = level.equations[0]

    def of(columns: tuple[np.ndarray | None, ...]) -> tuple[np.ndarray | None, ...]:
        return tuple(None if column is None else column[order] for column in columns)

    equations = (RandomEffects(of(equation.columns), equation.structure),)
    return replace(
        model,
        y=model.y[order],
        fixed=of(model.fixed),
        levels=(replace(level, groups=level.groups[order], equations=equations),),
    )


@pytest.mark.parametrize("effects", [1, 2])
@pytest.mark.parametrize(("method", "weighted"), [("ml", False), ("reml", False), ("ml", True)])
def test_results_are_those_of_all_groups(
    monkeypatch: pytest.MonkeyPatch, method: str, weighted: bool, effects: int
) -> None:
    model = balanced(method, weighted=weighted, effects=effects)
    clusters = (model.levels[0].groups, GROUPS) if method == "ml" else None
    options = Options(clusters=clusters, tolerance=1e-14, ltolerance=1e-16, nrtolerance=1e-14)
    found = fit(model, options)
    values = evaluate(model, found.estimates).effects()[0]
    monkeypatch.setattr("xmixed.engine.sweeps.alike.condensed_problem", lambda problem: None)
    wanted = fit(model, options)
    reference = evaluate(model, found.estimates).effects()[0]
    for name in ("beta", "beta_covariance", "estimates", "parameter_covariance"):
        own = getattr(wanted, name)
        np.testing.assert_allclose(getattr(found, name), own, rtol=0, atol=1e-10 * np.abs(own).max())
    assert found.log_likelihood == pytest.approx(wanted.log_likelihood, rel=1e-13)
    np.testing.assert_allclose(values.means, reference.means, rtol=0, atol=1e-12)
    np.testing.assert_allclose(values.variances, reference.variances, rtol=0, atol=1e-12)
    if found.scores is not None and wanted.scores is not None:
        np.testing.assert_allclose(found.scores, wanted.scores, rtol=0, atol=1e-8)


@pytest.mark.parametrize("designs", [1, 3])
def test_groups_in_another_order_of_rows_are_alike(designs: int) -> None:
    for model in (balanced("reml", designs), shuffled(balanced("reml", designs))):
        condensed = condensed_problem(prepare(model))
        assert condensed is not None
        # Two treatments, and four groups for each design: plus and minus two columns of a root.
        assert condensed.products.levels[0].ZtZ.shape[2] == 4 * 2 * designs
        assert condensed.weights is not None
        assert condensed.weights.groups[0].sum() == pytest.approx(GROUPS)


def test_groups_that_differ_are_swept_themselves() -> None:
    model = balanced("ml")
    own = np.random.default_rng(3).normal(size=len(model.y))
    assert condensed_problem(prepare(replace(model, fixed=(own, None)))) is None


def test_designs_that_only_look_alike_are_not_taken_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = prepare(balanced("ml"))
    monkeypatch.setattr(alike, "_MIXER", np.uint64(0))
    assert condensed_problem(problem) is None
