"""Balanced one-way layouts: the estimates have closed forms, the boundary included (T2)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.engine import Fit, Level, Model, RandomEffects, fit


def one_way(y: np.ndarray, method: str) -> tuple[Fit, float, float]:
    """Fit y of shape (groups, rows) and return it with MSB and MSW."""
    count, size = y.shape
    groups = np.repeat(np.arange(count), size)
    level = Level(groups, count, (RandomEffects((None,), "identity"),))
    means = y.mean(axis=1)
    between = size * np.sum((means - y.mean()) ** 2) / (count - 1)
    within = np.sum((y - means[:, None]) ** 2) / (count * (size - 1))
    return fit(Model(y.ravel(), (None,), (level,), method)), float(between), float(within)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.integers(3, 12),
    st.integers(2, 8),
    st.floats(0.0, 3.0),
    st.integers(0, 10_000),
    st.sampled_from(("ml", "reml")),
    st.sampled_from((0.0, 1e6)),
)
def test_one_way(count: int, size: int, spread: float, seed: int, method: str, offset: float) -> None:
    rng = np.random.default_rng(seed)
    y = offset + spread * rng.normal(size=(count, 1)) + rng.normal(size=(count, size))
    result, between, within = one_way(y, method)
    share = 1.0 if method == "reml" else (count - 1) / count
    expected = (share * between - within) / size
    assert result.optimization.converged and result.optimization.return_code == 0
    digits = 1e-10 if offset == 0 else 1e-6
    if expected > 1e-3 * within:
        assert not result.boundary
        assert result.covariances[0][0][0, 0] == pytest.approx(expected, rel=digits * 10, abs=digits)
        assert result.sigma_e**2 == pytest.approx(within, rel=digits)
        error = (within + size * expected) / (count * size)
        assert result.beta_covariance[0, 0] == pytest.approx(error, rel=digits * 10)
    elif expected < -1e-3 * within:
        assert [note.kind for note in result.boundary] == ["variance_zero"]
        assert result.covariances[0][0][0, 0] == 0.0
        assert result.log_likelihood == pytest.approx(result.comparison.log_likelihood, abs=1e-9)
        np.testing.assert_allclose(result.beta, result.comparison.beta, rtol=1e-12)
        assert np.isfinite(result.estimates).all()
        assert result.estimates[0] == pytest.approx(np.log(1e-16 * result.sigma_e))
        assert not result.parameter_covariance[0].any()
        df = count * size - (method == "reml")
        assert result.parameter_covariance[1, 1] == pytest.approx(1 / (2 * df), rel=1e-8)
    assert result.beta[0] == pytest.approx(y.mean(), rel=1e-12)


def test_many_digits() -> None:
    rng = np.random.default_rng(1)
    result, between, within = one_way(rng.normal(size=(20, 1)) + rng.normal(size=(20, 5)), "reml")
    assert result.covariances[0][0][0, 0] == pytest.approx((between - within) / 5, rel=1e-13)
    assert result.sigma_e**2 == pytest.approx(within, rel=1e-13)
