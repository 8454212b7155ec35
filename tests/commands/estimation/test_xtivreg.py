"""xtivreg: layout, identities, refusals. Figures of R: tests/conformance/test_econometrics.py."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, b, fails, started


@pytest.fixture
def session() -> xmixed.Session:
    return started("xtset id t")


def test_layout(session: xmixed.Session) -> None:
    text = session.run("xtivreg yp x i.g (w = z v), fe")
    for part in (
        "\nFixed-effects (within) IV regression            Number of obs      =       400\n",
        "\n     sigma_u | ",
        "\nF test that all u_i=0: ",
        "\nInstrumented:   w\nInstruments:    x 2.g 3.g z v\n",
    ):
        assert part in text, part
    session.run("test x w\nmargins, dydx(x)\npredict double f\npredict double ui, u\npredict double ei, e")
    session.run("assert reldif(yp, f + ui + ei) < 1e-9\nxtivreg, level(90)")
    text = session.run("xtivreg yp x (w = z v), i(id)")
    assert "G2SLS random-effects IV regression" in text
    text = session.run("xtivreg yp x (w = z v), be small")
    assert "Between-effects IV regression" in text and "F(2,47)" in text and " t    P>|t|" in text


@pytest.mark.parametrize("model", ["fe", "re", "be"])
def test_what_instruments_itself_is_xtreg(session: xmixed.Session, model: str) -> None:
    session.run(f"quietly xtreg yp w x, {model}")
    wanted, variance = b(session), V(session)
    session.run(f"quietly xtivreg yp x (w = w), {model} small")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-8)
    np.testing.assert_allclose(V(session), variance, rtol=1e-7, atol=1e-12)


def test_within_is_two_stages_of_deviations(session: xmixed.Session) -> None:
    session.run("quietly xtivreg yp x (w = z v), fe")
    wanted = b(session)[:2]
    for name in ("yp", "x", "w", "z", "v"):
        session.run(f"egen double m_{name} = mean({name}), by(id)\nreplace {name} = {name} - m_{name}")
    session.run("quietly ivregress 2sls yp x (w = z v), noconstant")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-6)


def test_refusals(session: xmixed.Session) -> None:
    assert fails(session, "xtivreg yp x, fe") == 198
    assert fails(session, "xtivreg yp x (w z = v), fe") == 481
    assert fails(session, "xtivreg yp x (w = z), fd") == 198
    assert fails(session, "xtivreg yp x (area = z), fe") == 481
    assert fails(session, "xtivreg yp x (w = z), vce(robust)") == 198
