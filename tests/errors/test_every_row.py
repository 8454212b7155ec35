"""Every row of the error table (FORMAT, section E) that the commands can meet: exact message and code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import xmixed
from xmixed.interpreter.session import Session
from xmixed.interpreter.snapshot import Snapshot

SETUP = """
set obs 24
generate byte id = int((_n + 3) / 4)
generate byte week = mod(_n, 4)
generate weight = 20 + week + .5 * id + .25 * mod(7 * _n, 5)
generate weekday = 1
generate str8 name = "pig" + string(_n)
label define sex 0 "male" 1 "female"
save pigs
"""
FIT = "quietly xtmixed weight week || id:\n"

UNKNOWN_VARIABLE = [
    "describe foo",
    "list foo",
    "summarize foo",
    "codebook foo",
    "replace foo = 1",
    "drop foo",
    "keep foo",
    "rename foo bar",
    "sort foo",
    "gsort -foo",
    "order foo",
    "list id, sepby(foo)",
    'label variable foo "x"',
    "label values foo sex",
    "format foo %9.0g",
    "notes foo: text",
    "drop id-foo",
    "drop foo-id",
    "use foo using pigs, clear",
    "xtmixed foo week || id:",
    "xtmixed weight foo || id:",
    "xtmixed weight week || foo:",
    "xtmixed weight week || id: foo",
    "xtmixed weight week || _all: R.foo",
]
UNKNOWN_NAME = [
    "display foo",
    "exit foo",
    "generate x = foo",
    "replace id = foo",
    "list if foo",
    "count if foo > 1",
    "drop if foo",
    "keep if id == foo",
    "summarize id [aw=foo]",
    "xtmixed weight week if foo || id:",
    "local x = foo",
    "display id[foo]",
    "use if foo using pigs, clear",
]
ROWS: list[tuple[str, str, int, str]] = [
    *(("unknown variable", command, 111, "variable foo not found") for command in UNKNOWN_VARIABLE),
    *(("unknown name", command, 111, "foo not found") for command in UNKNOWN_NAME),
    *(
        ("ambiguous abbreviation", command, 111, "we ambiguous abbreviation")
        for command in ("list we", "display we", "drop we", "replace we = 1", "xtmixed we id || id:")
    ),
    ("no variable", "generate = 1", 102, "too few variables specified"),
    ("no values", "generate foo bar", 100, "=exp required"),
    ("equality for values", "generate foo == 1", 198, "== invalid name"),
    ("unknown command", "foo", 199, "unrecognized command:  foo"),
    ("unknown command", "foo id, bar", 199, "unrecognized command:  foo"),
    ("unknown command", "quietly foo", 199, "unrecognized command:  foo"),
    ("unknown command", "help foo", 199, "unrecognized command:  foo"),
    ("impossible command name", "/", 199, "unrecognized command:  / invalid command name"),
    ("impossible command name", "1", 199, "unrecognized command:  1 invalid command name"),
    ("impossible command name", ": list", 199, "unrecognized command:  : invalid command name"),
    *(
        ("syntax", command, 198, "invalid syntax")
        for command in (
            "display 1 +",
            "generate x = ",
            "list if",
            "list in",
            "list id, ,",
            "drop id if id == 1",
            "label",
            "set",
            "xtmixed weight week || id",
            "xtmixed weight week ||",
            "version x",
            "error",
        )
    ),
    *(
        ("unknown option", f"{command}, foo", 198, "option foo not allowed")
        for command in (
            "describe",
            "list",
            "summarize",
            "codebook",
            "replace id = 1",
            "sort id",
            "order id",
            "use pigs",
            "save new",
            "sysuse oats",
            "exit",
            "matrix list e(b)",
            "xtmixed weight week || id:",
            "xtmixed",
        )
    ),
    *(
        ("unknown option with an argument", f"{command}, foo(1)", 198, "option foo() not allowed")
        for command in ("describe", "list", "save new", "xtmixed weight week || id:")
    ),
    ("option without argument", "summarize id, detail(1)", 198, "option detail() not allowed"),
    ("option of another part", "xtmixed weight week, cov(un) || id:", 198, "option cov() not allowed"),
    (
        "unknown anchor",
        "order id, before(foo)",
        111,
        "variable foo not found\n(error in option before())",
    ),
    *(
        ("option block not allowed", f"{command}, foo", 101, "options not allowed")
        for command in ("count", "drop id", "keep id", "clear", "ereturn list", "return list")
    ),
    *(
        ("invalid name", command, 198, "60 invalid name")
        for command in (
            "list 60",
            "sort 60",
            "drop 60",
            "generate 60 = 1",
            "generate byte 60 = 1",
            "replace 60 = 1",
            "rename id 60",
            "estimates store 60",
            "label variable 60 x",
        )
    ),
    ("invalid name", "generate 6x = 1", 198, "6x invalid name"),
    ("invalid name", "generate _n = 1", 198, "_n invalid name"),
    ("invalid name", "generate if=1", 198, "if invalid name"),
    ("parenthesis", "display (1", 100, ") required"),
    ("parenthesis", "generate x = log(2", 100, ") required"),
    ("parenthesis", "list if (id == 1", 100, ") required"),
    ("parenthesis", "list id, sepby(id", 100, ") required"),
    ("parenthesis", "xtmixed weight week || id:, cov(un", 100, ") required"),
    *(
        ("missing varlist", command, 100, "varlist required")
        for command in ("generate", "sort", "order", "rename", "label variable", "xtmixed || id:")
    ),
    ("missing expression", "generate x", 100, "=exp required"),
    ("missing expression", "replace id", 100, "=exp required"),
    ("= where not allowed", "list id = 1", 101, "=exp not allowed"),
    ("= where not allowed", "summarize id = 1", 101, "=exp not allowed"),
    ("= where not allowed", "list if id = 1", 101, "=exp not allowed"),
    ("= where not allowed", "xtmixed weight = week || id:", 101, "=exp not allowed"),
    ("weights not allowed", "summarize id [pw=week]", 101, "pweights not allowed"),
    ("weights not allowed", "xtmixed weight week [aw=id] || id:", 101, "aweights not allowed"),
    ("no observations", "xtmixed weight week if id > 99 || id:", 2000, "no observations"),
    ("insufficient observations", "xtmixed weight week in 1 || id:", 2001, "insufficient observations"),
    *(
        ("type mismatch", command, 109, "type mismatch")
        for command in (
            'display "a" + 1',
            'display -"a"',
            "generate x = name + 1",
            'replace id = "a"',
            "replace name = 1",
            'list if id == "a"',
            "list if name",
            "count if name > 1",
            'display log("a")',
            "display length(1)",
            "summarize id [aw=name]",
            "format name %9.0g",
            "format id %9s",
        )
    ),
    ("file missing", "use nosuch", 601, "file nosuch.dta not found"),
    ("file missing", "use id using nosuch", 601, "file nosuch.dta not found"),
    ("file missing", "sysuse nosuch", 601, "file nosuch.dta not found"),
    ("file missing", "do nosuch", 601, "file nosuch.do not found"),
    ("file missing", "run nosuch", 601, "file nosuch.do not found"),
    ("file exists", "save pigs", 602, "file pigs.dta already exists"),
    ("file exists", "saveold pigs", 602, "file pigs.dta already exists"),
    *(
        ("data would be lost", f"replace id = 9 in 1\n{command}", 4, "no; data in memory would be lost")
        for command in ("use pigs", "use id using pigs", "sysuse oats", "webuse oats", "exit")
    ),
    ("existing variable", "generate id = 1", 110, "id already defined"),
    ("existing variable", "rename id week", 110, "week already defined"),
    *(
        ("factor variables refused", command, 101, "factor variables not allowed")
        for command in (
            "sort i.id",
            "drop c.id#c.week",
            "format i.id %9.0g",
            "xtmixed weight week || id: i.week",
        )
    ),
    *(
        ("no estimates", command, 301, "last estimates not found")
        for command in (
            "xtmixed",
            "estimates store a",
            "estimates replay",
            "display _b[week]",
            "display _se[week]",
        )
    ),
    *(
        ("unknown stored name", command, 111, "estimation result foo not found")
        for command in ("estimates restore foo", "estimates replay foo", "estimates drop foo", "lrtest foo")
    ),
    ("conformability", FIT + "display mreldif(e(b), e(V))", 503, "conformability error"),
    ("fractional frequency weights", "summarize id [fw=.5]", 401, "may not use noninteger frequency weights"),
    ("negative weights", "summarize id [aw=-1]", 402, "negative weights encountered"),
    ("not here yet", "heckprob weight week", 199, "command heckprob is not implemented in xmixed"),
    ("not here yet", "arch weight", 199, "command arch is not implemented in xmixed"),
]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    before = os.getcwd()
    os.chdir(tmp_path)
    session = xmixed.Session()
    session.run(SETUP)
    yield session
    os.chdir(before)


@pytest.mark.parametrize(("row", "text", "code", "message"), ROWS, ids=[f"{r[0]}: {r[1]}" for r in ROWS])
def test_message_and_code(session: Session, row: str, text: str, code: int, message: str) -> None:
    *before, last = text.split("\n")
    session.run("\n".join(before))
    state = Snapshot(session)
    with pytest.raises(xmixed.StataError) as caught:
        session.run(last)
    assert (caught.value.code, caught.value.message) == (code, message)
    _assert_unchanged(session, state)


def _assert_unchanged(session: Session, state: Snapshot) -> None:
    """A failed command leaves the data, their order, and the saved results as they were."""
    assert session.data is state.data
    for now, then in ((session.r, state.r_tables), (session.e, state.e_tables)):
        assert (now.scalars, now.macros, list(now.matrices)) == (then[0], then[1], list(then[2]))


def test_a_fit_that_does_not_converge(session: Session) -> None:
    """Our decision: the table comes all the same, then r(430); the results stay."""
    with pytest.raises(xmixed.StataError) as caught:
        session.run("xtmixed weight week || id: week, iterate(0) emiterate(0)")
    assert (caught.value.code, caught.value.message) == (430, "convergence not achieved")
    assert "Random-effects Parameters" in caught.value.output
    assert session.e["converged"] == 0


def test_a_break_is_not_captured(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from xmixed.commands import registry

    def interrupted(*_: object) -> None:
        session.data = session.data.without(session.data.names)
        raise KeyboardInterrupt

    entry = registry.find_command("count")
    monkeypatch.setitem(registry._ENTRIES, "count", replace(entry, handler=interrupted))
    state = Snapshot(session)
    with pytest.raises(KeyboardInterrupt) as caught:
        session.run("capture count")
    assert str(caught.value.__cause__) == "--Break-- r(1);"
    _assert_unchanged(session, state)


def test_the_end_of_a_do_file_that_failed(session: Session) -> None:
    Path("inner.do").write_text("display 1\nlist foo\ndisplay 2\n")
    with pytest.raises(xmixed.StataError) as caught:
        session.run("do inner")
    assert caught.value.output == (
        "\n. display 1\n1\n\n. list foo\nvariable foo not found\nr(111);\n\nend of do-file\n"
    )
    Path("good.do").write_text("display 1\n")
    assert session.run("do good") == "\n. display 1\n1\n\n. \nend of do-file\n"
