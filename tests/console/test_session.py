"""The Python session: output, errors, prefixes, macros, logs, and what a failure leaves behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import xmixed
from tests.console.conftest import console_environment
from xmixed.commands.registry import commands, find_command
from xmixed.data.dataset import Dataset, Variable
from xmixed.interpreter.session import Session


@pytest.fixture
def session() -> Session:
    return xmixed.Session()


def failure(session: Session, text: str) -> xmixed.StataError:
    with pytest.raises(xmixed.StataError) as caught:
        session.run(text)
    return caught.value


def test_run_returns_output_without_echo(session: Session) -> None:
    assert session.run("display 1\n\n* note\ndisplay 2") == "1\n2\n"


def test_a_failure_carries_code_and_output(session: Session) -> None:
    error = failure(session, "display 1\nfoo\ndisplay 2")
    assert (error.code, error.message, error.output) == (199, "unrecognized command:  foo", "1\n")


def test_quietly_noisily_capture(session: Session) -> None:
    assert session.run("quietly display 1") == ""
    assert session.run("quietly: noisily: display 1") == "1\n"
    assert session.run("capture foo\ndisplay _rc\ncapture display 1\ndisplay _rc") == "199\n0\n"
    assert session.run("capture noisily foo") == "unrecognized command:  foo\n"
    assert session.run("cap n display 3\nqui cap di 4") == "3\n"
    assert failure(session, "quietly foo").code == 199
    assert session.run("display 5") == "5\n"


def test_version(session: Session) -> None:
    assert session.run("version") == "version 12\n"
    assert (
        session.run("version 11: display 1\nversion\nversion 10.1\nversion")
        == "1\nversion 12\nversion 10.1\n"
    )
    assert (
        session.run("version 13.1\nversion")
        == "(version 13.1: the syntax of Stata 12 is used)\nversion 13.1\n"
    )


def test_error(session: Session) -> None:
    assert (failure(session, "error 2000").code, failure(session, "error 2000").message) == (
        2000,
        "no observations",
    )
    assert failure(session, "error 77").message == ""
    assert session.run("error 0") == ""


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ("local x 1+2", "1+2"),
        ("local x = 1+2", "3"),
        ("local x=1/3", ".3333333333333333"),
        ('local x = "a" + "b"', "ab"),
        ('local x "a b"', "a b"),
        ('local x `"say "hi""\'', 'say "hi"'),
        ('local x "a" "b"', '"a" "b"'),
        ('label define yn 1 "yes" 23 "indeed"\nlocal x : label yn 1', "yes"),
        ('label define yn 1 "yes" 23 "indeed"\nlocal x : label yn 23 4', "inde"),
        ('label define yn 1 "yes" 23 "indeed"\nlocal x : label yn 2', "2"),
        ('label define yn 1 "yes" 23 "indeed"\nlocal x : label yn 2, strict', ""),
        ('label define yn .a "refused"\nlocal x : label yn .a', "refused"),
        ('label define yn 1 "yes" 23 "indeed"\nlocal x : label yn maxlength', "6"),
        ("local x : label nothing 7", "7"),
        ('set obs 1\ngen v = 1\nlabel define yn 1 "yes"\nlabel values v yn\nlocal x : label (v) 1', "yes"),
        ('set obs 1\ngen v = 1\nlabel define v 1 "no"\nlocal x : label (v) 1', "1"),
        ('local x : word count a "b c" d', "3"),
        ('local x : word 2 of a "b c" d', "b c"),
        ("local x : display %5.2f 3.14159", " 3.14"),
        ("local x 5\nlocal ++x", "6"),
        ("local x 5\nlocal --x", "4"),
        ("local x abc\nlocal x : length local x", "3"),
        ("local x abc\nlocal x", ""),
        ("local y z\nlocal x a`y'b", "azb"),
        ("global y z\nlocal x $y-${y}w", "z-zw"),
    ],
)
def test_macros(session: Session, definition: str, value: str) -> None:
    session.run(definition)
    assert session.locals.get("x", "") == value


def test_refused_forms_of_the_label_function(session: Session) -> None:
    session.run('set obs 1\ngen v = 1\nlabel define yn 1 "yes"')
    for text in ("yn) 1", "(v 1", "(v)", "yn 1 2 3"):
        assert failure(session, f"local x : label {text}").code == 198
    assert failure(session, "local x : label (yn) 1").message == "variable yn not found"


def test_macro_list_and_drop(session: Session) -> None:
    listed = session.run("global g 1\nlocal l two\nmacro list").splitlines()
    assert listed[0] == "g:              1" and listed[-1] == "_l:             two"
    assert all(line.startswith("S_") for line in session.run("macro drop _all\nmacro list").splitlines())
    assert failure(session, "macro list nothere").code == 111
    assert failure(session, "local 9a$ 1").code == 198
    assert failure(session, "global 1a 1").code == 198


def test_a_log(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    session.run(f"log using {tmp_path}/a, text")
    assert failure(session, f"log using {tmp_path}/b").code == 604
    session.run("display 1\n* note\nlog off\ndisplay 2\nlog on\nquietly display 3")
    failure(session, "foo")
    session.run("log close")
    text = re.sub(r"\d+ \w{3} \d{4}, [\d:]{8}", "WHEN", path.read_text())
    text = re.sub(r" +WHEN|  WHEN", "  WHEN", text)
    rule = "-" * 79
    assert text.startswith(f"{rule}\n      name:  <unnamed>\n       log:  ")
    assert "\n  log type:  text\n opened on:  WHEN\n\n" in text
    assert "\n. display 1\n1\n\n. * note\n. log off\n" in text
    assert "display 2" not in text
    assert "\n. foo\nunrecognized command:  foo\nr(199);\n\n" in text
    assert text.endswith(f"  log type:  text\n closed on:  WHEN\n{rule}\n")
    assert failure(session, "log close").code == 606
    assert failure(session, f"log using {path}").code == 602
    session.run(f"log using {path}, append\nlog close")
    assert path.read_text().count("opened on") == 2
    session.run(f"log using {path}, replace\nlog close")
    assert path.read_text().count("opened on") == 1
    session.run(f"log using {tmp_path}/x.smcl\nlog close")
    assert (tmp_path / "x.smcl").read_text().startswith("{smcl}\n")


def test_a_failed_command_changes_nothing(session: Session) -> None:
    session.run("set obs 5\ngenerate x = _n\nsummarize x")
    before = session.data["x"].values.copy()
    for text in ("replace x = y", "generate x = 1", "drop nothere", "generate str z = 5"):
        failure(session, text)
        assert session.data.names == ["x"] and (session.data["x"].values == before).all()
        assert session.r["N"] == 5


def test_an_interrupt_restores_the_state(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    session.run("set obs 5\ngenerate x = _n\nsummarize x")
    entry = find_command("describe")

    def interrupted(state: Session, node: object) -> None:
        state.data = state.data.without(["x"]).with_characteristics("_dta", {"note0": "1"})
        state.r.scalars["N"] = 9.0
        state.e.macros["cmd"] = "foo"
        raise KeyboardInterrupt

    replaced = replace(entry, handler=interrupted)
    monkeypatch.setattr("xmixed.interpreter.session.find_entry", lambda text: (replaced, len(text)))
    with pytest.raises(KeyboardInterrupt):
        session.run("describe")
    assert session.data.names == ["x"] and session.data.n_obs == 5
    assert session.data.characteristics == {} and session.r["N"] == 5 and not session.e.exist


INTERRUPTED = """
import contextlib, signal, time, xmixed

