"""qreg, bsqreg, sqreg, iqreg, cnsreg: layout, identities, refusals.

Figures of R: tests/conformance/test_econometrics.py.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize

import xmixed
from tests.conformance.econometrics import V, b, fails, started
from xmixed.statistics.linear.quantiles import regression_quantile, tilted_sum


@pytest.fixture
def session() -> xmixed.Session:
    return started("keep in 1/200")


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


def test_the_lower_of_two_quantiles_of_a_constant() -> None:
    y, w = np.array([7.0, 1.0, 3.0, 2.0]), np.array([1.0, 2.0, 1.0, 2.0])
    assert regression_quantile(y, np.ones((4, 1)), 0.5)[0] == 2.0
    assert regression_quantile(y, np.ones((4, 1)), 0.75)[0] == 3.0
    assert regression_quantile(y, np.full((4, 1), 2.0), 0.5, w)[0] == 1.0
    assert regression_quantile(y, np.ones((4, 1)), 1 / 3, w)[0] == 1.0


@pytest.fixture
def programmes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the linear programmes that are solved."""
    solved, whole = [], scipy.optimize.linprog

    def counted(c: np.ndarray, **others: Any) -> object:
        solved.append(len(c))
        return whole(c, **others)

    monkeypatch.setattr(scipy.optimize, "linprog", counted)
    return solved


def sum_of_programme(y: np.ndarray, X: np.ndarray, q: float, w: np.ndarray) -> float:
    """Return the least tilted sum by the primal programme, errors split into u - v, by the simplex method."""
    n, k = X.shape
    costs = np.concatenate([np.zeros(k), 2 * q * w, 2 * (1 - q) * w])
    bounds = [(None, None)] * k + [(0, None)] * (2 * n)
    equations = np.hstack([X, np.eye(n), -np.eye(n)])
    return scipy.optimize.linprog(costs, A_eq=equations, b_eq=y, bounds=bounds, method="highs-ds").fun


@pytest.mark.parametrize("q", [0.07, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["continuous", "ties", "groups", "heavy", "copies"])
@pytest.mark.parametrize("n", [4, 12, 150])
def test_the_least_sum(kind: str, q: float, n: int) -> None:
    draws = np.random.default_rng(n)
    X = np.column_stack([draws.normal(size=(n, 2)), np.ones(n)])
    y = X @ [1.0, -2.0, 0.5] + (draws.standard_cauchy(n) if kind == "heavy" else draws.normal(size=n))
    w = draws.integers(1, 4, n).astype(float)
    if kind == "ties":
        X[:, :2], y = np.round(X[:, :2]), np.round(y)
    if kind == "groups":
        X[:, :2] = np.arange(n)[:, None] % 3 == [1, 2]
    if kind == "copies":
        X, y = np.repeat(X, 3, axis=0), np.repeat(y, 3)
        w = np.repeat(w, 3)
    if np.linalg.matrix_rank(X) < 3:
        pytest.skip("no full rank")
    for weights in (w, np.ones(len(y))):
        b = regression_quantile(y, X, q, weights)
        found = tilted_sum(y - X @ b, q, weights)
        assert found == pytest.approx(sum_of_programme(y, X, q, weights), rel=1e-9, abs=1e-9)
        assert np.sum(np.abs(y - X @ b) < 1e-9) >= 3


@pytest.mark.parametrize("q", [0.05, 0.5, 0.8])
@pytest.mark.parametrize("n", [40, 5000])
def test_ordinary_data_need_no_linear_programme(programmes: list[int], n: int, q: float) -> None:
    draws = np.random.default_rng(5)
    X = np.column_stack([draws.normal(size=(n, 4)), np.ones(n)])
    y = X.sum(axis=1) + np.exp(draws.normal(size=n))
    b = regression_quantile(y, X, q)
    assert not programmes
    # The subgradient of a minimum: the rows that are fitted make up for the others within their bounds.
    errors = y - X @ b
    fitted = np.argsort(np.abs(errors))[:5]
    a = (errors > 0).astype(float)
    a[fitted] = 0
    own = np.linalg.solve(X[fitted].T, (1 - q) * X.sum(axis=0) - X.T @ a)
    assert np.all((own > 0) & (own < 1))
    np.testing.assert_allclose(errors[fitted], 0, atol=1e-12)


def test_ties_need_programmes_in_few_rows(programmes: list[int]) -> None:
    draws = np.random.default_rng(6)
    x = np.repeat([0.0, 1.0], 5000)
    y = draws.normal(size=10000) + x
    b = regression_quantile(y, np.column_stack([x, np.ones(10000)]), 0.5)
    assert programmes and max(programmes) < 10000
    for own, fit in ((0, b[1]), (1, b.sum())):
        middle = np.sort(y[x == own])[2499:2501]
        assert middle[0] - 1e-12 <= fit <= middle[1] + 1e-12


@pytest.mark.parametrize("size", [1e-250, 1e-100, 1e100, 1e300])
def test_any_unit(size: float) -> None:
    draws = np.random.default_rng(7)
    X = np.column_stack([draws.normal(size=100), np.ones(100)])
    y = draws.normal(size=100)
    np.testing.assert_allclose(
        regression_quantile(y * size, X, 0.3) / size, regression_quantile(y, X, 0.3), 1e-12
    )


def test_an_outlier_of_any_size_is_one_row() -> None:
    draws = np.random.default_rng(8)
    X = np.column_stack([draws.normal(size=200), np.ones(200)])
    y = draws.normal(size=200)
    y[0] = 100.0
    wanted = regression_quantile(y, X, 0.3)
    for y[0] in (1e6, 1e9, 1e12):
        np.testing.assert_allclose(regression_quantile(y, X, 0.3), wanted, rtol=1e-12)


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


def _solves(y: np.ndarray, X: np.ndarray, q: float, b: np.ndarray) -> bool:
    """Return whether b goes through as many rows as it has elements, with shares of them between 0 and 1."""
    left = y - X @ b
    rows = np.argsort(np.abs(left) / (np.abs(y) + np.abs(X) @ np.abs(b)))[: X.shape[1]]
    above = (left > 0).astype(float)
    above[rows] = 0.0
    shares = np.linalg.solve(X[rows].T, (1 - q) * X.sum(axis=0) - above @ X)
    return bool(np.all((shares > -1e-6) & (shares < 1 + 1e-6)))


@pytest.mark.parametrize("size", [1e6, 1e15, 1e100, 1e300])
@pytest.mark.parametrize("q", [0.05, 0.5, 0.9])
def test_how_far_an_outlier_lies_does_not_matter(q: float, size: float) -> None:
    generator = np.random.default_rng(7)
    X = np.column_stack([generator.normal(size=(400, 2)), np.ones(400)])
    y = X @ [1.0, 2.0, 3.0] + generator.normal(size=400)
    y[7], y[9] = 1e4, -1e4
    near = regression_quantile(y, X, q)
    y[7], y[9] = size, -size
    np.testing.assert_allclose(regression_quantile(y, X, q), near, rtol=1e-12)


@pytest.mark.parametrize("q", [0.01, 0.05, 0.25, 0.5, 0.9])
@pytest.mark.parametrize("power", [1, 3])
def test_heavy_tails(power: int, q: float) -> None:
    """Cauchy's distribution and its cube; the conditions of the linear programme hold."""
    for seed in range(10):
        generator = np.random.default_rng(seed)
        X = np.column_stack([generator.normal(size=(1000, 3)), np.ones(1000)])
        y = X @ [1.0, 2.0, 3.0, 4.0] + generator.standard_cauchy(1000) ** power
        assert _solves(y, X, q, regression_quantile(y, X, q))
