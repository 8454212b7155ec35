"""estimates table: layout as printed output has it, rows of several models, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.estimation.fitted import FittedEquation, FittedTerms
from xmixed.expressions.factors.terms import Part, Term
from xmixed.session.results import Estimates, Matrix

ERRORS = """
----------------------------------------
    Variable |     ri           rs     \x20
-------------+--------------------------
       hours |  .41877259    .42190331 \x20
             |  .09652081    .09488105 \x20
         ses |  2.3861423    2.4120087 \x20
             |  .21478532    .22913346 \x20
       _cons |  61.208531    60.874137 \x20
             |  .72491352    .85077014 \x20
-------------+--------------------------
           N |       1200         1200 \x20
         aic |  7412.8803    7398.1146 \x20
----------------------------------------
                            legend: b/se
""".replace("  \n", " \x20\n")
STARS = """
----------------------------------------------
    Variable |      m1              m2       \x20
-------------+--------------------------------
       hours |  .41877259***    .20190331*   \x20
         ses |  2.3861423***    .31200871    \x20
----------------------------------------------
      legend: * p<0.05; ** p<0.01; *** p<0.001
"""
NAMES = ("hours", "ses", "_cons")


def model(b: list[float], errors: list[float], aic: float = 0.0) -> Estimates:
    terms = tuple(Term((Part(name),)) if name != "_cons" else Term(()) for name in NAMES[: len(b)])
    matrices = {
        "b": Matrix(np.array([b]), ["y1"], list(NAMES[: len(b)])),
        "V": Matrix(np.diag(np.square(errors)), list(NAMES[: len(b)]), list(NAMES[: len(b)])),
    }
    scalars = {"N": 1200.0, "rank": 4.0, "ll": (8 - aic) / 2}
    payload = FittedTerms("score", (FittedEquation("", terms),))
    return Estimates(scalars, {"cmd": "regress", "depvar": "score"}, matrices, payload=payload)


@pytest.fixture
def session() -> xmixed.Session:
    return xmixed.Session()


def test_layout_with_standard_errors(session: xmixed.Session) -> None:
    first = model([0.41877259, 2.3861423, 61.208531], [0.09652081, 0.21478532, 0.72491352], 7412.8803)
    second = model([0.42190331, 2.4120087, 60.874137], [0.09488105, 0.22913346, 0.85077014], 7398.1146)
    session.stored |= {"ri": first, "rs": second}
    assert session.run("estimates table ri rs, se stats(N aic)").rstrip("\n") == ERRORS.rstrip("\n")


def test_layout_with_stars(session: xmixed.Session) -> None:
    session.stored["m1"] = model([0.41877259, 2.3861423], [0.09, 0.2])
    session.stored["m2"] = model([0.20190331, 0.31200871], [0.09, 0.3])
    assert session.run("estimates table m1 m2, star").rstrip("\n") == STARS.rstrip("\n")


def test_rows_of_several_models(session: xmixed.Session) -> None:
    session.run("sysuse hsb82")
    session.run("quietly regress mathach minority")
    session.run("estimates store short")
    session.run("quietly regress mathach ses i.female c.ses#i.female")
    session.run("estimates store full")
    session.run("quietly logit female ses minority")
    session.run("estimates table short full ., equations(1) b(%9.3f) stats(N r2_p)")
    coef = session.r.matrices["coef"]
    assert coef.row_names == [
        "#1:minority", "#1:ses", "#1:1.female", "#1:1.female#c.ses", "#1:_cons"
    ]  # fmt: skip
    assert coef.column_names == ["short:b", "short:var", "full:b", "full:var", "Active:b", "Active:var"]
    np.testing.assert_allclose(coef.values[1, 4], session.e.matrices["b"].values[0, 0])
    stats = session.r.matrices["stats"].values
    assert stats[0].tolist() == [7185, 7185, 7185] and stats[1, 2] == session.e["r2_p"]
    text = session.run("estimates table short full, keep(ses _cons) varwidth(20) modelwidth(12) stfmt(%9.2f)")
    assert "                 ses |" in text and "minority" not in text
    text = session.run("estimates table ., eform t(%9.1f) p(%5.3f) drop(female:_cons)")
    assert "_cons" not in text and "legend: b/t/p" in text


def test_omitted_coefficients(session: xmixed.Session) -> None:
    session.run("sysuse hsb82")
    session.run("quietly regress mathach ses cses meanses")
    assert "     meanses |  (omitted)  " in session.run("estimates table")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("estimates table, star se", 198, "options star() and se() may not be combined"),
        ("estimates table nothing", 111, "estimation result nothing not found"),
        ("estimates table, keep(nothing)", 111, "coefficient nothing does not occur"),
        ("estimates table, star(.1)", 198, "option star() incorrectly specified"),
        ("estimates table, equations(2)", 198, "option equations() may only be 1"),
        ("estimates table, b(%9s)", 120, "invalid %format in option b()"),
        ("estimates table, coded", 198, "option coded is not implemented in xmixed yet"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.e = model([0.4, 2.4], [0.1, 0.2])
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message


def test_without_results(session: xmixed.Session) -> None:
    with pytest.raises(StataError, match="last estimates not found"):
        session.run("estimates table")
