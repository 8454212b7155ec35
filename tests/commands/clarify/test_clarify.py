"""estsimp, setx, simqi: quantities against formulas of scipy at the draws that stand in the data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit

from xmixed.interpreter.session import Session
from xmixed.missing import is_missing


@pytest.fixture
def votes(session: Session) -> Session:
    random = np.random.default_rng(5)
    age, income = random.integers(18, 90, 400).astype(float), random.normal(5, 2, 400)
    latent = -2 + 0.03 * age + 0.2 * income + random.logistic(size=400)
    frame = pd.DataFrame({"age": age, "income": income, "turnout": (latent > 0.0).astype(float)})
    frame["level"] = 1.0 + (latent > -0.5) + (latent > 1.5)
    frame["visits"] = random.poisson(np.exp(0.2 + 0.01 * age) * random.gamma(2, 0.5, 400))
    frame["score"] = 3 + 0.1 * age - 0.4 * income + random.normal(size=400) * 2
    session.use(frame)
    session.run("set seed 20")
    return session


def draws(session: Session, stub: str, k: int, count: int) -> np.ndarray:
    return np.column_stack([session.data[f"{stub}{j}"].to_double()[:count] for j in range(1, k + 1)])


def table(text: str) -> dict[str, list[float]]:
    rows = [line.split(" | ") for line in text.splitlines() if " | " in line]
    return {row[0].strip(): [float(word) for word in row[1].split()] for row in rows[1:]}


def test_draws_have_the_moments_of_the_estimates(votes: Session) -> None:
    text = votes.run("estsimp logit turnout age income, sims(20000) nolog")
    assert text.splitlines()[-2:] == ["Number of simulations  : 20000", "Names of new variables : b1 b2 b3"]
    assert "Note: Clarify is expanding your dataset from 400 observations to 20000" in text
    found = draws(votes, "b", 3, 20000)
    V = votes.e["V"].values
    scale = np.sqrt(np.diag(V))
    assert np.abs((found.mean(axis=0) - votes.e["b"].values[0]) / scale).max() < 0.03
    assert np.abs((np.cov(found.T) - V) / np.outer(scale, scale)).max() < 0.04
    assert votes.data["b1"].label == "Simulated turnout age parameter"


def test_antithetic_draws_centre_on_the_estimates(votes: Session) -> None:
    votes.run("quietly estsimp probit turnout age income, sims(200) antisim genname(s)")
    found = draws(votes, "s", 3, 200)
    assert found.mean(axis=0) == pytest.approx(votes.e["b"].values[0], rel=1e-12)


def test_logit(votes: Session) -> None:
    votes.run("quietly estsimp logit turnout age income, sims(300)")
    b = draws(votes, "b", 3, 300)
    age, income = (votes.data[name].to_double()[:400] for name in ("age", "income"))
    votes.run("setx age mean income p20")
    votes.run("_pctile income, nquantiles(5)")
    at = np.array([age.mean(), votes.r["r1"], 1.0])
    pr = expit(b @ at)
    text = votes.run("simqi, prval(1) genpr(pi) listx")
    mean, se, low, high = table(text[text.index("Quantity") :])["Pr(turnout=1)"]
    assert (mean, se) == pytest.approx((pr.mean(), pr.std(ddof=1)), rel=1e-6)
    limits = np.percentile(pr, [2.5, 97.5], method="averaged_inverted_cdf")
    assert (low, high) == pytest.approx(limits, rel=1e-6)
    made = votes.data["pi"].to_double()
    assert made[:300] == pytest.approx(pr, rel=1e-12) and is_missing(made[300:]).all()
    assert "         age | " in text
    shown = table(votes.run("simqi, fd(prval(1) genpr(d)) changex(age 20 60 & income [2] max) level(90)"))
    ends = np.array([20, income[1], 1.0]), np.array([60, income.max(), 1.0])
    difference = expit(b @ ends[1]) - expit(b @ ends[0])
    assert shown["dPr(turnout=1)"][:2] == pytest.approx([difference.mean(), difference.std(ddof=1)], rel=1e-6)
    assert votes.data["d"].to_double()[:300] == pytest.approx(difference, rel=1e-12)


def test_first_differences_come_near_the_delta_method(votes: Session) -> None:
    votes.run("quietly estsimp logit turnout age income, sims(4000)\nsetx income mean\nsetx age 40")
    found = table(votes.run("simqi"))["Pr(turnout=1)"]
    mean = float(votes.data["income"].to_double()[:400].mean())
    votes.run(f"margins, at(age = 40 income = {mean!r})")
    assert found[0] == pytest.approx(votes.r["b"].values[0, 0], abs=0.003)
    assert found[1] == pytest.approx(np.sqrt(votes.r["V"].values[0, 0]), rel=0.05)


@pytest.mark.parametrize(("command", "cumulative"), [("ologit", expit), ("oprobit", stats.norm.cdf)])
def test_ordered(votes: Session, command: str, cumulative) -> None:
    votes.run(f"quietly estsimp {command} level age income, sims(200)\nsetx median")
    b = draws(votes, "b", 4, 200)
    at = [np.median(votes.data[name].to_double()[:400]) for name in ("age", "income")]
    xb = b[:, :2] @ np.array(at)
    below = cumulative(b[:, 2] - xb), cumulative(b[:, 3] - xb)
    found = table(votes.run("simqi, pr"))
    for name, chance in zip(("1", "2", "3"), (below[0], below[1] - below[0], 1 - below[1]), strict=True):
        assert found[f"Pr(level={name})"][0] == pytest.approx(chance.mean(), rel=1e-6)


def test_multinomial(votes: Session) -> None:
    votes.run("quietly estsimp mlogit level age income, sims(200) baseoutcome(2)\nsetx (age income) min")
    b = draws(votes, "b", 6, 200)
    at = np.array([votes.data[name].to_double()[:400].min() for name in ("age", "income")] + [1.0])
    odds = np.column_stack([np.exp(b[:, :3] @ at), np.ones(200), np.exp(b[:, 3:] @ at)])
    chances = odds / odds.sum(axis=1, keepdims=True)
    found = table(votes.run("simqi"))
    assert [found[f"Pr(level={k})"][0] for k in (1, 2, 3)] == pytest.approx(chances.mean(axis=0), rel=1e-6)
    votes.run("simqi, pv genpv(y)")
    assert set(votes.data["y"].to_double()[:200]) <= {1.0, 2.0, 3.0}


def test_counts(votes: Session) -> None:
    votes.run("quietly estsimp nbreg visits age, sims(200)\nsetx age 30+5")
    b = draws(votes, "b", 3, 200)
    mean, size = np.exp(b[:, 0] * 35 + b[:, 1]), np.exp(-b[:, 2])
    found = table(votes.run("simqi"))
    assert found["E(visits)"][0] == pytest.approx(mean.mean(), rel=1e-6)
    found = table(votes.run("simqi, prval(0 3)"))
    for count in (0, 3):
        chance = stats.nbinom.pmf(count, size, size / (size + mean))
        assert found[f"Pr(visits={count})"][0] == pytest.approx(chance.mean(), rel=1e-6)
    votes.run("quietly estsimp poisson visits age, sims(200) dropsims\nsetx 35")
    b = draws(votes, "b", 2, 200)
    chance = stats.poisson.pmf(2, np.exp(b[:, 0] * 35 + b[:, 1]))
    assert table(votes.run("simqi, prval(2)"))["Pr(visits=2)"][0] == pytest.approx(chance.mean(), rel=1e-6)


def test_regress(votes: Session) -> None:
    votes.run("quietly estsimp regress score age income, sims(4000)\nsetx mean")
    b = draws(votes, "b", 4, 4000)
    df, rss = votes.e["df_r"], votes.e["rss"]
    assert b[:, 3].mean() == pytest.approx(rss / (df - 2), rel=0.01)  # of a scaled inverse chi-square
    at = np.array([votes.data[name].to_double()[:400].mean() for name in ("age", "income")] + [1.0])
    found = table(votes.run("simqi, ev genev(e) pv"))
    assert found["E(score)"][0] == pytest.approx((b[:, :3] @ at).mean(), rel=1e-6)
    assert found["score"][1] == pytest.approx(np.sqrt(rss / df), rel=0.05)
    exponential = table(votes.run("simqi, ev tfunc(exp)"))["E(score)"][0]
    assert exponential == pytest.approx(np.exp(b[:, :3] @ at).mean(), rel=1e-6)


def test_setx_uses_the_sample_of_the_model_and_what_it_is_told(votes: Session) -> None:
    votes.run("quietly estsimp logit turnout age income if age > 40, sims(100)")
    age, income = votes.data["age"].to_double(), votes.data["income"].to_double()
    votes.run("regress score age in 1/50")  # another model does not change the sample
    lines = votes.run("setx mean\nsetx").splitlines()
    assert lines[-2].split()[-1] == f"{age[age > 40].mean():.5f}"
    lines = votes.run("setx age mean income max if income < 6, noinher\nsetx").splitlines()
    assert lines[-2].split()[-1] == f"{age[income < 6].mean():.5f}"
    assert float(lines[-1].split()[-1]) == pytest.approx(income[income < 6].max(), rel=1e-6)
    votes.run("setx age mean, nocwdel")


def test_refusals(votes: Session, refused) -> None:
    assert refused(votes, "simqi")[0] == 301
    assert refused(votes, "estsimp tobit score age, ll(0)") == (198, "estsimp does not know tobit")
    assert refused(votes, "estsimp logit turnout i.level")[0] == 101
    assert "b1" not in votes.data
    assert refused(votes, "estsimp logit turnout age, mi(a b)")[0] == 198
    votes.run("quietly estsimp logit turnout age income, sims(100)")
    assert refused(votes, "quietly estsimp logit turnout age") == (110, "b1 already defined")
    assert refused(votes, "simqi") == (198, "setx has not set a value of age")
    assert refused(votes, "setx score 3")[0] == 111
    assert refused(votes, "setx age")[0] == 198
    assert refused(votes, "setx age (mean")[0] == 100
    votes.run("setx mean")
    assert refused(votes, "simqi, ev")[0] == 198
    assert refused(votes, "simqi, prval(7)")[0] == 198
    assert refused(votes, "simqi, fd(pr)")[0] == 198
    assert refused(votes, "simqi, fd(pv) changex(age 1 2)")[0] == 198
    assert refused(votes, "simqi, fd(pr) changex(age 1)")[0] == 198
    votes.run("drop b2")
    assert refused(votes, "simqi")[0] == 111
