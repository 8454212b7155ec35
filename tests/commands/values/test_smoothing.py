"""tssmooth ma: means by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run("set obs 8\ngenerate t = _n\ngenerate double x = _n^2\nreplace x = . in 4\ntsset t")
    return session


def test_windows_and_weights(session: Session) -> None:
    text = session.run("tssmooth ma double a = x, window(2 1 1)")
    assert "     (1/4)*[x(t-2) + x(t-1) + 1*x(t) + x(t+1)]; x(t)= x" in text
    wanted = [5 / 2, 14 / 3, 14 / 3, 38 / 3, 70 / 3, 110 / 3, 174 / 4, 149 / 3]
    np.testing.assert_allclose(session.data["a"].to_double(), wanted)
    session.run("tssmooth ma double a = x, weights(1 2 <3> 2 1) replace")
    assert session.data["a"].to_double()[0] == pytest.approx((3 * 1 + 2 * 4 + 9) / 6)
    text = session.run("tssmooth ma b = 2*x if t > 2, window(1)")
    assert "x(t)= 2*x" in text
    assert session.data["b"].to_double().tolist()[:4] == [
        MISSING,
        MISSING,
        MISSING,
        18,
    ]
    session.run("generate id = t > 4\nxtset id t\ntssmooth ma c = x, window(1 1)")
    assert session.data["c"].to_double()[4] == 25  # no value of another panel


def test_refusals(session: Session) -> None:
    assert fails(session, "tssmooth x") == 198
    assert fails(session, "tssmooth ma x = x, window(1)") == 110
    assert fails(session, "tssmooth ma a = x") == 198
    assert fails(session, "tssmooth ma a = x, window(1 2)") == 198
    assert fails(session, "tssmooth ma a = x, window(0)") == 198
    assert fails(session, "tssmooth ma a = x, weights(1 2)") == 198
    assert fails(session, "tssmooth ma a = x, weights(1 <b> 2)") == 198
    assert fails(session, "tssmooth exponential a = x") == 199
    session.run("tsset, clear")
    assert fails(session, "tssmooth ma a = x, window(1)") == 111
