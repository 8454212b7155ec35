"""anova: layout as printed output has it, sums of squares, what follows it, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.estimation.linear.anova import ESTIMATOR
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

TABLE = """
                           Number of obs =      59     R-squared     =  0.1442
                           Root MSE      = 7.40815     Adj R-squared =  0.0975

                  Source |  Partial SS    df       MS           F     Prob > F
              -----------+----------------------------------------------------
                   Model |       508.5     3       169.5       3.09     0.0345
                         |
                     grp |  412.306122     2  206.153061       3.76     0.0296
                  female |  96.1938776     1  96.1938776       1.75     0.1910
                         |
                Residual |  3018.44172    55  54.8807585   \n\
              -----------+----------------------------------------------------
                   Total |  3526.94172    58    60.80934"""


def test_layout() -> None:
    scalars = {"N": 59.0, "r2": 0.1442, "r2_a": 0.0975, "rmse": 7.40815, "mss": 508.5, "rss": 3018.44172}
    scalars |= {"df_m": 3.0, "df_r": 55.0, "F": 3.0885}
    scalars |= {"ss_1": 412.306122, "df_1": 2.0, "F_1": 3.7564, "ss_2": 96.1938776, "df_2": 1.0}
    scalars |= {"F_2": 1.7528}
    macros = {"cmd": "anova", "sstype": "partial", "term_1": "grp", "term_2": "female"}
    lines = ESTIMATOR.replay(Estimates(scalars, macros), lambda name, default=None: default, Settings())
    text = "\n".join(line.text for line in lines).split("\n")
    expected = TABLE.split("\n")
    # The sample's mean square of the residual is not quite its quotient.
    assert [line[:50] for line in text] == [line[:50] for line in expected]
    assert text[:11] == expected[:11] and text[12:] == expected[12:]
    assert text[11].endswith("   ") and len(text[11]) == len(expected[11])


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse exam")
    session.run("keep in 1/400")
    return session


def test_one_factor_is_a_regression_on_its_indicators(session: xmixed.Session) -> None:
    session.run("anova normexam intake")
    e = session.e
    assert e["ss_1"] == pytest.approx(e["mss"], rel=1e-12) and e["F_1"] == pytest.approx(e["F"], rel=1e-12)
    b = e.matrices["b"].values
    session.run("regress normexam i.intake")
    np.testing.assert_allclose(session.e.matrices["b"].values, b)


def test_a_long_source_moves_the_rule_to_the_left(session: xmixed.Session) -> None:
    lines = session.run("anova normexam intake##schgend").split("\n")
    rules = [line for line in lines if line.lstrip().startswith("---")]
    assert {(len(line), line.index("-")) for line in rules} == {(78, 24 - len("intake#schgend"))}


def test_empty_cells_cost_no_degrees_of_freedom(session: xmixed.Session) -> None:
    session.run("drop if intake == 3 & male == 1")
    session.run("anova normexam intake##male")
    assert session.e["df_3"] == 1 and session.e["df_m"] == 4


def test_what_follows(session: xmixed.Session) -> None:
    session.run("anova normexam intake##male")
    assert "Source |       SS       df" in session.run("regress")
    assert "Partial SS" in session.run("anova") and "Partial SS" in session.run("estimates replay")
    session.run("testparm i.intake#i.male")
    assert session.r["F"] == pytest.approx(session.e["F_3"], rel=1e-9)
    session.run("predict double fit")
    assert session.e["N"] == 400


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("anova", 301, "last estimates not found"),
        ("anova normexam intake, sequential partial", 198, "may not be combined"),
        ("anova normexam intake, repeated(male)", 198, "option repeated is not implemented in xmixed yet"),
        ("anova normexam standlrt", 452, "noninteger"),
        ("anova normexam intake [pw=1]", 101, ""),
        ("anova normexam intake / student|intake", 198, ""),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
    assert not session.e.exist
