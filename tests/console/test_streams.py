"""Streams that are closed, full or gone, at every entry point: a message and a documented status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import xmixed
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


def test_a_fit_under_a_memory_limit_ends_in_a_message() -> None:
    script = (
        "import resource, xmixed\n"
        "session = xmixed.Session()\n"
        "session.run('set obs 300000\\ngenerate id = int(_n/10)\\ngenerate y = runiform()')\n"
        "session.run('xtmixed y || id:')\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 4_000_000, used + 4_000_000))\n"
        "for line in ('xtmixed y || id:', 'display 1', 'generate z = y'):\n"
        "    try: print(session.run(line))\n"
        "    except xmixed.StataError as error: print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=console_environment(), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "1\n" in done.stdout


def test_a_log_on_a_full_disk_ends_and_the_do_file_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.log").symlink_to("/dev/full")
    (tmp_path / "full.do").write_text(
        "log using a.log, replace\ndisplay 1\nset obs 3\ngenerate x = 1\nlog\nsave kept\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "xmixed", "full.do"],
        cwd=tmp_path,
        env=console_environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "") and (tmp_path / "kept.dta").exists()
    where = tmp_path / "a.log"
    assert (
        f"I/O error writing log file {where}; log closed\nNo space left on device\nr(693);\n"
        in done.stdout.replace("\n> ", "")
    )
    assert "(no log file open)" in done.stdout


def test_a_log_that_fails_under_capture_and_as_the_session_ends(tmp_path: Path) -> None:
    (tmp_path / "a.log").symlink_to("/dev/full")
    session = xmixed.Session()
    shown = session.run(f"capture log using {tmp_path}/a.log, replace\ncapture display 1\ndisplay _rc")
    assert "r(693);" in shown and shown.endswith("0\n") and not session.logs
    session.run(f"quietly log using {tmp_path}/a.log, replace")
    session.close()


HOSTILE = """\
set obs 24
set type double
generate big = 1e307 * (_n - 12)
generate tiny = 1e-307 * _n
generate far = 1e15 + mod(_n, 5)
generate same = 1
generate none = .
generate byte two = mod(_n, 2)
generate id = ceil(_n / 4)
generate t = mod(_n, 4)
generate y = mod(_n * 7, 11) + id
foreach x of varlist big tiny far same none two {
    capture noisily codebook `x'
    capture noisily summarize `x', detail
    capture noisily tabstat `x', statistics(mean sd skewness kurtosis cv)
    capture noisily ttest `x', by(two)
    capture noisily ranksum `x', by(two)
    capture noisily ci `x'
    capture noisily mean `x'
    capture noisily correlate y `x'
    capture noisily spearman y `x'
    capture noisily oneway `x' id
    capture noisily regress `x' y, vce(robust)
    capture noisily regress y `x', vce(cluster id)
    capture noisily regress y `x' in 1/2, vce(robust)
    capture noisily regress y `x' in 2/3, vce(hc3)
    capture noisily logit two `x'
    capture noisily xtmixed y `x' || id: `x', covariance(unstructured) vce(robust)
    capture noisily xtmixed `x' y || id:, reml
    capture noisily xtmixed y `x' || id:, residuals(ar 1, t(t))
    capture noisily predict fit_`x'
    capture noisily margins, at(`x' = (0 1e300))
    capture noisily egen sd_`x' = sd(`x'), by(id)
    capture noisily egen skew_`x' = skew(`x')
    capture noisily generate log_`x' = ln(`x') / (`x' - `x')
}
capture noisily display exp(1000) " " 1e308 * 10 " " 0 / 0 " " invnormal(2) " " sqrt(-1)
capture noisily collapse (sd) big far (mean) tiny none, by(two)
"""


def test_no_warning_of_a_library_reaches_standard_error(tmp_path: Path) -> None:
    """Numbers at the edge of doubles, constants and missing values through commands of every kind."""
    (tmp_path / "hostile.do").write_text(HOSTILE)
    done = subprocess.run(
        [sys.executable, "-m", "xmixed", "hostile.do"],
        cwd=tmp_path,
        env=console_environment(),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "internal error" not in done.stdout and "unrecognized" not in done.stdout
