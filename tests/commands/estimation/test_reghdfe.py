"""reghdfe: layout, identities, refusals. Figures of R: tests/conformance/test_econometrics.py."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, b, fails, started
from xmixed.statistics.linear.absorption import Factor, components, partialled_out, without_singletons


@pytest.fixture
def session() -> xmixed.Session:
    return started()


@pytest.mark.parametrize("weighted", [False, True])
def test_partialling_out_is_a_regression(weighted: bool) -> None:
    rng = np.random.default_rng(5)
    codes = [rng.integers(0, 12, 300), rng.integers(0, 9, 300), rng.integers(0, 4, 300)]
    y, w = rng.normal(size=300) + 1e4, rng.uniform(0.5, 2, 300) if weighted else np.ones(300)
    X = np.column_stack([own[:, None] == np.arange(own.max() + 1) for own in codes]).astype(float)
    root = np.sqrt(w)
    wanted = y - X @ np.linalg.lstsq(X * root[:, None], y * root, rcond=None)[0]
    weights = w if weighted else None
    found = partialled_out(y, [Factor.of(own, weights) for own in codes], weights)
    assert found.converged
    np.testing.assert_allclose(found.values, wanted, atol=1e-8)


def test_parts_and_singletons() -> None:
    first, second = Factor.of(np.array([0, 0, 1, 1, 2, 3])), Factor.of(np.array([0, 1, 0, 1, 2, 2]))
    assert components(first, second) == 2
    kept = without_singletons([np.array([0, 0, 1, 1, 2]), np.array([0, 0, 0, 1, 1])])
    assert kept.tolist() == [True, True, False, False, False]


def test_layout(session: xmixed.Session) -> None:
    text = session.run("reghdfe yp x z i.g, absorb(id t g) vce(cluster id)")
    for part in (
        "\nHDFE Linear regression                            Number of obs   =        400\n",
        "\nAbsorbing 3 HDFE groups                           F(   2,     49) =",
        "\nNumber of clusters (id)      =         50         Root MSE        =",
        "note: 2.g omitted because of collinearity",
        "\n          id |        50          50           0    *|\n",
        "\n           t |         8           1           7     |\n",
    ):
        assert part in text, part
    session.run("test x = z\nmargins, dydx(x)\nreghdfe, level(90)\nestimates store m\nestimates table m")


def test_one_variable_is_areg(session: xmixed.Session) -> None:
    for options in ("", "vce(robust)", "vce(cluster area)"):
        session.run(f"quietly areg yp x z, absorb(t) {options}")
        wanted, variance, f = b(session), V(session), session.e["F"]
        session.run(f"quietly reghdfe yp x z, absorb(t) {options}")
        np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
        np.testing.assert_allclose(V(session), variance, rtol=1e-8, atol=1e-14)
        assert session.e["F"] == pytest.approx(f, rel=1e-9)


def test_periods_as_indicators_or_absorbed(session: xmixed.Session) -> None:
    session.run("xtset id t\nquietly xtreg yp x z i.t, fe vce(cluster id)")
    wanted, variance = b(session)[:2], V(session)[:2, :2]
    session.run("quietly reghdfe yp x z, absorb(id t) cluster(id) tolerance(1e-12)")
    np.testing.assert_allclose(b(session)[:2], wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session)[:2, :2], variance, rtol=1e-8)


def test_predictions(session: xmixed.Session) -> None:
    session.run("quietly reghdfe yp x [aw=g], absorb(id t)\npredict double f\npredict double d, d")
    session.run("predict double r, residuals\npredict double q, xbd\npredict double dr, dresiduals")
    session.run("predict double s1, stdp\nassert reldif(yp, f + d + r) < 1e-9 & reldif(q, f + d) < 1e-9")
    session.run("assert reldif(dr, d + r) < 1e-9\nsummarize r [aw=g]")
    assert abs(session.r.scalars["mean"]) < 1e-9
    session.run("quietly regress yp x i.id i.t [aw=g]\npredict double rr, residuals")
    session.run("assert abs(r - rr) < 1e-7")


def test_combinations_singletons_weights(session: xmixed.Session) -> None:
    session.run("egen both = group(area t)\nquietly areg yp x, absorb(both)")
    wanted = b(session)
    session.run("quietly reghdfe yp x, absorb(i.area#i.t)")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
    assert session.e.macros["absvars"] == "area#t"
    text = session.run("replace id = 1000 in 1\nreghdfe yp x, absorb(id)")
    assert "(dropped 1 singleton observation)" in text and session.e["N"] == 399
    session.run("quietly reghdfe yp x, absorb(id) keepsingletons")
    assert session.e["N"] == 400
    session.run("quietly reghdfe yp x [fw=g], absorb(t area) robust")
    wanted, variance = b(session), V(session)
    session.run("expand g\nquietly reghdfe yp x, absorb(t area) vce(robust)")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-9)
    np.testing.assert_allclose(V(session), variance, rtol=1e-8)


def test_refusals(session: xmixed.Session) -> None:
    for line in (
        "reghdfe yp x",
        "reghdfe yp x, absorb(id##c.t)",
        "reghdfe yp x, absorb(fe=id)",
        "reghdfe yp x, absorb(id) vce(hc3)",
        "reghdfe yp x, absorb(id) vce(robust) cluster(id)",
        "reghdfe yp x, absorb(id) noconstant",
    ):
        assert fails(session, line) == 198
