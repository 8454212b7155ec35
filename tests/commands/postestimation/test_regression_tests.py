"""estat hettest, ovtest, vif: layout as printed output has it, definitions, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.render.layouts.postestimation.regression_tests import (
    render_heteroskedasticity,
    render_inflation,
    render_reset,
)

HETEROSKEDASTICITY = """
Breusch-Pagan / Cook-Weisberg test for heteroskedasticity\x20
         Ho: Constant variance
         Variables: fitted values of score

         chi2(1)      =     4.36
         Prob > chi2  =   0.0368"""
RESET = """
Ramsey RESET test using powers of the fitted values of score
       Ho:  model has no omitted variables
                 F(3, 114) =      1.92
                  Prob > F =      0.1303"""
INFLATION = """
    Variable |       VIF       1/VIF \x20
-------------+----------------------
       hours |      1.07    0.934579
         ses |      1.07    0.934579
-------------+----------------------
    Mean VIF |      1.07"""


def text(lines: list) -> str:
    return "\n".join(line.text for line in lines)


def test_layouts() -> None:
    shown = render_heteroskedasticity("fitted values of score", "chi2(1)", 4.36, "chi2", 0.0368)
    assert text(shown) == HETEROSKEDASTICITY
    assert text(render_reset("fitted values of score", 3, 114, 1.92, 0.1303)) == RESET
    factor = 1 / 0.934579
    assert text(render_inflation([("", "hours", factor), ("", "ses", factor)], factor)) == INFLATION


@pytest.fixture(scope="module")
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse hsb82")
    session.run("keep in 1/150")
    return session


def test_the_score_test_is_half_an_explained_sum_of_squares(session: xmixed.Session) -> None:
    session.run("quietly regress mathach ses minority")
    session.run("estat hettest, normal")
    statistic, rss, n = session.r["chi2"], session.e["rss"], session.e["N"]
    session.run("predict double u, residuals")
    session.run("predict double fit, xb")
    session.run(f"generate double scaled = u^2 / ({rss!r} / {n!r})")
    session.run("quietly regress scaled fit")
    assert statistic == pytest.approx(session.e["mss"] / 2, rel=1e-10)
    expected = session.e["F"]
    session.run("quietly regress mathach ses minority")
    session.run("estat hettest, fstat")
    assert session.r["F"] == pytest.approx(expected, rel=1e-9)


def test_inflation_is_that_of_each_covariate_on_the_others(session: xmixed.Session) -> None:
    session.run("quietly regress ses minority cses [aw=female + 1]")
    r2 = session.e["r2"]
    session.run("quietly regress mathach ses minority cses [aw=female + 1]")
    session.run("estat vif")
    places = {session.r[f"name_{number}"]: session.r[f"vif_{number}"] for number in (1, 2, 3)}
    assert places["ses"] == pytest.approx(1 / (1 - r2), rel=1e-10)
    session.run("quietly regress mathach ses minority, noconstant")
    session.run("vif, uncentered")
    X = np.array([session.data[name].to_double() for name in ("ses", "minority")])
    inverse = np.linalg.inv(X @ X.T)
    assert session.r["vif_1"] == pytest.approx(inverse[0, 0] * (X[0] @ X[0]), rel=1e-10)


@pytest.mark.parametrize(
    ("model", "line", "code", "message"),
    [
        ("regress mathach ses, robust", "estat hettest", 498, "not valid after robust"),
        ("regress mathach ses, noconstant", "estat vif", 198, "use option uncentered"),
        ("regress mathach", "estat vif", 102, "too few variables specified"),
        ("regress mathach ses", "estat hettest, mtest(foo)", 198, "option mtest() incorrectly specified"),
        ("regress mathach ses", "estat hettest, iid fstat", 198, "may not be combined"),
        ("logit female ses", "estat vif", 321, ""),
        ("xtmixed mathach ses || school:", "estat ovtest", 321, ""),
    ],
)
def test_refusals(session: xmixed.Session, model: str, line: str, code: int, message: str) -> None:
    session.run(f"quietly {model}")
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message


def test_information_matrix_test_in_raw_columns() -> None:
    """N R^2 of regressions on the covariates as they are; a 0/1 variable is its own square and drops out."""
    session = xmixed.Session()
    session.run(
        "sysuse hsb82\nkeep in 1/120\nquietly regress mathach ses minority\nquietly estat imtest, white"
    )
    y, x, z = (session.data[name].to_double() for name in ("mathach", "ses", "minority"))
    ones = np.ones(len(y))
    X = np.column_stack([ones, x, z])
    e = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
    s2 = e @ e / len(y)

    def share(values: np.ndarray, columns: np.ndarray) -> float:
        rest = values - columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
        return len(y) * (1 - rest @ rest / np.sum((values - values.mean()) ** 2))

    white = share(e**2, np.column_stack([X, x * x, x * z]))
    skewness = share(e**3 - 3 * s2 * e, X)
    fourth = e**4 - 6 * s2 * e**2 + 3 * s2**2
    kurtosis = len(y) * fourth.mean() ** 2 / np.mean(fourth**2)
    wanted = {"h": (white, 4), "s": (skewness, 2), "k": (kurtosis, 1), "t": (white + skewness + kurtosis, 7)}
    for mark, (statistic, df) in wanted.items():
        assert session.r[f"chi2_{mark}"] == pytest.approx(statistic, rel=1e-9)
        assert session.r[f"df_{mark}"] == df
