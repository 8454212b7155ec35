"""Delta-method variances of nlcom, testnl and predictnl against exact derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.interpreter.session import Session
from xmixed.statistics.distributions import chi2_tail


@pytest.fixture(scope="module")
def fitted() -> Session:
    session = Session()
    session.run("sysuse sleepstudy\ngenerate z = sqrt(days)")
    session.run("quietly xtmixed reaction days z || subject: days, covariance(unstructured)")
    return session


def exact(session: Session) -> tuple[np.ndarray, np.ndarray]:
    """Values and covariance of b1/b2 and exp(lns), derivatives by hand; b1, b2 the slopes."""
    b, V = session.e["b"].values[0], session.e["V"].values
    J = np.zeros((2, len(b)))
    J[0, :2] = [1 / b[1], -b[0] / b[1] ** 2]
    J[1, 3] = np.exp(b[3])
    return np.array([b[0] / b[1], np.exp(b[3])]), J @ V @ J.T


def test_nlcom(fitted: Session) -> None:
    values, V = exact(fitted)
    fitted.run("quietly nlcom (_b[days]/_b[z]) (exp([lns1_1_1]_b[_cons]))")
    np.testing.assert_allclose(fitted.r["b"].values[0], values, rtol=1e-12)
    np.testing.assert_allclose(fitted.r["V"].values, V, rtol=1e-8)


def test_testnl(fitted: Session) -> None:
    values, V = exact(fitted)
    fitted.run("quietly testnl (_b[days]/_b[z] = 1) (exp([lns1_1_1]_b[_cons]) = 5)")
    distance = values - [1, 5]
    expected = distance @ np.linalg.solve(V, distance)
    assert fitted.r["chi2"] == pytest.approx(expected, rel=1e-8)
    assert fitted.r["p"] == pytest.approx(chi2_tail(expected, 2), rel=1e-8)


def test_predictnl_of_the_linear_prediction_has_its_standard_error(fitted: Session) -> None:
    fitted.run("predictnl double p = predict(xb), se(s)\npredict double x\npredict double t, stdp")
    columns = {name: fitted.data[name].to_double() for name in "pstx"}
    np.testing.assert_allclose(columns["p"], columns["x"], rtol=1e-12)
    np.testing.assert_allclose(columns["s"], columns["t"], rtol=1e-8)


def test_lincom_is_the_test_of_its_combination(fitted: Session) -> None:
    fitted.run("quietly lincom 2*days - 3*z")
    ratio = fitted.r["estimate"] / fitted.r["se"]
    fitted.run("quietly test 2*days = 3*z")
    assert fitted.r["chi2"] == pytest.approx(ratio**2, rel=1e-10)
