"""tobit, intreg: identities, predictions, refusals, layout. Figures of R: tests/conformance."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from xmixed.errors import StataError
from xmixed.estimation.censored.likelihood import interval_slopes

LAYOUT = """\
Tobit regression                                  Number of obs   =        600
"""


@pytest.fixture
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run("sysuse scotssec\nkeep in 1/600\ngenerate w = 1 + mod(_n, 3)")
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def V(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["V"].values


def test_slopes_are_those_of_the_likelihood() -> None:
    ends = np.array([[1, 1], [-np.inf, 0.3], [0.2, np.inf], [-0.4, 0.9], [1.5, 3.0], [40.0, np.inf]])
    eta, step = np.array([0.3, -0.1, 0.4, 0.2, -0.5, 0.1]), 1e-5
    for tau in (0.3, -0.4):
        here = interval_slopes(ends, eta, tau)
        up, down = interval_slopes(ends, eta + step, tau), interval_slopes(ends, eta - step, tau)
        more, less = interval_slopes(ends, eta, tau + step), interval_slopes(ends, eta, tau - step)
        for found, wanted in (
            (here.eta, (up.ll - down.ll) / (2 * step)),
            (here.tau, (more.ll - less.ll) / (2 * step)),
            (here.eta2, (down.eta - up.eta) / (2 * step)),
            (here.tau2, (less.tau - more.tau) / (2 * step)),
            (here.both, (down.tau - up.tau) / (2 * step)),
        ):
            np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)


def test_identities(session: xmixed.Session) -> None:
    session.run("quietly regress attain verbal female")
    wanted, rss = b(session), session.e["rss"]
    session.run("quietly tobit attain verbal female, ll(-100)")
    np.testing.assert_allclose(b(session), [*wanted, np.sqrt(rss / 600)], rtol=1e-7)
    session.run("quietly intreg attain attain verbal female")
    np.testing.assert_allclose(b(session)[:3], wanted, rtol=1e-7)
    session.run("quietly tobit attain verbal, ll(3) ul(9)")
    first, variance, ll = b(session), V(session), session.e["ll"]
    session.run(
        "generate lo = cond(attain <= 3, ., min(attain, 9))\n"
        "generate hi = cond(attain >= 9, ., max(attain, 3))\n"
        "quietly intreg lo hi verbal"
    )
    np.testing.assert_allclose(b(session), [*first[:2], np.log(first[2])], rtol=1e-7)
    assert session.e["ll"] == pytest.approx(ll, rel=1e-10)
    np.testing.assert_allclose(V(session)[:2, :2], variance[:2, :2], rtol=1e-6)
    session.run("quietly tobit attain verbal, ll ul\ntobit attain verbal, ll(1) ul(10) nolog")
    assert session.e["llopt"] == 1 and session.e["ulopt"] == 10


@pytest.mark.parametrize("options", ["", "vce(robust)", "vce(cluster second)"])
def test_frequencies_are_rows(session: xmixed.Session, options: str) -> None:
    session.run(f"quietly tobit attain verbal [fw=w], ll(3) {options}")
    wanted, variance = b(session), V(session)
    session.run(f"expand w\nquietly tobit attain verbal, ll(3) {options}")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-7)
    np.testing.assert_allclose(V(session), variance, rtol=1e-6)


def test_layout(session: xmixed.Session) -> None:
    text = session.run("tobit attain verbal, ll(3) ul")
    assert LAYOUT in text and "\n      /sigma |" in text and " t    P>|t|" in text
    assert "  Obs. summary:" in text and " left-censored observations at attain<=3" in text
    assert "right-censored observations at attain>=10" in text and "Iteration" not in text
    assert "F(   1,    598)" in session.run("tobit attain verbal, ll(3) robust")
    text = session.run("generate up = attain + 1\nintreg attain up verbal")
    assert "Interval regression" in text and "\n    /lnsigma |" in text and "\n       sigma |" in text
    assert "interval observations" in text and "Iteration 0" in text


def test_predictions(session: xmixed.Session) -> None:
    session.run("quietly tobit attain verbal, ll(3)")
    for name in ("xb", "stdp", "stdf", "pr(3,9)", "e(3,.)", "ystar(3,.)"):
        session.run(f"predict double p_{name.partition('(')[0]}, {name}")
    xb, sigma = session.data["p_xb"].to_double(), b(session)[-1]
    draws = np.random.default_rng(1).normal(size=400_000) * sigma + xb[0]
    assert session.data["p_ystar"].to_double()[0] == pytest.approx(np.maximum(draws, 3).mean(), rel=5e-3)
    assert session.data["p_e"].to_double()[0] == pytest.approx(draws[draws > 3].mean(), rel=5e-3)
    assert session.data["p_pr"].to_double()[0] == pytest.approx(((draws > 3) & (draws < 9)).mean(), rel=2e-2)
    session.run("margins, dydx(verbal) predict(ystar(3,.))")
    slope = session.r.matrices["b"].values[0, 0]
    # McDonald and Moffitt (1980): the coefficient times the share that is not censored.
    session.run("predict double share, pr(3,.)\nsummarize share")
    assert slope == pytest.approx(b(session)[0] * session.r.scalars["mean"], rel=1e-6)
    session.run("test verbal\nestimates store t\nesttab t\nmargins, at(verbal=(0 10))\ntobit")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("tobit attain verbal", 198, "must specify ll() or ul()"),
        ("tobit attain verbal, ll(5) ul(4)", 198, "ll() must be below ul()"),
        ("intreg attain", 102, "too few variables specified"),
        ("intreg attain down verbal", 459, "must not be above"),
        ("intreg attain attain verbal, het(female)", 198, "not implemented"),
    ],
)
def test_refusals(session: xmixed.Session, line: str, code: int, message: str) -> None:
    session.run("generate down = attain - 1")
    with pytest.raises(StataError) as caught:
        session.run(line)
    assert caught.value.code == code and message in caught.value.message