def interrupt(number, frame):
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, interrupt)
session = xmixed.Session()
session.run("sysuse sleepstudy\\nxtmixed reaction days || subject:")
data, values = session.data, session.data["reaction"].values
b, ll, macros, marks = session.e["b"], session.e["ll"], dict(session.e.macros), dict(session.data.marks)
broken = 0
for delay in (0.0005, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.04):
    signal.setitimer(signal.ITIMER_REAL, delay)
    with contextlib.suppress(KeyboardInterrupt):
        session.run("xtmixed reaction days || subject: days, cov(un)")
        time.sleep(5)  # the fit was faster
    assert session.data["reaction"].values is values
    if session.e["ll"] != ll:
        break
    broken += 1
    assert session.data is data
    assert session.e["b"] is b and session.e.macros == macros
    assert session.data.marks.keys() == marks.keys()
    assert all((session.data.marks[name] == mark).all() for name, mark in marks.items())
session.run("display 1")
print("interrupted", broken)
"""


def test_an_interrupt_in_the_middle_of_a_fit() -> None:
    """In a process of its own: the signal must not reach the test runner."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        env=console_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"interrupted \d+\n", done.stdout)


def test_needs(session: Session) -> None:
    assert failure(session, "describe nothere").code == 111


def test_do_files_nest_to_a_limit(session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text(f'quietly do "{tmp_path}/a.do"\n')
    assert failure(session, f'quietly do "{tmp_path}/a.do"').code == 1000
    assert session.depth == 0 and len(session.frames) == 1
    assert failure(session, "do nothere").message == "file nothere.do not found"


def test_a_byte_order_mark_is_dropped(session: Session, tmp_path: Path) -> None:
    for text in ("display 1\n* \u00e4\n".encode(), b"display 1\n* \xe4\n"):
        (tmp_path / "a.do").write_bytes(b"\xef\xbb\xbf" + text)
        assert "\n1\n" in session.run(f'do "{tmp_path}/a.do"')


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ('7 "a b" `"c "d""\'', '7|a b|c "d"|7 "a b" `"c "d""\'|7 "a b" `"c "d""\''),
        ("a  b", "a|b||a  b|a  b"),
        ("", "||||"),
        ('"a b"c', 'a b|c||"a b"c|"a b"c'),
    ],
)
def test_arguments_of_a_do_file(session: Session, tmp_path: Path, arguments: str, shown: str) -> None:
    (tmp_path / "a b.do").write_text("display `\"`1'|`2'|`3'|`0'|`*'\"'\n")
    for path in (f'"{tmp_path}/a b.do"', f'`"{tmp_path}/a b.do"\''):
        assert f"\n{shown}\n" in session.run(f"do {path} {arguments}")


