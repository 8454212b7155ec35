"""The manual's sessions, compared with their golden transcripts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.console.conftest import ROOT, console_environment

SHARED = ROOT.parent / "shared"
SESSIONS = [
    "01_random_intercept",
    "02_random_slope",
    "03_unstructured",
    "03b_reml",
    "04_three_level",
    "05_blocked_diagonal",
    "06_heteroskedastic_random_effects",
    "07_three_level_reml",
    "08_ar2_residuals",
    "09_unstructured_residuals",
    "10_crossed_effects",
    "11_exchangeable",
    "12_survey_weights",
    "13_describe",
]


@pytest.mark.skipif(
    not (SHARED / "golden").is_dir(), reason="the manual's sessions are not beside this checkout"
)
@pytest.mark.parametrize("name", SESSIONS)
def test_session(name: str, tmp_path: Path) -> None:
    shutil.copy(SHARED / "golden" / f"{name}.do", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "xmixed", f"{name}.do"],
        cwd=tmp_path,
        capture_output=True,
        env=console_environment(XMIXED_DATA_PATH=str(SHARED / "datasets")),
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()[-600:] + done.stderr.decode()
    (tmp_path / "actual.log").write_bytes(done.stdout)
    golden = SHARED / "golden" / f"{name}.log"
    compared = subprocess.run(
        [
            sys.executable,
            str(SHARED / "tools" / "compare_transcript.py"),
            str(golden),
            str(tmp_path / "actual.log"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compared.returncode == 0, compared.stdout


@pytest.mark.skipif(
    not (SHARED / "datasets").is_dir(), reason="the manual's datasets are not beside this checkout"
)
def test_example_7(monkeypatch: pytest.MonkeyPatch) -> None:
    """The output that example 7 of the manual speaks of but does not print; figures of its later editions."""
    from xmixed.interpreter.session import Session

    monkeypatch.setenv("XMIXED_DATA_PATH", str(SHARED / "datasets"))
    session = Session()
    session.run("use http://www.stata-press.com/data/r12/veneer")
    shown = session.run(
        "xtmixed gcf followup base_gcf cda age || patient: followup, cov(un) || tooth:, "
        "residuals(independent, by(followup)) nolog reml"
    )
    lines = str(shown).splitlines()
    assert session.e["ll"] == pytest.approx(-420.4576043, abs=5e-7)
    for title in ("Residual: Independent,       |", "    by followup              |"):
        assert title in lines
    for row in (
        "             3 months: sd(e) |   7.833765",
        "             6 months: sd(e) |   6.035614",
    ):
        assert any(line.startswith(row) for line in lines)
