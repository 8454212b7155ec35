"""ml: programs of known likelihoods give what commands give; constraints against substituted variables."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.interpreter.session import Session

MADE = """set obs 300
set seed 8
generate double x = rnormal()
generate double z = rnormal()
generate g = ceil(_n/10)
generate w = 1 + mod(_n, 3)
generate double y = 1 + .5*x - z + exp(.3)*rnormal()
generate d = x + z + rnormal() > .3
generate o = 1 + (y > 0) + (y > 2)
generate c = floor(exp(y/3))
generate double xz = x + z
program mynormal
  args lnf mu lnsigma
  quietly replace `lnf' = ln(normalden($ML_y1, `mu', exp(`lnsigma')))
end
program myprobit
  args lnf xb
  quietly replace `lnf' = ln(normal(cond($ML_y1, `xb', -`xb')))
end
program mysum
  args todo b lnf
  tempvar xb
  tempname s
  mleval `xb' = `b', eq(1)
  mleval `s' = `b', eq(2) scalar
  mlsum `lnf' = ln(normalden($ML_y1, `xb', exp(`s')))
end
program myrows
  args todo b lnfj
  tempvar xb
  mleval `xb' = `b'
  quietly replace `lnfj' = ln(normal(cond($ML_y1, `xb', -`xb')))
end
program mycauchy
  args lnf mu
  quietly replace `lnf' = -ln(1 + ($ML_y1 - `mu')^2)
end"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


def test_normal_regression(session: Session) -> None:
    session.run("quietly regress y x z")
    slopes, ll, n = b(session), session.e["ll"], 300
    variance = V(session) * 297 / n  # maximum likelihood divides by N
    sigma = np.sqrt(session.e["rss"] / n)
    session.run("ml model lf mynormal (y = x z) /lnsigma\nml maximize, nolog")
    np.testing.assert_allclose(b(session), [*slopes, np.log(sigma)], rtol=1e-8)
    np.testing.assert_allclose(V(session)[:3, :3], variance, rtol=1e-7, atol=1e-10)
    assert V(session)[3, 3] == pytest.approx(1 / (2 * n), rel=1e-7)
    assert session.e["ll"] == pytest.approx(ll, rel=1e-12)
    wanted = V(session)
    for method in ("d0", "d1", "d2"):
        session.run(f"ml model {method} mysum (y = x z) /lnsigma\nml maximize, nolog search(off)")
        np.testing.assert_allclose(b(session), [*slopes, np.log(sigma)], rtol=1e-7)
        np.testing.assert_allclose(V(session), wanted, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    "options", ["", "[fw=w]", "[pw=w]", ", vce(cluster g)", ", robust", "if w > 1, noconstant"]
)
@pytest.mark.parametrize("method", ["lf myprobit", "lf0 myrows", "lf1 myrows", "lf2 myrows"])
def test_probit(session: Session, method: str, options: str) -> None:
    session.run(f"quietly probit d x z {options}")
    wanted, variance, ll = b(session), V(session), session.e["ll"]
    constant = ", noconstant" if "noconstant" in options else ""
    rest = options.replace(", noconstant", "")
    session.run(f"ml model {method} (d = x z{constant}) {rest}\nml maximize, nolog")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-7)
    np.testing.assert_allclose(V(session), variance, rtol=1e-6)
    assert session.e["ll"] == pytest.approx(ll, rel=1e-12)


def test_outer_products(session: Session) -> None:
    session.run("quietly probit d x z\npredict double s, score")
    session.run("generate double sx = s*x\ngenerate double sz = s*z\nmatrix accum A = sx sz s, noconstant")
    session.run("matrix A = syminv(A)\nml model lf myprobit (d = x z), vce(opg)\nml maximize, nolog")
    np.testing.assert_allclose(V(session), session.matrices["A"].values, rtol=1e-7)
    assert "OPG" in session.run("ml display")


def test_names_starts_and_what_comes_after(session: Session) -> None:
    text = session.run("ml model lf mynormal (level: y = x, offset(z)) /lnsigma in 1/200, title(Own)")
    assert "Equations:          level lnsigma" in session.run("ml query")
    session.run("ml init level:x = 2 /lnsigma = .5\nml init 1 1 0, copy\nmatrix s = (1, 2, .3)")
    session.run("ml init s, copy\nml check\nml search")
    text = session.run(
        "ml maximize, iterate(50) tolerance(1e-9) ltolerance(1e-10) nrtolerance(1e-8) difficult"
    )
    assert "\nOwn " in text and "level        |\n" in text and "    /lnsigma |" in text
    wanted = b(session)
    session.run("quietly regress y x in 1/200\ntest x")
    session.run("generate double yz = y - z\nquietly regress yz x in 1/200")
    np.testing.assert_allclose(wanted[:2], b(session), rtol=1e-7)
    session.run(
        "ml model lf mynormal (level: y = x, offset(z)) (lnsigma:) in 1/200, init(level:x = 1) maximize nolog"
    )
    np.testing.assert_allclose(b(session), wanted, rtol=1e-7)
    session.run("test [level]x = 1\nlincom [level]x + [lnsigma]_cons\nnlcom exp([lnsigma]_cons)")
    session.run(
        "predict double f\npredict double p, xb equation(lnsigma)\nestimates store own\nml, level(90)"
    )
    session.run("ml display, eform(Ratio) noheader\nml display, or\nml display, hr\nml display, irr")
    session.run("ml display, rrr\nml display, shr\nml clear")
    assert fails(session, "ml maximize") == 198
    session.run(
        "ml model lf mynormal (y = x) /lnsigma\nml max, nooutput noclear search(quietly) technique(nr)"
    )
    session.run(
        "ml max, nolog search(norescale)\nml model lf mynormal (y = x) /lnsigma, nopreserve missing noscvars"
    )


