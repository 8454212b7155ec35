"""estimates, lrtest and the lists of results, from pinned e() (FORMAT.md B and C)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.commands.estimation import fakes
from xmixed.errors import StataError
from xmixed.estimation.mixed.results import _matrices
from xmixed.interpreter.session import Session
from xmixed.session.results import Matrix, Results


def model(ll: float, rank: int, k_rs: int, **macros: str):
    pinned = fakes.result([6.209896, 19.35561], [0.04, 0.6], [[[14.8]]], 2.1, [0.1, 0.04])
    made = fakes.estimates(pinned, ll, 1, 25337.49, 472.65)
    made.scalars |= {"rank": float(rank), "k": float(rank), "k_f": 2.0, "k_rs": float(k_rs), "converged": 1.0}
    made.macros |= {"method": "ML"} | macros
    made.matrices |= _matrices(pinned)
    return made


@pytest.fixture
def session():
    made = Session()
    made.stored["randint"] = model(-1014.926844, 4, 2)
    made.stored["randslope"] = model(-869.038254, 5, 3)
    made.e = model(-868.961849, 6, 3)
    return made


LIKELIHOOD_RATIO = """
Likelihood-ratio test                                 LR chi2(1)  =    291.78
(Assumption: randint nested in randslope)             Prob > chi2 =    0.0000

Note: The reported degrees of freedom assumes the null hypothesis is not on
      the boundary of the parameter space. If this is not true, then the
      reported test is conservative.
"""


def test_lrtest_in_either_order(session):
    assert session.run("lrtest randslope randint") == LIKELIHOOD_RATIO
    assert session.r["df"] == 1 and session.r["chi2"] == pytest.approx(291.77718)
    assert session.run("lrtest randint randslope") == LIKELIHOOD_RATIO


def test_lrtest_without_a_note(session):
    wanted = LIKELIHOOD_RATIO.replace("   291.78", "     0.15").replace("randint", "randslope")
    wanted = wanted.replace("nested in randslope)", "nested in .)      ").replace("0.0000", "0.6959")
    assert session.run("lrtest . randslope") == "\n".join(wanted.split("\n")[:3]) + "\n"
    assert session.run("lrtest randslope") == session.run("lrtest . randslope")


def test_long_names_run_into_the_right_block(session):
    session.stored["a_name_of_twenty_seven_char"] = model(-900.0, 5, 3)
    shown = session.run("lrtest randint a_name_of_twenty_seven_char").split("\n")
    assert shown[2].startswith(
        "(Assumption: randint nested in a_name_of_twenty_seven_char) Prob > chi2 =    "
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 4.0}, r"df\(unrestricted\) = df\(restricted\) = 4"),
        ({"N": 400.0}, r"observations differ: 432 vs\. 400"),
        ({"method": "REML"}, "different estimation methods"),
        ({"depvar": "height"}, "different dependent variables"),
        ({"cmd": "regress"}, "different estimators"),
    ],
)
def test_lrtest_refuses(session, change, message):
    other = model(-900.0, 5, 3)
    for name, value in change.items():
        (other.macros if isinstance(value, str) else other.scalars)[name] = value
    session.stored["other"] = other
    with pytest.raises(StataError, match=message) as raised:
        session.run("lrtest randint other")
    assert raised.value.code == 498


def test_lrtest_warns_of_reml_with_other_fixed_effects(session):
    session.stored["a"] = model(-10.0, 4, 2, method="REML")
    described = fakes.description(terms=(fakes.plain("height"), fakes.CONSTANT), method="reml")
    other = model(-9.0, 5, 3, method="REML")
    session.stored["b"] = replace(other, payload=replace(other.payload, description=described))
    text = session.run("lrtest a b")
    assert "LR chi2(1)" in text
    assert "Note: LR tests based on REML are valid only when the fixed-effects\n" in text
    session.stored["b"] = model(-9.0, 5, 2, method="REML")
    assert "Note" not in session.run("lrtest a b")


def test_lrtest_refuses_other_samples(session):
    session.run("set obs 3")
    for name, rows in (("a", [True, True, False]), ("b", [True, False, True])):
        session.stored[name] = replace(
            model(-10.0 if name == "a" else -9.0, 4 + (name == "b"), 2), mark=f"mark {name}"
        )
        session.data = session.data.with_(marks={**session.data.marks, f"mark {name}": np.array(rows)})
    with pytest.raises(StataError, match="estimation samples of a and b differ"):
        session.run("lrtest a b")


def test_lrtest_names(session):
    for text, code in (
        ("lrtest foo randint", 111),
        ("lrtest", 198),
        ("lrtest a b c", 198),
        ("lrtest . .", 198),
    ):
        with pytest.raises(StataError) as raised:
            session.run(text)
        assert raised.value.code == code
    session.e = type(session.e)()
    with pytest.raises(StataError) as raised:
        session.run("lrtest randint")
    assert raised.value.code == 301


def test_lrtest_options(session):
    assert "LR chi2(3)  =    291.78" in session.run("lrtest randint randslope, df(3)")
    shown = session.run("lrtest randint randslope, stats").split("\n")
    assert shown[8] == "Akaike's information criterion and Bayesian information criterion"


CRITERIA = """
-----------------------------------------------------------------------------
       Model |    Obs    ll(null)   ll(model)     df          AIC         BIC
