"""drawnorm and corr2data: moments of what they make."""

from __future__ import annotations

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

SETUP = "matrix C = (1, .5, -.2 \\ .5, 1, .1 \\ -.2, .1, 1)\nmatrix S = (1, 2, .5)\nmatrix M = (5 \\ 0 \\ -1)"


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run(SETUP)
    return session


def moments(session: Session, *names: str) -> tuple[np.ndarray, np.ndarray]:
    X = np.column_stack([session.data[name].to_double() for name in names])
    return X.mean(axis=0), np.cov(X.T)


C = np.array([[1, 0.5, -0.2], [0.5, 1, 0.1], [-0.2, 0.1, 1]])
S = np.array([1, 2, 0.5])


@pytest.mark.parametrize(
    "options",
    ["corr(C) sds(S)", "corr((1, .5, 1, -.2, .1, 1)) sds(S) cstorage(lower)", "cov(diag(S)*C*diag(S))"],
)
def test_corr2data_has_the_moments_exactly(session: Session, options: str) -> None:
    session.run(f"corr2data x y z, n(50) means(M) double {options}")
    mean, covariance = moments(session, "x", "y", "z")
    assert np.allclose(mean, [5, 0, -1], atol=1e-12)
    assert np.allclose(covariance, C * np.outer(S, S), atol=1e-12)


def test_drawnorm_draws_from_the_distribution(session: Session) -> None:
    session.run(
        "drawnorm double x y z, n(40000) means(M) sds(S) corr((1, .5, -.2, 1, .1, 1)) cstorage(upper) seed(5)"
    )
    mean, covariance = moments(session, "x", "y", "z")
    deviation = S / np.sqrt(40000)
    assert (np.abs(mean - [5, 0, -1]) < 4 * deviation).all()
    assert (np.abs(covariance - C * np.outer(S, S)) < 4 * np.outer(S, S) * np.sqrt(2 / 40000)).all()
    first = session.data["x"].values.copy()
    session.run("drawnorm double x y z, n(40000) means(M) sds(S) corr(C) clear seed(5)")
    assert (session.data["x"].values == first).all()
    session.run("drawnorm w")
    assert session.data["w"].type == "float"
    assert session.data.n_obs == 40000


def test_a_singular_matrix_gives_dependent_variables(session: Session) -> None:
    session.run("matrix D = (1, 1 \\ 1, 1)\ncorr2data x y, n(30) corr(D) double")
    assert np.allclose(session.data["x"].values, session.data["y"].values, atol=1e-7)
    session.run("matrix E = (1, .9, .9 \\ .9, 1, -.9 \\ .9, -.9, 1)\ncorr2data a b c, corr(E) forcepsd")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("drawnorm", 100),
        ("drawnorm x", 198),
        ("drawnorm x y, n(10) corr(C)", 503),
        ("drawnorm x y z, n(10) corr(C) cov(C)", 198),
        ("drawnorm x y z, n(10) means(S[1, 1..2])", 503),
        ("drawnorm x y, n(10) corr((1, .5))", 503),
        ("drawnorm x y, n(10) corr((1, 2 \\ 2, 1))", 506),
        ("drawnorm x y, n(10) corr((1, .1 \\ .2, 1))", 505),
        ("drawnorm x y, n(10) corr((2, .1 \\ .1, 1))", 198),
        ("drawnorm x y, n(10) sds((-1, 1))", 198),
        ("drawnorm x y, n(10) corr((1, .5)) cstorage(lower)", 503),
        ("corr2data x y, n(2)", 2001),
        ("drawnorm x, n(10) corr(none)", 111),
    ],
)
def test_refusals(session: Session, line: str, code: int) -> None:
    with pytest.raises(StataError) as found:
        session.run(line)
    assert found.value.code == code
    assert session.data.n_obs == 0
