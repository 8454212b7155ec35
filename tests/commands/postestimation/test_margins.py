"""margins: what is refused, with its return code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
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
    ("margins half, vce(unconditional)", 198, "vce(unconditional) is not allowed after xtmixed"),
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


@pytest.mark.parametrize(
    ("subpop", "condition"),
    [("half", "half"), ("if days > 6", "days > 6"), ("half if days < 8", "half & days < 8")],
)
def test_a_subpopulation_is_averaged_over(fitted: Session, subpop: str, condition: str) -> None:
    fitted.run(f"quietly margins, at(half = 1) subpop({subpop})")
    own = {name: fitted.r.matrices[name].values for name in ("b", "V")}
    fitted.run(f"quietly margins if {condition}, at(half = 1)")
    for name, values in own.items():
        np.testing.assert_array_equal(values, fitted.r.matrices[name].values)


@pytest.mark.parametrize(("subpop", "code"), [("", 198), ("nosuch", 111), ("half days", 103)])
def test_subpopulations_that_are_none(fitted: Session, subpop: str, code: int) -> None:
    with pytest.raises(StataError) as caught:
        fitted.run(f"margins, subpop({subpop})")
    assert caught.value.code == code


def test_saved_margins_are_a_dataset(fitted: Session, tmp_path: Path) -> None:
    path = tmp_path / "m.dta"
    fitted.run("set linesize 255")
    text = fitted.run(f'margins half, at(days = (2 4 6)) dydx(days) saving("{path}")')
    assert f"file {path} saved" in text
    table = fitted.r.matrices["table"].values
    session = Session()
    session.run(f'use "{path}"')
    for name, row in {
        "_margin": 0,
        "_se": 1,
        "_statistic": 2,
        "_pvalue": 3,
        "_ci_lb": 4,
        "_ci_ub": 5,
    }.items():
        np.testing.assert_array_equal(session.data[name].to_double(), table[row])
    np.testing.assert_array_equal(session.data["_at"].to_double(), [1, 1, 2, 2, 3, 3])
    np.testing.assert_array_equal(session.data["_m1"].to_double(), [0, 1] * 3)
    assert session.data["_m1"].label == "half" and session.data["_at1"].label == "days"
    np.testing.assert_array_equal(session.data["_at1"].to_double(), [2, 2, 4, 4, 6, 6])
    assert session.data.value_labels["_deriv"] == {1: "days"}
    with pytest.raises(StataError) as caught:
        fitted.run(f'margins half, saving("{path}")')
    assert caught.value.code == 602
    fitted.run(f'quietly margins, over(half) saving("{path}", replace)')
    session.run(f'use "{path}", clear')
    np.testing.assert_array_equal(session.data["_by1"].to_double(), [0, 1])
