"""Streams that are closed, full or gone, at every entry point: a message and a documented status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.conftest import console_environment
from xmixed.interpreter.transcript import echo_lines

PROGRAM = f"{sys.executable} -m xmixed"

ENTRIES = {
    "one-liner": "-c 'display 1'",
    "do-file": "a.do",
    "JSON": "--json -c 'display 1'",
    "help": "--help",
    "version": "--version",
    "standard input": "< a.do",
}


def shell(command: str, folder: Path) -> tuple[int, str]:
    """Run a shell command; returns its status and standard error."""
    (folder / "a.do").write_text("display 1\n")
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=console_environment(), capture_output=True, text=True
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    ("stream", "why"),
    [
        (">&-", "standard output is closed"),
        ("> /dev/full", "cannot write standard output: No space left on device"),
    ],
)
def test_standard_output(entry: str, stream: str, why: str, tmp_path: Path) -> None:
    assert shell(f"{PROGRAM} {ENTRIES[entry]} {stream}", tmp_path) == (74, f"xmixed: {why}\n")


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_reader_that_goes_away(entry: str, tmp_path: Path) -> None:
    command = f"set -o pipefail; {{ sleep 0.3; {PROGRAM} {ENTRIES[entry]}; }} | true"
    status, message = shell(command, tmp_path)
    assert (status, message) == (141, "")


@pytest.mark.parametrize("entry", ["one-liner", "do-file", "JSON", "help", "version"])
def test_standard_input_is_not_wanted(entry: str, tmp_path: Path) -> None:
    assert shell(f"{PROGRAM} {ENTRIES[entry]} <&-", tmp_path) == (0, "")


def test_standard_input_is_closed(tmp_path: Path) -> None:
    assert shell(f"{PROGRAM} <&-", tmp_path) == (74, "xmixed: standard input is closed\n")


def test_standard_error_is_closed(tmp_path: Path) -> None:
    assert shell(f"{PROGRAM} -c 'display 1' 2>&-", tmp_path)[0] == 0
    assert shell(f"{PROGRAM} --nonsense 2>&-", tmp_path)[0] == 2


def test_the_log_of_a_silent_run_on_a_full_disk(tmp_path: Path) -> None:
    (tmp_path / "a.log").symlink_to("/dev/full")
    assert shell(f"{PROGRAM} -b a.do", tmp_path) == (
        74,
        "xmixed: cannot write a.log: No space left on device\n",
    )


@pytest.mark.parametrize("command", ["pwd", "log using x", "display c(pwd)", "save x"])
def test_a_current_folder_that_is_gone(command: str, tmp_path: Path) -> None:
    status, message = shell(
        f"mkdir gone && cd gone && rmdir ../gone && {PROGRAM} -c 'set obs 1' -c '{command}'", tmp_path
    )
    assert status == 1 and "Traceback" not in message and "internal" not in message


def test_the_echo_of_a_long_line_is_linear() -> None:
    echoed = echo_lines(["x" * 10_000_000], 79)
    assert len(echoed) == -(-10_000_000 // 77) and echoed[-1].text.startswith("> x")
