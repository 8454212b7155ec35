"""Text files, files of results, and data typed in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xmixed.interpreter.session import Session

Run = Callable[[str], str]
Fail = Callable[[str], tuple[int, str]]


def test_a_text_file_is_written_and_read(run: Run, failure: Fail, session: Session, tmp_path: Path) -> None:
    assert run("file open h using out.txt, write text replace") == "(note: file out.txt not found)\n"
    run('file write h "name" _tab "value" _n')
    run('file write h %-6s ("ab") "|" %6.2f (1/3) _col(20) (2) _skip(2) _char(65) _n(2)')
    assert run("file query").startswith("           h  w   ")
    run("file close h")
    assert (tmp_path / "out.txt").read_text() == "name\tvalue\nab    |  0.33      2  A\n\n"
    run('file open h using out.txt, write append\nfile write h "end"\nfile close h')
    run("file open h using out.txt, read")
    seen = run(
        "file read h line\nwhile r(eof) == 0 {\n display `\"[`line'] `r(status)'\"'\n file read h line\n}\n"
        "file seek h tof\nfile read h line\ndisplay `\"`line'\"'\nfile seek h query\ndisplay r(loc)"
    )
    lines = ["[name value] unix", "[ab    |  0.33      2  A] unix", "[] unix", "[end] none"]
    assert seen.splitlines() == [*lines, "name value", "11"]
    run("file seek h eof\nfile seek h 3\nfile close _all")
    assert session.text_files == {}
    run("file open h using out.txt, read write all\nfile close h")
    assert failure("file open h using nosuch.txt, read") == (601, "file nosuch.txt not found")
    assert failure("file open h using out.txt, write") == (602, "file out.txt already exists")
    assert failure("file open h using /nowhere/x, write") == (603, "file /nowhere/x could not be opened")
    assert failure("file write z _n") == (111, "file handle z not found")
    run("file open h using out.txt, read")
    assert failure("file open h using out.txt, read") == (110, "file handle h already exists")
    assert failure("file seek h 10000") == (651, "may not seek past end of file")
    assert failure("file write h 1")[0] == 603
    assert failure("file flush h") == (198, "invalid syntax")


def test_results_are_posted(run: Run, failure: Fail, session: Session, tmp_path: Path) -> None:
    run("postfile p int id double(b se) str8 lab using res, replace every(10)")
    run("forvalues i = 1/3 {\n post p (`i') (`i'/3) (.) (\"row `i'\")\n}\npostclose p\nuse res, clear")
    assert [(v.name, v.type) for v in session.data] == [
        ("id", "int"),
        ("b", "double"),
        ("se", "double"),
        ("lab", "str8"),
    ]
    assert session.data["b"].values.tolist() == [1 / 3, 2 / 3, 1.0]
    assert session.data["lab"].values.tolist() == ["row 1", "row 2", "row 3"]
    assert failure("postfile p x using res") == (602, "file res.dta already exists")
    run("postfile p x y using other, double")
    assert failure("post p (1)")[0] == 198
    assert failure('post p ("a") (1)') == (109, "type mismatch")
    assert failure("post q (1)") == (111, "post q not found")
    assert failure("postfile p x using z")[0] == 110


def test_data_are_typed_in(run: Run, failure: Fail, session: Session) -> None:
    run('input id str5 name double(x y)\n1 ann 2.5 .a\n2 "bo b" . 3\n* a comment\n3\nend')
    assert session.data.names == ["id", "name", "x", "y"]
    assert session.data["name"].values.tolist() == ["ann", "bo b", ""]
    assert run("list id x y in 1/2, clean noobs").split()[-6:] == ["1", "2.5", ".a", "2", ".", "3"]
    run("input byte z\n7\n8\nend")
    assert session.data["z"].values.tolist()[:2] == [7, 8]
    run("input\n4 dee 1 1 9\nend")
    assert session.data.n_obs == 4 and session.data["name"].values[3] == "dee"
    assert failure("input w\nabc\nend") == (198, "'abc' cannot be read as a number")
    assert failure("input w\n1 2\nend") == (103, "too many values")
    assert failure("input id\n1\nend") == (110, "id already defined")
    assert failure("clear\ninput\n1\nend") == (104, "nothing to input")
    assert session.data.n_obs == 0


def test_directives_of_text(run: Run) -> None:
    for typed, shown in {
        "{hline 5}": "-----",
        "{bf:b}{it:i} {res}r{txt}": "bi r",
        "{c TLC}{c -}{c TRC} {c |} {c -(}{c )-}": "+-+ | {}",
        "a{col 6}b{space 2}c": "a    b  c",
        "{ralign 5:ab}|{lalign 5:ab}|{center 6:ab}|": "   ab|ab   |  ab  |",
        "{dup 3:ab}": "ababab",
        "{help regress:here} {stata list} {hi:x} {opt level(90)}": "here list x level(90)",
        "{foo} { } {hline x}": "{foo} { } {hline x}",
        "{title:A {bf:b}}": "A b",
    }.items():
        assert run(f'display "{typed}"') == f"{shown}\n", typed
    assert run('display _asis "{hline 5}"') == "{hline 5}\n"
    assert run('display "{hline}"') == "-" * 79 + "\n"


def test_long_output_is_cut(run: Run) -> None:
    text = "x" * 100
    assert run(f'display "{text}"') == "x" * 79 + "\n> " + "x" * 21 + "\n"
