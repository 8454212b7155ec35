"""labmask: labels from another variable."""

from __future__ import annotations

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session


def test_labels() -> None:
    session = Session()
    session.run(
        'set obs 6\ngenerate id = ceil(_n/2)\ngenerate str name = "n" + string(id)\nlabmask id, values(name)'
    )
    assert session.data.value_labels["id"] == {1: "n1", 2: "n2", 3: "n3"}
    session.run("generate code = 10*id\nlabel define code 10 ten\nlabel values code code")
    session.run("labmask id if id < 3, values(code) lblname(own) decode")
    assert session.data["id"].value_label == "own" and session.data.value_labels["own"] == {1: "ten", 2: "20"}
    session.run("labmask id, values(code) lblname(plain)")
    assert session.data.value_labels["plain"][1] == "10"
    session.run("generate n = _n")
    assert fails(session, "labmask id, values(n)") == 198
    assert fails(session, "labmask id") == 198
    assert fails(session, "labmask name, values(id)") == 109
    session.run("replace id = id + .5")
    assert fails(session, "labmask id, values(name)") == 498
