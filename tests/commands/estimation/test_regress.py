"""regress: layout from pinned figures, options, refusals, what is left behind."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation, FittedTerms
from xmixed.estimation.linear.regress import ESTIMATOR
from xmixed.expressions.factors.terms import Part, Term
from xmixed.session.results import Estimates, Matrix
from xmixed.session.settings import Settings

PLAIN = """
      Source |       SS       df       MS              Number of obs =     120
-------------+------------------------------           F(  2,   117) =   21.06
       Model |  1843.72156     2   921.86078           Prob > F      =  0.0000
    Residual |  5120.44831   117  43.7645155           R-squared     =  0.2647
-------------+------------------------------           Adj R-squared =  0.2522
       Total |  6964.16987   119  58.5224359           Root MSE      =  6.6155

------------------------------------------------------------------------------
       score |      Coef.   Std. Err.      t    P>|t|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         ses |   2.386142   .5147853     4.64   0.000     1.366637    3.405647
       hours |   .4187726   .1565208     2.68   0.009     .1087914    .7287538
       _cons |   61.20853   1.249135    49.00   0.000     58.73468    63.68238
------------------------------------------------------------------------------"""
CLUSTERED = """
Linear regression                                      Number of obs =     120
                                                       F(  2,    23) =   11.37
                                                       Prob > F      =  0.0004
                                                       R-squared     =  0.2647
                                                       Root MSE      =  6.6155

                                (Std. Err. adjusted for 24 clusters in school)
------------------------------------------------------------------------------
             |               Robust
       score |      Coef.   Std. Err.      t    P>|t|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         ses |   2.386142   .6228902     3.83   0.001     1.097595    3.674689
       hours |   .4187726   .1893902     2.21   0.037     .0269892     .810556
       _cons |   61.20853   1.511453    40.50   0.000     58.08185    64.33521
------------------------------------------------------------------------------"""
BETA = """
       score |      Coef.   Std. Err.      t    P>|t|                     Beta
-------------+----------------------------------------------------------------
         ses |   2.386142   .5147853     4.64   0.000                 .3912047"""


def pinned(errors: list[float], **changes: float) -> Estimates:
    """The sample output of FORMAT-estimation 4.1, its figures given."""
    terms = (Term((Part("ses"),)), Term((Part("hours"),)), Term(()))
    names = [term.name for term in terms]
    scalars = {"N": 120.0, "df_m": 2.0, "df_r": 117.0, "F": 21.064, "r2": 0.26474, "r2_a": 0.25217}
    scalars |= {"rmse": 6.6154755, "mss": 1843.721560, "rss": 5120.448310} | changes
    matrices = {
        "b": Matrix(np.array([[2.386142, 0.4187726, 61.20853]]), ["y1"], names),
        "V": Matrix(np.diag(np.square(errors)), names, names),
        "beta": Matrix(np.array([[0.3912047, 0.1, 8.98846567431158e307]]), ["y1"], names),
    }
    payload = FittedTerms("score", (FittedEquation("", terms),))
    return Estimates(scalars, {"cmd": "regress"}, matrices, payload=payload)


def shown(estimates: Estimates, **options: object) -> str:
    lines = ESTIMATOR.replay(estimates, lambda name, default=None: options.get(name, default), Settings())
    return "\n".join(line.text for line in lines)


def test_layout_of_the_analysis_of_variance() -> None:
    estimates = pinned([0.5147853, 0.1565208, 1.249135])
    assert shown(estimates) == PLAIN
    assert BETA in shown(estimates, beta=True)


def test_layout_with_clusters() -> None:
    estimates = pinned([0.6228902, 0.18939016, 1.511453], df_r=23.0, F=11.37, N_clust=24.0)
    estimates.macros |= {"vcetype": "Robust", "clustvar": "school"}
    assert shown(estimates) == CLUSTERED


@pytest.fixture(scope="module")
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse hsb82")
    session.run("keep in 1/300")
    return session


def test_mse1_takes_the_residual_variance_as_one(session: xmixed.Session) -> None:
    session.run("regress mathach ses, mse1")
    first = session.e.matrices["V"].values.copy()
    session.run("regress mathach ses")
    np.testing.assert_allclose(first * session.e.scalars["rmse"] ** 2, session.e.matrices["V"].values)


def test_eform_and_depname(session: xmixed.Session) -> None:
    lines = session.run("regress mathach ses, eform(exp(b)) depname(score) noheader").split("\n")
    b, V = session.e.matrices["b"].values[0], session.e.matrices["V"].values
    assert lines[2] == "       score |     exp(b)   Std. Err.      t    P>|t|     [95% Conf. Interval]"
    assert float(lines[4].split()[2]) == pytest.approx(np.exp(b[0]), rel=1e-6)
    assert float(lines[4].split()[3]) == pytest.approx(np.exp(b[0]) * np.sqrt(V[0, 0]), rel=1e-6)


def test_the_sample_leaves_out_missing_values_of_everything(session: xmixed.Session) -> None:
    for line in (
        "clear",
        "set obs 20",
        "generate y = mod(_n, 7)",
        "generate x = _n",
        "generate g = mod(_n, 4)",
    ):
        session.run(line)
    for line in ("replace y = . in 1", "replace x = . in 2", "replace g = . in 3", "generate w = _n > 4"):
        session.run(line)
    session.run("regress y x [aw=w], vce(cluster g)")
    session.run("count if e(sample)")
    assert session.r["N"] == session.e["N"] == 16
    assert session.e["N_clust"] == 4 and session.e["df_r"] == 3
    session.run("sysuse hsb82, clear")
    session.run("keep in 1/300")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("regress", 301, "last estimates not found"),
        ("regress nothing ses", 111, "variable nothing not found"),
        ("regress i.minority ses", 198, "depvar may not be a factor variable"),
        ("regress mathach ses if ses > 100", 2000, "no observations"),
        ("regress mathach ses, vce(oim)", 198, "vcetype 'oim' not allowed"),
        ("regress mathach ses, vce(cluster)", 198, ""),
        ("regress mathach ses, robust vce(ols)", 198, "options vce() and robust may not be combined"),
        ("regress mathach ses [pw=1], vce(ols)", 198, "vce(ols) not allowed with pweights"),
        ("regress mathach ses [fw=.5]", 401, "may not use noninteger frequency weights"),
        ("regress mathach ses [aw=-1]", 402, "negative weights encountered"),
    ],
)
def test_refusals_leave_the_results_alone(line: str, code: int, message: str) -> None:
    session = xmixed.Session()
    session.run("sysuse hsb82")
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
    assert not session.e.exist


def test_a_replay_takes_no_option_of_the_estimation(session: xmixed.Session) -> None:
    session.run("regress mathach ses")
    with pytest.raises(StataError, match="option noconstant not allowed"):
        session.run("regress, noconstant")
    with pytest.raises(StataError, match="last estimates not found"):
        session.run("areg")


def test_a_perfect_fit_has_no_error(session: xmixed.Session) -> None:
    session.run("generate double exact = 2 * ses + 1")
    session.run("regress exact ses")
    assert session.e["r2"] == 1 and session.e["rmse"] < 1e-14
    session.run("drop exact")


def test_as_many_coefficients_as_observations(session: xmixed.Session) -> None:
    text = session.run("regress mathach ses minority in 1/2")
    assert session.e["df_r"] == 0
    assert "F(  1,     0) =       ." in text