-------------+---------------------------------------------------------------
     randint |    432           .   -1014.927      4     2037.854    2054.127
           . |    432           .   -868.9618      6     1749.924    1774.334
-----------------------------------------------------------------------------
               Note:  N=Obs used in calculating BIC; see [R] BIC note
"""


def test_estimates_stats(session):
    assert session.run("estimates stats randint .") == CRITERIA
    assert session.r["S"].values.shape == (2, 6)
    assert "  1749.924    1765.555" in session.run("est stat, n(100)")


def test_store_restore_drop(session):
    assert session.run("estimates store mine, title(my model)") == ""
    assert session.run("estimates query") == "(active results produced by xtmixed; also stored as mine)\n"
    assert session.run("estimates restore randint") == "(results randint are active now)\n"
    assert session.e["ll"] == -1014.926844
    session.run("estimates drop rand*")
    assert list(session.stored) == ["mine"]
    session.run("estimates clear")
    assert session.stored == {} and session.e.exist
    assert session.run("est query") == "(active results produced by xtmixed; not yet stored)\n"


def test_directory(session):
    session.run("estimates restore randslope")
    session.run("estimates title: a longer title")
    session.run("estimates store randslope")
    shown = session.run("estimates dir").split("\n")
    assert shown[1] == "-" * 62
    assert shown[2] == "        name | command      depvar       npar  title "
    assert shown[4:6] == [
        "     randint | xtmixed      weight          4",
        "   randslope | xtmixed      weight          5  a longer title",
    ]


def test_replay(session):
    shown = session.run("estimates replay randint, variance noheader").split("\n")
    assert shown[:5] == ["", "-" * 79, "Model randint", "-" * 79, ""]
    assert any("var(_cons)" in line for line in shown)
    assert session.e["ll"] == -868.961849
    assert "Active results" in session.run("estimates replay")
    assert session.run("xtmixed, nofetable").startswith("\nMixed-effects ML regression")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("estimates restore foo", 111, "estimation result foo not found"),
        ("estimates store 1x", 198, "1x invalid name"),
        ("estimates store", 198, "invalid syntax"),
        ("estimates selected", 199, "command estimates selected is not implemented in xmixed"),
        ("estimates frobnicate", 198, "invalid subcommand frobnicate"),
        ("estimates restore randint, variance", 101, "options not allowed"),
        ("estimates drop foo", 111, "estimation result foo not found"),
        ("xtmixed, reml", 198, "option reml not allowed"),
        ("xtmixed, nolog", 198, "option nolog not allowed"),
        ("matrix list foo", 111, "matrix foo not found"),
        ("matrix mkmat x", 199, "command matrix mkmat is not implemented in xmixed"),
    ],
)
def test_errors(session, text, code, message):
    with pytest.raises(StataError) as raised:
        session.run(text)
    assert (raised.value.code, raised.value.message) == (code, message)
    assert session.e["ll"] == -868.961849 and sorted(session.stored) == ["randint", "randslope"]


def test_nothing_estimated():
    for text in ("xtmixed", "estimates replay", "estimates store a", "estimates stats"):
        with pytest.raises(StataError) as raised:
            Session().run(text)
        assert raised.value.code == 301


LISTED = """
scalars:
                  r(N) =  432
               r(mean) =  -1014.926844

macros:
               r(name) : "a b"

matrices:
                  r(S) :  2 x 2
"""


def test_return_list(session):
    square = Matrix(np.eye(2), ["a", "b"], ["a", "b"])
    session.r = Results({"N": 432.0, "mean": -1014.926844}, {"name": "a b"}, {"S": square})
    assert session.run("return list") == LISTED
    assert session.run("return list") == LISTED
    shown = session.run("ereturn list")
    assert '                e(cmd) : "xtmixed"' in shown and "e(sample)" not in shown


MATRIX = """
e(b)[1,4]
       weight:    weight:  lns1_1_1:   lnsig_e:
         week      _cons      _cons      _cons
y1   6.209896   19.35561  1.3473136  .74193734
"""


def test_matrix_list(session):
    assert session.run("matrix list e(b)") == MATRIX
    shown = session.run("matrix list e(V)").split("\n")
    assert shown[1] == "symmetric e(V)[4,4]"
    assert shown[4] == "   weight:week     .0016"
    assert shown[7] == " lnsig_e:_cons         0         0         0     .0016"


def test_matrix_list_in_panels(session):
    session.matrices["M"] = Matrix(np.arange(20.0).reshape(2, 10), ["r1", "r2"], [f"c{i}" for i in range(10)])
    session.run("set linesize 40")
    shown = session.run("matrix list M, format(%9.2f)").split("\n")
    assert shown[1] == "M[2,10]"
    assert shown[5] == "" and max(len(line) for line in shown) <= 40
    assert session.run("matrix dir") == "            M[2,10]\n"
