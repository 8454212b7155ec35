"""A level of many groups swept block by block gives what one sweep over all of them gives."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.engine import Level, Model, Options, RandomEffects, evaluate, fit
from xmixed.engine.sweeps import blocked

GROUPS = 1500


def model(method: str, weighted: bool = False) -> Model:
    random = np.random.default_rng(3)
    groups = np.repeat(np.arange(GROUPS), 4)
    n = len(groups)
    x, u = random.normal(size=(3, n)), random.normal(size=(GROUPS, 2))
    y = x.sum(axis=0) + u[groups, 0] + 0.5 * u[groups, 1] * x[0] + random.normal(size=n)
    weights = random.uniform(0.5, 2, (2, n)) if weighted else None
    level = Level(
        groups,
        GROUPS,
        (RandomEffects((x[0], None), "unstructured"),),
        weights=None if weights is None else weights[0, :GROUPS],
    )
    rows = None if weights is None else weights[1]
    return Model(y, (*x, None), (level,), method, weights=rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "weighted"), [("ml", False), ("reml", False), ("ml", True)])
def test_blocks(monkeypatch: pytest.MonkeyPatch, method: str, weighted: bool) -> None:
    made = model(method, weighted)
    options = Options(clusters=(made.levels[0].groups, GROUPS)) if method == "ml" else Options()
    whole = fit(made, options)
    effects = evaluate(made, whole.estimates).effects()[0]
    monkeypatch.setattr(blocked, "FEWEST", 10)
    monkeypatch.setattr(blocked, "_ELEMENTS", 1)
    found = fit(made, options)
    again = evaluate(made, whole.estimates).effects()[0]
    for name in ("beta", "beta_covariance", "estimates", "parameter_covariance"):
        reference = getattr(whole, name)
        np.testing.assert_allclose(
            getattr(found, name), reference, rtol=0, atol=1e-11 * np.abs(reference).max()
        )
    assert found.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-14)
    np.testing.assert_allclose(again.means, effects.means, rtol=0, atol=1e-12)
    np.testing.assert_allclose(again.variances, effects.variances, rtol=0, atol=1e-12)
    if found.scores is not None and whole.scores is not None:
        np.testing.assert_allclose(found.scores, whole.scores, rtol=0, atol=1e-9)
