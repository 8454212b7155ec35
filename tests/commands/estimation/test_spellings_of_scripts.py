"""xtmixed as published scripts write it: each spelling is the same command as its plain form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.session.results import Matrix


@pytest.fixture
def session() -> Session:
    random = np.random.default_rng(12)
    state = np.repeat(np.arange(24), 10)
    x = random.normal(size=len(state))
    y = 1 + x + random.normal(size=24)[state] * (1 + 0.5 * x) + random.normal(size=len(state))
    w = random.integers(1, 4, len(x))
    data = {"y": y, "x": x, "z": x * x, "state": state, "region": state // 6, "w": w}
    session = Session()
    session.use(pd.DataFrame(data))
    return session


def figures(session: Session, command: str) -> np.ndarray:
    session.run(command)
    b, v = session.e.get("b"), session.e.get("V")
    assert isinstance(b, Matrix) and isinstance(v, Matrix)
    return np.concatenate([b.values.ravel(), v.values.ravel()])


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("mixed y x || state: if region == 1", "mixed y x if region == 1 || state:"),
        ("mixed y x || region: if x < 1 || state: , mle", "mixed y x if x < 1 || region: || state:"),
        ("mixed y x || state: in 1/100", "mixed y x in 1/100 || state:"),
        ("mixed y x || state: x [fw=w]", "mixed y x [fw=w] || state: x"),
        ("mixed y x || region: || state: ||", "mixed y x || region: || state:"),
        ("mixed y x || region: || state: ||, reml", "mixed y x || region: || state:, reml"),
        ("mixed y x || state: c.x", "mixed y x || state: x"),
        ("mixed y x || state: c.x c.x#c.x, cov(id)", "mixed y x || state: x z, cov(id)"),
        ("mixed y x || state: c.x##c.x, cov(id)", "mixed y x || state: x z, cov(id)"),
        ("mixed y c. x i. region || state:", "mixed y x i.region || state:"),
        ("mixed y c.x##c. x || state:", "mixed y c.x##c.x || state:"),
        ("mixed y x || state:, cluster(region)", "mixed y x || state:, vce(cluster region)"),
        ("mixed y x || state:, cl(region) robust", "mixed y x || state:, vce(cluster region)"),
        ("mixed y x || state:, robust", "mixed y x || state:, vce(robust)"),
        ("mixed y x || state:, r", "mixed y x || state:, vce(robust)"),
        ("xtmixed y x || state:, stddev", "xtmixed y x || state:"),
    ],
)
def test_same_command(session: Session, written: str, plain: str) -> None:
    np.testing.assert_array_equal(figures(session, written), figures(session, plain))


def test_products_have_their_name_in_tables_and_predictions(session: Session) -> None:
    session.run("quietly mixed y x || state: z, cov(un)")
    session.run("predict double plain, fitted")
    session.run("quietly mixed y x || state: c.x#c.x, cov(un)")
    session.run("predict double product, fitted")
    session.run("predict double u*, reffects")
    assert session.data["u1"].label == "BLUP r.e. for state: c.x#c.x"
    np.testing.assert_allclose(
        session.data["product"].to_double(), session.data["plain"].to_double(), rtol=0, atol=1e-9
    )
    assert session.e.macros["revars"] == "c.x#c.x _cons"


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("mixed y x || state:, dfmethod(kroger)", 198, "option dfmethod is not implemented in xmixed yet"),
        ("mixed y x || state:, reml robust", 198, "vce(robust) not allowed with option reml"),
        ("mixed y x || state:, reml cluster(region)", 198, "vce(cluster) not allowed with option reml"),
        ("mixed y x || state: i.region", 101, "factor variables not allowed"),
    ],
)
def test_refused(session: Session, command: str, code: int, message: str) -> None:
    with pytest.raises(StataError, match="allowed|implemented") as caught:
        session.run(command)
    assert (caught.value.code, caught.value.message) == (code, message)


LABELLED = """\
         sex |
     Female  |"""
CROSSED = """\
     sex#c.x |
     Female  |"""


def test_mixed_shows_value_labels_and_xtmixed_levels(session: Session) -> None:
    session.run('generate byte sex = mod(_n, 2)\nlabel define sex 0 "Male" 1 "Female"\nlabel values sex sex')
    text = session.run("mixed y i.sex##c.x || state:, nolog")
    assert f"\n{LABELLED} " in text
    assert f"\n{CROSSED} " in text
    session.run('label define sex 0 "Nobody at all" 1 "Female", replace')
    assert "\nNobody at..  |          0  (base)" in session.run("mixed y i.sex || state:, nolog baselevels")
    session.run("label values sex")
    assert "\nNobody at..  |          0  (base)" in session.run("mixed, baselevels")  # as they were
    assert "\n       1.sex |" in session.run("mixed y i.sex || state:, nolog")
    session.run("label values sex sex")
    assert "\n       1.sex |" in session.run("xtmixed y i.sex || state:, nolog")


HEADER = """
Mixed-effects ML regression                     Number of obs     =      2,400
Group variable: state                           Number of groups  =         24

                                                Obs per group:
                                                              min =        100
                                                              avg =      100.0
                                                              max =        100

                                                Wald chi2(1)      ="""
GROUPS = """
-------------------------------------------------------------
                |     No. of       Observations per Group
 Group Variable |     Groups    Minimum    Average    Maximum
----------------+--------------------------------------------
         region |          4        600      600.0        600
          state |         24        100      100.0        100
-------------------------------------------------------------
"""


def test_the_header_of_later_editions(session: Session) -> None:
    """FORMAT-estimation 7: commas, the equals sign one column to the left, the test of `linear model`."""
    session.run("expand 10")
    text = session.run("mixed y x || state:, nolog")
    assert HEADER in text
    test = text.splitlines()[-1]
    assert test.startswith("LR test vs. linear model: chibar2(01) = ")
    assert test.index(" Prob >= chibar2 = ") + 24 == len(test) - 1 == 77
    text = session.run("mixed y x || region: || state: x, nolog")
    assert GROUPS in text
    assert "\nLR test vs. linear model: chi2(3) = " in text
