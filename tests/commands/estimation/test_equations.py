"""heckman, zip, zinb, truncreg, hetprob, biprobit, ivprobit: layout, identities, refusals.

Figures of R: tests/conformance/test_econometrics.py.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special

import xmixed
from tests.conformance.econometrics import V, b, fails
from tests.conformance.test_econometrics import FOLDER
from xmixed.estimation.equations import rows
from xmixed.statistics.bivariate_normal import bivariate_normal

DATA = (FOLDER / "data.do").read_text()
HECKMAN = """\
Heckman selection model                         Number of obs      =       400
(regression model with sample selection)        Censored obs       =       170
                                                Uncensored obs     =       230

                                                Wald chi2(1)       =     34.31
"""


@pytest.fixture(scope="module")
def made() -> xmixed.Session:
    session = xmixed.Session()
    session.run(DATA)
    return session


@pytest.fixture
def session(made: xmixed.Session) -> xmixed.Session:
    made.run("estimates clear")
    return made


RANDOM = np.random.default_rng(7)
COUNTS = RANDOM.integers(0, 4, (1, 40))
MODELS = {
    "selection": (rows.selection, np.array([RANDOM.integers(0, 2, 40), RANDOM.normal(size=40)]), 4),
    "below": (rows.truncated, np.array([RANDOM.normal(size=40), np.full(40, -2.0), np.full(40, np.inf)]), 2),
    "between": (rows.truncated, np.array([RANDOM.normal(size=40), np.full(40, -2.0), np.full(40, 3.0)]), 2),
    "spread": (rows.heteroskedastic_probit, RANDOM.integers(0, 2, (1, 40)), 2),
    "two": (rows.bivariate_probit, RANDOM.integers(0, 2, (2, 40)), 3),
    "endogenous": (
        rows.instrumented_probit,
        np.array([RANDOM.integers(0, 2, 40), RANDOM.normal(size=40)]),
        4,
    ),
    "zip": (rows.zero_inflated(False, "logit"), COUNTS, 2),
    "zinb": (rows.zero_inflated(True, "probit"), COUNTS, 3),
}


@pytest.mark.parametrize("name", MODELS)
def test_slopes_are_those_of_the_likelihood(name: str) -> None:
    pointwise, y, size = MODELS[name]
    etas, step = RANDOM.normal(size=(size, 40)) * 0.7, 1e-5
    slopes = pointwise(y, etas)[1]
    for place, move in enumerate(step * np.eye(size)):
        up, down = (pointwise(y, etas + sign * move[:, None])[0] for sign in (1, -1))
        np.testing.assert_allclose(slopes[place], (up - down) / (2 * step), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("rho", [-0.99999, -0.95, -0.3, 0.0, 0.5, 0.92, 0.93, 0.999])
def test_bivariate_normal_is_its_integral(rho: float) -> None:
    def conditional(x: float, k: float) -> float:
        return float(
            np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * special.ndtr((k - rho * x) / np.sqrt(1 - rho**2))
        )

    for h, k in ((0.3, -0.4), (-1.5, 1.2), (2.0, 2.1), (-0.7, -0.71)):
        turn = np.clip(k / rho if rho else 0.0, -9.0, h)
        parts = [(-9.0, turn), (turn, h)]
        wanted = sum(
            integrate.quad(conditional, *ends, args=(k,), epsabs=1e-14, limit=400)[0] for ends in parts
        )
        assert bivariate_normal(*np.array([[h], [k], [rho]]))[0] == pytest.approx(wanted, abs=1e-12)


def test_selection(session: xmixed.Session) -> None:
    text = session.run("heckman ys x, select(s = x z)")
    assert HECKMAN in text and "\n     /athrho |" in text and "\n      lambda |" in text
    assert "\nLR test of indep. eqns. (rho = 0):   chi2(1) = " in text
    wanted, ll = b(session), session.e["ll"]
    session.run("quietly heckman ys x, select(x z) nolog mle")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-6)
    assert session.e["ll"] == pytest.approx(ll, rel=1e-12)
    assert "Wald test of indep. eqns. (rho = 0): chi2(1)" in session.run(
        "heckman ys x, select(x z) robust nolog"
    )
    session.run("predict double m, mills\npredict double p, psel\npredict double q, xbsel\npredict double f")
    session.run("predict double yc, ycond\npredict double ye, yexpected\npredict double nh, nshazard")
    session.run("assert reldif(m, normalden(q) / normal(q)) < 1e-12 & reldif(p, normal(q)) < 1e-12")
    session.run("assert reldif(yc, f + e(rho) * e(sigma) * m) < 1e-12 & reldif(ye, p * yc) < 1e-12 & nh == m")
    session.run("predict double sp, stdp\npredict double sq, stdpsel\npredict double pr, pr(0,1)\ndrop f-pr")
    text = session.run("margins, dydx(x) predict(ycond)")
    assert "E(ys|Zg>0), predict(ycond)" in text
    session.run("drop m p q")


def test_two_steps(session: xmixed.Session) -> None:
    text = session.run("heckman ys x, select(s = x z) twostep")
    assert "Heckman selection model -- two-step estimates   Number of obs" in text
    assert "\nmills        |\n      lambda |" in text and "\n         rho | " in text
    wanted = session.e["lambda"]
    session.run("predict double m, mills\nquietly regress ys x m")
    assert b(session)[1] == pytest.approx(wanted, rel=1e-8)
    session.run("quietly heckman ys x, select(s = x z) vce(twostep)")
    assert session.e["lambda"] == wanted
    session.run("test x\npredict double f\ndrop m f")
    assert fails(session, "heckman ys x, select(s = x z) twostep robust") == 198


def test_truncation_at_no_limit_is_least_squares(session: xmixed.Session) -> None:
    session.run("quietly regress y x z")
    wanted, rss = b(session), session.e.scalars["rss"]
    text = session.run("truncreg y x z")
    np.testing.assert_allclose(b(session), [*wanted, np.sqrt(rss / 400)], rtol=1e-6)
    assert "(note: 0 obs. truncated)" in text and "Limit:   lower =       -inf" in text
    assert "\n      /sigma |" in text
    session.run("truncreg y x, ll(0) ul(4) nolog\npredict double f\npredict double p, pr(0,4)\ndrop f p")
    assert session.e["llopt"] == 0 and session.e["ulopt"] == 4
    session.run("truncreg")
    assert fails(session, "truncreg y x, ll(1000)") == 2000


def test_inflated_counts(session: xmixed.Session) -> None:
    text = session.run("zip cz x i.g, inflate(z) vuong irr")
    assert "Zero-inflated Poisson regression                  Number of obs   =        400\n" in text
    assert "Inflation model = logit                           LR chi2(3)" in text
    assert "Vuong test of zip vs. standard Poisson:" in text and " IRR " in text
    session.run("predict double ev\npredict double pr, pr\npredict double xb, xb\npredict double ir, ir")
    session.run(
        "assert reldif(ev, exp(xb) * (1 - pr)) < 1e-12 & reldif(ir, exp(xb)) < 1e-12\ndrop ev pr xb ir"
    )
    text = session.run("generate w2 = exp(x) + 1\nzinb cz x, inflate(_cons) exposure(w2) nolog")
    assert "\n     ln(w2) |" in text.replace("\n       ", "\n     ") or "(exposure)" in text
    assert "\n       alpha |" in text
    session.run("quietly zip cz x [fw=g], inflate(z, offset(a)) vce(cluster id)\ndrop w2")
    assert session.e.macros["offset2"] == "a" and "(offset)" in session.run("zip")
    assert fails(session, "zip cz x") == 198
    assert fails(session, "zip cz x, inflate(z) vuong robust") == 198
    assert fails(session, "zip y x, inflate(z)") == 459


@pytest.mark.parametrize(
    "command",
    [
        "heckman ys x {}, select(s = x z)",
        "zip cz x {}, inflate(z)",
        "biprobit b1 b2 x {}",
        "hetprob bh x {}, het(z)",
        "truncreg y x {}, ll(0)",
    ],
)
@pytest.mark.parametrize("options", ["", "vce(robust)", "vce(cluster area)"])
def test_frequencies_are_rows(session: xmixed.Session, command: str, options: str) -> None:
    typed = command + ("" if "," in command else ",") + " " + options
    session.run("preserve\nquietly " + typed.format("[fw=g]"))
    wanted, variance = b(session), V(session)
    session.run("expand g\nquietly " + typed.format(""))
    np.testing.assert_allclose(b(session), wanted, rtol=1e-6)
    np.testing.assert_allclose(V(session), variance, rtol=1e-5, atol=1e-9)
    session.run("restore")


def test_probits(session: xmixed.Session) -> None:
    text = session.run("hetprob bh x, het(z)")
    assert (
        "Heteroskedastic probit model" in text and "Likelihood-ratio test of lnsigma2=0: chi2(1) = " in text
    )
    session.run("predict double p\npredict double s1, sigma\npredict double xb, xb")
    session.run("assert reldif(p, normal(xb / s1)) < 1e-12\ndrop p s1 xb")
    text = session.run("biprobit b1 b2 x z, nolog")
    assert "Bivariate probit regression" in text and "\n         rho |" in text
    session.run(
        "predict double a11\npredict double a10, p10\npredict double a01, p01\npredict double a00, p00"
    )
    session.run("predict double m1, pmarg1\npredict double c2, pcond2\npredict double x1, xb1")
    session.run("assert abs(a11 + a10 + a01 + a00 - 1) < 1e-12 & reldif(a11 / m1, c2) < 1e-12")
    session.run("assert reldif(m1, normal(x1)) < 1e-12\ndrop a11-x1")
    assert "Seemingly unrelated" in session.run("biprobit (b1 = x) (second: b2 = x z, noconstant), nolog")
    text = session.run("ivprobit bi x (w = z), first")
    assert "Instrumented:  w\nInstruments:   x z\n" in text and "Wald test of exogeneity" in text
    session.run("predict double p, pr\npredict double f\nassert reldif(p, normal(f)) < 1e-12\ndrop p f")
    assert fails(session, "ivprobit bi x (w y = z)") == 198
    assert fails(session, "ivprobit bi x (w = x)") == 481
    assert fails(session, "biprobit (b1 = x) (b2 = x z) (bi = x)") == 198
    assert fails(session, "heckman ys x") == 198
    assert fails(session, "heckman y x if n < 4, select(b1 = z)") == 2001
    assert fails(session, "hetprob bh x") == 198


def test_generic_commands(session: xmixed.Session) -> None:
    session.run(
        "quietly heckman ys x, select(s = x z)\nestimates store full\ntest [s]z = 0\nlincom [ys]x - [s]x"
    )
    session.run("nlcom tanh([athrho]_cons)")
    assert "(omitted)" in session.run("generate x3 = 2 * x\nzip cz x x3, inflate(z) nolog\ndrop x3")
    session.run(
        "estimates restore full\nestimates table full\nestat ic\nestat vce\nmargins\nheckman, level(90)"
    )
