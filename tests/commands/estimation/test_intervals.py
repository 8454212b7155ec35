"""Distribution functions behind the tables, against scipy."""

from __future__ import annotations

import pytest
from scipy.special import chdtrc, ndtri

from xmixed.estimation.delta import wald_figures
from xmixed.missing import MISSING
from xmixed.statistics.distributions import chi2_tail, normal_quantile


@pytest.mark.parametrize("df", [1, 2, 3, 4, 9, 10, 57, 300])
@pytest.mark.parametrize("statistic", [1e-8, 0.3, 1.0, 7.5, 50.0, 300.0, 1300.0])
def test_chi2_tail(df, statistic):
    assert chi2_tail(statistic, df) == pytest.approx(chdtrc(df, statistic), rel=1e-11, abs=1e-320)


def test_chi2_tail_at_the_edges():
    assert chi2_tail(0.0, 3) == 1.0
    assert chi2_tail(5.0, 0) == MISSING
    assert chi2_tail(25337.49, 1) == 0.0


@pytest.mark.parametrize("level", [10.0, 50.0, 90.0, 95.0, 99.0, 99.99])
def test_normal_quantile(level):
    assert normal_quantile(level) == pytest.approx(ndtri((1 + level / 100) / 2), rel=1e-14)


def test_no_inference_without_a_variance():
    assert wald_figures(2.0, 0.0, 95.0).standard_error == MISSING
