"""Dunnett's distribution: SciPy's and mvtnorm's integration of the multivariate t, simple cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from xmixed.statistics.inference.dunnett import dunnett_critical, dunnett_tail


@pytest.mark.parametrize("df", [1, 3, 12, 60, 400])
@pytest.mark.parametrize("t", [0.3, 1.7, 4.0])
def test_one_comparison_is_students_t(t: float, df: float) -> None:
    assert dunnett_tail(t, 1, df) == pytest.approx(2 * special.stdtr(df, -t), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("k", "df", "critical"), [(2, 10, 2.568587), (4, 20, 2.6509241), (9, 60, 2.769196)])
def test_critical_values_of_mvtnorm(k: int, df: float, critical: float) -> None:
    """qmvt(.95, tail = "both.tails") of R's mvtnorm, whose integration has errors of some 1e-4."""
    assert dunnett_critical(0.05, k, df) == pytest.approx(critical, abs=5e-4)


@pytest.mark.parametrize(("k", "df"), [(3, 8), (5, 30)])
def test_scipys_multivariate_t(k: int, df: int) -> None:
    R = np.full((k, k), 0.5) + 0.5 * np.eye(k)
    for t in (1.0, 2.3):
        inside = stats.multivariate_t.cdf(
            np.full(k, t), shape=R, df=df, lower_limit=np.full(k, -t), maxpts=200_000, random_state=1
        )
        assert dunnett_tail(t, k, df) == pytest.approx(1 - inside, abs=2e-4)


def test_infinite_degrees_of_freedom_are_the_limit() -> None:
    assert dunnett_tail(2.2, 4, np.inf) == pytest.approx(dunnett_tail(2.2, 4, 1e7), rel=1e-5)


def test_small_tails_keep_their_digits() -> None:
    """Far out the comparisons hardly happen together."""
    assert dunnett_tail(9.0, 3, np.inf) == pytest.approx(3 * 2 * special.ndtr(-9.0), rel=1e-4)
