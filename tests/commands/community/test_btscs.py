"""btscs: time since the last event, by hand."""

from __future__ import annotations

import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    session = Session()
    session.run("set obs 14\ngenerate id = ceil(_n/7)\ngenerate t = mod(_n-1, 7)")
    session.run("generate war = inlist(_n, 3, 4, 9)\ngsort -t id")
    return session


def test_spells(session: Session) -> None:
    session.run("btscs war t id, generate(peace)")
    found = session.data["peace"].to_double().tolist()
    assert found == [0, 1, 2, 0, 0, 1, 2, 0, 1, 0, 1, 2, 3, 4]
    session.run("logit war peace, nolog")


def test_refusals(session: Session) -> None:
    assert fails(session, "btscs war t, generate(p)") == 102
    assert fails(session, "btscs war t id") == 198
    assert fails(session, "btscs t war id, generate(p)") == 450
    assert fails(session, "btscs war t id, generate(war)") == 110
    assert fails(session, "btscs war t id, generate(p) nspline(3)") == 198
    session.run("generate str s = string(war)")
    assert fails(session, "btscs s t id, generate(p)") == 109
