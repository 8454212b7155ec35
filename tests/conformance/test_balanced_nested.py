"""Balanced data on three levels: REML equals the analysis-of-variance estimates where these are positive.

With a top groups of b groups of n: sigma_e^2 = MSE, sigma_2^2 = (MSB - MSE)/n, sigma_3^2 = (MSA - MSB)/(bn)
(Searle, Casella & McCulloch 1992, ch. 4).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conformance.conftest import coefficients, estimate


@pytest.mark.parametrize("form", ["|| top: || group:", "|| top: || top: R.group"])
@pytest.mark.parametrize(("seed", "a", "b", "n"), [(1, 8, 4, 3), (2, 12, 3, 5), (3, 10, 5, 2)])
def test_restricted_likelihood_is_analysis_of_variance(seed: int, a: int, b: int, n: int, form: str) -> None:
    generator = np.random.default_rng(seed)
    top, group = np.repeat(np.arange(a), b * n), np.tile(np.repeat(np.arange(b), n), a)
    y = 5 + 2 * generator.normal(size=a)[top] + generator.normal(size=(a, b))[top, group]
    y = y + 0.5 * generator.normal(size=len(top))
    cube = y.reshape(a, b, n)
    within = ((cube - cube.mean(axis=2, keepdims=True)) ** 2).sum() / (a * b * (n - 1))
    middle = n * ((cube.mean(axis=2) - cube.mean(axis=(1, 2))[:, None]) ** 2).sum() / (a * (b - 1))
    upper = b * n * ((cube.mean(axis=(1, 2)) - cube.mean()) ** 2).sum() / (a - 1)
    assert upper > middle > within
    # The codes of `group` repeat between the top groups: the nesting holds whatever they are.
    frame = pd.DataFrame({"y": y, "top": top, "group": group})
    session = estimate(frame, f"quietly xmixed y {form}, reml")
    variances = sorted(
        np.exp(2 * value) for name, value in coefficients(session).items() if name.startswith("ln")
    )
    want = sorted([within, (middle - within) / n, (upper - middle) / (b * n)])
    np.testing.assert_allclose(variances, want, rtol=1e-8)
    assert session.e["N_g"].values[0, 0] == a
