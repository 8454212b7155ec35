"""xtgee and xtreg, pa: geepack's figures, the equations in dense form panel by panel, identities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, ndtr

from xmixed.interpreter.session import Session

ORTHODONT = """sysuse orthodont, clear
xtset subject age, delta(2)
generate d = distance > 24
drop if mod(_n, 7) == 0
generate n = round(distance - 15)"""
"""93 measurements of 27 children, 2 to 4 each."""


def fitted(command: str) -> Session:
    session = Session()
    session.run(ORTHODONT)
    session.run(f"quietly {command}")
    return session


def test_a_binary_outcome_as_in_geepack() -> None:
    """geepack 1.3.9, corstr = "fixed" at the correlation found here; its variances lack 27/26."""
    session = fitted("xtgee d age female, family(binomial) corr(exch) vce(robust) tolerance(1e-13)")
    assert session.e["R"].values[1, 0] == pytest.approx(0.4607809180803439, rel=1e-9)
    b = [0.56441291881273, -1.90758855436110, -5.90473781554660]
    np.testing.assert_allclose(session.e["b"].values[0], b, rtol=1e-9)
    V = np.array(
        [
            [0.011593252531096, -0.016842395698019, -0.144410397887715],
            [-0.016842395698019, 0.602269414466111, 0.029181012845044],
            [-0.144410397887715, 0.029181012845044, 1.967926037883361],
        ]
    )
    np.testing.assert_allclose(session.e["V"].values, V * 27 / 26, rtol=1e-9)


def test_counts_as_in_geepack() -> None:
    """The same with an autoregression of the order of the measurements, and the scale that is estimated."""
    command = "xtgee n age female, family(poisson) corr(ar 1) force scale(x2) tolerance(1e-13)"
    session = fitted(command)
    assert session.e["R"].values[1, 0] == pytest.approx(0.565512559300176, rel=1e-9)
    b = [0.071573809507954, -0.289971617692219, 1.539865936488362]
    np.testing.assert_allclose(session.e["b"].values[0], b, rtol=1e-9)
    V = np.array(
        [
            [9.0745590411027e-05, -8.0828622410040e-06, -1.0593232452322e-03],
            [-8.0828622410040e-06, 5.0055022076392e-03, -1.6169580076613e-03],
            [-1.0593232452322e-03, -1.6169580076613e-03, 0.0140773772591934],
        ]
    )
    np.testing.assert_allclose(session.e["V"].values, V, rtol=1e-9)
    assert session.e["phi"] == pytest.approx(0.48185287745128, rel=1e-10)


def test_sums_of_trials_as_in_geepack() -> None:
    """geepack 1.3.9: shares weighted by numbers of trials, which scale residuals too."""
    session = Session()
    session.run(f"""{ORTHODONT}
