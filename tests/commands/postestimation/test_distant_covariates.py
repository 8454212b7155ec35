"""Standard errors of predictions with a covariate far from zero are those with the same one near zero."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xmixed.interpreter.session import Session

MADE = """
set obs 2000
set seed 5
generate g = ceil(_n/10)
generate double far = 1e8 + rnormal()
generate double near = far - 1e8
generate double u = rnormal() if mod(_n, 10) == 1
bysort g (u): replace u = u[1]
generate double y = 1 + near + u + rnormal()*(1 + near^2)
generate w = 1 + mod(_n, 3)
"""
MODELS = (
    "regress y {x}",
    "regress y {x} [aw=w]",
    "regress y {x}, robust",
    "regress y {x}, vce(hc3)",
    "regress y {x} [fw=w], cluster(g)",
    "areg y {x}, absorb(g) vce(robust)",
    "xtmixed y {x} || g:",
    "xtmixed y {x} || g:, reml",
    "xtmixed y {x} || g:, vce(robust)",
    "xtmixed y {x} [pw=w] || g:",
)
ABSORBS = MODELS[5]


@pytest.fixture(scope="module")
def data() -> Iterator[Session]:
    session = Session()
    session.run(MADE)
    yield session


def figures(session: Session, model: str, x: str) -> dict[str, float]:
    """Standard errors of the slope, of margins, of combinations and of predictions."""
    session.run(model.format(x=x) + f"\nscalar error = _se[{x}]")
    found = {"slope": float(session.scalars["error"])}
    if model == ABSORBS:
        return found
    session.run("margins")
    found["margin"] = session.r.matrices["V"].values[0, 0] ** 0.5
    session.run(f"margins, dydx({x})")
    found["effect"] = session.r.matrices["V"].values[0, 0] ** 0.5
    origin = 100000000 if x == "far" else 0
    session.run(f"lincom _b[_cons] + {origin}*_b[{x}]")
    found["lincom"] = session.r.scalars["se"]
    session.run("predict double se, stdp\nsummarize se\ndrop se")
    return found | {"mean of stdp": session.r.scalars["mean"], "largest stdp": session.r.scalars["max"]}


@pytest.mark.parametrize("model", MODELS)
def test_offsets_cost_no_digits(data: Session, model: str) -> None:
    far, near = (figures(data, model, x) for x in ("far", "near"))
    assert far == pytest.approx(near, rel=1e-6)


def test_derivatives_by_differences_have_the_digits_of_these(data: Session) -> None:
    """Steps in the coefficient of 1e8 leave five digits; of e(V) itself none would be left."""
    data.run("xtmixed y far || g:\nnlcom _b[_cons] + 100000000*_b[far]")
    far = data.r.matrices["V"].values[0, 0]
    data.run("xtmixed y near || g:\nnlcom _b[_cons]")
    assert far == pytest.approx(data.r.matrices["V"].values[0, 0], rel=1e-3)


def test_another_variance_has_no_centred_one(data: Session) -> None:
    """What a program posts in the place of e(V) is what counts."""
    data.run("regress y near\nmatrix V = 4*e(V)")
    data.run("margins")
    before = data.r.matrices["V"].values[0, 0]
    data.run("program again, eclass\nereturn repost V = V\nend\nagain\nmargins")
    assert data.r.matrices["V"].values[0, 0] == pytest.approx(4 * before)
