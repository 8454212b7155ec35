"""ameans against SciPy and hand algebra."""

import numpy as np
import pytest
from scipy import stats

X = np.array([4.0, 1.0, 7.5, 2.0, 9.0, 3.0, 6.0, 0.1])


@pytest.fixture
def numbers(session):
    session.run(f"set obs {len(X)}\ngen double x = .\ngen byte w = 1 + mod(_n, 3)")
    for place, value in enumerate(X, 1):
        session.run(f"quietly replace x = {value} in {place}")
    return session


def limits(values, level=0.95):
    return stats.t.interval(level, len(values) - 1, loc=values.mean(), scale=stats.sem(values))


def test_means_and_limits(numbers):
    lines = numbers.run("ameans x").splitlines()
    assert lines[1] == "    Variable |    Type            Obs           Mean       [95% Conf. Interval]"
    assert [line[15:25].strip() for line in lines[3:6]] == ["Arithmetic", "Geometric", "Harmonic"]
    assert [numbers.r[name] for name in ("mean", "mean_g", "mean_h")] == pytest.approx(
        [X.mean(), stats.gmean(X), stats.hmean(X)], rel=1e-12
    )
    assert [numbers.r["lb"], numbers.r["ub"]] == pytest.approx(limits(X), rel=1e-12)
    assert [numbers.r["lb_g"], numbers.r["ub_g"]] == pytest.approx(np.exp(limits(np.log(X))), rel=1e-12)
    low, high = limits(1 / X)
    assert low < 0  # so the harmonic mean has no upper limit
    assert numbers.r["lb_h"] == pytest.approx(1 / high, rel=1e-12) and numbers.r["ub_h"] >= 2.0**1023


def test_frequency_weights_are_observations(numbers):
    numbers.run("ameans x [fw=w]")
    weighted = dict(numbers.r.scalars)
    numbers.run("expand w\nameans x, level(95)")
    assert weighted == pytest.approx(numbers.r.scalars, rel=1e-12)


def test_analytic_weights(numbers):
    numbers.run("ameans x [aw=w]")
    w = 1.0 + np.arange(1, len(X) + 1) % 3
    assert numbers.r["mean_g"] == pytest.approx(np.exp(np.average(np.log(X), weights=w)), rel=1e-12)
    assert numbers.r["N"] == len(X)


def test_numbers_that_are_not_positive(numbers, fails):
    numbers.run("replace x = -1 in 1\nameans x")
    assert (numbers.r["N"], numbers.r["N_pos"]) == (8, 7)
    assert numbers.r["mean_g"] == pytest.approx(stats.gmean(X[1:]), rel=1e-12)
    numbers.run("gen double z = _n")
    shown = numbers.run("ameans x z, add(2) only")
    assert "(2 was added to x before the means were formed)" in shown and "added to z" not in shown
    assert numbers.r["mean"] == 4.5
    numbers.run("ameans x z, add(2)")
    assert numbers.r["mean"] == 6.5
    assert fails(numbers, "ameans x, only")[0] == 198
    assert fails(numbers, "ameans x if x > 99") == (2000, "no observations")


def test_one_number(numbers):
    numbers.run("ameans x in 2")
    assert numbers.r["mean_h"] == 1 and numbers.r["lb_g"] >= 2.0**1023
