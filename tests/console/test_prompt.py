"""The prompt, in a pseudo-terminal of 80 by 24."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.console.conftest import accept_interrupts, console_environment

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07")


class Terminal:
    """An interactive session; `send` returns what appeared until the next prompt."""

    def __init__(self, folder: Path) -> None:
        environment = console_environment(
            TERM="xterm",
            PROMPT_TOOLKIT_NO_CPR="1",
            XDG_STATE_HOME=str(folder / "state"),
            COLUMNS="80",
            LINES="24",
        )
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "xmixed"],
            cwd=str(folder),
            env=environment,  # type: ignore[arg-type]
            dimensions=(24, 80),
            encoding="utf-8",
            timeout=30,
            preexec_fn=accept_interrupts,
        )
        self.wait_for("exit. leaves")

    def wait_for(self, pattern: str) -> str:
        self.child.expect(pattern)
        return self.child.before or ""

    def send(self, text: str) -> None:
        self.child.send(text + "\r")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    session = Terminal(tmp_path)
    yield session
    session.child.close(force=True)


def test_a_session_goes_on_after_an_error(terminal: Terminal, tmp_path: Path) -> None:
    terminal.send("display 40+2")
    terminal.wait_for("\n.*42")
    terminal.send("foo")
    terminal.wait_for("unrecognized command:  foo")
    terminal.wait_for(r"r\(199\);")
    terminal.send("display 7*6+1")
    terminal.wait_for("43")
    time.sleep(0.5)  # the terminal is the prompt's again
    terminal.child.sendeof()
    terminal.child.expect(pexpect.EOF)
    terminal.child.wait()
    assert terminal.child.exitstatus == 0
    assert "display 40+2" in (tmp_path / "state" / "xmixed" / "history").read_text()


def test_a_command_of_several_lines(terminal: Terminal) -> None:
    terminal.send("display 1000 + ///")
    time.sleep(0.2)
    terminal.send("  500")
    terminal.wait_for("1500")


def test_mata_line_by_line(terminal: Terminal) -> None:
    """Each statement runs when it is complete; an error stays in Mata, `end` leaves it."""
    terminal.send("mata")
    terminal.wait_for("type end to exit")
    terminal.send("x = 6*7")
    terminal.send("real f(x) {")
    terminal.send("return(x + 1)")
    terminal.send("}")
    terminal.send("f(x)")
    terminal.wait_for(r"l  43\r?\n")
    terminal.send("nothere")
    terminal.wait_for("3499  nothere not found")
    terminal.wait_for(r"r\(3499\);")
    terminal.send("(1,2")
    terminal.send(")")
    terminal.wait_for(r"1 \|  1   2  \|")
    terminal.send("end")
    terminal.send("mata: x")
    terminal.wait_for(r"l  42\r?\n")
    terminal.send("display 3*7")
    terminal.wait_for("21")


def test_control_c_at_the_prompt_clears_the_line(terminal: Terminal) -> None:
    terminal.child.send("nonsense")
    time.sleep(0.3)
    terminal.child.sendintr()
    time.sleep(0.3)
    terminal.send("display 6*7")
    seen = terminal.wait_for("42")
    assert "unrecognized" not in seen


def test_exit_leaves(terminal: Terminal) -> None:
    terminal.send("exit")
    terminal.child.expect(pexpect.EOF)
    terminal.child.wait()
    assert terminal.child.exitstatus == 0


def test_control_c_in_a_command_breaks_it(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "endless.do").write_text("generate y = x\nlist\ndo endless\n")
    # So many that the rest of the list does not fit into the terminal's buffer.
    terminal.send("set obs 50000")
    terminal.send("generate x = _n")
    terminal.send("do endless")
    terminal.wait_for("1000")
    terminal.child.sendintr()
    terminal.wait_for("--Break--")
    terminal.wait_for(r"r\(1\);")
    terminal.send('display "still " + "here"')
    terminal.wait_for("still here")


def test_an_error_comes_with_help(terminal: Terminal) -> None:
    terminal.send("sysuse sleepstudy")
    terminal.send("summarize dayz")
    terminal.wait_for(r"variable dayz not found")
    seen = ESCAPES.sub("", terminal.wait_for(r"r\(111\);")).replace("\r", "")
    assert seen == "\n  summarize dayz\n            ^^^^\ndid you mean days?\n"


def test_pasted_commands_are_echoed_one_by_one(terminal: Terminal) -> None:
    terminal.child.send("\x1b[200~display 100+1\nsumarize x\ndisplay 2\x1b[201~")
    time.sleep(0.3)
    terminal.child.send("\r")
    seen = ESCAPES.sub("", terminal.wait_for(r"r\(199\);")).replace("\r", "")
    assert seen.endswith(
        ". display 100+1\n101\n\n. sumarize x\nunrecognized command:  sumarize\n"
        "  sumarize x\n  ^^^^^^^^\ndid you mean summarize?\n"
    )


def test_leaving_with_unsaved_data_asks_once(terminal: Terminal) -> None:
    terminal.send("set obs 5")
    terminal.wait_for("obs was 0, now 5")
    terminal.send("generate x = 1")
    time.sleep(0.7)
    terminal.child.sendeof()
    terminal.wait_for("not saved")
    time.sleep(0.3)
    terminal.child.sendeof()
    terminal.child.expect(pexpect.EOF)


def test_set_more_on_stops_at_a_full_screen(terminal: Terminal) -> None:
    terminal.send("quietly set obs 60")
    terminal.send("generate x = _n")
    terminal.send("set more on")
    terminal.send("display 41 + 1")
    terminal.wait_for("\n.*42")
    terminal.send("list x, clean noobs")
    terminal.wait_for("--more--")
    terminal.child.send("\r")  # one line
    terminal.wait_for("--more--")
    terminal.child.send(" ")  # one screen
    shown = terminal.wait_for("--more--")
    assert shown.count("\n") == 23
    terminal.child.send("q")
    terminal.wait_for("--Break--")
    terminal.wait_for(r"r\(1\);")
    time.sleep(0.5)  # the terminal is the prompt's again
    terminal.send("list x, clean noobs")
    terminal.wait_for("--more--")
    time.sleep(0.2)  # it waits for a key
    terminal.child.sendintr()
    terminal.wait_for(r"r\(1\);")
    time.sleep(0.5)
    terminal.send("set more off")
    terminal.send("list x, clean noobs")
    terminal.send('display "en" + "ded"')
    shown = terminal.wait_for("ended")
    assert "--more--" not in shown and "60" in shown
