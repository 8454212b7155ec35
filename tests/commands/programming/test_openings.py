"""What old do-files begin with is accepted, checked where it can be, and shown by c()."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session
from xmixed.session.settings import REMEMBERED

Run = Callable[[str], str]
Fail = Callable[[str], tuple[int, str]]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("set adosize 500\ndisplay c(adosize)", "500"),
        ("set autotabgraphs on\ndisplay c(autotabgraphs)", "on"),
        ("set checksum off\ndisplay c(checksum)", "off"),
        ("set copycolor gs1\ndisplay c(copycolor)", "gs1"),
        ("set dp period\ndisplay c(dp)", "period"),
        ("set emptycells drop\ndisplay c(emptycells)", "drop"),
        ("set graphics off\ndisplay c(graphics)", "off"),
        ("set httpproxy off\ndisplay c(httpproxy)", "off"),
        ("set logtype text, permanently\ndisplay c(logtype)", "text"),
        ("set max_memory 16g\ndisplay c(max_memory)", "16g"),
        ("set maxiter 50\ndisplay c(maxiter)", "50"),
        ("set maxvar 10000, perm\ndisplay c(maxvar)", "10000"),
        ("set min_memory 0\ndisplay c(min_memory)", "0"),
        ("set niceness 5\ndisplay c(niceness)", "5"),
        ("set pagesize 100\ndisplay c(pagesize)", "100"),
        ("set processors 4\ndisplay c(processors)", "4"),
        ("set scheme s1mono\ndisplay c(scheme)", "s1mono"),
        ("set scrollbufsize 500000\ndisplay c(scrollbufsize)", "500000"),
        ("set searchdefault all\ndisplay c(searchdefault)", "all"),
        ("set segmentsize 64m\ndisplay c(segmentsize)", "64m"),
        ("set update_interval 30\ndisplay c(update_interval)", "30"),
        ("set update_prompt off\ndisplay c(update_prompt)", "off"),
        ("set update_query off\ndisplay c(update_query)", "off"),
        ("set varabbrev off\ndisplay c(varabbrev)", "off"),
        ("set varlabelpos 20\ndisplay c(varlabelpos)", "20"),
        ("set virtual on\ndisplay c(virtual)", "on"),
        ("set more 1\ndisplay c(more)", "on"),
        ("set more off, permanently\ndisplay c(more)", "off"),
        ("quietly set mem 500m, perm\ndisplay 1", "1"),
        ("display c(trace) c(rmsg)", "offoff"),
    ],
)
def test_settings(run: Run, typed: str, shown: str) -> None:
    assert run(typed) == f"{shown}\n"


def test_settings_are_checked(failure: Fail) -> None:
    assert REMEMBERED["dp"].choices == ("period",)  # commas are not built, so they are refused
    for typed in ("set graphics maybe", "set maxvar many", "set scheme", "set dp comma", "set nosuch on"):
        assert failure(typed) == (198, "invalid syntax")


def test_what_is_not_here_is_passed_over(run: Run, failure: Fail) -> None:
    for typed in ("ssc install estout, replace", "net install x, from(http://y)", "update all"):
        assert "installs nothing here" in run(typed)
    assert failure("notacommand y x") == (199, "unrecognized command:  notacommand")
    for typed in (
        "browse x",
        "edit",
        "doedit f",
        "view f",
        "window manage",
        "search x",
        "findit x",
        "hsearch x",
        "db x",
    ):
        assert run(typed) == "request ignored because of batch mode\n"
    assert run("cls\nclear all") == ""


def test_mata_is_read_to_its_end(run: Run, failure: Fail) -> None:
    assert failure("mata:\nx = 1\nfor (;;) {\nend\ndisplay 1") == (3000, "unexpected end of line")
    assert run("mata: 1 + 1") == "  2\n"
    assert run("capture mata:\ndisplay 2\nend\ndisplay _rc") == "3000\n"


def test_times_of_commands(run: Run) -> None:
    lines = run("set rmsg on\ndisplay 1\nset rmsg off").splitlines()
    assert lines[1] == "1" and lines[0].startswith("r; t=0.") and lines[2].startswith("r; t=0.")


def test_trace(run: Run) -> None:
    run("program outer\nargs x\nif `x' == 1 {\n inner\n}\nend\nprogram inner\ndisplay 1\nend")
    lines = run("set trace on\nouter 1\nset trace off").splitlines()
    assert lines == [
        "  " + "-" * 61 + " begin outer ---",
        "  - args x",
        "  - if `x' == 1 {",
        "  = if 1 == 1 {",
        "  - inner",
        "    " + "-" * 59 + " begin inner ---",
        "    - display 1",
        "1",
        "    " + "-" * 61 + " end inner ---",
        "  - }",
        "  " + "-" * 63 + " end outer ---",
    ]


SKIPPING = """program skipping
    if "`1'" == "" {
        display "none"
    }
    else {
        local mean 3
    }
    if 0 {
        display "no"
    }
    capture {
        display "hidden"
    }
end
program failing
    if 1 {
        error 9
        display 2
    }
    display 3
end
"""


def test_trace_of_lines_that_are_skipped(run: Run) -> None:
    run(SKIPPING)
    lines = run("set trace on\nset tracesep off\nskipping").splitlines()
    assert lines == [
        """  - if "`1'" == "" {""",
        '  = if "" == "" {',
        '  - display "none"',
        "none",
        "  - }",
        "  - else {",
        "    local mean 3",
        "    }",
        "  - if 0 {",
        '    display "no"',
        "    }",
        "  - capture {",
        '  - display "hidden"',
        "  - }",
    ]


def test_trace_of_a_failure(run: Run) -> None:
    run(SKIPPING)
    shown = run("set trace on\nset tracesep off\ncapture noisily failing\nset trace off").splitlines()
    assert shown[:3] == ["  - if 1 {", "  - error 9", "    display 2"]
    assert shown[3:5] == ["    }", "    display 3"] and "assertion is false" in shown


def test_settings_of_trace(run: Run) -> None:
    run("program inner\ndisplay 1\nend\nprogram outer\nlocal x 2\ndisplay `x'\ninner\nend")
    run("set trace on\nset tracesep off\nset tracedepth 1\nset traceexpand off")
    shown = ["  - local x 2", "  - display `x'", "2", "  - inner", "1"]
    assert run("outer").splitlines() == shown
    run("set tracenumber on\nset traceindent off\nset tracehilite x")
    assert run("inner").splitlines() == ["01 - display 1", "1"]


def test_time_of_a_failure(session: Session) -> None:
    shown: list[str] = []
    session.out.sinks.append(lambda line: shown.append(line.text))
    with pytest.raises(StataError):
        session.run_do_file("set rmsg on\nerror 111\n", [])
    codes = [line for line in shown if line.startswith("r(111); t=")]
    assert re.fullmatch(r"r\(111\); t=\d+\.\d\d \d{1,2}:\d\d:\d\d", codes[0])
    assert float(session.run("display c(rmsg_time)").split()[0]) >= 0


def test_trace_of_an_ado_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "outer.ado").write_text("program outer\ninner\nend\nprogram inner\ndisplay 1\nend\n")
    lines = run(f'adopath ++ "{tmp_path}"\nset trace on\nouter').splitlines()
    assert any(line.endswith(" begin outer ---") for line in lines)
    assert any(line.endswith(" begin outer.inner ---") for line in lines)
