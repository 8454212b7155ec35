"""estat: layouts with pinned figures, saved results, what is refused (FORMAT.md B, F)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xmixed.estimation.mixed.derived import intraclass_correlations
from xmixed.interpreter.session import Session
from xmixed.missing import MISSING
from xmixed.statistics.linear.covariance import correlations


def with_blanks(text: str) -> str:
    """Return text whose lines end in blanks, the last of them written `~`."""
    return text.replace("~\n", " \n")


def test_group(pig: Session, states: Session) -> None:
    head = """
-----------------------------------------------------------
                |   No. of       Observations per Group
 Group Variable |   Groups    Minimum    Average    Maximum
----------------+------------------------------------------
"""
    rule = "-" * 59 + "\n"
    row = "             id |       48          9        9.0          9\n"
    assert pig.run("estat group") == head + row + rule
    assert states.run("estat gr") == (
        head
        + "         region |        9         51       90.7        136\n"
        + "          state |       48         17       17.0         17\n"
        + rule
    )


def test_ic(pig: Session) -> None:
    assert (
        pig.run("estat ic")
        == """
Akaike's information criterion and Bayesian information criterion

-----------------------------------------------------------------------------
       Model |    Obs    ll(null)   ll(model)     df          AIC         BIC
-------------+---------------------------------------------------------------
           . |    432           .   -1014.927      4     2037.854    2054.127
-----------------------------------------------------------------------------
               Note:  N=Obs used in calculating BIC; see [R] BIC note
"""
    )
    assert pig.r["S"].values[0, 4] == pytest.approx(2 * 1014.9268 + 8)
    assert pig.run("estat ic, n(48)").endswith("Note:  N=n() used in calculating BIC\n")


def test_vce(pig: Session) -> None:
    assert pig.run("estat vce") == with_blanks("""
Covariance matrix of coefficients of xtmixed model

             | weight                 | lns1_1_1   | lnsig_e   ~
        e(V) |       week       _cons |      _cons |      _cons~
-------------+------------------------+------------+------------
weight       |                        |            |           ~
        week |  .00152594             |            |           ~
       _cons |          0   .35689333 |            |           ~
-------------+------------------------+------------+------------
lns1_1_1     |                        |            |           ~
       _cons |          0           0 |        .01 |           ~
-------------+------------------------+------------+------------
lnsig_e      |                        |            |           ~
       _cons |          0           0 |          0 |      .0016~
""")
    correlation = pig.run("estat vce, corr").split("\n")
    assert correlation[1] == "Correlation matrix of coefficients of xtmixed model"
    assert correlation[7] == "        week |   1.0000           |          |          "
    assert (
        pig.run("estat vce, format(%7.3f)").split("\n")[7]
        == "        week |   0.002          |         |         "
    )


def test_wide_matrices_come_in_panels(states: Session) -> None:
    states.run("set linesize 60")
    lines = states.run("estat vce").split("\n")
    assert max(map(len, lines)) <= 60
    assert sum(line.startswith("        e(V) |") for line in lines) == 3
    shown = [line for line in lines if line.strip().startswith("private |") or "_cons |" in line]
    assert len(shown) >= 7


def test_recovariance(states: Session) -> None:
    assert states.run("estat recovariance") == with_blanks("""
Random-effects covariance matrix for level region

             |     _cons~
-------------+-----------
       _cons |         1~

Random-effects covariance matrix for level state

             |     unemp      _cons~
-------------+----------------------
       unemp |       .25           ~
       _cons |       -.5          4~
""")
    assert states.r["cov"].values.tolist() == [[0.25, -0.5], [-0.5, 4.0]]
    assert states.run("estat recov, correlation level(state)") == with_blanks("""
Random-effects correlation matrix for level state

             |     unemp      _cons~
-------------+----------------------
       unemp |         1           ~
       _cons |       -.5          1~
""")
    assert states.r["corr"].row_names == ["unemp", "_cons"]


def test_icc(states: Session) -> None:
    assert (
        states.run("estat icc")
        == """
Conditional intraclass correlation

------------------------------------------------------------------------------
                       Level |        ICC   Std. Err.     [95% Conf. Interval]
-----------------------------+------------------------------------------------
                      region |         .1   .0548179      .0325775    .2682666
                state|region |         .5   .0559017      .3921554    .6078446
------------------------------------------------------------------------------

