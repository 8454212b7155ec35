"""Methods of imputation on data whose distribution is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax

from xmixed.estimation.imputation.methods import METHODS, Choices, PerfectPrediction, TooFew
from xmixed.estimation.imputation.sequences import Problem, Target, chained, monotone

N = 4000
AT = np.array([[1.5] * 20_000])
"""Rows to impute, all at x = 1.5."""


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    return np.random.default_rng(7).normal(size=(1, N))


def _shares(values: np.ndarray, levels: list[float]) -> np.ndarray:
    return np.array([np.mean(values == level) for level in levels])


def test_logit_draws_with_the_chance_of_the_model(x: np.ndarray) -> None:
    generator = np.random.default_rng(1)
    y = (generator.random(N) < expit(-0.5 + x[0])).astype(float)
    posterior = METHODS["logit"].fit(y, x, Choices())
    # Parameters vary from draw to draw, so the mean over draws is that of the model.
    shares = [posterior.draw(AT[:, :500], generator).mean() for _ in range(100)]
    assert np.mean(shares) == pytest.approx(expit(1.0), abs=0.01)
    assert np.std(shares) > np.sqrt(0.2 / 500) * 1.05


def test_ologit_and_mlogit_draw_each_category(x: np.ndarray) -> None:
    generator = np.random.default_rng(2)
    cuts = np.array([-1.0, 1.0])
    ordered = 1.0 + (generator.logistic(size=N) + x[0] > cuts[:, None]).sum(axis=0)
    found = METHODS["ologit"].fit(ordered, x, Choices()).draw(AT, generator)
    below = expit(cuts - 1.5)
    assert np.allclose(_shares(found, [1, 2, 3]), [below[0], below[1] - below[0], 1 - below[1]], atol=0.04)
    eta = np.vstack([np.zeros(N), 1 + x[0], -x[0]])
    chosen = (softmax(eta, axis=0).cumsum(axis=0) < generator.random(N)).sum(axis=0)
    labels = np.array([7.0, 3.0, 5.0])
    found = METHODS["mlogit"].fit(labels[chosen], x, Choices()).draw(AT, generator)
    assert np.allclose(_shares(found, [7, 3, 5]), softmax([0, 2.5, -1.5]), atol=0.04)


def test_poisson_draws_counts(x: np.ndarray) -> None:
    generator = np.random.default_rng(3)
    y = generator.poisson(np.exp(0.2 + 0.5 * x[0])).astype(float)
    found = METHODS["poisson"].fit(y, x, Choices()).draw(AT, generator)
    assert found.mean() == pytest.approx(np.exp(0.95), rel=0.06)
    assert np.array_equal(found, np.floor(found))


def test_nbreg_draws_dispersed_counts(x: np.ndarray) -> None:
    generator = np.random.default_rng(3)
    y = generator.poisson(np.exp(0.2 + 0.5 * x[0]) * generator.gamma(2, 0.5, N)).astype(float)
    posterior = METHODS["nbreg"].fit(y, x, Choices())
    found = np.concatenate([posterior.draw(AT[:, :1000], generator) for _ in range(100)])
    mean = np.exp(0.95)
    assert found.mean() == pytest.approx(mean, rel=0.06)
    assert found.var() == pytest.approx(mean + mean**2 / 2, rel=0.15)
    with pytest.raises(TooFew):
        METHODS["nbreg"].fit(np.zeros(20), x[:, :20], Choices())


@pytest.mark.parametrize("name", ["logit", "mlogit", "ologit"])
def test_perfect_prediction_is_found_and_augmented(name: str, x: np.ndarray) -> None:
    y = (x[0, :200] > 0).astype(float)
    columns = np.vstack([x[:, :200] + 1, y])
    with pytest.raises(PerfectPrediction):
        METHODS[name].fit(y, columns, Choices())
    posterior = METHODS[name].fit(y, columns, Choices(augment=True))
    assert set(posterior.draw(columns, np.random.default_rng(1)).tolist()) <= {0.0, 1.0}


def test_one_outcome_is_too_few() -> None:
    with pytest.raises(TooFew):
        METHODS["logit"].fit(np.ones(20), np.random.default_rng(1).normal(size=(1, 20)), Choices())
    with pytest.raises(TooFew):
        METHODS["regress"].fit(np.ones(1), np.ones((1, 1)), Choices())
    with pytest.raises(TooFew):
        METHODS["poisson"].fit(np.zeros(20), np.random.default_rng(1).normal(size=(1, 20)), Choices())


def _targets(missing: np.ndarray) -> Problem:
    generator = np.random.default_rng(9)
    n = missing.shape[1]
    z = generator.normal(size=n)
    a = z + generator.normal(size=n)
    b = (a + generator.logistic(size=n) > 0).astype(float)
    fixed = np.arange(1)
    first = Target("a", a, missing[0], METHODS["regress"], Choices(), False, fixed, (1,))
    second = Target("b", b, missing[1], METHODS["logit"], Choices(), True, fixed, (0,))
    return Problem((first, second), z[None, :])


def test_a_monotone_pattern_is_known() -> None:
    nested = np.zeros((2, 200), dtype=bool)
    nested[0, :20] = nested[1, :50] = True
    problem = _targets(nested)
    assert problem.is_monotone
    found = monotone(problem, 3, np.random.default_rng(1))
    assert [values.shape for values in found] == [(3, 20), (3, 50)]
    nested[1, :5] = False
    assert not _targets(nested).is_monotone


def test_chains_do_not_depend_on_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    from xmixed.estimation.imputation import sequences

    missing = np.random.default_rng(1).random((2, 300)) < 0.2
    problem = _targets(missing)
    chains = chained(problem, 4, np.random.default_rng(5), 3)
    alone = chains.values
    assert chains.trace.shape == (4, 4, 2, 2)
    last = chains.trace[2, -1, 0]
    assert last.tolist() == pytest.approx([alone[0][2].mean(), alone[0][2].std(ddof=1)])
    monkeypatch.setattr(sequences, "WORTH_FORKING", 0)
    monkeypatch.setattr(sequences, "processes", lambda: 2)
    together = chained(problem, 4, np.random.default_rng(5), 3).values
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))
    assert set(np.unique(alone[1]).tolist()) == {0.0, 1.0}
