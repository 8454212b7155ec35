"""linktest, xttest0, xttest3, xtserial."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import fails, started


@pytest.fixture
def session() -> xmixed.Session:
    return started("xtset id t")


@pytest.mark.parametrize(
    "command",
    ["regress y x z [aw=g]", "logit b1 x", "poisson c x z", "ologit g x z", "tobit y x, ll(0)", "qreg y x z"],
)
def test_linktest(session: xmixed.Session, command: str) -> None:
    options = ", ll(0)" if command.startswith("tobit") else ""
    session.run(f"quietly {command}")
    before = session.e.matrices["b"].values.copy()
    text = session.run(f"linktest{options}")
    assert "        _hat |" in text and "      _hatsq |" in text and "_hat" not in session.data
    np.testing.assert_array_equal(session.e.matrices["b"].values, before)
    session.run("predict double xb1, xb\ngenerate double xb2 = xb1^2\nlocal t = r(t)")
    name, depvar, weight = command.split()[0], command.split()[1], "[aw=g]" if "[aw=g]" in command else ""
    session.run("linktest" + options)
    found = session.r.scalars["t"]
    session.run(f"quietly {name} {depvar} xb1 xb2 {weight}{options}\nreturn clear")
    b, V = session.e.matrices["b"].values[0, 1], session.e.matrices["V"].values[1, 1]
    assert found == pytest.approx(b / np.sqrt(V), rel=1e-6)


def test_linktest_refuses(session: xmixed.Session) -> None:
    session.run("quietly xtreg yp x")
    assert fails(session, "linktest") == 301
    session.run("quietly regress y x")
    assert fails(session, "linktest y") == 101
    assert fails(session, "linktest, nosuchoption") == 198
    assert "_hat" not in session.data and session.e.macros["cmd"] == "regress"


def test_random_effects(session: xmixed.Session) -> None:
    """The figure is that of plmtest(yp ~ x, effect = "individual", type = "bp") of R's plm 2.6."""
    session.run("quietly xtreg yp x, re")
    text = session.run("xttest0")
    assert session.r.scalars["lm"] == pytest.approx(286.946148304521, rel=1e-9)
    assert "        yp[id,t] = Xb + u[id] + e[id,t]\n" in text and "chibar2(01) = " in text
    session.run("quietly xtreg yp x, fe")
    assert fails(session, "xttest0") == 301


def test_variances_of_panels(session: xmixed.Session) -> None:
    session.run("quietly xtreg yp x, fe\npredict double r, e")
    assert "chi2 (50)  = " in session.run("xttest3")
    found = session.r.scalars["wald"]
    session.run(
        "generate double r2 = r^2\negen double own = mean(r2), by(id)\negen double sd2 = sd(r2), by(id)\n"
        "quietly summarize r2\ngenerate double part = (own - r(mean))^2 / (sd2^2 / 8)\n"
        "summarize part if t == 1"
    )
    assert found == pytest.approx(session.r.scalars["sum"], rel=1e-7)
    session.run("quietly xtreg yp x, re")
    assert fails(session, "xttest3") == 301


def test_autocorrelation(session: xmixed.Session) -> None:
    text = session.run("xtserial yp x z")
    assert "Wooldridge test for autocorrelation in panel data" in text
    found, df = session.r.scalars["F"], session.r.scalars["df_r"]
    session.run(
        "quietly regress d.yp d.x d.z, noconstant\npredict double r, residuals\n"
        "quietly regress r l.r, noconstant vce(cluster id)\ntest l.r = -0.5"
    )
    assert found == pytest.approx(session.r.scalars["F"], rel=1e-9) and df == session.r.scalars["df_r"]
    assert fails(session, "xtserial yp if t == 1") == 2000


OWN = """clear
set obs 120
generate id = ceil(_n/15)
generate t = _n - 15*(id-1)
generate double x = sin(_n*1.3)+.1*t
generate double z = cos(_n^2*.37)
generate double y = 1 + .5*x - .2*z + sin(t*2) + 3*mod(id*5,7) + cos(_n*3.1)
xtset id t"""


def test_random_against_fixed_effects(session: xmixed.Session) -> None:
    """R: lm of the artificial regression at plm's theta; the sandwich by rowsum(X * e, id)."""
    session.run(f"{OWN}\nquietly xtreg y x z, re")
    text = session.run("xtoverid")
    assert (
        "Cross-section time-series model: xtreg re \n" in text and "  Chi-sq(2)    P-value = 0.8205\n" in text
    )
    assert session.r["j"] == pytest.approx(0.395727697129, rel=1e-7) and session.r["jdf"] == 2
    session.run("quietly xtreg y x z, re vce(cluster id)")
    assert "xtreg re  robust cluster(id)\n" in session.run("xtoverid")
    assert session.r["j"] == pytest.approx(0.590195971584, rel=1e-6)


def test_random_against_fixed_effects_is_hausmans_test_in_balanced_panels(session: xmixed.Session) -> None:
    """But for the variance of the errors, which hausman takes from the random effects, with N - k."""
    session.run(f"{OWN}\nquietly xtreg y x z, re\nestimates store re\nxtoverid")
    j, e = session.r["j"], session.e.scalars
    theta = 1 - (e["sigma_e"] ** 2 / (15 * e["sigma_u"] ** 2 + e["sigma_e"] ** 2)) ** 0.5
    for name in "yxz":
        session.run(f"egen double m{name} = mean({name}), by(id)\ngenerate double w{name} = {name} - m{name}")
        session.run(f"generate double q{name} = {name} - {theta!r}*m{name}")
    session.run(f"generate double one = 1 - {theta!r}\nquietly regress qy qx qz one, noconstant")
    small = session.e["rss"] / session.e["df_r"]
    session.run("quietly regress qy qx qz one wx wz, noconstant")
    large = session.e["rss"] / 120
    session.run("quietly xtreg y x z, fe\nestimates store fe\nhausman fe re, sigmamore")
    assert j == pytest.approx(session.r["chi2"] * small / large, rel=1e-6)


def test_random_against_fixed_effects_refuses(session: xmixed.Session) -> None:
    session.run(f"{OWN}\nquietly xtreg y x, fe")
    assert fails(session, "xtoverid") == 301
    session.run("generate g = mod(id*3, 5)\nquietly xtreg y g, re")
    assert fails(session, "xtoverid") == 498