generate m = 3 + mod(_n, 5)
generate s = round(m * invlogit((distance - 24) / 2 + sin(_n)))
quietly xtgee s age female, family(binomial m) corr(exch) vce(robust) tolerance(1e-13)""")
    assert session.e["R"].values[1, 0] == pytest.approx(0.5458487470852385, rel=1e-9)
    b = [0.248314228735191, -0.746011925874914, -2.439853893568639]
    np.testing.assert_allclose(session.e["b"].values[0], b, rtol=1e-9)
    V = np.array(
        [
            [0.00164131561063471, -0.00239280514297025, -0.01809069416460350],
            [-0.00239280514297025, 0.10966517637634879, -0.03389512026186528],
            [-0.01809069416460350, -0.03389512026186528, 0.2592209227439752],
        ]
    )
    np.testing.assert_allclose(session.e["V"].values, V * 27 / 26, rtol=1e-9)


# --- dense equations ------------------------------------------------------------------------------------


def panels() -> pd.DataFrame:
    """150 panels of 2 to 6 occasions of 7, some with gaps."""
    rng = np.random.default_rng(8)
    rows = []
    for panel in range(150):
        size = rng.integers(2, 7)
        for t in sorted(rng.choice(7, size=size, replace=False)):
            rows.append((panel, t))
    frame = pd.DataFrame(rows, columns=["id", "t"])
    frame["x"], frame["z"] = rng.normal(size=len(frame)), rng.normal(3, 2, len(frame))
    u = rng.normal(size=150)[frame.id]
    frame["y"] = 1 + frame.x - 0.3 * frame.z + 0.5 * u + rng.normal(size=len(frame))
    frame["d"] = (frame.x + u + rng.logistic(size=len(frame)) > 0).astype(int)
    frame["n"] = rng.poisson(np.exp(0.2 * frame.x + 0.3 * u))
    frame["successes"] = rng.binomial(5, expit(0.5 * frame.x + 0.3 * u))
    frame["g"] = rng.gamma(8, np.exp(0.1 * frame.x + 0.1 * u) / 8)
    frame["w"] = rng.integers(1, 4, 150)[frame.id]
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


def working(kind: str, order: int, own: list[np.ndarray], times: list[np.ndarray]) -> np.ndarray:
    """The correlations between 7 occasions, by [XT] xtgee's sums written out."""
    share = sum(float(r @ r) / len(r) for r in own)
    R = np.eye(7)
    if kind == "exchangeable":
        products = sum((r.sum() ** 2 - r @ r) / (len(r) * (len(r) - 1)) for r in own)
        return np.where(R == 1, 1.0, products / share)
    if kind in ("ar", "stationary"):
        rho = np.zeros(7)
        rho[0] = 1
        for lag in range(1, order + 1):
            rho[lag] = sum(float(r[lag:] @ r[:-lag]) / len(r) for r in own) / share
        if kind == "ar":
            A = np.array([[rho[abs(i - j)] for j in range(order)] for i in range(order)])
            slopes = np.linalg.solve(A, rho[1 : order + 1])
            for lag in range(order + 1, 7):
                rho[lag] = sum(slopes[j] * rho[lag - 1 - j] for j in range(order))
        return np.array([[rho[abs(i - j)] for j in range(7)] for i in range(7)])
    by_time = np.zeros((2, len(own), 7))
    for panel, (r, at) in enumerate(zip(own, times, strict=True)):
        by_time[0, panel, at], by_time[1, panel, at] = r, 1.0
    sums, counts = by_time.transpose(0, 2, 1) @ by_time
    for s in range(7):
        for t in range(7):
            if s != t and (kind == "unstructured" or abs(s - t) <= order):
                R[s, t] = len(own) * sums[s, t] / counts[s, t] / share if counts[s, t] else 0.0
    return R


FAMILIES = {
    "gaussian": (lambda v: v, np.ones_like),
    "binomial": (lambda v: 1 / (1 + np.exp(-v)), lambda m: m * (1 - m)),
    "poisson": (np.exp, lambda m: m),
    "binomial 5": (lambda v: 1 / (1 + np.exp(-v)), lambda m: m * (1 - m) / 5),
    "nbinomial 0.4": (np.exp, lambda m: m + 0.4 * m**2),
    "igaussian) link(log": (np.exp, lambda m: m**3),
    "gamma) link(power 0.5": (np.square, np.square),
}
"""Means of linear predictors, and variances of means."""


