"""xtlogit, xtprobit, clogit: identities, predictions, refusals, layout. Figures of R: tests/conformance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.estimation.panels.conditional import ConditionalLikelihood


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run(
        "sysuse scotssec\nkeep in 1/600\ngenerate high = attain >= 6\nxtset primary\ngenerate one = 1"
    )
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def V(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["V"].values


def test_the_conditional_likelihood_by_all_choices() -> None:
    rng = np.random.default_rng(2)
    codes = np.repeat([0, 1, 2], [4, 6, 3])
    y = np.array([1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0], dtype=float)
    X = rng.normal(size=(13, 2))
    own = ConditionalLikelihood(y, X, np.ones(2), 0.3 * X[:, 0], codes, np.ones(3))
    at = np.array([0.4, -0.7])
    eta = X @ at + 0.3 * X[:, 0]
    total = 0.0
    for group in range(3):
        rows = np.flatnonzero(codes == group)
        k = int(y[rows].sum())
        every = sum(np.exp(eta[list(chosen)].sum()) for chosen in combinations(rows, k))
        total += y[rows] @ eta[rows] - np.log(every)
    assert own.log_likelihood(at) == pytest.approx(total, rel=1e-12)
    step = 1e-6
    slopes = [
        (own.log_likelihood(at + d) - own.log_likelihood(at - d)) / (2 * step) for d in step * np.eye(2)
    ]
    np.testing.assert_allclose(own.gradient(at), slopes, rtol=1e-7)
    assert np.isfinite(own.log_likelihood(at * 500))


def test_random_effects_are_those_of_xtmelogit(session: xmixed.Session) -> None:
    for panel, multilevel in (("xtlogit", "melogit"), ("xtprobit", "meprobit")):
        session.run(f"quietly {multilevel} high verbal || primary:, intpoints(9)")
        wanted, variance, ll = b(session), V(session), session.e["ll"]
        session.run(f"quietly {panel} high verbal, re intpoints(9) intmethod(mvaghermite)")
        np.testing.assert_allclose(b(session), wanted * [1, 1, 2], rtol=1e-6)
        np.testing.assert_allclose(
            V(session), variance * np.outer([1, 1, 2], [1, 1, 2]), rtol=1e-5, atol=1e-12
        )
        assert session.e["ll"] == pytest.approx(ll, rel=1e-10)
        session.run(f"quietly {multilevel} high verbal || primary:, intpoints(9) vce(robust)")
        variance = V(session)
        session.run(f"quietly {panel} high verbal, intpoints(9) vce(robust)")
        np.testing.assert_allclose(V(session)[:2, :2], variance[:2, :2], rtol=1e-5, atol=1e-12)


def test_layout(session: xmixed.Session) -> None:
    text = session.run("xtlogit high verbal i.female")
    for part in (
        "\nFitting comparison model:\n\nIteration 0:",
        "\nRandom-effects logistic regression              Number of obs      =       600\n",
        "\nRandom effects u_i ~ Gaussian                   Obs per group: min =",
        "\n    /lnsig2u |",
        "\n     sigma_u |",
        "\n         rho |",
        "\nLikelihood-ratio test of rho=0: chibar2(01) =",
    ):
        assert part in text, part
    assert "  OR  " in session.run("xtlogit, or")
    text = session.run("xtlogit high verbal one, fe nolog")
    assert "note: one omitted because of no within-group variance." in text
    assert "note: multiple positive outcomes within groups encountered." in text
    assert "Conditional fixed-effects logistic regression" in text
    text = session.run("clogit high verbal, group(primary) or")
    assert "Odds Ratio" in text and "Pseudo R2" in text
    assert "Odds Ratio" not in session.run("clogit")


def test_matched_groups(session: xmixed.Session) -> None:
    session.run("quietly xtlogit high verbal female, fe")
    wanted, variance = b(session), V(session)
    session.run("quietly clogit high verbal female, strata(primary)")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-10)
    session.run("generate half = verbal / 2\nquietly clogit high female half, group(primary) offset(half)")
    assert b(session)[1] == pytest.approx(2 * wanted[0] - 1, rel=1e-6)
    session.run("generate w = 1 + mod(primary, 2)\nquietly clogit high verbal female [fw=w], group(primary)")
    weighted = b(session)
    session.run("preserve\nexpand w\nbysort primary (verbal female attain): generate copy = mod(_n, w)")
    session.run("egen g = group(primary copy)\nquietly clogit high verbal female, group(g)\nrestore")
    np.testing.assert_allclose(b(session), weighted, rtol=1e-6)
    session.run("quietly clogit high verbal female, group(primary) vce(robust)")
    robust = V(session)
    session.run("quietly clogit high verbal female, group(primary) cluster(primary)")
    np.testing.assert_allclose(V(session), robust, rtol=1e-10)
    assert not np.allclose(robust, variance, rtol=1e-3)


def test_predictions(session: xmixed.Session) -> None:
    session.run(
        "quietly clogit high verbal female, group(primary)\npredict double p\npredict double xb, xb\n"
        "predict double pu0, pu0\npredict double se, stdp\negen double total = total(p), by(primary)"
    )
    total = session.data["total"].to_double()
    np.testing.assert_allclose(total[total < 1e300], 1, rtol=1e-10)
    session.run("quietly xtlogit high verbal female\nmargins, dydx(*) predict(pu0)\nmargins, dydx(verbal)")
    session.run("test verbal\nestimates store one\nesttab one\nlincom verbal\nestat ic")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("clogit high verbal", 198, "option group() required"),
        ("xtlogit high verbal, pa", 198, "not implemented"),
        ("xtlogit high verbal, fe noconstant", 198, "option noconstant not allowed with fe"),
        ("xtlogit one verbal", 2000, "outcome does not vary"),
        ("clogit one verbal, group(primary)", 2000, "outcome does not vary in any group"),
        ("xtlogit high verbal, vce(cluster second)", 459, "not nested within"),
        ("xtprobit", 301, "last estimates not found"),
        (
            "clogit high verbal [fw=2 + mod(_n, 2)], group(primary)",
            199,
            "weight must be constant within primary",
        ),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
