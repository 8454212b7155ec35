"""What people type, Stata's message and code, and the help that a terminal shows below it (`slips.txt`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import xmixed
from xmixed.shell.advice import advice

SLIPS = (Path(__file__).parent / "slips.txt").read_text().split("\n\n")

SETUP = """
sysuse sleepstudy
quietly regress reaction days
estimates store full
label define sex 0 "male"
generate byte copy = 1
save sleepstudies
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> xmixed.Session:
    folder = tmp_path_factory.mktemp("slips")
    before = os.getcwd()
    os.chdir(folder)
    made = xmixed.Session()
    made.run(SETUP)
    os.chdir(before)
    return made


def test_there_are_a_hundred_of_them() -> None:
    assert len(SLIPS) >= 140 and len(set(SLIPS)) == len(SLIPS)
    assert sum(slip.rstrip().endswith("\n>") for slip in SLIPS) <= 10


@pytest.fixture
def folder(session: xmixed.Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    session.run("save sleepstudies, replace")
    return tmp_path


@pytest.mark.parametrize("slip", SLIPS, ids=[slip.split("\n")[0][2:50] for slip in SLIPS])
def test_slip(slip: str, session: xmixed.Session, folder: Path) -> None:
    command, *message, code, help_line = slip.rstrip("\n").split("\n")
    session.data = session.data.with_(changed=code == "r(4);")
    if command[2:] == "regress":
        session.run("ereturn clear")
    else:
        session.run("quietly regress reaction days")
    with pytest.raises(xmixed.StataError) as caught:
        session.run(command[2:])
    error = caught.value
    assert ["\n".join(message), code] == [error.message.rstrip(), f"r({error.code});"]
    lines = [text for text in advice(session, error) if not text.startswith("  ")]
    shown = [*lines, error.hint, ""][0]
    assert shown == help_line[2:].replace("{folder}", str(folder))


def test_a_caret_stands_below_the_token_at_fault(session: xmixed.Session) -> None:
    with pytest.raises(xmixed.StataError) as caught:
        session.run("local y reaction\nquietly summarize `y' dayz")
    assert advice(session, caught.value) == [
        "  summarize reaction dayz",
        "                     ^^^^",
        "did you mean days?",
    ]
    with pytest.raises(xmixed.StataError) as caught:
        session.run("generate z = 2 +")
    assert advice(session, caught.value)[1] == "                  ^"
    with pytest.raises(xmixed.StataError) as caught:
        session.run("summarize " + "days " * 50 + "dayz")
    assert advice(session, caught.value) == ["did you mean days?"]
