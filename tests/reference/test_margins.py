"""Margins by reference: points with the moments of the observations give what the observations give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.reference.test_models import made
from xmixed.errors import StataError
from xmixed.interpreter.session import Session

SESSIONS = {
    "xtmixed y i.arm##c.x2 i.sex c.x2#c.x4 x4 || id: x2, nolog": """
margins
margins arm#sex
margins, dydx(*)
margins arm, dydx(x2) at(x4=(19 20))
margins arm, atmeans
margins sex, at((mean) _all x2=1)
margins, over(sex)
margins arm, over(region) asbalanced
margins arm if x2 > 0
margins arm, noesample
margins r.arm
margins arm, pwcompare
margins, dyex(x2)
margins, eyex(x2) atmeans
margins arm, eydx(x2 x4) atmeans
margins, eyex(x2) at((mean) x2 x4=20) atmeans
margins arm, at((p50) x2 (max) x4)
margins, at((p10) _continuous) at((median) x4) at((p75) x2)
margins, subpop(sex)
margins, subpop(sex if x2 < 1)
margins, at(x2=(0 1)) post
test 1._at = 2._at
""",
    "regress y x2 x3 x4 i.arm if sex": "margins arm, at(x2=0)\nmargins, dydx(*)\nmargins in 100/900",
    "regress y x2 i.arm [fw=w]": "margins arm\nmargins, at(x2=(0 1))",
    "regress y x2 i.arm [aw=w]": """
margins arm
margins, over(sex)
margins arm, at(x2=(0 1)) pwcompare
margins r.arm
margins arm, at((p25) x2)
margins, at((median) _continuous) at((max) x2)
""",
    "regress y x2 i.arm [pw=w]": """
margins arm
margins, dydx(*) over(arm)
margins [fw=w]
margins arm [aw=w], atmeans
margins, at((p90) x2) at((min) x2) at((median) x2)
""",
    "regress y x2 i.arm": "margins arm [pw=w]\nmargins r.arm [fw=w]",
    "xtmixed y x2 i.arm [pw=w] || id:, nolog": "margins arm\nmargins, dydx(x2)",
    "regress y x4 c.x2##c.x2": "margins, dydx(x4)\nmargins, at(x2=(0 1))",
    "regress y i.arm": "margins arm",
}
REFUSED = {
    "margins, at((p50) x2) over(arm)": r"at\(\(p50\)\) with over\(\)",
    "margins, eyex(x2)": r"eyex\(\)",
    "margins, expression(exp(predict(xb)))": "not linear",
}


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Session]]:
    """One with the rows in memory, one by reference."""
    pytest.importorskip("ibis")
    path: Path = made(tmp_path_factory.mktemp("reference"))
    inside, outside = Session(), Session()
    inside.run(f'use "{path}"')
    outside.run(f'use "{path}", engine(duckdb)')
    yield inside, outside


@pytest.mark.parametrize("model", SESSIONS)
def test_margins(sessions: tuple[Session, Session], model: str) -> None:
    for command in [model, *SESSIONS[model].strip().splitlines()]:
        inside, outside = (session.run(command) for session in sessions)
        assert inside == outside, command
        found, wanted = (session.r.matrices for session in reversed(sessions))
        assert found.keys() == wanted.keys()
        for name in {"b", "V"} & wanted.keys():
            size = np.nanmax(np.abs(wanted[name].values), initial=1e-300)
            np.testing.assert_allclose(found[name].values, wanted[name].values, rtol=1e-10, atol=1e-10 * size)


@pytest.mark.parametrize("command", REFUSED)
def test_what_needs_the_observations_is_refused(sessions: tuple[Session, Session], command: str) -> None:
    session = sessions[1]
    session.run("regress y x2 i.arm")
    with pytest.raises(StataError, match=REFUSED[command]) as failure:
        session.run(command)
    assert failure.value.code == 3


@pytest.mark.parametrize(
    ("model", "text"),
    [("regress y c.x2##c.x2##c.x2", "three")],
)
def test_models_whose_margins_are_refused(sessions: tuple[Session, Session], model: str, text: str) -> None:
    session = sessions[1]
    session.run(model)
    with pytest.raises(StataError, match=text):
        session.run("margins")
    session.run("regress y x2, vce(cluster id)")
    with pytest.raises(StataError, match="unconditional"):
        session.run("margins, vce(unconditional)")
