"""bysort over data by reference: a query finds the groups, nothing is sorted."""

from __future__ import annotations

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session

SHOWN = """
bysort i: summarize x big
bysort b: summarize x, detail
by i b, sort: count if x > 0
bysort s: summarize f
bysort i, rc0: tabulate b
bysort b: tabulate i, missing
bysort b: correlate big f
"""


def test_output_is_that_of_memory(referring: Session, reading: Session) -> None:
    before = referring.data
    for command in SHOWN.strip().splitlines():
        assert referring.run(command) == reading.run(command), command
        assert referring.r.scalars.keys() == reading.r.scalars.keys()
        for name, value in reading.r.scalars.items():
            assert referring.r.scalars[name] == pytest.approx(value, rel=1e-13)
    assert referring.data is before


def test_models_by_groups(referring: Session, reading: Session) -> None:
    command = "bysort b: regress big f if i < ."
    assert referring.run(command) == reading.run(command)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("by i: summarize x", 5),
        ("bysort i (x): summarize f", 3),
        ("bysort i: generate y = x", 3),
        ("bysort i: drop if x > 1", 3),
        ("bysort i: summarize x in 1/2", 190),
        ("bysort i: describe", 190),
        ("bysort i: nothing", 199),
    ],
)
def test_what_is_refused(referring: Session, command: str, code: int) -> None:
    before = referring.data
    with pytest.raises(StataError) as failure:
        referring.run(command)
    assert failure.value.code == code
    assert referring.data is before
    assert referring.run("count") == "   12\n"


def test_too_many_groups(referring: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xmixed.commands.prefixes.by.MOST_GROUPS", 3)
    with pytest.raises(StataError, match="more than 3 groups"):
        referring.run("bysort big: count")
