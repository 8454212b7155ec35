"""nl against R's nls: coefficients and standard errors; robust ones from its gradient."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.interpreter.session import Session

MADE = """set obs 60
generate double x = _n/20
generate double z = sin(_n)
generate g = ceil(_n/4)
generate double y = 2 + 3*exp(-.7*x) + .1*cos(_n^2) + .2*z"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


@pytest.mark.parametrize(
    ("line", "estimates", "errors"),
    [
        (
            "nl (y = {b0} + {b1=1}*exp(-{b2=1}*x))",
            (2.101009876568, 2.954616683484, 0.747429116369),
            (0.1252746187517, 0.1025321061467, 0.0829717008248),
        ),
        (
            "nl (y = {b0=1} + {b1=2}*exp(-{b2=.5}*x) + {xb: z}), vce(robust)",
            (2.025868551815, 2.975457246205, 0.696986609133, 0.199254996733),
            (0.0685759771638, 0.0532101495619, 0.0397531793127, 0.0126852713816),
        ),
        (
            "nl (y = {a=1}*x^{b=1}), initial(a 2 b .5) nolog",
            (3.302336328105, -0.197198847339),
            (0.03733993985828, 0.00978625694061),
        ),
    ],
)
def test_figures_of_r(session: Session, line: str, estimates: tuple, errors: tuple) -> None:
    session.run(line)
    np.testing.assert_allclose(b(session), estimates, rtol=2e-7)  # R stops there
    np.testing.assert_allclose(np.sqrt(np.diag(V(session))), errors, rtol=2e-6)


def test_a_linear_model_is_regress(session: Session) -> None:
    for options in ("", ", vce(cluster g)", ", vce(hc3)", ", robust", ", vce(hc2)"):
        session.run(f"quietly regress y x{options}")
        wanted, variance, e = b(session), V(session), dict(session.e.scalars)
        text = session.run(f"nl (y = {{b1}}*x + {{b0}}){options}")
        np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
        np.testing.assert_allclose(V(session), variance, rtol=1e-7)
        for name in ("r2", "rmse", "N", "df_r", "rss"):
            assert session.e[name] == pytest.approx(e[name], rel=1e-9)
        assert "Parameter b0 taken as constant term in model & ANOVA table" in text
    session.run("quietly regress y x [aw=x] if g > 1\nscalar own = _b[x]")
    session.run("nl (y = {b0} + {b1}*x) [aw=x] if g > 1, title(Own) eps(1e-10) iterate(99)")
    assert b(session)[1] == pytest.approx(float(session.scalars["own"]), rel=1e-9)
    session.run("quietly regress y x, noconstant\nscalar own = e(r2)\nnl (y = {b1}*x), noconstant")
    assert session.e["r2"] == pytest.approx(float(session.scalars["own"]), rel=1e-9)


def test_after(session: Session) -> None:
    session.run("nl (y = {b0} + {b1=1}*exp(-{b2=1}*x)), nolog hasconstant(b0) variables(x z)")
    session.run("predict double f\npredict double r, residuals\nassert reldif(f + r, y) < 1e-12")
    session.run("test [b2]_cons = .7\nnlcom [b1]_cons/[b2]_cons\nestimates store own\nnl, level(90)")
    session.run("summarize r")
    assert session.r["Var"] * 59 == pytest.approx(session.e["rss"], rel=1e-6)
    assert "scalar" not in " ".join(session.scalars)
    session.run("replace x = . in 1/10\nnl (y = {b0} + {b1=1}*exp(-{b2=1}*x)), nolog")
    assert session.e["N"] == 50


def test_refusals(session: Session) -> None:
    assert fails(session, "nl (y = 2*x)") == 198
    assert fails(session, "nl (y {b0})") == 198
    assert fails(session, "nl f @ y x") == 198
    assert fails(session, "nl (y = {b0} + {b1*x)") == 198
    assert fails(session, "nl (y = {b0} + b1}*x)") == 198
    assert fails(session, "nl (y = {b0=q} + x)") == 198
    assert fails(session, "nl (y = {1b} + x)") == 198
    assert fails(session, "nl (y = {b0} + {xb:}*x)") == 198
    assert fails(session, "nl (y = {b0=1} + {b0=2}*x)") == 198
    assert fails(session, "nl (y = {b0} + x), initial(q 1)") == 198
    assert fails(session, "nl (y = {b0} + x), initial(b0)") == 198
    assert fails(session, "nl (y = {b0} + x), hasconstant(q)") == 198
    assert fails(session, "nl (y = ln({b0})*x), variables(x)") == 480
    assert fails(session, "nl (y = {b0}*x) if x > 99") == 2000
    assert fails(session, "nl (y = {b0}*x) in 1") == 2001
    assert fails(session, "nl (y = {b0=1}*exp({b1=3}*x)), iterate(1)") == 430
    # A straight line has no curvature to find: the search ends, and says that it did not converge.
    session.run("generate double line = 1 + x + cos(_n^2)")
    assert fails(session, "nl (line = {b0} + {b1=1}*exp({b2=.1}*x))") == 430
    assert session.e["ic"] < 1000
    assert not [name for name in session.scalars if name.startswith("__")]
