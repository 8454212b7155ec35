"""Logs: in SMCL and as text, several at once, of commands alone; SMCL as plain text again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.interpreter.session import Session


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    return Session()


def failure(session: Session, text: str) -> StataError:
    with pytest.raises(StataError) as caught:
        session.run(text)
    return caught.value


def undated(text: str) -> str:
    return re.sub(r"[ \d]\d \w{3} \d{4}, [\d:]{8}", "WHEN", text)


def test_an_smcl_log(session: Session, tmp_path: Path) -> None:
    # Head, rows of the banner, tags of commands and output, and braces are those of printed SMCL logs.
    session.run("log using one")
    session.run('* comment\nlocal x 1\ndisplay "a {c -(}" 2\nforeach i in 1 {\n  display `i\'\n}')
    failure(session, "nosuch")
    session.run("log close")
    lines = undated((tmp_path / "one.smcl").read_text()).splitlines()
    assert lines[:6] == [
        "{smcl}",
        "{com}{sf}{ul off}{txt}{.-}",
        "      name:  {res}<unnamed>",
        f"       {{txt}}log:  {{res}}{tmp_path}/one.smcl",
        "  {txt}log type:  {res}smcl",
        " {txt}opened on:  {res}WHEN",
    ]
    assert lines[7:24] == [
        "{com}. * comment",
        ". local x 1",
        "{txt}",
        "",
        '{com}. display "a {c -(}c -({c )-}" 2',
        "{res}a {c -(}2",
        "",
        "{com}. foreach i in 1 {c -(}",
        "{txt}  2{com}.   display `i'",
        "{txt}  3{com}. {c )-}",
        "{res}1",
        "",
        "{com}. nosuch",
        "{err}unrecognized command:  nosuch",
        "{txt}{search r(199), local:r(199);}",
        "",
        "{com}. log close",
    ]
    assert lines[-4:] == [" {txt}closed on:  {res}WHEN", "{txt}{.-}", "{smcl}", "{txt}{sf}{ul off}"]


def test_translated_smcl_is_the_text_log(session: Session, tmp_path: Path) -> None:
    session.run("log using marked, smcl name(m)\nlog using plain, text name(p)")
    session.run("set obs 3\ngenerate x = _n\nsummarize x\nlocal y 1\ndisplay as error 1/3\nlog off p")
    session.run("log close _all")
    assert session.run("translate marked.smcl marked.log") == "(file marked.log written in .log format)\n"
    marked, plain = ((tmp_path / f"{name}.log").read_text() for name in ("marked", "plain"))
    start, end = ". set obs 3", ". log off p"
    assert marked[marked.index(start) : marked.index(end)] == plain[plain.index(start) : plain.index(end)]


def test_translate(session: Session, tmp_path: Path) -> None:
    text = "{smcl}\n{com}. x\n{txt}\n{com}. y\n{txt}\n\n{res}" + "9" * 50 + "{txt}{.-}\n"
    (tmp_path / "a.smcl").write_text(text)
    session.run("translate a.smcl a.txt, linesize(40)")
    # A line of tags alone is an empty line, but not before an empty line.
    assert (tmp_path / "a.txt").read_text() == f". x\n\n. y\n\n{'9' * 40}\n> {'9' * 10}\n"
    assert session.run("type a.smcl").splitlines()[:4] == ["", ". x", "", ". y"]
    assert "{com}. x" in session.run("type a.smcl, asis")
    assert failure(session, "translate a.smcl a.txt").code == 602
    session.run("translate a.smcl a.txt, replace translator(smcl2txt)")
    assert failure(session, "translate a.smcl a.pdf").code == 111
    assert failure(session, "translate b.smcl b.log").code == 601
    assert failure(session, "translate a.smcl").code == 198
    assert failure(session, "translate a.smcl a.txt, replace linesize(9)").code == 198


def test_several_logs(session: Session, tmp_path: Path) -> None:
    session.run("log using a.log\nlog using b, text name(b)\ndisplay 1\nlog off b\ndisplay 2\nlog on b")
    assert session.run("display r(name) r(status) r(type)") == "bontext\n"
    assert failure(session, "log using c.log, name(b)").code == 604
    assert failure(session, "log using b.log, name(c)").code == 604  # the file is open
    assert failure(session, "log close c").code == 606
    assert failure(session, "log on b").code == 604
    shown = session.run("log query _all")
    assert shown.count("log type:  text") == 2 and shown.count("    status:  on") == 2
    assert session.run("display r(numlogs)") == "2\n"
    assert "      name:  b" in session.run("log query b")
    session.run("log close b\ndisplay 3\nlog close _all")
    first, second = ((tmp_path / f"{name}.log").read_text() for name in "ab")
    assert ". display 3\n3\n" in first and ". display 2\n2\n" in first
    assert ". display 1\n1\n" in second and ". display 2" not in second and ". display 3" not in second
    assert session.run("log query") == "(no log file open)\n"
    assert failure(session, "log close").code == 606


def test_a_log_that_is_opened_quietly_has_no_banner(session: Session, tmp_path: Path) -> None:
    assert session.run("quietly log using a, text\ndisplay 1\ncapture log close") == "1\n"
    text = (tmp_path / "a.log").read_text()
    assert "log type" not in text and ". display 1\n1\n" in text


def test_type_of_logs(session: Session, tmp_path: Path) -> None:
    session.run("set logtype text\nlog using a\nlog close\nset logtype smcl\nlog using b\nlog close")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.log", "b.smcl"]
    assert failure(session, "log using c, text smcl").code in (184, 198)


def test_a_log_of_commands(session: Session, tmp_path: Path) -> None:
    assert session.run("cmdlog") == "(no cmdlog file open)\n"
    assert failure(session, "cmdlog close").code == 607
    session.run("set linesize 255")
    assert session.run("cmdlog using c") == f"(cmdlog {tmp_path}/c.txt opened)\n"
    assert failure(session, "cmdlog using d").code == 604
    session.run("display 1 // comment\ncmdlog off\ndisplay 2\ncmdlog on\ndisplay ///\n 3")
    assert session.run("cmdlog close") == f"(cmdlog {tmp_path}/c.txt closed)\n"
    text = (tmp_path / "c.txt").read_text()
    assert text == "cmdlog using d\ndisplay 1 // comment\ncmdlog off\ndisplay ///\n 3\ncmdlog close\n"
    assert failure(session, "cmdlog using c").code == 602
    session.run("cmdlog using c, append\ncmdlog close\ncmdlog using c, replace\ncmdlog close")
    assert (tmp_path / "c.txt").read_text() == "cmdlog close\n"


def test_set_output(session: Session) -> None:
    assert session.run("set output error\ndisplay 1\nset output proc\ndisplay 2") == "2\n"
    assert session.run("set output inform\ndisplay c(output)") == "inform\n"
    assert failure(session, "set output loud").code == 198


def test_echo_under_set_output(session: Session) -> None:
    shown: list[str] = []
    session.out.sinks.append(lambda line: shown.append(line.text))
    session.run_do_file("set output proc\ndisplay 1\nset output inform\ndisplay 2\n", [])
    assert shown == [". set output proc", "1", "", ". display 2", "2", "", ". ", "end of do-file"]


def test_rules_of_tables_are_lines_in_an_smcl_log(session: Session, tmp_path: Path) -> None:
    session.run("log using rules\nset obs 3\ngenerate x = _n\nsummarize x\nregress x, noheader\nlog close")
    text = (tmp_path / "rules.smcl").read_text()
    assert "{hline 13}{c +}{hline 56}" in text and "{hline 78}" in text and "-" * 8 not in text
    session.run("translate rules.smcl rules.txt")
    plain = (tmp_path / "rules.txt").read_text()
    assert "-" * 13 + "+" + "-" * 56 in plain and "hline" not in plain
