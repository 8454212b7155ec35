"""dfuller, pperron and dfgls against R: urca, tseries; critical values and p-values against simulation."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import fails
from xmixed.data.dataset import Variable
from xmixed.interpreter.session import Session
from xmixed.statistics.unit_roots import critical_values, gls_detrended, mackinnon_p, usual_lags

MADE = "set obs 80\ngenerate t = _n\ngenerate double y = sum(sin(_n^2*0.7)+0.3*cos(_n*1.9))\ntsset t"


@pytest.fixture
def walk(session: Session) -> Session:
    session.run(MADE)
    return session


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [  # ur.df(y, "drift", 0), ur.df(y, "trend", 2), ur.df(diff(y), "none", 1); ur.pp(y, "Z-tau", "constant",
        # use.lag = 4); pp.test(y) and pp.test(y, type = "Z(t_alpha)"), which have a trend and three lags
        ("dfuller y", "Zt", -1.75825376648),
        ("dfuller y, trend lags(2)", "Zt", -1.50822379779),
        ("dfuller D.y, noconstant lags(1)", "Zt", -6.73159400787),
        ("pperron y, lags(4)", "Zt", -1.75299341971),
        ("pperron y, trend", "Zrho", -6.9097041298),
    ],
)
def test_statistics_of_r(walk: Session, line: str, name: str, value: float) -> None:
    """pperron: R has n^2 where the determinant has n^2 - 1, which moves the correction by 1/n^2."""
    walk.run(line)
    assert walk.r[name] == pytest.approx(value, rel=1 / 80**2 if line.startswith("pperron") else 1e-9)


def test_p_values_are_near_those_of_later_surfaces() -> None:
    """urca's punitroot: MacKinnon (1996), which is more exact; his approximation of 1994 is within .004."""
    for t, case, p in (
        (-2.5, "constant", 0.1154),
        (-1.2, "constant", 0.6769),
        (-3.6, "constant", 0.0058),
        (-2.5, "trend", 0.3282),
        (-1.2, "trend", 0.9096),
        (-3.6, "trend", 0.0298),
        (-2.5, "none", 0.0120),
        (-0.5, "none", 0.4999),
        (1.0, "none", 0.9169),
    ):
        assert mackinnon_p(t, case) == pytest.approx(p, abs=0.004)
    assert (mackinnon_p(-20, "none"), mackinnon_p(3, "constant"), mackinnon_p(0.71, "trend")) == (0, 1, 1)


def test_critical_values_lie_on_lines_between_sizes() -> None:
    assert critical_values("constant", 143) == pytest.approx((-3.4957, -2.8871, -2.5771), abs=1e-4)
    assert critical_values("constant", 143, of_rho=True) == pytest.approx(
        (-19.943, -13.786, -11.057), abs=1e-3
    )
    assert critical_values("trend", 10)[0] == -4.38 and critical_values("trend", 1e9)[0] == pytest.approx(
        -3.96
    )
    assert (usual_lags(79), usual_lags(100), usual_lags(143)) == (3, 4, 4)


def test_layout(walk: Session) -> None:
    text = walk.run("dfuller y, lags(1) drift regress").splitlines()
    assert text[1] == "Augmented Dickey-Fuller test for unit root         Number of obs   =        78"
    assert text[3].endswith("----------- Z(t) has t-distribution -----------")
    assert any(row.startswith("p-value for Z(t) = ") for row in text)
    assert any(row.startswith("         LD. |") for row in text)
    text = walk.run("pperron y, noconstant regress lags(0)")
    assert " Z(rho)" in text and "MacKinnon" not in text and "Newey-West lags =         0" in text
    assert walk.e.macros == {} and "_trend" not in walk.data


def test_refusals(walk: Session, session: Session) -> None:
    assert fails(walk, "dfuller y t") == 103
    assert fails(walk, "dfuller") == 100
    assert fails(walk, "dfuller y, trend drift") == 198
    assert fails(walk, "dfuller y in 1/2") == 2001
    assert fails(walk, "pperron y, lags(79)") == 198
    walk.run("tsset, clear")
    assert fails(walk, "pperron y") == 111
    walk.run("generate g = _n > 40\nxtset g t")
    assert fails(walk, "dfuller y") == 459
    walk.run("dfuller y if g, lags(1)")


@pytest.mark.parametrize(
    ("line", "value", "critical"),
    [  # ur.ers(y, "DF-GLS", "trend", 11), ur.ers(y, "DF-GLS", "constant", 3); ERS' table at 50 and 100
        ("dfgls y", -1.74228398944, -3.77 + 0.19 * 30 / 50),
        ("dfgls y, notrend maxlag(3)", -1.09734702616, -2.62 + 0.02 * 30 / 50),
    ],
)
def test_gls_statistics_of_r(walk: Session, line: str, value: float, critical: float) -> None:
    walk.run(line)
    assert walk.r.matrices["results"].values[0, 4] == pytest.approx(value, rel=1e-10)
    assert walk.r["cv1"] == pytest.approx(critical)


def test_gls_criteria_are_those_of_the_regressions(walk: Session) -> None:
    """By formula, from the regressions that regress fits on the detrended series."""
    text = walk.run("dfgls y, maxlag(5) ers")
    assert "Maxlag = 5\n" in text and "\nDF-GLS for y " in text and "DF-GLS tau" in text
    r, table = walk.r, walk.r.matrices["results"].values
    detrended = gls_detrended(walk.data["y"].to_double(), trend=True)
    walk.data = walk.data.with_variables(Variable("d", "double", detrended, "%10.0g"))
    n, last = 80 - 6, []
    for lag in range(5, 0, -1):
        terms = " ".join(f"L{k}D.d" for k in range(1, lag + 1))
        walk.run(f"quietly regress D.d L.d {terms} in 7/80, noconstant")
        b, variance = walk.e.matrices["b"].values[0], walk.e["rss"] / n
        tau = b[0] ** 2 * float((detrended[5:79] ** 2).sum()) / variance
        maic, sic = np.log(variance) + 2 * (tau + lag + 1) / n, np.log(variance) + (lag + 1) * np.log(n) / n
        t = b / np.sqrt(np.diag(walk.e.matrices["V"].values))
        np.testing.assert_allclose(table[5 - lag], (lag, maic, sic, variance**0.5, t[0]), rtol=1e-9)
        last.append((lag, abs(t[-1])))
    significant = [lag for lag, t in last if t > 1.6448536]
    assert r["optlag"] == max(significant, default=0) and r["N"] == n
    assert r["sclag"] == 5 - np.argmin(table[:, 2]) and r["maiclag"] == 5 - np.argmin(table[:, 1])
    assert r["rmse_sc"] == table[5 - int(r["sclag"]), 3]


def test_gls_refusals(walk: Session) -> None:
    assert fails(walk, "dfgls y if t != 40") == 498
    assert fails(walk, "dfgls y in 1/8, maxlag(4)") == 2001
    assert fails(walk, "dfgls y if t > 100") == 2000
    walk.run("generate one = 1")
    assert fails(walk, "dfgls one, maxlag(1)") == 2001
