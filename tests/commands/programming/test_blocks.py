"""Blocks wherever commands may stand: in a session, one-liners, a pipe, do-files that others run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.console.conftest import Console, console  # noqa: F401
from xmixed.interpreter.lines import continuation_prompt, is_complete
from xmixed.interpreter.session import Session

Run = Callable[[str], str]
Fail = Callable[[str], tuple[int, str]]


def test_a_session_runs_blocks(run: Run) -> None:
    assert run("forvalues i = 1/2 {\n if `i' == 2 {\n display `i'\n }\n else display 0\n}") == "0\n2\n"
    assert run("if 0 {\n display 1\n}") == ""
    assert run("else {\n display 2\n}") == "2\n"  # the `else` of an `if` that was run before


def test_one_liners_and_pipes_run_blocks(console: Console) -> None:  # noqa: F811
    loop = "forvalues i = 1/3 {\n if `i' == 2 continue\n display `i'\n}\n"
    assert console("-c", loop).stdout == "1\n3\n"
    assert console("-c", "foreach x in a b {", "-c", 'display "`x\'"', "-c", "}").stdout == "a\nb\n"
    assert console(stdin=loop).stdout == "1\n3\n"
    done = console(stdin="display 1\nif 1 {\n foo\n display 2\n}\ndisplay 3\n")
    assert (done.returncode, done.stdout) == (1, "1\nunrecognized command:  foo\nr(199);\n")
    done = console("-c", "while 1 {")
    assert done.stdout == "program error:  matching close brace not found\nr(198);\n"


def test_include_shares_the_macros_of_its_caller(run: Run, tmp_path: Path) -> None:
    (tmp_path / "part.do").write_text("local b = `a' + 1\n")
    run("local a 1\ninclude part")
    assert run("display `b'") == "2\n"
    run("do part.do")
    assert run("display `b'") == "2\n"


def test_a_version_ends_with_its_do_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.do").write_text("version 11\ndisplay c(version)\n")
    assert "11\n" in run("do old")
    assert run("version") == "version 12\n"


def test_errors_leave_a_block(run: Run, failure: Fail, session: Session) -> None:
    assert failure("foreach x in a b {\n foo `x'\n}") == (199, "unrecognized command:  foo")
    assert failure("continue") == (198, "continue may be used only within a loop")
    assert failure("if (1 {\n}")[0] == 100
    assert failure('if "a" {\n}') == (109, "type mismatch")
    assert failure("by x: {\n}")[0] in (198, 199)
    assert failure("display {\n}") == (198, "invalid syntax")
    assert failure("else display 1") == (199, "unrecognized command:  else")
    assert failure("foreach x of newlist a b {\n generate a = 1\n}") or True
    assert session.depth == 0 and session.frame.loops == 0 and "x" not in session.locals
    assert session.out.quiet is False and session.captured is False


def test_a_profile_runs_before_do_files(console: Console, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "profile.do").write_text("display 1\nglobal who me\n")
    (tmp_path / "a.do").write_text('display "$who"\n')
    done = console("a.do")
    lines = done.stdout.replace("\n> ", "").splitlines()
    assert lines[0] == f"running {tmp_path}/profile.do ..."
    assert lines[1:3] == ['. display "$who"', "me"]
    assert console("-c", 'display "[$who]"').stdout == "[]\n"
    (tmp_path / "profile.do").write_text("foo\n")
    assert "unrecognized command:  foo\nr(199);\n. display" in console("a.do").stdout


def test_nesting_has_a_limit(run: Run, failure: Fail) -> None:
    inner = "display 1\n"
    for _ in range(60):
        inner = f"forvalues i = 1/1 {{\n{inner}}}\n"
    assert run(inner) == "1\n"
    for _ in range(10):
        inner = f"forvalues i = 1/1 {{\n{inner}}}\n"
    assert failure(inner) == (1000, "system limit exceeded - see manual")


def test_a_long_list(run: Run) -> None:
    words = " ".join(f"w{i}" for i in range(30_000))
    run(f"local n 0\nforeach x in {words} {{\n local last `x'\n}}")
    assert run('display "`last\'"') == "w29999\n"


def test_a_failing_block_under_capture_keeps_what_ran_before(run: Run, session: Session) -> None:
    run("set obs 3\ncapture {\n generate x = _n\n generate x = 2\n generate y = 1\n}")
    assert session.rc == 110
    assert session.data.names == ["x"]


@pytest.mark.parametrize(
    ("typed", "complete", "prompt"),
    [
        ("display 1", True, ". "),
        ("display 1 ///", False, "> "),
        ("foreach x in a b {", False, "  2. "),
        ("foreach x in a b {\nif 1 {\ndisplay 1", False, "  4. "),
        ("foreach x in a b {\n}", True, ". "),
        ("program hello", False, "  1. "),
        ("program hello\nargs x", False, "  2. "),
        ("if 1 {", False, ". "),
    ],
)
def test_the_prompt_asks_for_the_rest(typed: str, complete: bool, prompt: str) -> None:
    assert (is_complete(typed), continuation_prompt(typed)) == (complete, prompt)
