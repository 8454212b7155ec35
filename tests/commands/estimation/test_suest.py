"""suest: identities, layout, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.econometrics import V, fails, started


@pytest.fixture
def session() -> xmixed.Session:
    return started()


@pytest.mark.parametrize("options", ["vce(robust)", "vce(cluster id)"])
@pytest.mark.parametrize("command", ["logit b1 x z", "poisson c x z", "ologit g x", "probit b2 x"])
def test_blocks_are_the_models_own_robust_variances(
    session: xmixed.Session, command: str, options: str
) -> None:
    session.run(f"quietly {command}, {options}")
    wanted = V(session)
    session.run(f"quietly {command}\nestimates store m1\nquietly regress y x\nestimates store m2")
    session.run(f"quietly suest m1 m2, {options}")
    k = len(wanted)
    np.testing.assert_allclose(V(session)[:k, :k], wanted, rtol=1e-6, atol=1e-12)


def test_halves_are_a_model_with_interactions(session: xmixed.Session) -> None:
    session.run("generate half = n > 200\nquietly logit b1 i.half##c.x, vce(robust)\ntest 1.half#c.x")
    wanted = session.r.scalars["chi2"]
    for number in (0, 1):
        session.run(f"quietly logit b1 x if half == {number}\nestimates store m{number}")
    text = session.run("suest m0 m1")
    assert "Simultaneous results for m0, m1\n" in text and "\nm0_b1        |\n" in text
    assert session.e.scalars["N"] == 400
    session.run("test [m0_b1]x = [m1_b1]x")
    assert session.r.scalars["chi2"] == pytest.approx(wanted, rel=1e-6)
    assert np.all(V(session)[:2, 2:] == 0)


def test_a_regression_has_its_variance(session: xmixed.Session) -> None:
    session.run("quietly regress y x z\nestimates store r1\nlocal s = ln(e(rmse)^2)\nquietly suest r1")
    assert session.e.matrices["b"].column_names == [
        "r1_mean:x",
        "r1_mean:z",
        "r1_mean:_cons",
        "r1_lnvar:_cons",
    ]
    session.run("assert reldif(_b[r1_lnvar:_cons], `s') < 1e-12\npredict double f, equation(r1_mean)")
    session.run("suest, level(90)\npredict double s1, stdp")
    assert fails(session, "suest r1 r1") == 198
    assert fails(session, "suest nosuch") == 111
    session.run("quietly regress y x, vce(robust)\nestimates store r2")
    assert fails(session, "suest r1 r2") == 322
    session.run("quietly regress y x [aw=g]\nestimates store r3")
    assert fails(session, "suest r3") == 322
    session.run("quietly qreg y x\nestimates store r4\nreplace area = . in 1")
    assert fails(session, "suest r4") == 322
    assert fails(session, "suest r1, cluster(area)") == 459
