"""arima against R: stats::arima(..., method = "ML") with reltol 1e-14, its predict(); OPG by differences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.estimation.series.arima import Lags, process_of
from xmixed.estimation.series.arima_estimator import difference_of
from xmixed.interpreter.session import Session
from xmixed.missing import is_missing
from xmixed.statistics.arma import innovations

MADE = """set obs 120
generate t = _n
generate double x = cos(_n*.77)
generate double e = sin(_n^2*0.7)
generate double u = e in 1
replace u = .6*u[_n-1] + e + .4*e[_n-1] in 2/l
generate double y = 5 + .8*x + u
generate double w = sum(u)
generate double gaps = y if !inlist(_n,20,21,60)
tsset t"""


@pytest.fixture
def series(session: Session) -> Session:
    session.run(MADE)
    return session


@pytest.mark.parametrize(
    ("line", "coefficients", "errors", "sigma", "ll"),
    [
        (
            "arima y x, ar(1) ma(1) vce(oim)",
            (0.7997893011, 5.1614002610, 0.5853187938, 0.3220446363),
            (0.1511070304, 0.1907895920, 0.1021442348, 0.1302378057),
            0.6642334995,
            -121.6152077371,
        ),
        (
            "arima gaps x, arima(1,0,1) vce(oim)",
            (0.7995776612, 5.1605471831, 0.5826197381, 0.3409426945),
            (0.1545202594, 0.1933239500, 0.1018042521, 0.1332293607),
            0.6669261059,
            -119.8248939927,
        ),
        (
            "arima w, arima(1,1,1) vce(oim)",
            (0.1632759461, 0.5862390403, 0.3212634494),
            (0.1927312816, 0.1028633, 0.1309177172),
            0.6669854917,
            -121.0978066596,
        ),
        (
            "arima y x, arima(1,0,0) sarima(1,0,1,4) vce(oim)",
            (0.7841027751, 5.1597604467, 0.7488391058, -0.6283140752, 0.4750000516),
            (0.171551, 0.216081, 0.06051, 0.31355, 0.34615),
            0.6703585018,
            -122.7476458101,
        ),
        (
            "arima y, ar(1 3) vce(oim)",
            (5.1373756815, 0.8098817650, -0.2713247564),
            (0.14441710650, 0.06165532722, 0.06131970416),
            0.7295173381,
            -132.9464738161,
        ),
    ],
)
def test_figures_of_r(
    series: Session, line: str, coefficients: tuple, errors: tuple, sigma: float, ll: float
) -> None:
    """R ends at 1e-6 of the parameters; its second derivatives are differences with five digits."""
    series.run(line)
    np.testing.assert_allclose(b(series)[:-1], coefficients, rtol=5e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(V(series)))[:-1], errors, rtol=5e-5)
    assert b(series)[-1] == pytest.approx(sigma, rel=1e-7) and series.e["sigma"] == b(series)[-1]
    assert series.e["ll"] == pytest.approx(ll, rel=1e-10)


def test_variances(series: Session) -> None:
    """OPG: products of slopes of the rows, by central differences; robust: the sandwich of the two."""
    series.run("quietly arima y x, ar(1) ma(1) vce(oim)")
    oim = V(series)
    x, y = (series.data[name].to_double() for name in ("x", "y"))

    def rows(point: np.ndarray) -> np.ndarray:
        process = process_of((Lags(1, (1,), (1,)),), point[2:4])
        found = innovations(y - point[0] * x - point[1], np.arange(120), process)
        assert found is not None
        return -((found.errors / point[4]) ** 2) / 2 - np.log(found.scales * point[4])

    steps = 1e-4 * np.eye(5)
    slopes = np.array([(rows(b(series) + step) - rows(b(series) - step)) / 2e-4 for step in steps])
    np.testing.assert_allclose(slopes.sum(axis=1), 0, atol=1e-5)
    text = series.run("arima y x, ar(1) ma(1)")
    assert "|                 OPG\n" in text
    np.testing.assert_allclose(V(series), np.linalg.inv(slopes @ slopes.T), rtol=1e-5)
    series.run("quietly arima y x, ar(1) ma(1) vce(robust)")
    np.testing.assert_allclose(V(series), oim @ slopes @ slopes.T @ oim * 120 / 119, rtol=1e-5)
    assert "Semirobust" in series.run("arima") and "Log pseudolikelihood" in series.run("arima")


def test_forecasts_of_r(series: Session) -> None:
    series.run("quietly arima y x in 1/100, ar(1) ma(1)\nreplace y = . in 101/120")
    text = series.run("predict double f\npredict double m, mse\npredict double s, structural")
    assert "(option xb assumed; predicted values)" in text
    f, m, s = (series.data[name].to_double() for name in "fms")
    np.testing.assert_allclose(f[[100, 101, 119]], (4.661392062, 4.370590989, 4.936045464), rtol=1e-6)
    np.testing.assert_allclose(m[[100, 101, 119]] ** 0.5, (0.6687767431, 0.917055143, 1.011347003), rtol=1e-6)
    np.testing.assert_allclose(s, b(series)[1] + b(series)[0] * series.data["x"].to_double(), rtol=1e-12)
    series.run("quietly arima w in 1/100, arima(1,1,1) noconstant\npredict double g, y dynamic(101)")
    series.run("predict double h, y\npredict double r, yresiduals\npredict double q, residuals")
    g, h, r, q, w = (series.data[name].to_double() for name in "ghrqw")
    np.testing.assert_allclose(g[[100, 101, 119]], (16.73378129, 16.85759264, 17.02464806), rtol=1e-6)
    assert is_missing(g[:1]).all() and series.data["g"].label == "y prediction, dyn(101)"
    assert series.data["h"].label == "y prediction, one-step"
    np.testing.assert_allclose(r[1:], (w - h)[1:], atol=1e-12)
    np.testing.assert_allclose(r[1:], q[1:], atol=1e-12)
    np.testing.assert_allclose(g[1:100], h[1:100], rtol=1e-12)


def test_residuals_behind_gaps(series: Session) -> None:
    """R's are over their standard deviations, which are those of mse."""
    series.run("quietly arima gaps x, ar(1) ma(1)\npredict double r, residuals\npredict double m, mse")
    r, m = (series.data[name].to_double()[[18, 21, 22, 60]] for name in "rm")
    found = r / np.sqrt(m) * series.e["sigma"]
    np.testing.assert_allclose(found, (0.96138018, -0.02292147, -0.61771692, -0.0338374), rtol=2e-5)
    assert "Sample:  1 - 120, but with gaps " in series.run("arima")
    assert "but with a gap " in series.run("arima gaps x in 1/40, ar(1)")


