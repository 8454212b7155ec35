"""Every mode and every exit status of the program."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.console.conftest import Console

LONG = "display " + "+".join(["1"] * 50)


def test_one_liners_show_output_only(console: Console) -> None:
    done = console("-c", "display 1+2", "-c", "display 3")
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n3\n", "")


def test_the_first_failure_ends_one_liners(console: Console) -> None:
    done = console("-c", "display 1", "-c", "foo", "-c", "display 2")
    assert done.returncode == 1
    assert done.stdout == "1\nunrecognized command:  foo\nr(199);\n"
    assert done.stderr == ""


def test_a_do_file_is_echoed(console: Console, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text("* hello\n\ndisplay 1\ndisplay 1 + ///\n  2\nlocal x 3\ndisplay `x'\n")
    done = console("a.do")
    assert done.returncode == 0
    assert done.stdout == (
        ". * hello\n. \n. display 1\n1\n\n. display 1 + ///\n>   2\n3\n\n"
        ". local x 3\n\n. display `x'\n3\n\n. \nend of do-file\n"
    )


def test_a_do_file_ends_at_the_first_failure(console: Console, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text("display 1\nfoo\ndisplay 2\n")
    for arguments in (["a"], ["a.do"], ["do", "a"], ["do", "a.do"]):
        done = console(*arguments)
        assert done.returncode == 1
        assert done.stdout == (
            ". display 1\n1\n\n. foo\nunrecognized command:  foo\nr(199);\n\nend of do-file\nr(199);\n"
        )
        assert done.stderr == ""


def test_a_nested_do_file(console: Console, tmp_path: Path) -> None:
    (tmp_path / "outer.do").write_text("do inner 7\ndisplay 2\n")
    (tmp_path / "inner.do").write_text("display `1'\n")
    done = console("outer.do")
    assert done.stdout == (
        ". do inner 7\n\n. display `1'\n7\n\n. \nend of do-file\n\n. display 2\n2\n\n. \nend of do-file\n"
    )
    (tmp_path / "inner.do").write_text("foo\n")
    done = console("outer.do")
    assert done.returncode == 1
    assert done.stdout == (
        ". do inner 7\n\n. foo\nunrecognized command:  foo\nr(199);\n"
        "\nend of do-file\nr(199);\n\nend of do-file\nr(199);\n"
    )


def test_run_and_quietly_do_show_errors_only(console: Console, tmp_path: Path) -> None:
    (tmp_path / "inner.do").write_text("display 1\nfoo\n")
    for command in ("run inner", "quietly do inner"):
        done = console("-c", command)
        assert (done.returncode, done.stdout) == (1, "unrecognized command:  foo\nr(199);\n")
    assert console("-c", "capture do inner", "-c", "display _rc").stdout == "199\n"


def test_arguments_become_macros(console: Console, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text("display \"`1'|`2'|`0'\"\n")
    assert "\nx|y z|x y z\n" in console("a.do", "x", "y z").stdout


def test_long_lines_wrap(console: Console, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text(LONG + "\n")
    lines = console("a.do").stdout.splitlines()
    assert lines[0] == ". " + LONG[:77] and lines[1] == "> " + LONG[77:]
    (tmp_path / "a.do").write_text("set linesize 60\n" + LONG + "\n")
    lines = console("a.do").stdout.splitlines()
    assert lines[2] == ". " + LONG[:58] and lines[3] == "> " + LONG[58:]


def test_exit_ends_a_do_file(console: Console, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text("display 1\nexit\ndisplay 2\n")
    done = console("a.do")
    assert (done.returncode, done.stdout) == (0, ". display 1\n1\n\n. exit\n\nend of do-file\n")
    (tmp_path / "b.do").write_text("exit 9\n")
    done = console("b.do")
    assert (done.returncode, done.stdout) == (1, ". exit 9\n\nend of do-file\nr(9);\n")


def test_exit_stata_leaves_from_within_a_do_file(console: Console, tmp_path: Path) -> None:
    (tmp_path / "inner.do").write_text("exit 3, STATA\n")
    (tmp_path / "outer.do").write_text("do inner\ndisplay 1 + 1\n")
    done = console("outer.do")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "r(3);") and "\n2\n" not in done.stdout


def test_exit_protects_the_data(console: Console) -> None:
    make = ("-c", "set obs 3", "-c", "generate x = 1")
    done = console(*make, "-c", "exit")
    assert done.returncode == 1
    assert done.stdout.endswith("no; data in memory would be lost\nr(4);\n")
    assert console(*make, "-c", "exit, clear").returncode == 0


def test_a_pipe_is_a_do_file_without_echo(console: Console) -> None:
    done = console(stdin="display 1\n* note\ndisplay 2\n")
    assert (done.returncode, done.stdout) == (0, "1\n2\n")
    done = console(stdin="display 1\nfoo\ndisplay 2\n")
    assert (done.returncode, done.stdout) == (1, "1\nunrecognized command:  foo\nr(199);\n")


def test_batch_writes_a_log(console: Console, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.do").write_text("display 1\n")
    for arguments in (["-b", "do", "sub/a.do"], ["-b", "sub/a.do"]):
        done = console(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "a.log").read_text() == ". display 1\n1\n\n. \nend of do-file\n"
        (tmp_path / "a.log").unlink()
    (tmp_path / "b.do").write_text("foo\n")
    assert console("-b", "do", "b.do").returncode == 1
    assert (tmp_path / "b.log").read_text().endswith("r(199);\n\nend of do-file\nr(199);\n")


def test_a_missing_do_file(console: Console) -> None:
    done = console("nothere")
    assert (done.returncode, done.stdout) == (1, "file nothere.do not found\nr(601);\n")


@pytest.mark.parametrize(
    "arguments", [["-x"], ["-c"], ["do"], ["-b"], ["--json"], ["-c", "display 1", "a.do"]]
)
def test_bad_usage(console: Console, arguments: list[str]) -> None:
    done = console(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: xmixed" in done.stderr


def test_version_and_help(console: Console) -> None:
    from xmixed import __version__

    assert console("--version").stdout == f"xmixed {__version__}\n"
    assert "Exit status" in console("--help").stdout


def test_output_is_utf8_whatever_the_locale(console: Console, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text('display "Größe"\n', encoding="utf-8")
    assert "\nGröße\n" in console("a.do").stdout
    (tmp_path / "a.do").write_text('display "Größe"\n', encoding="latin-1")
    assert "\nGröße\n" in console("a.do").stdout
    assert console("-c", 'display "Größe"').stdout == "Größe\n"


def test_internal_errors(console: Console, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import xmixed.interpreter.session as s\n"
        "def fail(*arguments): raise ZeroDivisionError('boom')\n"
        "s.find_entry = fail\n"
    )
    from tests.console.conftest import ROOT

    path = f"{tmp_path}:{ROOT}"
    done = console("-c", "display 1", PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (70, "")
    assert "internal error" in done.stderr and "Traceback" not in done.stderr
    assert "Traceback" in console("-c", "display 1", PYTHONPATH=path, XMIXED_DEBUG="1").stderr
    value = json.loads(console("--json", "-c", "display 1", PYTHONPATH=path).stdout)
    assert value["rc"] == 70 and value["error"]["message"] == "internal error"


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    import sys

    from tests.console.conftest import console_environment

    (tmp_path / "a.do").write_text("display 1\n" * 3000)
    done = subprocess.run(
        f"'{sys.executable}' -m xmixed a.do | head -n 1",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        env=console_environment(),
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (b". display 1\n", b"")


def test_a_one_liner_loads_nothing_heavy() -> None:
    import sys

    from tests.console.conftest import console_environment

    script = (
        "import sys; from xmixed.shell.main import main; status = main(['-c', 'display 1']);"
        "heavy = {'scipy', 'pandas', 'rich', 'prompt_toolkit', 'xmixed.engine'} & set(sys.modules);"
        "sys.exit(f'loaded: {heavy}' if heavy or status else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=console_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


def test_folders(console: Console, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    done = console("-c", "cd sub", "-c", "pwd")
    assert done.stdout == f"{tmp_path}/sub\n" * 2
    assert console("-c", "cd nothere").stdout == "unable to change to nothere\nr(170);\n"


@pytest.mark.parametrize("arguments", [["a.do"], ["--json", "a.do"], ["-b", "a.do"]])
def test_an_interrupted_run(tmp_path: Path, arguments: list[str]) -> None:
    import signal
    import sys
    import time

    from tests.console.conftest import accept_interrupts, console_environment

    (tmp_path / "a.do").write_text("quietly log using started, text\n" + "display 1\n" * 200_000)
    process = subprocess.Popen(
        [sys.executable, "-m", "xmixed", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=console_environment(),
        preexec_fn=accept_interrupts,
    )
    for _ in range(600):
        if (tmp_path / "started.log").exists():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (130, b"")
    if "--json" in arguments:
        assert json.loads(stdout)["error"] == {"code": 1, "message": "--Break--", "help": []}
    else:
        text = (tmp_path / "a.log").read_text() if "-b" in arguments else stdout.decode()
        assert text.endswith("--Break--\nr(1);\n\nend of do-file\nr(1);\n")
