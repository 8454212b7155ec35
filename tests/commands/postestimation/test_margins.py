"""margins: what is refused, with its return code."""

from __future__ import annotations

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

REFUSALS = [
    ("margins days", 322, "factor days not found in list of covariates"),
    ("margins, at(foo=1)", 322, "'foo' not found in list of covariates"),
    ("margins, dydx(t*)", 322, "'t*' not found in list of covariates"),
    ("margins 7.half", 111, "level 7 of factor half not found in list of covariates"),
    ("margins, at(half=7)", 111, "level 7 of factor half not found in list of covariates"),
    ("margins, predict(fitted)", 498, "prediction is a function of possibly stochastic quantities"),
    ("margins, at(days)", 198, "option at() incorrectly specified"),
    ("margins, at(days=)", 198, "option at() incorrectly specified"),
    ("margins, at((mode) days)", 198, "statistic mode not allowed in at()"),
    ("margins half, coeflegend", 198, "option coeflegend requires option post"),
    ("margins half, vce(unconditional)", 198, "vce(unconditional) is not implemented"),
    ("margins half, dydx(days) eyex(days)", 198, "may not be combined"),
    ("margins if days > 100", 2000, "no observations"),
]


@pytest.fixture(scope="module")
def fitted() -> Session:
    session = Session()
    session.run("sysuse sleepstudy\ngenerate byte half = days > 4")
    session.run("quietly xtmixed reaction days i.half || subject:")
    return session


@pytest.mark.parametrize(("command", "code", "message"), REFUSALS)
def test_refusals(fitted: Session, command: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        fitted.run(command)
    assert (caught.value.code, message in caught.value.message) == (code, True)


def test_posted_margins_are_estimates() -> None:
    session = Session()
    session.run("sysuse sleepstudy\ngenerate byte half = days > 4")
    session.run("quietly xtmixed reaction days i.half || subject:\nquietly margins half, post")
    session.run("quietly test 0.half = 1.half")
    assert session.r["df"] == 1
    with pytest.raises(StataError) as caught:
        session.run("margins half")
    assert caught.value.code == 322