def test_several_equations_and_a_trend_of_scale(session: Session) -> None:
    """Far units cost no digits: steps are found by what the likelihood does."""
    session.run("generate double far = 1e7*y + 1e9\nquietly regress far x z")
    wanted = b(session)
    session.run("ml model lf mynormal (far = x z) (lnsigma:)\nml init lnsigma:_cons = 16 eq1:_cons = 1e9")
    session.run("ml max, nolog")
    np.testing.assert_allclose(b(session)[:3], wanted, rtol=1e-7)
    session.run("ml model lf mynormal (mu: y = x z) (lnsigma: x)\nml max, nolog")
    assert session.e["k"] == 5 and session.e["converged"] == 1


@pytest.mark.parametrize(
    "command", ["probit d", "logit d", "poisson c", "ologit o", "oprobit o", "cloglog d", "nbreg c"]
)
def test_constraints_of_likelihood_models(session: Session, command: str) -> None:
    session.run("constraint 1 x = z\nconstraint 2 z = .25")
    for options in ("", "vce(cluster g)"):
        session.run(f"quietly {command} xz, {options}")
        one, error, ll = b(session)[0], V(session)[0, 0], session.e["ll"]
        text = session.run(f"{command} x z, constraints(1) nolog {options}")
        assert " ( 1)  " in text and "Wald chi2(1)" in text
        np.testing.assert_allclose(b(session)[:2], one, rtol=1e-6)
        np.testing.assert_allclose(V(session)[:2, :2], error, rtol=1e-5)
        assert session.e["ll"] == pytest.approx(ll, rel=1e-9)
    session.run(f"quietly {command} x z, constraints(2)")
    assert b(session)[1] == pytest.approx(0.25, abs=1e-12) and V(session)[1, 1] == pytest.approx(0, abs=1e-12)
    assert session.e.matrices["Cns"].values.shape[0] == 1
    session.run("predict double hat, xb\ntest x\ndrop hat")


def test_constraints_of_mlogit_and_ml(session: Session) -> None:
    session.run("constraint 1 [1]x = [3]x\nquietly mlogit o x z, baseoutcome(2) constraints(1)")
    assert b(session)[0] == pytest.approx(b(session)[3], rel=1e-10)
    session.run("constraint 2 x = -z\nquietly cnsreg y x z, constraints(2)")
    wanted = b(session)
    for line in ("lf mynormal (y = x z) /lnsigma", "d0 mysum (y = x z) /lnsigma"):
        session.run(f"ml model {line}, constraints(2)\nml maximize, nolog")
        np.testing.assert_allclose(b(session)[:3], wanted, rtol=1e-6)


def test_refusals(session: Session) -> None:
    assert fails(session, "ml max") == 198
    assert fails(session, "ml") == 301
    assert fails(session, "ml model rdu0 mynormal (y = x)") == 198
    assert fails(session, "ml model lf mynormal y = x") == 198
    assert fails(session, "ml model lf mynormal (y = x") == 100
    assert fails(session, "ml model lf mynormal (a: y = x) (a: z)") == 198
    assert fails(session, "ml model lf mynormal (y = x) /lnsigma, technique(bfgs)") == 198
    session.run("ml model lf mynormal (y = x) /lnsigma in 1 [pw=w]")
    assert fails(session, "ml max, search(off)") == 2001
    session.run("ml model lf nosuch (y = x)")
    assert fails(session, "ml max") == 199
    session.run("ml model d0 mysum (y = x) /lnsigma, robust")
    assert fails(session, "ml max") == 198
    session.run("program never\n  args lnf xb\n  quietly replace `lnf' = .\nend\nml model lf never (y = x)")
    assert fails(session, "ml max") == 1400
    assert fails(session, "ml max, search(off)") == 1400
    assert fails(session, "ml check") == 1400
    session.run("program flat\n  args lnf xb\n  quietly replace `lnf' = 1\nend\nml model lf flat (y = x)")
    assert fails(session, "ml check") == 498
    assert fails(session, "ml init y:x = 1") == 111
    assert fails(session, "ml init 1 2 3, copy") == 503
    assert fails(session, "ml init x = a b") == 198
    assert fails(session, "ml graph") == 199
    assert fails(session, "mleval q = b") == 111
    session.run("ml clear")
    assert fails(session, "mlsum q = x") == 198
    assert session.data.n_obs == 300 and "ML_y1" not in session.global_macros
    session.run("ml model lf mycauchy (y = x z)")
    assert fails(session, "ml max, iterate(1) nolog") == 430
    assert session.e["converged"] == 0


def test_interrupted_program_leaves_the_data(session: Session) -> None:
    session.run("program broken\n  args lnf xb\n  drop x\n  error 9\nend\nml model lf broken (y = x)")
    assert fails(session, "ml max") == 9
    assert "x" in session.data