Note: ICC is conditional on zero values of random-effects covariates.
"""
    )
    assert states.r["icc3"] == pytest.approx(0.1) and states.r["icc2"] == pytest.approx(0.5)
    assert states.r["label2"] == "state|region" and states.r["level"] == 95
    assert states.r["ci2"].values.shape == (1, 2)


def test_icc_standard_errors_are_derivatives(states: Session) -> None:
    result = states.e.payload
    places = [0, 2, 4]  # log standard deviations of the intercepts and of the residual
    logs, errors = result.estimates[places], np.sqrt(np.diag(result.parameter_covariance))[places]

    def icc(values: np.ndarray, count: int) -> float:
        return float(np.exp(2 * values[:count]).sum() / np.exp(2 * values).sum())

    for count, found in enumerate(intraclass_correlations(result, 90), start=1):
        steps = np.eye(3) * 1e-6
        gradient = [(icc(logs + step, count) - icc(logs - step, count)) / 2e-6 for step in steps]
        error = math.sqrt(sum((g * e) ** 2 for g, e in zip(gradient, errors, strict=True)))
        assert found.figures.standard_error == pytest.approx(error, rel=1e-7)
        estimate = found.figures.estimate
        lower = found.figures.lower
        distance = math.log(estimate / (1 - estimate)) - math.log(lower / (1 - lower))
        assert distance == pytest.approx(1.6448536 * error / (estimate * (1 - estimate)), rel=1e-6)


def test_titles_and_level_of_icc(pig: Session) -> None:
    lines = pig.run("estat icc, level(90)").split("\n")
    assert lines[1] == "Residual intraclass correlation"
    assert lines[4].endswith("[90% Conf. Interval]")
    assert lines[6].startswith("                          id |   .7715904    .037963")
    assert len(lines) == 9


def test_summarize(fails) -> None:
    session = Session()
    session.run("set obs 6\ngen id = int((_n+1)/2)\ngen week = mod(_n,2)+1\ngen weight = 20.5 + _n^2")
    session.run("quietly xtmixed weight week i.id || _all:, nolog")
    assert (
        session.run("estat summarize")
        == """
  Estimation sample xtmixed                  Number of obs =        6

  -------------------------------------------------------------------
      Variable |         Mean      Std. Dev.         Min          Max
  -------------+-----------------------------------------------------
        weight |     35.66667       13.37784        21.5         56.5
          week |          1.5       .5477226           1            2
          2.id |     .3333333       .5163978           0            1
          3.id |     .3333333       .5163978           0            1
  -------------------------------------------------------------------
"""
    )
    assert session.r["stats"].values.shape == (4, 4)
    assert session.run("estat su id").count("\n") == 8
    session.run("drop in 1")
    assert "Number of obs =        5" in session.run("estat su")
    assert fails(session, "estat su foo") == (111, "variable foo not found")
    session.run("drop week")
    assert fails(session, "estat su") == (111, "variable week not found")
    session.run("clear")
    assert fails(session, "estat su") == (498, "e(sample) information not available")


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ("", 198, "subcommand expected"),
        (", n(3)", 198, "subcommand expected"),
        ("foo", 321, "estat foo not valid"),
        ("g", 321, "estat g not valid"),
        ("group x", 101, "varlist not allowed"),
        ("group, level(90)", 101, "options not allowed"),
        ("ic, n(0)", 198, "option n() must be a positive integer"),
        ("ic, correlation", 198, "option correlation not allowed"),
        ("icc, level(a)", 198, "option level() incorrectly specified"),
        ("icc, level(5)", 198, "level() must be between 10 and 99.99 inclusive"),
        ("vce, block", 198, "option block is not implemented in xmixed yet"),
        ("vce, corr cov", 198, "options correlation and covariance may not be combined"),
        ("vce, format(%td)", 120, "invalid %format"),
        ("recovariance, level(week)", 198, "level week not found in the model"),
        ("summarize, labels", 198, "option labels is not implemented in xmixed yet"),
    ],
)
def test_refuses(pig: Session, typed: str, code: int, message: str, fails) -> None:
    assert fails(pig, f"estat {typed}") == (code, message)


def test_needs_estimates(fails) -> None:
    assert fails(Session(), "estat ic") == (301, "last estimates not found")


def test_a_boundary_has_no_standard_error(pig: Session) -> None:
    pinned = pig.e.payload
    pinned.covariances[0][:] = 0.0
    pinned.parameter_covariance[0, 0] = 0.0
    assert "id |          0          .             .           .\n" in pig.run("estat icc")
    assert correlations(np.diag([0.0, 2.0])).tolist() == [[MISSING, MISSING], [MISSING, 1.0]]


def test_crossed_effects_have_no_icc(pig: Session, fails) -> None:
    from dataclasses import replace

    described = pig.e.payload.description
    equation = replace(described.equations[0], level="_all")
    pig.e.payload = replace(pig.e.payload, description=replace(described, equations=(equation,)))
    assert fails(pig, "estat icc") == (321, "estat icc not valid after models with crossed effects")


def test_degrees_of_freedom_are_refused_by_name(states, fails):
    code, message = fails(states, "estat df")
    assert code == 321 and "dfmethod()" in message
