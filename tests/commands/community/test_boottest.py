"""boottest: replications against a bootstrap that makes every sample and fits it, draw by draw."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session
from xmixed.statistics.inference.wild import clusters_of, draws, p_value


@pytest.fixture
def firms(session: Session) -> Session:
    random = np.random.default_rng(17)
    firm = np.repeat(np.arange(8.0), [5, 9, 12, 7, 10, 6, 8, 11])
    x = random.normal(size=68) + 0.5 * random.normal(size=8)[firm.astype(int)]
    z = random.normal(size=68)
    y = 0.3 * x + random.normal(size=8)[firm.astype(int)] + random.normal(size=68)
    session.use(pd.DataFrame({"firm": firm, "x": x, "z": z, "y": y}))
    return session


def clustered_t(X: np.ndarray, y: np.ndarray, codes: np.ndarray, row: np.ndarray, value: float) -> float:
    inverse = np.linalg.inv(X.T @ X)
    b = inverse @ X.T @ y
    e = y - X @ b
    sums = np.array([X[codes == code].T @ e[codes == code] for code in np.unique(codes)])
    n, k, g = *X.shape, len(sums)
    V = inverse @ sums.T @ sums @ inverse * g / (g - 1) * (n - 1) / (n - k)
    return float((row @ b - value) / np.sqrt(row @ V @ row))


@pytest.mark.parametrize(("value", "imposed"), [(0.0, True), (0.4, True), (0.2, False)])
def test_replications_are_fits_of_samples(firms: Session, value: float, imposed: bool) -> None:
    x, z, y, codes = (firms.data[name].to_double() for name in ("x", "z", "y", "firm"))
    X, row = np.column_stack([x, z, np.ones(68)]), np.array([1.0, 0.0, 0.0])
    b = np.linalg.lstsq(X, y, rcond=None)[0]
    clusters = clusters_of(X, y - X @ b, b, row, codes.astype(int), None)
    weights, _ = draws(np.random.default_rng(1), "webb", 8, 25)
    found = clusters.replicated(value, weights, imposed)
    start = b
    if imposed:  # least squares of y - value x on the others
        others = np.linalg.lstsq(X[:, 1:], y - value * x, rcond=None)[0]
        start = np.concatenate([[value], others])
    residuals, about = y - X @ start, value if imposed else b[0]
    for place in range(25):
        sample = X @ start + residuals * weights[codes.astype(int), place]
        assert found[place] == pytest.approx(clustered_t(X, sample, codes, row, about), rel=1e-8)
    assert clusters.statistic(value) == pytest.approx(clustered_t(X, y, codes, row, value), rel=1e-10)


def test_all_patterns_of_few_clusters(firms: Session) -> None:
    firms.run("regress y x z, vce(cluster firm)")
    text = firms.run("boottest x, nograph")
    assert "Warning: with 8 clusters, the number of replications, 999, exceeds the universe" in text
    t = firms.e["b"].values[0, 0] / np.sqrt(firms.e["V"].values[0, 0])
    assert (firms.r["t"], firms.r["reps"], firms.r["df_r"]) == (pytest.approx(t, rel=1e-9), 256, 7)
    x, z, y, codes = (firms.data[name].to_double() for name in ("x", "z", "y", "firm"))
    X, row = np.column_stack([x, z, np.ones(68)]), np.array([1.0, 0.0, 0.0])
    others = np.linalg.lstsq(X[:, 1:], y, rcond=None)[0]
    residuals = y - X[:, 1:] @ others
    signs = 2.0 * (np.arange(256)[:, None] >> np.arange(8) & 1) - 1
    replicated = [
        clustered_t(X, X[:, 1:] @ others + residuals * sign[codes.astype(int)], codes, row, 0.0)
        for sign in signs
    ]
    # a pattern and its mirror are as far from zero: those of the sample itself must not count by rounding
    beyond = np.mean(np.abs(replicated) > abs(t) * (1 + 1e-9))
    assert firms.r["p"] == pytest.approx(beyond, abs=2 / 256)
    assert "Wild bootstrap-t, null imposed, 256 replications, Wald test" in text


def test_limits_are_where_p_is_alpha(firms: Session) -> None:
    firms.run("regress y x z, vce(cluster firm)")
    firms.run("boottest x, seed(3) weighttype(normal) reps(499) level(90)")
    low, high = firms.r["CI"].values[0]
    for value, side in ((low, -1), (high, 1)):
        firms.run(f"boottest x = {float(value + side * 1e-3)!r}, seed(3) weighttype(normal) reps(499) noci")
        outside = firms.r["p"]
        firms.run(f"boottest x = {float(value - side * 1e-3)!r}, seed(3) weighttype(normal) reps(499) noci")
        assert outside <= 0.1 <= firms.r["p"] + 0.01
    assert "CI" not in firms.r


def test_p_values() -> None:
    replicated = np.array([-3.0, -1.0, 0.0, 1.0, 2.5])
    assert p_value(2.0, replicated, "symmetric") == 0.4
    assert p_value(2.0, replicated, "equaltail") == 0.4
    assert (p_value(2.0, replicated, "lower"), p_value(2.0, replicated, "upper")) == (0.8, 0.2)


@pytest.mark.parametrize("name", ["rademacher", "mammen", "webb", "normal", "gamma"])
def test_weights_have_mean_zero_and_variance_one(name: str) -> None:
    found, complete = draws(np.random.default_rng(2), name, 50, 4000)
    assert not complete and found.shape == (50, 4000)
    assert (found.mean(), found.var()) == (pytest.approx(0, abs=0.01), pytest.approx(1, abs=0.02))


def test_areg_robust_and_cluster(firms: Session) -> None:
    firms.run("areg y x z, absorb(firm) vce(cluster firm)")
    t = firms.e["b"].values[0, 0] / np.sqrt(firms.e["V"].values[0, 0])
    firms.run("boottest x, reps(99) weighttype(mammen) noci quietly")
    assert firms.r["t"] == pytest.approx(t, rel=1e-9)
    firms.run("regress y x z, vce(robust)")
    t = firms.e["b"].values[0, 0] / np.sqrt(firms.e["V"].values[0, 0])
    assert "Rademacher weights:" in firms.run("boottest x, reps(99) noci ptype(upper)")
    assert firms.r["t"] == pytest.approx(t, rel=1e-9)
    firms.run("regress y x z\nboottest x = z, cluster(firm) reps(99) nonull weighttype(gamma)")
    x, z, y, codes = (firms.data[name].to_double() for name in ("x", "z", "y", "firm"))
    X = np.column_stack([x, z, np.ones(68)])
    assert firms.r["t"] == pytest.approx(clustered_t(X, y, codes, np.array([1.0, -1, 0]), 0.0), rel=1e-9)


def test_refusals(firms: Session, refused) -> None:
    firms.run("regress y x z")
    assert refused(firms, "boottest x")[0] == 198
    firms.run("regress y x z, vce(cluster firm)")
    assert refused(firms, "boottest x z") == (198, "boottest takes one restriction")
    assert refused(firms, "boottest x, bootcluster(firm)")[0] == 198
    firms.run("gen half = mod(_n, 2)\nareg y x z, absorb(half) vce(cluster firm)")
    assert refused(firms, "boottest x") == (198, "the absorbed groups must lie within the clusters")
    firms.run("logit half x")
    assert refused(firms, "boottest x")[0] == 198
    firms.run("regress y x [aw = z^2], vce(cluster firm)")
    assert refused(firms, "boottest x")[0] == 101
