"""Models on the edge end in a result with an honest note or a clear error, never in a silent wrong number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import xmixed
from tests.conformance.conftest import coefficients, estimate, standard_errors
from tests.conformance.simulate import two_level


def ordinary_least_squares(frame: pd.DataFrame) -> np.ndarray:
    X = np.column_stack([frame["x"], np.ones(len(frame))])
    return np.linalg.lstsq(X, frame["y"].to_numpy(), rcond=None)[0]


def without_group_effect(seed: int) -> pd.DataFrame:
    """Data whose groups differ less than chance: the intercept variance is zero at the maximum."""
    frame = two_level(seed, slope_sd=0.0)
    generator = np.random.default_rng(seed)
    frame["y"] = 1 + 0.5 * frame["x"] + generator.normal(size=len(frame))
    residual = frame["y"] - 1 - 0.5 * frame["x"]
    frame["y"] -= 0.95 * residual.groupby(frame["g"]).transform("mean")
    return frame


@pytest.mark.parametrize("method", ["mle", "reml"])
def test_zero_variance_is_ordinary_regression(method: str) -> None:
    frame = without_group_effect(31)
    session = estimate(frame, f"quietly xmixed y x || g:, {method}")
    b = coefficients(session)
    np.testing.assert_allclose([b["y:x"], b["y:_cons"]], ordinary_least_squares(frame), rtol=1e-8)
    assert session.e["ll"] == pytest.approx(session.e["ll_c"], abs=1e-9)
    assert session.e["converged"] == 1 and session.e["rank"] == 3
    assert standard_errors(session)["lns1_1_1:_cons"] == 0
    assert standard_errors(session)["lnsig_e:_cons"] > 0
    text = session.run("xmixed")
    row = next(line for line in text.splitlines() if "sd(_cons)" in line)
    assert row.split()[-3:] == [".", ".", "."]
    assert "boundary" in text
    assert "chibar2(01) =     0.00 Prob >= chibar2 = 1.0000" in text


def test_perfect_correlation() -> None:
    generator = np.random.default_rng(32)
    g = np.repeat(np.arange(1, 21), 6)
    x = np.tile(np.arange(6.0), 20)
    u = generator.normal(size=20)[g - 1]
    frame = pd.DataFrame({"y": u + 0.5 * u * x + 0.1 * generator.normal(size=120), "x": x, "g": g})
    session = estimate(frame, "quietly xmixed y x || g: x, cov(un)")
    b = coefficients(session)
    assert np.isfinite(list(b.values())).all()
    independent = estimate(frame, "quietly xmixed y x || g: x")
    assert session.e["ll"] >= independent.e["ll"]
    assert np.tanh(b["atr1_1_1_2:_cons"]) > 0.99


def test_groups_of_one_observation_are_not_identified() -> None:
    generator = np.random.default_rng(33)
    frame = pd.DataFrame({"y": generator.normal(size=50), "g": np.arange(50)})
    session = xmixed.Session()
    session.use(frame)
    with pytest.raises(xmixed.StataError) as failure:
        session.run("xmixed y || g:")
    assert failure.value.code == 430 and session.e["converged"] == 0
    assert "variance of _cons at level g is not identified" in failure.value.output
    b = coefficients(session)
    total = np.exp(2 * b["lnsig_e:_cons"]) + np.exp(2 * b["lns1_1_1:_cons"])
    assert total == pytest.approx(frame["y"].var(ddof=0), rel=1e-6)


def test_one_group_only() -> None:
    frame = two_level(34).assign(g=1)
    session = estimate(frame, "quietly xmixed y x || g:")
    assert session.e["ll"] == pytest.approx(session.e["ll_c"], abs=1e-8)
    assert "boundary" in session.run("xmixed")


def test_more_random_effects_than_observations_in_a_group() -> None:
    frame = two_level(35, largest=2)
    generator = np.random.default_rng(1)
    frame["w"] = generator.normal(size=len(frame))
    session = estimate(frame, "quietly xmixed y x || g: x z w")
    assert np.isfinite(session.e["ll"])


@pytest.mark.parametrize("command", ["xmixed y x || g:", "xmixed y || g:", "xmixed y || g: x, cov(un) reml"])
def test_constant_outcome_is_refused(command: str) -> None:
    frame = two_level(36).assign(y=2.5)
    with pytest.raises(xmixed.StataError) as failure:
        estimate(frame, command)
    assert failure.value.code in {198, 459, 498, 2000}
    assert failure.value.message


def test_perfectly_fitted_outcome_is_refused() -> None:
    frame = two_level(37)
    frame["y"] = 3 + 2 * frame["x"]
    with pytest.raises(xmixed.StataError) as failure:
        estimate(frame, "xmixed y x || g:")
    assert failure.value.message


def test_collinear_fixed_effects_are_omitted_with_a_note() -> None:
    frame = two_level(38)
    frame["twice"] = 2 * frame["x"] + 1
    session = xmixed.Session()
    session.use(frame)
    text = session.run("xmixed y x twice z || g:, nolog")
    assert "note: twice omitted because of collinearity" in text
    plain = estimate(frame, "quietly xmixed y x z || g:")
    assert session.e["ll"] == pytest.approx(plain.e["ll"], abs=1e-9)


def test_no_observations() -> None:
    frame = two_level(39).assign(y=np.nan)
    with pytest.raises(xmixed.StataError) as failure:
        estimate(frame, "xmixed y x || g:")
    assert (failure.value.code, failure.value.message) == (2000, "no observations")


def test_the_last_estimates_survive_a_failure() -> None:
    frame = two_level(40)
    session = estimate(frame, "quietly xmixed y x || g:")
    before = coefficients(session)
    with pytest.raises(xmixed.StataError):
        session.run("xmixed y nothere || g:")
    assert coefficients(session) == before
