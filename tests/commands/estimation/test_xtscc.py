"""xtscc against R: sandwich::vcovPL(m, cluster = id, order.by = t, lag, aggregate = TRUE, adjust = FALSE)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.interpreter.session import Session

MADE = """set obs 120
generate id = ceil(_n/15)
generate t = _n - 15*(id-1)
generate double x = sin(_n*1.3)+.1*t
generate double z = cos(_n^2*.37)
generate double y = 1 + .5*x - .2*z + sin(t*2) + .3*id + cos(_n*3.1)
xtset id t"""


@pytest.fixture
def panels(session: Session) -> Session:
    session.run(MADE)
    return session


@pytest.mark.parametrize(
    ("line", "coefficients", "errors"),
    [
        (
            "xtscc y x z",
            (0.4425302837, -0.3396937574, 2.3859893900),
            (0.15992003791, 0.06849872653, 0.12876206129),
        ),
        (
            "xtscc y x z, fe lag(3)",
            (0.4519605115, -0.1809777265, 2.3695585369),
            (0.07396615582, 0.09052513651, 0.10401236650),
        ),
    ],
)
def test_figures_of_r(panels: Session, line: str, coefficients: tuple, errors: tuple) -> None:
    panels.run(line)
    np.testing.assert_allclose(b(panels), coefficients, rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(np.diag(V(panels))), errors, rtol=1e-9)
    assert panels.e["df_r"] == 14 and panels.e["lag"] == (3 if "fe" in line else 2)


def test_layout_and_what_comes_after(panels: Session) -> None:
    text = panels.run("xtscc y x z, fe")
    assert "Regression with Driscoll-Kraay standard errors   Number of obs     =       120\n" in text
    assert "Method: Fixed-effects regression " in text and "within R-squared  = " in text
    panels.run("test x z\nlincom x - z\npredict double f\nmargins, dydx(x)\nestimates store scc")
    assert "[90% Conf. Interval]" in panels.run("xtscc, level(90)")
    assert "Pooled WLS" in panels.run("xtscc y x [aw=t], pooled noconstant lag(0)")
    panels.run("quietly regress y x z, cluster(t)")
    wanted = V(panels) * (120 - 3) / (120 - 1) * 14 / 15  # without the corrections of small samples
    panels.run("quietly xtscc y x z, lag(0)")
    np.testing.assert_allclose(V(panels), wanted, rtol=1e-10)


def test_refusals(panels: Session) -> None:
    assert fails(panels, "xtscc y x [aw=t], fe") == 198
    assert fails(panels, "xtscc y x, fe pooled") == 198
    assert fails(panels, "xtscc y x, re") == 198
    assert fails(panels, "xtscc y x if t == 1") == 2001
    panels.run("xtset, clear")
    assert fails(panels, "xtscc y x") == 459
