"""The wheel carries everything: it runs the main job in a bare environment, outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.console.conftest import ROOT

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    environment = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "XMIXED_DATA_PATH")
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


def test_contents(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "xmixed/_share/grammar/grammar.tables" in names
    assert any(name.startswith("xmixed/_share/grammar/") and name.endswith(".lark") for name in names)
    assert any(name.startswith("xmixed/_share/datasets/") and name.endswith(".dta") for name in names)
    assert "xmixed/_share/datasets/README.md" in names
    assert not any("/build/" in name or name.startswith("tests/") for name in names)


def test_the_main_job_in_a_bare_environment(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "bare", cwd=tmp_path)
    binaries = tmp_path / "bare" / "bin"
    run(
        binaries / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",  # of all the modules the job imports a few
        wheel,
        cwd=tmp_path,
    )
    (tmp_path / "first.do").write_bytes((ROOT / "docs" / "examples" / "first_session.do").read_bytes())
    text = run(binaries / "xmixed", "first.do", cwd=tmp_path)
    assert "Likelihood-ratio test" in text
    assert text.endswith("\n. \nend of do-file\n")
    assert run(binaries / "python", "-m", "xmixed", "-c", "sysuse dir", cwd=tmp_path)