def test_locals_of_a_do_file_are_its_own(session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.do").write_text("local x 2\nglobal y 3\n")
    session.run(f'local x 1\nrun "{tmp_path}/a.do"')
    assert session.locals["x"] == "1" and session.global_macros["y"] == "3"


def test_use_a_frame(session: Session) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [1.0, None, 3.0], "s": ["a", "b", "c"]})
    session.use(frame)
    assert session.data.n_obs == 3 and session.data.names == ["x", "s"]
    back = session.data.to_pandas()
    assert list(back["s"]) == ["a", "b", "c"] and back["x"].isna().tolist() == [False, True, False]
    session.run("generate y = 1")
    with pytest.raises(xmixed.StataError) as caught:
        session.use(frame)
    assert caught.value.code == 4
    session.use(frame, clear=True)


def test_use_a_path_with_blanks(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "a b.dta"
    session.run(f'set obs 3\ngenerate x = 1\nsave "{path}"\nclear')
    session.use(path)
    assert session.data.names == ["x"]
    session.use(os.fspath(path), clear=True)


def test_every_command_has_help(session: Session) -> None:
    for name, entry in commands().items():
        text = session.run(f"help {name}")
        assert entry.summary.split()[0] in text
        assert entry.synopsis and entry.summary and not entry.summary.endswith(".")
        assert name.startswith(entry.minimum)
        for option in (*entry.syntax.options, *entry.syntax.fixed_options, *entry.syntax.random_options):
            assert option.help or not option.built, f"{name}, {option.name} has no help text"


def test_a_fit_without_convergence_keeps_its_results(session: Session) -> None:
    session.run("sysuse sleepstudy")
    error = failure(session, "xtmixed reaction days || subject: days, cov(un) iterate(0) emiterate(0)")
    assert error.code == 430
    assert session.e["converged"] == 0 and session.e["cmd"] == "xtmixed"


def test_saved_results_as_macros(session: Session) -> None:
    session.run("set obs 4\ngenerate double x = _n / 3\nsummarize x")
    assert session.run("display \"`r(N)' `r(max)' [`r(none)'] [`e(cmd)'] `c(level)' `c(N)'\"") == (
        "4 1.333333333333333 [] [] 95 4\n"
    )
    session.run("local n = `r(N)' + 1")
    assert session.run("display `n'") == "5\n"


def test_subcommands_that_show_or_do_nothing(session: Session) -> None:
    assert session.run("log query") == "(no log file open)\n"
    session.run("global fruit apple")
    assert session.run("macro dir") == session.run("macro list") != ""
    assert session.run("set matsize 800") == ""
    assert session.run("set memory 10m").startswith("set memory ignored.")
    assert failure(session, "set matsize many").code == 198


def test_the_title_of_estimates(session: Session) -> None:
    session.run("sysuse sleepstudy\nquietly xtmixed reaction days || subject:\nestimates title: Sleep")
    assert session.run("estimates title") == "Sleep\n"


def test_help_of_a_command_with_subcommands(session: Session) -> None:
    text = session.run("help estat")
    assert "Subcommands" in text and "recov[ariance]" in text
    text = session.run("help estat recov")
    assert (
        "estat recov[ariance] [, level(levelvar) correlation format(%fmt)" in text and "c[orrelation]" in text
    )


def test_a_path_is_no_text_of_commands(session: Session, tmp_path: Path) -> None:
    os.chdir(tmp_path)
    session.run("set obs 3\ngenerate x = _n\nsave there")
    for name in ("there.dta\"'\nset obs 500\ngenerate hacked = 1\n* ", "a`b.dta", "a$b.dta"):
        with pytest.raises(xmixed.StataError) as caught:
            session.use(name, clear=True)
        assert caught.value.code == 601 and session.data.names == ["x"] and session.data.n_obs == 3
    session.run("global b c\nsave there2")
    (tmp_path / "there2.dta").rename(tmp_path / "a$b `x'.dta")
    session.use(tmp_path / "a$b `x'.dta", clear=True)
    assert session.data.n_obs == 3


@pytest.mark.parametrize("source", [5, None, {"a": [1]}])
def test_use_names_what_it_accepts(session: Session, source: object) -> None:
    with pytest.raises(TypeError, match="a path or a pandas DataFrame"):
        session.use(source)  # type: ignore[arg-type]


def test_what_is_handed_out_cannot_be_written(session: Session) -> None:
    session.run("set obs 3\ngenerate x = _n\ngenerate str3 s = string(_n)\nsort x")
    for name in ("x", "s"):
        with pytest.raises(ValueError, match="read-only"):
            session.data[name].values[0] = session.data[name].values[1]
    assert session.run("display x[1] s[1]") == "11\n"


def test_results_are_what_python_expects(session: Session) -> None:
    session.run("sysuse sleepstudy\nquietly xtmixed reaction days || subject:")
    assert {"N", "cmd", "b"} <= set(session.e) == set(dict(session.e))
    assert len(session.e) == len(list(session.e))
    assert len(session.data) == 180
    frame = session.e["b"].to_pandas()
    assert frame.loc["y1", "reaction:days"] == session.e["b"].values[0, 0]
    assert "reaction:days" in repr(session.e["b"]) and "<table" in session.e["b"]._repr_html_()
    assert "cmd = xtmixed" in repr(session.e) and "b = 1 x 4" in session.e._repr_html_()
    assert repr(session) == "<xmixed.Session: 180 observations of 3 variables, results of xtmixed>"
    assert set(session.r) == {"level", "table"} and session.r["table"].values[0, 0] == frame.iloc[0, 0]


def test_types_ship() -> None:
    assert (Path(xmixed.__file__).parent / "py.typed").exists()


def test_escapes_of_typed_commands_do_not_reach_a_log(session: Session, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    session.run(f'log using "{log}"\ndisplay "a\x1b[31mb\tc"\n* \x1b]0;x\x07\nlog close')
    text = log.read_text()
    assert "\x1b" not in text and "\x07" not in text and "a[31mb" in text


def test_describe_is_linear_in_the_number_of_variables(session: Session) -> None:
    ones = np.ones(1, dtype=np.int8)
    names = [f"v{i}" for i in range(12_000)]
    session.data = Dataset(tuple(Variable(name, "byte", ones, "%8.0g") for name in names), 1)
    started = time.process_time()
    session.run("describe, short\nds\nrename v1 w1\ndescribe v2-v9")
    assert time.process_time() - started < 2  # the quadratic one took four
