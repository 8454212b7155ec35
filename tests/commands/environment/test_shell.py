"""shell and its kin: off until the user allows them."""

from __future__ import annotations

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.mark.parametrize("word", ["!", "shell ", "winexec ", "xshell "])
def test_commands_of_the_system_run_only_when_allowed(word: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session()
    with pytest.raises(StataError) as found:
        session.run(f"{word}echo made > made.txt")
    assert found.value.code == 198
    assert not (tmp_path / "made.txt").exists()
    session.run(f"set shell on\n{word}echo made > made.txt")
    assert (tmp_path / "made.txt").read_text() == "made\n"
    with pytest.raises(StataError) as found:
        session.run(word)
    assert found.value.code == 198


def test_what_they_print_is_output() -> None:
    session = Session()
    session.run("set shell on")
    assert session.run("! echo here; echo and here >&2; exit 3").splitlines()[:2] == ["here", "and here"]
    assert session.run("display c(shell)") == "on\n"