def test_layout_and_what_comes_after(series: Session) -> None:
    text = series.run("arima y x, ar(1) mma(1,4) technique(bhhh) savespace").splitlines()
    assert text[1].startswith("Iteration 0:   log likelihood = ")
    assert "ARIMA regression" in text and any(row.startswith("Sample:  1 - 120 ") for row in text)
    assert [row for row in text if row.startswith(("ARMA", "y  ", "      /sigma"))]
    assert series.e.matrices["b"].column_names == ["y:x", "y:_cons", "ARMA:L.ar", "ARMA4:L.ma", "sigma:_cons"]
    assert "[90% Conf. Interval]" in series.run("arima, level(90)")
    series.run("test [ARMA]L.ar\nestat ic\nlincom [y]x\nestimates store one")
    assert series.run("arima y, mar(1,4) noconstant nolog").count("ARMA4 ") == 1
    series.run("quietly arima y, ar(1) ma(1 3) nolog")
    assert series.run("arima, noheader").splitlines()[1].startswith("---")
    series.run("quietly arima w, sarima(0,1,1,4) noconstant")
    assert series.e.macros["depvar"] == "S4.w" and series.e["N"] == 116
    series.run("quietly arima y x")
    found = b(series).copy()
    series.run("quietly regress y x")
    np.testing.assert_allclose(found[:2], b(series), rtol=1e-7)
    assert found[2] == pytest.approx((series.e["rss"] / 120) ** 0.5, rel=1e-7)


def test_a_random_walk_has_a_maximum_next_to_the_edge(series: Session) -> None:
    series.run("arima w, ar(1/4) nolog")
    larger = series.e["ll"]
    assert series.e["converged"] == 1
    series.run("arima w, ar(1) nolog")
    assert series.e["ll"] <= larger and 0.9 < b(series)[1] < 1
    series.run("replace w = t + 1e-6*sin(_n^2)")  # a trend has none
    assert fails(series, "arima w, ar(1/4) nolog") == 430 and series.e["ic"] <= 100


def test_operators() -> None:
    np.testing.assert_allclose(difference_of("D2"), (1, -2, 1))  # type: ignore[arg-type]
    np.testing.assert_allclose(difference_of("DS2"), (1, -1, -1, 1))  # type: ignore[arg-type]
    assert difference_of("L") is None


def test_refusals(series: Session) -> None:
    for options in (
        "arima(1,0)",
        "arima(1,0,0) ar(1)",
        "ar(0)",
        "ma(1.5)",
        "sarima(1,0,0,1)",
        "mar(1)",
        "sarima(1,0,0,4) mar(1,4)",
        "condition",
        "vce(cluster x)",
        "ar(1) vce(bootstrap)",
        "ar(1) vce(jackknife)",
    ):
        assert fails(series, f"arima y, {options}") == 198, options
    assert fails(series, "arima y i.t, arima(1,1,0)") == 198
    assert fails(series, "arima y in 1/3, ar(1)") == 2001
    assert fails(series, "arima y if t > 500, ar(1)") == 2000
    assert fails(series, "arima y x, ar(1) ma(1) iterate(1)") == 430
    series.run("quietly arima L.y, ar(1)")
    assert fails(series, "predict p, y") == 198
    assert fails(series, "predict p, dynamic(.)") == 198
    assert fails(series, "margins") == 498
    series.run("generate id = _n > 60\nxtset id t")
    assert fails(series, "arima y, ar(1)") == 459
    series.run("arima y if id, ar(1)")
    series.run("tsset, clear\nereturn clear")
    assert fails(series, "arima y, ar(1)") == 111
    assert fails(series, "arima") == 301
