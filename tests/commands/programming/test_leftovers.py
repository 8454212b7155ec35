"""Temporary files: those of a session that was killed are removed by the next one that makes some."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from xmixed.interpreter.session import Session


def test_temporary_files_of_a_killed_session(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    script = tmp_path / "killed.do"
    script.write_text("set obs 1\ngenerate x = 1\ntempfile f\nsave `f'\nsleep 60000\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "xmixed", str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    for line in process.stdout:
        if b"saved" in line:
            break
    (left,) = tmp_path.glob("St*.*")
    session.run("tempfile mine\nset obs 2\ngenerate y = 1\nsave `mine'")
    assert left.exists()  # its session runs
    process.kill()
    process.communicate()
    other = tmp_path / "St.000001"
    other.write_text("no file of ours")
    fresh = Session()
    fresh.run("tempfile mine")
    assert not left.exists() and other.exists()
