"""prvalue: predictions and limits against formulas at the coefficients and their covariance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit

from xmixed.interpreter.session import Session

Z = stats.norm.ppf(0.975)


@pytest.fixture
def work(session: Session) -> Session:
    random = np.random.default_rng(21)
    frame = pd.DataFrame({"kids": random.integers(0, 4, 300).astype(float), "age": random.normal(40, 8, 300)})
    latent = 1.5 - 0.6 * frame["kids"] - 0.01 * frame["age"] + random.logistic(size=300)
    frame["works"], frame["hours"] = (latent > 0).astype(float), 1.0 + (latent > -0.5) + (latent > 1)
    frame["trips"] = random.poisson(np.exp(0.4 - 0.2 * frame["kids"])).astype(float)
    session.use(frame)
    session.run('label define works 0 "No" 1 "Yes"\nlabel values works works')
    return session


def test_logit(work: Session) -> None:
    work.run("logit works kids age")
    lines = work.run("prvalue, x(kids=2) rest(mean)").splitlines()
    b, V = work.e["b"].values[0], work.e["V"].values
    age = work.data["age"].to_double().mean()
    at = np.array([2, age, 1.0])
    p = expit(at @ b)
    error = p * (1 - p) * np.sqrt(at @ V @ at)
    assert work.r["pred"].values[0] == pytest.approx([p, p - Z * error, p + Z * error], rel=1e-7)
    assert work.r["pred"].values[1] == pytest.approx([1 - p, 1 - p - Z * error, 1 - p + Z * error], rel=1e-7)
    assert lines[1] == "logit: Predictions for works"
    assert lines[6] == f"  Pr(y=Yes|x):           {p:.4f}   [  {p - Z * error:.4f},    {p + Z * error:.4f}]"
    assert lines[-1].split() == ["x=", "2", f"{age:.7g}"]


def test_changes(work: Session) -> None:
    work.run("probit works kids age\nprvalue, x(kids 0 age min) save brief delta")
    text = work.run("prvalue, x(kids=3 age=max) diff level(90)")
    b, V = work.e["b"].values[0], work.e["V"].values
    ages = work.data["age"].to_double()
    low, high = np.array([0, ages.min(), 1]), np.array([3, ages.max(), 1])
    change = stats.norm.cdf(high @ b) - stats.norm.cdf(low @ b)
    slope = stats.norm.pdf(high @ b) * high - stats.norm.pdf(low @ b) * low
    reach = stats.norm.ppf(0.95) * np.sqrt(slope @ V @ slope)
    found = work.r["pred"].values[0]
    assert found == pytest.approx([stats.norm.cdf(high @ b), change - reach, change + reach], rel=1e-6)
    assert "90% CI for Change" in text and text.splitlines()[-1].split()[0] == "Diff="


def test_categories(work: Session) -> None:
    work.run("mlogit hours kids, baseoutcome(1)\nprvalue, x(kids=1)")
    b = work.e["b"].values[0].reshape(2, 2)
    odds = np.concatenate([[1.0], np.exp(b @ [1, 1])])
    assert work.r["pred"].values[:, 0] == pytest.approx(odds / odds.sum(), rel=1e-9)
    work.run("ologit hours kids age\nprvalue, rest(median)")
    assert work.r["pred"].values[:, 0].sum() == pytest.approx(1, rel=1e-9)


def test_counts_and_regress(work: Session) -> None:
    text = work.run("quietly poisson trips kids\nprvalue, x(kids=1) maxcnt(3)")
    rate = np.exp(work.e["b"].values[0] @ [1, 1])
    expected = [rate, *stats.poisson.pmf([0, 1, 2, 3], rate)]
    assert work.r["pred"].values[:, 0] == pytest.approx(expected, rel=1e-8)
    assert "  Rate:" in text and "  Pr(y=3|x):" in text
    work.run("regress trips kids age\nprvalue if kids > 0")
    used = work.data["kids"].to_double() > 0
    means = [work.data[name].to_double()[used].mean() for name in ("kids", "age")]
    assert work.r["pred"].values[0, 0] == pytest.approx(work.e["b"].values[0] @ [*means, 1], rel=1e-10)


def test_refusals(work: Session, refused) -> None:
    assert refused(work, "prvalue")[0] == 301
    work.run("logit works i.kids")
    assert refused(work, "prvalue")[0] == 101
    work.run("logit works kids")
    assert refused(work, "prvalue, diff")[0] == 111
    assert refused(work, "prvalue, x(age=3)")[0] == 111
    assert refused(work, "prvalue, x(kids)")[0] == 198
    assert refused(work, "prvalue, ystar")[0] == 198
    assert refused(work, "prvalue if kids > 9")[0] == 2000