def dense(frame: pd.DataFrame, kind: str, order: int, family: str, outcome: str) -> tuple:
    """b, model-based and robust variance, and R, one panel at a time."""
    frame = frame.sort_values(["id", "t"])
    groups = [own for _, own in frame.groupby("id")]
    X = [np.column_stack([own.x, own.z, np.ones(len(own))]) for own in groups]
    y = [own[outcome].to_numpy(float) / (5 if family == "binomial 5" else 1) for own in groups]
    times = [own.t.to_numpy() for own in groups]
    mean, variance = FAMILIES[family]

    def slope(eta: np.ndarray) -> np.ndarray:
        return np.imag(mean(eta + 1e-20j)) / 1e-20

    b = np.array([0.0, 0.0, float(family.startswith("gamma"))])
    R = np.eye(7)
    still = 0
    for step in range(200):
        A, c, meat = np.zeros((3, 3)), np.zeros(3), np.zeros((3, 3))
        own = [(yi - mean(Xi @ b)) / np.sqrt(variance(mean(Xi @ b))) for Xi, yi in zip(X, y, strict=True)]
        if step > 20:
            R = working(kind, order, own, times)
        for Xi, yi, at in zip(X, y, times, strict=True):
            m = mean(Xi @ b)
            place = at if kind in ("unstructured", "nonstationary") else np.arange(len(at))
            root = np.diag(np.sqrt(variance(m)))
            V = root @ R[np.ix_(place, place)] @ root
            D = slope(Xi @ b)[:, None] * Xi
            u = D.T @ np.linalg.solve(V, yi - m)
            A += D.T @ np.linalg.solve(V, D)
            c += u
            meat += np.outer(u, u)
        move = np.linalg.solve(A, c)
        b = b + move
        # Steps of rounding alone, three in a row: what R and A were formed at is the solution.
        still = still + 1 if np.abs(move).max() < 1e-14 * np.abs(b).max() else 0
        if step > 20 and still == 3:
            break
    n = len(frame)
    free = family.startswith(("ga", "ig"))
    scale = sum(float(r @ r) for r in own) / n if free else 1.0
    bread = np.linalg.inv(A)
    return b, scale * bread, bread @ meat @ bread * 150 / 149, R


CASES = [
    ("exchangeable", 0, "gaussian", "y"),
    ("exchangeable", 0, "binomial", "d"),
    ("exchangeable", 0, "poisson", "n"),
    ("ar", 1, "gaussian", "y"),
    ("ar", 1, "binomial", "d"),
    ("stationary", 1, "gaussian", "y"),
    ("unstructured", 0, "gaussian", "y"),
    ("nonstationary", 1, "gaussian", "y"),
    ("exchangeable", 0, "binomial 5", "successes"),
    ("unstructured", 0, "binomial 5", "successes"),
    ("exchangeable", 0, "nbinomial 0.4", "n"),
    ("ar", 1, "nbinomial 0.4", "n"),
    ("exchangeable", 0, "igaussian) link(log", "g"),
    ("exchangeable", 0, "gamma) link(power 0.5", "g"),
]


@pytest.mark.parametrize(("kind", "order", "family", "outcome"), CASES)
def test_the_equations_panel_by_panel(kind: str, order: int, family: str, outcome: str) -> None:
    frame = panels()
    b, model_based, robust, R = dense(frame, kind, order, family, outcome)
    session = Session()
    session.use(frame)
    session.run("quietly xtset id t")
    corr = f"{kind} {order}" if order else kind
    force = " force" if kind != "exchangeable" else ""
    command = f"xtgee {outcome} x z, family({family}) corr({corr}) tolerance(1e-13){force}"
    session.run(f"quietly {command}")
    np.testing.assert_allclose(session.e["b"].values[0], b, rtol=1e-9)
    np.testing.assert_allclose(session.e["V"].values, model_based, rtol=1e-9, atol=1e-14)
    size = session.e["R"].values.shape[0]
    np.testing.assert_allclose(session.e["R"].values, R[:size, :size], rtol=1e-9, atol=1e-12)
    session.run(f"quietly {command} vce(robust)")
    np.testing.assert_allclose(session.e["V"].values, robust, rtol=1e-8, atol=1e-14)


def test_frequency_weights_are_repeated_panels() -> None:
    frame = panels()
    repeated = pd.concat(
        [own.assign(id=own.id * 10 + k) for _, own in frame.groupby("id") for k in range(own.w.iloc[0])]
    ).reset_index(drop=True)
    found = []
    for data, weight in ((frame, "[fweight=w]"), (repeated, "")):
        session = Session()
        session.use(data)
        session.run(f"quietly xtgee y x z {weight}, i(id) vce(robust) tolerance(1e-12)")
        found.append(session.e)
    np.testing.assert_allclose(found[0]["b"].values, found[1]["b"].values, rtol=1e-9)
    np.testing.assert_allclose(found[0]["V"].values, found[1]["V"].values, rtol=1e-8)
    for name in ("N", "N_g", "phi", "chi2"):
        assert found[0][name] == pytest.approx(found[1][name], rel=1e-8)


