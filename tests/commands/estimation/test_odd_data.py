"""Data that estimators cannot do anything with: a return code, or results with missing figures."""

from __future__ import annotations

import pytest

import xmixed
from tests.conformance.test_econometrics import FOLDER
from xmixed.errors import StataError


@pytest.fixture(scope="module")
def session() -> xmixed.Session:
    session = xmixed.Session()
    session.run((FOLDER / "data.do").read_text() + "xtset id t\ngenerate one = 1\ngenerate zero = 0")
    session.run("generate double huge = x * 1e300")
    return session


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("qreg one x", 0),
        ("qreg one x, vce(robust)", 0),
        ("sureg (huge x) (z x)", 506),
        ("xtabond2 zero l.zero x, gmm(l.zero) iv(x)", 0),
        ("xtabond2 huge l.huge x, gmm(l.huge) iv(x)", 1400),
        ("xtabond2 y l.y x if n < 4, gmm(l.y) iv(x) noleveleq twostep robust", 2001),
        ("xtivreg y x (z = v) if n < 4", 2001),
        ("xtserial huge x", 1400),
        ("heckman huge x, select(b1 = z)", 1400),
        ("reghdfe one x, absorb(id t)", 0),
        ("prais one x if id == 1", 0),
        ("newey huge x, lag(1) force", 1400),
    ],
)
def test_odd_data(session: xmixed.Session, line: str, code: int) -> None:
    found = 0
    try:
        session.run(f"quietly {line}")
    except StataError as error:
        found = error.code
    assert found == code
