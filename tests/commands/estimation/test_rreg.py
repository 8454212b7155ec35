"""rreg against R: weighted lm with MASS's psi.huber and psi.bisquare, pseudovalues by formula."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING

MADE = """set obs 80
generate double x = cos(_n*.77)
generate double y = 1 + 2*x + sin(_n^2) + (_n==7)*30"""


@pytest.fixture
def outlying(session: Session) -> Session:
    session.run(MADE)
    return session


def test_figures_of_r(outlying: Session) -> None:
    text = outlying.run("rreg y x, genwt(w)")
    np.testing.assert_allclose(b(outlying), (2.02993941592, 1.01596280906), rtol=1e-10)
    np.testing.assert_allclose(np.sqrt(np.diag(V(outlying))), (0.1254870023488, 0.0880575293872), rtol=1e-10)
    assert outlying.e["F"] == pytest.approx(261.67887443) and outlying.e["df_r"] == 78
    assert "\n   Huber iteration 1:  maximum difference in weights = .9583165\n" in text
    assert "\nBiweight iteration 5:  maximum difference in weights = .0065169\n" in text
    assert "\nRobust regression    " in text and "R-squared" not in text
    assert outlying.data["w"].to_double()[6] == 0 and outlying.data["w"].label == "Robust Regression Weight"


def test_what_comes_after(outlying: Session) -> None:
    outlying.run("quietly rreg y x, nolog\npredict double f\npredict double r, residuals\ntest x\nmargins")
    np.testing.assert_allclose(outlying.data["r"].to_double(), outlying.data["y"].to_double() - f(outlying))
    assert "[90% Conf. Interval]" in outlying.run("rreg, level(90)")
    assert "iteration" not in outlying.run("rreg y x, nolog tune(6) tolerance(1e-8)")
    # With a tight tolerance the biweight's estimating equations hold at its own scale.
    errors = outlying.data["y"].to_double() - b(outlying) @ np.vstack(
        [x := outlying.data["x"].to_double(), x * 0 + 1]
    )
    u = errors / (np.median(np.abs(errors - np.median(errors))) / 0.6745) / (4.685 * 6 / 7)
    psi = np.where(np.abs(u) < 1, u * (1 - u**2) ** 2, 0)
    np.testing.assert_allclose((psi.sum(), psi @ x), 0, atol=1e-6)


def f(session: Session) -> np.ndarray:
    return session.data["f"].to_double()


def test_observations_of_great_influence_leave_first(outlying: Session) -> None:
    """Cook's distance above one."""
    outlying.run("replace x = 9 in 7\nquietly regress y x\npredict d, cooksd")
    influential = int((outlying.data["d"].to_double() > 1).sum())
    outlying.run("quietly rreg y x, genwt(w)")
    assert influential == 1 and outlying.e["N"] == 79 and outlying.data["w"].to_double()[6] == MISSING
    wanted = b(outlying)
    outlying.run("quietly rreg y x if _n != 7")
    np.testing.assert_allclose(b(outlying), wanted, rtol=1e-12)


def test_refusals(outlying: Session) -> None:
    outlying.run("generate x2 = 2*x")
    assert "x2 omitted" in outlying.run("rreg y x x2")
    assert fails(outlying, "rreg y x, genwt(x)") == 110
    assert fails(outlying, "rreg y x, graph") == 198
    assert fails(outlying, "rreg y x in 1/2") == 2001
    assert fails(outlying, "rreg y x, iterate(2)") == 430
    outlying.run("replace y = 3 if _n > 9")
    assert fails(outlying, "rreg y") == 498
    outlying.run("ereturn clear")
    assert fails(outlying, "rreg") == 301