def test_independent_panels_are_a_regression_with_clusters() -> None:
    session = fitted("regress distance age female, vce(cluster subject)")
    b, V = session.e["b"].values.copy(), session.e["V"].values.copy()
    session.run("quietly xtreg distance age female, pa corr(independent) robust")
    np.testing.assert_allclose(session.e["b"].values, b, rtol=1e-10)
    # regress has (N - 1)/(N - k) beside m/(m - 1), which rgf adds here.
    np.testing.assert_allclose(session.e["V"].values * 92 / 90, V, rtol=1e-9)
    session.run("quietly xtreg distance age female, pa corr(independent) robust rgf")
    np.testing.assert_allclose(session.e["V"].values, V, rtol=1e-9)
    session.run("quietly xtgee d age female, family(binomial) corr(independent)")
    own = session.e["b"].values.copy()
    session.run("quietly logit d age female")
    np.testing.assert_allclose(own, session.e["b"].values, rtol=1e-8)


def test_balanced_panels_keep_the_regression() -> None:
    """With equal correlations and covariates of time alone coefficients are those of least squares."""
    session = Session()
    session.run("sysuse orthodont\nquietly regress distance age")
    b = session.e["b"].values.copy()
    session.run("quietly xtreg distance age, pa i(subject) nmp")
    np.testing.assert_allclose(session.e["b"].values, b, rtol=1e-10)
    assert session.e["phi"] == pytest.approx(session.e["chi2_dev"] / 106)


def test_offset_and_exposure() -> None:
    frame = panels()
    frame["e"] = np.exp(frame.z / 5)
    frame["l"] = frame.z / 5
    session = Session()
    session.use(frame)
    session.run("quietly xtgee n x, i(id) family(poisson) exposure(e)")
    b = session.e["b"].values.copy()
    session.run("quietly xtgee n x, i(id) family(poisson) offset(l)")
    np.testing.assert_allclose(session.e["b"].values, b, rtol=1e-6)
    session.run("predict double m\npredict double r, rate\nquietly generate double q = m - r*exp(l)")
    assert np.abs(session.data["q"].to_double()).max() < 1e-6
    session.run("quietly predict double s, score\nquietly summarize s")
    assert abs(session.r["mean"]) < 0.2


@pytest.mark.parametrize(
    ("family", "link", "outcome"),
    [
        ("binomial", "probit", "d"),
        ("binomial", "cloglog", "d"),
        ("gamma", "log", "g"),
        ("gamma", "reciprocal", "g"),
    ],
)
def test_other_links_solve_their_equations(family: str, link: str, outcome: str) -> None:
    """Independent panels: the sum of the scores times X is zero, their slopes by differences."""
    frame = panels()
    frame["g"] = np.exp(0.3 * frame.x) * np.random.default_rng(2).gamma(5, 0.2, len(frame)) + 0.1
    session = Session()
    session.use(frame)
    session.run(f"quietly xtgee {outcome} x, i(id) family({family}) link({link}) corr(ind) tolerance(1e-12)")
    session.run("predict double mu\npredict double xb, xb\npredict double s, score")
    s, x = session.data["s"].to_double(), frame.x.to_numpy()
    assert abs(s.sum()) < 1e-6 and abs((s * x).sum()) < 1e-6
    session.run("quietly margins, dydx(x)")
    effect = session.r["b"].values[0, 0]
    b = session.e["b"].values[0]
    h = 1e-5
    means = []
    for step in (h, -h):
        eta = b[0] * (x + step) + b[1]
        mean = {
            "probit": ndtr,
            "cloglog": lambda v: 1 - np.exp(-np.exp(v)),
            "log": np.exp,
            "reciprocal": lambda v: 1 / v,
        }[link]
        means.append(float(np.mean(mean(eta))))
    assert effect == pytest.approx((means[0] - means[1]) / (2 * h), rel=1e-6)
