"""margins, vce(unconditional): identities, and the stacked estimating equations in dense form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from xmixed.errors import StataError
from xmixed.estimation.frame import EstimationFrame, sample_rows
from xmixed.estimation.results import HasInfluence, estimator_of
from xmixed.expressions.context import Context
from xmixed.interpreter.session import Session

N = 150


@pytest.fixture(scope="module")
def session() -> Session:
    rng = np.random.default_rng(5)
    x, z, g = rng.normal(size=N), rng.normal(size=N), rng.integers(1, 4, N)
    frame = pd.DataFrame({"x": x, "z": z, "g": g, "f": rng.integers(1, 4, N), "id": np.arange(N) // 5})
    frame["y"] = 2 + x + 0.5 * g + rng.normal(size=N) * (1 + 0.5 * np.abs(x))
    frame["d"] = (expit(0.5 * x - 0.3 * g + 0.2) > rng.uniform(size=N)).astype(int)
    frame["n"] = rng.poisson(np.exp(0.3 * x + 0.1 * g))
    frame["o"] = np.digitize(x + rng.logistic(size=N), [-1, 1])
    frame["p"] = rng.uniform(0.5, 2, N)
    session = Session()
    session.use(frame)
    return session


MODELS = [
    "regress y x z i.g, vce(robust)",
    "regress y x z i.g [fweight=f], vce(robust)",
    "regress y x z i.g [pweight=p]",
    "regress y x z i.g [pweight=p], vce(cluster id)",
    "regress y x z i.g [fweight=f], vce(cluster id)",
    "logit d x i.g, vce(robust)",
    "logit d x i.g [pweight=p], vce(cluster id)",
    "probit d x i.g [fweight=f], vce(robust)",
    "poisson n x i.g, vce(cluster id)",
    "nbreg n x i.g, vce(robust)",
    "ologit o x i.g, vce(robust)",
    "oprobit o x i.g, vce(cluster id)",
    "mlogit o x i.g, vce(robust)",
]


@pytest.mark.parametrize("command", MODELS)
def test_influences_make_the_robust_variance(session: Session, command: str) -> None:
    """What the observations add to e(b) gives e(V), which was computed another way."""
    session.run(f"quietly {command}")
    estimator, e = estimator_of(session.e), session.e
    assert isinstance(estimator, HasInfluence)
    context = Context.of(session)
    rows = sample_rows(context, e.mark)
    added = estimator.influence(e, EstimationFrame(context, rows))
    counts = session.data["f"].to_double()[rows] if "fweight" in command else np.ones(len(added))
    if "cluster" in command:
        codes = session.data["id"].to_double()[rows].astype(int)
        sums = np.zeros((codes.max() + 1, added.shape[1]))
        np.add.at(sums, codes, added * counts[:, None])
        meat = sums.T @ sums
    else:
        meat = added.T @ (added * counts[:, None])
    np.testing.assert_allclose(estimator.correction(e) * meat, e["V"].values, rtol=2e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("command", "outcome", "lost"),
    [("regress y x z i.g, vce(robust)", "y", 5), ("logit d x i.g, vce(robust)", "d", 1)],
)
def test_the_overall_margin_is_the_mean_of_the_outcome(
    session: Session, command: str, outcome: str, lost: int
) -> None:
    """With a constant in the model predictions average to the outcome, and so does their variance."""
    session.run(f"quietly {command}\nquietly margins, vce(unconditional)")
    y = session.data[outcome].to_double()
    expected = np.sqrt(((y - y.mean()) ** 2).sum() / N**2 * N / (N - lost))
    assert session.r["b"].values[0, 0] == pytest.approx(y.mean(), rel=1e-8)
    assert np.sqrt(session.r["V"].values[0, 0]) == pytest.approx(expected, rel=1e-7)
    assert session.r["vce"] == "unconditional"


def test_a_coefficient_has_the_error_of_its_own_table(session: Session) -> None:
    session.run("quietly regress y x z i.g, vce(cluster id)\nquietly margins, dydx(x) vce(unconditional)")
    assert session.r["V"].values[0, 0] == pytest.approx(session.e["V"].values[0, 0], rel=1e-8)


def stacked(psi: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """The sandwich of estimating equations psi (n, p) that are solved at `at`."""
    step = 1e-5
    k = len(at)
    A = np.empty((k, k))
    for j in range(k):
        up, down = at.copy(), at.copy()
        up[j] += step
        down[j] -= step
        A[:, j] = (psi(up).sum(axis=0) - psi(down).sum(axis=0)) / (2 * step)
    inverse = np.linalg.inv(A)
    own = psi(at)
    return inverse @ (own.T @ own) @ inverse.T


def test_margins_of_a_logit_are_solutions_of_stacked_equations(session: Session) -> None:
    session.run("quietly logit d c.x##c.x i.g, vce(robust)")
    b = session.e["b"].values[0]
    x, g, d = (session.data[name].to_double() for name in ("x", "g", "d"))
    names = list(session.e["b"].column_names)
    session.run("quietly margins g, vce(unconditional)")
    margins, V = session.r["b"].values[0], session.r["V"].values
    session.run("quietly margins if z > 0, dydx(x) vce(unconditional)")
    effect, effect_V = session.r["b"].values[0], session.r["V"].values
    inside = session.data["z"].to_double() > 0

    def eta(beta: np.ndarray, level: np.ndarray) -> np.ndarray:
        return beta[0] * x + beta[1] * x * x + beta[2] * (level == 2) + beta[3] * (level == 3) + beta[4]

    free = np.array([i for i, name in enumerate(names) if "1b." not in name])
    assert len(free) == 5
    X = np.column_stack([x, x * x, g == 2, g == 3, np.ones(N)])

    def psi(theta: np.ndarray) -> np.ndarray:
        beta, means, slope = theta[:5], theta[5:8], theta[8]
        p = expit(eta(beta, g))
        rows = [expit(eta(beta, np.full(N, level))) - means[i] for i, level in enumerate((1, 2, 3))]
        rows.append(inside * (p * (1 - p) * (beta[0] + 2 * beta[1] * x) - slope))
        return np.column_stack([X * (d - p)[:, None], *rows])

    expected = stacked(psi, np.concatenate([b[free], margins, effect])) * N / (N - 1)
    np.testing.assert_allclose(V, expected[5:8, 5:8], rtol=1e-6)
    np.testing.assert_allclose(effect_V, expected[8:, 8:], rtol=1e-6)


def test_comparisons_share_the_covariance(session: Session) -> None:
    session.run("quietly logit d x i.g, vce(robust)\nquietly margins g, vce(unconditional)")
    V = session.r["V"].values
    session.run("quietly margins r.g, vce(unconditional)")
    L = np.array([[-1, 1, 0], [-1, 0, 1]])
    np.testing.assert_allclose(session.r["V"].values, L @ V @ L.T, rtol=1e-10)


def test_the_table_says_so(session: Session) -> None:
    session.run("quietly regress y x i.g, vce(cluster id)")
    lines = session.run("margins g, vce(unconditional)").splitlines()
    place = next(i for i, text in enumerate(lines) if "Unconditional" in text)
    assert lines[place] == "             |            Unconditional"
    assert lines[place - 2] == f"{'(Std. Err. adjusted for 30 clusters in id)':>78}"


@pytest.mark.parametrize(
    ("model", "command", "message"),
    [
        ("regress y x", "margins, vce(unconditional)", "requires estimates with vce(robust)"),
        ("regress y x, vce(hc3)", "margins, vce(unconditional)", "requires estimates with vce(robust)"),
        ("xtmixed y x || id:", "margins, vce(unconditional)", "not allowed after xtmixed"),
        ("regress y x, vce(robust)", "margins, vce(unconditional) noesample", "takes the estimation sample"),
    ],
)
def test_refusals(session: Session, model: str, command: str, message: str) -> None:
    session.run(f"quietly {model}")
    with pytest.raises(StataError, match=message.replace("(", r"\(").replace(")", r"\)")) as caught:
        session.run(command)
    assert caught.value.code == 198
