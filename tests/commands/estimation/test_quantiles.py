"""qreg, bsqreg, sqreg, iqreg, cnsreg: layout, identities, refusals.

Figures of R: tests/conformance/test_econometrics.py.
"""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.test_econometrics import FOLDER
from xmixed.errors import StataError
from xmixed.statistics.linear.quantiles import regression_quantile, tilted_sum


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run((FOLDER / "data.do").read_text() + "keep in 1/200")
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def V(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["V"].values


def fails(session: xmixed.Session, line: str) -> int:
    with pytest.raises(StataError) as caught:
        session.run(line)
    return caught.value.code


def test_layout(session: xmixed.Session) -> None:
    text = session.run("qreg y x i.g")
    assert "\nMedian regression                                    Number of obs =       200\n" in text
    assert "\n  Raw sum of deviations " in text and "\n  Min sum of deviations " in text
    assert "Pseudo R2     =    0." in text
    assert ".25 Quantile regression" in session.run("qreg y x, quantile(25) nolog wlsiter(3)")
    session.run("predict double f\npredict double r, residuals\npredict double s1, stdp")
    session.run("test x\nmargins, dydx(x)\nqreg, level(90)")


def test_a_quantile_of_a_constant_is_the_quantile() -> None:
    y = np.array([5.0, 1.0, 9.0, 3.0, 7.0])
    assert regression_quantile(y, np.ones((5, 1)), 0.5)[0] == 5.0
    assert regression_quantile(y + 1e9, np.ones((5, 1)), 0.5)[0] == 5.0 + 1e9
    assert tilted_sum(y - 5.0, 0.5) == 12.0


def test_as_many_rows_as_columns_are_fitted_exactly(session: xmixed.Session) -> None:
    session.run("quietly qreg y x z, quantile(.3)\npredict double r, residuals\ncount if abs(r) < 1e-12")
    assert session.r["N"] == 3
    session.run("count if r < -1e-12")
    assert 0.3 * 200 - 3 <= session.r.scalars["N"] <= 0.3 * 200


def test_frequencies_are_rows(session: xmixed.Session) -> None:
    session.run("quietly qreg y x [fw=g]")
    wanted, errors, n = b(session), np.diag(V(session)), session.e["N"]
    session.run("expand g\nquietly qreg y x")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-10)
    np.testing.assert_allclose(np.diag(V(session)), errors, rtol=1e-8)
    assert session.e["N"] == n


def test_variances(session: xmixed.Session) -> None:
    found = []
    for vce in ("", "vce(iid, residual)", "vce(robust, bofinger)", "vce(iid, chamberlain)"):
        session.run(f"quietly qreg y x z, {vce}")
        found.append(V(session)[0, 0])
    assert len(set(found)) == 4 and max(found) < 4 * min(found)
    assert "Robust" in session.run("qreg y x [pw=g]")
    for vce in ("hc3", "robust, residual", "iid, parzen"):
        assert fails(session, f"qreg y x, vce({vce})") == 198


def test_bootstrap(session: xmixed.Session) -> None:
    session.run("set seed 3\nquietly qreg y x")
    wanted = b(session)
    text = session.run("bsqreg y x, reps(30)")
    np.testing.assert_array_equal(b(session), wanted)
    assert "Median regression, bootstrap(30) SEs" in text and "Bootstrap" in text
    first = V(session)
    session.run("set seed 3\nquietly bsqreg y x, reps(30)")
    np.testing.assert_array_equal(V(session), first)
    text = session.run("sqreg y x z, quantiles(.25 .5 75) reps(30)")
    assert "\nq25          |\n" in text and "\nq75          |\n" in text and ".75 Pseudo R2" in text
    session.run("test [q25]x = [q75]x\npredict double lo\npredict double hi, equation(q75)")
    session.run("predict double s1, stdp eq(#2)\npredict double r, residuals equation(q50)")
    session.run("assert reldif(r, y - (_b[q50:x]*x + _b[q50:z]*z + _b[q50:_cons])) < 1e-10")
    lower = b(session)
    session.run("set seed 3\nquietly iqreg y x z, quantiles(25 75) reps(30)")
    np.testing.assert_allclose(b(session), lower[6:] - lower[:3], rtol=1e-9, atol=1e-9)
    assert "Interquantile regression" in session.run("iqreg")
    assert fails(session, "iqreg y x, quantiles(.5)") == 198
    assert fails(session, "qreg y x, quantile(0)") == 198


def test_under_a_prefix(session: xmixed.Session) -> None:
    text = session.run("bootstrap, reps(5) seed(1): qreg y x")
    assert "Pseudo R2" in text and "Log likelihood" not in text
    assert session.run("by g, sort: qreg y x").count("Median regression") == 3


def test_constraints(session: xmixed.Session) -> None:
    text = session.run("cnsreg y x z v, constraints(1-2)")
    assert "Constrained linear regression                     Number of obs   =        200\n" in text
    assert "\n ( 1)  x + z = 1\n ( 2)  v = 0\n" in text
    assert b(session)[:2].sum() == pytest.approx(1, abs=1e-12) and V(session)[2, 2] == 0
    session.run("predict double f\nmargins, dydx(x)\ntest x\ncnsreg, level(90)")
    session.run("quietly regress y x z\nconstraint 3 v = 0")
    wanted = V(session)
    session.run("quietly cnsreg y x z v, constraints(3)")
    np.testing.assert_allclose(V(session)[np.ix_([0, 1, 3], [0, 1, 3])], wanted, rtol=1e-9, atol=1e-14)
    session.run("quietly regress y x z, vce(cluster id)")
    wanted = V(session)
    session.run("quietly cnsreg y x z v, constraints(3) vce(cluster id)")
    np.testing.assert_allclose(V(session)[np.ix_([0, 1, 3], [0, 1, 3])], wanted, rtol=1e-9, atol=1e-14)
    assert fails(session, "cnsreg y x z v") == 198
    assert fails(session, "cnsreg y x z v, constraints(77)") == 412
    session.run("constraint 4 v = 1")
    assert fails(session, "cnsreg y x z v, constraints(3 4)") == 412
    session.run("quietly cnsreg y x z v [aw=g], constraints(3) noconstant robust")
