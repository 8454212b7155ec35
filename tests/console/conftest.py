"""Running the program as its users do: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def console_environment(**extra: str) -> dict[str, str]:
    """Return the environment of a console that knows nothing of the user's settings."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("XMIXED_")}
    return environment | {"PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0"} | extra


def accept_interrupts() -> None:
    """Undo, in a child process, the ignored Ctrl-C that a suite started in the background hands on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


Console = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """Return a function that runs `xmixed ARGUMENTS` in a folder of its own."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "xmixed", *arguments],
            input=stdin.encode(),
            capture_output=True,
            cwd=tmp_path,
            env=console_environment(**environment),
            timeout=120,
            check=False,
        )

    def decoded(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        done = run(*arguments, stdin=stdin, **environment)
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    return decoded
