"""Balanced one-way data have closed-form ML and REML estimates (Searle, Casella & McCulloch 1992, ch. 4)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conformance.conftest import coefficients, estimate, standard_errors
from tests.conformance.simulate import balanced_one_way


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    n_groups=st.integers(3, 12),
    size=st.integers(2, 7),
    between=st.sampled_from([0.0, 0.3, 1.0, 5.0]),
    method=st.sampled_from(["reml", "mle"]),
)
def test_estimates_equal_the_closed_form(
    seed: int, n_groups: int, size: int, between: float, method: str
) -> None:
    frame = balanced_one_way(seed, n_groups, size, between)
    means = frame.groupby("g")["y"].mean().to_numpy()
    grand = frame["y"].mean()
    ssb = size * ((means - grand) ** 2).sum()
    ssw = ((frame["y"].to_numpy() - means[frame["g"] - 1]) ** 2).sum()
    n, msw = len(frame), ssw / (n_groups * (size - 1))
    divisor = n_groups - 1 if method == "reml" else n_groups
    variance = (ssb / divisor - msw) / size
    if variance <= 0:  # the maximum is on the boundary: ordinary regression
        variance, sigma2 = 0.0, (ssb + ssw) / (n - 1 if method == "reml" else n)
    else:
        sigma2 = msw
    session = estimate(frame, f"xmixed y || g:, {method} nolog")
    b = coefficients(session)
    assert np.exp(2 * b["lnsig_e:_cons"]) == pytest.approx(sigma2, rel=1e-9)
    if variance > 0:
        assert np.exp(2 * b["lns1_1_1:_cons"]) == pytest.approx(variance, rel=1e-7)
    else:
        assert np.exp(2 * b["lns1_1_1:_cons"]) < 1e-12 * sigma2
    assert b["y:_cons"] == pytest.approx(grand, rel=1e-12)
    want = np.sqrt((sigma2 + size * variance) / n)
    assert standard_errors(session)["y:_cons"] == pytest.approx(want, rel=1e-8)
    assert session.e["converged"] == 1


def test_the_boundary_is_said_in_a_note() -> None:
    frame = balanced_one_way(3, 6, 5, 0.0)
    frame["y"] -= frame.groupby("g")["y"].transform("mean")  # equal group means: no variance between groups
    session = estimate(frame, "quietly xmixed y || g:, reml")
    text = session.run("xmixed")
    assert "boundary" in text and "g" in text
    b = coefficients(session)
    assert np.isfinite(b["lns1_1_1:_cons"])
    assert standard_errors(session)["lns1_1_1:_cons"] == 0
