"""nmissing and npresent."""

from __future__ import annotations

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session


def test_counts(session: Session) -> None:
    session.run(
        'set obs 5\ngenerate a = _n if _n > 2\ngenerate b = 1\ngenerate str1 s = cond(_n == 1, "", "x")'
    )
    assert session.run("nmissing") == "\na                      2\ns                      1\n"
    assert session.r["N"] == 5 and session.r.macros["varlist"] == "a s"
    assert session.run("nmissing a b, min(3)") == "" and session.r.macros == {}
    assert session.run("npresent a b if _n > 1") == "\na                      3\nb                      4\n"
    assert session.run("nmissing a s, obs min(2)") == "\n1                      2\n"
    assert fails(session, "nmissing, piasm") == 198
    assert fails(session, "npresent if a == 99") == 2000
