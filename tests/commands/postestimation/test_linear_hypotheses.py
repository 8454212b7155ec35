"""test and testparm: layout, arithmetic, what is refused (FORMAT.md B)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.wald import wald
from xmixed.interpreter.session import Session

ONE = """
 ( 1)  [weight]week = 0

           chi2(  1) =25271.49
         Prob > chi2 =    0.0000
"""


def test_layout(pig: Session) -> None:
    assert pig.run("test week") == ONE
    assert pig.run("test [weight]week = 0") == ONE
    assert pig.run("te _b[week] == 0") == ONE
    assert pig.run("test [weight]") == ONE
    assert pig.run("test [#1]: week") == ONE
    assert pig.run("test [lns1_1_1]_cons = 1.35") == (
        "\n ( 1)  [lns1_1_1]_cons = 1.35\n\n"
        "           chi2(  1) =    0.00\n         Prob > chi2 =    0.9833\n"
    )


def test_joint_test_and_dropped_constraint(child: Session) -> None:
    printed = child.run("test 1.girl 0.girl#c.age 1.girl 0.girl")
    assert printed == (
        "\n"
        " ( 1)  [weight]1.girl = 0\n"
        " ( 2)  [weight]0b.girl#c.age = 0\n"
        " ( 3)  [weight]1.girl = 0\n"
        " ( 4)  [weight]0b.girl = 0\n"
        "       Constraint 3 dropped\n"
        "       Constraint 4 dropped\n"
        "\n"
        "           chi2(  2) =  715.11\n"
        "         Prob > chi2 =    0.0000\n"
    )
    assert child.r.scalars == {
        "drop": 1.0,
        "chi2": pytest.approx(4 + (8 / 0.3) ** 2),
        "p": pytest.approx(math.exp(-child.r.scalars["chi2"] / 2)),
        "dropped_1": 3.0,
        "dropped_2": 4.0,
        "df": 2.0,
    }


def test_nothing_left_to_test(child: Session) -> None:
    assert child.run("test 0.girl").endswith(
        "       Constraint 1 dropped\n\n           chi2(  0) =       .\n         Prob > chi2 =         .\n"
    )


@pytest.mark.parametrize(
    ("typed", "shown", "chi2"),
    [
        ("0.girl#c.age = 1.girl#c.age", "[weight]0b.girl#c.age - [weight]1.girl#c.age = 0", 1.0),
        ("c.age#1.girl = 0b.girl#c.age", "- [weight]0b.girl#c.age + [weight]1.girl#c.age = 0", 1.0),
        ("1.girl = 2*_cons + 1", "[weight]1.girl - 2*[weight]_cons = 1", 9.5**2 / 4.0625),
        ("1.girl = _cons/3 - .5", "[weight]1.girl - .3333333*[weight]_cons = -.5", None),
        ("2*(1.girl - _cons) = -(1)", "2*[weight]1.girl - 2*[weight]_cons = -1", 64 / 4.25),
        ("1.girl = ln(1) + 2^2 - 1", "[weight]1.girl = 3", 196.0),
        ("1.girl = -297" + " + 1" * 300, "[weight]1.girl = 3", 196.0),
        ("1.girl = r(zero)", None, None),
    ],
)
def test_linear_expressions(child: Session, typed: str, shown: str | None, chi2: float | None, fails) -> None:
    if shown is None:  # r(zero) does not exist: missing
        assert fails(child, f"test {typed}")[0] == 198
        return
    assert child.run(f"test {typed}").split("\n")[1] == f" ( 1)  {shown}"
    if chi2 is not None:
        assert child.r["chi2"] == pytest.approx(chi2)


def test_several_equalities(child: Session) -> None:
    lines = child.run("test 1.girl = _cons = 2").split("\n")
    assert lines[1:3] == [" ( 1)  [weight]1.girl - [weight]_cons = 0", " ( 2)  [weight]1.girl = 2"]
    assert child.run("test (1.girl = _cons) (1.girl = 2)").split("\n")[1:3] == lines[1:3]
    both = child.run("test (1.girl _cons) ([lnsig_e]_cons = 0)").split("\n")
    assert both[3] == " ( 3)  [lnsig_e]_cons = 0"


def test_accumulate_and_notest(child: Session) -> None:
    assert child.run("test 1.girl, notest") == ""
    assert child.r["df"] == 1
    lines = child.run("test _cons, accumulate").split("\n")
    assert lines[1:3] == [" ( 1)  [weight]1.girl = 0", " ( 2)  [weight]_cons = 0"]
    assert child.r["chi2"] == pytest.approx(4 + 16)
    child.run("estimates store a\nestimates restore a")
    assert child.run("test _cons, a").split("\n")[1] == " ( 1)  [weight]_cons = 0"


def test_a_failed_test_does_not_count_for_accumulate(child: Session) -> None:
    child.run("test 1.girl, notest")
    with pytest.raises(StataError):
        child.run("test nothing, accumulate")
    assert child.run("test _cons, accumulate").split("\n")[1] == " ( 1)  [weight]1.girl = 0"


def test_long_constraints_are_wrapped(child: Session) -> None:
    child.run("set linesize 60")
    lines = child.run("test 1.girl + 0.girl#c.age + 1.girl#c.age = _cons").split("\n")
    assert lines[1] == " ( 1)  [weight]1.girl + [weight]0b.girl#c.age +"
    assert lines[2] == "       [weight]1.girl#c.age - [weight]_cons = 0"


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("foo", 111, "foo not found"),
        ("[weight]foo", 111, "[weight]foo not found"),
        ("[foo]week", 303, "equation [foo] not found"),
        ("week^2 = 1", 131, "not possible with test"),
        ("week*_cons = 1", 131, "not possible with test"),
        ("1/week = 1", 131, "not possible with test"),
        ("exp(week) = 1", 131, "not possible with test"),
        ("_se[week] = 1", 131, "not possible with test"),
        ("week > 1", 100, "=exp required"),
        ("week + 1", 100, "=exp required"),
        ("week = week", 198, "invalid syntax"),
        ("week (week = 1)", 198, "invalid syntax"),
        ("week = 1 _cons", 198, "invalid syntax"),
        ("week =", 198, "invalid syntax"),
        ("(week = 1", 100, ") required"),
        ("week = .", 198, "invalid syntax"),
        ("", 100, "varlist required"),
        ("week, foo", 198, "option foo not allowed"),
    ],
)
def test_refuses(pig: Session, typed: str, code: int, message: str, fails) -> None:
    pig.run("test week")
    assert fails(pig, f"test {typed}") == (code, message)


def test_needs_estimates(fails) -> None:
    assert fails(Session(), "test x") == (301, "last estimates not found")
    assert fails(Session(), "testparm x") == (301, "last estimates not found")


def test_testparm(child: Session, fails) -> None:
    assert child.run("testparm i.girl#c.age").split("\n")[1:3] == [
        " ( 1)  [weight]0b.girl#c.age = 0",
        " ( 2)  [weight]1.girl#c.age = 0",
    ]
    assert child.run("testparm i.girl#c.age, equal") == (
        "\n"
        " ( 1)  - [weight]0b.girl#c.age + [weight]1.girl#c.age = 0\n"
        "\n"
        "           chi2(  1) =    1.00\n"
        "         Prob > chi2 =    0.3173\n"
    )
    assert child.run("testparm i.girl").count("= 0\n") == 1
    assert child.run("testparm 1.girl#c.age other").split("\n")[1] == " ( 1)  [weight]1.girl#c.age = 0"
    nothing = "no such variables;\nthe specified varlist does not identify any testable coefficients"
    assert fails(child, "testparm age") == (111, nothing)
    assert fails(child, "testparm girl2") == (111, nothing)
    assert fails(child, "testparm i.girl, equation(lnsig_e)") == (111, nothing)
    assert fails(child, "testparm i.girl, equation(foo)") == (303, "equation [foo] not found")
    assert fails(child, "testparm foo") == (111, "variable foo not found")
    assert fails(child, "testparm i.girl, equal") == (102, "too few variables specified")
    assert fails(child, "testparm") == (100, "varlist required")


def test_statistic_does_not_depend_on_units() -> None:
    generator = np.random.default_rng(1)
    root = generator.normal(size=(4, 4))
    V, b = root @ root.T, generator.normal(size=4)
    rows = np.vstack([np.eye(4)[:2], np.eye(4)[0] - np.eye(4)[1], np.eye(4)[3]])
    kept, found = wald(rows, np.array([0.0, 1.0, -1.0, 2.0]), b, V)
    assert kept == [0, 1, 3] and found.df == 3
    R, distance = rows[kept], (rows @ b - [0.0, 1.0, -1.0, 2.0])[kept]
    assert found.statistic == pytest.approx(distance @ np.linalg.solve(R @ V @ R.T, distance))
    units = np.array([1e-9, 1.0, 1e9, 1e4])
    again = wald(rows[kept], np.array([0.0, 1.0, 2e4]) * [1e-9, 1, 1], b * units, V * np.outer(units, units))
    assert again[1].statistic == pytest.approx(found.statistic, rel=1e-8)


def test_time_series_names_of_coefficients() -> None:
    names = ("y:L.x", "y:cL2.x#c.age", "y:_cons")
    made = Coefficients(names, ("y",), np.ones(3), np.eye(3))
    assert [made.place("", name) for name in ("L1.x", "l.x", "c.L2.x#c.age", "c.age#cL2.x", "_cons")] == [
        0,
        0,
        1,
        1,
        2,
    ]
