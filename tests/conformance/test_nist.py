"""NIST StRD analysis-of-variance data as random-intercept models (restricted likelihood, closed form).

The certified mean squares give the REML estimates: sigma_e^2 = MSW, sigma_u^2 = (MSB - MSW)/J (Searle,
Casella & McCulloch 1992). LRE = -log10 of the relative error. Bars: 12 digits where the data have one
constant leading digit, 8 with seven; with thirteen the doubles themselves hold only three digits of the
deviations, so that only a result is asked for.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.conformance.conftest import coefficients, estimate
from tests.conformance.nist import load

BARS = {
    "SiRstv": 12, "AtmWtAg": 8,
    "SmLs01": 12, "SmLs02": 12, "SmLs03": 12,
    "SmLs04": 8, "SmLs05": 8, "SmLs06": 8,
    "SmLs07": 0, "SmLs08": 0, "SmLs09": 0,
}  # fmt: skip


def log_relative_error(got: float, want: float) -> float:
    return 15.0 if got == want else min(15.0, -np.log10(abs(got - want) / abs(want)))


@pytest.mark.parametrize("name", BARS)
def test_variance_components_have_the_certified_digits(name: str) -> None:
    treatment, response, certified = load(name)
    groups = len(np.unique(treatment))
    size = len(response) // groups
    session = estimate(pd.DataFrame({"y": response, "treat": treatment}), "xmixed y || treat:, reml nolog")
    b = coefficients(session)
    within = certified["within_ms"]
    between = (certified["between_ms"] - within) / size
    if BARS[name] == 0:
        assert np.isfinite(list(b.values())).all()
        return
    assert between > 0
    assert log_relative_error(np.exp(2 * b["lnsig_e:_cons"]), within) >= BARS[name]
    assert log_relative_error(np.exp(2 * b["lns1_1_1:_cons"]), between) >= BARS[name]
