"""What follows a fit against closed forms, the density by cluster, and a textbook's table of contrasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xmixed.interpreter.session import Session


@pytest.mark.parametrize("data", ["dyestuff", "rail"])
@pytest.mark.parametrize("method", ["reml", "mle"])
def test_errors_of_effects_in_balanced_layouts(data: str, method: str) -> None:
    """With s = n a/(n a + e), a and e the variances: a(1 - s) where the mean is known (ML), and
    a(1 - s (1 - 1/k)) where it is estimated with the effects (REML).
    """
    outcome, group = {"dyestuff": ("yield", "batch"), "rail": ("travel", "rail")}[data]
    session = Session()
    session.run(f"sysuse {data}\nquietly xtmixed {outcome} || {group}:, {method} nolog")
    session.run("predict double u, reffects\npredict double s, reses")
    log_sds = session.e["b"].values[0][1:]
    a, e = np.exp(2 * log_sds)
    codes = pd.factorize(session.data[group].values)[0]
    k, n = codes.max() + 1, len(codes) // (codes.max() + 1)
    share = n * a / (n * a + e)
    expected = a * (1 - share * (1 - 1 / k)) if method == "reml" else a * (1 - share)
    np.testing.assert_allclose(session.data["s"].to_double(), np.sqrt(expected), rtol=1e-9)
    y = session.data[outcome].to_double()
    means = np.array([y[codes == code].mean() for code in range(k)])
    np.testing.assert_allclose(
        session.data["u"].to_double(), share * (means - y.mean())[codes], rtol=1e-7, atol=1e-9
    )


def test_scores_are_slopes_of_each_groups_density() -> None:
    """The log density of each group's outcomes, written out; derivatives by differences of e(b)."""
    session = Session()
    session.run("sysuse sleepstudy")
    session.run("quietly xtmixed reaction days || subject: days, covariance(unstructured) nolog")
    session.run("predict double s*, scores")
    b = session.e["b"].values[0]
    y, days = session.data["reaction"].to_double(), session.data["days"].to_double()
    subject = session.data["subject"].to_double()
    rows = [np.flatnonzero(subject == own) for own in np.unique(subject)]

    def densities(b: np.ndarray) -> np.ndarray:
        slope, constant, log_slope, log_constant, atanh, log_residual = b
        sds, rho = np.exp([log_slope, log_constant]), np.tanh(atanh)
        G = np.outer(sds, sds) * [[1, rho], [rho, 1]]
        found = []
        for own in rows:
            Z = np.column_stack([days[own], np.ones(len(own))])
            V = Z @ G @ Z.T + np.exp(2 * log_residual) * np.eye(len(own))
            away = y[own] - Z @ [slope, constant]
            found.append(-0.5 * (away @ np.linalg.solve(V, away) + np.linalg.slogdet(V)[1]))
        return np.array(found)

    for place in range(len(b)):
        step = np.zeros(len(b))
        step[place] = 1e-4 * max(1.0, abs(b[place]) * 0.01)
        weights = ((8, 1), (-8, -1), (-1, 2), (1, -2))
        slopes = sum(w * densities(b + k * step) for w, k in weights) / (12 * step[place])
        scores = session.data[f"s{place + 1}"].to_double()
        last = np.array([own[-1] for own in rows])
        np.testing.assert_allclose(scores[last], slopes, rtol=1e-6, atol=1e-6 * np.abs(slopes).max())
        assert abs(scores[last].sum()) < 1e-4 * np.abs(scores[last]).sum()


ETCH = {
    160: [575, 542, 530, 539, 570],
    180: [565, 593, 590, 579, 610],
    200: [600, 651, 610, 637, 629],
    220: [725, 700, 715, 685, 710],
}


@pytest.fixture
def etching() -> Session:
    """Montgomery, Design and Analysis of Experiments, example 3.1: etch rates at four powers."""
    power = np.repeat(list(ETCH), 5)
    session = Session()
    session.use(pd.DataFrame({"rate": np.concatenate(list(ETCH.values())), "power": power}))
    session.run("quietly anova rate power")
    return session


@pytest.mark.parametrize(
    ("weights", "ss", "F"),
    [("1 -1 0 0", 3276.10, 9.82), ("1 1 -1 -1", 46948.05, 140.69), ("0 0 1 -1", 16646.40, 49.88)],
)
def test_published_contrasts(etching: Session, weights: str, ss: float, F: float) -> None:
    """His table 3.11: sums of squares and F of three orthogonal contrasts, the mean square being 333.70."""
    assert etching.e["rmse"] ** 2 == pytest.approx(333.70, abs=0.005)
    etching.run(f"quietly contrast {{power {weights}}}")
    assert etching.r["F"].values[0, 0] == pytest.approx(F, abs=0.006)
    assert etching.r["F"].values[0, 0] * etching.e["rmse"] ** 2 == pytest.approx(ss, abs=0.01)


def test_published_pairwise_comparisons(etching: Session) -> None:
    """His example 3.7: Tukey's 5 per cent difference is 33.09, from a range of 4.05; all pairs differ."""
    etching.run("quietly pwcompare power, mcompare(tukey) effects")
    table = etching.r["table_vs"].values
    half = table[5] - table[0]
    np.testing.assert_allclose(half, 33.09, atol=0.05)
    expected = [36.2, 74.2, 155.8, 38.0, 119.6, 81.6]
    np.testing.assert_allclose(table[0], expected, atol=1e-9)
    assert np.all(table[3] < 0.05)


def test_published_polynomials(etching: Session) -> None:
    """Coefficients -3 -1 1 3, 1 -1 -1 1, -1 3 -3 1 of four equally spaced levels (Fisher and Yates)."""
    etching.run("quietly contrast p.power")
    means = np.array([np.mean(rates) for rates in ETCH.values()])
    rows = np.array([[-3, -1, 1, 3], [1, -1, -1, 1], [-1, 3, -3, 1]]) / np.sqrt([[20], [4], [20]])
    np.testing.assert_allclose(etching.r["b"].values[0], rows @ means / 2, rtol=1e-9)
