"""xtivreg2 against ivregress with an indicator of each panel, which counts them as coefficients."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conformance.econometrics import V, b, fails
from xmixed.interpreter.session import Session

MADE = """set obs 90
generate id = ceil(_n/6)
generate t = _n - 6*(id-1)
generate double z1 = sin(_n*1.3) + id/9
generate double z2 = cos(_n^2*.37)
generate double w = sin(_n^2*1.1)
generate double u = cos(_n^2*.53)
generate double x = .7*z1 + .5*z2 + .3*w + u
generate double y = 1 + .5*x - .2*w + id/7 + .6*u + .3*sin(_n^2*.91)
generate fixed = mod(id, 2)
generate g = ceil(id/3)
xtset id t"""


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(MADE)
    return session


@pytest.mark.parametrize("options", ["", "robust", "vce(cluster t)"])
@pytest.mark.parametrize(("estimator", "own"), [("2sls", ""), ("liml", "liml")])
def test_indicators(session: Session, estimator: str, own: str, options: str) -> None:
    session.run(f"quietly ivregress {estimator} y w (x = z1 z2) i.id, small {options}")
    wanted, variance = b(session)[:2], V(session)[:2, :2]
    session.run(f"xtivreg2 y w (x = z1 z2), fe small {options} {own}")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-8)
    np.testing.assert_allclose(V(session), variance, rtol=1e-7)
    assert session.e["N_g"] == 15 and session.e.matrices["b"].column_names == ["x", "w"]


def test_large_samples_and_nested_clusters(session: Session) -> None:
    session.run("quietly xtivreg2 y w (x = z1 z2), fe small")
    variance = V(session)
    text = session.run("xtivreg2 y w (x = z1 z2), fe")
    np.testing.assert_allclose(V(session), variance * (90 - 15 - 2) / (90 - 15), rtol=1e-9)
    assert "Wald chi2(2)" in text and session.e["sargandf"] == 1
    for clusters in ("id", "g"):
        session.run("preserve")
        for name in ("y", "x", "w", "z1", "z2"):
            session.run(f"egen double m = mean({name}), by(id)\nreplace {name} = {name} - m\ndrop m")
        session.run(f"quietly ivregress 2sls y w (x = z1 z2), noconstant vce(cluster {clusters})")
        wanted = V(session)
        session.run(f"restore\nquietly xtivreg2 y w (x = z1 z2), fe cluster({clusters})")
        np.testing.assert_allclose(V(session), wanted, rtol=1e-8)
    session.run("preserve")
    for name in ("y", "x", "w", "z1", "z2"):
        session.run(f"egen double m = mean({name}), by(id)\nreplace {name} = {name} - m\ndrop m")
    session.run("quietly ivregress gmm y w (x = z1 z2), noconstant vce(robust) wmatrix(robust)")
    wanted, variance, j = b(session), V(session), session.e["J"]
    session.run("restore\nquietly xtivreg2 y w (x = z1 z2), fe gmm2s robust")
    np.testing.assert_allclose(b(session), wanted, rtol=1e-8)
    np.testing.assert_allclose(V(session), variance * 90 / 75, rtol=1e-7)
    assert session.e["j"] == pytest.approx(j, rel=1e-8)
    session.run("test x = w\nlincom x - w\npredict double f, xb\nxtivreg2, level(90)\nestimates store own")


def test_what_drops_out(session: Session) -> None:
    session.run("quietly xtivreg2 y w (x = z1 z2) if id > 1, fe")
    wanted = b(session)
    text = session.run("xtivreg2 y w fixed (x = z1 z2) if id > 1 | t == 1, fe ivar(id)")
    assert "singleton groups detected.  1 observation(s) not used" in text
    assert "note: fixed omitted because of collinearity" in text
    np.testing.assert_allclose(b(session)[:2], wanted, rtol=1e-9)
    assert session.e["N"] == 84
    session.run("count if e(sample)")
    assert session.r["N"] == 84
    session.run("xtivreg2 D.y L.w (x = z1 z2), fe fuller(1)")


def test_refusals(session: Session) -> None:
    assert fails(session, "xtivreg2 y w (x = z1)") == 198
    assert fails(session, "xtivreg2 y w (x = z1), fd") == 198
    assert fails(session, "xtivreg2 y w (x = z1), fe first") == 198
    assert fails(session, "xtivreg2 y (x w = z1), fe") == 481
    assert fails(session, "xtivreg2 y w (x = z1) if id > 99, fe") == 2000
    assert fails(session, "xtivreg2 y fixed (g = z1), fe") == 2001
    assert fails(session, "xtivreg2 y w (x = fixed), fe") == 481
    assert fails(session, "xtivreg2 y w (x = z1) if t < 3 & id == 1, fe") == 2001
    session.run("xtset, clear")
    assert fails(session, "xtivreg2 y w (x = z1), fe") == 459
