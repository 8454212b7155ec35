"""teffects against R: the same equations stacked by hand, Jacobians by numDeriv (R 4.2, numDeriv 2016.8)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.interpreter.session import Session

MADE = """set obs 200
generate double x = sin(_n*1.3)
generate double z = cos(_n^2*.37)
generate t = (x + sin(_n^2*1.9)*1.5 > .2)
generate double y = 1 + .5*x - .2*z + t*(1+x) + cos(_n*3.1)
generate d = y > 1.3
generate g = ceil(_n/5)
generate w = 1 + mod(_n, 3)
generate level = t + 2*(_n > 150)*t"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


@pytest.mark.parametrize(
    ("line", "estimates", "errors"),
    [
        ("ra (y x z) (t)", (1.0238692555758, 0.9488033981305), (0.12910764886, 0.07042866853)),
        ("ra (d x z, logit) (t), atet", (0.4507123148940, 0.3517568209085), (0.06958496113, 0.05788242316)),
        ("ipw (y) (t x z)", (1.069466499698, 0.952349618561), (0.14218374569, 0.07262858696)),
        ("ipw (y) (t x z, probit), atet", (1.42337149, 1.05947464), (0.149651048, 0.096398859)),
        ("aipw (y x) (t x z), pomeans", (0.9483392206307, 1.9729293043616), (0.07219222693, 0.12245780953)),
        ("ipwra (y x z) (t x)", (1.0233592516546, 0.9466817317152), (0.12984743590, 0.07174681246)),
    ],
)
def test_figures_of_r(session: Session, line: str, estimates: tuple, errors: tuple) -> None:
    session.run(f"teffects {line}")
    digits = 1e-7 if "probit" in line else 1e-9  # R's equations are met to 3e-8 there
    np.testing.assert_allclose(b(session)[:2], estimates, rtol=digits)
    np.testing.assert_allclose(np.sqrt(np.diag(V(session)))[:2], errors, rtol=digits)


def test_identities(session: Session) -> None:
    session.run("teffects ra (y x z) (t), aequations")
    wanted = b(session)
    assert session.e.matrices["b"].column_names[:3] == ["ATE:r1vs0.t", "POmean:0.t", "OME0:x"]
    session.run("quietly regress y x z if t")
    np.testing.assert_allclose(wanted[5:], b(session), rtol=1e-9)
    session.run("teffects ipw (y) (t x z)")
    wanted = b(session)
    session.run("quietly logit t x z")
    np.testing.assert_allclose(wanted[2:], b(session), rtol=1e-7)
    # Far units cost nothing; fweights are copies; a treatment of three levels has two effects.
    session.run(
        "generate double far = 1e6*x + 1e5\nteffects aipw (y far z) (t far)\nscalar far = [ATE]r1vs0.t"
    )
    session.run("teffects aipw (y x z) (t x)")
    assert b(session)[0] == pytest.approx(float(session.scalars["far"]), rel=1e-7)
    session.run("teffects ipwra (y x) (t z) [fw=w]")
    wanted, variance = b(session), V(session)
    session.run("preserve\nexpand w\nteffects ipwra (y x) (t z)\nrestore")
    np.testing.assert_allclose(wanted, b(session), rtol=1e-8)
    np.testing.assert_allclose(variance, V(session), rtol=1e-7, atol=1e-12)
    session.run("teffects ipw (y) (level x), control(1) aequations")
    assert session.e.matrices["b"].column_names[:3] == [
        "ATE:r0vs1.level",
        "ATE:r3vs1.level",
        "POmean:1.level",
    ]
    session.run("quietly mlogit level x, baseoutcome(1)\nscalar own = [0]x")
    session.run("teffects ipw (y) (level x), control(1)")
    place = session.e.matrices["b"].column_names.index("TME0:x")
    assert b(session)[place] == pytest.approx(float(session.scalars["own"]), rel=1e-6)


def test_layout_variances_and_models(session: Session) -> None:
    session.run("label define t 0 control 1 treated\nlabel values t t")
    text = session.run("teffects ra (y x) (t), vce(cluster g) nolog")
    assert "Outcome model  : linear" in text and "(treated vs control)" in text
    assert "(Std. Err. adjusted for 40 clusters in g)" in text
    session.run(
        "teffects, level(90)\ntest [ATE]r1vs0.t = 1\nlincom [ATE]r1vs0.t + [POmean]0.t\nestimates store a"
    )
    session.run(
        "generate count = floor(exp(y))\nteffects ra (count x z, poisson) (t), vce(robust) iterate(50)"
    )
    session.run("quietly poisson count x z if t == 1\npredict double m1, n\nsummarize m1")
    one = session.r["mean"]
    session.run(
        "quietly poisson count x z if t == 0\npredict double m0, n\nteffects ra (count x z, poisson) (t)"
    )
    session.run("summarize m0")
    assert b(session)[0] == pytest.approx(one - session.r["mean"], rel=1e-7)
    session.run("teffects ra (d x, probit) (t) [pw=w], ate")
    session.run("teffects ipwra (d x, logit) (t x, probit), atet tlevel(0) control(1)")
    assert session.e.matrices["b"].column_names[0] == "ATET:r0vs1.t"
    session.run("teffects ipwra (d x, logit noconstant) (t x, noconstant), pstolerance(1e-8)")


def test_refusals(session: Session) -> None:
    assert fails(session, "teffects") == 301
    assert fails(session, "teffects ra (y x)") == 198
    assert fails(session, "teffects ra (y x) (t z)") == 198
    assert fails(session, "teffects ipw (y x) (t z)") == 198
    assert fails(session, "teffects ra (y x) (x)") == 459
    assert fails(session, "teffects ra (y x, logit) (t)") == 459
    assert fails(session, "teffects ra (y x, hetprobit) (t)") == 198
    assert fails(session, "teffects ipw (y) (level x, probit)") == 198
    assert fails(session, "teffects aipw (y x) (t x), atet") == 198
    assert fails(session, "teffects ra (y x) (t), control(5)") == 459
    assert fails(session, "teffects ra (y x) (t), control(1) tlevel(1)") == 198
    assert fails(session, "teffects ra (y x) (L.t)") != 0
    assert fails(session, "teffects psmatch (y) (t x)") == 199
    session.run("generate far = 40*t + x")
    assert fails(session, "teffects ipw (y) (t far)") in (430, 498)
