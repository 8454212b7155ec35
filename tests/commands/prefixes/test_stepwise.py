"""stepwise: the way by hand, with testparm and with likelihood ratios."""

from __future__ import annotations

import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session

MADE = """set obs 80
generate x1 = sin(_n)
generate x2 = cos(_n^2)
generate x3 = sin(_n^2*.37)
generate x4 = mod(_n*7, 13)
generate g = mod(_n, 3)
generate y = x1 + .3*x2 + sin(_n^2*1.1)
replace x3 = . in 5
generate d = y > 0"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


def chosen(session: Session) -> list[str]:
    return [name.rpartition(":")[2] for name in session.e.matrices["b"].column_names if "_cons" not in name]


def test_backward(session: Session) -> None:
    session.run("quietly regress y x1 x2 x3 x4 i.g if x3 < .\ntestparm i.g")
    first = session.r["p"]
    session.run("testparm x3 x4")
    second = session.r["p"]
    text = session.run("stepwise, pr(.2): regress y x1 x2 (x3 x4) i.g")
    assert text.splitlines()[0].strip() == "begin with full model"
    gone = ["i.g", "x3 x4"] if first > second else ["x3 x4", "i.g"]
    assert text.splitlines()[1] == f"p = {max(first, second):6.4f} >= 0.2000  removing {gone[0]}"
    assert f"removing {gone[1]}" in text.splitlines()[2]
    assert chosen(session) == ["x1", "x2"] and session.e["N"] == 79
    assert session.e.macros["stepwise"] == "stepwise"
    assert session.data.variables[-1].name == "d"
    session.run("predict double f\ntest x1 = x2\nsw, pr(.9): regress y x1 if _n > 3 in 1/60, robust")
    assert session.e["N"] == 57


def test_forward_and_both(session: Session) -> None:
    text = session.run("stepwise, pe(.05): regress y x1 x2 (x3 x4) i.g")
    assert "begin with empty model" in text and "adding   x1" in text
    assert chosen(session) == ["x1", "x2"]
    session.run("stepwise, pr(.4) pe(.3) forward: logit d x4 x3 x2 x1, nolog")
    assert chosen(session) == ["x2", "x1"]
    session.run("stepwise, pr(.4) pe(.3): logit d x4 x3 x2 x1 [fw=1+(_n>40)], nolog")
    assert "x1" in chosen(session)
    session.run("stepwise, pe(1e-9): regress y x4 x3")
    assert chosen(session) == []


def test_likelihood_ratios_order_and_lock(session: Session) -> None:
    session.run("quietly logit d x1 x2 x3 x4\nestimates store A\nquietly logit d x1 x2 x3\nlrtest A")
    p = session.r["p"]
    text = session.run("stepwise, pr(.2) hierarchical lr: logit d x1 x2 x3 x4, nolog")
    assert f"p = {p:6.4f} >= 0.2000  removing x4" in text
    session.run("stepwise, pe(.2) hierarchical: logit d x4 x1, nolog")
    assert chosen(session) == []
    session.run("stepwise, pr(.2) lockterm1: regress y x4 x1 x3")
    assert chosen(session) == ["x4", "x1"]
    session.run("stset x4, failure(d)\nstepwise, pr(.5): stcox x1 x2, nolog")


def test_refusals(session: Session) -> None:
    assert fails(session, "stepwise: regress y x1") == 198
    assert fails(session, "stepwise, pr(.1) pe(.2): regress y x1") == 198
    assert fails(session, "stepwise, pr(.1): summarize y x1") == 199
    assert fails(session, "stepwise, pr(.1): regress y") == 102
    assert fails(session, "stepwise, pr(.1): regress y (x1 x2") != 0
    assert fails(session, "stepwise x, pr(.1): regress y x1") == 198
    assert fails(session, "stepwise, pr(.1): regress y x1 if y > 99") == 2000
    assert len(session.data.variables) == 7
