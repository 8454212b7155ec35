"""Do-files and the logs that they make. XMIXED_REGENERATE=1 writes the logs anew, to review."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.corpus.reading import Script, first_difference, scripts
from xmixed.commands.registry import find_command
from xmixed.errors import StataError
from xmixed.interpreter.session import Session, read_do_file

SCRIPTS = scripts()


def log_of(script: Script) -> str:
    """Return the log of a do-file that runs in a session of its own."""
    session = Session()
    lines: list[str] = []
    session.out.sinks.append(lambda line: lines.append(line.text))
    try:
        session.run_do_file(read_do_file(str(script.path)), [])
    except StataError:
        pass  # its message and code are in the log
    finally:
        session.close()
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_log(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # files that it writes are gone afterwards
    actual = log_of(script)
    if os.environ.get("XMIXED_REGENERATE"):
        script.log.write_text(actual, encoding="utf-8", newline="\n")
    expected = script.log.read_text(encoding="utf-8")
    assert first_difference(actual, expected, script.digits) == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_head(script: Script) -> None:
    assert script.source and script.covers
    for item in script.covers:
        find_command(item.split()[0])  # what is covered is a command that exists


def test_figures_are_compared_to_the_digits_asked_for() -> None:
    assert first_difference("b 1.2345678", "b 1.2345679", 7) == ""
    assert first_difference("b 1.2345678", "b 1.2345679", 9) != ""
    assert first_difference("b 10", "b 11", 3) != ""
    assert first_difference("b\nc", "b", 3) != ""
