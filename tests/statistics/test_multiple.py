"""P-values adjusted for several tests."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.statistics.inference.multiple import adjusted


def test_by_hand() -> None:
    p = np.array([0.04, 0.01, 0.03])
    np.testing.assert_allclose(adjusted(p, "bonferroni"), [0.12, 0.03, 0.09])
    np.testing.assert_allclose(adjusted(p, "holm"), [0.06, 0.03, 0.06])
    np.testing.assert_allclose(adjusted(p, "sidak"), 1 - (1 - p) ** 3, rtol=1e-12)
    np.testing.assert_array_equal(adjusted(p, "noadjust"), p)


@pytest.mark.parametrize("method", ["bonferroni", "holm", "sidak"])
def test_adjusted_values_bound_the_plain_ones(method: str) -> None:
    p = np.random.default_rng(1).uniform(size=20)
    found = adjusted(p, method)
    assert (found >= p - 1e-15).all() and (found <= 1).all()
    assert (np.diff(found[np.argsort(p)]) >= 0).all()
